//! Types and bounds that more than one contract of the suite speaks.

use soroban_sdk::{Address, Symbol, contracttype};

/// Most items that any paginated read returns: 50 of the largest views stay far below the
/// 16,384 B that a transaction may return.
pub const PAGE_ITEMS_MAX: u32 = 50;

/// Lanes that a stream may have beside itself: readers ask each for its open hour.
pub const LANES_MAX: u32 = 7;

/// Ledgers in a day at the network's five-second close time.
pub const DAY_LEDGERS: u32 = 17_280;

/// Keepers extend persistent entries below this remaining life.
pub const TTL_THRESHOLD_LEDGERS: u32 = 90 * DAY_LEDGERS;

/// Keepers extend persistent entries to this remaining life: a month below the network's
/// maximum of 180 days, so that an extension never traps.
pub const TTL_TARGET_LEDGERS: u32 = 150 * DAY_LEDGERS;

/// The unit of hot storage and of history: one contract, one function, optionally one subject.
///
/// A subject is what the contract itself distinguishes: a worker, an oracle source, a pool.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StreamKey {
    /// The monitored contract.
    pub contract: Address,
    /// The function, or the name of the contract's stream for unknown functions.
    pub function: Symbol,
    /// What the contract distinguishes within the function, if anything.
    pub subject: Option<Symbol>,
    /// Which lane, 1 to [`LANES_MAX`]; `None` for the stream itself.
    ///
    /// Everyone who records into a stream writes its hot entry, so the network applies those
    /// transactions one after the other. A lane has a hot entry of its own and is opened, recorded
    /// into and flushed like a stream; its hours become part of the stream's one history.
    pub lane: Option<u32>,
}

/// Count, sum and extremes of samples. Values are in the metric's unit.
///
/// For `count == 0` every other field is 0 and means nothing.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StatisticsView {
    /// Number of samples.
    pub count: u64,
    /// Sum of the samples.
    pub sum: i128,
    /// Smallest sample.
    pub min: i64,
    /// Largest sample.
    pub max: i64,
    /// Most recent sample.
    pub last: i64,
    /// Sum of the squares of the samples, exact.
    pub sum_of_squares: i128,
}

/// Statistics over a span of time.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Bucket {
    /// First second of the span, UTC.
    pub start_s: u64,
    /// First second after the span, UTC.
    pub end_s: u64,
    /// Whether samples may still arrive in this bucket.
    pub open: bool,
    /// Whether the span is wider than the granularity asked for, because nobody flushed in time:
    /// resolution was lost, counts were not.
    pub coarse: bool,
    /// The samples' statistics.
    pub statistics: StatisticsView,
}
