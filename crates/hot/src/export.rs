//! What leaves a hot entry for history: closed slots, as bytes.
//!
//! | bytes | |
//! |---|---|
//! | 0 | version, 1 |
//! | 1 | metrics M |
//! | 2 | buckets B, at most 4 |
//! | then B times 4, 4 | first hour, last hour, since 1970-01-01 |
//! | .. 47 x M | statistics of each metric ([`lumenscope_bucket::fixed`]) |

use lumenscope_bucket::{Statistics, fixed};

use crate::HotError;
use crate::bytes::{put, statistics_at, u8_at, u32_at};
use crate::layout::{METRICS_MAX, SLOTS};
use crate::plan::Span;
use crate::view::View;

const VERSION: u8 = 1;
const HEADER: usize = 3;
const SPAN: usize = 8;

/// Bytes of the largest export.
pub const EXPORT_BYTES_MAX: usize = HEADER + SLOTS * (SPAN + METRICS_MAX * fixed::BYTES);

impl View<'_> {
    /// How many slots end by `through_hour`: the first ones.
    pub fn slots_through(&self, through_hour: u32) -> usize {
        self.slots().take_while(|slot| slot.span.end_hour <= through_hour).count()
    }

    /// Writes the slots that end by `through_hour` to `out` and returns the bytes written.
    ///
    /// # Panics
    ///
    /// When `out` is too small; [`EXPORT_BYTES_MAX`] is always enough.
    pub fn export(&self, through_hour: u32, out: &mut [u8]) -> usize {
        let buckets = self.slots_through(through_hour);
        out[0] = VERSION;
        out[1] = self.metrics() as u8;
        out[2] = buckets as u8;
        let mut at = HEADER;
        for slot in self.slots().take(buckets) {
            put(out, at, &slot.span.start_hour.to_le_bytes());
            put(out, at + 4, &slot.span.end_hour.to_le_bytes());
            at += SPAN;
            for metric in 0..self.metrics() {
                let from = self.shape.slots_at(metric) + slot.index * fixed::BYTES;
                put(out, at, &self.bytes[from..from + fixed::BYTES]);
                at += fixed::BYTES;
            }
        }
        at
    }
}

/// An export, readable.
#[derive(Clone, Copy, Debug)]
pub struct Export<'a> {
    bytes: &'a [u8],
    metrics: usize,
    buckets: usize,
}

impl<'a> Export<'a> {
    /// Reads the header.
    ///
    /// # Errors
    ///
    /// [`HotError::BlobInvalid`].
    pub fn parse(bytes: &'a [u8]) -> Result<Self, HotError> {
        if bytes.len() < HEADER || bytes[0] != VERSION {
            return Err(HotError::BlobInvalid);
        }
        let metrics = usize::from(u8_at(bytes, 1));
        let buckets = usize::from(u8_at(bytes, 2));
        let export = Self { bytes, metrics, buckets };
        if bytes.len() != HEADER + buckets * export.bucket_bytes() {
            return Err(HotError::BlobInvalid);
        }
        Ok(export)
    }

    /// Number of metrics.
    pub fn metrics(&self) -> usize {
        self.metrics
    }

    /// The buckets, oldest first.
    pub fn buckets(&self) -> impl Iterator<Item = ExportedBucket<'a>> + use<'a> {
        let (bytes, width) = (self.bytes, self.bucket_bytes());
        (0..self.buckets).map(move |index| {
            let at = HEADER + index * width;
            let span = Span { start_hour: u32_at(bytes, at), end_hour: u32_at(bytes, at + 4) };
            ExportedBucket { span, statistics: &bytes[at + SPAN..at + width] }
        })
    }

    fn bucket_bytes(&self) -> usize {
        SPAN + self.metrics * fixed::BYTES
    }
}

/// One bucket of an export.
#[derive(Clone, Copy, Debug)]
pub struct ExportedBucket<'a> {
    /// Its hours. More than one: resolution was lost, because nobody flushed in time.
    pub span: Span,
    statistics: &'a [u8],
}

impl ExportedBucket<'_> {
    /// Statistics of a metric, below [`Export::metrics`].
    pub fn statistics(&self, metric: usize) -> Statistics {
        statistics_at::<{ fixed::BYTES }>(self.statistics, metric * fixed::BYTES)
    }
}
