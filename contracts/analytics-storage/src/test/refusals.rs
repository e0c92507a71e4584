//! What is refused is refused with its own error, and changes nothing.

extern crate std;

use lumenscope_interfaces::analytics_storage::{
    AnalyticsError, Granularity, HISTORY_METRICS_MAX, HISTORY_STREAMS_MAX,
};
use lumenscope_interfaces::common::StreamKey;
use soroban_sdk::testutils::Address as _;
use soroban_sdk::{Address, Bytes, Env, IntoVal, Symbol, Vec, symbol_short};

use super::support::{Closed, Fixture, START_HOUR, export};
use crate::{AnalyticsStorageContract, AnalyticsStorageContractClient};

fn with_one_hour() -> Fixture {
    let fixture = Fixture::new();
    fixture.at_hour(START_HOUR + 2);
    fixture.push(&[Closed::hour(START_HOUR, &[&[1], &[0]])]);
    fixture
}

#[test]
fn only_performance_monitor_stores() {
    let fixture = Fixture::new();
    let closed = export(&fixture.e, &[Closed::hour(START_HOUR, &[&[1], &[0]])]);
    let (stream, metrics) = (&fixture.stream, &fixture.metrics());
    fixture.e.set_auths(&[]);
    assert!(fixture.analytics.try_ingest(stream, metrics, &closed).is_err());
    let arguments = (stream, metrics, &closed).into_val(&fixture.e);
    fixture.sign(&fixture.admin, "ingest", arguments);
    assert!(fixture.analytics.try_ingest(stream, metrics, &closed).is_err());
    let unknown = AnalyticsError::HistoryUnknown.into();
    assert_eq!(fixture.analytics.try_history_metrics(stream), Err(Ok(unknown)));
}

#[test]
fn without_the_link_nothing_is_stored() {
    let e = Env::default();
    let admin = Address::generate(&e);
    let id = e.register(AnalyticsStorageContract, (&admin, 0u64));
    let analytics = AnalyticsStorageContractClient::new(&e, &id);
    assert_eq!(analytics.monitor(), None);
    let fixture = Fixture::new();
    let stream = &fixture.stream;
    assert_eq!(
        AnalyticsStorageContractClient::new(
            &fixture.e,
            &fixture.e.register(AnalyticsStorageContract, (&fixture.admin, 0u64))
        )
        .try_ingest(stream, &fixture.metrics(), &Bytes::new(&fixture.e)),
        Err(Ok(AnalyticsError::MonitorUnset.into()))
    );
}

#[test]
fn only_the_admin_sets_the_link() {
    let fixture = Fixture::new();
    let other = Address::generate(&fixture.e);
    fixture.sign(&fixture.owner, "set_monitor", (&other,).into_val(&fixture.e));
    assert!(fixture.analytics.try_set_monitor(&other).is_err());
    assert_eq!(fixture.analytics.monitor(), Some(fixture.monitor.address.clone()));
}

#[test]
fn an_export_that_cannot_be_is_refused() {
    let fixture = with_one_hour();
    let good = [Closed::hour(START_HOUR + 1, &[&[1], &[0]])];
    let backwards = [Closed::span(START_HOUR + 1, START_HOUR, &[&[1], &[0]])];
    let beyond_time = [Closed::hour(u32::MAX, &[&[1], &[0]])];
    let mut truncated = export(&fixture.e, &good);
    truncated.pop_back();
    let mut newer = export(&fixture.e, &good);
    newer.set(0, 2);
    let hours: std::vec::Vec<Closed> =
        (0..5).map(|hour| Closed::hour(START_HOUR + hour, &[&[1], &[0]])).collect();
    let one_metric = Vec::from_array(&fixture.e, [symbol_short!("fee")]);
    let cases = [
        (fixture.metrics(), export(&fixture.e, &backwards)),
        (fixture.metrics(), export(&fixture.e, &beyond_time)),
        (fixture.metrics(), export(&fixture.e, &hours)),
        (fixture.metrics(), truncated),
        (fixture.metrics(), newer),
        (fixture.metrics(), Bytes::from_slice(&fixture.e, &[1; 5_000])),
        (one_metric, export(&fixture.e, &good)),
    ];
    let before = fixture.buckets(Granularity::Hour);
    for (metrics, bytes) in cases {
        let address = &fixture.analytics.address;
        let refused = fixture.monitor.try_push(address, &fixture.stream, &metrics, &bytes);
        assert!(refused.is_err(), "{bytes:?}");
        assert_eq!(fixture.buckets(Granularity::Hour), before);
    }
    let mut empty = [0; 64 + 2 * (2 + 212)];
    empty[..2].copy_from_slice(&[1, 2]);
    let empty = Bytes::from_slice(&fixture.e, &empty);
    let address = &fixture.analytics.address;
    assert_eq!(fixture.monitor.push(address, &fixture.stream, &fixture.metrics(), &empty), 0);
}

#[test]
fn more_metrics_than_a_history_may_name_are_refused() {
    let fixture = with_one_hour();
    let mut names = 2;
    let mut push = || {
        let metrics = Vec::from_array(
            &fixture.e,
            [names, names + 1].map(|n| Symbol::new(&fixture.e, &std::format!("metric_{n}"))),
        );
        names += 2;
        let bytes = export(&fixture.e, &[Closed::hour(START_HOUR + 1, &[&[1], &[1]])]);
        fixture.monitor.try_push(&fixture.analytics.address, &fixture.stream, &metrics, &bytes)
    };
    for _ in 1..HISTORY_METRICS_MAX / 2 {
        assert!(push().is_ok());
    }
    assert!(push().is_err());
    let held = || fixture.analytics.history_metrics(&fixture.stream);
    assert_eq!(held().len(), HISTORY_METRICS_MAX);

    // Asked without hours, as when a stream is opened, it says so before anything is recorded.
    let nothing = Bytes::new(&fixture.e);
    let ask = |stream: &StreamKey, names: &[&str]| {
        let mut metrics = Vec::new(&fixture.e);
        names.iter().for_each(|name| metrics.push_back(Symbol::new(&fixture.e, name)));
        fixture.monitor.try_push(&fixture.analytics.address, stream, &metrics, &nothing)
    };
    assert_eq!(ask(&fixture.stream, &["metric_2", "metric_40"]), Ok(Ok(0)));
    assert!(ask(&fixture.stream, &["metric_2", "one_more"]).is_err());
    assert_eq!(held().len(), HISTORY_METRICS_MAX);
    let unknown = StreamKey { function: symbol_short!("other"), ..fixture.stream.clone() };
    assert_eq!(ask(&unknown, &["metric_2", "one_more"]), Ok(Ok(0)));
    let known = fixture.analytics.try_history_metrics(&unknown);
    assert_eq!(known, Err(Ok(AnalyticsError::HistoryUnknown.into())));
}

#[test]
fn unknown_streams_and_metrics_are_named_so() {
    let fixture = with_one_hour();
    let mut query = fixture.query(Granularity::Hour, START_HOUR, START_HOUR + 1);
    query.metric = symbol_short!("other");
    let unknown_metric = AnalyticsError::HistoryMetricUnknown.into();
    assert_eq!(fixture.analytics.try_range(&query), Err(Ok(unknown_metric)));
    assert_eq!(fixture.analytics.try_range_packed(&query), Err(Ok(unknown_metric)));
    assert_eq!(fixture.analytics.try_aggregate(&query), Err(Ok(unknown_metric)));
    query.stream.function = symbol_short!("other");
    let unknown = AnalyticsError::HistoryUnknown.into();
    assert_eq!(fixture.analytics.try_range(&query), Err(Ok(unknown)));
    assert_eq!(fixture.analytics.try_history_metrics(&query.stream), Err(Ok(unknown)));
    assert_eq!(fixture.analytics.try_storage_statistics(&query.stream), Err(Ok(unknown)));
    assert_eq!(fixture.analytics.try_latest(&query.stream, &query.metric), Err(Ok(unknown)));
}

#[test]
fn ranges_that_cannot_be_are_refused() {
    let fixture = with_one_hour();
    let invalid = AnalyticsError::RangeInvalid.into();
    let mut query = fixture.query(Granularity::Hour, START_HOUR, START_HOUR);
    assert_eq!(fixture.analytics.try_range(&query), Err(Ok(invalid)));
    (query.from_s, query.to_s) = (query.to_s, query.to_s - 1);
    assert_eq!(fixture.analytics.try_aggregate(&query), Err(Ok(invalid)));
    query.to_s = u64::MAX;
    assert_eq!(fixture.analytics.try_range_packed(&query), Err(Ok(invalid)));
}

#[test]
fn a_packed_reply_beyond_its_bound_is_refused() {
    let fixture = with_one_hour();
    fixture.at_hour(START_HOUR + 721);
    fixture.push(&[Closed::hour(START_HOUR + 720, &[&[1], &[0]])]);
    let ask = |hours: u32| {
        let query = fixture.query(Granularity::Hour, START_HOUR, START_HOUR + hours);
        fixture.analytics.try_range_packed(&query)
    };
    assert!(ask(720).is_ok());
    assert_eq!(ask(721), Err(Ok(AnalyticsError::RangeTooLong.into())));
}

#[test]
fn retention_is_the_owners_and_bounded() {
    let fixture = with_one_hour();
    for days in [0, 1, 63, u32::MAX] {
        let arguments = (&fixture.stream, days, 0u32, 0u32, None::<bool>).into_val(&fixture.e);
        fixture.sign(&fixture.owner, "set_retention", arguments);
        assert_eq!(
            fixture.analytics.try_set_retention(&fixture.stream, &days, &0, &0, &None),
            Err(Ok(AnalyticsError::RetentionInvalid.into()))
        );
    }
    let arguments = (&fixture.stream, 20u32, 0u32, 0u32, None::<bool>).into_val(&fixture.e);
    fixture.sign(&fixture.admin, "set_retention", arguments);
    assert!(fixture.analytics.try_set_retention(&fixture.stream, &20, &0, &0, &None).is_err());
}

#[test]
fn keepers_sign_and_bring_no_more_streams_than_one_call_handles() {
    let fixture = with_one_hour();
    let mut streams = Vec::from_array(&fixture.e, [fixture.stream.clone()]);
    fixture.e.set_auths(&[]);
    assert!(fixture.analytics.try_compact(&fixture.keeper, &streams).is_err());
    assert!(fixture.analytics.try_keep_alive_history(&fixture.keeper, &streams).is_err());
    for _ in 0..HISTORY_STREAMS_MAX {
        streams.push_back(fixture.stream.clone());
    }
    let too_many = AnalyticsError::TooManyStreams.into();
    fixture.sign(&fixture.keeper, "compact", (&fixture.keeper, &streams).into_val(&fixture.e));
    assert_eq!(fixture.analytics.try_compact(&fixture.keeper, &streams), Err(Ok(too_many)));
    let arguments = (&fixture.keeper, &streams).into_val(&fixture.e);
    fixture.sign(&fixture.keeper, "keep_alive_history", arguments);
    let refused = fixture.analytics.try_keep_alive_history(&fixture.keeper, &streams);
    assert_eq!(refused, Err(Ok(too_many)));
}
