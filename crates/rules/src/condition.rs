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

/// What is asked. Codes: 1 threshold, 5 absence; 2 to 4 are kept for rate, anomaly and pattern.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Condition {
    /// A statistic over the window compared with a threshold or a band.
    Threshold {
        /// Which figure.
        statistic: Statistic,
        /// How it is compared.
        operator: Operator,
        /// The threshold, or the band's lower end.
        threshold: i128,
        /// The band's upper end; ignored by other operators.
        threshold_high: i128,
        /// Slots in the window, the evaluated one last.
        window_slots: u32,
    },
    /// No sample for this long.
    Absence {
        /// Slots without samples, the evaluated one last.
        slots: u32,
    },
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
pub fn meets(figure: &Figure, operator: Operator, threshold: i128, threshold_high: i128) -> bool {
    let ordering = compare(figure, threshold);
    match operator {
        Operator::Gt => ordering.is_gt(),
        Operator::Gte => ordering.is_ge(),
        Operator::Lt => ordering.is_lt(),
        Operator::Lte => ordering.is_le(),
        Operator::Eq => ordering.is_eq(),
        Operator::Ne => ordering.is_ne(),
        Operator::OutsideBand => ordering.is_lt() || compare(figure, threshold_high).is_gt(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn met(numerator: i128, denominator: u32, threshold: i128) -> std::vec::Vec<Operator> {
        let figure = Figure { numerator, denominator };
        let all = Operator::ALL.iter().copied();
        all.filter(|operator| meets(&figure, *operator, threshold, threshold + 10)).collect()
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
    }
}
