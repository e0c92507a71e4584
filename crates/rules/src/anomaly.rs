//! What is usual of a figure, and how far from it another one is.
//!
//! Exponentially weighted mean and variance in fixed point (D. H. D. West, "Updating mean and
//! variance estimates", 1979; T. Finch, "Incremental calculation of weighted mean and variance",
//! 2009): with the newest figure's weight `w`, difference `d` from the mean,
//! `mean += w d` and `variance = (1 - w) (variance + w d^2)`. A figure is judged by what was usual
//! before it came, and learned from afterwards, whatever it is: a new level is usual after some time.

use crate::condition::{Baseline, Compare, Operator};

/// Fractional bits of the mean; the variance has twice as many.
const FRACTION_BITS: u32 = 8;
/// Figures are clamped to this many bits beside their sign: what samples within 2^43 average to
/// fits, and so do sums of a thousand of them.
const FIGURE_BITS: u32 = 53;
/// From here on squares are halved in width before they are multiplied.
const WIDE_BITS: u32 = 96;
const NARROWED_BITS: u32 = 40;
/// A standard deviation is at least one of the metric's unit: of a figure that never changes,
/// the smallest change would be as unlikely as any.
const VARIANCE_MIN: u128 = 1 << (2 * FRACTION_BITS);
const HUNDREDTHS_SQUARED: u128 = 10_000;

/// What was learned.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Usual {
    /// The mean, in 256ths of the unit.
    pub mean: i64,
    /// The variance, in 65,536ths of the unit squared.
    pub variance: u128,
    /// Figures learned from, at most `u32::MAX`.
    pub seen: u32,
}

/// How the figure lies to what is usual; `None` while too little was learned. Learns from it.
pub fn judge(
    usual: &mut Usual,
    figure: i128,
    compare: &Compare,
    baseline: &Baseline,
) -> Option<bool> {
    let limit = 1i128 << FIGURE_BITS;
    let scaled = (figure.clamp(-limit, limit) as i64) << FRACTION_BITS;
    if usual.seen == 0 {
        usual.mean = scaled;
    }
    let difference = scaled.wrapping_sub(usual.mean);
    let squared = u128::from(difference.unsigned_abs()).pow(2);
    let is_known = usual.seen >= baseline.warm_up;
    let is_on_side = match compare.operator {
        Operator::Gt => difference > 0,
        Operator::Lt => difference < 0,
        _ => difference != 0,
    };
    let is_far = is_on_side && exceeds(squared, usual.variance, compare.threshold as u32);
    usual.seen = usual.seen.saturating_add(1);
    usual.mean = usual.mean.wrapping_add(difference >> baseline.smoothing);
    let grown = usual.variance + (squared >> baseline.smoothing);
    usual.variance = grown - (grown >> baseline.smoothing);
    is_known.then_some(is_far)
}

/// Whether a squared difference is more than so many hundredths of standard deviations, squared.
fn exceeds(mut squared: u128, variance: u128, score_hundredths: u32) -> bool {
    let mut variance = variance.max(VARIANCE_MIN);
    if (squared | variance) >> WIDE_BITS != 0 {
        squared >>= NARROWED_BITS;
        variance >>= NARROWED_BITS;
    }
    let score = u128::from(score_hundredths);
    squared * HUNDREDTHS_SQUARED > variance * (score * score)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::condition::Statistic;
    use crate::rule::SCORE_MAX;

    const BASELINE: Baseline = Baseline { smoothing: 4, warm_up: 20, quiet_slots: 0 };

    fn compare(operator: Operator, threshold: i128) -> Compare {
        Compare {
            statistic: Statistic::Average,
            operator,
            threshold,
            threshold_high: 0,
            window_slots: 1,
        }
    }

    fn learned(figures: impl IntoIterator<Item = i128>) -> Usual {
        let mut usual = Usual::default();
        for figure in figures {
            judge(&mut usual, figure, &compare(Operator::Gt, 300), &BASELINE);
        }
        usual
    }

    /// 90 to 110.
    fn noise() -> impl Iterator<Item = i128> {
        (0..100).map(|number| 90 + (number * 7_919) % 21)
    }

    #[test]
    fn nothing_is_judged_before_enough_was_learned() {
        let mut usual = Usual::default();
        for number in 0..BASELINE.warm_up {
            assert_eq!(
                judge(&mut usual, 1_000, &compare(Operator::Gt, 300), &BASELINE),
                None,
                "{number}"
            );
        }
        assert_eq!(judge(&mut usual, 1_000, &compare(Operator::Gt, 300), &BASELINE), Some(false));
    }

    #[test]
    fn what_is_far_from_usual_is_told_by_its_direction() {
        let usual = learned(noise());
        assert!((95..105).contains(&(usual.mean >> FRACTION_BITS)), "{usual:?}");
        for (figure, above, below) in
            [(100, false, false), (112, false, false), (140, true, false), (60, false, true)]
        {
            let far = |operator| {
                judge(&mut usual.clone(), figure, &compare(operator, 300), &BASELINE) == Some(true)
            };
            assert_eq!((far(Operator::Gt), far(Operator::Lt)), (above, below), "{figure}");
            assert_eq!(far(Operator::Ne), above || below, "{figure}");
        }
    }

    #[test]
    fn a_new_level_becomes_usual() {
        let mut usual = learned(noise());
        let mut far = 0;
        for figure in noise() {
            let verdict = judge(&mut usual, figure + 1_000, &compare(Operator::Gt, 300), &BASELINE);
            far += u32::from(verdict == Some(true));
        }
        assert!((1..10).contains(&far), "{far}");
    }

    #[test]
    fn of_a_figure_that_never_changed_less_than_three_units_are_usual() {
        let usual = learned(core::iter::repeat_n(5, 100));
        let far = |figure| {
            judge(&mut usual.clone(), figure, &compare(Operator::Gt, 300), &BASELINE) == Some(true)
        };
        assert_eq!((far(8), far(9)), (false, true));
    }

    #[test]
    fn what_is_wide_is_narrowed_on_both_sides_before_it_is_multiplied() {
        let wide = 1 << (WIDE_BITS + 4);
        // The same top bits on both sides, which cancel out in a sum without carries.
        assert!(!exceeds(wide, wide, 100) && exceeds(wide, wide, 99));
        assert!(!exceeds(wide, 4 * wide, 50) && exceeds(wide + (wide >> 8), 4 * wide, 50));
        assert!(exceeds(wide, VARIANCE_MIN, SCORE_MAX as u32));
        assert!(!exceeds(VARIANCE_MIN, wide, 1));
        let widest = 1 << (2 * (FIGURE_BITS + FRACTION_BITS + 1));
        assert!(!exceeds(widest, widest, SCORE_MAX as u32));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn no_figures_overflow(
            figures in prop::collection::vec(
                prop_oneof![any::<i128>(), Just(i128::MAX), Just(i128::MIN), -1_000i128..1_000],
                1..60,
            ),
            smoothing in 2u32..=10,
            score in 1i128..=SCORE_MAX,
        ) {
            let baseline = Baseline { smoothing, warm_up: 1, quiet_slots: 0 };
            let mut usual = Usual::default();
            for figure in figures {
                judge(&mut usual, figure, &compare(Operator::Ne, score), &baseline);
            }
        }

        #[test]
        fn the_estimates_are_those_of_floating_point(
            figures in prop::collection::vec(-1_000_000i64..1_000_000, 30..200),
            smoothing in 2u32..=6,
        ) {
            let baseline = Baseline { smoothing, warm_up: 1, quiet_slots: 0 };
            let weight = (-f64::from(smoothing)).exp2();
            let (mut mean, mut variance) = (figures[0] as f64, 0.0f64);
            let mut usual = Usual::default();
            for figure in figures {
                judge(&mut usual, figure.into(), &compare(Operator::Ne, 300), &baseline);
                let difference = figure as f64 - mean;
                mean += weight * difference;
                variance = (1.0 - weight) * (variance + weight * difference * difference);
                let (kept_mean, kept_variance) =
                    (usual.mean as f64 / 256.0, usual.variance as f64 / 65_536.0);
                // A shift rounds down by less than a 256th, of which all that came before keep a share.
                let slack = 1.0 / 256.0 / weight;
                prop_assert!((kept_mean - mean).abs() <= slack, "{kept_mean} {mean}");
                let width = variance.sqrt();
                prop_assert!((kept_variance.sqrt() - width).abs() <= slack + 1e-6 * width);
            }
        }
    }
}
