//! One entry of history: a packed series for each metric, over the same time.
//!
//! | bytes | |
//! |---|---|
//! | 0 | version, 1 |
//! | 1..5 | which time: the day since 1970 of a sheet of hours, else the sheet's number |
//! | 5 | sections S |
//! | then 3 x S | metric (its place in the stream's list) 1, bytes of its series 2 |
//! | .. | the series ([`lumenscope_bucket::packed`]), in the same order |
//! | .. | zeros: room for hours to come |
//!
//! Integers are little endian. Sections ascend by metric; a metric without samples has none.

use lumenscope_bucket::packed::{
    BUCKET_BYTES_MAX, Decoder, Encoder, HEADER_BYTES, PackedBucket, PackedError,
};
use lumenscope_interfaces::analytics_storage::{AnalyticsError, HISTORY_METRICS_MAX};
use soroban_sdk::{Bytes, Env, panic_with_error};

use crate::timeline::{SHEET_BUCKETS_MAX, Timeline};

const VERSION: u8 = 1;
const HEADER: usize = 6;
const SECTION: usize = 3;
const HEAD_BYTES_MAX: usize = HEADER + SECTION * HISTORY_METRICS_MAX as usize;
const SERIES_BYTES_MAX: usize = HEADER_BYTES + SHEET_BUCKETS_MAX * BUCKET_BYTES_MAX;
/// Room is added in steps of this many bytes: many small growths would each be a surprise.
const STEP_BYTES: u32 = 256;

/// A sheet, readable.
pub struct Sheet {
    bytes: Bytes,
    head: [u8; HEAD_BYTES_MAX],
}

impl Sheet {
    /// Reads the head.
    #[inline(never)]
    pub fn parse(e: &Env, bytes: Bytes) -> Self {
        let mut head = [0; HEAD_BYTES_MAX];
        let len = bytes.len().min(HEAD_BYTES_MAX as u32);
        copy(e, &bytes, 0, len, &mut head);
        if head[0] != VERSION {
            refuse(e);
        }
        Self { bytes, head }
    }

    /// Which time the sheet is of.
    pub fn time(&self) -> u32 {
        u32::from_le_bytes([self.head[1], self.head[2], self.head[3], self.head[4]])
    }

    /// Length of the stored value.
    pub fn byte_len(&self) -> u32 {
        self.bytes.len()
    }

    /// Hands the buckets of a metric to `visit`, oldest first.
    #[inline(never)]
    pub fn each(&self, e: &Env, metric: u8, visit: &mut dyn FnMut(&PackedBucket)) {
        let mut room = [0; SERIES_BYTES_MAX];
        let Some(mut series) = self.series(e, metric, &mut room) else { return };
        for bucket in &mut series {
            match bucket {
                Ok(bucket) => visit(&bucket),
                Err(_) => refuse(e),
            }
        }
    }

    #[inline(never)]
    fn series<'a>(
        &self,
        e: &Env,
        metric: u8,
        room: &'a mut [u8; SERIES_BYTES_MAX],
    ) -> Option<Decoder<'a>> {
        let sections = usize::from(self.head[5]);
        let mut at = (HEADER + SECTION * sections) as u32;
        for [found, low, high] in self.head[HEADER..].as_chunks().0.iter().take(sections) {
            let len = u16::from_le_bytes([*low, *high]).into();
            if *found == metric {
                copy(e, &self.bytes, at, len, room);
                return Some(Decoder::new(room).unwrap_or_else(|_| refuse(e)));
            }
            // 255 sections of 2^16 bytes at most.
            at = at.wrapping_add(len);
        }
        None
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
    panic_with_error!(e, AnalyticsError::PackedInvalid)
}

/// What [`rewrite`] adds to a metric's series.
pub type Additions<'a> = dyn FnMut(u8, &mut Timeline) + 'a;

/// The bytes of a sheet of `time` with `kept`'s series and what `additions` adds to those of the
/// first `metrics` metrics; at least `bytes_min` long, as the entry is now.
///
/// Returns the bytes and how many buckets were kept and added; none: nothing to write.
#[inline(never)]
pub fn rewrite(
    e: &Env,
    kept: Option<&Sheet>,
    time: u32,
    metrics: u32,
    bytes_min: u32,
    additions: &mut Additions,
) -> (Bytes, u32) {
    let mut sections = Bytes::new(e);
    let mut body = Bytes::new(e);
    let mut series = [0; SERIES_BYTES_MAX];
    let mut room = [PackedBucket::default(); SHEET_BUCKETS_MAX];
    let mut count = 0u32;
    for metric in 0..metrics as u8 {
        let mut timeline = Timeline::new(&mut room);
        if let Some(sheet) = kept {
            sheet.each(e, metric, &mut |bucket| timeline.add(bucket, true));
        }
        additions(metric, &mut timeline);
        let buckets = accepted(e, timeline.buckets());
        if buckets.is_empty() {
            continue;
        }
        count = count.wrapping_add(buckets.len() as u32);
        let series = pack(e, buckets, &mut series);
        body.extend_from_slice(series);
        let [low, high] = (series.len() as u16).to_le_bytes();
        sections.extend_from_slice(&[metric, low, high]);
    }
    let [a, b, c, d] = time.to_le_bytes();
    let mut bytes =
        Bytes::from_array(e, &[VERSION, a, b, c, d, (sections.len() / SECTION as u32) as u8]);
    bytes.append(&sections);
    bytes.append(&body);
    // Whole steps of room, at least as long as asked for.
    while bytes_min > 0 && (bytes.len() < bytes_min || !bytes.len().is_multiple_of(STEP_BYTES)) {
        let over = bytes.len() % STEP_BYTES;
        let zeros = [0; STEP_BYTES as usize];
        bytes.extend_from_slice(zeros.get(over as usize..).unwrap_or_default());
    }
    (bytes, count)
}

/// Packs a series into `out`, or ends the call when it does not fit.
#[inline(never)]
pub fn pack<'a>(e: &Env, buckets: &[PackedBucket], out: &'a mut [u8]) -> &'a [u8] {
    let pack = |out: &mut [u8]| {
        let mut encoder = Encoder::new(out)?;
        for bucket in buckets {
            encoder.push(bucket)?;
        }
        Ok::<_, PackedError>(encoder.finish())
    };
    let len = pack(out);
    match len.ok().and_then(|len| out.get(..len)) {
        Some(series) => series,
        None => panic_with_error!(e, AnalyticsError::RangeTooLong),
    }
}

/// The value, or the call ends with the error.
#[inline(never)]
fn ended(e: &Env, error: AnalyticsError) -> ! {
    panic_with_error!(e, error)
}

/// The value, or the call ends with the error.
pub fn accepted<T>(e: &Env, result: Result<T, AnalyticsError>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => ended(e, error),
    }
}
