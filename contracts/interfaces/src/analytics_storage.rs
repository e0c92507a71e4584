//! `analytics-storage`: history.

use soroban_sdk::{
    Address, Bytes, Env, Symbol, Vec, contractclient, contracterror, contracttype,
};

use crate::common::{Bucket, StatisticsView, StreamKey};

/// Buckets in one struct reply: 60 points stay below the 16,384 B a transaction may return.
pub const RANGE_BUCKETS_MAX: u32 = 60;
/// Buckets in one packed reply: 30 days of hours.
pub const PACKED_BUCKETS_MAX: u32 = 720;
/// Days whose hours are kept unless the stream's owner decides otherwise.
pub const HOUR_RETENTION_DAYS_DEFAULT: u32 = 14;

/// The width of buckets. UTC; weeks start on Monday (ISO 8601), months are civil.
#[contracttype]
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[repr(u32)]
pub enum Granularity {
    /// One hour.
    Hour = 0,
    /// One day.
    Day = 1,
    /// One ISO week.
    Week = 2,
    /// One civil month.
    Month = 3,
}

/// Which buckets to read.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RangeQuery {
    /// The stream.
    pub stream: StreamKey,
    /// The metric's name.
    pub metric: Symbol,
    /// The width of the buckets.
    pub granularity: Granularity,
    /// First second, UTC; rounded down to a bucket.
    pub from_s: u64,
    /// First second after the range, UTC; rounded up to a bucket.
    pub to_s: u64,
    /// Merge in what performance-monitor has not flushed yet.
    pub include_open: bool,
}

/// One page of a range: buckets that hold samples, oldest first.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RangePage {
    /// At most [`RANGE_BUCKETS_MAX`].
    pub buckets: Vec<Bucket>,
    /// `from_s` of the next page, if there is more.
    pub next_from_s: Option<u64>,
}

/// What a stream's history takes.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StorageStatistics {
    /// Ledger entries.
    pub entries: u32,
    /// Bytes of values.
    pub bytes: u32,
    /// Buckets stored, all granularities.
    pub buckets: u32,
    /// What the same buckets would take as plain structs, bytes.
    pub plain_bytes: u32,
}

/// Errors of analytics-storage.
#[contracterror]
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[repr(u32)]
pub enum AnalyticsError {
    /// Nothing was ever flushed for this stream.
    HistoryUnknown = 3100,
    /// The stream's history holds no metric of that name.
    HistoryMetricUnknown = 3101,
    /// Only performance-monitor may store.
    NotTheMonitor = 3102,
    /// The range ends before it starts, or lies beyond the calendar's limits.
    RangeInvalid = 3103,
    /// More than a reply may hold: ask for less, or page.
    RangeTooLong = 3104,
    /// A packed value that cannot be read.
    PackedInvalid = 3105,
    /// More streams or periods than one call may handle.
    TooManyPeriods = 3106,
    /// The period is not closed yet.
    PeriodOpen = 3107,
    /// A retention outside its limits.
    RetentionInvalid = 3108,
    /// Not the owner of the stream.
    NotTheOwner = 3109,
}

/// The history contract.
#[contractclient(name = "AnalyticsStorageClient")]
pub trait AnalyticsStorage {
    /// Stores closed buckets of a stream: `closed` as `lumenscope-hot` exports them, `metrics` in
    /// the order of that export. Authorised by performance-monitor alone. Returns the buckets
    /// stored.
    fn ingest(e: Env, stream: StreamKey, metrics: Vec<Symbol>, closed: Bytes) -> u32;
    /// Sets how many days of hours a stream keeps. Authorised by the stream's owner.
    fn set_retention(e: Env, stream: StreamKey, hour_days: u32);
    /// Makes day, week and month buckets of the periods that closed before now. Anyone may call;
    /// bounded and resumable. Returns the buckets made.
    fn compact(e: Env, caller: Address, streams: Vec<StreamKey>) -> u32;
    /// Extends the life of the streams' history entries. Anyone may call, and pays.
    fn keep_alive_history(e: Env, caller: Address, streams: Vec<StreamKey>);

    /// The streams with history of a contract, from `start`, bounded.
    fn history_streams(e: Env, contract: Address, start: u32, limit: u32) -> Vec<StreamKey>;
    /// The metrics of a stream's history.
    fn history_metrics(e: Env, stream: StreamKey) -> Vec<Symbol>;
    /// Buckets as structs, one page.
    fn range(e: Env, query: RangeQuery) -> RangePage;
    /// Buckets in the packed encoding of `lumenscope-bucket`, at most [`PACKED_BUCKETS_MAX`].
    fn range_packed(e: Env, query: RangeQuery) -> Bytes;
    /// The most recent closed hour.
    fn latest(e: Env, stream: StreamKey, metric: Symbol) -> Option<Bucket>;
    /// One bucket over the whole range, from the coarsest buckets that fit it exactly.
    fn aggregate(e: Env, query: RangeQuery) -> StatisticsView;
    /// What the stream's history takes.
    fn storage_statistics(e: Env, stream: StreamKey) -> StorageStatistics;
}
