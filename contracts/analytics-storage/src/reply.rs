//! Answers: pages of structs, packed series, sums, and what a history takes.

use lumenscope_bucket::Statistics;
use lumenscope_bucket::calendar::{END_S, HOUR_S, Period};
use lumenscope_bucket::packed::PackedBucket;
use lumenscope_interfaces::analytics_storage::{
    AnalyticsError, PACKED_BUCKETS_MAX, RANGE_BUCKETS_MAX, RangePage, RangeQuery, StorageStatistics,
};
use lumenscope_interfaces::common::{Bucket, StatisticsView, StreamKey};
use soroban_sdk::{Bytes, Env, Symbol, Vec, panic_with_error};

use crate::calendar::{fits, hour_of_day, month_of, number_of, period_of, start_hour};
use crate::history::{Marks, StreamHistory};
use crate::query::{Hours, Source, hour_now};
use crate::sheet::{accepted, pack};
use crate::storage;
use crate::timeline::Timeline;

/// Buckets that a struct reply is chosen from: its periods, and spans that fit none.
const PAGE_ROOM: usize = 2 * RANGE_BUCKETS_MAX as usize;
/// Bytes of the longest packed series that a transaction may return beside its events.
const PACKED_BYTES_MAX: usize = 16_000;

/// A query, and as much of its range as there may be samples in.
struct Read<'a> {
    source: Source<'a>,
    period: Period,
    /// Number of the first period.
    from: u32,
    /// Number of the first period after the range.
    to: u32,
}

impl<'a> Read<'a> {
    #[inline(never)]
    fn of(e: &'a Env, query: &'a RangeQuery) -> Self {
        let source = Source::of(e, query);
        if query.from_s >= query.to_s || query.to_s > END_S {
            panic_with_error!(e, AnalyticsError::RangeInvalid);
        }
        let period = period_of(query.granularity);
        let last = period.of(query.to_s.wrapping_sub(1)).min(number_of(period, hour_now(e)));
        let to = last.wrapping_add(1);
        let first = number_of(period, source.first_hour());
        let from = period.of(query.from_s).max(first).min(to);
        Self { source, period, from, to }
    }

    fn each(&self, visit: &mut dyn FnMut(&PackedBucket)) {
        let (from, to) = (start_hour(self.period, self.from), start_hour(self.period, self.to));
        self.source.each(self.period, Hours { from, to }, visit);
    }
}

/// One page of buckets as structs.
pub fn page(e: &Env, query: &RangeQuery) -> RangePage {
    let mut read = Read::of(e, query);
    let end = read.to;
    read.to = end.min(read.from.saturating_add(RANGE_BUCKETS_MAX));
    let next = (read.to < end).then_some(start_hour(read.period, read.to));
    let mut room = [PackedBucket::default(); PAGE_ROOM];
    let mut timeline = Timeline::new(&mut room);
    read.each(&mut |bucket| timeline.add(bucket, true));
    let next = timeline.cut(RANGE_BUCKETS_MAX as usize, read.period).or(next);
    let mut buckets = Vec::new(e);
    for bucket in accepted(e, timeline.buckets()) {
        buckets.push_back(bucket_view(e, read.period, bucket));
    }
    RangePage { buckets, next_from_s: next.map(seconds) }
}

/// The whole range, packed.
pub fn packed(e: &Env, query: &RangeQuery) -> Bytes {
    let read = Read::of(e, query);
    if read.to.wrapping_sub(read.from) > PACKED_BUCKETS_MAX {
        panic_with_error!(e, AnalyticsError::RangeTooLong);
    }
    let mut room = [PackedBucket::default(); PACKED_BUCKETS_MAX as usize];
    let mut timeline = Timeline::new(&mut room);
    read.each(&mut |bucket| timeline.add(bucket, true));
    let mut out = [0; PACKED_BYTES_MAX];
    Bytes::from_slice(e, pack(e, accepted(e, timeline.buckets()), &mut out))
}

/// All samples of the range.
pub fn aggregate(e: &Env, query: &RangeQuery) -> StatisticsView {
    let mut sum = Statistics::EMPTY;
    Read::of(e, query).each(&mut |bucket| sum.merge(&bucket.statistics));
    view(&sum)
}

/// The most recent bucket of hours.
pub fn latest(e: &Env, stream: &StreamKey, metric: &Symbol) -> Option<Bucket> {
    let history = storage::require_history(e, stream);
    let Some(metric) = history.metric(metric) else {
        panic_with_error!(e, AnalyticsError::HistoryMetricUnknown)
    };
    let Marks { latest_day, ring_days, former_ring_days, .. } = history.marks;
    let mut latest = None;
    for ago in 0..ring_days.max(former_ring_days) {
        if let Some(sheet) = history.hours_of(e, stream, latest_day.saturating_sub(ago)) {
            sheet.each(e, metric, &mut |bucket| latest = Some(*bucket));
        }
        if let Some(bucket) = latest {
            return Some(bucket_view(e, Period::Hour, &bucket));
        }
    }
    None
}

/// What a stream's history takes.
pub fn storage_statistics(e: &Env, stream: &StreamKey) -> StorageStatistics {
    let history = storage::require_history(e, stream);
    let bytes = storage::history_bytes(e, &history);
    let mut statistics = StorageStatistics { entries: 1, bytes, buckets: 0 };
    each_sheet(e, &history, &mut |kind, number| {
        let Some(sheet) = storage::sheet(e, stream, kind, number) else { return };
        statistics.entries = statistics.entries.wrapping_add(1);
        statistics.bytes = statistics.bytes.wrapping_add(sheet.byte_len());
        for metric in 0..history.metrics.len() as u8 {
            sheet.each(e, metric, &mut |_| {
                statistics.buckets = statistics.buckets.wrapping_add(1);
            });
        }
    });
    statistics
}

/// Hands kind and number of every sheet that a stream may have to `visit`.
#[inline(never)]
pub fn each_sheet(e: &Env, history: &StreamHistory, visit: &mut dyn FnMut(u32, u32)) {
    history.each_hours_sheet(&mut |number| visit(storage::HOURS, number));
    let first = month_of(hour_of_day(history.marks.first_day));
    (first..=month_of(hour_now(e))).for_each(|number| visit(storage::DAYS, number));
}

#[inline(never)]
fn bucket_view(e: &Env, period: Period, bucket: &PackedBucket) -> Bucket {
    Bucket {
        start_s: seconds(bucket.start_hour),
        end_s: seconds(bucket.end_hour()),
        open: bucket.end_hour() > hour_now(e),
        coarse: !fits(period, bucket),
        statistics: view(&bucket.statistics),
    }
}

fn seconds(hour: u32) -> u64 {
    u64::from(hour).wrapping_mul(HOUR_S)
}

fn view(statistics: &Statistics) -> StatisticsView {
    let Statistics { count, sum, min, max, last, sum_of_squares } = *statistics;
    StatisticsView { count, sum, min, max, last, sum_of_squares }
}
