//! What leaves a hot entry for history: closed slots, as bytes.
//!
//! | bytes | |
//! |---|---|
//! | 0 | version, 1 |
//! | 1 | metrics M |
//! | 2 | buckets B, at most 4 |
//! | B times 4, 4 | first hour, last hour, since 1970-01-01; oldest first |
//! | M times B times 47 | statistics of each metric, bucket by bucket ([`lumenscope_bucket::fixed`]) |

use core::ops::Range;

use lumenscope_bucket::{Statistics, fixed};

use crate::HotError;
use crate::bytes::{put, statistics_at};
use crate::layout::{AT_SPANS, METRICS_MAX, SLOTS, SPAN};
use crate::plan::Span;
use crate::view::View;

const VERSION: u8 = 1;
const HEADER: usize = 3;

/// Bytes of the largest export.
pub const EXPORT_BYTES_MAX: usize = HEADER + SLOTS * (SPAN + METRICS_MAX * fixed::BYTES);
/// Bytes of the largest export of one metric.
pub const ONE_METRIC_BYTES_MAX: usize = HEADER + SLOTS * (SPAN + fixed::BYTES);

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
        self.export_of(0..self.metrics(), through_hour, out)
    }

    /// As [`View::export`], of those metrics alone.
    ///
    /// # Panics
    ///
    /// When `out` is too small.
    pub fn export_of(&self, metrics: Range<usize>, through_hour: u32, out: &mut [u8]) -> usize {
        let buckets = self.slots_through(through_hour);
        out[0] = VERSION;
        out[1] = metrics.len() as u8;
        out[2] = buckets as u8;
        let mut at = HEADER;
        let mut append = |from: usize, bytes: usize| {
            put(out, at, &self.bytes[from..from + bytes]);
            at += bytes;
        };
        append(AT_SPANS, buckets * SPAN);
        for metric in metrics {
            append(self.shape.slots_at(metric), buckets * fixed::BYTES);
        }
        at
    }
}

/// An export, readable.
#[derive(Clone, Copy, Debug, Default)]
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
        let &[VERSION, metrics, buckets, ..] = bytes else { return Err(HotError::BlobInvalid) };
        let (metrics, buckets) = (usize::from(metrics), usize::from(buckets));
        let expected = HEADER + buckets * (SPAN + metrics * fixed::BYTES);
        if buckets > SLOTS || bytes.len() != expected {
            return Err(HotError::BlobInvalid);
        }
        Ok(Self { bytes, metrics, buckets })
    }

    /// Number of metrics.
    pub fn metrics(&self) -> usize {
        self.metrics
    }

    /// Number of buckets, at most 4.
    pub fn len(&self) -> usize {
        self.buckets
    }

    /// Whether there are no buckets.
    pub fn is_empty(&self) -> bool {
        self.buckets == 0
    }

    /// The buckets, oldest first.
    pub fn buckets(&self) -> impl Iterator<Item = ExportedBucket<'a>> + use<'a> {
        let export = *self;
        (0..self.buckets).map(move |index| {
            let span = export.span(index);
            ExportedBucket { span, export, index }
        })
    }

    /// Hours of a bucket, below [`Export::len`].
    pub fn span(&self, index: usize) -> Span {
        Span::decode(self.bytes, HEADER + index * SPAN)
    }

    /// Statistics of a metric, below [`Export::metrics`], in one of the buckets.
    pub fn statistics(&self, metric: usize, index: usize) -> Statistics {
        let at = HEADER + self.buckets * SPAN + (metric * self.buckets + index) * fixed::BYTES;
        statistics_at(self.bytes, at, fixed::BYTES)
    }
}

/// One bucket of an export.
#[derive(Clone, Copy, Debug)]
pub struct ExportedBucket<'a> {
    /// Its hours. More than one: resolution was lost, because nobody flushed in time.
    pub span: Span,
    export: Export<'a>,
    index: usize,
}

impl ExportedBucket<'_> {
    /// Statistics of a metric, below [`Export::metrics`].
    pub fn statistics(&self, metric: usize) -> Statistics {
        self.export.statistics(metric, self.index)
    }
}
