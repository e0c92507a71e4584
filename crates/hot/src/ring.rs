//! The last minutes of a watched metric.
//!
//! A minute's slot is its number modulo the ring's length, and carries that number: a slot of
//! another minute counts as empty, and nothing has to be cleared as time passes.

use lumenscope_bucket::Statistics;

use crate::bytes::{put, put_statistics, statistics_at, u32_at};
use crate::layout::{RING_HEAD, RING_MINUTES, RING_SLOT, RING_STATISTICS};
use crate::record::{Moment, Recorder};
use crate::view::View;

/// One minute of a watched metric.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct MinuteSlot {
    /// Minute since 1970-01-01.
    pub minute: u32,
    /// The samples of that minute. The sum of squares is not kept, and 0.
    pub statistics: Statistics,
}

impl<'a> View<'a> {
    /// The samples of a minute, if the metric is watched and its ring still holds that minute.
    pub fn minute(&self, metric: usize, minute: u32) -> Option<Statistics> {
        if !self.is_watched(metric) {
            return None;
        }
        let at = self.shape.ring_at(metric) + place_of(minute);
        let statistics = statistics_at(self.bytes, at + 4, RING_STATISTICS);
        (u32_at(self.bytes, at) == minute && !statistics.is_empty()).then_some(statistics)
    }

    /// The minutes from `from` to `through` that a ring holds, oldest first.
    pub fn minutes(
        &self,
        metric: usize,
        from: u32,
        through: u32,
    ) -> impl Iterator<Item = MinuteSlot> + use<'a> {
        let view = *self;
        let newest = if view.is_watched(metric) { view.newest_minute(metric) } else { 0 };
        // A ring holds no other minutes than these.
        (0..RING_MINUTES as u32).rev().filter_map(move |ago| {
            let minute = newest.checked_sub(ago)?;
            if minute < from || through < minute {
                return None;
            }
            let statistics = view.minute(metric, minute)?;
            Some(MinuteSlot { minute, statistics })
        })
    }

    /// How many samples of a watched metric came when their minute was closed already: they are
    /// in hours and totals, not in the ring.
    pub fn late(&self, metric: usize) -> u32 {
        if self.is_watched(metric) { u32_at(self.bytes, self.shape.ring_at(metric)) } else { 0 }
    }

    fn newest_minute(&self, metric: usize) -> u32 {
        let at = self.shape.ring_at(metric) + RING_HEAD;
        let minute = |slot| u32_at(self.bytes, at + slot * RING_SLOT);
        (0..RING_MINUTES).map(minute).max().unwrap_or(0)
    }
}

impl Recorder<'_> {
    pub(crate) fn add_to_ring(&mut self, metric: usize, moment: Moment, sample: &Statistics) {
        if !self.shape.is_watched(metric) {
            return;
        }
        let Moment { minute, minute_is_open, .. } = moment;
        let ring = self.shape.ring_at(metric);
        let at = ring + place_of(minute);
        let tag = u32_at(self.bytes, at);
        let held = statistics_at(self.bytes, at + 4, RING_STATISTICS);
        let mut grown = if tag == minute { held } else { Statistics::EMPTY };
        grown.merge(sample);
        let (tag, kept) = if minute_is_open { (minute, grown) } else { (tag, held) };
        put(self.bytes, at, &tag.to_le_bytes());
        put_statistics(self.bytes, at + 4, RING_STATISTICS, &kept);
        let came_late = if minute_is_open { 0 } else { sample.count.min(u32::MAX.into()) as u32 };
        let late = u32_at(self.bytes, ring).saturating_add(came_late);
        put(self.bytes, ring, &late.to_le_bytes());
    }
}

fn place_of(minute: u32) -> usize {
    RING_HEAD + minute as usize % RING_MINUTES * RING_SLOT
}
