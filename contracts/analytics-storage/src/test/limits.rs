//! What owners, reporters and years can do to a history, and what they cannot: nothing stops a flush
//! or `compact`, and nothing is lost or doubled.

extern crate std;

use lumenscope_bucket::Statistics;
use lumenscope_interfaces::analytics_storage::{
    AnalyticsError, COMPACT_METRIC_DAYS_MAX, Granularity, HISTORY_METRICS_MAX, PAST_DAYS_MAX,
    RangeQuery,
};
use lumenscope_sketch::SketchLayout;
use proptest::prelude::*;
use soroban_sdk::testutils::Ledger as _;
use soroban_sdk::{Bytes, IntoVal, Symbol, Vec, symbol_short};
use std::format;
use std::vec::Vec as StdVec;

use super::support::{Closed, Fixture, START_HOUR, counters, export, sketch, statistics};

/// The first hour of a month.
const JANUARY_HOUR: u32 = (START_HOUR / 24 + 11) * 24;

fn at(fixture: &Fixture, hour: u32) {
    fixture.e.ledger().set_timestamp(u64::from(hour) * 3_600);
}

fn retain(fixture: &Fixture, hour_days: u32, day_months: u32, held: bool) -> bool {
    let (stream, months) = (&fixture.stream, 0u32);
    let arguments = (stream, hour_days, day_months, months, Some(held)).into_val(&fixture.e);
    fixture.sign(&fixture.owner, "set_retention", arguments);
    let analytics = &fixture.analytics;
    analytics.try_set_retention(stream, &hour_days, &day_months, &months, &Some(held)).is_ok()
}

fn prune_all(fixture: &Fixture) {
    let streams = Vec::from_array(&fixture.e, [fixture.stream.clone()]);
    loop {
        let arguments = (&fixture.keeper, &streams).into_val(&fixture.e);
        fixture.sign(&fixture.keeper, "prune", arguments);
        if fixture.analytics.prune(&fixture.keeper, &streams) == 0 {
            return;
        }
    }
}

fn keep_alive(fixture: &Fixture) {
    let streams = Vec::from_array(&fixture.e, [fixture.stream.clone()]);
    let arguments = (&fixture.keeper, &streams).into_val(&fixture.e);
    fixture.sign(&fixture.keeper, "keep_alive_history", arguments);
    fixture.analytics.keep_alive_history(&fixture.keeper, &streams);
}

fn make_all(fixture: &Fixture) {
    while fixture.compact() > 0 {}
}

/// An hour of one sample in each of some days.
fn push_days(fixture: &Fixture, days: core::ops::Range<u32>) {
    for day in days {
        let hour = START_HOUR + 24 * day;
        at(fixture, hour + 24);
        fixture.push(&[Closed::hour(hour, &[&[1], &[0]])]);
    }
}

fn count(fixture: &Fixture, granularity: Granularity) -> u64 {
    let query = fixture.query(granularity, START_HOUR - 24 * 40, START_HOUR + 24 * 800);
    fixture.analytics.aggregate(&query).count
}

fn by_hour_and_day(fixture: &Fixture) -> (u64, u64) {
    (count(fixture, Granularity::Hour), count(fixture, Granularity::Day))
}

fn names(fixture: &Fixture, prefix: &str, number: u32) -> Vec<Symbol> {
    let mut names = Vec::new(&fixture.e);
    (0..number)
        .for_each(|name| names.push_back(Symbol::new(&fixture.e, &format!("{prefix}{name}"))));
    names
}

#[test]
fn hours_of_a_ring_that_was_given_up_are_not_held() {
    let fixture = Fixture::new();
    push_days(&fixture, 0..14);
    assert!(retain(&fixture, 20, 0, false));
    push_days(&fixture, 14..16);
    make_all(&fixture);
    assert!(retain(&fixture, 14, 0, false));
    push_days(&fixture, 16..18);
    // Late for a day whose hours are no longer kept.
    fixture.push(&[Closed::hour(START_HOUR + 24 * 5 + 3, &[&[7; 100], &[0]])]);
    assert_eq!(by_hour_and_day(&fixture), (118, 118));
    assert!(retain(&fixture, 14, 0, true));
    push_days(&fixture, 18..32);
    assert_eq!(by_hour_and_day(&fixture), (132, 132));
    fixture.check_storage();
}

#[test]
fn what_was_folded_does_not_come_back_when_a_former_length_of_the_ring_is_held() {
    let fixture = Fixture::new();
    push_days(&fixture, 0..14);
    for (days, hour_days) in [(14..17, 20), (17..200, 30)] {
        make_all(&fixture);
        assert!(retain(&fixture, hour_days, 3, false));
        push_days(&fixture, days);
    }
    make_all(&fixture);
    prune_all(&fixture);
    assert_eq!(by_hour_and_day(&fixture), (200, 200));
    assert!(!retain(&fixture, 14, 3, true), "the call that holds gives nothing up");
    assert!(retain(&fixture, 14, 3, false));
    assert!(retain(&fixture, 14, 3, true));
    push_days(&fixture, 200..230);
    assert_eq!(by_hour_and_day(&fixture), (230, 230));
    fixture.check_storage();
}

#[test]
fn a_ring_that_is_given_up_leaves_nothing_behind() {
    let fixture = Fixture::new();
    push_days(&fixture, 0..14);
    for (number, hour_days) in [20, 30, 14, 15].into_iter().enumerate() {
        make_all(&fixture);
        assert!(retain(&fixture, hour_days, 0, false));
        let day = 14 + 3 * number as u32;
        push_days(&fixture, day..day + 3);
        fixture.check_storage();
    }
    assert_eq!(by_hour_and_day(&fixture), (26, 26));
}

#[test]
fn a_sketch_takes_no_place_of_a_metric_that_was_promised_one() {
    let fixture = Fixture::new();
    let (one, none): (&[i64], &[i64]) = (&[1], &[]);
    for (number, prefix) in (0..).zip(["a", "b", "c"]) {
        let metrics = names(&fixture, prefix, 16);
        let closed = [Closed::hour(START_HOUR + number, &[one; 16])];
        fixture.push_to(&fixture.stream, &metrics, &closed);
    }
    let last = names(&fixture, "d", 16);
    let push = |bytes: &Bytes| {
        fixture.monitor.try_push(&fixture.analytics.address, &fixture.stream, &last, bytes)
    };
    // As performance-monitor asks when a stream is opened.
    assert!(push(&Bytes::new(&fixture.e)).is_ok());
    let layout = SketchLayout::new(100, 60_000, 64).unwrap();
    let mut some = std::vec![one; 14];
    some.extend([none, none]);
    let mut bytes = export(&fixture.e, &[Closed::hour(START_HOUR + 4, &some)]);
    for metric in 0..2 {
        bytes.extend_from_slice(&sketch(&layout, metric, &counters(&layout, &[500])));
    }
    assert!(push(&bytes).is_ok());
    assert!(push(&export(&fixture.e, &[Closed::hour(START_HOUR + 5, &[one; 16])])).is_ok());
    assert_eq!(fixture.analytics.history_metrics(&fixture.stream).len(), HISTORY_METRICS_MAX);
    let beyond = names(&fixture, "e", 1);
    let nothing = Bytes::new(&fixture.e);
    let refused =
        fixture.monitor.try_push(&fixture.analytics.address, &fixture.stream, &beyond, &nothing);
    assert!(refused.is_err());
}

#[test]
fn a_month_that_outgrows_its_entry_is_merged_and_nothing_stops() {
    let fixture = Fixture::new();
    // Four lanes of 16 metrics each, and values that no model foretells.
    let values = |day: u32, metric: u32| {
        let mut state = u64::from(day) << 32 | u64::from(metric) | 1;
        let mut next = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 20) as i64 - (1 << 43)
        };
        (0..8).map(|_| next()).collect::<StdVec<i64>>()
    };
    for day in 0..40 {
        let hour = JANUARY_HOUR + day * 24;
        at(&fixture, hour + 24);
        for (lane, prefix) in (0..).zip(["a", "b", "c", "d"]) {
            let metrics =
                (0..16).map(|metric| statistics(&values(day, lane * 16 + metric))).collect();
            let closed = [Closed { start_hour: hour, end_hour: hour, metrics }];
            fixture.push_to(&fixture.stream, &names(&fixture, prefix, 16), &closed);
        }
        if day % 10 == 9 {
            make_all(&fixture);
        }
    }
    make_all(&fixture);
    let mut all = Statistics::EMPTY;
    (0..40).for_each(|day| all.merge(&statistics(&values(day, 17))));
    let mut query = fixture.query(Granularity::Month, JANUARY_HOUR, JANUARY_HOUR + 24 * 60);
    query.metric = Symbol::new(&fixture.e, "b1");
    let said = fixture.analytics.aggregate(&query);
    assert_eq!((said.count, said.sum, said.min, said.max), (all.count, all.sum, all.min, all.max));
    assert_eq!(said.sum_of_squares, all.sum_of_squares);
}

/// As a reporter may aggregate: 2^32 - 1 samples at both limits of values.
fn widest(seed: u64) -> Statistics {
    let (limit, count) = (1i64 << 43, u64::from(u32::MAX));
    let low = 1 + seed;
    let sum = i128::from(limit) * (i128::from(count - low) - i128::from(low));
    let sum_of_squares = i128::from(limit) * i128::from(limit) * i128::from(count);
    Statistics { count, sum, min: -limit, max: limit, last: limit, sum_of_squares }
}

#[test]
fn spans_too_many_and_too_wide_for_a_series_are_merged_and_stay_readable() {
    let fixture = Fixture::new();
    let metric = Vec::from_array(&fixture.e, [symbol_short!("fee")]);
    let mut spans = 0u64;
    let mut push = |start_hour: u32, hours: u32, seed: u32| {
        let metrics = std::vec![widest(seed.into())];
        let closed = [Closed { start_hour, end_hour: start_hour + hours, metrics }];
        fixture.push_to(&fixture.stream, &metric, &closed);
        spans += 1;
    };
    for day in 0..31u32 {
        let hour = JANUARY_HOUR + day * 24;
        at(&fixture, hour + 100);
        push(hour, 1, day);
        for lane in (0..8).filter(|lane| (day + lane) % 2 == 0 && day < 29) {
            push(hour + lane, 24, day * 8 + lane);
        }
        fixture.compact();
    }
    make_all(&fixture);
    let query = fixture.query(Granularity::Month, JANUARY_HOUR, JANUARY_HOUR + 24 * 40);
    assert_eq!(fixture.analytics.aggregate(&query).count, spans * u64::from(u32::MAX));
}

#[test]
fn a_day_that_outgrows_its_entry_is_merged_and_nothing_stops() {
    let fixture = Fixture::new();
    // Of 64 metrics, each hour of which takes all the bytes that a bucket can.
    for hour in 0..24 {
        at(&fixture, START_HOUR + hour + 1);
        for (lane, prefix) in (0..).zip(["a", "b", "c", "d"]) {
            let seed = |metric: u32| widest(u64::from(hour * 100 + lane * 16 + metric));
            let metrics = (0..16).map(seed).collect();
            let (start_hour, end_hour) = (START_HOUR + hour, START_HOUR + hour);
            let closed = [Closed { start_hour, end_hour, metrics }];
            fixture.push_to(&fixture.stream, &names(&fixture, prefix, 16), &closed);
        }
    }
    let merged = |granularity| {
        let mut query = fixture.query(granularity, START_HOUR, START_HOUR + 24);
        query.metric = Symbol::new(&fixture.e, "c7");
        (fixture.analytics.aggregate(&query).count, fixture.range(query).len())
    };
    let all = 24 * u64::from(u32::MAX);
    let (count, hours) = merged(Granularity::Hour);
    assert_eq!(count, all);
    assert!(hours < 24, "hours of their own would not fit");
    at(&fixture, START_HOUR + 24);
    make_all(&fixture);
    assert_eq!(merged(Granularity::Day), (all, 1));
    fixture.check_storage();
}

#[test]
fn days_of_many_metrics_are_made_in_smaller_parts() {
    let fixture = Fixture::new();
    let metrics = names(&fixture, "m", 60);
    let one: &[i64] = &[1];
    for day in 0..20 {
        let hour = START_HOUR + day * 24;
        at(&fixture, hour + 24);
        // No export has so many: they come in four.
        for part in 0..4u32 {
            let some = metrics.slice(part * 15..part * 15 + 15);
            fixture.push_to(&fixture.stream, &some, &[Closed::hour(hour, &[one; 15])]);
        }
    }
    // December has eleven days left, of which five are 300 days of a metric.
    assert_eq!(fixture.compact(), COMPACT_METRIC_DAYS_MAX / 60);
    assert_eq!(fixture.compact(), COMPACT_METRIC_DAYS_MAX / 60);
    make_all(&fixture);
    let mut query = fixture.query(Granularity::Day, START_HOUR, START_HOUR + 24 * 20);
    query.metric = Symbol::new(&fixture.e, "m59");
    assert_eq!(fixture.range(query).len(), 20);
}

#[test]
fn samples_of_long_ago_are_refused_and_change_nothing() {
    let fixture = Fixture::new();
    push_days(&fixture, 0..3);
    make_all(&fixture);
    let before = fixture.analytics.storage_statistics(&fixture.stream);
    let push = |hour: u32| {
        let bytes = export(&fixture.e, &[Closed::hour(hour, &[&[1], &[0]])]);
        let (analytics, metrics) = (&fixture.analytics.address, fixture.metrics());
        fixture.monitor.try_push(analytics, &fixture.stream, &metrics, &bytes)
    };
    let oldest = START_HOUR + 48 - PAST_DAYS_MAX * 24;
    for hour in [0, oldest - 1] {
        assert!(push(hour).is_err());
    }
    assert_eq!(fixture.analytics.storage_statistics(&fixture.stream), before);
    assert!(push(oldest).is_ok());
    fixture.check_storage();
    keep_alive(&fixture);
}

#[test]
fn years_of_sketches_are_counted_and_kept_alive_within_the_networks_limits() {
    let fixture = Fixture::new();
    let layout = SketchLayout::new(100, 60_000, 64).unwrap();
    for week in 0..52 * 7 {
        let hour = START_HOUR + week * 7 * 24;
        at(&fixture, hour + 24);
        let sketches = [sketch(&layout, 0, &counters(&layout, &[1_000]))];
        fixture.push_with(&[Closed::hour(hour, &[&[1_000], &[0]])], &sketches);
    }
    fixture.check_storage();
    keep_alive(&fixture);
}

#[test]
fn a_share_of_more_than_all_is_refused() {
    let fixture = Fixture::new();
    let layout = SketchLayout::new(100, 60_000, 64).unwrap();
    let sketches = [sketch(&layout, 0, &counters(&layout, &[1_000]))];
    fixture.push_with(&[Closed::hour(START_HOUR, &[&[1_000], &[0]])], &sketches);
    let query = fixture.query(Granularity::Day, START_HOUR, START_HOUR + 1);
    let shares = Vec::from_array(&fixture.e, [500u32, 1_001]);
    let refused = fixture.analytics.try_quantiles(&query, &shares);
    assert_eq!(refused.err(), Some(Ok(AnalyticsError::RangeInvalid.into())));
}

#[test]
fn what_is_kept_does_not_answer_for_what_is_open() {
    let fixture = Fixture::new();
    push_days(&fixture, 0..2);
    make_all(&fixture);
    let query = fixture.query(Granularity::Day, START_HOUR, START_HOUR + 48);
    fixture.sign(&fixture.keeper, "warm", (&fixture.keeper, &query).into_val(&fixture.e));
    fixture.analytics.warm(&fixture.keeper, &query);
    let open = export(&fixture.e, &[Closed::hour(START_HOUR + 5, &[&[1_000]])]);
    fixture.monitor.set(&fixture.owner, &open);
    let with_open = RangeQuery { include_open: true, ..query };
    assert_eq!(fixture.analytics.aggregate(&with_open).count, 3);
    assert_eq!(fixture.analytics.cached(&with_open), None);
}

#[derive(Clone, Debug)]
enum Operation {
    /// Some spans one after the other: a gap, their length, how many, samples of each.
    Push {
        gap: u32,
        hours: u32,
        spans: u32,
        samples: usize,
    },
    Late {
        ago: u32,
        hours: u32,
        samples: usize,
    },
    Wait {
        hours: u32,
    },
    Compact,
    Prune,
    Retain {
        hour_days: u32,
        day_months: u32,
        held: bool,
    },
}

fn operation() -> impl Strategy<Value = Operation> {
    let hours = || prop_oneof![6 => Just(1u32), 1 => 2..24u32, 1 => 24..24 * 40u32];
    prop_oneof![
        8 => (0..40u32, hours(), 1..4u32, 1..4usize)
            .prop_map(|(gap, hours, spans, samples)| Operation::Push { gap, hours, spans, samples }),
        4 => (1..24 * 150u32, hours(), 1..4usize)
            .prop_map(|(ago, hours, samples)| Operation::Late { ago, hours, samples }),
        2 => (1..24 * 40u32).prop_map(|hours| Operation::Wait { hours }),
        3 => Just(Operation::Compact),
        3 => Just(Operation::Prune),
        4 => (2..6u32, prop_oneof![Just(0u32), Just(3u32)], prop::bool::weighted(0.3))
            .prop_map(|(hour_days, day_months, held)| {
                Operation::Retain { hour_days, day_months, held }
            }),
    ]
}

fn counts_are_whole_after_each(operations: &[Operation]) -> Result<(), TestCaseError> {
    let fixture = Fixture::new();
    fixture.e.cost_estimate().budget().reset_unlimited();
    fixture.e.cost_estimate().disable_resource_limits();
    let (mut now, mut all, mut is_known) = (START_HOUR, 0, false);
    for operation in operations {
        at(&fixture, now);
        match *operation {
            Operation::Push { gap, hours, spans, samples } => {
                now += gap;
                let span = |number: u32| {
                    let start = now + number * hours;
                    Closed::span(start, start + hours - 1, &[&std::vec![1; samples], &[]])
                };
                let closed: StdVec<_> = (0..spans).map(span).collect();
                now += spans * hours;
                at(&fixture, now);
                fixture.push(&closed);
                all += u64::from(spans) * samples as u64;
                is_known = true;
            }
            Operation::Late { ago, hours, samples } => {
                let start = now - ago.max(hours);
                let values = std::vec![1; samples];
                fixture.push(&[Closed::span(start, start + hours - 1, &[&values, &[]])]);
                all += samples as u64;
                is_known = true;
            }
            Operation::Wait { hours } => now += hours,
            _ if !is_known => {}
            Operation::Compact => drop(fixture.compact()),
            Operation::Prune => prune_all(&fixture),
            Operation::Retain { hour_days, day_months, held } => {
                retain(&fixture, hour_days, day_months, held);
            }
        }
        if !is_known {
            continue;
        }
        at(&fixture, now);
        for granularity in [Granularity::Hour, Granularity::Day, Granularity::Month] {
            let query = fixture.query(granularity, START_HOUR - 24 * 400, START_HOUR + 24 * 3_000);
            let count = fixture.analytics.aggregate(&query).count;
            prop_assert_eq!(count, all, "{:?} after {:?}", granularity, operation);
        }
        fixture.check_storage();
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 60, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn whatever_owners_and_keepers_do_counts_are_whole_and_storage_is_known(
        operations in prop::collection::vec(operation(), 1..50),
    ) {
        counts_are_whole_after_each(&operations)?;
    }
}
