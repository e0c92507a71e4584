//! The sketch against exact quantiles, over the shapes that measurements take.

use lumenscope_sketch::{
    BINS_MAX, Quantile, RELATIVE_ERROR_MAX_BP, SketchError, SketchLayout, VALUE_MAX,
};
use proptest::prelude::*;

const MIN: i64 = 1_000;
const MAX: i64 = 14_000_000;

fn widest() -> SketchLayout {
    SketchLayout::new(MIN, MAX, BINS_MAX).unwrap()
}

fn sketch_of(layout: &SketchLayout, values: &[i64]) -> Vec<u8> {
    let mut counters = vec![0; layout.byte_len()];
    for value in values {
        layout.add(&mut counters, *value).unwrap();
    }
    counters
}

fn exact(values: &[i64], per_mille: u16) -> i64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let rank = (sorted.len() * usize::from(per_mille)).div_ceil(1_000).max(1);
    sorted[rank - 1]
}

fn check(layout: &SketchLayout, values: &[i64]) -> Result<(), TestCaseError> {
    let counters = sketch_of(layout, values);
    for per_mille in [500, 750, 900, 950, 990] {
        let truth = exact(values, per_mille);
        let expected_outside = if truth < layout.min() {
            Some(Quantile::BelowRange)
        } else if truth > layout.max() {
            Some(Quantile::AboveRange)
        } else {
            None
        };
        let said = layout.quantile(&counters, per_mille).unwrap();
        if let Some(outside) = expected_outside {
            prop_assert_eq!(said, outside);
            continue;
        }
        let Quantile::Value(value) = said else {
            return Err(TestCaseError::fail(format!("p{per_mille} of {truth}: {said:?}")));
        };
        prop_assert!(
            (value - truth).abs() * 10_000 <= truth * i64::from(layout.relative_error_bp()),
            "p{} is {}, the sketch says {}",
            per_mille,
            truth,
            value
        );
    }
    Ok(())
}

/// Twelve uniform draws make a bell; its exponential is lognormal.
fn lognormal() -> impl Strategy<Value = i64> {
    (prop::array::uniform12(0.0..1.0f64), 7.0..15.0f64, 0.1..1.5f64).prop_map(
        |(draws, centre, width)| {
            let bell: f64 = draws.iter().sum::<f64>() - 6.0;
            (centre + width * bell).exp() as i64
        },
    )
}

fn bimodal() -> impl Strategy<Value = i64> {
    prop_oneof![3 => 9_000..11_000i64, 1 => 4_000_000..6_000_000i64]
}

/// Pareto with index 1: no mean, no variance.
fn heavy_tail() -> impl Strategy<Value = i64> {
    (1.0e-6..1.0f64).prop_map(|draw| (2_000.0 / draw) as i64)
}

fn many(values: impl Strategy<Value = i64>) -> impl Strategy<Value = Vec<i64>> {
    prop::collection::vec(values, 1..400)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn lognormal_quantiles_stay_within_the_error(values in many(lognormal())) {
        check(&widest(), &values)?;
    }

    #[test]
    fn bimodal_quantiles_stay_within_the_error(values in many(bimodal())) {
        check(&widest(), &values)?;
    }

    #[test]
    fn uniform_quantiles_stay_within_the_error(values in many(MIN..=MAX)) {
        check(&widest(), &values)?;
    }

    #[test]
    fn constant_quantiles_stay_within_the_error(value in MIN..=MAX, count in 1..600usize) {
        check(&widest(), &vec![value; count])?;
    }

    #[test]
    fn heavy_tailed_quantiles_stay_within_the_error(values in many(heavy_tail())) {
        check(&widest(), &values)?;
    }

    #[test]
    fn small_integers_stay_within_the_error(values in many(1..400i64)) {
        check(&SketchLayout::new(1, 300, 48).unwrap(), &values)?;
    }

    #[test]
    fn values_outside_the_range_are_said_to_be_outside(values in many(-50_000_000..50_000_000i64)) {
        check(&widest(), &values)?;
        let coverage = widest().coverage(&sketch_of(&widest(), &values)).unwrap();
        let count = |holds: &dyn Fn(i64) -> bool| values.iter().filter(|v| holds(**v)).count() as u64;
        prop_assert_eq!(coverage.below, count(&|v| v < MIN));
        prop_assert_eq!(coverage.above, count(&|v| v > MAX));
        prop_assert_eq!(coverage.inside, count(&|v| (MIN..=MAX).contains(&v)));
    }

    #[test]
    fn merging_equals_counting_both(left in many(heavy_tail()), right in many(lognormal())) {
        let layout = widest();
        let mut merged = sketch_of(&layout, &left);
        layout.merge(&mut merged, &sketch_of(&layout, &right)).unwrap();
        prop_assert_eq!(merged, sketch_of(&layout, &[left, right].concat()));
    }

    #[test]
    fn a_layout_covers_its_range_without_gap_or_overlap(
        min in 1..1_000_000i64, ratio in 2..14_000i64, value_at in 0.0..1.0f64,
    ) {
        let max = min * ratio;
        let needed = SketchLayout::bins_needed(min, max).unwrap();
        prop_assume!(needed <= BINS_MAX);
        let layout = SketchLayout::new(min, max, needed).unwrap();
        prop_assert!(layout.relative_error_bp() <= RELATIVE_ERROR_MAX_BP);
        let value = min + ((max - min) as f64 * value_at) as i64;
        let bin = layout.bin_of(value);
        let (first, last) = layout.bounds(bin).unwrap();
        prop_assert!((first..=last).contains(&value));
        prop_assert_eq!(layout.bin_of(first), bin);
        prop_assert_eq!(layout.bin_of(last), bin);
        prop_assert_eq!(layout.bin_of(first - 1), bin - 1);
        let one_fewer = SketchLayout::new(min, max, needed - 1);
        let refused =
            matches!(one_fewer, Err(SketchError::TooFewBins { needed: n, .. }) if n == needed);
        prop_assert!(refused || needed == 1);
    }

    #[test]
    fn an_encoded_layout_reads_back(min in 1..1_000_000i64, ratio in 2..9_000i64) {
        let layout = SketchLayout::new(min, min * ratio, BINS_MAX).unwrap();
        prop_assert_eq!(SketchLayout::decode(&layout.encode()), Ok(layout));
    }

    #[test]
    fn any_bytes_decode_to_a_sound_layout_or_an_error(bytes in any::<[u8; 20]>()) {
        if let Ok(layout) = SketchLayout::decode(&bytes) {
            prop_assert_eq!(layout.bin_of(layout.max()) + 1, layout.bin_of(layout.max() + 1));
        }
    }
}

#[test]
fn more_bins_make_the_error_smaller() {
    let error = |bins| SketchLayout::new(1_000, 600_000, bins).unwrap().relative_error_bp();
    assert!(error(96) < error(80) && error(80) < error(64), "{} {}", error(96), error(64));
    assert_eq!(SketchLayout::new(1, 90, 96).unwrap().relative_error_bp(), 0);
}

#[test]
fn ninety_six_bins_cover_fourteen_thousand_to_one() {
    for min in [1, 100, 1_000, 1_000_000, 100_000_000] {
        assert!(SketchLayout::new(min, min * 14_000, BINS_MAX).is_ok(), "from {min}");
    }
}

#[test]
fn ranges_and_bins_outside_their_limits_are_refused() {
    for (min, max) in
        [(0, 10), (-5, 10), (10, 10), (10, 9), (1, VALUE_MAX + 1), (i64::MIN, i64::MAX)]
    {
        assert_eq!(SketchLayout::new(min, max, 10), Err(SketchError::RangeInvalid { min, max }));
    }
    for bins in [0, BINS_MAX + 1, u16::MAX] {
        assert_eq!(SketchLayout::new(1, 10, bins), Err(SketchError::BinsInvalid { bins }));
    }
    assert_eq!(
        SketchLayout::new(1, VALUE_MAX, 96),
        Err(SketchError::TooFewBins { bins: 96, needed: 287 })
    );
}

#[test]
fn counters_of_another_length_are_refused_and_unchanged() {
    let layout = widest();
    let mut short = vec![0; layout.byte_len() - 1];
    let refused = SketchError::LengthInvalid { expected: 196, came: 195 };
    assert_eq!(layout.add(&mut short, 5_000), Err(refused));
    assert_eq!(layout.quantile(&short, 500), Err(refused));
    assert_eq!(layout.merge(&mut [0; 196], &short), Err(refused));
    assert!(short.iter().all(|byte| *byte == 0));
}

#[test]
fn an_empty_sketch_says_so() {
    let layout = widest();
    assert_eq!(layout.quantile(&vec![0; layout.byte_len()], 500), Ok(Quantile::Empty));
}

#[test]
fn a_full_counter_stays_full_and_is_not_trusted_beyond_what_it_proves() {
    let layout = widest();
    let mut counters = sketch_of(&layout, &[2_000, 9_000_000]);
    layout.add_many(&mut counters, 50_000, u16::MAX).unwrap();
    layout.add(&mut counters, 50_000).unwrap();
    let Ok(Quantile::Value(median)) = layout.quantile(&counters, 500) else {
        panic!("the one full counter holds the median");
    };
    assert!((median - 50_000).abs() * 20 <= 50_000);
    assert_eq!(layout.quantile(&counters, 1_000), Ok(Quantile::Saturated));
    layout.add_many(&mut counters, 70_000, u16::MAX).unwrap();
    assert_eq!(layout.quantile(&counters, 500), Ok(Quantile::Saturated));
}

/// Changing where values fall would reinterpret every sketch on the ledger.
#[test]
fn bins_of_a_layout_never_change() {
    let layout = SketchLayout::new(100, 60_000, 64).unwrap();
    assert_eq!(layout.relative_error_bp(), 499);
    let starts: Vec<i64> = (1..=8).map(|bin| layout.bounds(bin).unwrap().0).collect();
    assert_eq!(starts, [100, 110, 122, 135, 149, 165, 183, 203]);
    assert_eq!([99, 100, 1_234, 60_000, 60_001].map(|v| layout.bin_of(v)), [0, 1, 26, 64, 65]);
    assert_eq!(layout.representative(26), Some(1_291));
}
