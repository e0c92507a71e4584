//! Reading a hot entry.

use lumenscope_bucket::Statistics;
use lumenscope_bucket::fixed;

use crate::HotError;
use crate::bytes::{statistics_at, u8_at, u16_at, u32_at, u64_at};
use crate::layout::{
    AT_CLAMPED, AT_FLUSHED, AT_SEQUENCE, AT_SLOTS, AT_SPANS, AT_TOTAL_LAST, AT_TOTAL_SUM, CODE,
    HEADER, SLOTS, SPAN, Shape,
};
use crate::plan::Span;

/// Everything ever recorded of a metric.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Totals {
    /// Number of samples; stays at 2^48 - 1 if it gets there.
    pub count: u64,
    /// Sum of the samples; stays at its 12 bytes if it gets there.
    pub sum: i128,
    /// The sample recorded last among those of the newest hour.
    pub last: i64,
}

/// A span of hours that was not flushed yet.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Slot {
    /// Its place, for [`View::statistics`].
    pub index: usize,
    /// Its hours. More than one: nobody flushed in time, and resolution was lost.
    pub span: Span,
}

/// A hot entry, readable.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) shape: Shape,
}

impl<'a> View<'a> {
    /// Reads the header.
    ///
    /// # Errors
    ///
    /// [`HotError::BlobInvalid`].
    pub fn parse(bytes: &'a [u8]) -> Result<Self, HotError> {
        Ok(Self { bytes, shape: Shape::parse(bytes)? })
    }

    /// Number of metrics.
    pub fn metrics(&self) -> usize {
        self.shape.metrics
    }

    /// Code of a metric in the dictionary; 0 for a custom metric.
    pub fn code(&self, metric: usize) -> u16 {
        u16_at(self.bytes, HEADER + metric * CODE)
    }

    /// The metric of that code.
    pub fn metric_of_code(&self, code: u16) -> Option<usize> {
        (0..self.metrics()).find(|metric| self.code(*metric) == code)
    }

    /// Whether a metric has a ring.
    pub fn is_watched(&self, metric: usize) -> bool {
        self.shape.is_watched(metric)
    }

    /// Whether sums of witnesses are kept.
    pub fn has_witnesses(&self) -> bool {
        self.shape.witnesses
    }

    /// One more for every recording call.
    pub fn sequence(&self) -> u64 {
        u64_at(self.bytes, AT_SEQUENCE)
    }

    /// First hour since 1970-01-01 that still accepts samples.
    pub fn flushed_before(&self) -> u32 {
        u32_at(self.bytes, AT_FLUSHED)
    }

    /// The slots in use, oldest first.
    pub fn slots(&self) -> impl Iterator<Item = Slot> + use<'a> {
        let spans = self.spans();
        (0..self.used()).map(move |index| Slot { index, span: spans[index] })
    }

    /// Statistics of a metric in a slot; empty for a slot that is not in use.
    pub fn statistics(&self, metric: usize, slot: usize) -> Statistics {
        let at = self.shape.slots_at(metric) + slot * fixed::BYTES;
        statistics_at(self.bytes, at, fixed::BYTES)
    }

    /// Statistics of a metric over all slots.
    pub fn unflushed(&self, metric: usize) -> Statistics {
        let mut all = Statistics::EMPTY;
        for slot in 0..SLOTS {
            all.merge(&self.statistics(metric, slot));
        }
        all
    }

    /// Everything ever recorded of a metric.
    pub fn totals(&self, metric: usize) -> Totals {
        let at = self.shape.metric_at(metric);
        // Reads whole words and shifts away the neighbour's bytes.
        let count = u64_at(self.bytes, at) << 16 >> 16;
        let sum_low = u64_at(self.bytes, at + AT_TOTAL_SUM);
        let sum_high = u32_at(self.bytes, at + AT_TOTAL_SUM + 8) as i32;
        let last = (u64_at(self.bytes, at + AT_TOTAL_LAST) << 16) as i64 >> 16;
        Totals { count, sum: i128::from(sum_high) << 64 | i128::from(sum_low), last }
    }

    /// How many samples of a metric were beyond the limit of values, and clamped.
    pub fn clamped(&self, metric: usize) -> u32 {
        u32_at(self.bytes, self.shape.metric_at(metric) + AT_CLAMPED)
    }

    pub(crate) fn used(&self) -> usize {
        u8_at(self.bytes, AT_SLOTS).into()
    }

    pub(crate) fn spans(&self) -> [Span; SLOTS] {
        let mut spans = [Span::default(); SLOTS];
        for (slot, span) in spans.iter_mut().enumerate() {
            *span = Span::decode(self.bytes, AT_SPANS + slot * SPAN);
        }
        spans
    }
}
