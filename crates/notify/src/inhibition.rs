//! Inhibition: a firing alert, the source, mutes others, its targets, that it explains.
//!
//! It is decided from the stored states alone, so that a restart changes nothing. A source that is
//! itself silenced, muted or inhibited still inhibits, and one that somebody acknowledged does too:
//! what it explains is explained, whoever was told.
//!
//! So two alerts that mute each other would both be mute. A set of inhibitions in which that could
//! happen is refused when it is made: then of all alerts that fire some are never inhibited, and
//! each inhibited one is explained by one of these in the end.

use thiserror::Error;

use crate::alert::{Alert, Owner};
use crate::matcher::Matchers;
use crate::name::{NameFault, check_name};

/// Inhibitions of one owner: each is tried for each message, against every alert that fires.
pub const INHIBITIONS_MAX: usize = 32;
/// Labels that must agree.
pub const EQUAL_MAX: usize = 8;

/// One inhibition.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Inhibition {
    /// Its name, by which a withheld message names it.
    pub name: String,
    /// Which alerts mute others while they fire.
    pub sources: Matchers,
    /// Which alerts they mute.
    pub targets: Matchers,
    /// Labels that source and target must have in common; missing in both is in common.
    pub equal: Vec<String>,
}

/// Why inhibitions are not valid.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum InhibitionFault {
    /// More than [`INHIBITIONS_MAX`].
    #[error("expected at most {INHIBITIONS_MAX} inhibitions, came {came}")]
    TooMany {
        /// How many came.
        came: usize,
    },
    /// A name is none.
    #[error("inhibition {at}: name: {fault}")]
    Name {
        /// Its place.
        at: usize,
        /// What is wrong.
        fault: NameFault,
    },
    /// More than [`EQUAL_MAX`] labels must agree.
    #[error("inhibition {name:?}: expected at most {EQUAL_MAX} labels in equal, came {came}")]
    TooManyEqual {
        /// Its name.
        name: String,
        /// How many came.
        came: usize,
    },
    /// Alerts could mute each other: each one's targets may be sources of the next, and the last
    /// one's of the first.
    #[error(
        "expected no inhibitions whose alerts can mute each other: targets of each of {} can be \
         sources of the next. Give sources and targets a label in which they differ, such as \
         severity=\"critical\" and severity!=\"critical\"",
        names.join(" -> ")
    )]
    Cycle {
        /// Their names, the first one again at the end.
        names: Vec<String>,
    },
}

/// The inhibitions of one owner, of which none can mute its own source.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Inhibitions {
    owner: Owner,
    all: Vec<Inhibition>,
}

impl Inhibitions {
    /// The inhibitions of an owner.
    ///
    /// # Errors
    ///
    /// The first [`InhibitionFault`] found.
    pub fn new(owner: Owner, all: Vec<Inhibition>) -> Result<Self, InhibitionFault> {
        if all.len() > INHIBITIONS_MAX {
            return Err(InhibitionFault::TooMany { came: all.len() });
        }
        for (at, inhibition) in all.iter().enumerate() {
            let Inhibition { name, equal, .. } = inhibition;
            check_name(name).map_err(|fault| InhibitionFault::Name { at, fault })?;
            if equal.len() > EQUAL_MAX {
                let (name, came) = (name.clone(), equal.len());
                return Err(InhibitionFault::TooManyEqual { name, came });
            }
        }
        match cycle(&all) {
            Some(names) => Err(InhibitionFault::Cycle { names }),
            None => Ok(Self { owner, all }),
        }
    }

    /// The inhibitions.
    pub fn as_slice(&self) -> &[Inhibition] {
        &self.all
    }

    /// The first inhibition that withholds messages about `target`, and the alert that does it;
    /// of the alerts given only those of the same owner count. Which alerts fire is taken from
    /// their states.
    pub fn inhibited_by<'a>(
        &'a self,
        target: &Alert,
        alerts: &'a [Alert],
    ) -> Option<(&'a Inhibition, &'a Alert)> {
        if target.owner != self.owner {
            return None;
        }
        let of_target = self.all.iter().filter(|rule| rule.targets.match_alert(target));
        of_target.into_iter().find_map(|rule| {
            let source = alerts.iter().find(|source| {
                source.owner == self.owner
                    && source.fingerprint != target.fingerprint
                    && source.state.is_firing()
                    && rule.equal.iter().all(|name| source.label(name) == target.label(name))
                    && rule.sources.match_alert(source)
            })?;
            Some((rule, source))
        })
    }
}

/// A cycle among the inhibitions where targets of one may be sources of the next, by name.
fn cycle(all: &[Inhibition]) -> Option<Vec<String>> {
    let mut is_cleared = vec![false; all.len()];
    (0..all.len()).find_map(|first| {
        let mut path = Vec::new();
        walk(all, first, &mut path, &mut is_cleared)
    })
}

/// Goes on from one inhibition, depth first; at most [`INHIBITIONS_MAX`] deep.
fn walk(
    all: &[Inhibition],
    at: usize,
    path: &mut Vec<usize>,
    is_cleared: &mut [bool],
) -> Option<Vec<String>> {
    if let Some(from) = path.iter().position(|seen| *seen == at) {
        let around = path[from..].iter().chain([&at]);
        return Some(around.map(|place| all[*place].name.clone()).collect());
    }
    if is_cleared[at] {
        return None;
    }
    path.push(at);
    let mut followers = (0..all.len()).filter(|to| !all[at].targets.exclude(&all[*to].sources));
    let found = followers.find_map(|to| walk(all, to, path, is_cleared));
    path.pop();
    is_cleared[at] = true;
    found
}

#[cfg(test)]
mod tests {
    use lumenscope_rules::{Handling, Phase};

    use super::*;
    use crate::testing::{self, matchers, of, owner};

    fn inhibition(name: &str, sources: &[&str], targets: &[&str]) -> Inhibition {
        Inhibition {
            name: name.to_owned(),
            sources: matchers(sources),
            targets: matchers(targets),
            equal: vec!["contract".to_owned()],
        }
    }

    fn down() -> Inhibitions {
        let all = vec![inhibition("down", &["rule=down"], &["rule!=down"])];
        Inhibitions::new(owner("ANNA"), all).unwrap()
    }

    fn alert(number: u8, rule: &str, contract: &str, phase: Phase) -> Alert {
        testing::alert(number, &[("rule", rule), ("contract", contract)], phase)
    }

    fn is_inhibited(target: &Alert, source: &Alert) -> bool {
        down().inhibited_by(target, &[target.clone(), source.clone()]).is_some()
    }

    #[test]
    fn a_firing_source_mutes_targets_with_equal_labels() {
        let slow = alert(1, "slow", "C1", Phase::Firing);
        for (phase, expected) in [
            (Phase::Firing, true),
            (Phase::Recovering, true),
            (Phase::Pending, false),
            (Phase::Inactive, false),
        ] {
            assert_eq!(is_inhibited(&slow, &alert(2, "down", "C1", phase)), expected, "{phase:?}");
        }
        assert!(!is_inhibited(&slow, &alert(2, "down", "C2", Phase::Firing)));
        assert!(!is_inhibited(&slow, &alert(2, "slow", "C1", Phase::Firing)));
        let (one, other) =
            (alert(1, "slow", "", Phase::Firing), alert(2, "down", "", Phase::Firing));
        assert!(is_inhibited(&one, &other), "missing in both");
    }

    #[test]
    fn a_source_that_somebody_acknowledged_still_inhibits() {
        let mut source = alert(2, "down", "C1", Phase::Firing);
        source.state.handling = Handling::Acknowledged;
        assert!(is_inhibited(&alert(1, "slow", "C1", Phase::Firing), &source));
    }

    #[test]
    fn alerts_of_another_owner_neither_inhibit_nor_are_inhibited() {
        let (target, source) =
            (alert(1, "slow", "C1", Phase::Firing), alert(2, "down", "C1", Phase::Firing));
        let theirs = |alert: &Alert| of("BERT", alert.clone());
        assert!(is_inhibited(&target, &source));
        assert!(!is_inhibited(&target, &theirs(&source)));
        assert!(!is_inhibited(&theirs(&target), &source));
        assert!(!is_inhibited(&theirs(&target), &theirs(&source)), "not their inhibition");
    }

    #[test]
    fn an_alert_does_not_inhibit_itself() {
        let down = alert(2, "down", "C1", Phase::Firing);
        let same = alert(2, "slow", "C1", Phase::Firing);
        assert!(!is_inhibited(&same, &down));
    }

    #[test]
    fn alerts_that_could_mute_each_other_are_refused_by_name() {
        let names = |all: Vec<Inhibition>| match Inhibitions::new(owner("ANNA"), all) {
            Err(InhibitionFault::Cycle { names }) => names,
            other => panic!("{other:?}"),
        };
        assert_eq!(names(vec![inhibition("a", &["rule=x"], &["team=y"])]), ["a", "a"]);
        assert_eq!(names(vec![inhibition("a", &[], &["rule=y"])]), ["a", "a"]);
        let all = vec![
            inhibition("top", &["rule=w"], &["rule=x"]),
            inhibition("a", &["rule=x"], &["rule=y"]),
            inhibition("b", &["rule=y"], &["rule=z"]),
            inhibition("c", &["rule=z"], &["rule=x"]),
        ];
        assert_eq!(names(all), ["a", "b", "c", "a"]);
        let fault = InhibitionFault::Cycle { names: vec!["a".to_owned(), "a".to_owned()] };
        assert!(fault.to_string().contains("a -> a"));
    }

    #[test]
    fn every_bound_of_inhibitions_has_its_own_fault() {
        let fault = |all| Inhibitions::new(owner("ANNA"), all).unwrap_err();
        let fine = || inhibition("fine", &["rule=x"], &["rule=y"]);
        assert_eq!(fault(vec![fine(); 33]), InhibitionFault::TooMany { came: 33 });
        let unnamed = inhibition("", &["rule=x"], &["rule=y"]);
        assert!(matches!(fault(vec![fine(), unnamed]), InhibitionFault::Name { at: 1, .. }));
        let equal = Inhibition { equal: vec!["x".to_owned(); 9], ..fine() };
        let name = "fine".to_owned();
        assert_eq!(fault(vec![equal]), InhibitionFault::TooManyEqual { name, came: 9 });
    }
}
