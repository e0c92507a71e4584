//! `performance-monitor`: where samples enter the ledger.

use soroban_sdk::{
    Address, Bytes, Env, String, Symbol, Vec, contractclient, contracterror, contracttype,
};

use crate::common::{StatisticsView, StreamKey};

/// Metrics that one stream may hold: bounds the hot entry and the work of one call.
pub const METRICS_PER_STREAM_MAX: u32 = 16;
/// Samples in one `record_batch` or `record_samples`: bounds the work of one call.
pub const BATCH_SAMPLES_MAX: u32 = 64;
/// Streams that one contract may open: bounds its index.
pub const STREAMS_PER_CONTRACT_MAX: u32 = 256;
/// Reporters that are not the primary source, per contract: their sums have a fixed width.
pub const WITNESSES_MAX: u32 = 3;
/// Bytes of `metadata` in a recorded event: events cost 2.5 stroops a byte.
pub const METADATA_BYTES_MAX: u32 = 128;
/// Streams in one `flush` or `keep_alive`: each is one written entry in two contracts.
pub const FLUSH_STREAMS_MAX: u32 = 20;
/// Seconds after an hour's end from which it may be flushed: anyone may flush, and what reporters
/// observed at the end of the hour must not be shut out by whoever flushes first.
pub const FLUSH_DELAY_S: u64 = 300;
/// The function name under which a contract's unknown functions are recorded, if it opened it.
pub const OTHER_FUNCTION: &str = "other";

/// How a metric's values are meant; decides how readers aggregate it.
#[contracttype]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum MetricKind {
    /// Amounts that add up: the sum counts.
    Counter = 0,
    /// A level: the last value counts.
    Gauge = 1,
    /// Durations or costs of single events: mean, extremes and quantiles count.
    Timer = 2,
    /// 0 or 1 for each event: the sum over the count is the ratio.
    Ratio = 3,
}

/// What a quantile sketch covers. Bins are log-spaced; values outside are counted as under- or
/// overflow, never guessed.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SketchRange {
    /// Smallest value of the range, at least 1.
    pub min: i64,
    /// Largest value of the range.
    pub max: i64,
    /// Number of bins, at most 96; 0 for no sketch.
    pub bins: u32,
}

impl SketchRange {
    /// No sketch.
    pub const NONE: Self = Self { min: 0, max: 0, bins: 0 };
}

/// One metric of a stream.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MetricSpec {
    /// Name, 1 to 32 characters; the dictionary's for a standard metric.
    pub name: Symbol,
    /// Unit, as in the dictionary (`stroops`, `insns`, `bytes`, `us`, `count`, ..).
    pub unit: Symbol,
    /// How values are meant.
    pub kind: MetricKind,
    /// Keep a ring of 12 one-minute slots, which alert rules read.
    pub watched: bool,
    /// Keep a quantile sketch; [`SketchRange::NONE`] for none. At most two per stream.
    pub sketch: SketchRange,
}

/// What a recording call leaves on the ledger.
#[contracttype]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum RecordingMode {
    /// The hot entry and an event.
    Full = 0,
    /// The hot entry, no event.
    Rollup = 1,
    /// An event, nothing written. A report that comes twice is told twice.
    EventOnly = 2,
}

/// What the owner of a stream decides when opening or reshaping it.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StreamSpec {
    /// At most [`METRICS_PER_STREAM_MAX`], names unique.
    pub metrics: Vec<MetricSpec>,
    /// What a call leaves on the ledger.
    pub mode: RecordingMode,
    /// Keep what witnesses report beside each metric: 30 B and 42 B for each metric.
    pub witnesses: bool,
}

/// What a reporter's figures count as.
#[contracttype]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum ReporterRole {
    /// Its samples are the metric: totals, buckets, rings.
    Primary = 0,
    /// Its samples go to a sum of their own, for comparison; nothing is counted twice.
    Witness = 1,
}

/// One value, or several already aggregated, of one metric at one time.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BatchSample {
    /// The metric's name.
    pub metric: Symbol,
    /// When it was, in seconds UTC: the close time of the ledger that was observed.
    /// An aggregate must lie within the minute of this time.
    pub at_s: u64,
    /// One sample has `count` 1; an aggregate's fields must be consistent.
    pub statistics: StatisticsView,
}

/// The part of a batch that goes to one stream.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StreamBatch {
    /// The stream.
    pub stream: StreamKey,
    /// The reporter's own number for this report, per stream; must rise. What was seen before
    /// is refused, so that a retried report is counted once.
    pub sequence: u64,
    /// The samples.
    pub samples: Vec<BatchSample>,
}

/// What a stream's metrics are called and how they are meant. What is kept of each (sketches,
/// witnesses) stands in the hot entry.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StreamDefinition {
    /// The metrics' names, in the order of the hot entry.
    pub metrics: Vec<Symbol>,
    /// Their units.
    pub units: Vec<Symbol>,
    /// Their kinds, two bits for each: the first metric's are the lowest.
    pub kinds: u32,
    /// Whether each is watched, a bit for each.
    pub watched: u32,
    /// What a call leaves on the ledger.
    pub mode: RecordingMode,
    /// The place in the contract's list of streams.
    pub place: u32,
}

impl StreamDefinition {
    /// Whether the stream keeps the minutes of that metric.
    pub fn watches(&self, metric: &Symbol) -> bool {
        let place = self.metrics.first_index_of(metric);
        place.is_some_and(|place| self.watched >> place & 1 == 1)
    }
}

/// A registered contract.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MonitoredContract {
    /// Who opens streams, chooses recorder and reporters, and pays.
    pub owner: Address,
    /// Whose authorisation `record_metric` asks for: the contract itself unless changed.
    pub recorder: Address,
    /// Who may use `report`, `record_execution` and `record_batch`: at most one as the primary
    /// source and [`WITNESSES_MAX`] whose figures are kept beside.
    pub reporters: Vec<Reporter>,
    /// The number that the next reporter gets.
    pub generation: u32,
    /// How many streams it opened.
    pub streams: u32,
}

/// A reporter of a contract.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reporter {
    /// Who.
    pub address: Address,
    /// Tells it from the reporters that had its place before: hot entries carry this number.
    pub generation: u32,
    /// `None` for the primary reporter, else the place of its sums in hot entries.
    pub witness: Option<u32>,
}

/// One minute of a watched metric.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MinuteSlot {
    /// Minutes since 1970-01-01T00:00Z.
    pub minute: u32,
    /// The samples of that minute.
    pub statistics: StatisticsView,
}

/// Errors of performance-monitor. `expected`/`came` detail travels in diagnostic events.
#[contracterror]
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[repr(u32)]
pub enum MonitorError {
    /// The contract is not registered.
    ContractUnknown = 3000,
    /// The contract is already registered.
    ContractKnown = 3001,
    /// No such stream, and the contract opened no `other` stream.
    StreamUnknown = 3002,
    /// The stream is already open.
    StreamKnown = 3003,
    /// The stream holds no metric of that name.
    MetricUnknown = 3004,
    /// The unit is not the metric's unit.
    UnitMismatch = 3005,
    /// The caller is neither the owner nor allowed otherwise.
    NotAllowed = 3006,
    /// The reporter is not a reporter of this contract.
    ReporterUnknown = 3007,
    /// The reporter's sequence number is not above its last one.
    SequenceSeen = 3008,
    /// The time lies in the future.
    TimeInFuture = 3009,
    /// The time lies in an hour that was already flushed.
    TimeFlushed = 3010,
    /// More samples, streams or metrics than the limit.
    TooMany = 3011,
    /// An empty list, name or definition, or fewer values than an execution has.
    Empty = 3012,
    /// Two metrics of the same name.
    MetricTwice = 3013,
    /// Metadata is longer than its limit.
    MetadataTooLong = 3014,
    /// Too many sketches, or a range that no sketch covers.
    SketchInvalid = 3015,
    /// Statistics that contradict themselves.
    StatisticsInvalid = 3016,
    /// Not possible while closed hours wait for a flush.
    NotFlushed = 3017,
    /// The link to analytics-storage is not set.
    AnalyticsUnset = 3018,
    /// The metric is not watched or has no sketch, or the stream keeps no witnesses.
    NotKept = 3019,
    /// The hot entry was written by a newer version.
    BlobVersion = 3020,
    /// The hour is not over, or not for [`FLUSH_DELAY_S`] yet.
    HourOpen = 3021,
}

/// The ingest contract. What each call costs: `docs/costs.md`.
#[contractclient(name = "PerformanceMonitorClient")]
pub trait PerformanceMonitor {
    /// Registers `contract` for `owner`. `caller` is the contract itself or the admin.
    fn register(e: Env, caller: Address, contract: Address, owner: Address);
    /// Sets whose authorisation the recording calls ask for. Authorised by the owner.
    fn set_recorder(e: Env, contract: Address, recorder: Address);
    /// Adds a reporter, or changes its role. Authorised by the owner. There is one primary
    /// reporter: setting another replaces it. A reporter that is new to its role starts with new
    /// sequence numbers and, as a witness, with new sums.
    fn set_reporter(e: Env, contract: Address, reporter: Address, role: ReporterRole);
    /// Removes a reporter. Authorised by the owner.
    fn remove_reporter(e: Env, contract: Address, reporter: Address);
    /// Opens a stream and writes its hot entry at full width. Authorised by the owner.
    fn open_stream(e: Env, stream: StreamKey, spec: StreamSpec);
    /// Replaces a stream's metrics and mode; kept metrics keep their figures. Needs a stream
    /// without unflushed hours when a metric is dropped. Authorised by the owner.
    fn reshape_stream(e: Env, stream: StreamKey, spec: StreamSpec);
    /// Changes what a recording call leaves on the ledger. Authorised by the owner.
    fn set_mode(e: Env, stream: StreamKey, mode: RecordingMode);

    /// Records one value now. Authorised by the contract's recorder. Writes one entry.
    /// Returns the stream's sequence number after this sample.
    fn record_metric(
        e: Env,
        contract_address: Address,
        metric: Symbol,
        value: i128,
        unit: Symbol,
        function: Symbol,
        metadata: Option<String>,
    ) -> u64;
    /// Records several values of one stream now, in one call and one written entry: metrics and
    /// their values, in their units. Authorised by the contract's recorder. A value beyond +-2^43
    /// is clamped and counted as out of range.
    fn record_samples(e: Env, stream: StreamKey, samples: Vec<(Symbol, i128)>) -> u64;

    /// Records one value observed at `at_s`. Authorised by `reporter`.
    fn report(
        e: Env,
        reporter: Address,
        stream: StreamKey,
        metric: Symbol,
        value: i128,
        at_s: u64,
        sequence: u64,
    ) -> u64;
    /// Records everything one execution cost at `at_s`, the close time of its ledger, in one
    /// written entry. Authorised by `reporter`. `values` are those of the dictionary's metrics of
    /// an execution, all of them in its order: instructions, time_us, fee_inclusion,
    /// fee_non_refundable, fee_refundable, fee_rent (stroops), entries_read, entries_written,
    /// bytes_read, bytes_written, event_bytes, failed (0 or 1). Those that the stream does not
    /// hold are left out.
    fn record_execution(
        e: Env,
        reporter: Address,
        stream: StreamKey,
        at_s: u64,
        values: Vec<i64>,
        sequence: u64,
    ) -> u64;
    /// Records samples and aggregates of several streams; all or none. Authorised by `reporter`.
    /// Returns the number of samples.
    fn record_batch(e: Env, reporter: Address, batches: Vec<StreamBatch>) -> u32;

    /// Moves the hours closed by the end of `through_hour` (hours since 1970) to
    /// analytics-storage, exactly once. The hour is over for [`FLUSH_DELAY_S`]. Anyone may call.
    /// Returns the buckets moved.
    fn flush(e: Env, caller: Address, streams: Vec<StreamKey>, through_hour: u32) -> u32;
    /// Extends the life of the streams' entries. Anyone may call, and pays.
    fn keep_alive_streams(e: Env, caller: Address, streams: Vec<StreamKey>);

    /// Sets where `flush` moves closed hours. Authorised by the admin.
    fn set_analytics(e: Env, analytics: Address);

    /// Where `flush` moves closed hours, once set.
    fn analytics(e: Env) -> Option<Address>;
    /// A registered contract, if it is one.
    fn monitored_contract(e: Env, contract: Address) -> Option<MonitoredContract>;
    /// The streams of a contract in order of opening, from `start`, at most
    /// [`crate::common::PAGE_ITEMS_MAX`].
    fn streams(e: Env, contract: Address, start: u32, limit: u32) -> Vec<StreamKey>;
    /// What a stream holds, if it is open.
    fn stream_definition(e: Env, stream: StreamKey) -> Option<StreamDefinition>;
    /// The stream's sequence number: one more for every recording call.
    fn sequence(e: Env, stream: StreamKey) -> u64;
    /// The hot entry as stored: decode it with the `lumenscope-hot` crate. It also tells what no
    /// contract asks for: samples out of range, samples that came late, sums of witnesses.
    fn hot(e: Env, stream: StreamKey) -> Bytes;
    /// Everything ever counted of a metric: count, sum and last; min, max and squares are those
    /// of the hours not yet flushed.
    fn totals(e: Env, stream: StreamKey, metric: Symbol) -> StatisticsView;
    /// The buckets of a metric not yet flushed, as `lumenscope-hot` exports them; the last may be
    /// open. analytics-storage shows them as structs: its `range` with `include_open`.
    fn unflushed(e: Env, stream: StreamKey, metric: Symbol) -> Bytes;
    /// The minutes of a watched metric that the ring still holds, from `from_minute` to
    /// `through_minute`, oldest first. A minute without samples is absent.
    fn minutes(
        e: Env,
        stream: StreamKey,
        metric: Symbol,
        from_minute: u32,
        through_minute: u32,
    ) -> Vec<MinuteSlot>;
    /// A quantile of the hours not yet flushed, in parts per thousand; `None` without samples or
    /// when it falls outside the sketch's range.
    fn quantile(e: Env, stream: StreamKey, metric: Symbol, per_mille: u32) -> Option<i64>;
}
