//! Routes: which rotations and channels an alert's messages go to, beside the channels that the
//! escalation policy on the ledger names.

use thiserror::Error;

use crate::alert::Alert;
use crate::matcher::Matchers;
use crate::name::{NameFault, check_name};

/// Routes of one owner: each is tried for each message.
pub const ROUTES_MAX: usize = 64;
/// Rotations, and channels, of one route.
pub const RECIPIENTS_MAX: usize = 8;

/// One route. Routes are tried in order; the first that matches is taken, and the ones after it
/// only if it says so.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Route {
    /// Which alerts take it; none: all.
    pub matchers: Matchers,
    /// Rotations whose person on call is told, by name.
    pub rotations: Vec<String>,
    /// Channels that are told.
    pub channels: Vec<String>,
    /// Whether later routes are tried as well.
    pub goes_on: bool,
}

/// Why a route is not valid.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum RouteFault {
    /// It leads nowhere.
    #[error("expected a rotation or a channel, came none")]
    Nowhere,
    /// More rotations, or channels, than [`RECIPIENTS_MAX`].
    #[error("{field}: expected at most {RECIPIENTS_MAX}, came {came}")]
    TooMany {
        /// Which of them.
        field: &'static str,
        /// How many came.
        came: usize,
    },
    /// A channel's name is none.
    #[error("channels[{at}]: {fault}")]
    Channel {
        /// The channel's place.
        at: usize,
        /// What is wrong.
        fault: NameFault,
    },
}

impl Route {
    /// Checks every bound.
    ///
    /// # Errors
    ///
    /// The first [`RouteFault`] found.
    pub fn check(&self) -> Result<(), RouteFault> {
        for (field, came) in
            [("rotations", self.rotations.len()), ("channels", self.channels.len())]
        {
            if came > RECIPIENTS_MAX {
                return Err(RouteFault::TooMany { field, came });
            }
        }
        if self.rotations.is_empty() && self.channels.is_empty() {
            return Err(RouteFault::Nowhere);
        }
        for (at, channel) in self.channels.iter().enumerate() {
            check_name(channel).map_err(|fault| RouteFault::Channel { at, fault })?;
        }
        Ok(())
    }
}

/// The routes that an alert takes.
pub fn taken<'a>(routes: &'a [Route], alert: &Alert) -> Vec<&'a Route> {
    let mut taken = Vec::new();
    for route in routes.iter().filter(|route| route.matchers.match_alert(alert)) {
        taken.push(route);
        if !route.goes_on {
            break;
        }
    }
    taken
}

#[cfg(test)]
mod tests {
    use lumenscope_rules::Phase;

    use super::*;
    use crate::testing::{alert, matchers};

    fn route(matching: &[&str], channel: &str, goes_on: bool) -> Route {
        let channels = vec![channel.to_owned()];
        Route { matchers: matchers(matching), rotations: Vec::new(), channels, goes_on }
    }

    #[test]
    fn the_first_route_that_matches_is_taken_and_later_ones_if_it_says_so() {
        let routes = [
            route(&["team=vault"], "vault", false),
            route(&["team=pool"], "all", true),
            route(&["team=pool"], "pool", false),
            route(&[], "rest", false),
        ];
        let channels = |team| {
            let alert = alert(1, &[("team", team)], Phase::Firing);
            taken(&routes, &alert).into_iter().map(|route| &route.channels[0]).collect::<Vec<_>>()
        };
        assert_eq!(channels("pool"), ["all", "pool"]);
        assert_eq!(channels("vault"), ["vault"]);
        assert_eq!(channels(""), ["rest"]);
    }

    #[test]
    fn every_bound_of_a_route_has_its_own_fault() {
        let fine = || route(&[], "pager", false);
        assert_eq!(fine().check(), Ok(()));
        let nowhere = Route { channels: Vec::new(), ..fine() };
        assert_eq!(nowhere.check(), Err(RouteFault::Nowhere));
        let came = RECIPIENTS_MAX + 1;
        let with = |came| Route { rotations: vec!["pool".to_owned(); came], ..fine() };
        assert_eq!(with(RECIPIENTS_MAX).check(), Ok(()));
        let many = with(came);
        assert_eq!(many.check(), Err(RouteFault::TooMany { field: "rotations", came }));
        assert!(matches!(route(&[], "", false).check(), Err(RouteFault::Channel { at: 0, .. })));
    }
}
