//! What a rule asks of a window, and the answer.

use core::cmp::Ordering;

use crate::coded;
use crate::window::Figure;

/// Thresholds are below it in magnitude: beyond it times 2^32 samples would leave 128 bits, and no
/// figure of samples within +-2^43 gets there.
pub const THRESHOLD_MAX: i128 = 1 << 94;

coded! {
    /// Which figure of the window. Codes 8 to 11 are kept for quantiles.
    pub enum Statistic {
        /// The mean, compared exactly.
        Average = 0,
        /// The sum.
        Sum = 1,
        /// The smallest value.
        Minimum = 2,
        /// The largest value.
        Maximum = 3,
        /// The number of samples.
        Count = 4,
        /// The most recent value.
        Last = 5,
        /// The sum over the count in basis points, for metrics of 0 and 1.
        ErrorRatio = 6,
        /// The sum over the window's seconds, in thousandths.
        PerSecond = 7,
    }
}

coded! {
    /// How the figure is compared with the threshold.
    pub enum Operator {
        /// Above.
        Gt = 0,
        /// At or above.
        Gte = 1,
        /// Below.
        Lt = 2,
        /// At or below.
        Lte = 3,
        /// Equal.
        Eq = 4,
        /// Not equal.
        Ne = 5,
        /// Below the band's lower or above its upper end.
        OutsideBand = 6,
    }
}

/// A figure of a window, and what it is compared with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Compare {
    /// Which figure.
    pub statistic: Statistic,
    /// How it is compared.
    pub operator: Operator,
    /// The threshold, or the band's lower end.
    pub threshold: i128,
    /// The band's upper end; ignored by other operators.
    pub threshold_high: i128,
    /// Slots in the window, the evaluated one last.
    pub window_slots: u32,
}

coded! {
    /// What the change from one window to the next is measured in.
    pub enum Per {
        /// Basis points of the earlier figure's magnitude.
        Base = 0,
        /// Thousandths of the figure's unit for each second between the windows' ends.
        Second = 1,
    }
}

/// How an anomaly's baseline is learned.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Baseline {
    /// The weight of the newest figure is 1 in 2 to the power of this.
    pub smoothing: u32,
    /// Figures to learn from before any is judged.
    pub warm_up: u32,
    /// Slots after an anomaly has ended in which none begins.
    pub quiet_slots: u32,
}

/// What is asked. Codes: 1 threshold, 2 rate, 3 anomaly, 4 pattern, 5 absence.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Condition {
    /// A figure of the window compared with a threshold or a band.
    Threshold(Compare),
    /// How the figure changed from the window before, which ends where this one begins.
    Rate {
        /// The figure, and what its change is compared with.
        compare: Compare,
        /// What the change is measured in.
        per: Per,
    },
    /// How far the figure is from what it usually is ([`crate::anomaly`]).
    Anomaly {
        /// The figure; `threshold` is a score in hundredths of standard deviations, and the operator
        /// the direction: [`Operator::Gt`] above, [`Operator::Lt`] below, [`Operator::Ne`] either.
        compare: Compare,
        /// What is usual.
        baseline: Baseline,
    },
    /// A threshold met in some of the last slots.
    Pattern {
        /// What each slot is asked.
        compare: Compare,
        /// In how many slots it must be met.
        at_least: u32,
        /// Of how many, the evaluated one last; a slot that cannot be judged does not count.
        of_slots: u32,
    },
    /// No sample for this long.
    Absence {
        /// Slots without samples, the evaluated one last.
        slots: u32,
    },
}

impl Condition {
    /// The figure and its comparison; none for absence.
    pub fn compare(&self) -> Option<&Compare> {
        match self {
            Condition::Threshold(compare)
            | Condition::Rate { compare, .. }
            | Condition::Anomaly { compare, .. }
            | Condition::Pattern { compare, .. } => Some(compare),
            Condition::Absence { .. } => None,
        }
    }

    /// The stable code.
    pub fn code(&self) -> u32 {
        match self {
            Condition::Threshold(_) => 1,
            Condition::Rate { .. } => 2,
            Condition::Anomaly { .. } => 3,
            Condition::Pattern { .. } => 4,
            Condition::Absence { .. } => 5,
        }
    }

    /// Whether a verdict depends on slots before the window.
    pub fn has_memory(&self) -> bool {
        matches!(self, Condition::Anomaly { .. } | Condition::Pattern { .. })
    }
}

/// The upper half of [`THRESHOLD_MAX`].
const HIGH_MAX: i64 = (THRESHOLD_MAX >> 64) as i64;

/// Whether a threshold is at least -[`THRESHOLD_MAX`] and below [`THRESHOLD_MAX`].
pub(crate) fn is_threshold(value: i128) -> bool {
    (-HIGH_MAX..HIGH_MAX).contains(&((value >> 64) as i64))
}

/// Compares a figure with a threshold without rounding.
#[inline(never)]
fn compare(figure: &Figure, threshold: i128) -> Ordering {
    // Times 32 bits the others fit.
    let high = (threshold >> 64) as i64;
    if high > HIGH_MAX {
        return Ordering::Less;
    }
    if high < -HIGH_MAX {
        return Ordering::Greater;
    }
    figure.numerator.cmp(&threshold.wrapping_mul(i128::from(figure.denominator)))
}

/// Whether the figure meets the comparison.
pub fn meets(figure: &Figure, with: &Compare) -> bool {
    let ordering = compare(figure, with.threshold);
    match with.operator {
        Operator::Gt => ordering.is_gt(),
        Operator::Gte => ordering.is_ge(),
        Operator::Lt => ordering.is_lt(),
        Operator::Lte => ordering.is_le(),
        Operator::Eq => ordering.is_eq(),
        Operator::Ne => ordering.is_ne(),
        Operator::OutsideBand => ordering.is_lt() || compare(figure, with.threshold_high).is_gt(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn met(numerator: i128, denominator: u32, threshold: i128) -> std::vec::Vec<Operator> {
        let figure = Figure { numerator, denominator };
        let all = Operator::ALL.iter().copied();
        let with = |operator| Compare {
            statistic: Statistic::Last,
            operator,
            threshold,
            threshold_high: threshold + 10,
            window_slots: 1,
        };
        all.filter(|operator| meets(&figure, &with(*operator))).collect()
    }

    #[test]
    fn every_operator_holds_on_its_side_of_the_threshold_and_decides_equality() {
        use Operator::*;
        assert_eq!(met(9, 1, 10), [Lt, Lte, Ne, OutsideBand]);
        assert_eq!(met(10, 1, 10), [Gte, Lte, Eq]);
        assert_eq!(met(11, 1, 10), [Gt, Gte, Ne]);
        assert_eq!(met(20, 1, 10), [Gt, Gte, Ne]);
        assert_eq!(met(21, 1, 10), [Gt, Gte, Ne, OutsideBand]);
        assert_eq!(met(-9, 1, -10), [Gt, Gte, Ne]);
    }

    #[test]
    fn a_mean_a_hair_above_the_threshold_is_above_it() {
        use Operator::*;
        assert_eq!(met(1_001, 100, 10), [Gt, Gte, Ne]);
        assert_eq!(met(-1_001, 100, -10), [Lt, Lte, Ne, OutsideBand]);
    }

    #[test]
    fn thresholds_at_the_ends_of_128_bits_compare_by_their_sign() {
        let figure = Figure { numerator: i128::MAX, denominator: u32::MAX };
        assert!(compare(&figure, i128::MAX).is_lt());
        assert!(compare(&figure, i128::MIN).is_gt());
        assert!(compare(&figure, THRESHOLD_MAX).is_gt(), "2^127 over 2^32 is above 2^94");
        // The ends of what is multiplied, and what is beyond them: the sign alone.
        let (first, last) = (i128::from(-HIGH_MAX) << 64, ((i128::from(HIGH_MAX) + 1) << 64) - 1);
        for threshold in [first, last] {
            let at =
                |more| compare(&Figure { numerator: threshold + more, denominator: 1 }, threshold);
            assert_eq!([-1, 0, 1].map(at), [Ordering::Less, Ordering::Equal, Ordering::Greater]);
        }
        for even in [-2, 0, 2] {
            let figure = Figure { numerator: even, denominator: 2 };
            for beyond in [last + 1, i128::MAX - 1] {
                assert!(compare(&figure, beyond).is_lt(), "{even}, {beyond}");
            }
            for beyond in [first - 1, i128::MIN] {
                assert!(compare(&figure, beyond).is_gt(), "{even}, {beyond}");
            }
        }
    }

    #[test]
    fn conditions_have_the_codes_that_were_released() {
        let compare = Compare {
            statistic: Statistic::Last,
            operator: Operator::Gt,
            threshold: 0,
            threshold_high: 0,
            window_slots: 1,
        };
        let baseline = Baseline { smoothing: 1, warm_up: 1, quiet_slots: 0 };
        let codes = [
            Condition::Threshold(compare),
            Condition::Rate { compare, per: Per::Second },
            Condition::Anomaly { compare, baseline },
            Condition::Pattern { compare, at_least: 1, of_slots: 1 },
            Condition::Absence { slots: 1 },
        ]
        .map(|condition| condition.code());
        assert_eq!(codes, [1, 2, 3, 4, 5]);
    }
}
