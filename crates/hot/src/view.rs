//! Reading a hot entry.

use lumenscope_bucket::Statistics;
use lumenscope_bucket::fixed;

use crate::HotError;
use crate::bytes::{statistics_at, u8_at, u16_at, u32_at, u64_at};
use crate::layout::{
    AT_CLAMPED, AT_FLUSHED, AT_SEQUENCE, AT_SLOTS, CODE, HEADER, SLOTS, Shape, TOTALS,
};
use crate::plan::Span;

/// A span of hours that was not flushed yet.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Slot {
    /// Its place, for [`View::statistics`].
    pub index: usize,
    /// Its hours. More than one: nobody flushed in time, and resolution was lost.
    pub span: Span,
}

/// A hot entry, readable. `B` is what its bytes lie in: as many as there are, or room for any entry,
/// whose length the compiler knows.
#[derive(Debug)]
pub struct View<'a, B: ?Sized = [u8]> {
    pub(crate) room: &'a B,
    pub(crate) shape: Shape,
}

impl<B: ?Sized> Clone for View<'_, B> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<B: ?Sized> Copy for View<'_, B> {}

impl<'a> View<'a> {
    /// Reads the header.
    ///
    /// # Errors
    ///
    /// [`HotError::BlobInvalid`].
    pub fn parse(bytes: &'a [u8]) -> Result<Self, HotError> {
        Ok(Self { room: bytes, shape: Shape::parse(bytes)? })
    }
}

impl<'a, B: AsRef<[u8]> + ?Sized> View<'a, B> {
    /// The bytes, and what is behind them in the room.
    #[inline(always)]
    pub(crate) fn bytes(&self) -> &'a [u8] {
        self.room.as_ref()
    }

    /// Number of metrics.
    pub fn metrics(&self) -> usize {
        self.shape.metrics
    }

    /// Code of a metric in the dictionary; 0 for a custom metric.
    pub fn code(&self, metric: usize) -> u16 {
        u16_at(self.bytes(), HEADER + metric * CODE)
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
        u64_at(self.bytes(), AT_SEQUENCE)
    }

    /// First hour since 1970-01-01 that still accepts samples.
    pub fn flushed_before(&self) -> u32 {
        u32_at(self.bytes(), AT_FLUSHED)
    }

    /// The slots in use, oldest first.
    pub fn slots(&self) -> impl Iterator<Item = Slot> + use<'a, B> {
        let bytes = self.bytes();
        (0..self.used()).map(move |index| Slot { index, span: Span::of(bytes, index) })
    }

    /// Statistics of a metric in a slot; empty for a slot that is not in use.
    pub fn statistics(&self, metric: usize, slot: usize) -> Statistics {
        let at = self.shape.slots_at(metric) + slot * fixed::BYTES;
        statistics_at(self.bytes(), at, fixed::BYTES)
    }

    /// Statistics of a metric over all slots.
    pub fn unflushed(&self, metric: usize) -> Statistics {
        let mut all = Statistics::EMPTY;
        for slot in 0..SLOTS {
            all.merge(&self.statistics(metric, slot));
        }
        all
    }

    /// Everything ever recorded of a metric: how many, their sum, and the one recorded last among
    /// those of the newest hour. The other fields are 0. Count and sum stay at their widths if they
    /// get there.
    pub fn totals(&self, metric: usize) -> Statistics {
        statistics_at(self.bytes(), self.shape.metric_at(metric), TOTALS)
    }

    /// How many samples of a metric were beyond the limit of values, and clamped.
    pub fn clamped(&self, metric: usize) -> u32 {
        u32_at(self.bytes(), self.shape.metric_at(metric) + AT_CLAMPED)
    }

    pub(crate) fn used(&self) -> usize {
        u8_at(self.bytes(), AT_SLOTS).into()
    }
}
