//! The last minutes of a watched metric.
//!
//! A minute's slot is its number modulo the ring's length, and carries that number: a slot of
//! another minute counts as empty, and nothing has to be cleared as time passes.

use lumenscope_bucket::Statistics;

use crate::bytes::{count_up, grow, set, statistics_at, u32_at};
use crate::export::METRIC_EXPORT_BYTES;
use crate::layout::{
    AT_METRICS, AT_SPANS, AT_WATCHED, RING, RING_HEAD, RING_MINUTES, RING_SLOT, RING_STATISTICS,
    VERSION,
};
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

/// Bytes of an entry of one metric up to the end of its ring.
pub const ONE_RING_BYTES: usize = METRIC_EXPORT_BYTES + RING;

/// The ring in an entry of one metric, if that metric is watched: for readers that need nothing
/// else of it.
pub fn ring_of_one(entry: &[u8]) -> Option<&[u8]> {
    let is_one = entry.get(AT_METRICS) == Some(&1) && entry.get(AT_WATCHED) == Some(&1);
    let ring = entry.get(METRIC_EXPORT_BYTES..ONE_RING_BYTES);
    ring.filter(|_| is_one && entry.first() == Some(&VERSION))
}

/// The minutes that a ring holds, as its bytes say: oldest first, those without samples left out.
pub fn minutes(ring: &[u8]) -> impl Iterator<Item = MinuteSlot> + use<'_> {
    let tag = |slot| u32_at(ring, RING_HEAD + slot * RING_SLOT);
    let newest = if ring.len() == RING { (0..RING_MINUTES).map(tag).max() } else { None };
    // A ring holds no other minutes than these.
    (0..RING_MINUTES as u32).rev().filter_map(move |ago| {
        let minute = newest?.checked_sub(ago)?;
        let at = place_of(minute);
        let statistics = statistics_at(ring, at + 4, RING_STATISTICS);
        let is_held = u32_at(ring, at) == minute && !statistics.is_empty();
        is_held.then_some(MinuteSlot { minute, statistics })
    })
}

/// The last hour of which nothing waits for a flush, so that history has all of it: the one before the
/// first that the entry holds, or [`u32::MAX`] of one that holds none.
pub fn known_through(entry: &[u8; ONE_RING_BYTES]) -> u32 {
    // Spans that are not in use are 0.
    u32_at(entry, AT_SPANS).wrapping_sub(1)
}

/// Statistics as `lumenscope_bucket::fixed` packs them, by the function that reads them in an entry.
pub fn unpacked(packed: &[u8; lumenscope_bucket::fixed::BYTES]) -> Statistics {
    statistics_at(packed, 0, packed.len())
}

/// The newest minute that a ring holds; 0 for none.
pub fn newest_minute(ring: &[u8]) -> u32 {
    let mut newest = 0;
    for slot in 0..RING_MINUTES {
        newest = u32_at(ring, RING_HEAD + slot * RING_SLOT).max(newest);
    }
    newest
}

/// The samples of the minutes from the first to the last, of a ring: at most as many as it has slots.
/// The same work whichever of them it holds.
pub fn window(ring: &[u8], first: u32, last: u32) -> Statistics {
    let mut total = Statistics::EMPTY;
    let mut minute = first;
    while minute <= last {
        let at = place_of(minute);
        let mut held = statistics_at(ring, at + 4, RING_STATISTICS);
        if u32_at(ring, at) != minute {
            held = Statistics::EMPTY;
        }
        total.merge(&held);
        minute += 1;
    }
    total
}

impl<'a, B: AsRef<[u8]> + ?Sized> View<'a, B> {
    /// The ring of a metric, if it is watched: [`minutes`] reads it.
    pub fn ring(&self, metric: usize) -> Option<&'a [u8]> {
        if !self.is_watched(metric) {
            return None;
        }
        let at = self.shape.ring_at(metric);
        Some(&self.bytes()[at..at + RING])
    }

    /// How many samples of a watched metric came when their minute was closed already: they are
    /// in hours and totals, not in the ring.
    pub fn late(&self, metric: usize) -> u32 {
        self.ring(metric).map_or(0, |ring| u32_at(ring, 0))
    }
}

impl<B: AsRef<[u8]> + AsMut<[u8]> + ?Sized> Recorder<'_, B> {
    pub(crate) fn add_to_ring(&mut self, metric: usize, moment: Moment, sample: &Statistics) {
        if !self.shape.is_watched(metric) {
            return;
        }
        let Moment { minute, minute_is_open, .. } = moment;
        let ring = self.shape.ring_at(metric);
        if !minute_is_open {
            count_up(self.room.as_mut(), ring, sample.count);
            return;
        }
        let at = ring + place_of(minute);
        let is_held = u32_at(self.room.as_mut(), at) == minute;
        set(self.room.as_mut(), at, 4, minute.into());
        grow(self.room.as_mut(), at + 4, RING_STATISTICS, sample, is_held);
    }
}

fn place_of(minute: u32) -> usize {
    RING_HEAD + minute as usize % RING_MINUTES * RING_SLOT
}
