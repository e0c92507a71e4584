//! Periods are made when they close, once, and stay complete.

extern crate std;

use lumenscope_interfaces::analytics_storage::{COMPACT_DAYS_MAX, Granularity};
use soroban_sdk::testutils::Events as _;
use soroban_sdk::{Event, symbol_short};
use std::vec::Vec as StdVec;

use super::support::{Closed, Fixture, START_DAY, START_HOUR, view};
use crate::events::HistoryChanged;

fn counts(fixture: &Fixture, granularity: Granularity) -> StdVec<u64> {
    fixture.buckets(granularity).iter().map(|bucket| bucket.statistics.count).collect()
}

#[test]
fn a_day_is_made_when_it_is_over_and_only_once() {
    let fixture = Fixture::new();
    fixture.at_hour(START_HOUR + 23);
    fixture.push(&[
        Closed::hour(START_HOUR, &[&[1, 2], &[0]]),
        Closed::hour(START_HOUR + 22, &[&[3], &[]]),
    ]);
    assert_eq!(fixture.compact(), 0);
    fixture.at_hour(START_HOUR + 24);
    let before = fixture.buckets(Granularity::Day);
    assert_eq!(fixture.compact(), 1);
    let event = HistoryChanged {
        contract: fixture.stream.contract.clone(),
        function: fixture.stream.function.clone(),
        change: symbol_short!("compacted"),
        subject: None,
        by: fixture.keeper.clone(),
        from: START_DAY,
        to: START_DAY + 1,
    };
    let address = &fixture.analytics.address;
    assert_eq!(fixture.e.events().all(), std::vec![event.to_xdr(&fixture.e, address)]);
    assert_eq!(fixture.buckets(Granularity::Day)[0].statistics, view(&[1, 2, 3]));
    assert_eq!(fixture.buckets(Granularity::Day)[0].statistics, before[0].statistics);
    assert_eq!(fixture.compact(), 0);
    assert_eq!(fixture.e.events().all(), std::vec![]);
}

#[test]
fn what_comes_after_its_periods_were_made_is_added_to_all_of_them() {
    let fixture = Fixture::new();
    fixture.at_hour(START_HOUR + 1);
    fixture.push(&[Closed::hour(START_HOUR, &[&[1], &[0]])]);
    fixture.at_hour(START_HOUR + 24 * 40);
    while fixture.compact() > 0 {}
    fixture.push(&[Closed::hour(START_HOUR + 5, &[&[10], &[0]])]);
    for granularity in [Granularity::Day, Granularity::Week, Granularity::Month] {
        let buckets = fixture.buckets(granularity);
        assert_eq!(buckets.len(), 1);
        assert_eq!(buckets[0].statistics, view(&[1, 10]));
    }
    assert_eq!(counts(&fixture, Granularity::Hour), [1, 1]);
}

#[test]
fn an_older_day_that_comes_late_does_not_change_what_was_last() {
    let fixture = Fixture::new();
    fixture.at_hour(START_HOUR + 24 * 2);
    fixture.push(&[Closed::hour(START_HOUR + 30, &[&[7], &[0]])]);
    fixture.at_hour(START_HOUR + 24 * 40);
    while fixture.compact() > 0 {}
    fixture.push(&[Closed::hour(START_HOUR + 2, &[&[5], &[0]])]);
    assert_eq!(fixture.buckets(Granularity::Week)[0].statistics, view(&[5, 7]));
    assert_eq!(fixture.buckets(Granularity::Month)[0].statistics, view(&[5, 7]));
}

#[test]
fn hours_leave_the_ring_only_when_their_day_is_stored() {
    let fixture = Fixture::new();
    for day in 0..30 {
        let hour = START_HOUR + 24 * day;
        fixture.at_hour(hour + 24);
        fixture.push(&[Closed::hour(hour + 3, &[&[i64::from(day)], &[0]])]);
    }
    // Nobody compacted: 14 days of hours are left, and a day for each of the others.
    let hours = fixture.buckets(Granularity::Hour);
    let coarse = |is: bool| hours.iter().filter(|bucket| bucket.coarse == is).count();
    assert_eq!((coarse(true), coarse(false)), (16, 14));
    assert_eq!(counts(&fixture, Granularity::Day), [1; 30]);
    while fixture.compact() > 0 {}
    assert_eq!(counts(&fixture, Granularity::Day), [1; 30]);
    assert_eq!(counts(&fixture, Granularity::Week), [7, 7, 7, 7, 2]);
    assert_eq!(counts(&fixture, Granularity::Month), [11, 19]);
    assert_eq!(fixture.buckets(Granularity::Hour), hours);
}

#[test]
fn a_late_hour_whose_place_is_taken_counts_towards_its_day() {
    let fixture = Fixture::new();
    fixture.at_hour(START_HOUR + 24 * 15);
    fixture.push(&[Closed::hour(START_HOUR, &[&[1], &[0]])]);
    fixture.push(&[Closed::hour(START_HOUR + 24 * 14, &[&[2], &[0]])]);
    fixture.push(&[Closed::hour(START_HOUR + 1, &[&[3], &[0]])]);
    assert_eq!(counts(&fixture, Granularity::Day), [2, 1]);
    assert_eq!(counts(&fixture, Granularity::Hour), [2, 1]);
    while fixture.compact() > 0 {}
    assert_eq!(counts(&fixture, Granularity::Day), [2, 1]);
    assert_eq!(counts(&fixture, Granularity::Week), [2, 1]);
}

#[test]
fn many_days_are_made_over_several_calls() {
    let fixture = Fixture::new();
    fixture.at_hour(START_HOUR + 1);
    fixture.push(&[Closed::hour(START_HOUR, &[&[0], &[0]])]);
    fixture.set_retention(62);
    for day in 1..50 {
        let hour = START_HOUR + 24 * day;
        fixture.at_hour(hour + 24);
        fixture.push(&[Closed::hour(hour, &[&[1], &[0]])]);
    }
    let expected = fixture.buckets(Granularity::Week);
    let first = fixture.compact();
    assert_eq!(first, COMPACT_DAYS_MAX);
    assert_eq!(fixture.buckets(Granularity::Week), expected);
    let mut calls = 1;
    while fixture.compact() > 0 {
        calls += 1;
        assert_eq!(fixture.buckets(Granularity::Week), expected);
    }
    assert_eq!(calls, 50u32.div_ceil(COMPACT_DAYS_MAX));
}

#[test]
fn a_silent_year_is_passed_over() {
    let fixture = Fixture::new();
    fixture.at_hour(START_HOUR + 1);
    fixture.push(&[Closed::hour(START_HOUR, &[&[1], &[0]])]);
    fixture.at_hour(START_HOUR + 24 * 365);
    assert_eq!(fixture.compact(), 365);
    fixture.push(&[Closed::hour(START_HOUR + 24 * 365 - 1, &[&[2], &[0]])]);
    assert_eq!(counts(&fixture, Granularity::Month), [1, 1]);
    assert_eq!(counts(&fixture, Granularity::Day), [1, 1]);
    assert_eq!(counts(&fixture, Granularity::Hour), [1, 1]);
}
