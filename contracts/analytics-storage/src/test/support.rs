//! A ledger with the contract, a stand-in for performance-monitor, and exports as it makes them.

extern crate std;

use lumenscope_bucket::{Statistics, fixed};
use lumenscope_interfaces::analytics_storage::{Granularity, RangeQuery};
use lumenscope_interfaces::common::{Bucket, StatisticsView, StreamKey};
use lumenscope_interfaces::performance_monitor::{MonitorError, MonitoredContract};
use lumenscope_sketch::SketchLayout;
use soroban_sdk::testutils::storage::Persistent as _;
use soroban_sdk::testutils::{
    Address as _, EnvTestConfig, Ledger as _, LedgerInfo, MockAuth, MockAuthInvoke,
};
use soroban_sdk::xdr::ToXdr as _;
use soroban_sdk::{
    Address, Bytes, Env, IntoVal, Map, Symbol, TryFromVal, Val, Vec, contract, contractimpl,
    contracttype, panic_with_error, symbol_short,
};
use std::vec::Vec as StdVec;

use crate::{AnalyticsStorageContract, AnalyticsStorageContractClient};

/// 2026-12-21T00:00Z, a Monday: a month's, a year's and a week's end are near.
pub const START_S: u64 = 1_797_811_200;
/// The hour of [`START_S`].
pub const START_HOUR: u32 = (START_S / 3_600) as u32;
/// The day of [`START_S`].
pub const START_DAY: u32 = START_HOUR / 24;
const START_LEDGER: u32 = 60_000_000;

#[contracttype]
enum StandInKey {
    Owner,
    Unflushed,
    Streams,
}

/// Calls as performance-monitor does, and answers what it is told to.
#[contract]
pub struct StandIn;

#[contractimpl]
impl StandIn {
    /// What is not flushed, as the beginning of the entry that performance-monitor answers.
    pub fn set(e: &Env, owner: Address, unflushed: Bytes) {
        e.storage().persistent().set(&StandInKey::Owner, &owner);
        e.storage().persistent().set(&StandInKey::Unflushed, &unflushed);
    }

    pub fn push(
        e: &Env,
        analytics: Address,
        stream: StreamKey,
        metrics: Vec<Symbol>,
        closed: Bytes,
    ) -> u32 {
        AnalyticsStorageContractClient::new(e, &analytics).ingest(&stream, &metrics, &closed)
    }

    /// The stream holds every metric but `gone`.
    pub fn metric(e: &Env, _stream: StreamKey, metric: Symbol) -> Bytes {
        if metric == symbol_short!("gone") {
            panic_with_error!(e, MonitorError::MetricUnknown);
        }
        e.storage().persistent().get(&StandInKey::Unflushed).unwrap()
    }

    pub fn set_streams(e: &Env, streams: Vec<StreamKey>) {
        e.storage().persistent().set(&StandInKey::Streams, &streams);
    }

    pub fn streams(e: &Env, _contract: Address, start: u32, limit: u32) -> Vec<StreamKey> {
        let all: Vec<StreamKey> = e.storage().persistent().get(&StandInKey::Streams).unwrap();
        let end = start.saturating_add(limit).min(all.len());
        all.slice(start.min(end)..end)
    }

    pub fn monitored_contract(e: &Env, contract: Address) -> Option<MonitoredContract> {
        let owner: Address = e.storage().persistent().get(&StandInKey::Owner)?;
        Some(MonitoredContract {
            owner: Some(owner),
            recorder: contract,
            reporters: Map::new(e),
            next: 1,
            streams: 1,
        })
    }
}

/// A span of hours, both ends included, with the statistics of each metric.
pub struct Closed {
    pub start_hour: u32,
    pub end_hour: u32,
    pub metrics: StdVec<Statistics>,
}

impl Closed {
    pub fn hour(hour: u32, metrics: &[&[i64]]) -> Self {
        Self::span(hour, hour, metrics)
    }

    pub fn span(start_hour: u32, end_hour: u32, metrics: &[&[i64]]) -> Self {
        let metrics = metrics.iter().map(|values| statistics(values)).collect();
        Self { start_hour, end_hour, metrics }
    }
}

pub fn statistics(values: &[i64]) -> Statistics {
    let mut statistics = Statistics::EMPTY;
    values.iter().for_each(|value| statistics.record(*value));
    statistics
}

pub fn view(values: &[i64]) -> StatisticsView {
    let Statistics { count, sum, min, max, last, sum_of_squares } = statistics(values);
    StatisticsView { count, sum, min, max, last, sum_of_squares }
}

/// The bytes of an export, written by the table in `lumenscope-hot`.
pub fn export(e: &Env, closed: &[Closed]) -> Bytes {
    let metrics = closed.first().map_or(0, |bucket| bucket.metrics.len());
    let mut bytes = std::vec![0; 64 + metrics * (2 + 212)];
    bytes[..4].copy_from_slice(&[1, metrics as u8, 0, closed.len() as u8]);
    for (slot, bucket) in closed.iter().enumerate().take(4) {
        let span_at = 26 + 8 * slot;
        bytes[span_at..span_at + 4].copy_from_slice(&bucket.start_hour.to_le_bytes());
        bytes[span_at + 4..span_at + 8].copy_from_slice(&bucket.end_hour.to_le_bytes());
        for (metric, statistics) in bucket.metrics.iter().enumerate() {
            let at = 64 + metrics * 2 + metric * 212 + 24 + slot * fixed::BYTES;
            bytes[at..at + fixed::BYTES].copy_from_slice(&fixed::encode(statistics));
        }
    }
    Bytes::from_slice(e, &bytes)
}

/// The bytes of sketches behind an export: the place of the metric and the layout of each, what was
/// counted since the last flush, and before it.
pub fn sketch(layout: &SketchLayout, metric: u8, counters: &[u8]) -> StdVec<u8> {
    let mut bytes = std::vec![metric];
    bytes.extend(layout.encode());
    bytes.extend(counters);
    // What came before came with the last flush.
    bytes.extend(std::vec![9; counters.len()]);
    bytes
}

/// Counters of values.
pub fn counters(layout: &SketchLayout, values: &[i64]) -> StdVec<u8> {
    let mut counters = std::vec![0; layout.byte_len()];
    values.iter().for_each(|value| layout.add(&mut counters, *value).unwrap());
    counters
}

pub struct Fixture {
    pub e: Env,
    pub admin: Address,
    pub owner: Address,
    pub keeper: Address,
    pub analytics: AnalyticsStorageContractClient<'static>,
    pub monitor: StandInClient<'static>,
    pub stream: StreamKey,
}

impl Fixture {
    pub fn new() -> Self {
        let e = Env::new_with_config(EnvTestConfig { capture_snapshot_at_drop: false });
        e.ledger().set(LedgerInfo {
            protocol_version: 28,
            sequence_number: START_LEDGER,
            timestamp: START_S,
            network_id: [7; 32],
            base_reserve: 5_000_000,
            min_temp_entry_ttl: 17_280,
            min_persistent_entry_ttl: 2_073_600,
            max_entry_ttl: 3_110_400,
        });
        let [admin, owner, keeper] = [(); 3].map(|()| Address::generate(&e));
        let id = e.register(AnalyticsStorageContract, (&admin, 0u64));
        let analytics = AnalyticsStorageContractClient::new(&e, &id);
        let monitor = StandInClient::new(&e, &e.register(StandIn, ()));
        monitor.set(&owner, &export(&e, &[]));
        let contract = Address::generate(&e);
        let stream =
            StreamKey { contract, function: symbol_short!("claim"), subject: None, lane: None };
        let fixture = Self { e, admin, owner, keeper, analytics, monitor, stream };
        let link = (&fixture.monitor.address,).into_val(&fixture.e);
        fixture.sign(&fixture.admin, "set_monitor", link);
        fixture.analytics.set_monitor(&fixture.monitor.address);
        fixture
    }

    /// Signs exactly one call for the next invocation.
    pub fn sign(&self, signer: &Address, function: &str, arguments: Vec<Val>) {
        self.e.mock_auths(&[MockAuth {
            address: signer,
            invoke: &MockAuthInvoke {
                contract: &self.analytics.address,
                fn_name: function,
                args: arguments,
                sub_invokes: &[],
            },
        }]);
    }

    pub fn metrics(&self) -> Vec<Symbol> {
        Vec::from_array(&self.e, [symbol_short!("fee"), symbol_short!("failed")])
    }

    /// As performance-monitor's flush does.
    pub fn push(&self, closed: &[Closed]) -> u32 {
        self.push_to(&self.stream, &self.metrics(), closed)
    }

    pub fn push_to(&self, stream: &StreamKey, metrics: &Vec<Symbol>, closed: &[Closed]) -> u32 {
        let bytes = export(&self.e, closed);
        self.monitor.push(&self.analytics.address, stream, metrics, &bytes)
    }

    /// As performance-monitor's flush does, with sketches.
    pub fn push_with(&self, closed: &[Closed], sketches: &[StdVec<u8>]) -> u32 {
        let mut bytes = export(&self.e, closed);
        sketches.iter().for_each(|sketch| bytes.extend_from_slice(sketch));
        self.monitor.push(&self.analytics.address, &self.stream, &self.metrics(), &bytes)
    }

    pub fn compact(&self) -> u32 {
        let streams = Vec::from_array(&self.e, [self.stream.clone()]);
        self.sign(&self.keeper, "compact", (&self.keeper, &streams).into_val(&self.e));
        self.analytics.compact(&self.keeper, &streams)
    }

    pub fn set_retention(&self, hour_days: u32) {
        let arguments = (&self.stream, hour_days, 0u32, 0u32, None::<bool>).into_val(&self.e);
        self.sign(&self.owner, "set_retention", arguments);
        self.analytics.set_retention(&self.stream, &hour_days, &0, &0, &None);
    }

    /// Moves to the start of an hour, and the ledger's sequence with it.
    pub fn at_hour(&self, hour: u32) {
        let seconds = u64::from(hour) * 3_600 - self.e.ledger().timestamp();
        self.e.ledger().with_mut(|ledger| {
            ledger.timestamp += seconds;
            ledger.sequence_number += (seconds / 5) as u32;
        });
    }

    pub fn query(&self, granularity: Granularity, from_hour: u32, to_hour: u32) -> RangeQuery {
        RangeQuery {
            stream: self.stream.clone(),
            metric: symbol_short!("fee"),
            granularity,
            from_s: u64::from(from_hour) * 3_600,
            to_s: u64::from(to_hour) * 3_600,
            include_open: false,
        }
    }

    /// That the statistics of storage are those of what is really stored: entries and bytes.
    pub fn check_storage(&self) {
        let stored = self.e.as_contract(&self.analytics.address, || {
            let (mut entries, mut bytes) = (0, 0);
            for (key, value) in self.e.storage().persistent().all() {
                // Those of administration have other keys.
                if !Vec::<Val>::try_from_val(&self.e, &key).is_ok_and(|key| key.len() == 4) {
                    continue;
                }
                entries += 1;
                // Sheets count as long as they are, the marks and names with what wraps them.
                bytes += match Bytes::try_from_val(&self.e, &value) {
                    Ok(sheet) => sheet.len(),
                    Err(_) => value.to_xdr(&self.e).len(),
                };
            }
            (entries, bytes)
        });
        let said = self.analytics.storage_statistics(&self.stream);
        assert_eq!((said.entries, said.bytes), stored);
    }

    /// All pages of a range.
    pub fn range(&self, mut query: RangeQuery) -> StdVec<Bucket> {
        let mut all = StdVec::new();
        loop {
            let page = self.analytics.range(&query);
            all.extend(page.buckets.iter());
            let Some(next_from_s) = page.next_from_s else { return all };
            assert!(next_from_s > query.from_s, "paging goes on");
            query.from_s = next_from_s;
        }
    }

    pub fn buckets(&self, granularity: Granularity) -> StdVec<Bucket> {
        self.range(self.query(granularity, START_HOUR - 24 * 400, START_HOUR + 24 * 400))
    }
}
