//! What leaves a hot entry for history: closed slots, as bytes.
//!
//! An export is the beginning of a hot entry ([`crate::layout`]): its header, codes and metrics, of
//! all metrics. Of an entry of one metric, its first [`METRIC_EXPORT_BYTES`] are an export of all its
//! slots. Its slots in use are those that were exported. What else stands there
//! (reporters, totals) is as it was, and nobody reads it from an export.
//!
//! Sketches follow where the counters since the last flush leave with the slots: the end of the hot
//! entry as it stands, of which those counters count.

use lumenscope_bucket::{Statistics, fixed};

use crate::HotError;
use crate::bytes::statistics_at;
use crate::layout::{
    AT_METRIC_SLOTS, AT_SLOTS, AT_SPANS, CODE, HEADER, METRIC, METRICS_MAX, SKETCH_HEAD, SLOTS,
    SPAN, VERSION,
};
use crate::plan::Span;
use crate::record::Recorder;
use crate::view::View;

/// Bytes of the largest export, without sketches.
pub const EXPORT_BYTES_MAX: usize = HEADER + METRICS_MAX * (CODE + METRIC);
/// Bytes of a sketch in an export before its counters: the place of its metric in one, and its
/// layout.
pub const SKETCH_HEAD_BYTES: usize = SKETCH_HEAD;
/// Bytes of an export of one metric.
pub const METRIC_EXPORT_BYTES: usize = HEADER + CODE + METRIC;

impl<B: AsRef<[u8]> + ?Sized> View<'_, B> {
    /// How many slots end by `through_hour`: the first ones.
    #[inline(never)]
    pub fn slots_through(&self, through_hour: u32) -> usize {
        let mut slots = 0;
        while slots < self.used() && Span::end_of(self.bytes(), slots) <= through_hour {
            slots += 1;
        }
        slots
    }
}

impl<B: AsRef<[u8]> + AsMut<[u8]> + ?Sized> Recorder<'_, B> {
    /// What `visit` makes of an export of the first slots, and of the sketches that leave with them:
    /// the export in two parts.
    pub fn export<T>(&mut self, slots: usize, visit: impl FnOnce(&[u8], &[u8]) -> T) -> T {
        let used = core::mem::replace(&mut self.room.as_mut()[AT_SLOTS], slots as u8);
        let end = self.bytes().len();
        let from = if leave_sketches(slots, used.into()) { self.shape.sketches_at } else { end };
        let visited = visit(self.to_export(), &self.room.as_ref()[from..end]);
        self.room.as_mut()[AT_SLOTS] = used;
        visited
    }

    /// An export of all slots, without sketches.
    pub fn to_export(&self) -> &[u8] {
        &self.room.as_ref()[..self.shape.metric_at(self.shape.metrics)]
    }
}

/// Whether the counters since the last flush leave with so many of the slots in use: those that are
/// left are at most the open hour.
pub(crate) fn leave_sketches(slots: usize, used: usize) -> bool {
    slots > 0 && slots.wrapping_add(1) >= used
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
        let &[VERSION, metrics, _, buckets, ..] = bytes else { return Err(HotError::BlobInvalid) };
        let (metrics, buckets) = (usize::from(metrics), usize::from(buckets));
        if buckets > SLOTS || bytes.len() < HEADER + metrics * (CODE + METRIC) {
            return Err(HotError::BlobInvalid);
        }
        Ok(Self { bytes, metrics, buckets })
    }

    /// Where its sketches begin.
    pub fn sketches_at(&self) -> usize {
        HEADER + self.metrics * (CODE + METRIC)
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
        Span::decode(self.bytes, AT_SPANS + index * SPAN)
    }

    /// Statistics of a metric, below [`Export::metrics`], in one of the buckets.
    pub fn statistics(&self, metric: usize, index: usize) -> Statistics {
        let at = HEADER + self.metrics * CODE + metric * METRIC + AT_METRIC_SLOTS;
        statistics_at(self.bytes, at + index * fixed::BYTES, fixed::BYTES)
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
