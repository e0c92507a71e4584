//! `analytics-storage`: history.
//!
//! Which range a bucket belongs to: the one that holds its first second. So pages and adjacent
//! ranges never count a sample twice. A bucket wider than the granularity asked for is `coarse`:
//! nobody flushed in time, or its hours are beyond the retention and only their day is left.

use soroban_sdk::{
    Address, Bytes, BytesN, Env, Symbol, Vec, contractclient, contracterror, contracttype,
};

use crate::common::{Bucket, DAY_LEDGERS, StatisticsView, StreamKey};

/// Buckets in one struct reply: 60 points stay below the 16,384 B a transaction may return.
pub const RANGE_BUCKETS_MAX: u32 = 60;
/// Buckets in one packed reply: 30 days of hours.
pub const PACKED_BUCKETS_MAX: u32 = 720;
/// Days whose hours are kept unless the stream's owner decides otherwise.
pub const HOUR_RETENTION_DAYS_DEFAULT: u32 = 14;
/// Fewest days: yesterday's hours may still come after midnight.
pub const HOUR_RETENTION_DAYS_MIN: u32 = 2;
/// Most days: two months of hours; each day is an entry whose rent never ends.
pub const HOUR_RETENTION_DAYS_MAX: u32 = 62;
/// Fewest months that days and months are kept, if not for good: whatever hours are left of a month
/// that ended so long ago are beyond their own retention.
pub const RETENTION_MONTHS_MIN: u32 = 3;
/// Most months: a century.
pub const RETENTION_MONTHS_MAX: u32 = 1_200;
/// Months that one `prune` passes, of all its streams: each has up to 31 days of hours to look at,
/// and a transaction may name 400 entries.
pub const PRUNE_MONTHS_MAX: u32 = 4;
/// Metrics that one stream's history may name, all of its lanes' and those it no longer records
/// included.
pub const HISTORY_METRICS_MAX: u32 = 64;
/// Sketches that one stream's history keeps, each of another metric, range or number of bins: a week of
/// them is one entry, and takes 6 KB for each at most.
pub const HISTORY_SKETCHES_MAX: u32 = 8;
/// Streams in one `compact` or `keep_alive_history`.
pub const HISTORY_STREAMS_MAX: u32 = 20;
/// Days that one `compact` makes, of all its streams: reads as many entries.
pub const COMPACT_DAYS_MAX: u32 = 30;
/// Days times their metrics that one `compact` makes: a day of 24 hours of a metric takes 0.9 million
/// of the 400 million instructions of a transaction.
pub const COMPACT_METRIC_DAYS_MAX: u32 = 300;
/// Weeks of sketches, up to the newest, whose lives `keep_alive_history` extends: more would in time
/// be more entries than a transaction may name.
pub const SKETCH_WEEKS_KEPT: u32 = 104;
/// How long before a stream's newest day a sample may be, in days: all its months are looked at by
/// one call.
pub const PAST_DAYS_MAX: u32 = 3_653;
/// Ledgers that an answer is kept: 30 days.
pub const CACHED_LEDGERS: u32 = 30 * DAY_LEDGERS;
/// Bytes of a [`Bucket`] as a contract stores it: what packing is compared with.
pub const PLAIN_BUCKET_BYTES: u32 = 320;

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

/// What functions are ranked by.
#[contracttype]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum Ranking {
    /// How many samples there are.
    Count = 0,
    /// Their sum.
    Sum = 1,
    /// Their mean, compared to a millionth of the unit: of a ratio, the ratio.
    Mean = 2,
    /// The largest.
    Max = 3,
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

/// How the samples of a metric with a sketch are distributed.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Distribution {
    /// The sketch's range, in the metric's unit: its smallest value.
    pub min: i64,
    /// Its largest.
    pub max: i64,
    /// Samples below the range.
    pub below: u64,
    /// Samples inside.
    pub inside: u64,
    /// Samples above.
    pub above: u64,
    /// The quantiles, in the order asked for, within 5 %. `None` where one lies below or above the
    /// range, or without samples; and where it is not known since counters were at their limit,
    /// 65,535 between two flushes.
    pub quantiles: Vec<Option<i64>>,
}

/// How long a stream's history is kept, as [`AnalyticsStorage::set_retention`] set it.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Retention {
    /// Days of hours.
    pub hour_days: u32,
    /// Months of days; 0 for good.
    pub day_months: u32,
    /// Months; 0 for good.
    pub months: u32,
    /// Whether nothing goes.
    pub legal_hold: bool,
}

/// What a stream's history takes.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StorageStatistics {
    /// Ledger entries.
    pub entries: u32,
    /// Bytes of their values, the room kept for hours to come included.
    pub bytes: u32,
    /// Buckets stored, hours and days of all metrics. Times [`PLAIN_BUCKET_BYTES`] it is what they
    /// would take unpacked.
    pub buckets: u32,
}

/// Errors of analytics-storage.
#[contracterror]
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[repr(u32)]
pub enum AnalyticsError {
    /// Nothing was ever flushed for this stream.
    HistoryUnknown = 3100,
    /// The stream's history holds no metric of that name, or no sketch of it.
    HistoryMetricUnknown = 3101,
    /// The range ends before it starts, or lies beyond the calendar's limits; samples older than
    /// [`PAST_DAYS_MAX`]; or a share of more than 1,000 thousandths.
    RangeInvalid = 3103,
    /// More than a reply may hold: ask for less, or page.
    RangeTooLong = 3104,
    /// A packed value that cannot be read.
    PackedInvalid = 3105,
    /// More streams than one call may handle.
    TooManyStreams = 3106,
    /// A retention outside its limits: 2 to 62 days of hours; months 0, or 3 to 1,200.
    RetentionInvalid = 3108,
    /// Not the owner of the stream.
    NotTheOwner = 3109,
    /// The retention was changed before, and days of the former one wait for `compact`.
    NotCompacted = 3110,
    /// More metrics than a stream's history may name.
    TooManyMetrics = 3111,
    /// The link to performance-monitor is not set.
    MonitorUnset = 3112,
    /// performance-monitor did not answer what is not flushed yet.
    MonitorUnreadable = 3113,
    /// Not possible while the stream's history is on legal hold.
    OnHold = 3114,
    /// Days of the range were not made yet (`compact` makes those that are over), or the open hour was
    /// asked for.
    RangeOpen = 3115,
}

/// The history contract.
#[contractclient(name = "AnalyticsStorageClient")]
pub trait AnalyticsStorage {
    /// Stores closed buckets of a stream: `closed` as `lumenscope-hot` exports them, `metrics` in
    /// the order of that export. Authorised by performance-monitor alone. Returns the spans.
    ///
    /// Samples that come after their day was made are added to it. The `last` of such a day is
    /// theirs only if they are the stream's newest.
    ///
    /// The first [`HISTORY_SKETCHES_MAX`] sketches that come are kept. Samples of more than
    /// [`PAST_DAYS_MAX`] before the newest are refused. What is too much for an entry is merged: hours
    /// into their day, days into their month.
    ///
    /// Without `closed`, `metrics` take their places: those that the history would have none for
    /// ([`HISTORY_METRICS_MAX`]) are refused.
    fn ingest(e: Env, stream: StreamKey, metrics: Vec<Symbol>, closed: Bytes) -> u32;
    /// Sets how long a stream's history is kept. Authorised by the stream's owner.
    ///
    /// `hour_days`: days of hours, from the day after the newest on; [`HOUR_RETENTION_DAYS_MIN`] to
    /// [`HOUR_RETENTION_DAYS_MAX`]. `day_months`: whole months that days are kept after their own,
    /// until `prune` folds them into one bucket of their month; sketches stay by day. `months`: whole months that a month
    /// is kept after its end, until `prune` drops it. Both [`RETENTION_MONTHS_MIN`] to
    /// [`RETENTION_MONTHS_MAX`], or 0 for good, which is what a stream begins with.
    ///
    /// `legal_hold`: `None` leaves it as it is. `true`: from now on, until it is released, nothing is folded or dropped, hours whose
    /// place in the ring comes round are copied out of it, at the expense of who flushes, and the
    /// ring keeps its length, in this call too. Released, the copies stay until their month is folded or dropped. A
    /// copy's life is not extended here: archived, it is restored by who reads it.
    fn set_retention(
        e: Env,
        stream: StreamKey,
        hour_days: u32,
        day_months: u32,
        months: u32,
        legal_hold: Option<bool>,
    );
    /// How long a stream's history is kept.
    fn retention(e: Env, stream: StreamKey) -> Retention;
    /// Sets for how many whole months after their end all streams' months and days are kept whatever
    /// their owners choose; at most [`RETENTION_MONTHS_MAX`]. Authorised by the admin.
    fn set_minimum_retention(e: Env, months: u32);
    /// Folds and drops what is beyond its stream's retention, and hours left of such months. A bucket
    /// that nobody flushed in time goes with the month of its first second. Anyone
    /// may call; at most [`PRUNE_MONTHS_MAX`] months, the next call goes on. Only months whose days
    /// were all made. Returns how many months were passed.
    fn prune(e: Env, caller: Address, streams: Vec<StreamKey>) -> u32;
    /// Makes the days that are over. Anyone may call; at most [`COMPACT_DAYS_MAX`], and no more than
    /// [`COMPACT_METRIC_DAYS_MAX`] of all their metrics; the next call goes on. Returns how many were
    /// passed, those without samples included.
    fn compact(e: Env, caller: Address, streams: Vec<StreamKey>) -> u32;
    /// Extends the life of the streams' history entries towards 150 days, by at most 31: those of
    /// sketches for [`SKETCH_WEEKS_KEPT`], those of copies on legal hold not. Anyone may call, and
    /// pays.
    fn keep_alive_history(e: Env, caller: Address, streams: Vec<StreamKey>);
    /// Sets who may store. Authorised by the admin.
    fn set_monitor(e: Env, monitor: Address);

    /// Who may store, once set.
    fn monitor(e: Env) -> Option<Address>;
    /// The metrics of a stream's history, in order of appearance.
    fn history_metrics(e: Env, stream: StreamKey) -> Vec<Symbol>;
    /// Buckets as structs, one page.
    fn range(e: Env, query: RangeQuery) -> RangePage;
    /// Buckets in the packed encoding of `lumenscope-bucket`, at most [`PACKED_BUCKETS_MAX`]: one
    /// series or several behind each other, oldest first.
    fn range_packed(e: Env, query: RangeQuery) -> Bytes;
    /// The most recent bucket stored of the 30 days up to the stream's newest: an hour, or its day
    /// where hours are no longer kept. `None` without samples in them.
    fn latest(e: Env, stream: StreamKey, metric: Symbol) -> Option<Bucket>;
    /// All samples of the range, rounded to the query's granularity: wider ones read fewer
    /// entries.
    fn aggregate(e: Env, query: RangeQuery) -> StatisticsView;
    /// All samples of the hours from `from_hour` to before `to_hour`, since 1970, packed as
    /// `lumenscope_bucket::fixed` has them: what alert rules over hours read. Of more than a day, from the
    /// beginning of the first one. None of a stream that has no history, or not of this metric.
    fn window(
        e: Env,
        stream: StreamKey,
        metric: Symbol,
        from_hour: u32,
        to_hour: u32,
    ) -> BytesN<47>;
    /// Quantiles, in parts per thousand, of a metric with a sketch, over the days that the range
    /// touches, rounded to the query's granularity; each the smallest value with at least that share
    /// of the samples at or below it, within the sketch's relative error, at most 5 %: it may lie a
    /// little below or above that sample. What came since the last flush is not among them
    /// (`include_open` means nothing here), nor what reporters sent aggregated or as backfill. A
    /// sample counts on the day of the last hour that was flushed with it. Where the metric was
    /// opened anew with another range or number of bins, the one that is new to history last and has
    /// samples answers; `aggregate` counts all there are.
    fn quantiles(e: Env, query: RangeQuery, per_mille: Vec<u32>) -> Distribution;
    /// A contract's functions by a metric, the largest first: streams of one function are added up,
    /// with what is not flushed yet, and those without samples left out. Of the contract's streams
    /// those from `start` on, at most `limit` of them and [`crate::common::PAGE_ITEMS_MAX`], count: a
    /// simulation reads 400 entries, and each stream takes four or more. A stream that is open
    /// counts with its lanes. `last` is that of the function's stream that was opened last.
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
    ) -> Vec<(Symbol, StatisticsView)>;
    /// Keeps what `aggregate` answers to a query for [`CACHED_LEDGERS`], and returns it. All days of the
    /// range were made, and `include_open` is false. Anyone may call, and pays.
    fn warm(e: Env, caller: Address, query: RangeQuery) -> StatisticsView;
    /// What was kept of a query; `None` if nothing was, if days of the stream's history changed since,
    /// or with `include_open`. Reads two entries however long the range is. Of hours it is still exact
    /// when `aggregate` has only their days left.
    fn cached(e: Env, query: RangeQuery) -> Option<StatisticsView>;
    /// How two ranges differ, of one stream at two times, or of two streams or metrics: the change of
    /// the number of samples, of their sum, and of their mean, from the first range to the second, in
    /// basis points of the first one's figure, rounded toward zero; `None` where that is 0, and for
    /// the mean of no samples.
    fn compare(e: Env, first: RangeQuery, second: RangeQuery) -> Vec<Option<i128>>;
    /// What the stream's history takes, kept answers aside. How much rent that is no contract can
    /// know: the rate of a kilobyte and day is in `docs/costs.md`.
    fn storage_statistics(e: Env, stream: StreamKey) -> StorageStatistics;
}
