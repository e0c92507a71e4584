//! Answers that are kept.

extern crate std;

use lumenscope_interfaces::analytics_storage::{
    AnalyticsError, CACHED_LEDGERS, Granularity, RangeQuery,
};
use lumenscope_interfaces::common::StatisticsView;
use soroban_sdk::testutils::{Events as _, Ledger as _};
use soroban_sdk::{Error, Event, IntoVal, symbol_short};

use super::support::{Closed, Fixture, START_HOUR, view};
use crate::events::HistoryChanged;

fn warm(fixture: &Fixture, query: &RangeQuery) -> Result<StatisticsView, Error> {
    fixture.sign(&fixture.keeper, "warm", (&fixture.keeper, query).into_val(&fixture.e));
    match fixture.analytics.try_warm(&fixture.keeper, query) {
        Ok(answer) => Ok(answer.unwrap()),
        Err(error) => Err(error.unwrap()),
    }
}

/// Two days of hours, made.
fn made() -> Fixture {
    let fixture = Fixture::new();
    for day in 0..2 {
        let hour = START_HOUR + 24 * day;
        fixture.at_hour(hour + 24);
        fixture.push(&[Closed::hour(hour, &[&[-5, 1 << 42], &[0]])]);
        fixture.compact();
    }
    fixture
}

fn days(fixture: &Fixture, from: u32, to: u32) -> RangeQuery {
    fixture.query(Granularity::Day, START_HOUR + 24 * from, START_HOUR + 24 * to)
}

#[test]
fn an_answer_is_kept_and_is_that_of_aggregate() {
    let fixture = made();
    let query = days(&fixture, 0, 2);
    assert_eq!(fixture.analytics.cached(&query), None);
    let answer = view(&[-5, 1 << 42, -5, 1 << 42]);
    assert_eq!(warm(&fixture, &query), Ok(answer.clone()));
    let event = HistoryChanged {
        contract: fixture.stream.contract.clone(),
        function: fixture.stream.function.clone(),
        change: symbol_short!("warmed"),
        subject: None,
        by: fixture.keeper.clone(),
        from: START_HOUR,
        to: START_HOUR + 48,
    };
    let address = &fixture.analytics.address;
    assert_eq!(fixture.e.events().all(), std::vec![event.to_xdr(&fixture.e, address)]);
    assert_eq!(fixture.analytics.aggregate(&query), answer);
    assert_eq!(fixture.analytics.cached(&query), Some(answer));
    // Another question has another answer.
    let (day, mut by_hour, mut metric) = (days(&fixture, 0, 1), query.clone(), query.clone());
    by_hour.granularity = Granularity::Hour;
    metric.metric = symbol_short!("failed");
    for other in [day, by_hour, metric] {
        assert_eq!(fixture.analytics.cached(&other), None);
    }
    // A range without samples has an answer, too.
    let before = fixture.query(Granularity::Day, START_HOUR - 48, START_HOUR);
    assert_eq!(warm(&fixture, &before), Ok(view(&[])));
    assert_eq!(fixture.analytics.cached(&before), Some(view(&[])));
}

#[test]
fn an_answer_is_never_stale() {
    let fixture = made();
    let query = days(&fixture, 0, 2);
    warm(&fixture, &query).unwrap();
    // Hours of a day that is not made yet change no answer.
    fixture.push(&[Closed::hour(START_HOUR + 48, &[&[1], &[0]])]);
    assert!(fixture.analytics.cached(&query).is_some());
    // What comes late does.
    fixture.push(&[Closed::hour(START_HOUR + 3, &[&[7], &[0]])]);
    assert_eq!(fixture.analytics.cached(&query), None);
    assert_eq!(warm(&fixture, &query).unwrap().count, 5);
    assert_eq!(fixture.analytics.cached(&query).unwrap().count, 5);
    // So does a month that is dropped.
    for month in 1..6 {
        let hour = START_HOUR + 31 * 24 * month;
        fixture.e.ledger().set_timestamp(u64::from(hour + 48) * 3_600);
        fixture.push(&[Closed::hour(hour, &[&[1], &[0]])]);
        while fixture.compact() > 0 {}
    }
    assert_eq!(fixture.analytics.cached(&query).unwrap().count, 5);
    let arguments = (&fixture.stream, 14u32, 0u32, 3u32, None::<bool>).into_val(&fixture.e);
    fixture.sign(&fixture.owner, "set_retention", arguments);
    fixture.analytics.set_retention(&fixture.stream, &14, &0, &3, &None);
    let streams = soroban_sdk::Vec::from_array(&fixture.e, [fixture.stream.clone()]);
    fixture.sign(&fixture.keeper, "prune", (&fixture.keeper, &streams).into_val(&fixture.e));
    assert!(fixture.analytics.prune(&fixture.keeper, &streams) > 0);
    assert_eq!(fixture.analytics.cached(&query), None);
}

#[test]
fn a_range_that_may_still_change_is_not_kept() {
    let fixture = made();
    let refused = Err(AnalyticsError::RangeOpen.into());
    let open = RangeQuery { include_open: true, ..days(&fixture, 0, 1) };
    fixture.monitor.set(
        &fixture.owner,
        &super::support::export(&fixture.e, &[Closed::hour(START_HOUR + 48, &[&[1]])]),
    );
    assert_eq!(warm(&fixture, &open), refused);
    assert_eq!(warm(&fixture, &days(&fixture, 0, 3)), refused, "today");
    // Rounded to its week, the range is not over.
    let week = RangeQuery { granularity: Granularity::Week, ..days(&fixture, 0, 1) };
    assert_eq!(warm(&fixture, &week), refused);
    assert_eq!(warm(&fixture, &days(&fixture, 1, 1)), Err(AnalyticsError::RangeInvalid.into()));
    for query in [open, days(&fixture, 0, 3), week] {
        assert_eq!(fixture.analytics.cached(&query), None);
    }
}

#[test]
fn an_answer_is_kept_for_thirty_days() {
    let fixture = made();
    let query = days(&fixture, 0, 2);
    warm(&fixture, &query).unwrap();
    let start = fixture.e.ledger().sequence();
    fixture.e.ledger().set_sequence_number(start + CACHED_LEDGERS);
    assert!(fixture.analytics.cached(&query).is_some());
    fixture.e.ledger().set_sequence_number(start + CACHED_LEDGERS + 1);
    assert_eq!(fixture.analytics.cached(&query), None);
}
