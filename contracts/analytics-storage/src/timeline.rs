//! Buckets in order of time, in room that the caller provides.

use lumenscope_bucket::Statistics;
use lumenscope_bucket::calendar::Period;
use lumenscope_bucket::packed::{PackedBucket, Series};
use lumenscope_interfaces::analytics_storage::{
    AnalyticsError, PACKED_BUCKETS_MAX, RANGE_BUCKETS_MAX,
};
use soroban_sdk::Env;

use crate::calendar::{day_of, fits, normalise};
use crate::history::History;
use crate::storage;

/// Most buckets in one timeline: those of a packed reply, and spans that fit none.
const BUCKETS_MAX: usize = PACKED_BUCKETS_MAX as usize + 2 * RANGE_BUCKETS_MAX as usize;

/// A bucket, and the start of the latest that it was made of.
#[derive(Clone, Copy, Default)]
pub struct Entry {
    pub bucket: PackedBucket,
    latest_hour: u32,
}

/// Buckets sorted by start, then by length; no two are of the same span.
pub struct Timeline<'a> {
    pub history: &'a History<'a>,
    len: usize,
    /// Buckets that fit such a period are widened to it.
    pub period: Period,
    /// First hour that a bucket may start at.
    pub from: u32,
    /// First hour that none may start at.
    pub to: u32,
    /// Whether days are left out whose hours history keeps.
    pub by_hour: bool,
    /// Whether all come as one.
    pub is_sum: bool,
    /// Whether samples that come do so before all that are there.
    pub is_earlier: bool,
    room: [Entry; BUCKETS_MAX],
}

impl<'a> Timeline<'a> {
    /// An empty timeline of hours.
    #[inline(never)]
    pub fn new(history: &'a History<'a>) -> Self {
        Self {
            history,
            len: 0,
            period: Period::Hour,
            from: 0,
            to: u32::MAX,
            by_hour: false,
            is_sum: false,
            is_earlier: false,
            room: [Entry::default(); BUCKETS_MAX],
        }
    }

    /// Drops all buckets.
    pub fn clear(&mut self) {
        self.len = 0;
    }

    /// The buckets, oldest first.
    pub fn buckets(&mut self) -> &mut [Entry] {
        self.room.get_mut(..self.len).unwrap_or_default()
    }

    /// Adds a bucket. If there is one of the same span, it takes the samples; the last of them is
    /// that of the bucket that starts later.
    #[inline(never)]
    pub fn add(&mut self, bucket: &PackedBucket) {
        if bucket.statistics.is_empty() {
            return;
        }
        let mut moved = Entry { bucket: *bucket, latest_hour: bucket.start_hour };
        normalise(self.period, &mut moved.bucket);
        let start_hour = moved.bucket.start_hour;
        if start_hour < self.from || start_hour >= self.to {
            return;
        }
        if self.by_hour
            && fits(Period::Day, bucket)
            && self.history.hours_of(day_of(bucket.start_hour)).is_stored()
        {
            return;
        }
        if self.is_sum {
            moved.bucket.start_hour = 0;
            moved.bucket.hours = 0;
        }
        let mut at = self.len;
        while let Some(before) = at.checked_sub(1) {
            let Some(held) = self.room.get_mut(before) else { break };
            if order(held) < order(&moved) {
                break;
            }
            if order(held) == order(&moved) {
                let (statistics, added) = (&mut held.bucket.statistics, &moved.bucket.statistics);
                statistics.merge_all_but_last(added);
                if !self.is_earlier && moved.latest_hour >= held.latest_hour {
                    statistics.last = added.last;
                    held.latest_hour = moved.latest_hour;
                }
                return;
            }
            at = before;
        }
        let Some(later) = self.room.get_mut(at..=self.len) else { too_long(self.history.e) };
        self.len = self.len.wrapping_add(1);
        later.copy_within(..later.len().wrapping_sub(1), 1);
        if let Some(place) = later.first_mut() {
            *place = moved;
        }
    }

    /// The samples of a timeline that takes all as one.
    pub fn sum(&self) -> Statistics {
        self.room[0].bucket.statistics
    }

    /// Packs the buckets into `out`, or ends the call when they do not fit. Returns the length.
    #[inline(never)]
    pub fn pack(&mut self, out: &mut [u8]) -> usize {
        let e = self.history.e;
        let mut series = Series::writer(out, self.len as u16);
        for entry in self.buckets() {
            if !series.code(&mut entry.bucket) {
                too_long(e);
            }
        }
        series.finish()
    }
}

fn order(entry: &Entry) -> u64 {
    u64::from(entry.bucket.start_hour) << 32 | u64::from(entry.bucket.hours)
}

/// Ends the call: more than a reply or an entry may hold.
pub fn too_long(e: &Env) -> ! {
    storage::fail(e, AnalyticsError::RangeTooLong)
}
