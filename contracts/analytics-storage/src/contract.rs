//! The entry points. What each does, refuses and asks for is said once, at the client's trait:
//! [`AnalyticsStorage`].

use lumenscope_interfaces::analytics_storage::{
    AnalyticsError, AnalyticsStorage, COMPACT_DAYS_MAX, HISTORY_STREAMS_MAX, PRUNE_MONTHS_MAX,
    RETENTION_MONTHS_MAX, RangePage, RangeQuery, StorageStatistics,
};
use lumenscope_interfaces::common::{Bucket, StatisticsView, StreamKey, TTL_TARGET_LEDGERS};
use lumenscope_interfaces::governance::{self, Administration, Governance, Role, Schema};
use soroban_sdk::{
    Address, Bytes, BytesN, Env, FromVal, Symbol, Vec, contract, contractimpl, symbol_short,
};

use crate::compact::compact;
use crate::events::changed;
use crate::history::History;
use crate::prune::prune;
use crate::{ingest, reply, retention, storage};

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
        legal_hold: bool,
    ) {
        retention::set(&e, &stream, hour_days, day_months, months, legal_hold);
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
        let mut names = History::require(&stream).record().clone();
        names.remove_unchecked(0);
        Vec::from_val(&e, &names.to_val())
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
    let mut budget = if work == Work::Prune { PRUNE_MONTHS_MAX } else { COMPACT_DAYS_MAX };
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
