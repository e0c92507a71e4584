//! Ranges, pages, packed replies and sums.

extern crate std;

use lumenscope_bucket::packed::{Decoder, PackedBucket};
use lumenscope_interfaces::analytics_storage::{
    Granularity, PACKED_BUCKETS_MAX, PLAIN_BUCKET_BYTES, RANGE_BUCKETS_MAX,
};
use lumenscope_interfaces::common::Bucket;
use lumenscope_interfaces::performance_monitor::MonitorError;
use soroban_sdk::xdr::ToXdr;
use soroban_sdk::{Error, Vec, symbol_short};
use std::vec::Vec as StdVec;

use super::support::{Closed, Fixture, START_DAY, START_HOUR, export, view};

fn with_hours(hours: u32) -> Fixture {
    let fixture = Fixture::new();
    fixture.at_hour(START_HOUR);
    fixture.push(&[Closed::hour(START_HOUR, &[&[0], &[0]])]);
    fixture.set_retention(62);
    fixture.at_hour(START_HOUR + hours);
    for hour in 1..hours {
        fixture.push(&[Closed::hour(START_HOUR + hour, &[&[i64::from(hour)], &[0]])]);
    }
    fixture
}

#[test]
fn a_range_comes_in_pages_without_gap_or_double() {
    let fixture = with_hours(150);
    let query = fixture.query(Granularity::Hour, START_HOUR, START_HOUR + 150);
    let page = fixture.analytics.range(&query);
    assert_eq!(page.buckets.len(), RANGE_BUCKETS_MAX);
    assert_eq!(page.next_from_s, Some(query.from_s + 60 * 3_600));
    let lasts: StdVec<i64> =
        fixture.range(query).iter().map(|bucket| bucket.statistics.last).collect();
    assert_eq!(lasts, (0..150).collect::<StdVec<i64>>());
}

#[test]
fn a_packed_reply_holds_the_same_buckets() {
    let fixture = with_hours(200);
    let query = fixture.query(Granularity::Hour, START_HOUR + 10, START_HOUR + 180);
    let packed = fixture.analytics.range_packed(&query);
    let bytes: StdVec<u8> = packed.iter().collect();
    let buckets: Result<StdVec<PackedBucket>, _> = Decoder::new(&bytes).unwrap().collect();
    let spans: StdVec<(u32, u32)> =
        buckets.unwrap().iter().map(|b| (b.start_hour - START_HOUR, b.hours)).collect();
    assert_eq!(spans, (10..180).map(|hour| (hour, 1)).collect::<StdVec<_>>());
}

#[test]
fn a_range_begins_and_ends_with_whole_buckets() {
    let fixture = with_hours(48);
    let mut query = fixture.query(Granularity::Hour, START_HOUR + 5, START_HOUR + 7);
    (query.from_s, query.to_s) = (query.from_s + 1_800, query.to_s + 1);
    let starts: StdVec<u64> =
        fixture.range(query).iter().map(|b| b.start_s / 3_600 - u64::from(START_HOUR)).collect();
    assert_eq!(starts, [5, 6, 7]);
    let day = fixture.query(Granularity::Day, START_HOUR + 5, START_HOUR + 7);
    assert_eq!(fixture.range(day)[0].statistics.count, 24);
}

#[test]
fn periods_that_are_not_over_are_said_to_be_open() {
    let fixture = Fixture::new();
    fixture.at_hour(START_HOUR + 30);
    fixture.push(&[
        Closed::hour(START_HOUR, &[&[4], &[0]]),
        Closed::hour(START_HOUR + 25, &[&[6], &[0]]),
    ]);
    let open = |granularity| -> StdVec<(bool, u64)> {
        let buckets = fixture.buckets(granularity).into_iter();
        buckets.map(|bucket| (bucket.open, bucket.statistics.count)).collect()
    };
    assert_eq!(open(Granularity::Hour), [(false, 1), (false, 1)]);
    assert_eq!(open(Granularity::Day), [(false, 1), (true, 1)]);
    assert_eq!(open(Granularity::Week), [(true, 2)]);
    assert_eq!(open(Granularity::Month), [(true, 2)]);
}

#[test]
fn what_is_not_flushed_is_merged_in_when_asked_for() {
    let fixture = with_hours(24);
    fixture.at_hour(START_HOUR + 26);
    let unflushed =
        [Closed::hour(START_HOUR + 25, &[&[500]]), Closed::hour(START_HOUR + 26, &[&[600, 700]])];
    fixture.monitor.set(&fixture.owner, &export(&fixture.e, &unflushed));
    let mut query = fixture.query(Granularity::Hour, START_HOUR + 23, START_HOUR + 48);
    assert_eq!(fixture.range(query.clone()).len(), 1);
    query.include_open = true;
    let hours = fixture.range(query.clone());
    assert_eq!(hours.iter().map(|hour| hour.open).collect::<StdVec<_>>(), [false, false, true]);
    assert_eq!(hours[2].statistics, view(&[600, 700]));
    assert_eq!(fixture.analytics.aggregate(&query), view(&[23, 500, 600, 700]));
    query.granularity = Granularity::Week;
    assert_eq!(fixture.range(query.clone())[0].statistics.count, 27);
    query.include_open = false;
    assert_eq!(fixture.range(query)[0].statistics.count, 24);
}

#[test]
fn a_stream_that_was_never_flushed_shows_its_open_hour() {
    let fixture = Fixture::new();
    let open = Bucket {
        start_s: u64::from(START_HOUR) * 3_600,
        end_s: u64::from(START_HOUR + 1) * 3_600,
        open: true,
        coarse: false,
        statistics: view(&[5]),
    };
    let unflushed = export(&fixture.e, &[Closed::hour(START_HOUR, &[&[5]])]);
    fixture.monitor.set(&fixture.owner, &unflushed);
    let mut query = fixture.query(Granularity::Hour, START_HOUR - 9_000, START_HOUR + 24);
    query.include_open = true;
    assert_eq!(fixture.range(query), [open]);
}

#[test]
fn an_aggregate_is_the_same_from_whichever_buckets_it_is_made() {
    let fixture = with_hours(24 * 45);
    let sums = |from: u32, to: u32| {
        let query = fixture.query(Granularity::Hour, START_HOUR + from, START_HOUR + to);
        fixture.analytics.aggregate(&query)
    };
    let expected =
        |from: u32, to: u32| view(&(i64::from(from)..i64::from(to)).collect::<StdVec<_>>());
    // Within a day; over days; over the whole of January with ragged ends.
    let ranges = [(3, 9), (20, 30), (5, 200), (7, 24 * 45 - 3), (24 * 11, 24 * 42), (0, 24 * 45)];
    for (from, to) in ranges {
        assert_eq!(sums(from, to), expected(from, to), "{from} to {to}, nothing made");
    }
    while fixture.compact() > 0 {}
    for (from, to) in ranges {
        assert_eq!(sums(from, to), expected(from, to), "{from} to {to}, periods made");
    }
    let whole = fixture.query(Granularity::Month, START_HOUR, START_HOUR + 24 * 45);
    assert_eq!(fixture.analytics.aggregate(&whole), expected(0, 24 * 45));
}

#[test]
fn thirty_days_of_hours_fit_one_packed_reply() {
    let fixture = with_hours(PACKED_BUCKETS_MAX);
    let query = fixture.query(Granularity::Hour, START_HOUR, START_HOUR + PACKED_BUCKETS_MAX);
    let packed: StdVec<u8> = fixture.analytics.range_packed(&query).iter().collect();
    let buckets: Result<StdVec<PackedBucket>, _> = Decoder::new(&packed).unwrap().collect();
    let lasts: StdVec<i64> = buckets.unwrap().iter().map(|b| b.statistics.last).collect();
    assert_eq!(lasts, (0..i64::from(PACKED_BUCKETS_MAX)).collect::<StdVec<_>>());
}

#[test]
fn a_packed_reply_holds_the_buckets_of_the_pages_wherever_it_begins_and_ends() {
    let fixture = with_hours(120);
    // An hour that nobody flushed in time lies between them, and one is still open.
    fixture.push(&[Closed::span(START_HOUR + 125, START_HOUR + 160, &[&[7, 8], &[0]])]);
    fixture.at_hour(START_HOUR + 170);
    fixture.push(&[Closed::hour(START_HOUR + 165, &[&[9], &[0]])]);
    for (from, to) in [(0, 166), (3, 30), (20, 21), (16, 112), (40, 170), (119, 170), (166, 170)] {
        let query = fixture.query(Granularity::Hour, START_HOUR + from, START_HOUR + to);
        let bytes: StdVec<u8> = fixture.analytics.range_packed(&query).iter().collect();
        let packed: Result<StdVec<PackedBucket>, _> = Decoder::new(&bytes).unwrap().collect();
        let seen =
            |bucket: &PackedBucket| (u64::from(bucket.start_hour) * 3_600, bucket.statistics.sum);
        let packed: StdVec<_> = packed.unwrap().iter().map(seen).collect();
        let pages = fixture.range(query);
        let pages: StdVec<_> = pages.iter().map(|b| (b.start_s, b.statistics.sum)).collect();
        assert_eq!(packed, pages, "{from}..{to}");
    }
}

#[test]
fn statistics_of_storage_are_what_is_stored() {
    let fixture = with_hours(49);
    while fixture.compact() > 0 {}
    let statistics = fixture.analytics.storage_statistics(&fixture.stream);
    // The record, three sheets of hours, one of days.
    assert_eq!(statistics.entries, 5);
    assert_eq!(statistics.buckets, 2 * (49 + 2));
    let bucket = &fixture.buckets(Granularity::Hour)[0];
    assert_eq!(bucket.clone().to_xdr(&fixture.e).len(), PLAIN_BUCKET_BYTES);
    assert!(statistics.bytes < statistics.buckets * PLAIN_BUCKET_BYTES / 8);
    assert_eq!(fixture.buckets(Granularity::Day)[0].start_s, u64::from(START_DAY) * 86_400);
    assert_eq!(
        fixture.analytics.latest(&fixture.stream, &symbol_short!("fee")).unwrap().statistics.last,
        48
    );
}

#[test]
fn pages_of_days_count_once_beside_a_coarse_span() {
    let f = Fixture::new();
    f.at_hour(START_HOUR);
    for day in 0..60u32 {
        let h = START_HOUR + day * 24;
        f.at_hour(h + 1);
        f.push(&[Closed::hour(h, &[&[1], &[0]])]);
        if day > 0 {
            f.compact();
        }
    }
    let h = START_HOUR + 59 * 24;
    f.at_hour(h + 48);
    f.push(&[Closed::span(h + 10, h + 29, &[&[1], &[0]])]);
    f.push(&[Closed::hour(h + 30, &[&[1], &[0]])]);
    let all = f.range(f.query(Granularity::Day, START_HOUR, h + 48));
    let sum: u64 = all.iter().map(|b| b.statistics.count).sum();
    assert_eq!(sum, 62);
}

#[test]
fn a_metric_that_its_stream_holds_no_more_is_read_from_history() {
    let fixture = Fixture::new();
    fixture.at_hour(START_HOUR + 1);
    let gone = symbol_short!("gone");
    let names = Vec::from_array(&fixture.e, [gone.clone()]);
    let mut query = fixture.query(Granularity::Hour, START_HOUR, START_HOUR + 24);
    (query.metric, query.include_open) = (gone, true);
    let unknown = Error::from_contract_error(MonitorError::MetricUnknown as u32);
    assert_eq!(fixture.analytics.try_range(&query).err(), Some(Ok(unknown)), "nowhere at all");
    fixture.push_to(&fixture.stream, &names, &[Closed::hour(START_HOUR, &[&[7]])]);
    assert_eq!(fixture.range(query).len(), 1);
}

#[test]
fn two_ranges_differ_by_so_many_basis_points() {
    let fixture = Fixture::new();
    fixture.at_hour(START_HOUR + 10);
    const EXTREME: i64 = 1 << 43;
    let hours: [&[i64]; 7] =
        [&[100, 300], &[300], &[], &[-400, 100], &[200], &[EXTREME; 3], &[-EXTREME]];
    for (hour, values) in (0..).zip(hours) {
        fixture.push(&[Closed::hour(START_HOUR + hour, &[values, &[0]])]);
    }
    let hour =
        |hour: u32| fixture.query(Granularity::Hour, START_HOUR + hour, START_HOUR + hour + 1);
    let compare = |first, second| {
        let changes = fixture.analytics.compare(&hour(first), &hour(second));
        changes.iter().collect::<StdVec<_>>()
    };
    // Half as many, 3/4 of the sum, 3/2 of the mean.
    assert_eq!(compare(0, 1), [Some(-5_000), Some(-2_500), Some(5_000)]);
    assert_eq!(compare(1, 0), [Some(10_000), Some(3_333), Some(-3_333)]);
    assert_eq!(compare(0, 0), [Some(0), Some(0), Some(0)]);
    assert_eq!(compare(2, 0), [None, None, None], "nothing to compare with");
    assert_eq!(compare(0, 2), [Some(-10_000), Some(-10_000), None], "no samples have no mean");
    // From a loss to a gain is up.
    assert_eq!(compare(3, 4), [Some(-5_000), Some(16_666), Some(23_333)]);
    let (extreme, twice) = (i128::from(EXTREME), 20_000);
    assert_eq!(compare(5, 6), [Some(-6_666), Some(-13_333), Some(-twice)]);
    assert_eq!(compare(1, 5)[2], Some((extreme - 300) * 10_000 / 300));
    let mut another = hour(0);
    another.metric = symbol_short!("failed");
    let changes = fixture.analytics.compare(&another, &hour(0));
    assert_eq!(changes.get_unchecked(0), Some(10_000), "of another metric");
}
