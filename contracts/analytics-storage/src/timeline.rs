//! Buckets in order of time, in room that the caller provides.

use lumenscope_bucket::Statistics;
use lumenscope_bucket::calendar::Period;
use lumenscope_bucket::packed::PackedBucket;
use lumenscope_interfaces::analytics_storage::AnalyticsError;

use crate::calendar::{number_of, start_hour};

/// Most buckets of one metric in one sheet: 32 periods, and spans that fit none.
pub const SHEET_BUCKETS_MAX: usize = 96;

/// Buckets sorted by start, then by length; no two are of the same span.
pub struct Timeline<'a> {
    room: &'a mut [PackedBucket],
    len: usize,
    overfull: bool,
}

impl<'a> Timeline<'a> {
    /// An empty timeline.
    pub fn new(room: &'a mut [PackedBucket]) -> Self {
        Self { room, len: 0, overfull: false }
    }

    /// The buckets, oldest first.
    ///
    /// # Errors
    ///
    /// [`AnalyticsError::RangeTooLong`] when there was no room for one.
    pub fn buckets(&self) -> Result<&[PackedBucket], AnalyticsError> {
        let buckets = self.room.get(..self.len).filter(|_| !self.overfull);
        buckets.ok_or(AnalyticsError::RangeTooLong)
    }

    /// Adds a bucket. If there is one of the same span, it takes the samples, as `later` ones or
    /// as earlier ones.
    #[inline(never)]
    pub fn add(&mut self, bucket: &PackedBucket, later: bool) {
        if bucket.statistics.is_empty() {
            return;
        }
        let mut at = self.len;
        while let Some(before) = at.checked_sub(1) {
            let Some(held) = self.room.get_mut(before) else { break };
            if order(held) < order(bucket) {
                break;
            }
            if order(held) == order(bucket) {
                merge(&mut held.statistics, &bucket.statistics, later);
                return;
            }
            at = before;
        }
        let mut moved = *bucket;
        let places = self.room.iter_mut().skip(at);
        for place in places.take(self.len.wrapping_sub(at).wrapping_add(1)) {
            core::mem::swap(place, &mut moved);
        }
        if self.len < self.room.len() {
            self.len = self.len.wrapping_add(1);
        } else {
            self.overfull = true;
        }
    }

    /// Keeps the first `len` buckets, or fewer, so that all that start together stay together.
    /// Returns the start of the first that was dropped.
    pub fn cut(&mut self, len: usize, period: Period) -> Option<u32> {
        if len >= self.len {
            return None;
        }
        let first = self.room.get(len)?.start_hour;
        // The next page begins with the whole period, so this one ends before it.
        let whole = start_hour(period, number_of(period, first));
        let next = match self.room.first() {
            Some(bucket) if bucket.start_hour < whole => whole,
            // More spans in one period than a page holds: only hours tell them apart.
            _ => first,
        };
        self.len = self.room.iter().take_while(|bucket| bucket.start_hour < next).count();
        Some(next)
    }
}

fn order(bucket: &PackedBucket) -> u64 {
    u64::from(bucket.start_hour) << 32 | u64::from(bucket.hours)
}

/// Adds samples to others, as `later` ones or as earlier ones.
#[inline(never)]
pub fn merge(held: &mut Statistics, added: &Statistics, later: bool) {
    let last = held.last;
    held.merge(added);
    if !later {
        held.last = last;
    }
}
