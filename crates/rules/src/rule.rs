//! A rule, and what makes one valid.

use crate::coded;
use crate::condition::{Condition, Operator, is_threshold};
use crate::escalation::Ladder;

/// Longest window of a threshold. The ring holds 12 slots: a window of 10 leaves 90 seconds
/// between the slot's watermark and the loss of its oldest minute.
pub const WINDOW_SLOTS_MAX: u32 = 10;
/// Longest absence: 30 days, as long as any duration of a rule.
pub const ABSENCE_SLOTS_MAX: u32 = DURATION_MAX_S / 60;
/// Longest duration of a rule, 30 days: beyond it an alert says nothing about now.
pub const DURATION_MAX_S: u32 = 30 * 86_400;

coded! {
    /// How urgent.
    pub enum Severity {
        /// Worth knowing.
        Info = 0,
        /// Look at it some time.
        Low = 1,
        /// Look at it today.
        Medium = 2,
        /// Look at it now.
        High = 3,
        /// Wake somebody up.
        Critical = 4,
    }
}

coded! {
    /// What a window with too few samples counts as.
    pub enum NoData {
        /// As if the condition were true.
        Alert = 0,
        /// As if it were false.
        Normal = 1,
        /// A status of its own; what was before is kept underneath.
        NoData = 2,
        /// As the last window with data; nothing resolves by it.
        KeepLast = 3,
    }
}

/// What the state machine needs to know of a rule.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Rule {
    /// What is asked.
    pub condition: Condition,
    /// Fewer samples in the window are no data; at least 1. Absence ignores it.
    pub min_points: u32,
    /// How long the condition must hold before the alert fires, seconds of slot ends.
    pub for_s: u32,
    /// How long a firing alert outlasts its condition, seconds.
    pub keep_firing_for_s: u32,
    /// How urgent.
    pub severity: Severity,
    /// After a message about firing, how long new episodes send none, seconds.
    pub cooldown_s: u32,
    /// What too little data counts as.
    pub no_data: NoData,
    /// Whom to tell when nobody reacts; an episode keeps the ladder it started with.
    pub ladder: Ladder,
    /// The first slot that the rule evaluates.
    pub active_from: u32,
}

/// Why a rule is not valid.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RuleFault {
    /// The window is 0 or longer than [`WINDOW_SLOTS_MAX`] ([`ABSENCE_SLOTS_MAX`] for absence).
    Window,
    /// The minimum of points is 0.
    MinPoints,
    /// A threshold beyond [`crate::condition::THRESHOLD_MAX`].
    Threshold,
    /// A band whose upper end is below its lower end.
    Band,
    /// A duration beyond [`DURATION_MAX_S`].
    Duration,
}

impl Rule {
    /// Slots of the window that a reading covers: 1 for absence.
    pub fn window_slots(&self) -> u32 {
        match self.condition {
            Condition::Threshold { window_slots, .. } => window_slots,
            Condition::Absence { .. } => 1,
        }
    }

    /// Checks every bound.
    ///
    /// # Errors
    ///
    /// The first [`RuleFault`] found.
    pub fn check(&self) -> Result<(), RuleFault> {
        match self.condition {
            Condition::Threshold { operator, threshold, threshold_high, window_slots, .. } => {
                let band = operator == Operator::OutsideBand;
                if window_slots == 0 || window_slots > WINDOW_SLOTS_MAX {
                    return Err(RuleFault::Window);
                }
                if !is_threshold(threshold) || (band && !is_threshold(threshold_high)) {
                    return Err(RuleFault::Threshold);
                }
                if band && threshold_high < threshold {
                    return Err(RuleFault::Band);
                }
            }
            Condition::Absence { slots } => {
                if slots == 0 || slots > ABSENCE_SLOTS_MAX {
                    return Err(RuleFault::Window);
                }
            }
        }
        if self.min_points == 0 {
            return Err(RuleFault::MinPoints);
        }
        let durations = [self.for_s, self.keep_firing_for_s, self.cooldown_s];
        if durations.iter().any(|duration| *duration > DURATION_MAX_S) {
            return Err(RuleFault::Duration);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::condition::Statistic;

    fn rule() -> Rule {
        Rule {
            condition: Condition::Threshold {
                statistic: Statistic::Average,
                operator: Operator::OutsideBand,
                threshold: -5,
                threshold_high: 5,
                window_slots: 5,
            },
            min_points: 1,
            for_s: 0,
            keep_firing_for_s: 0,
            severity: Severity::High,
            cooldown_s: 0,
            no_data: NoData::KeepLast,
            ladder: Ladder::EMPTY,
            active_from: 30_000_000,
        }
    }

    fn with(condition: Condition) -> Result<(), RuleFault> {
        Rule { condition, ..rule() }.check()
    }

    fn threshold(low: i128, high: i128, window_slots: u32) -> Condition {
        Condition::Threshold {
            statistic: Statistic::Sum,
            operator: Operator::OutsideBand,
            threshold: low,
            threshold_high: high,
            window_slots,
        }
    }

    #[test]
    fn every_bound_of_a_rule_has_its_own_fault() {
        assert_eq!(rule().check(), Ok(()));
        assert_eq!(with(threshold(0, 1, 0)), Err(RuleFault::Window));
        assert_eq!(with(threshold(0, 1, WINDOW_SLOTS_MAX)), Ok(()));
        assert_eq!(with(threshold(0, 1, WINDOW_SLOTS_MAX + 1)), Err(RuleFault::Window));
        assert_eq!(with(threshold(i128::MIN, 1, 1)), Err(RuleFault::Threshold));
        assert_eq!(with(threshold(0, i128::MAX, 1)), Err(RuleFault::Threshold));
        assert_eq!(with(threshold(1, 0, 1)), Err(RuleFault::Band));
        assert_eq!(with(Condition::Absence { slots: 0 }), Err(RuleFault::Window));
        assert_eq!(with(Condition::Absence { slots: ABSENCE_SLOTS_MAX }), Ok(()));
        assert_eq!(
            with(Condition::Absence { slots: ABSENCE_SLOTS_MAX + 1 }),
            Err(RuleFault::Window)
        );
        assert_eq!(Rule { min_points: 0, ..rule() }.check(), Err(RuleFault::MinPoints));
        let long = DURATION_MAX_S + 1;
        assert_eq!(Rule { for_s: long, ..rule() }.check(), Err(RuleFault::Duration));
        assert_eq!(Rule { keep_firing_for_s: long, ..rule() }.check(), Err(RuleFault::Duration));
        assert_eq!(Rule { cooldown_s: long, ..rule() }.check(), Err(RuleFault::Duration));
    }
}
