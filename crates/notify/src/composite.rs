//! Composites: rules of an owner over alerts of that owner's, as a team writes them down.
//!
//! What is asked of members, and how it is answered, is in [`lumenscope_rules::compose`]. A member
//! names a contract, so that all alerts that it may mean can be read, and nothing is guessed of the
//! others. A composite is an alert as well: silences, inhibition, mute windows and routes see its
//! name in the label `rule`, and its own labels.

use lumenscope_rules::compose::{self, Ask, COMPOSITES_MAX, ComposeFault, MEMBERS_MAX};
use lumenscope_rules::rule::DURATION_MAX_S;
use lumenscope_rules::{Ladder, NoData, Rule, Severity};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use crate::alert::{Alert, Fingerprint, Labels, Owner, SEVERITY};
use crate::matcher::{LABEL_NAME_BYTES_MAX, Matchers, is_label_name};
use crate::name::{NameFault, check_name};

/// Labels of a composite, as of a rule on the ledger.
pub const LABELS_MAX: usize = 16;
/// Bytes of one label's text, as of a rule on the ledger.
pub const LABEL_BYTES_MAX: usize = 128;
/// The label that holds a composite's name.
pub const RULE: &str = "rule";

/// What a composite reads.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Member {
    /// Each alert of the owner's rules on one contract that matches, whether or not it is up.
    Alerts {
        /// The contract's address.
        contract: String,
        /// Which of its alerts; none: all.
        matchers: Matchers,
    },
    /// Another composite of the owner's, by name.
    Composite(String),
}

impl Member {
    /// Whether this alert is meant; whose it is, the caller has asked.
    pub fn means(&self, alert: &Alert) -> bool {
        match self {
            Member::Alerts { contract, matchers } => {
                alert.label("contract") == contract && matchers.match_alert(alert)
            }
            Member::Composite(_) => false,
        }
    }
}

/// One composite.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Composite {
    /// Its name: the label [`RULE`] of its alert.
    pub name: String,
    /// How urgent.
    pub severity: Severity,
    /// What is asked of the members.
    pub asks: Ask,
    /// The members. Of a sequence the first comes first.
    pub members: Vec<Member>,
    /// What tells it from others, besides its name.
    pub labels: Labels,
    /// What it counts as while too little is known of its members.
    pub no_data: NoData,
    /// How long it must hold before it fires, seconds.
    pub for_s: u32,
}

/// Why a composite is not valid.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum CompositeFault {
    /// Its name is none.
    #[error("name: {0}")]
    Name(#[from] NameFault),
    /// What is asked, or of how many.
    #[error("{0}")]
    Compose(ComposeFault),
    /// It holds for longer than [`DURATION_MAX_S`] before it fires.
    #[error("for_s: expected at most {DURATION_MAX_S} seconds, came {came_s}")]
    For {
        /// The seconds that came.
        came_s: u32,
    },
    /// More than [`LABELS_MAX`].
    #[error("labels: expected at most {LABELS_MAX}, came {came}")]
    Labels {
        /// How many came.
        came: usize,
    },
    /// A label's name is none, or is set by the composite itself.
    #[error(
        "labels: expected a name of letters, digits and _, at most {LABEL_NAME_BYTES_MAX} bytes, \
         other than {RULE} and {SEVERITY}, came {came:?}"
    )]
    LabelName {
        /// What came.
        came: String,
    },
    /// A label's text is empty, or longer than [`LABEL_BYTES_MAX`].
    #[error("labels.{name}: expected 1 to {LABEL_BYTES_MAX} bytes, came {came}")]
    LabelText {
        /// The label.
        name: String,
        /// The bytes that came.
        came: usize,
    },
}

impl From<ComposeFault> for CompositeFault {
    fn from(fault: ComposeFault) -> Self {
        CompositeFault::Compose(fault)
    }
}

impl Composite {
    /// Checks every bound that concerns it alone.
    ///
    /// # Errors
    ///
    /// The first [`CompositeFault`] found.
    pub fn check(&self) -> Result<(), CompositeFault> {
        check_name(&self.name)?;
        let came = self.members.len();
        compose::check(Ask::Any, came)?;
        // A member may mean several alerts: how many there are is known when they are read.
        let is_counted = !matches!(self.asks, Ask::AtLeast(_))
            || self.members.iter().all(|member| matches!(member, Member::Composite(_)));
        compose::check(self.asks, if is_counted { came } else { MEMBERS_MAX })?;
        if self.for_s > DURATION_MAX_S {
            return Err(CompositeFault::For { came_s: self.for_s });
        }
        if self.labels.len() > LABELS_MAX {
            return Err(CompositeFault::Labels { came: self.labels.len() });
        }
        for (name, text) in &self.labels {
            if !is_label_name(name) || [RULE, SEVERITY].contains(&name.as_str()) {
                return Err(CompositeFault::LabelName { came: name.clone() });
            }
            if text.is_empty() || text.len() > LABEL_BYTES_MAX {
                let (name, came) = (name.clone(), text.len());
                return Err(CompositeFault::LabelText { name, came });
            }
        }
        Ok(())
    }

    /// The rule that the state machine steps from a slot on, of so many members.
    pub fn rule(&self, members: usize, active_from: u32) -> Rule {
        Rule {
            condition: compose::condition(self.asks, members),
            min_points: 1,
            for_s: self.for_s,
            keep_firing_for_s: 0,
            severity: self.severity,
            cooldown_s: 0,
            no_data: self.no_data,
            ladder: Ladder::EMPTY,
            active_from,
        }
    }

    /// The identity of its alert: the beginning of a hash of its owner and its name.
    pub fn fingerprint(&self, owner: &Owner) -> Fingerprint {
        // No address and no name has a line's end.
        let hash = Sha256::digest(format!("composite\n{owner}\n{}", self.name));
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
        Fingerprint(bytes)
    }

    /// The labels of its alert, apart from the severity.
    pub fn alert_labels(&self) -> Labels {
        let mut labels = self.labels.clone();
        labels.insert(RULE.to_owned(), self.name.clone());
        labels
    }
}

/// The composites of one owner, of which none is a member of itself.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Composites {
    all: Vec<Composite>,
    /// Places, each after those of its members.
    order: Vec<usize>,
}

impl Composites {
    /// Composites with names that differ, whose members that are composites are among them.
    ///
    /// # Errors
    ///
    /// [`ComposeFault`]: too many, a member twice, or one that is a member of itself.
    pub fn new(all: Vec<Composite>) -> Result<Self, ComposeFault> {
        if all.len() > COMPOSITES_MAX {
            return Err(ComposeFault::Composites { came: all.len() });
        }
        // A composite's id is its place; other members have the ids after them.
        let others: Vec<&Member> = all
            .iter()
            .flat_map(|composite| &composite.members)
            .filter(|member| matches!(member, Member::Alerts { .. }))
            .collect();
        let id = |member: &Member| match member {
            Member::Composite(name) => all.iter().position(|other| other.name == *name),
            alerts => {
                others.iter().position(|other| *other == alerts).map(|place| all.len() + place)
            }
        };
        let ids: Vec<Vec<usize>> =
            all.iter().map(|composite| composite.members.iter().filter_map(id).collect()).collect();
        let composites: Vec<_> = ids
            .iter()
            .enumerate()
            .map(|(rule, members)| compose::Composite { rule, members })
            .collect();
        let order = compose::check_acyclic(&composites)?;
        let order = order.as_slice().iter().map(|place| usize::from(*place)).collect();
        Ok(Self { all, order })
    }

    /// The composites, as they were written.
    pub fn as_slice(&self) -> &[Composite] {
        &self.all
    }

    /// One of them, by name, with its place.
    pub fn find(&self, name: &str) -> Option<(usize, &Composite)> {
        self.all.iter().enumerate().find(|(_, composite)| composite.name == name)
    }

    /// Their places in the order in which they are evaluated: each after those that it reads.
    pub fn order(&self) -> &[usize] {
        &self.order
    }
}

#[cfg(test)]
mod tests {
    use lumenscope_rules::Phase;
    use lumenscope_rules::compose::WITHIN_MAX_S;

    use super::*;
    use crate::testing::{alert, matchers, owner};

    fn alerts(rule: &str) -> Member {
        let matchers = matchers(&[&format!("rule={rule}")]);
        Member::Alerts { contract: "C1".to_owned(), matchers }
    }

    fn composite(name: &str, members: Vec<Member>) -> Composite {
        Composite {
            name: name.to_owned(),
            severity: Severity::High,
            asks: Ask::All,
            members,
            labels: Labels::from([("team".to_owned(), "pool".to_owned())]),
            no_data: NoData::NoData,
            for_s: 0,
        }
    }

    fn other(name: &str) -> Member {
        Member::Composite(name.to_owned())
    }

    #[test]
    fn a_member_means_the_alerts_of_its_contract_that_match() {
        let means = |contract: &str, rule: &str| {
            let labels = [("contract", contract), ("rule", rule)];
            alerts("slow").means(&alert(1, &labels, Phase::Inactive))
        };
        assert!(means("C1", "slow"));
        assert!(!means("C2", "slow") && !means("C1", "down"));
    }

    #[test]
    fn every_bound_of_a_composite_has_its_own_fault() {
        let fine = || composite("c", vec![alerts("a"), alerts("b")]);
        let fault = |wrong: Composite| wrong.check().unwrap_err();
        assert_eq!(fine().check(), Ok(()));
        assert!(matches!(
            fault(Composite { name: "a\nb".to_owned(), ..fine() }),
            CompositeFault::Name(_)
        ));
        for came in [0, MEMBERS_MAX + 1] {
            let many = Composite { members: vec![alerts("a"); came], ..fine() };
            assert_eq!(fault(many), ComposeFault::Members { came }.into());
        }
        let asks = |asks| Composite { asks, ..fine() };
        assert_eq!(asks(Ask::AtLeast(MEMBERS_MAX as u32)).check(), Ok(()), "of two rules' alerts");
        let came = MEMBERS_MAX as u32 + 1;
        let expected = ComposeFault::AtLeast { members: MEMBERS_MAX, came };
        assert_eq!(fault(asks(Ask::AtLeast(came))), expected.into());
        let counted = Composite { members: vec![other("a"), other("b")], ..asks(Ask::AtLeast(3)) };
        assert_eq!(fault(counted), ComposeFault::AtLeast { members: 2, came: 3 }.into());
        let within_s = WITHIN_MAX_S + 1;
        let expected = ComposeFault::Within { came_s: within_s };
        assert_eq!(fault(asks(Ask::Then { within_s })), expected.into());
        let one = Composite { members: vec![alerts("a")], ..asks(Ask::Then { within_s: 60 }) };
        assert_eq!(fault(one), ComposeFault::Members { came: 1 }.into());
        assert_eq!(Composite { for_s: DURATION_MAX_S, ..fine() }.check(), Ok(()));
        let came_s = DURATION_MAX_S + 1;
        assert_eq!(fault(Composite { for_s: came_s, ..fine() }), CompositeFault::For { came_s });
        let labelled = |labels: &[(String, String)]| Composite {
            labels: labels.iter().cloned().collect(),
            ..fine()
        };
        let many: Vec<_> = (0..=LABELS_MAX).map(|at| (format!("l{at}"), "x".to_owned())).collect();
        assert_eq!(labelled(&many[..LABELS_MAX]).check(), Ok(()));
        let came = LABELS_MAX + 1;
        assert_eq!(fault(labelled(&many)), CompositeFault::Labels { came });
        for came in ["", "a b", "rule", "severity"] {
            let wrong = labelled(&[(came.to_owned(), "x".to_owned())]);
            assert_eq!(fault(wrong), CompositeFault::LabelName { came: came.to_owned() });
        }
        let team = |length| labelled(&[("team".to_owned(), "x".repeat(length))]);
        assert_eq!(team(LABEL_BYTES_MAX).check(), Ok(()));
        for came in [0, LABEL_BYTES_MAX + 1] {
            assert_eq!(
                fault(team(came)),
                CompositeFault::LabelText { name: "team".to_owned(), came }
            );
        }
    }

    #[test]
    fn a_composite_comes_after_those_it_reads_and_never_reads_itself() {
        let of = |members: &[(&str, Member)]| {
            let one = |(name, member): &(&str, Member)| composite(name, vec![member.clone()]);
            Composites::new(members.iter().map(one).collect())
        };
        let composites = of(&[("a", other("b")), ("b", other("c")), ("c", alerts("x"))]).unwrap();
        assert_eq!(composites.order(), [2, 1, 0]);
        assert_eq!(composites.find("b").map(|(place, _)| place), Some(1));
        let cycle = of(&[("a", alerts("x")), ("b", other("c")), ("c", other("b"))]);
        assert!(matches!(cycle, Err(ComposeFault::Cycle { composite: 1 | 2 })), "{cycle:?}");
        let twice = composite("a", vec![alerts("x"), alerts("x")]);
        assert_eq!(Composites::new(vec![twice]), Err(ComposeFault::Twice { composite: 0 }));
        // Two may read the same.
        assert!(of(&[("a", alerts("x")), ("b", alerts("x"))]).is_ok());
        let many = vec![composite("a", vec![alerts("x")]); COMPOSITES_MAX + 1];
        let came = COMPOSITES_MAX + 1;
        assert_eq!(Composites::new(many), Err(ComposeFault::Composites { came }));
    }

    #[test]
    fn its_alert_is_known_by_owner_and_name_and_carries_its_labels() {
        let one = composite("c", vec![alerts("a")]);
        let of =
            |name: &str, address: &str| composite(name, Vec::new()).fingerprint(&owner(address));
        assert_eq!(one.fingerprint(&owner("ANNA")), of("c", "ANNA"));
        assert!(of("c", "ANNA") != of("d", "ANNA") && of("c", "ANNA") != of("c", "BERT"));
        let labels = one.alert_labels();
        assert_eq!((labels["rule"].as_str(), labels["team"].as_str()), ("c", "pool"));
    }
}
