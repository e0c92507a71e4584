//! Where a range, its bins and their counters begin and end.

use std::cell::RefCell;
use std::collections::BTreeSet;

use lumenscope_sketch::{
    BINS_MAX, Quantile, RELATIVE_ERROR_MAX_BP, SketchError, SketchLayout, VALUE_MAX, flagged,
};
use proptest::prelude::*;

fn quantile(layout: &SketchLayout, value: i64) -> Quantile {
    let mut counters = vec![0; layout.byte_len()];
    layout.add(&mut counters, value).expect("counted");
    layout.quantile(&counters, 500).expect("a quantile")
}

#[test]
fn a_layout_without_a_reason_is_refused_where_one_with_a_reason_is() {
    for (min, max, bins) in [
        (0, 10, 8),
        (-1, 10, 8),
        (10, 10, 8),
        (10, 9, 8),
        (1, VALUE_MAX + 1, BINS_MAX),
        (1, i64::MAX, BINS_MAX),
        (1, 10, 0),
        (1, 10, BINS_MAX + 1),
        (1, 10, u16::MAX),
        (1, 1_000_000, 2),
    ] {
        assert_eq!(SketchLayout::fit(min, max, bins), None, "{min} to {max} in {bins}");
        assert!(SketchLayout::new(min, max, bins).is_err(), "{min} to {max} in {bins}");
    }
    for (min, max, bins) in [(100, 101, 1), (1, 10, BINS_MAX), (VALUE_MAX - 1, VALUE_MAX, 1)] {
        let layout = SketchLayout::new(min, max, bins);
        assert_eq!(SketchLayout::fit(min, max, bins), layout.ok(), "{min} to {max} in {bins}");
        assert!(layout.is_ok(), "{min} to {max} in {bins}");
    }
}

proptest! {
    #[test]
    fn both_ways_to_a_layout_agree(
        min in prop_oneof![-3..20i64, 1..VALUE_MAX + 9],
        width in prop_oneof![-3..20i64, 1..VALUE_MAX],
        bins in 0..BINS_MAX + 4,
    ) {
        let max = min.saturating_add(width);
        prop_assert_eq!(SketchLayout::fit(min, max, bins), SketchLayout::new(min, max, bins).ok());
    }
}

#[test]
fn the_first_and_last_value_of_a_range_are_inside_it() {
    for (min, max, bins) in [(1, 2, 2), (1, 2, BINS_MAX), (7, 9, 3), (1_000, 14_000_000, 96)] {
        let layout = SketchLayout::new(min, max, bins).expect("a layout");
        for value in [min, max] {
            let Quantile::Value(said) = quantile(&layout, value) else {
                panic!("{value} is inside {min} to {max}");
            };
            let error = i64::from(layout.relative_error_bp());
            assert!((said - value).abs() * 10_000 <= value * error, "{value}: {said}");
        }
        assert_eq!(quantile(&layout, min - 1), Quantile::BelowRange);
    }
    // A bin that begins with the range's last value.
    let exact = SketchLayout::new(1, 2, 2).expect("a layout");
    assert_eq!((exact.bounds(1), exact.bounds(2)), (Some((1, 1)), Some((2, 2))));
    assert_eq!([1, 2].map(|value| quantile(&exact, value)), [1, 2].map(Quantile::Value));
    assert_eq!(quantile(&exact, 3), Quantile::AboveRange);
}

#[test]
fn the_counters_beside_the_range_have_no_bounds_and_no_representative() {
    for bins in [1, 2, 48, BINS_MAX] {
        let layout = SketchLayout::new(100, 110, bins).expect("a layout");
        for bin in [0, bins + 1, u16::MAX] {
            assert_eq!((layout.bounds(bin), layout.representative(bin)), (None, None), "{bin}");
        }
        assert!(layout.bounds(1).is_some() && layout.representative(1).is_some());
    }
}

#[test]
fn what_is_counted_in_a_bin_that_the_range_does_not_need_lies_above_it() {
    let layout = SketchLayout::new(1, 20, 48).expect("a layout");
    let unneeded = (1..=layout.bins()).filter(|bin| layout.bounds(*bin).is_none());
    let unneeded: Vec<_> = unneeded.collect();
    assert!(!unneeded.is_empty());
    for bin in unneeded {
        let said = layout.quantile_of(&|at| u64::from(at == usize::from(bin)), 500);
        assert_eq!(said, Quantile::AboveRange, "{bin}");
    }
}

#[test]
fn each_counter_is_asked_for_and_no_other() {
    for bins in [1, 2, 3, 48, BINS_MAX] {
        let layout = SketchLayout::new(100, 110, bins).expect("a layout");
        let (asked, last) = (RefCell::new(BTreeSet::new()), usize::from(bins) + 1);
        let count = |bin: usize| {
            asked.borrow_mut().insert(bin);
            u64::from(bin == last)
        };
        assert_eq!(layout.quantile_of(&count, 1_000), Quantile::AboveRange);
        assert_eq!(asked.into_inner(), (0..=last).collect(), "{bins} bins");
    }
}

#[test]
fn one_counter_at_its_limit_holds_the_quantile_that_it_holds_already() {
    let layout = SketchLayout::new(1, 3, 3).expect("a layout");
    let of = |counters: [u16; 5], per_mille| {
        layout.quantile_of(&|bin| counters.get(bin).copied().map_or(0, flagged), per_mille)
    };
    let full = u16::MAX;
    assert_eq!(of([0, full, 1, 0, 0], 500), Quantile::Value(1));
    assert_eq!(of([0, full, 1, 0, 0], 1_000), Quantile::Saturated);
    assert_eq!(of([0, full, full, 0, 0], 250), Quantile::Saturated);
    assert_eq!(of([full, 1, 0, 0, 0], 500), Quantile::BelowRange);
    assert_eq!(of([0, 0, 0, 1, full], 500), Quantile::AboveRange);
    assert_eq!(of([0, full - 1, 0, 0, 0], 500), Quantile::Value(1));
}

#[test]
fn a_stored_layout_keeps_to_an_error_that_its_bins_reach() {
    let (min, max) = (1_000, 14_000_000);
    let bins = SketchLayout::bins_needed(min, max).expect("a range");
    let coarsest = SketchLayout::new(min, max, bins).expect("a layout");
    let least_bp = coarsest.relative_error_bp();
    let with = |error_bp: u16| {
        let mut bytes = coarsest.encode();
        bytes[18..].copy_from_slice(&error_bp.to_le_bytes());
        SketchLayout::decode(&bytes)
    };
    assert_eq!(with(least_bp), Ok(coarsest));
    let at_most = with(RELATIVE_ERROR_MAX_BP).expect("its bins reach as far");
    assert_eq!(at_most.relative_error_bp(), RELATIVE_ERROR_MAX_BP);
    for error_bp in [0, least_bp - 1, RELATIVE_ERROR_MAX_BP + 1, u16::MAX] {
        assert_eq!(with(error_bp), Err(SketchError::EncodingInvalid), "{error_bp}");
    }
}

proptest! {
    #[test]
    fn what_stands_for_a_bin_lies_in_it(
        min in prop_oneof![1..20i64, 1..1_000_000i64],
        width in prop_oneof![1..20i64, 1..5_000_000i64],
        bins in 1..=BINS_MAX,
    ) {
        let Some(layout) = SketchLayout::fit(min, min + width, bins) else { return Ok(()) };
        for bin in 1..=bins {
            let Some((first, last)) = layout.bounds(bin) else { continue };
            prop_assert!(first <= last && last <= layout.max(), "{}: {} to {}", bin, first, last);
            let said = layout.representative(bin).expect("it has bounds");
            prop_assert!((first..=last).contains(&said), "{}: {} of {} to {}", bin, said, first, last);
        }
    }
}

/// Also where a range ends within a bin, at the value that would stand for the whole of it.
#[test]
fn what_stands_for_a_bin_of_a_small_range_lies_in_it() {
    for (min, width) in (1..60).flat_map(|min| (1..120).map(move |width| (min, width))) {
        let Some(layout) = SketchLayout::fit(min, min + width, BINS_MAX) else { continue };
        for bin in 1..=BINS_MAX {
            let Some((first, last)) = layout.bounds(bin) else { continue };
            let said = layout.representative(bin).expect("it has bounds");
            assert!((first..=last).contains(&said), "{layout:?}, {bin}: {said}");
        }
    }
}
