//! What is remembered of an alert. Its past is in the transitions that were published.

use zerocopy::{Immutable, IntoBytes, KnownLayout, TryFromBytes};

use crate::codec::VERSION;
use crate::coded;
use crate::condition::Condition;
use crate::escalation::Ladder;
use crate::rule::{Rule, Severity};
use crate::transition::{FAULT_SERIES, Kind, Reason, Transition, Transitions};

coded! {
    /// Where the condition stands.
    pub enum Phase {
        /// False.
        Inactive = 0,
        /// True, not yet for long enough.
        Pending = 1,
        /// True for long enough.
        Firing = 2,
        /// False again, not yet for long enough.
        Recovering = 3,
    }
}

coded! {
    /// Whether the last slot could be judged. Anything but `Present` covers the phase and keeps it.
    pub enum Coverage {
        /// It could.
        Present = 0,
        /// Too little data.
        NoData = 1,
        /// The figure could not be had.
        Error = 2,
    }
}

coded! {
    /// What an alert shows: its phase, unless that is covered.
    pub enum Status {
        /// The condition is false.
        Inactive = 0,
        /// It is true, not yet for long enough.
        Pending = 1,
        /// It has been true for long enough.
        Firing = 2,
        /// It is false again, not yet for long enough.
        Recovering = 3,
        /// Too little data to say.
        NoData = 4,
        /// The figure could not be had.
        Error = 5,
    }
}

coded! {
    /// What a person did about the episode.
    pub enum Handling {
        /// Nothing.
        Open = 0,
        /// Somebody is on it.
        Acknowledged = 1,
        /// Not now.
        Snoozed = 2,
        /// Closed by a person.
        Resolved = 3,
    }
}

/// One rule on one stream: everything that its next step depends on.
///
/// Its fields lie in memory as they are stored ([`crate::codec`]): their order is the layout.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Immutable, IntoBytes, KnownLayout, TryFromBytes)]
#[repr(C)]
pub struct State {
    pub(crate) version: u8,
    /// Where the condition stands.
    pub phase: Phase,
    /// Whether the last slot could be judged.
    pub coverage: Coverage,
    /// Whether the source failed when it was last read.
    pub fault: bool,
    /// Whether the episode has fired.
    pub fired: bool,
    /// Whether the episode's firing was notified.
    pub notified: bool,
    /// The episode's severity: the highest that its rule had while it fired.
    pub severity: Severity,
    /// What a person did about the episode.
    pub handling: Handling,
    /// Levels of the ladder reached in this episode.
    pub level: u8,
    /// Repeated messages of that level.
    pub repeated: u8,
    pub(crate) reserved: u16,
    /// Which condition the memory below is of ([`State::forget_unless`]).
    pub(crate) remembers: u32,
    /// The figure of the last slot, rounded toward zero; 0 without one.
    pub value: i128,
    /// When an acknowledgement or a snooze ends, seconds UTC; 0 without one.
    pub handling_until_s: u64,
    /// The last slot stepped.
    pub through: u32,
    /// The number of the latest episode; 0 before the first.
    pub episode: u32,
    /// Transitions so far, faults apart.
    pub ordinal: u32,
    /// Faults and their ends so far.
    pub fault_ordinal: u32,
    /// The slot in which the episode began.
    pub since: u32,
    /// The slot from which the condition counts as held.
    pub pending_since: u32,
    /// The slot from which the condition counts as gone.
    pub recovering_since: u32,
    /// The slot of the last message about firing; 0: none yet.
    pub last_notified: u32,
    /// Messages withheld since the last one.
    pub suppressed: u32,
    /// The slot of the next escalation; 0: none is due.
    pub due: u32,
    /// The latest minute known to have had samples; 0: none.
    pub last_data: u32,
    /// The last slot stepped of which nothing is known.
    pub last_lost: u32,
    /// Samples behind the figure; 0 without one.
    pub points: u32,
    /// Slots whose minutes left the ring before they were stepped. Of an alert whose state rests, where
    /// nothing had to be stored, those are not told apart that a keeper looked at and had nothing to send
    /// for; how far it is evaluated is in the summary.
    pub unwitnessed: u32,
    /// Episodes that fired.
    pub fired_total: u32,
    /// The ladder that the episode started with.
    pub ladder: Ladder,
    pub(crate) reserved_too: u16,
    /// Of an anomaly: the variance, in 65,536ths of the unit squared.
    pub variance: u128,
    /// Of an anomaly: the mean, in 256ths of the unit. Of a pattern: whether the condition was met,
    /// a bit for each slot, the last one's the lowest.
    pub memory: i64,
    /// Of an anomaly: the figures learned from.
    pub seen: u32,
    /// Of an anomaly: the last slot in which none may begin.
    pub quiet_through: u32,
}

impl State {
    /// The state of an alert of which nothing is known.
    pub const EMPTY: State = State {
        version: VERSION,
        reserved: 0,
        remembers: 0,
        variance: 0,
        memory: 0,
        seen: 0,
        quiet_through: 0,
        reserved_too: 0,
        through: 0,
        episode: 0,
        ordinal: 0,
        fault_ordinal: 0,
        phase: Phase::Inactive,
        coverage: Coverage::Present,
        fault: false,
        fired: false,
        notified: false,
        severity: Severity::Info,
        handling: Handling::Open,
        handling_until_s: 0,
        since: 0,
        pending_since: 0,
        recovering_since: 0,
        last_notified: 0,
        suppressed: 0,
        level: 0,
        repeated: 0,
        due: 0,
        ladder: Ladder::EMPTY,
        last_data: 0,
        last_lost: 0,
        value: 0,
        points: 0,
        unwitnessed: 0,
        fired_total: 0,
    };

    /// The state of an alert that was never stepped; its first slot is the rule's first.
    pub fn new(rule: &Rule) -> State {
        let mut state = State::EMPTY;
        state.begin(rule);
        state
    }

    /// Makes an empty state that of an alert that was never stepped.
    pub fn begin(&mut self, rule: &Rule) {
        self.through = rule.active_from.saturating_sub(1);
        self.severity = rule.severity;
    }

    /// What the alert shows.
    pub fn status(&self) -> Status {
        if self.fault {
            return Status::Error;
        }
        match (self.coverage, self.phase) {
            (Coverage::NoData, _) => Status::NoData,
            (Coverage::Error, _) => Status::Error,
            (_, Phase::Inactive) => Status::Inactive,
            (_, Phase::Pending) => Status::Pending,
            (_, Phase::Firing) => Status::Firing,
            (_, Phase::Recovering) => Status::Recovering,
        }
    }

    /// Whether the alert counts as firing, whatever covers it: lost data resolves nothing.
    pub fn is_firing(&self) -> bool {
        matches!(self.phase, Phase::Firing | Phase::Recovering)
    }

    /// Whether messages may go out: nobody has said that they should not.
    pub(crate) fn is_open(&self) -> bool {
        self.handling == Handling::Open
    }

    /// Forgets what was learned of another condition: what is usual of one figure says nothing of
    /// another's.
    pub(crate) fn forget_unless(&mut self, condition: &Condition) {
        let Some(compare) = condition.compare().filter(|_| condition.has_memory()) else { return };
        let remembers = (condition.code() << 16)
            | (u32::from(compare.statistic.code()) << 8)
            | compare.window_slots;
        if self.remembers != remembers {
            self.remembers = remembers;
            (self.variance, self.memory, self.seen, self.quiet_through) = (0, 0, 0, 0);
        }
    }

    /// Counts, remembers and hands out a transition. The state is that after it.
    pub(crate) fn emit(
        &mut self,
        out: &mut Transitions,
        slot: u32,
        from: Status,
        kind: Kind,
        reason: Reason,
        notify: bool,
    ) {
        let ordinal = if reason == Reason::SourceFailed {
            self.fault_ordinal = self.fault_ordinal.wrapping_add(1);
            FAULT_SERIES | self.fault_ordinal.wrapping_sub(1)
        } else {
            self.ordinal = self.ordinal.wrapping_add(1);
            self.ordinal.wrapping_sub(1)
        };
        let is_from_outside = matches!(
            reason,
            Reason::Operator | Reason::RulePaused | Reason::RuleDeleted | Reason::SourceFailed
        );
        let (value, points) = if is_from_outside { (0, 0) } else { (self.value, self.points) };
        let suppressed = if notify { core::mem::take(&mut self.suppressed) } else { 0 };
        out.push(Transition {
            version: VERSION,
            kind,
            reason,
            from,
            to: self.status(),
            severity: self.severity,
            notify,
            level: self.level,
            handling_until_s: self.handling_until_s,
            value,
            slot,
            episode: self.episode,
            ordinal,
            suppressed,
            points,
            reserved: [0; 12],
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::condition::{Baseline, Compare, Operator, Per, Statistic};

    #[test]
    fn what_was_learned_of_one_condition_is_forgotten_with_it() {
        let compare = Compare {
            statistic: Statistic::Last,
            operator: Operator::Gt,
            threshold: 300,
            threshold_high: 0,
            window_slots: 5,
        };
        let baseline = Baseline { smoothing: 3, warm_up: 9, quiet_slots: 0 };
        let anomaly = |compare| Condition::Anomaly { compare, baseline };
        let learned = |condition| {
            let mut state = State::EMPTY;
            state.forget_unless(&anomaly(compare));
            (state.variance, state.memory, state.seen, state.quiet_through) = (1, 2, 3, 4);
            state.forget_unless(&condition);
            (state.variance, state.memory, state.seen, state.quiet_through)
        };
        let sooner = Baseline { warm_up: 1, ..baseline };
        for same in [
            anomaly(compare),
            anomaly(Compare { threshold: 1, operator: Operator::Ne, ..compare }),
            Condition::Anomaly { compare, baseline: sooner },
            // What has no memory neither reads nor writes it: the same rule may come back.
            Condition::Threshold(compare),
            Condition::Rate { compare, per: Per::Base },
            Condition::Absence { slots: 5 },
        ] {
            assert_eq!(learned(same), (1, 2, 3, 4), "{same:?}");
        }
        for another in [
            Condition::Pattern { compare, at_least: 1, of_slots: 2 },
            anomaly(Compare { statistic: Statistic::Sum, ..compare }),
            anomaly(Compare { window_slots: 4, ..compare }),
            anomaly(Compare { statistic: Statistic::Average, window_slots: 1, ..compare }),
        ] {
            assert_eq!(learned(another), (0, 0, 0, 0), "{another:?}");
        }
    }
}
