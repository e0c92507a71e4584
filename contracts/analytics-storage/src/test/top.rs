//! Functions by a metric.

extern crate std;

use lumenscope_interfaces::analytics_storage::{Granularity, Ranking};
use lumenscope_interfaces::common::{StatisticsView, StreamKey};
use soroban_sdk::{Symbol, Vec, symbol_short};
use std::string::{String, ToString as _};
use std::vec::Vec as StdVec;

use super::support::{Closed, Fixture, START_HOUR, export, view};

/// Where an export has its number of buckets.
const AT_BUCKETS: u32 = 3;

/// Streams of three functions, one with two subjects and a lane, and one that has no such metric.
fn fixture() -> Fixture {
    let fixture = Fixture::new();
    let stream = |function: &str, subject: Option<Symbol>, lane| StreamKey {
        contract: fixture.stream.contract.clone(),
        function: Symbol::new(&fixture.e, function),
        subject,
        lane,
    };
    let streams = [
        stream("swap", Some(symbol_short!("usdc")), None),
        stream("swap", Some(symbol_short!("eurc")), None),
        stream("swap", Some(symbol_short!("eurc")), Some(1)),
        stream("deposit", None, None),
        stream("a_function_with_a_long_name", None, None),
        stream("other_metrics", None, None),
        stream("never_flushed", None, None),
    ];
    let metrics = fixture.metrics();
    for (stream, values) in
        streams.iter().zip([&[10i64, 20][..], &[30], &[5], &[-100, 400], &[25, 25, 25, 25]])
    {
        let closed = [Closed::hour(START_HOUR, &[values, &[0]])];
        fixture.push_to(stream, &metrics, &closed);
    }
    let others = Vec::from_array(&fixture.e, [symbol_short!("rent")]);
    fixture.push_to(&streams[5], &others, &[Closed::hour(START_HOUR, &[&[9_999]])]);
    fixture.monitor.set_streams(&Vec::from_slice(&fixture.e, &streams));
    nothing_open(&fixture);
    fixture.at_hour(START_HOUR + 1);
    fixture
}

/// performance-monitor has everything flushed.
fn nothing_open(fixture: &Fixture) {
    let mut nothing = export(&fixture.e, &[Closed::hour(0, &[&[1]])]);
    nothing.set(AT_BUCKETS, 0);
    fixture.monitor.set(&fixture.owner, &nothing);
}

fn top(fixture: &Fixture, by: Ranking, start: u32, limit: u32) -> StdVec<(String, StatisticsView)> {
    let ranked = fixture.analytics.top_functions(
        &fixture.stream.contract,
        &symbol_short!("fee"),
        &Granularity::Hour,
        &(u64::from(START_HOUR) * 3_600),
        &(u64::from(START_HOUR) * 3_600 + 7_200),
        &by,
        &start,
        &limit,
    );
    ranked.iter().map(|(name, statistics)| (name.to_string(), statistics)).collect()
}

fn names(ranked: &[(String, StatisticsView)]) -> StdVec<&str> {
    ranked.iter().map(|(name, _)| name.as_str()).collect()
}

#[test]
fn functions_are_ranked_by_what_was_asked_for() {
    let fixture = fixture();
    let [long, swap, deposit] = ["a_function_with_a_long_name", "swap", "deposit"];
    for (by, expected) in [
        (Ranking::Count, [swap, long, deposit]),
        (Ranking::Sum, [deposit, long, swap]),
        (Ranking::Mean, [deposit, long, swap]),
        (Ranking::Max, [deposit, swap, long]),
    ] {
        let ranked = top(&fixture, by, 0, 50);
        assert_eq!(names(&ranked), expected, "{by:?}");
        for (name, statistics) in &ranked {
            // The lane's hour is part of its stream's history, and counts once.
            let values: &[i64] = match name.as_str() {
                "swap" => &[10, 20, 30, 5],
                "deposit" => &[-100, 400],
                _ => &[25; 4],
            };
            assert_eq!(*statistics, view(values), "{name}");
        }
    }
}

#[test]
fn what_is_not_flushed_yet_counts() {
    let fixture = fixture();
    // Of every stream.
    let open = export(&fixture.e, &[Closed::hour(START_HOUR + 1, &[&[1_000]])]);
    fixture.monitor.set(&fixture.owner, &open);
    let ranked = top(&fixture, Ranking::Mean, 0, 50);
    assert_eq!(ranked.len(), 5, "those that were never flushed, too");
    assert_eq!(names(&ranked)[..2], ["other_metrics", "never_flushed"]);
    let swap = ranked.iter().find(|(name, _)| name == "swap").unwrap();
    // Two streams, one of them with a lane.
    assert_eq!(swap.1.count, 4 + 3);
}

#[test]
fn only_the_page_counts() {
    let fixture = fixture();
    let ranked = top(&fixture, Ranking::Sum, 1, 3);
    assert_eq!(names(&ranked), ["deposit", "swap"]);
    assert_eq!(ranked[1].1, view(&[30, 5]));
    assert_eq!(top(&fixture, Ranking::Sum, 7, 3), []);
}

#[test]
fn means_are_told_apart_below_one() {
    let fixture = Fixture::new();
    let stream = |function| StreamKey { function, ..fixture.stream.clone() };
    let streams = [stream(symbol_short!("one")), stream(symbol_short!("two"))];
    for (stream, values) in streams.iter().zip([&[0i64, 0, 1][..], &[1, 0]]) {
        let closed = [Closed::hour(START_HOUR, &[values, &[0]])];
        fixture.push_to(stream, &fixture.metrics(), &closed);
    }
    fixture.monitor.set_streams(&Vec::from_slice(&fixture.e, &streams));
    nothing_open(&fixture);
    assert_eq!(names(&top(&fixture, Ranking::Mean, 0, 50)), ["two", "one"]);
}
