//! The entry points. What each does, refuses and asks for is said once, at the client's trait:
//! [`AnalyticsStorage`].

use lumenscope_interfaces::analytics_storage::{
    AnalyticsError, AnalyticsStorage, COMPACT_METRIC_DAYS_MAX, Distribution, Granularity,
    HISTORY_STREAMS_MAX, PRUNE_MONTHS_MAX, RETENTION_MONTHS_MAX, RangePage, RangeQuery, Ranking,
    Retention, StorageStatistics,
};
use lumenscope_interfaces::common::{Bucket, StatisticsView, StreamKey, TTL_TARGET_LEDGERS};
use lumenscope_interfaces::governance::{self, Administration, Governance, Role, Schema};
use soroban_sdk::{
    Address, Bytes, BytesN, Env, Symbol, TryFromVal, Vec, contract, contractimpl, symbol_short,
};

use crate::compact::compact;
use crate::events::changed;
use crate::history::History;
use crate::prune::prune;
use crate::{cache, ingest, reply, retention, sketches, storage, top};

/// The history contract.
#[contract]
pub struct AnalyticsStorageContract;

impl Schema for AnalyticsStorageContract {
    const VERSION: u32 = 1;
}

#[contractimpl(contracttrait)]
impl Governance for AnalyticsStorageContract {}

#[contractimpl]
impl AnalyticsStorageContract {
    /// `admin` administers; upgrades wait `upgrade_delay_s` seconds. The link to
    /// performance-monitor is set when both exist.
    pub fn __constructor(e: &Env, admin: Address, upgrade_delay_s: u64) {
        governance::construct::<Self>(e, &admin, upgrade_delay_s);
    }
}

#[contractimpl]
impl AnalyticsStorage for AnalyticsStorageContract {
    fn ingest(e: Env, stream: StreamKey, metrics: Vec<Symbol>, closed: Bytes) -> u32 {
        let monitor = storage::require_monitor(&e);
        monitor.require_auth();
        ingest::ingest(&e, &monitor, &stream, &metrics, &closed)
    }

    fn set_retention(
        e: Env,
        stream: StreamKey,
        hour_days: u32,
        day_months: u32,
        months: u32,
        legal_hold: Option<bool>,
    ) {
        retention::set(&e, &stream, hour_days, day_months, months, legal_hold);
    }

    fn retention(_e: Env, stream: StreamKey) -> Retention {
        retention::of(&History::require(&stream))
    }

    fn set_minimum_retention(e: Env, months: u32) {
        let admin = governance::require_admin(&e);
        if months > RETENTION_MONTHS_MAX {
            storage::fail(&e, AnalyticsError::RetentionInvalid);
        }
        storage::set_minimum_months(&e, months);
        governance::tell(&e, symbol_short!("minimum"), admin, months.into());
    }

    fn prune(e: Env, caller: Address, streams: Vec<StreamKey>) -> u32 {
        housekeep(&e, &caller, &streams, Work::Prune)
    }

    fn compact(e: Env, caller: Address, streams: Vec<StreamKey>) -> u32 {
        housekeep(&e, &caller, &streams, Work::Compact)
    }

    fn keep_alive_history(e: Env, caller: Address, streams: Vec<StreamKey>) {
        housekeep(&e, &caller, &streams, Work::Extend);
    }

    fn set_monitor(e: Env, monitor: Address) {
        let admin = governance::require_admin(&e);
        storage::set_monitor(&e, &monitor);
        governance::tell(&e, symbol_short!("monitor"), admin, monitor.to_val());
    }

    fn monitor(e: Env) -> Option<Address> {
        storage::monitor(&e)
    }

    fn history_metrics(e: Env, stream: StreamKey) -> Vec<Symbol> {
        let history = History::require(&stream);
        let mut names = Vec::new(&e);
        for place in 0..history.metrics() {
            // The other names are those of sketches.
            if let Ok(name) = Symbol::try_from_val(&e, &history.name(place)) {
                names.push_back(name);
            }
        }
        names
    }

    fn range(e: Env, query: RangeQuery) -> RangePage {
        reply::page(&e, &query)
    }

    fn range_packed(e: Env, query: RangeQuery) -> Bytes {
        reply::packed(&e, &query)
    }

    fn latest(e: Env, stream: StreamKey, metric: Symbol) -> Option<Bucket> {
        reply::latest(&e, &stream, &metric)
    }

    fn aggregate(_e: Env, query: RangeQuery) -> StatisticsView {
        reply::aggregate(&query)
    }

    fn window(
        e: Env,
        stream: StreamKey,
        metric: Symbol,
        from_hour: u32,
        to_hour: u32,
    ) -> BytesN<47> {
        reply::window(&e, &stream, &metric, from_hour, to_hour)
    }

    fn quantiles(e: Env, query: RangeQuery, per_mille: Vec<u32>) -> Distribution {
        sketches::distribution(&e, &query, &per_mille)
    }

    fn top_functions(
        e: Env,
        contract: Address,
        metric: Symbol,
        granularity: Granularity,
        from_s: u64,
        to_s: u64,
        by: Ranking,
        start: u32,
        limit: u32,
    ) -> Vec<(Symbol, StatisticsView)> {
        let stream = StreamKey { contract, function: metric.clone(), subject: None, lane: None };
        let mut query =
            RangeQuery { stream, metric, granularity, from_s, to_s, include_open: true };
        top::functions(&e, &mut query, by, start, limit)
    }

    fn warm(e: Env, caller: Address, query: RangeQuery) -> StatisticsView {
        cache::warm(&e, &caller, &query)
    }

    fn cached(e: Env, query: RangeQuery) -> Option<StatisticsView> {
        cache::cached(&e, &query)
    }

    fn compare(e: Env, first: RangeQuery, second: RangeQuery) -> Vec<Option<i128>> {
        reply::compare(&e, &first, &second)
    }

    fn storage_statistics(_e: Env, stream: StreamKey) -> StorageStatistics {
        retention::statistics(&History::require(&stream), false)
    }
}

/// What is done for streams.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Work {
    /// Makes their days.
    Compact,
    /// Folds and drops what is beyond its retention.
    Prune,
    /// Extends their lives.
    Extend,
}

/// Does it. Returns how many days or months were passed.
#[inline(never)]
fn housekeep(e: &Env, caller: &Address, streams: &Vec<StreamKey>, work: Work) -> u32 {
    caller.require_auth();
    if streams.len() > HISTORY_STREAMS_MAX {
        storage::fail(e, AnalyticsError::TooManyStreams);
    }
    let mut budget = if work == Work::Prune { PRUNE_MONTHS_MAX } else { COMPACT_METRIC_DAYS_MAX };
    let mut passed = 0u32;
    for place in 0..streams.len() {
        let stream = streams.get_unchecked(place);
        let mut history = History::require(&stream);
        if work == Work::Extend {
            retention::statistics(&history, true);
            changed(&history, symbol_short!("extended"), caller, 0, TTL_TARGET_LEDGERS);
        } else if work == Work::Prune {
            passed = passed.wrapping_add(prune(&mut history, caller, &mut budget));
        } else {
            passed = passed.wrapping_add(compact(&mut history, caller, &mut budget));
        }
    }
    passed
}
