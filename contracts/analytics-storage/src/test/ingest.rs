//! What comes in is found where it belongs.

extern crate std;

use lumenscope_interfaces::analytics_storage::Granularity;
use lumenscope_interfaces::common::Bucket;
use soroban_sdk::testutils::Events as _;
use soroban_sdk::{Event, Symbol, Vec, symbol_short, vec};
use std::vec::Vec as StdVec;

use super::support::{Closed, Fixture, START_HOUR, view};
use crate::events::HistoryChanged;

#[test]
fn hours_are_found_with_their_statistics() {
    let fixture = Fixture::new();
    fixture.at_hour(START_HOUR + 3);
    let stored = fixture.push(&[
        Closed::hour(START_HOUR, &[&[100, 250, 90], &[0, 1, 0]]),
        Closed::hour(START_HOUR + 2, &[&[40], &[]]),
    ]);
    assert_eq!(stored, 2);
    let bucket = |hour: u32, values: &[i64]| Bucket {
        start_s: u64::from(hour) * 3_600,
        end_s: u64::from(hour + 1) * 3_600,
        open: false,
        coarse: false,
        statistics: view(values),
    };
    assert_eq!(
        fixture.buckets(Granularity::Hour),
        [bucket(START_HOUR, &[100, 250, 90]), bucket(START_HOUR + 2, &[40])]
    );
    assert_eq!(
        fixture.analytics.latest(&fixture.stream, &symbol_short!("fee")),
        Some(bucket(START_HOUR + 2, &[40]))
    );
    assert_eq!(
        fixture.analytics.latest(&fixture.stream, &symbol_short!("failed")),
        Some(bucket(START_HOUR, &[0, 1, 0]))
    );
}

#[test]
fn one_event_tells_what_came_in() {
    let fixture = Fixture::new();
    fixture.at_hour(START_HOUR + 3);
    fixture.push(&[
        Closed::hour(START_HOUR, &[&[1], &[0]]),
        Closed::span(START_HOUR + 1, START_HOUR + 2, &[&[2], &[]]),
    ]);
    let event = HistoryChanged {
        contract: fixture.stream.contract.clone(),
        function: fixture.stream.function.clone(),
        change: symbol_short!("ingested"),
        subject: None,
        by: fixture.monitor.address.clone(),
        from: START_HOUR,
        to: START_HOUR + 2,
    };
    let address = &fixture.analytics.address;
    assert_eq!(fixture.e.events().all(), std::vec![event.to_xdr(&fixture.e, address)]);
}

#[test]
fn a_late_hour_joins_the_one_already_stored() {
    let fixture = Fixture::new();
    fixture.at_hour(START_HOUR + 5);
    fixture.push(&[Closed::hour(START_HOUR + 3, &[&[7], &[0]])]);
    fixture.push(&[Closed::hour(START_HOUR, &[&[5], &[0]])]);
    fixture.push(&[Closed::hour(START_HOUR, &[&[9], &[0]])]);
    let found: StdVec<_> =
        fixture.buckets(Granularity::Hour).into_iter().map(|bucket| bucket.statistics).collect();
    assert_eq!(found, [view(&[5, 9]), view(&[7])]);
}

#[test]
fn spans_beyond_an_hour_are_coarse_and_counted_once_at_each_width() {
    let fixture = Fixture::new();
    // Monday 21 December, 20 hours of one day; then Wednesday to the next Tuesday.
    fixture.at_hour(START_HOUR + 24 * 20);
    fixture.push(&[
        Closed::span(START_HOUR, START_HOUR + 19, &[&[1, 2], &[0]]),
        Closed::span(START_HOUR + 48, START_HOUR + 24 * 9 - 1, &[&[3, 4, 5], &[0]]),
        Closed::hour(START_HOUR + 24 * 9, &[&[6], &[0]]),
    ]);
    let spans = |granularity| -> StdVec<(u64, u64, bool, u64)> {
        let hours = |at_s: u64| at_s / 3_600 - u64::from(START_HOUR);
        let buckets = fixture.buckets(granularity).into_iter();
        buckets.map(|b| (hours(b.start_s), hours(b.end_s), b.coarse, b.statistics.count)).collect()
    };
    assert_eq!(
        spans(Granularity::Hour),
        [(0, 20, true, 2), (48, 216, true, 3), (216, 217, false, 1)]
    );
    assert_eq!(
        spans(Granularity::Day),
        [(0, 24, false, 2), (48, 216, true, 3), (216, 240, false, 1)]
    );
    assert_eq!(
        spans(Granularity::Week),
        [(0, 168, false, 2), (48, 216, true, 3), (168, 336, false, 1)]
    );
    // December began 20 days before.
    let months = fixture.buckets(Granularity::Month);
    assert_eq!(months.len(), 1);
    assert_eq!((months[0].coarse, months[0].statistics.count), (false, 6));
}

#[test]
fn a_metric_that_joins_later_has_its_own_history() {
    let fixture = Fixture::new();
    fixture.at_hour(START_HOUR + 5);
    fixture.push(&[Closed::hour(START_HOUR, &[&[1], &[0]])]);
    let later = vec![&fixture.e, symbol_short!("size"), symbol_short!("fee")];
    fixture.push_to(&fixture.stream, &later, &[Closed::hour(START_HOUR + 1, &[&[800], &[2]])]);
    let names: Vec<Symbol> = fixture.analytics.history_metrics(&fixture.stream);
    let expected = [symbol_short!("fee"), symbol_short!("failed"), symbol_short!("size")];
    assert_eq!(names, Vec::from_array(&fixture.e, expected));
    let mut query = fixture.query(Granularity::Hour, START_HOUR, START_HOUR + 5);
    assert_eq!(fixture.analytics.aggregate(&query), view(&[1, 2]));
    query.metric = symbol_short!("size");
    assert_eq!(fixture.analytics.aggregate(&query), view(&[800]));
}

#[test]
fn the_usual_flush_writes_one_entry_of_unchanged_size() {
    let fixture = Fixture::new();
    fixture.at_hour(START_HOUR + 24);
    for hour in 0..20 {
        fixture.push(&[Closed::hour(START_HOUR + hour, &[&[1_000, 2_000, 1_500], &[0, 1, 0]])]);
    }
    let before = fixture.analytics.storage_statistics(&fixture.stream);
    for hour in 20..24 {
        fixture.push(&[Closed::hour(START_HOUR + hour, &[&[1_000, 2_100, 1_500], &[0, 1, 0]])]);
        let resources = fixture.e.cost_estimate().resources();
        assert_eq!(resources.write_entries, 1);
        assert_eq!(resources.persistent_rent_ledger_bytes, 0);
    }
    let after = fixture.analytics.storage_statistics(&fixture.stream);
    assert_eq!((after.entries, after.bytes), (before.entries, before.bytes));
    assert_eq!(after.buckets, before.buckets + 8);
}

#[test]
fn a_metric_that_nobody_recorded_takes_no_place_of_history() {
    let fixture = Fixture::new();
    fixture.at_hour(START_HOUR + 200);
    // Five shapes of 16 names each are more than history may name; only the first of each is used.
    for shape in 0..5u32 {
        let mut names = Vec::new(&fixture.e);
        for number in 0..16 {
            names.push_back(Symbol::new(&fixture.e, &std::format!("m{shape}_{number}")));
        }
        let mut values: StdVec<&[i64]> = std::vec![&[]; 16];
        values[0] = &[1];
        fixture.push_to(&fixture.stream, &names, &[Closed::hour(START_HOUR + shape, &values)]);
    }
    assert_eq!(fixture.analytics.history_metrics(&fixture.stream).len(), 5);
}
