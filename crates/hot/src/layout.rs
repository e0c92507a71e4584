//! Byte by byte, version 1. Integers are little endian, signed ones two's complement.
//!
//! | bytes | header |
//! |---|---|
//! | 0 | version, 1 |
//! | 1 | metrics M, 1 to 16 |
//! | 2 | flags: bit 0, the witness section is there |
//! | 3 | slots in use, 0 to 4 |
//! | 4..12 | sequence: one more for every recording call |
//! | 12..16 | flushed before: first hour (since 1970) that still accepts samples |
//! | 16..18 | primary reporter: generation |
//! | 18..26 | primary reporter: last sequence number |
//! | 26..58 | 4 spans: first hour, last hour (4 bytes each); unused ones are 0 |
//! | 58..60 | watched: bit i is set when metric i has a ring |
//! | 60 | sketches, 0 to 2 |
//! | 61 | inline rules, 0 to 2 |
//! | 62..64 | 0 |
//!
//! | then, for each | bytes | |
//! |---|---|---|
//! | metric | 2 | code of the dictionary, 0 for a custom metric |
//! | metric | 212 | totals: the first 20 bytes of statistics ([`lumenscope_bucket::fixed`]): count, sum, last; clamped samples 4; 4 slots of statistics, 47 each |
//! | watched metric | 436 | late samples 4; 12 minutes: minute (since 1970) 4, then the first 32 bytes of statistics: all but the squares |
//! | with witnesses | 30 | 3 witnesses: generation 2, last sequence number 8 |
//! | .. metric | 42 | 3 witnesses: the first 14 bytes of statistics: count, sum |
//! | inline rule | 96 | the rule and where it stands, as `lumenscope_rules::Inline` has them; the place of its metric is byte 68 |
//! | sketch | 21 | metric 1, layout 20 ([`lumenscope_sketch::SketchLayout::encode`]) |
//! | .. | 2 x (bins + 2) x 2 | counters since the last flush, counters before it |
//!
//! A stream of 4 metrics with nothing optional takes 920 bytes.

use lumenscope_bucket::fixed;
use lumenscope_sketch::{BINS_MAX, ENCODED_BYTES, RELATIVE_ERROR_MAX_BP, VALUE_MAX};

use crate::HotError;
use crate::bytes::{u8_at, u16_at, word};

/// Version of the layout that this code writes and reads.
pub const VERSION: u8 = 1;
/// Most metrics of a stream.
pub const METRICS_MAX: usize = 16;
/// Spans of hours that a stream holds: the newest and three that wait for a flush.
pub const SLOTS: usize = 4;
/// Minutes that a ring holds.
pub const RING_MINUTES: usize = 12;
/// Seconds after a minute's end in which samples still enter its slot of the ring. Afterwards the
/// slot never changes, so that a rule that evaluated it need not look again.
pub const RING_GRACE_S: u64 = 30;
/// Witnesses whose sums a stream may keep.
pub const WITNESSES: usize = 3;
/// Most sketches of a stream.
pub const SKETCHES_MAX: usize = 2;
/// Most rules that a stream steps while it records.
pub const INLINE_RULES_MAX: usize = 2;
/// Bytes of one of them, with where it stands.
pub const INLINE_BYTES: usize = 96;
/// Bytes of the largest blob: 16 watched metrics, witnesses, two inline rules, two sketches.
pub const BYTES_MAX: usize = HEADER
    + METRICS_MAX * (CODE + METRIC + RING + WITNESS_SUMS)
    + WITNESS_HEADS
    + INLINE_RULES_MAX * INLINE_BYTES
    + SKETCHES_MAX * (SKETCH_HEAD + 2 * SKETCH_COUNTERS_MAX);

pub(crate) const AT_METRICS: usize = 1;
pub(crate) const AT_FLAGS: usize = 2;
pub(crate) const AT_SLOTS: usize = 3;
pub(crate) const AT_SEQUENCE: usize = 4;
pub(crate) const AT_FLUSHED: usize = 12;
pub(crate) const AT_PRIMARY: usize = 16;
pub(crate) const AT_SPANS: usize = 26;
pub(crate) const AT_WATCHED: usize = 58;
pub(crate) const AT_SKETCHES: usize = 60;
pub(crate) const AT_INLINE: usize = 61;
pub(crate) const HEADER: usize = 64;

pub(crate) const FLAG_WITNESSES: u8 = 1;

pub(crate) const SPAN: usize = 8;
pub(crate) const CODE: usize = 2;
pub(crate) const METRIC: usize = AT_METRIC_SLOTS + SLOTS * fixed::BYTES;
/// Count, sum, last.
pub(crate) const TOTALS: usize = 20;
pub(crate) const AT_CLAMPED: usize = TOTALS;
pub(crate) const AT_METRIC_SLOTS: usize = AT_CLAMPED + 4;
pub(crate) const RING: usize = RING_HEAD + RING_MINUTES * RING_SLOT;
pub(crate) const RING_HEAD: usize = 4;
pub(crate) const RING_SLOT: usize = 4 + RING_STATISTICS;
/// Count, sum, min, max, last: statistics without the squares, which rules do not read.
pub(crate) const RING_STATISTICS: usize = 32;
pub(crate) const REPORTER: usize = 10;
pub(crate) const WITNESS_HEADS: usize = WITNESSES * REPORTER;
pub(crate) const WITNESS_SUM: usize = 14;
pub(crate) const WITNESS_SUMS: usize = WITNESSES * WITNESS_SUM;
pub(crate) const SKETCH_HEAD: usize = 1 + ENCODED_BYTES;
pub(crate) const SKETCH_COUNTERS_MAX: usize = (BINS_MAX as usize + 2) * 2;
/// Where the place of its metric is, within an inline rule.
pub(crate) const AT_INLINE_METRIC: usize = 68;
/// Where the number of bins is, within a sketch's encoded layout and its head.
const AT_SKETCH_BINS: usize = 1 + 16;

/// Where the sections of a blob start.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Shape {
    pub metrics: usize,
    pub watched: u16,
    pub witnesses: bool,
    pub inline: usize,
    pub sketches: usize,
    /// Bytes of all sections but the sketches, which know their own widths.
    pub sketches_at: usize,
}

impl Shape {
    pub fn new(
        metrics: usize,
        watched: u16,
        witnesses: bool,
        inline: usize,
        sketches: usize,
    ) -> Self {
        let mut shape = Self { metrics, watched, witnesses, inline, sketches, sketches_at: 0 };
        let sums = if witnesses { WITNESS_HEADS + metrics * WITNESS_SUMS } else { 0 };
        shape.sketches_at = shape.witnesses_at() + sums + inline * INLINE_BYTES;
        shape
    }

    /// Reads a header and checks that the blob is as long as it says.
    pub fn parse(blob: &[u8]) -> Result<Self, HotError> {
        if blob.len() < HEADER || blob[0] != VERSION {
            return Err(HotError::BlobInvalid);
        }
        let shape = Self::read(blob);
        let Self { metrics, watched, sketches, .. } = shape;
        let slots = usize::from(u8_at(blob, AT_SLOTS));
        if metrics == 0
            || metrics > METRICS_MAX
            || sketches > SKETCHES_MAX
            || shape.inline > INLINE_RULES_MAX
            || slots > SLOTS
            || u32::from(watched) >> metrics != 0
            || shape.end(blob) != Some(blob.len())
        {
            return Err(HotError::BlobInvalid);
        }
        Ok(shape)
    }

    /// Reads the header of a blob that [`crate::create`] wrote.
    pub fn read(blob: &[u8]) -> Self {
        Self::new(
            u8_at(blob, AT_METRICS).into(),
            u16_at(blob, AT_WATCHED),
            u8_at(blob, AT_FLAGS) & FLAG_WITNESSES != 0,
            u8_at(blob, AT_INLINE).into(),
            u8_at(blob, AT_SKETCHES).into(),
        )
    }

    #[inline(never)]
    pub fn metric_at(&self, metric: usize) -> usize {
        HEADER + self.metrics * CODE + metric * METRIC
    }

    pub fn slots_at(&self, metric: usize) -> usize {
        self.metric_at(metric) + AT_METRIC_SLOTS
    }

    pub fn is_watched(&self, metric: usize) -> bool {
        self.watched >> metric & 1 == 1
    }

    pub fn ring_at(&self, metric: usize) -> usize {
        let before = self.watched & ((1 << metric) - 1);
        self.metric_at(self.metrics) + before.count_ones() as usize * RING
    }

    #[inline(never)]
    pub fn witnesses_at(&self) -> usize {
        self.metric_at(self.metrics) + self.watched.count_ones() as usize * RING
    }

    pub fn witness_sums_at(&self, metric: usize) -> usize {
        self.witnesses_at() + WITNESS_HEADS + metric * WITNESS_SUMS
    }

    /// Where an inline rule starts; one behind the last, where the sketches do.
    pub fn inline_at(&self, number: usize) -> usize {
        self.sketches_at - (self.inline - number) * INLINE_BYTES
    }

    /// Where the sketch after the one at `at` starts, if the blob reaches that far.
    pub fn next_sketch(blob: &[u8], at: usize) -> Option<usize> {
        if at + SKETCH_HEAD > blob.len() {
            return None;
        }
        Some(at + SKETCH_HEAD + 2 * Self::sketch_counters(blob, at))
    }

    /// Bytes of one set of counters of the sketch at `at`.
    pub fn sketch_counters(blob: &[u8], at: usize) -> usize {
        (usize::from(u16_at(blob, at + AT_SKETCH_BINS)) + 2) * 2
    }

    /// Where the sketches end, if the blob reaches that far and they are within their bounds.
    fn end(&self, blob: &[u8]) -> Option<usize> {
        let mut at = self.sketches_at;
        for _ in 0..self.sketches {
            let next = Self::next_sketch(blob, at)?;
            let word = |within| word(blob, at + 1 + within);
            let error_bp = word(18) as u16;
            if word(0).max(word(8)) > VALUE_MAX as u64
                || word(16) as u16 > BINS_MAX
                || error_bp > RELATIVE_ERROR_MAX_BP
            {
                return None;
            }
            at = next;
        }
        Some(at)
    }
}
