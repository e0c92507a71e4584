//! Buckets in order of time.

use lumenscope_bucket::Statistics;
use lumenscope_bucket::calendar::Period;
use lumenscope_bucket::packed::{PackedBucket, Series};
use lumenscope_interfaces::analytics_storage::{
    AnalyticsError, PACKED_BUCKETS_MAX, RANGE_BUCKETS_MAX,
};
use soroban_sdk::Env;

use crate::calendar::{day_of, fits, span_in};
use crate::history::History;
use crate::storage;

/// Most buckets in one timeline: those of a packed reply, and spans that fit none.
const BUCKETS_MAX: usize = PACKED_BUCKETS_MAX as usize + 2 * RANGE_BUCKETS_MAX as usize;

/// An empty room. As a static it is zeroed by one instruction, where it would be made by a loop.
static EMPTY: [Entry; BUCKETS_MAX] = [Entry::NONE; BUCKETS_MAX];

/// A bucket in a timeline.
#[derive(Clone, Copy)]
pub struct Entry {
    span: u64,
    /// Start of the latest bucket that it was made of.
    latest_hour: u32,
    statistics: Statistics,
}

impl Entry {
    const NONE: Self = Self { span: 0, latest_hour: 0, statistics: Statistics::EMPTY };

    /// The bucket.
    pub fn bucket(&self) -> PackedBucket {
        let (start_hour, hours) = ((self.span >> 32) as u32, self.span as u32);
        PackedBucket { start_hour, hours, statistics: self.statistics }
    }
}

/// Buckets sorted by start, then by length; no two are of the same span.
///
/// Laid out as written: what lies behind the room is farther away, which takes two bytes more at
/// each access.
#[repr(C)]
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
    /// Which part of a span tells buckets apart: nothing of it where all come as one.
    pub mask: u64,
    /// Whether a stream that does not hold the metric has no samples, instead of being refused.
    pub may_lack: bool,
    /// Whether samples that come do so before all that are there.
    pub is_earlier: bool,
    /// Where series are written that need not be read, and how far they are; empty when all is
    /// wanted as buckets.
    pub out: &'a mut [u8],
    pub written: usize,
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
            mask: u64::MAX,
            may_lack: false,
            is_earlier: false,
            out: &mut [],
            written: 0,
            room: EMPTY,
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
        let mut span = span_in(self.period, bucket);
        let start_hour = (span >> 32) as u32;
        if start_hour < self.from || start_hour >= self.to {
            return;
        }
        if self.by_hour
            && fits(Period::Day, bucket)
            && self.history.hours_of(day_of(bucket.start_hour)).is_stored()
        {
            return;
        }
        span &= self.mask;
        let latest_hour = bucket.start_hour;
        let mut at = self.len;
        while let Some(before) = at.checked_sub(1) {
            let Some(held) = self.room.get_mut(before) else { break };
            if held.span < span {
                break;
            }
            if held.span == span {
                held.statistics.merge_all_but_last(&bucket.statistics);
                if !self.is_earlier && latest_hour >= held.latest_hour {
                    held.statistics.last = bucket.statistics.last;
                    held.latest_hour = latest_hour;
                }
                return;
            }
            at = before;
        }
        let Some(later) = self.room.get_mut(at..=self.len) else { too_long(&self.history.e) };
        self.len = self.len.wrapping_add(1);
        later.copy_within(..later.len().wrapping_sub(1), 1);
        if let Some(place) = later.first_mut() {
            *place = Entry { span, latest_hour, statistics: bucket.statistics };
        }
    }

    /// The samples of a timeline that takes all as one.
    pub fn sum(&self) -> &Statistics {
        &self.room[0].statistics
    }

    /// Writes the buckets that are there behind what was written.
    #[inline(never)]
    pub fn write(&mut self) {
        let out = core::mem::take(&mut self.out);
        let room = out.get_mut(self.written..).unwrap_or_default();
        let len = self.pack(room).unwrap_or_else(|| too_long(&self.history.e));
        self.written = self.written.wrapping_add(len);
        self.out = out;
        self.clear();
    }

    /// Packs the buckets into `out`. Returns the length; none when they do not fit.
    #[inline(never)]
    pub fn pack(&mut self, out: &mut [u8]) -> Option<usize> {
        let mut series = Series::writer(out, self.len as u16);
        for entry in self.buckets() {
            if !series.code(&mut entry.bucket()) {
                return None;
            }
        }
        series.finish()
    }
}

/// Ends the call: more than a reply or an entry may hold.
pub fn too_long(e: &Env) -> ! {
    storage::fail(e, AnalyticsError::RangeTooLong)
}
