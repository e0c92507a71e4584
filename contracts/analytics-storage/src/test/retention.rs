//! How long hours stay, and entries live.

extern crate std;

use lumenscope_interfaces::analytics_storage::{AnalyticsError, Granularity, Retention};
use lumenscope_interfaces::common::TTL_TARGET_LEDGERS;
use soroban_sdk::testutils::Events as _;
use soroban_sdk::{Event, IntoVal, Vec, symbol_short};
use std::vec::Vec as StdVec;

use super::support::{Closed, Fixture, START_HOUR};
use crate::events::HistoryChanged;

fn push_days(fixture: &Fixture, days: core::ops::Range<u32>) {
    for day in days {
        let hour = START_HOUR + 24 * day;
        fixture.at_hour(hour + 24);
        fixture.push(&[Closed::hour(hour, &[&[1], &[0]]), Closed::hour(hour + 1, &[&[2], &[0]])]);
    }
}

fn days_of_hours(fixture: &Fixture) -> usize {
    let hours = fixture.buckets(Granularity::Hour);
    assert_eq!(
        hours.iter().map(|bucket| bucket.statistics.count).sum::<u64>(),
        fixture.buckets(Granularity::Day).iter().map(|bucket| bucket.statistics.count).sum::<u64>()
    );
    hours.iter().filter(|bucket| !bucket.coarse).count() / 2
}

#[test]
fn a_longer_retention_holds_from_the_next_day_and_loses_nothing() {
    let fixture = Fixture::new();
    push_days(&fixture, 0..14);
    fixture.set_retention(31);
    let event = HistoryChanged {
        contract: fixture.stream.contract.clone(),
        function: fixture.stream.function.clone(),
        change: symbol_short!("retained"),
        subject: None,
        by: fixture.owner.clone(),
        from: 14,
        to: 31,
    };
    let address = &fixture.analytics.address;
    assert_eq!(fixture.e.events().all(), std::vec![event.to_xdr(&fixture.e, address)]);
    assert_eq!(days_of_hours(&fixture), 14);
    push_days(&fixture, 14..45);
    // The day of the change still took a place of the former ring.
    assert_eq!(days_of_hours(&fixture), 30 + 14);
    push_days(&fixture, 45..80);
    assert_eq!(days_of_hours(&fixture), 31 + 14);
}

#[test]
fn a_shorter_retention_keeps_fewer_days_of_hours() {
    let fixture = Fixture::new();
    push_days(&fixture, 0..14);
    fixture.set_retention(3);
    push_days(&fixture, 14..20);
    while fixture.compact() > 0 {}
    fixture.set_retention(4);
    push_days(&fixture, 20..30);
    assert_eq!(days_of_hours(&fixture), 3 + 4);
}

#[test]
fn a_second_change_waits_for_the_days_of_the_former_ring() {
    let fixture = Fixture::new();
    push_days(&fixture, 0..3);
    fixture.set_retention(20);
    // Nothing came since: the change is replaced.
    fixture.set_retention(30);
    push_days(&fixture, 3..6);
    let arguments = (&fixture.stream, 40u32, 0u32, 0u32, None::<bool>).into_val(&fixture.e);
    fixture.sign(&fixture.owner, "set_retention", arguments);
    assert_eq!(
        fixture.analytics.try_set_retention(&fixture.stream, &40, &0, &0, &None),
        Err(Ok(AnalyticsError::NotCompacted.into()))
    );
    while fixture.compact() > 0 {}
    fixture.set_retention(40);
    push_days(&fixture, 6..12);
    let counts: StdVec<u64> =
        fixture.buckets(Granularity::Day).iter().map(|b| b.statistics.count).collect();
    assert_eq!(counts, [2; 12]);
}

#[test]
fn a_late_hour_of_a_day_whose_ring_was_given_up_hides_none_of_its_others() {
    let fixture = Fixture::new();
    push_days(&fixture, 0..3);
    fixture.set_retention(20);
    push_days(&fixture, 3..6);
    while fixture.compact() > 0 {}
    fixture.set_retention(40);
    push_days(&fixture, 6..8);
    let before = days_of_hours(&fixture);
    fixture.push(&[Closed::hour(START_HOUR + 24 + 5, &[&[9], &[0]])]);
    assert_eq!(days_of_hours(&fixture), before);
    assert_eq!(fixture.buckets(Granularity::Day)[1].statistics.count, 3);
}

#[test]
fn anyone_keeps_a_history_alive_within_the_limits() {
    let fixture = Fixture::new();
    push_days(&fixture, 0..3);
    fixture.compact();
    fixture.at_hour(START_HOUR + 24 * 60);
    let streams = Vec::from_array(&fixture.e, [fixture.stream.clone()]);
    let arguments = (&fixture.keeper, &streams).into_val(&fixture.e);
    fixture.sign(&fixture.keeper, "keep_alive_history", arguments);
    fixture.analytics.keep_alive_history(&fixture.keeper, &streams);
    let event = HistoryChanged {
        contract: fixture.stream.contract.clone(),
        function: fixture.stream.function.clone(),
        change: symbol_short!("extended"),
        subject: None,
        by: fixture.keeper.clone(),
        from: 0,
        to: TTL_TARGET_LEDGERS,
    };
    let address = &fixture.analytics.address;
    assert_eq!(fixture.e.events().all(), std::vec![event.to_xdr(&fixture.e, address)]);
    // The record, three sheets of hours, one of days: by at most 31 days each.
    let resources = fixture.e.cost_estimate().resources();
    assert_eq!(resources.persistent_entry_rent_bumps, 5);
}

#[test]
fn a_hold_stays_until_it_is_released_and_can_be_read() {
    let fixture = Fixture::new();
    assert_eq!(
        fixture.analytics.try_retention(&fixture.stream),
        Err(Ok(AnalyticsError::HistoryUnknown.into()))
    );
    push_days(&fixture, 0..1);
    let retention =
        |day_months, legal_hold| Retention { hour_days: 14, day_months, months: 0, legal_hold };
    assert_eq!(fixture.analytics.retention(&fixture.stream), retention(0, false));
    for (day_months, hold, holds, change) in [
        (3u32, Some(true), true, symbol_short!("held")),
        (4, None, true, symbol_short!("retained")),
        (4, Some(true), true, symbol_short!("retained")),
        (5, Some(false), false, symbol_short!("released")),
        (6, None, false, symbol_short!("retained")),
    ] {
        let arguments = (&fixture.stream, 14u32, day_months, 0u32, hold).into_val(&fixture.e);
        fixture.sign(&fixture.owner, "set_retention", arguments);
        fixture.analytics.set_retention(&fixture.stream, &14, &day_months, &0, &hold);
        let event = HistoryChanged {
            contract: fixture.stream.contract.clone(),
            function: fixture.stream.function.clone(),
            change,
            subject: None,
            by: fixture.owner.clone(),
            from: 14,
            to: 14,
        };
        let address = &fixture.analytics.address;
        assert_eq!(fixture.e.events().all(), std::vec![event.to_xdr(&fixture.e, address)]);
        assert_eq!(fixture.analytics.retention(&fixture.stream), retention(day_months, holds));
    }
}
