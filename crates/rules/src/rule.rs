//! A rule, and what makes one valid.

use crate::coded;
use crate::condition::{Baseline, Compare, Condition, Operator, is_threshold};
use crate::escalation::Ladder;

/// Longest window of a threshold. The ring holds 12 slots: a window of 10 leaves 90 seconds
/// between the slot's watermark and the loss of its oldest minute.
pub const WINDOW_SLOTS_MAX: u32 = 10;
/// Longest window that history adds up: 30 days.
pub const HISTORY_SLOTS_MAX: u32 = 30 * 1_440;
/// Slots of an hour, in which history counts.
pub const HOUR_SLOTS: u32 = 60;
/// Longest window whose change is asked for: the ring holds it and the one before.
pub const RATE_SLOTS_MAX: u32 = WINDOW_SLOTS_MAX / 2;
/// Least and most smoothing of a baseline: half a life of 3 figures, and of 700.
pub const SMOOTHING: core::ops::RangeInclusive<u32> = 2..=10;
/// Most figures of a warm-up: a week of minutes.
pub const WARM_UP_MAX: u32 = 7 * 1_440;
/// Largest score that an anomaly may ask for, in hundredths: 100 standard deviations.
pub const SCORE_MAX: i128 = 10_000;
/// Most slots that a pattern looks back at: it remembers a bit of each.
pub const PATTERN_SLOTS_MAX: u32 = 60;
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
    /// The window is 0 or longer than [`WINDOW_SLOTS_MAX`] ([`ABSENCE_SLOTS_MAX`] for absence); of a
    /// threshold, also whole hours up to [`HISTORY_SLOTS_MAX`].
    Window,
    /// The minimum of points is 0.
    MinPoints,
    /// A threshold beyond [`crate::condition::THRESHOLD_MAX`].
    Threshold,
    /// A band whose upper end is below its lower end.
    Band,
    /// A duration beyond [`DURATION_MAX_S`].
    Duration,
    /// An anomaly that compares otherwise than above, below or either, with a score outside 1 to
    /// [`SCORE_MAX`], or whose baseline is outside [`SMOOTHING`], [`WARM_UP_MAX`] (at least 1) or
    /// [`DURATION_MAX_S`].
    Anomaly,
    /// A pattern of no slots, of more than [`PATTERN_SLOTS_MAX`], or of fewer than must be met.
    Pattern,
}

fn check_compare(compare: &Compare) -> Result<(), RuleFault> {
    let Compare { operator, threshold, threshold_high, window_slots, .. } = *compare;
    let band = operator == Operator::OutsideBand;
    let of_ring = window_slots <= WINDOW_SLOTS_MAX;
    let fits = of_ring || window_slots.is_multiple_of(HOUR_SLOTS);
    if window_slots == 0 || !fits || window_slots > HISTORY_SLOTS_MAX {
        return Err(RuleFault::Window);
    }
    if !is_threshold(threshold) || (band && !is_threshold(threshold_high)) {
        return Err(RuleFault::Threshold);
    }
    if band && threshold_high < threshold {
        return Err(RuleFault::Band);
    }
    Ok(())
}

fn check_anomaly(compare: &Compare, baseline: &Baseline) -> Result<(), RuleFault> {
    let Baseline { smoothing, warm_up, quiet_slots } = *baseline;
    let has_direction = matches!(compare.operator, Operator::Gt | Operator::Lt | Operator::Ne);
    if !has_direction
        || compare.threshold < 1
        || compare.threshold > SCORE_MAX
        || !SMOOTHING.contains(&smoothing)
        || warm_up == 0
        || warm_up > WARM_UP_MAX
        || quiet_slots > DURATION_MAX_S / 60
    {
        return Err(RuleFault::Anomaly);
    }
    Ok(())
}

impl Rule {
    /// Slots that a reading covers, the window before for a change; 1 for absence.
    pub fn window_slots(&self) -> u32 {
        let slots = self.condition.compare().map_or(1, |compare| compare.window_slots);
        if matches!(self.condition, Condition::Rate { .. }) { 2 * slots } else { slots }
    }

    /// Whether the window is one that history adds up, in whole hours, and no ring holds.
    pub fn is_long(&self) -> bool {
        self.window_slots() > WINDOW_SLOTS_MAX
    }

    /// Checks every bound.
    ///
    /// # Errors
    ///
    /// The first [`RuleFault`] found.
    pub fn check(&self) -> Result<(), RuleFault> {
        if let Some(compare) = self.condition.compare() {
            check_compare(compare)?;
            let is_threshold = matches!(self.condition, Condition::Threshold(_));
            if !is_threshold && compare.window_slots > WINDOW_SLOTS_MAX {
                return Err(RuleFault::Window);
            }
        }
        match self.condition {
            Condition::Threshold(_) => {}
            Condition::Rate { compare, .. } => {
                if compare.window_slots > RATE_SLOTS_MAX {
                    return Err(RuleFault::Window);
                }
            }
            Condition::Anomaly { compare, baseline } => check_anomaly(&compare, &baseline)?,
            Condition::Pattern { at_least, of_slots, .. } => {
                if at_least == 0 || at_least > of_slots || of_slots > PATTERN_SLOTS_MAX {
                    return Err(RuleFault::Pattern);
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
    use crate::condition::{Per, Statistic};

    fn rule() -> Rule {
        Rule {
            condition: Condition::Threshold(compare(-5, 5, 5)),
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

    fn compare(threshold: i128, threshold_high: i128, window_slots: u32) -> Compare {
        Compare {
            statistic: Statistic::Sum,
            operator: Operator::OutsideBand,
            threshold,
            threshold_high,
            window_slots,
        }
    }

    fn threshold(low: i128, high: i128, window_slots: u32) -> Condition {
        Condition::Threshold(compare(low, high, window_slots))
    }

    #[test]
    fn windows_of_hours_are_whole_and_of_thresholds_alone() {
        let threshold = |slots| with(Condition::Threshold(compare(-5, 5, slots)));
        for slots in [1, WINDOW_SLOTS_MAX, HOUR_SLOTS, 24 * HOUR_SLOTS, HISTORY_SLOTS_MAX] {
            assert_eq!(threshold(slots), Ok(()), "{slots}");
        }
        for slots in [
            0,
            WINDOW_SLOTS_MAX + 1,
            HOUR_SLOTS - 1,
            HOUR_SLOTS + 1,
            HISTORY_SLOTS_MAX + HOUR_SLOTS,
        ] {
            assert_eq!(threshold(slots), Err(RuleFault::Window), "{slots}");
        }
        let hour = compare(1, 1, HOUR_SLOTS);
        let baseline = Baseline { smoothing: 4, warm_up: 5, quiet_slots: 0 };
        let anomaly = Compare { operator: Operator::Gt, ..hour };
        for condition in [
            Condition::Rate { compare: hour, per: Per::Base },
            Condition::Anomaly { compare: anomaly, baseline },
            Condition::Pattern { compare: hour, at_least: 1, of_slots: 2 },
        ] {
            assert_eq!(with(condition), Err(RuleFault::Window), "{condition:?}");
        }
    }

    #[test]
    fn bounds_are_those_that_were_released() {
        let slots = [RATE_SLOTS_MAX, WARM_UP_MAX, ABSENCE_SLOTS_MAX, HISTORY_SLOTS_MAX];
        assert_eq!(slots, [5, 10_080, 43_200, 43_200]);
        assert_eq!(DURATION_MAX_S, 2_592_000);
        let is_long = |slots| Rule { condition: threshold(0, 1, slots), ..rule() }.is_long();
        assert_eq!([1, 10, 60, 43_200].map(is_long), [false, false, true, true]);
    }

    #[test]
    fn a_change_needs_room_for_two_windows() {
        let rate = |window_slots| {
            with(Condition::Rate { compare: compare(0, 1, window_slots), per: Per::Base })
        };
        assert_eq!((rate(RATE_SLOTS_MAX), rate(0)), (Ok(()), Err(RuleFault::Window)));
        assert_eq!(rate(RATE_SLOTS_MAX + 1), Err(RuleFault::Window));
        let rule = Rule {
            condition: Condition::Rate { compare: compare(0, 1, 3), per: Per::Second },
            ..rule()
        };
        assert_eq!(rule.window_slots(), 6);
    }

    #[test]
    fn an_anomaly_has_a_direction_a_score_and_a_baseline_within_bounds() {
        let of = |operator, threshold, baseline| {
            let compare = Compare { operator, ..compare(threshold, 0, 1) };
            with(Condition::Anomaly { compare, baseline })
        };
        let fine = Baseline { smoothing: 5, warm_up: 30, quiet_slots: 10 };
        for operator in [Operator::Gt, Operator::Lt, Operator::Ne] {
            assert_eq!(of(operator, 300, fine), Ok(()));
        }
        assert_eq!(of(Operator::Gte, 300, fine), Err(RuleFault::Anomaly));
        for score in [0, -1, SCORE_MAX + 1] {
            assert_eq!(of(Operator::Gt, score, fine), Err(RuleFault::Anomaly));
        }
        assert_eq!(
            (of(Operator::Gt, 1, fine), of(Operator::Gt, SCORE_MAX, fine)),
            (Ok(()), Ok(()))
        );
        for widest in [
            Baseline { smoothing: 2, warm_up: 1, quiet_slots: 0 },
            Baseline { smoothing: 10, warm_up: WARM_UP_MAX, quiet_slots: DURATION_MAX_S / 60 },
        ] {
            assert_eq!(of(Operator::Gt, 300, widest), Ok(()), "{widest:?}");
        }
        for wrong in [
            Baseline { smoothing: 1, ..fine },
            Baseline { smoothing: 11, ..fine },
            Baseline { warm_up: 0, ..fine },
            Baseline { warm_up: WARM_UP_MAX + 1, ..fine },
            Baseline { quiet_slots: DURATION_MAX_S / 60 + 1, ..fine },
        ] {
            assert_eq!(of(Operator::Gt, 300, wrong), Err(RuleFault::Anomaly), "{wrong:?}");
        }
    }

    #[test]
    fn a_pattern_asks_for_some_of_at_most_sixty_slots() {
        let of = |at_least, of_slots| {
            with(Condition::Pattern { compare: compare(0, 1, 1), at_least, of_slots })
        };
        assert_eq!((of(1, 1), of(60, 60)), (Ok(()), Ok(())));
        for (at_least, of_slots) in [(0, 5), (6, 5), (1, 0), (1, 61)] {
            assert_eq!(of(at_least, of_slots), Err(RuleFault::Pattern));
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
        let longest = DURATION_MAX_S;
        let durations =
            Rule { for_s: longest, keep_firing_for_s: longest, cooldown_s: longest, ..rule() };
        assert_eq!(durations.check(), Ok(()));
        let long = DURATION_MAX_S + 1;
        assert_eq!(Rule { for_s: long, ..rule() }.check(), Err(RuleFault::Duration));
        assert_eq!(Rule { keep_firing_for_s: long, ..rule() }.check(), Err(RuleFault::Duration));
        assert_eq!(Rule { cooldown_s: long, ..rule() }.check(), Err(RuleFault::Duration));
    }
}
