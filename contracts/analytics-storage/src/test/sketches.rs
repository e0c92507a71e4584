//! Quantiles of history.

extern crate std;

use lumenscope_interfaces::analytics_storage::{AnalyticsError, Distribution, Granularity};
use lumenscope_sketch::{Quantile, SketchLayout};
use soroban_sdk::testutils::Ledger as _;
use soroban_sdk::{IntoVal, Vec, symbol_short};
use std::vec::Vec as StdVec;

use super::support::{Closed, Fixture, START_DAY, START_HOUR, counters, sketch};

const SHARES: [u32; 4] = [0, 500, 950, 1_000];

fn layout() -> SketchLayout {
    SketchLayout::new(100, 60_000, 64).unwrap()
}

/// An hour of the metric with the sketch, and what was counted with it.
fn push(fixture: &Fixture, hour: u32, layout: &SketchLayout, values: &[i64]) {
    let closed = [Closed::hour(hour, &[values, &[0]])];
    fixture.push_with(&closed, &[sketch(layout, 0, &counters(layout, values))]);
}

fn ask(fixture: &Fixture, granularity: Granularity, from: u32, to: u32) -> Distribution {
    let shares = Vec::from_array(&fixture.e, SHARES);
    fixture.analytics.quantiles(&fixture.query(granularity, from, to), &shares)
}

fn counted(distribution: &Distribution) -> (u64, u64, u64) {
    (distribution.below, distribution.inside, distribution.above)
}

/// What the sketch of all these values says.
fn expected(layout: &SketchLayout, values: &[i64]) -> StdVec<Option<i64>> {
    let counters = counters(layout, values);
    let quantile = |share: &u32| match layout.quantile(&counters, *share as u16).unwrap() {
        Quantile::Value(value) => Some(value),
        _ => None,
    };
    SHARES.iter().map(quantile).collect()
}

#[test]
fn quantiles_of_days_are_those_of_all_that_was_counted_on_them() {
    let fixture = Fixture::new();
    let layout = layout();
    let mut all: StdVec<(u32, StdVec<i64>)> = StdVec::new();
    for number in 0..40i64 {
        let hour = START_HOUR + number as u32 * 7;
        let values: StdVec<i64> = (1..30).map(|value| value * value * (number + 1)).collect();
        fixture.at_hour(hour + 1);
        push(&fixture, hour, &layout, &values);
        all.push((hour, values));
    }
    for (granularity, from_day, to_day, first, end) in [
        (Granularity::Day, 0, 1, 0, 1),
        (Granularity::Day, 3, 9, 3, 9),
        (Granularity::Week, 8, 9, 7, 14),
        (Granularity::Month, 0, 1, -20, 11),
        (Granularity::Month, 12, 13, 11, 42),
        (Granularity::Day, 0, 100, 0, 100),
    ] {
        let (from, to) = (START_HOUR + from_day * 24, START_HOUR + to_day * 24);
        let days = (i64::from(START_DAY) + first)..(i64::from(START_DAY) + end);
        let values: StdVec<i64> = all
            .iter()
            .filter(|(hour, _)| days.contains(&i64::from(*hour / 24)))
            .flat_map(|(_, values)| values.clone())
            .collect();
        let said = ask(&fixture, granularity, from, to);
        let below = values.iter().filter(|value| **value < 100).count() as u64;
        let above = values.iter().filter(|value| **value > 60_000).count() as u64;
        let inside = values.len() as u64 - below - above;
        assert_eq!(counted(&said), (below, inside, above), "{granularity:?} {from_day} {to_day}");
        let quantiles: StdVec<_> = said.quantiles.iter().collect();
        assert_eq!(quantiles, expected(&layout, &values), "{granularity:?} {from_day} {to_day}");
        assert_eq!((said.min, said.max), (100, 60_000));
    }
    // By the hour is by its day.
    let day = ask(&fixture, Granularity::Day, START_HOUR, START_HOUR + 24);
    assert_eq!(ask(&fixture, Granularity::Hour, START_HOUR + 9, START_HOUR + 10), day);
    // Beside the sketches, hours are as ever.
    assert_eq!(fixture.buckets(Granularity::Hour).len(), 40);
    assert_eq!(fixture.analytics.history_metrics(&fixture.stream), fixture.metrics());
}

#[test]
fn what_lies_outside_the_range_is_said_and_not_guessed() {
    let fixture = Fixture::new();
    push(&fixture, START_HOUR, &layout(), &[1, 2, 3, 70_000]);
    let said = ask(&fixture, Granularity::Day, START_HOUR, START_HOUR + 1);
    assert_eq!(counted(&said), (3, 0, 1));
    assert_eq!(said.quantiles.iter().collect::<StdVec<_>>(), [None; 4]);
    let nothing = ask(&fixture, Granularity::Day, START_HOUR + 24, START_HOUR + 48);
    assert_eq!(counted(&nothing), (0, 0, 0));
    assert_eq!(nothing.quantiles.iter().collect::<StdVec<_>>(), [None; 4]);
}

#[test]
fn counters_that_came_at_their_limit_are_not_guessed_from() {
    let fixture = Fixture::new();
    let layout = layout();
    let mut full = counters(&layout, &[100, 1_000, 10_000]);
    for value in [100, 1_000] {
        layout.add_many(&mut full, value, u16::MAX).unwrap();
    }
    let closed = [Closed::hour(START_HOUR, &[&[100], &[0]])];
    fixture.push_with(&closed, &[sketch(&layout, 0, &full)]);
    push(&fixture, START_HOUR + 1, &layout, &[50_000; 9]);
    let said = ask(&fixture, Granularity::Day, START_HOUR, START_HOUR + 1);
    assert_eq!(counted(&said).1, 2 * 65_535 + 1 + 9);
    assert_eq!(said.quantiles.iter().collect::<StdVec<_>>(), [None; 4]);
    // A day without them is known.
    push(&fixture, START_HOUR + 24, &layout, &[50_000; 9]);
    let said = ask(&fixture, Granularity::Day, START_HOUR + 24, START_HOUR + 25);
    assert_eq!(said.quantiles.iter().collect::<StdVec<_>>(), expected(&layout, &[50_000; 9]));
}

#[test]
fn many_flushes_count_beyond_the_width_of_a_counter() {
    let fixture = Fixture::new();
    let layout = layout();
    let mut many = counters(&layout, &[]);
    layout.add_many(&mut many, 1_000, 60_000).unwrap();
    layout.add_many(&mut many, 9_000, 1_000).unwrap();
    for hour in START_HOUR..START_HOUR + 24 {
        let closed = [Closed::hour(hour, &[&[100], &[0]])];
        fixture.push_with(&closed, &[sketch(&layout, 0, &many)]);
    }
    let said = ask(&fixture, Granularity::Day, START_HOUR, START_HOUR + 1);
    assert_eq!(counted(&said), (0, 24 * 61_000, 0));
    let quantiles: StdVec<_> = said.quantiles.iter().collect();
    let [low, high] = [1_000, 9_000].map(|value| expected(&layout, &[value])[0]);
    assert_eq!(quantiles, [low, low, low, high]);
}

#[test]
fn another_range_is_another_sketch_and_the_latest_with_samples_answers() {
    let fixture = Fixture::new();
    let (first, second) = (layout(), SketchLayout::new(10, 6_000, 70).unwrap());
    push(&fixture, START_HOUR, &first, &[1_000; 5]);
    push(&fixture, START_HOUR + 1, &second, &[20; 3]);
    push(&fixture, START_HOUR + 24, &first, &[2_000; 4]);
    let day = |day: u32| {
        ask(&fixture, Granularity::Day, START_HOUR + day * 24, START_HOUR + day * 24 + 1)
    };
    assert_eq!((day(0).min, counted(&day(0))), (10, (0, 3, 0)));
    assert_eq!((day(1).min, counted(&day(1))), (100, (0, 4, 0)));
    let names = fixture.analytics.history_metrics(&fixture.stream);
    assert_eq!(names, fixture.metrics());
}

#[test]
fn two_metrics_have_sketches_of_their_own() {
    let fixture = Fixture::new();
    let layout = layout();
    let closed = [Closed::hour(START_HOUR, &[&[500; 2], &[9_000; 3]])];
    let sketches = [
        sketch(&layout, 0, &counters(&layout, &[500; 2])),
        sketch(&layout, 1, &counters(&layout, &[9_000; 3])),
    ];
    fixture.push_with(&closed, &sketches);
    let mut query = fixture.query(Granularity::Day, START_HOUR, START_HOUR + 1);
    let shares = Vec::from_array(&fixture.e, SHARES);
    let fee = fixture.analytics.quantiles(&query, &shares);
    query.metric = symbol_short!("failed");
    let failed = fixture.analytics.quantiles(&query, &shares);
    assert_eq!((counted(&fee), counted(&failed)), ((0, 2, 0), (0, 3, 0)));
    assert_eq!(fee.quantiles.iter().collect::<StdVec<_>>(), expected(&layout, &[500]));
    assert_eq!(failed.quantiles.iter().collect::<StdVec<_>>(), expected(&layout, &[9_000]));
}

#[test]
fn a_metric_without_a_sketch_has_no_quantiles() {
    let fixture = Fixture::new();
    let shares = Vec::from_array(&fixture.e, SHARES);
    let query = fixture.query(Granularity::Day, START_HOUR, START_HOUR + 1);
    let said = |error: AnalyticsError| Some(Ok(error.into()));
    let asked = || fixture.analytics.try_quantiles(&query, &shares).err();
    assert_eq!(asked(), said(AnalyticsError::HistoryUnknown));
    fixture.push(&[Closed::hour(START_HOUR, &[&[500], &[0]])]);
    assert_eq!(asked(), said(AnalyticsError::HistoryMetricUnknown));
}

#[test]
fn sketches_are_counted_as_storage_and_go_with_their_months() {
    let fixture = Fixture::new();
    let layout = layout();
    let statistics = || fixture.analytics.storage_statistics(&fixture.stream);
    fixture.push(&[Closed::hour(START_HOUR, &[&[500], &[0]])]);
    let before = statistics();
    push(&fixture, START_HOUR + 1, &layout, &[500, 700]);
    let with = statistics();
    fixture.check_storage();
    assert_eq!(with.entries, before.entries + 1);
    assert!(with.bytes > before.bytes && with.bytes < before.bytes + 150, "{before:?} {with:?}");
    for day in 1..150 {
        let hour = START_HOUR + day * 24;
        fixture.e.ledger().set_timestamp(u64::from(hour + 24) * 3_600);
        push(&fixture, hour, &layout, &[500 + i64::from(day)]);
        fixture.compact();
    }
    let all = ask(&fixture, Granularity::Day, START_HOUR, START_HOUR + 150 * 24);
    assert_eq!(counted(&all).1, 151);
    let arguments = (&fixture.stream, 14u32, 0u32, 3u32, None::<bool>).into_val(&fixture.e);
    fixture.sign(&fixture.owner, "set_retention", arguments);
    fixture.analytics.set_retention(&fixture.stream, &14, &0, &3, &None);
    let entries = statistics().entries;
    let streams = Vec::from_array(&fixture.e, [fixture.stream.clone()]);
    fixture.sign(&fixture.keeper, "prune", (&fixture.keeper, &streams).into_val(&fixture.e));
    // It is May: December and January end more than three months ago.
    assert_eq!(fixture.analytics.prune(&fixture.keeper, &streams), 2);
    let left = ask(&fixture, Granularity::Day, START_HOUR, START_HOUR + 150 * 24);
    assert_eq!(counted(&left).1, 151 - 1 - 11 - 31);
    // Two months, and the six times seven days, from a Thursday on, that ended before February.
    assert_eq!(statistics().entries, entries - 2 - 6);
    fixture.check_storage();
}

#[test]
fn eight_sketches_are_kept_and_no_further_one_stops_a_flush() {
    let fixture = Fixture::new();
    let layout = |number: i64| SketchLayout::new(1_000, 100_000 + number, 96).unwrap();
    // As full as sketches get, every day of a week.
    let first_hour = START_HOUR / (7 * 24) * 7 * 24 + 7 * 24;
    for number in 0..10 {
        let mut full = counters(&layout(number), &[]);
        full.fill(0x77);
        for day in 0..7 {
            let hour = first_hour + day * 24;
            fixture.e.ledger().set_timestamp(u64::from(hour + 24) * 3_600);
            let closed = [Closed::hour(hour, &[&[5_000], &[0]])];
            fixture.push_with(&closed, &[sketch(&layout(number), 0, &full)]);
        }
    }
    let said = ask(&fixture, Granularity::Day, first_hour, first_hour + 7 * 24);
    assert_eq!((said.max, counted(&said).1), (100_007, 7 * 96 * 0x7777), "the eighth");
    let all = fixture.analytics.aggregate(&fixture.query(
        Granularity::Day,
        first_hour,
        first_hour + 7 * 24,
    ));
    assert_eq!(all.count, 70);
    fixture.check_storage();
}
