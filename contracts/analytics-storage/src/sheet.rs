//! One entry of history: a packed series for each metric, over the same time.
//!
//! | bytes | |
//! |---|---|
//! | 0 | version, 1 |
//! | 1..5 | which time: the day since 1970 of a sheet of hours, else the month since 1970 |
//! | 5 | metrics M |
//! | 6..8 | number of buckets, of all metrics |
//! | then 2 x M | bytes of its series, in the order of the stream's list; 0 without samples |
//! | .. | the series ([`lumenscope_bucket::packed`]), in the same order |
//! | .. | zeros: room for hours to come |
//!
//! Integers are little endian.

use lumenscope_bucket::calendar::Period;
use lumenscope_bucket::packed::{BUCKET_BYTES_MAX, HEADER_BYTES, PackedBucket, Series};
use lumenscope_interfaces::analytics_storage::{
    AnalyticsError, HISTORY_METRICS_MAX, HISTORY_SKETCHES_MAX,
};
use soroban_sdk::{Bytes, Env};

use crate::history::{History, Mark};
use crate::ingest::Added;
use crate::storage;
use crate::timeline::{Timeline, too_long};

const VERSION: u8 = 1;
const HEADER: usize = 8;
const LENGTH: usize = 2;
const HEAD_BYTES_MAX: usize =
    HEADER + LENGTH * (HISTORY_METRICS_MAX + HISTORY_SKETCHES_MAX) as usize;
/// Most buckets of one metric in one sheet: 32 periods, and spans that fit none.
const SHEET_BUCKETS_MAX: usize = 96;
const SERIES_BYTES_MAX: usize = HEADER_BYTES + SHEET_BUCKETS_MAX * BUCKET_BYTES_MAX;
/// Room is added in steps of this many bytes: many small growths would each be a surprise.
const STEP_BYTES: usize = 256;
/// The network's limit of an entry, 65,536 B, less its key of at most 250 and what it has besides;
/// whole steps.
const SHEET_BYTES_MAX: usize = 254 * STEP_BYTES;

/// A sheet, readable. One that is not stored is of time 0 and without metrics.
pub struct Sheet {
    bytes: Bytes,
    head: [u8; HEAD_BYTES_MAX],
}

impl Sheet {
    /// Reads the head of one of a stream's sheets; none for [`storage::HISTORY`].
    #[inline(never)]
    pub fn load(history: &History, number: u32) -> Self {
        let e = &history.e;
        let mut head = [0; HEAD_BYTES_MAX];
        let mut stored = None;
        if number != storage::HISTORY {
            stored = storage::sheet(e, history.stream, number);
        }
        let is_stored = stored.is_some();
        let bytes = stored.unwrap_or_else(|| Bytes::new(e));
        copy(e, &bytes, 0, bytes.len().min(HEAD_BYTES_MAX as u32), &mut head);
        if head[0] != u8::from(is_stored) * VERSION {
            refuse(e);
        }
        Self { bytes, head }
    }

    /// Whether there is such a sheet.
    pub fn is_stored(&self) -> bool {
        self.head[0] != 0
    }

    /// Which time the sheet is of.
    pub fn time(&self) -> u32 {
        u32::from_le_bytes([self.head[1], self.head[2], self.head[3], self.head[4]])
    }

    /// Buckets of all metrics.
    pub fn buckets(&self) -> u32 {
        u16::from_le_bytes([self.head[6], self.head[7]]).into()
    }

    /// Length of the stored value.
    pub fn byte_len(&self) -> u32 {
        self.bytes.len()
    }

    /// Stores the same sheet under another number.
    pub fn copy_to(&self, history: &History, number: u32) {
        storage::set_sheet(&history.e, history.stream, number, &self.bytes);
    }

    /// Leaves nothing to read.
    pub fn clear(&mut self) {
        (self.head[0], self.head[5]) = (0, 0);
    }

    /// Adds the buckets of a metric, oldest first.
    #[inline(never)]
    pub fn read(&self, metric: usize, timeline: &mut Timeline) {
        let mut room = [0; SERIES_BYTES_MAX];
        if self.copy(metric, &mut room) == 0 {
            return;
        }
        let mut series = Series::reader(&room);
        let mut bucket = PackedBucket::default();
        while series.left() > 0 {
            if !series.code(&mut bucket) {
                refuse(&timeline.history.e);
            }
            timeline.add(&bucket);
        }
    }

    /// Writes the series of a metric as it is stored, behind the buckets that are there.
    #[inline(never)]
    pub fn pass_on(&self, metric: usize, timeline: &mut Timeline) {
        if !timeline.buckets().is_empty() {
            timeline.write();
        }
        let out = timeline.out.get_mut(timeline.written..).unwrap_or_default();
        timeline.written = timeline.written.wrapping_add(self.copy(metric, out));
    }

    /// Copies the series of a metric to the start of `out`. Returns its length; 0 without samples.
    #[inline(never)]
    fn copy(&self, metric: usize, out: &mut [u8]) -> usize {
        let metrics = usize::from(self.head[5]);
        let mut at = (HEADER + LENGTH * metrics) as u32;
        for (place, len) in self.head[HEADER..].as_chunks().0.iter().take(metrics).enumerate() {
            let len = u16::from_le_bytes(*len).into();
            if place == metric {
                copy(self.bytes.env(), &self.bytes, at, len, out);
                return len as usize;
            }
            // 64 series of 2^16 bytes at most.
            at = at.wrapping_add(len);
        }
        0
    }
}

/// Copies `len` bytes from `at` to the start of `out`.
#[inline(never)]
pub fn copy(e: &Env, bytes: &Bytes, at: u32, len: u32, out: &mut [u8]) {
    let Some(out) = out.get_mut(..len as usize) else { refuse(e) };
    bytes.slice(at..at.saturating_add(len)).copy_into_slice(out);
}

/// Ends the call: the entry cannot be read.
pub fn refuse(e: &Env) -> ! {
    storage::fail(e, AnalyticsError::PackedInvalid)
}

/// Stores a sheet of `time` anew with what is `added` to the series of each metric; at least
/// `bytes_min` long, as the entry is now. Without `bytes_min` the sheet is of days, or of the month
/// that they are folded into, and as long as it needs to be; nothing to store is then not stored. What
/// does not fit the entry is merged: hours into their day, days into their month. Returns the length.
#[inline(never)]
pub fn rewrite(
    history: &History,
    number: u32,
    kept: &Sheet,
    time: u32,
    bytes_min: u32,
    added: &Added,
) -> u32 {
    let e = &history.e;
    let mut timeline = Timeline::new(history);
    let is_sketch = !added.counters.is_empty();
    if bytes_min == 0 && !is_sketch {
        let is_folded = time < history.get(Mark::Folded);
        timeline.period = if is_folded { Period::Month } else { Period::Day };
    }
    loop {
        let bytes = write(number, kept, time, bytes_min, added, &mut timeline);
        if let Some(bytes) = bytes {
            return bytes;
        }
        timeline.period = match timeline.period {
            Period::Hour if !is_sketch => Period::Day,
            Period::Day => Period::Month,
            _ => too_long(e),
        };
    }
}

/// Stores it by the timeline's period. Returns the length; none when it does not fit.
#[inline(never)]
fn write(
    number: u32,
    kept: &Sheet,
    time: u32,
    bytes_min: u32,
    added: &Added,
    timeline: &mut Timeline,
) -> Option<u32> {
    let history = timeline.history;
    let e = &history.e;
    let mut out = [0; SHEET_BYTES_MAX];
    let metrics = history.metrics();
    let mut at = HEADER.wrapping_add(LENGTH.wrapping_mul(metrics));
    let [a, b, c, d] = time.to_le_bytes();
    let mut buckets = 0usize;
    for metric in 0..metrics {
        let room = out.get_mut(at..).unwrap_or_default();
        let len;
        if !added.counters.is_empty() && added.names.first_index_of(history.name(metric)).is_none()
        {
            // Another sketch, as it is.
            len = kept.copy(metric, room);
            buckets = buckets.wrapping_add(buckets_of(room).min(len));
        } else {
            timeline.clear();
            kept.read(metric, timeline);
            timeline.is_earlier = added.is_earlier;
            added.add_to(metric, timeline);
            timeline.is_earlier = false;
            let count = timeline.buckets().len();
            if count == 0 {
                continue;
            }
            buckets = buckets.wrapping_add(count);
            len = timeline.pack(room)?;
            if len > SERIES_BYTES_MAX {
                return None;
            }
        }
        if let Some(place) = out[HEADER..].as_chunks_mut().0.get_mut(metric) {
            *place = (len as u16).to_le_bytes();
        }
        at = at.wrapping_add(len);
    }
    let [low, high] = (buckets as u16).to_le_bytes();
    out[..HEADER].copy_from_slice(&[VERSION, a, b, c, d, metrics as u8, low, high]);
    if bytes_min != 0 {
        // Whole steps of room, at least as long as asked for.
        at = at.max(bytes_min as usize).wrapping_add(STEP_BYTES - 1) & !(STEP_BYTES - 1);
    } else if buckets == 0 {
        return Some(0);
    }
    let bytes = out.get(..at)?;
    storage::set_sheet(e, history.stream, number, &Bytes::from_slice(e, bytes));
    Some(at as u32)
}

/// How many buckets a series has, by its head.
fn buckets_of(series: &[u8]) -> usize {
    match *series {
        [_, low, high, ..] => u16::from_le_bytes([low, high]).into(),
        _ => 0,
    }
}
