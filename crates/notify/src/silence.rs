//! Silences: what an owner does not want to hear about for a time.

use lumenscope_rules::Phase;
use lumenscope_rules::slot::SLOT_S;
use thiserror::Error;

use crate::alert::{Alert, Owner};
use crate::matcher::Matchers;
use crate::name::{NameFault, check_name};

/// Longest silence of an owner, 90 days: a quarter. What is to stay silent for longer is a rule to
/// change.
pub const SILENCE_MAX_S: u64 = 90 * 86_400;
/// Longest silence over everybody's alerts, a day: its author answers for rules of others.
pub const GLOBAL_SILENCE_MAX_S: u64 = 86_400;
/// Silences of one owner, and global ones: each is tried for each message.
pub const SILENCES_MAX: usize = 256;
/// Bytes of a comment: a sentence or two and a link.
pub const COMMENT_BYTES_MAX: usize = 512;

/// Whose alerts a silence is about.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Scope {
    /// Those of its owner's rules.
    Owner(Owner),
    /// Everybody's: by the suite's admin.
    Global,
}

/// When a silence ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ends {
    /// At a time, unix seconds.
    At(u64),
    /// For each alert with the episode that it was in when the silence began; an episode that
    /// begins later is heard. At the latest after the longest duration.
    UntilResolved,
}

/// One silence. It holds from `starts_s` on and no longer at its end.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Silence {
    /// Its id, by which a withheld message names it.
    pub id: String,
    /// Whose alerts it is about.
    pub scope: Scope,
    /// Which of them.
    pub matchers: Matchers,
    /// When it starts, unix seconds.
    pub starts_s: u64,
    /// When it ends.
    pub ends: Ends,
    /// Who decided it.
    pub author: String,
    /// Why.
    pub comment: String,
}

/// Why a silence is not valid.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum SilenceFault {
    /// Its id is no name.
    #[error("id: {0}")]
    Id(NameFault),
    /// It ends when it starts, or before.
    #[error("expected an end after its start at {starts_s}, came {ends_s} (unix seconds)")]
    EndsBeforeStart {
        /// Its start, unix seconds.
        starts_s: u64,
        /// Its end, unix seconds.
        ends_s: u64,
    },
    /// It takes longer than it may.
    #[error("expected at most {max_s} seconds, came {came_s}")]
    TooLong {
        /// The longest duration for its scope, seconds.
        max_s: u64,
        /// Its duration, seconds.
        came_s: u64,
    },
    /// It has no matcher.
    #[error("expected at least one matcher, came none")]
    NoMatcher,
    /// Its matchers are all met by an alert without any label.
    #[error("expected a matcher that a missing label does not meet; these match every alert")]
    MatchesEverything,
    /// Nobody has decided it.
    #[error("author: {0}")]
    Author(NameFault),
    /// Its comment is longer than [`COMMENT_BYTES_MAX`].
    #[error("expected a comment of at most {COMMENT_BYTES_MAX} bytes, came {came}")]
    Comment {
        /// The bytes that came.
        came: usize,
    },
}

impl Silence {
    /// Checks every bound.
    ///
    /// # Errors
    ///
    /// The first [`SilenceFault`] found.
    pub fn check(&self) -> Result<(), SilenceFault> {
        check_name(&self.id).map_err(SilenceFault::Id)?;
        check_name(&self.author).map_err(SilenceFault::Author)?;
        if self.comment.len() > COMMENT_BYTES_MAX {
            return Err(SilenceFault::Comment { came: self.comment.len() });
        }
        if self.matchers.as_slice().is_empty() {
            return Err(SilenceFault::NoMatcher);
        }
        if self.matchers.match_without_labels() {
            return Err(SilenceFault::MatchesEverything);
        }
        let (starts_s, max_s) = (self.starts_s, self.longest_s());
        match self.ends {
            Ends::At(ends_s) if ends_s <= starts_s => {
                Err(SilenceFault::EndsBeforeStart { starts_s, ends_s })
            }
            Ends::At(ends_s) if ends_s - starts_s > max_s => {
                Err(SilenceFault::TooLong { max_s, came_s: ends_s - starts_s })
            }
            Ends::At(_) | Ends::UntilResolved => Ok(()),
        }
    }

    fn longest_s(&self) -> u64 {
        match self.scope {
            Scope::Owner(_) => SILENCE_MAX_S,
            Scope::Global => GLOBAL_SILENCE_MAX_S,
        }
    }

    /// When it ends at the latest, unix seconds.
    pub fn latest_end_s(&self) -> u64 {
        match self.ends {
            Ends::At(ends_s) => ends_s,
            Ends::UntilResolved => self.starts_s.saturating_add(self.longest_s()),
        }
    }

    /// Whether it has started and not ended, for any alert.
    pub fn is_active(&self, now_s: u64) -> bool {
        (self.starts_s..self.latest_end_s()).contains(&now_s)
    }

    /// Whether messages about the alert are withheld now.
    pub fn covers(&self, alert: &Alert, now_s: u64) -> bool {
        let is_theirs = match &self.scope {
            Scope::Owner(owner) => *owner == alert.owner,
            Scope::Global => true,
        };
        is_theirs && self.is_active(now_s) && self.is_of(alert) && self.matchers.match_alert(alert)
    }

    /// Whether the alert's episode is one that it is about. What is stored tells: an episode that is
    /// still up, and began before the silence did, was current then.
    fn is_of(&self, alert: &Alert) -> bool {
        let begun_s = u64::from(alert.state.since) * u64::from(SLOT_S);
        match self.ends {
            Ends::At(_) => true,
            Ends::UntilResolved => alert.state.phase != Phase::Inactive && begun_s <= self.starts_s,
        }
    }

    /// The seconds that are left, if it is active and ends within `within_s` seconds: what its author
    /// is told before.
    pub fn expiring(&self, now_s: u64, within_s: u64) -> Option<u64> {
        let left_s = self.latest_end_s().saturating_sub(now_s);
        (self.is_active(now_s) && left_s <= within_s).then_some(left_s)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{self, matchers, of, owner};

    const START_S: u64 = 30_000_000 * 60;

    fn silence() -> Silence {
        Silence {
            id: "upgrade".to_owned(),
            scope: Scope::Owner(owner("ANNA")),
            matchers: matchers(&["team=pool"]),
            starts_s: START_S,
            ends: Ends::At(START_S + 3_600),
            author: "anna".to_owned(),
            comment: "the pool is upgraded".to_owned(),
        }
    }

    /// An alert whose episode began so many slots before the silence, or after it.
    fn alert(phase: Phase, begun: i32, owner: &str) -> Alert {
        let mut alert = of(owner, testing::alert(1, &[("team", "pool")], phase));
        alert.state.since = 30_000_000_u32.checked_add_signed(begun).unwrap();
        alert
    }

    #[test]
    fn a_silence_holds_from_its_start_and_no_longer_at_its_end() {
        let alert = alert(Phase::Firing, -3, "ANNA");
        for (at_s, expected) in [
            (START_S - 1, false),
            (START_S, true),
            (START_S + 3_599, true),
            (START_S + 3_600, false),
        ] {
            assert_eq!(silence().covers(&alert, at_s), expected, "{at_s}");
        }
        let other = matchers(&["team=vault"]);
        assert!(!Silence { matchers: other, ..silence() }.covers(&alert, START_S));
    }

    #[test]
    fn only_a_global_silence_is_about_alerts_of_others() {
        let alert = alert(Phase::Firing, -3, "BERT");
        assert!(!silence().covers(&alert, START_S));
        assert!(Silence { scope: Scope::Global, ..silence() }.covers(&alert, START_S));
    }

    #[test]
    fn until_resolved_ends_with_the_episode_that_was_current_at_its_start() {
        let silence = Silence { ends: Ends::UntilResolved, ..silence() };
        let covers = |phase, begun| silence.covers(&alert(phase, begun, "ANNA"), START_S + 9_000);
        assert!(covers(Phase::Firing, -3) && covers(Phase::Recovering, -3));
        assert!(covers(Phase::Pending, -3), "demoted within its episode");
        assert!(covers(Phase::Firing, 0), "begun in the same minute");
        assert!(!covers(Phase::Firing, 1), "the next episode is heard");
        assert!(!covers(Phase::Inactive, -3), "it has ended");
        let late = START_S + SILENCE_MAX_S;
        let alert = alert(Phase::Firing, -3, "ANNA");
        assert!(silence.covers(&alert, late - 1) && !silence.covers(&alert, late));
        let global = Silence { scope: Scope::Global, ..silence };
        assert!(!global.covers(&alert, START_S + GLOBAL_SILENCE_MAX_S));
    }

    #[test]
    fn a_notice_is_due_only_shortly_before_the_end() {
        let end_s = START_S + 3_600;
        assert_eq!(silence().expiring(end_s - 601, 600), None);
        assert_eq!(silence().expiring(end_s - 600, 600), Some(600));
        assert_eq!(silence().expiring(end_s - 1, 600), Some(1));
        assert_eq!(silence().expiring(end_s, 600), None);
        assert_eq!(silence().expiring(START_S - 1, 7_200), None);
    }

    #[test]
    fn every_bound_of_a_silence_has_its_own_fault() {
        let fault = |wrong: Silence| wrong.check().unwrap_err();
        assert_eq!(silence().check(), Ok(()));
        let ends = |ends_s| Silence { ends: Ends::At(ends_s), ..silence() };
        for ends_s in [START_S, START_S - 1] {
            let expected = SilenceFault::EndsBeforeStart { starts_s: START_S, ends_s };
            assert_eq!(fault(ends(ends_s)), expected);
        }
        assert_eq!(ends(START_S + SILENCE_MAX_S).check(), Ok(()));
        let (max_s, came_s) = (SILENCE_MAX_S, SILENCE_MAX_S + 1);
        assert_eq!(fault(ends(START_S + came_s)), SilenceFault::TooLong { max_s, came_s });
        let global = |ends_s| Silence { scope: Scope::Global, ..ends(ends_s) };
        assert_eq!(global(START_S + GLOBAL_SILENCE_MAX_S).check(), Ok(()));
        let (max_s, came_s) = (GLOBAL_SILENCE_MAX_S, GLOBAL_SILENCE_MAX_S + 1);
        assert_eq!(fault(global(START_S + came_s)), SilenceFault::TooLong { max_s, came_s });
        let with = |texts: &[&str]| Silence { matchers: matchers(texts), ..silence() };
        assert_eq!(fault(with(&[])), SilenceFault::NoMatcher);
        assert_eq!(fault(with(&["team=~.*", "zone!=x"])), SilenceFault::MatchesEverything);
        assert_eq!(with(&["team=~.*", "zone=x"]).check(), Ok(()));
        let nobody = Silence { author: String::new(), ..silence() };
        assert!(matches!(fault(nobody), SilenceFault::Author(_)));
        let unnamed = Silence { id: String::new(), ..silence() };
        assert!(matches!(fault(unnamed), SilenceFault::Id(_)));
        let commented = |came| Silence { comment: "c".repeat(came), ..silence() };
        assert_eq!(commented(COMMENT_BYTES_MAX).check(), Ok(()));
        let came = COMMENT_BYTES_MAX + 1;
        assert_eq!(fault(commented(came)), SilenceFault::Comment { came });
    }
}
