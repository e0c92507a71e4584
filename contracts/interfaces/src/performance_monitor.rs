//! `performance-monitor`: where samples enter the ledger.

use soroban_sdk::{
    Address, Bytes, BytesN, Env, Map, String, Symbol, Vec, contractclient, contracterror,
    contractspecfn, contracttype,
};

use crate::common::StreamKey;

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
/// Streams in one `flush`: each is one written entry in two contracts, three with a sketch. Of streams
/// with two full sketches six fill a transaction (`docs/costs.md`): who flushes simulates, and halves.
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

/// What stands in the place of a sketch when there is none.
pub const NO_SKETCH: (i64, i64, u32) = (0, 0, 0);

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
    /// Keep a quantile sketch: the smallest value of its range, at least 1, the largest, and the
    /// number of bins, 1 to 96, which are log-spaced. Values outside are counted as under- or
    /// overflow, never guessed. [`NO_SKETCH`] for none. At most two per stream.
    pub sketch: (i64, i64, u32),
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
    /// It reports no longer.
    None = 2,
    /// It does not report: the recording calls ask for its authorisation, which is the monitored
    /// contract's own unless changed.
    Recorder = 3,
}

/// Rules that a stream may step while it records: each is 96 B of its entry, and a window to read in
/// every call.
pub const INLINE_RULES_MAX: u32 = 2;

/// One value, or several already aggregated, of one metric at one time: the metric's name; when it
/// was, in seconds UTC (the close time of the ledger that was observed; an aggregate must lie
/// within the minute of this time); and its statistics as `lumenscope_bucket::fixed` packs them.
/// A single value has `count` 1; an aggregate's fields must be consistent.
pub type BatchSample = (Symbol, u64, BytesN<47>);

/// The part of a batch that goes to one stream.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StreamBatch {
    /// The stream.
    pub stream: StreamKey,
    /// The reporter's own number for this report, per stream; must rise. What was seen before
    /// is refused, so that a retried report is counted once.
    pub sequence: u64,
    /// The samples, each a [`BatchSample`].
    pub samples: Vec<(Symbol, u64, BytesN<47>)>,
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
    /// Who opens streams, chooses recorder and reporters, and pays; nobody once it was let go.
    pub owner: Option<Address>,
    /// Whose authorisation `record_metric` asks for: the contract itself unless changed.
    pub recorder: Address,
    /// Who may use `report`, `record_execution` and `record_batch`: at most one as the primary
    /// source and [`WITNESSES_MAX`] whose figures are kept beside. Each one's seat, which is 0 for
    /// the primary source and 1 to 3 for the witnesses, and 4 times its generation, which tells it
    /// from those that had its seat before: hot entries carry it.
    pub reporters: Map<Address, u32>,
    /// The generation that the next reporter gets.
    pub next: u32,
    /// How many streams it opened.
    pub streams: u32,
}

/// Errors of performance-monitor. `expected`/`came` detail travels in diagnostic events.
#[contracterror]
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[repr(u32)]
pub enum MonitorError {
    /// The contract is not registered, or no more.
    ContractUnknown = 3000,
    /// Two metrics of the same name, or a contract that is another's.
    Twice = 3001,
    /// No such stream, and the contract opened no `other` stream.
    StreamUnknown = 3002,
    /// A number that is no kind of metrics or no mode of recording; or a newer version of this
    /// contract wrote the hot entry.
    NumberUnknown = 3003,
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
    /// More samples, streams or metrics than the limit, or a lane outside 1 to 7.
    TooMany = 3011,
    /// An empty list, name or definition, or fewer values than an execution has.
    Empty = 3012,
    /// Metadata is longer than its limit.
    MetadataTooLong = 3013,
    /// More than two sketches, or a range that no sketch of so many bins covers within 5 %: 64 cover
    /// 600 : 1 from 1,000 on, 92 cover 10,000 : 1.
    SketchInvalid = 3014,
    /// Statistics that contradict themselves.
    StatisticsInvalid = 3015,
    /// Not possible while closed hours wait for a flush.
    NotFlushed = 3016,
    /// The metric is not watched or has no sketch, the stream keeps no witnesses, or the link to
    /// analytics-storage is not set.
    NotKept = 3017,
    /// The hour is not over, or not for [`FLUSH_DELAY_S`] yet.
    HourOpen = 3018,
    /// There is no such rule; or none that this stream can step: one that compares a figure of ten
    /// minutes at most with a threshold, of a metric that the stream watches, and that covers the
    /// stream.
    RuleUnfit = 3019,
}

/// What each function of [`PerformanceMonitor`] takes and returns, as a contract's spec says it:
/// `spec_xdr_` and the function's name.
#[derive(Clone, Copy, Debug)]
pub struct PerformanceMonitorSpec;

/// The ingest contract. What each call costs: `docs/costs.md`.
///
/// No call extends a life: what is stored lives for the network's minimum, 120 days, and longer if
/// somebody extends it with the network's own operation, `ExtendFootprintTtl`, which asks for
/// nobody's authorisation (`stellar contract extend` with the entries' keys).
#[contractspecfn(name = "PerformanceMonitorSpec", export = false)]
#[contractclient(name = "PerformanceMonitorClient")]
pub trait PerformanceMonitor {
    /// Registers `contract` for `owner`. `caller`, who authorises it, is the contract itself or the
    /// admin.
    ///
    /// Once it is registered, `caller` is its owner, and hands it to `owner`, who authorises it as
    /// well; or lets it go (`None`): recording and reporting are refused from then on, history and
    /// what was recorded stay, and hours can still be flushed. It can be registered again, and has
    /// its streams.
    fn register(e: Env, caller: Address, contract: Address, owner: Option<Address>);
    /// Adds a reporter, changes its role, removes it, or sets whose authorisation the recording
    /// calls ask for ([`ReporterRole::Recorder`]). Authorised by the owner. There is one
    /// primary reporter: setting another replaces it. A reporter that is new to its role starts
    /// with new sequence numbers and, as a witness, with new sums.
    fn set_reporter(e: Env, contract: Address, reporter: Address, role: ReporterRole);
    /// Opens a stream and writes its hot entry at full width. Of an open one, replaces metrics and
    /// mode; kept metrics keep their figures, and to drop one, or to change its sketch, needs a stream
    /// without unflushed hours of it. Refused when the stream's history cannot name all of the metrics, since it names 64
    /// at most, those dropped included. Authorised by the owner.
    fn open_stream(e: Env, stream: StreamKey, spec: StreamSpec);
    /// Has a stream step rules of an alerting contract itself, while it records: at most
    /// [`INLINE_RULES_MAX`], these and no others from now on; one that it steps already goes on. What
    /// they say is in [`PerformanceMonitor::inline_rules`] at once, and no minute is missed, whether a
    /// keeper comes or not. They are as the alerting contract has them now: a rule that is changed or
    /// deleted there has to be set again. A metric that is dropped or no longer watched takes its
    /// rules along. Authorised by the owner.
    ///
    /// A rule that stops the contract's own calls should take no data for normal, or it would wait for
    /// the calls that it stops.
    fn set_inline_rules(e: Env, stream: StreamKey, alerting: Address, rules: Vec<BytesN<32>>);

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

    /// Records one value observed at `at_s`. Authorised by `reporter`. A value beyond +-2^43 is
    /// clamped, and counted as out of range unless a witness brings it.
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

    /// Adds samples and aggregates of hours that were flushed already to their history, of at most
    /// four such hours; all or none. Authorised by `reporter`, the primary one. They count in the
    /// stream's totals; minutes and sketches leave them out. Returns the stream's sequence number.
    fn backfill(e: Env, reporter: Address, batch: StreamBatch) -> u64;

    /// Moves the hours closed by the end of `through_hour` (hours since 1970) to
    /// analytics-storage, exactly once. The hour is over for [`FLUSH_DELAY_S`]. Anyone may call.
    /// Returns the buckets moved.
    fn flush(e: Env, caller: Address, streams: Vec<StreamKey>, through_hour: u32) -> u32;

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
    /// The hot entry as stored: decode it with the `lumenscope-hot` crate. It also tells what no
    /// contract asks for: the number of recording calls, samples out of range, samples that came
    /// late.
    fn hot(e: Env, stream: StreamKey) -> Bytes;
    /// The hot entry as if it held that metric alone: everything ever recorded, the buckets that are
    /// not flushed yet, the minutes of a watched metric, the counters of a sketch, what witnesses
    /// reported. Contracts read it with the sdk's `Reading`; people ask analytics-storage's `range`
    /// and `aggregate`, which add it to history.
    fn metric(e: Env, stream: StreamKey, metric: Symbol) -> Bytes;
    /// What history has of some hours: analytics-storage's `window`, for those who read minutes here
    /// already.
    fn window(e: Env, stream: StreamKey, metric: Symbol, from_hour: u32, to_hour: u32) -> Bytes;
    /// What each rule that the stream steps says after the last minute that is closed, in the order in
    /// which they were set: [`InlineState`] reads the number.
    fn inline_rules(e: Env, stream: StreamKey) -> Vec<u64>;
}

/// What a rule that a stream steps says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct InlineState {
    /// Where the condition stands: bits 0 to 7 of the number.
    pub phase: lumenscope_rules::Phase,
    /// Whether the last minute could be judged: bits 8 to 15.
    pub coverage: lumenscope_rules::Coverage,
    /// The number of the latest episode, 0 before the first: bits 24 and up.
    pub episode: u32,
}

impl InlineState {
    /// From its number; none of one that means nothing.
    pub fn unpacked(number: u64) -> Option<Self> {
        Some(Self {
            phase: lumenscope_rules::Phase::from_code(number as u8)?,
            coverage: lumenscope_rules::Coverage::from_code((number >> 8) as u8)?,
            episode: (number >> 24) as u32,
        })
    }

    /// Whether it counts as firing, whatever covers it: lost data resolves nothing.
    pub fn is_firing(&self) -> bool {
        use lumenscope_rules::Phase::{Firing, Recovering};
        matches!(self.phase, Firing | Recovering)
    }
}
