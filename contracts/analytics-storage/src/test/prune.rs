//! What is folded, dropped and held.

extern crate std;

use lumenscope_bucket::calendar::Period;
use lumenscope_interfaces::analytics_storage::{AnalyticsError, Granularity, PRUNE_MONTHS_MAX};
use soroban_sdk::testutils::{Events as _, Ledger as _};
use soroban_sdk::{Event, IntoVal, Vec, symbol_short};
use std::vec::Vec as StdVec;

use super::support::{Closed, Fixture, START_HOUR};
use crate::events::HistoryChanged;

/// December 2026, in which the fixture begins.
fn first_month() -> u32 {
    Period::Month.of(u64::from(START_HOUR) * 3_600)
}

/// First hour of a month after the first one.
fn month_hour(month: u32) -> u32 {
    (Period::Month.start_s(first_month() + month) / 3_600) as u32
}

/// Passes to an hour. No ledgers pass: what lives how long is another test.
fn at(fixture: &Fixture, hour: u32) {
    fixture.e.ledger().set_timestamp(u64::from(hour) * 3_600);
}

fn push(fixture: &Fixture, hour: u32, value: i64) {
    fixture.push(&[Closed::hour(hour, &[&[value], &[0]])]);
}

/// Two hours of a day, and one of another day, in each of so many months after the first; made.
fn fill(fixture: &Fixture, months: u32) {
    for month in 1..=months {
        let hour = month_hour(month) + 24 * 10;
        at(fixture, hour + 200);
        push(fixture, hour, 1);
        push(fixture, hour + 1, 10);
        push(fixture, hour + 48, 100);
    }
    make_all(fixture);
}

fn make_all(fixture: &Fixture) {
    while fixture.compact() > 0 {}
}

fn keep(fixture: &Fixture, day_months: u32, months: u32, held: bool) {
    let arguments = (&fixture.stream, 14u32, day_months, months, Some(held)).into_val(&fixture.e);
    fixture.sign(&fixture.owner, "set_retention", arguments);
    fixture.analytics.set_retention(&fixture.stream, &14, &day_months, &months, &Some(held));
}

fn prune(fixture: &Fixture) -> u32 {
    let streams = Vec::from_array(&fixture.e, [fixture.stream.clone()]);
    let arguments = (&fixture.keeper, &streams).into_val(&fixture.e);
    fixture.sign(&fixture.keeper, "prune", arguments);
    fixture.analytics.prune(&fixture.keeper, &streams)
}

/// How many buckets, and the sum of their samples.
fn totals(fixture: &Fixture, granularity: Granularity) -> (usize, i128) {
    let buckets: StdVec<_> =
        fixture.range(fixture.query(granularity, START_HOUR - 24 * 40, START_HOUR + 24 * 800));
    (buckets.len(), buckets.iter().map(|bucket| bucket.statistics.sum).sum())
}

#[test]
fn nothing_is_pruned_unless_the_owner_says_so() {
    let fixture = Fixture::new();
    fill(&fixture, 8);
    assert_eq!(prune(&fixture), 0);
    assert_eq!(totals(&fixture, Granularity::Day), (16, 8 * 111));
}

#[test]
fn days_beyond_their_retention_are_folded_into_their_month_and_nothing_is_lost() {
    let fixture = Fixture::new();
    fill(&fixture, 8);
    let before = fixture.analytics.storage_statistics(&fixture.stream);
    keep(&fixture, 3, 0, false);
    // Month 8 is not over: 1 to 4 ended three whole months ago.
    assert_eq!(prune(&fixture), PRUNE_MONTHS_MAX);
    let event = HistoryChanged {
        contract: fixture.stream.contract.clone(),
        function: fixture.stream.function.clone(),
        change: symbol_short!("pruned"),
        subject: None,
        by: fixture.keeper.clone(),
        from: first_month() + 1,
        to: PRUNE_MONTHS_MAX,
    };
    let address = &fixture.analytics.address;
    assert_eq!(fixture.e.events().all(), std::vec![event.to_xdr(&fixture.e, address)]);
    assert_eq!(prune(&fixture), 0);
    assert_eq!(totals(&fixture, Granularity::Day), (4 + 2 * 4, 8 * 111));
    assert_eq!(totals(&fixture, Granularity::Hour).1, 8 * 111, "also by the hour");
    assert_eq!(totals(&fixture, Granularity::Month), (8, 8 * 111));
    let folded = fixture.buckets(Granularity::Day)[0].clone();
    assert!(folded.coarse && folded.end_s - folded.start_s == 31 * 86_400, "January: {folded:?}");
    let after = fixture.analytics.storage_statistics(&fixture.stream);
    assert!(after.bytes < before.bytes && after.buckets < before.buckets, "{after:?} {before:?}");

    // What comes late joins its month, also on days whose place in the ring is free.
    for day in 13..13 + 14 {
        push(&fixture, month_hour(2) + 24 * day, 1_000);
    }
    assert_eq!(totals(&fixture, Granularity::Day), (12, 8 * 111 + 14_000));
    assert_eq!(totals(&fixture, Granularity::Hour).1, 8 * 111 + 14_000);
    assert_eq!(prune(&fixture), 0);
}

#[test]
fn months_beyond_their_retention_are_dropped_with_the_hours_left_of_them() {
    let fixture = Fixture::new();
    fill(&fixture, 8);
    keep(&fixture, 0, 3, false);
    assert_eq!(prune(&fixture), 4);
    assert_eq!(totals(&fixture, Granularity::Day), (8, 4 * 111));
    let hours = totals(&fixture, Granularity::Hour);
    assert_eq!(hours.1, 4 * 111, "no hours of what was dropped");
    assert_eq!(totals(&fixture, Granularity::Month), (4, 4 * 111));
    // A month is dropped three whole months after its end, not before.
    at(&fixture, month_hour(9) - 1);
    assert_eq!(prune(&fixture), 0);
    at(&fixture, month_hour(9));
    assert_eq!(prune(&fixture), 1);
    // The latest stays for good: what comes next begins there.
    at(&fixture, month_hour(30));
    make_all(&fixture);
    assert_eq!(prune(&fixture), 2);
    assert_eq!(totals(&fixture, Granularity::Month), (1, 111));
    // What comes for a dropped month is there until the next time.
    push(&fixture, month_hour(2), 7);
    assert_eq!(totals(&fixture, Granularity::Day).1, 118);
    while prune(&fixture) > 0 {}
    assert_eq!(totals(&fixture, Granularity::Day).1, 111);
}

#[test]
fn a_month_whose_days_were_not_made_stays() {
    let fixture = Fixture::new();
    push(&fixture, month_hour(1) + 24, 5);
    at(&fixture, month_hour(9));
    push(&fixture, month_hour(9) - 2, 6);
    keep(&fixture, 3, 3, false);
    assert_eq!(prune(&fixture), 0);
    assert_eq!(totals(&fixture, Granularity::Hour).1, 11);
    make_all(&fixture);
    while prune(&fixture) > 0 {}
    assert_eq!(totals(&fixture, Granularity::Hour).1, 6);
}

#[test]
fn the_minimum_of_the_admin_overrides_what_owners_choose() {
    let fixture = Fixture::new();
    fill(&fixture, 8);
    let set = |months: u32| {
        fixture.sign(&fixture.admin, "set_minimum_retention", (months,).into_val(&fixture.e));
        fixture.analytics.try_set_minimum_retention(&months)
    };
    assert_eq!(set(1_201), Err(Ok(AnalyticsError::RetentionInvalid.into())));
    assert_eq!(set(5), Ok(Ok(())));
    keep(&fixture, 3, 3, false);
    assert_eq!(prune(&fixture), 2, "months 1 and 2");
    assert_eq!(totals(&fixture, Granularity::Day), (12, 6 * 111));
    assert_eq!(set(0), Ok(Ok(())));
    assert_eq!(prune(&fixture), 2);
    fixture.sign(&fixture.owner, "set_minimum_retention", (9u32,).into_val(&fixture.e));
    assert!(fixture.analytics.try_set_minimum_retention(&9).is_err(), "the admin's alone");
}

#[test]
fn on_legal_hold_everything_stays_hours_too_until_it_is_released() {
    let fixture = Fixture::new();
    push(&fixture, START_HOUR, 1);
    keep(&fixture, 3, 3, true);
    // Far more days than the ring has places.
    let days = 60;
    for day in 1..=days {
        at(&fixture, START_HOUR + 24 * day + 24);
        push(&fixture, START_HOUR + 24 * day, 1);
        push(&fixture, START_HOUR + 24 * day + 1, 10);
    }
    make_all(&fixture);
    let all = (1 + 2 * days as usize, 1 + 11 * i128::from(days));
    assert_eq!(totals(&fixture, Granularity::Hour), all);
    // A late sample of an hour that was copied out of the ring.
    push(&fixture, START_HOUR + 24, 1_000);
    let all = (all.0, all.1 + 1_000);
    assert_eq!(totals(&fixture, Granularity::Hour), all);
    assert_eq!(totals(&fixture, Granularity::Day), (1 + days as usize, all.1));
    fixture.check_storage();
    at(&fixture, month_hour(12));
    make_all(&fixture);
    assert_eq!(prune(&fixture), 0);
    let arguments = (&fixture.stream, 20u32, 3u32, 3u32, Some(true)).into_val(&fixture.e);
    fixture.sign(&fixture.owner, "set_retention", arguments);
    assert_eq!(
        fixture.analytics.try_set_retention(&fixture.stream, &20, &3, &3, &Some(true)),
        Err(Ok(AnalyticsError::OnHold.into())),
        "the ring keeps its length"
    );
    keep(&fixture, 3, 0, false);
    assert_eq!(totals(&fixture, Granularity::Hour), all, "released, not yet pruned");
    while prune(&fixture) > 0 {}
    let folded = totals(&fixture, Granularity::Hour);
    assert!(folded.0 < all.0 && folded.1 == all.1, "{folded:?}");
    fixture.check_storage();
    keep(&fixture, 3, 3, false);
    while prune(&fixture) > 0 {}
    assert!(totals(&fixture, Granularity::Day).1 < all.1 / 2);
    fixture.check_storage();
}

#[test]
fn retentions_of_days_and_months_have_bounds() {
    let fixture = Fixture::new();
    push(&fixture, START_HOUR, 1);
    for (day_months, months) in [(1, 0), (0, 1), (2, 12), (1_201, 0), (0, u32::MAX)] {
        let arguments =
            (&fixture.stream, 14u32, day_months, months, None::<bool>).into_val(&fixture.e);
        fixture.sign(&fixture.owner, "set_retention", arguments);
        assert_eq!(
            fixture.analytics.try_set_retention(&fixture.stream, &14, &day_months, &months, &None),
            Err(Ok(AnalyticsError::RetentionInvalid.into()))
        );
    }
}
