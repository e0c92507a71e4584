//! Answers: pages of structs, packed series, sums, and what a history takes.

use lumenscope_bucket::Statistics;
use lumenscope_bucket::calendar::{END_S, HOUR_S, Period};
use lumenscope_bucket::packed::PackedBucket;
use lumenscope_interfaces::analytics_storage::{
    AnalyticsError, PACKED_BUCKETS_MAX, RANGE_BUCKETS_MAX, RangePage, RangeQuery, StorageStatistics,
};
use lumenscope_interfaces::common::{Bucket, StatisticsView, StreamKey};
use soroban_sdk::{Bytes, Env, Symbol, Vec, panic_with_error};

use crate::calendar::{end_hour, fits, hour_of_day, number_of, period_of, sheet_of, start_hour};
use crate::history::StreamHistory;
use crate::query::{Hours, Source, hour_now};
use crate::sheet::{accepted, pack};
use crate::storage;
use crate::timeline::{Timeline, merge};

/// Buckets that a struct reply is chosen from: its periods, and spans that fit none.
const PAGE_ROOM: usize = 2 * RANGE_BUCKETS_MAX as usize;
/// Bytes of the longest packed series that a transaction may return beside its events.
const PACKED_BYTES_MAX: usize = 16_000;
/// Periods that are added up at a time.
const SUMMED_AT_ONCE: u32 = 64;
/// Bytes of a [`Bucket`] as a contract stores it: what packing is compared with.
pub const PLAIN_BUCKET_BYTES: u32 = 320;

/// The periods of a query, first and one after the last, as far as there may be samples.
struct Periods {
    period: Period,
    from: u32,
    to: u32,
}

impl Periods {
    fn of(e: &Env, query: &RangeQuery, source: &Source) -> Self {
        if query.from_s >= query.to_s || query.to_s > END_S {
            panic_with_error!(e, AnalyticsError::RangeInvalid);
        }
        let period = period_of(query.granularity);
        let last = period.of(query.to_s.wrapping_sub(1)).min(number_of(period, hour_now(e)));
        let to = last.wrapping_add(1);
        let first = source.first_hour().map_or(to, |hour| number_of(period, hour));
        let from = period.of(query.from_s).max(first).min(to);
        Self { period, from, to }
    }

    fn len(&self) -> u32 {
        self.to.wrapping_sub(self.from)
    }

    fn hours(&self) -> Hours {
        let Self { period, from, to } = *self;
        Hours { from: start_hour(period, from), to: start_hour(period, to) }
    }
}

/// One page of buckets as structs.
pub fn page(e: &Env, query: &RangeQuery) -> RangePage {
    let source = Source::of(e, query);
    let mut periods = Periods::of(e, query, &source);
    let end = periods.to;
    periods.to = end.min(periods.from.saturating_add(RANGE_BUCKETS_MAX));
    let mut next = (periods.to < end).then_some(periods.hours().to);
    let mut room = [PackedBucket::default(); PAGE_ROOM];
    let mut timeline = Timeline::new(&mut room);
    if periods.len() > 0 {
        source.collect(periods.period, periods.hours(), &mut timeline);
        next = timeline.cut(RANGE_BUCKETS_MAX as usize).or(next);
    }
    let mut buckets = Vec::new(e);
    for bucket in accepted(e, timeline.buckets()) {
        buckets.push_back(bucket_view(e, periods.period, bucket));
    }
    RangePage { buckets, next_from_s: next.map(seconds) }
}

/// The whole range, packed.
pub fn packed(e: &Env, query: &RangeQuery) -> Bytes {
    let source = Source::of(e, query);
    let periods = Periods::of(e, query, &source);
    if periods.len() > PACKED_BUCKETS_MAX {
        panic_with_error!(e, AnalyticsError::RangeTooLong);
    }
    let mut room = [PackedBucket::default(); PACKED_BUCKETS_MAX as usize];
    let mut timeline = Timeline::new(&mut room);
    if periods.len() > 0 {
        source.collect(periods.period, periods.hours(), &mut timeline);
    }
    let mut out = [0; PACKED_BYTES_MAX];
    Bytes::from_slice(e, pack(e, accepted(e, timeline.buckets()), &mut out))
}

/// All samples of the range.
pub fn aggregate(e: &Env, query: &RangeQuery) -> StatisticsView {
    let source = Source::of(e, query);
    let Hours { mut from, to } = Periods::of(e, query, &source).hours();
    let mut sum = Statistics::EMPTY;
    while from < to {
        let (period, end) = coarsest(from, to);
        let mut room = [PackedBucket::default(); PAGE_ROOM];
        let mut timeline = Timeline::new(&mut room);
        source.collect(period, Hours { from, to: end }, &mut timeline);
        for bucket in accepted(e, timeline.buckets()) {
            merge(&mut sum, &bucket.statistics, true);
        }
        from = end;
    }
    view(&sum)
}

/// The widest period that starts at `from` and ends by `to`, and until when it can be followed
/// by others of its width.
fn coarsest(from: u32, to: u32) -> (Period, u32) {
    let mut end = to;
    for period in [Period::Month, Period::Day] {
        let number = number_of(period, from);
        let last = number_of(period, to).min(number.wrapping_add(SUMMED_AT_ONCE));
        let last = start_hour(period, last);
        if start_hour(period, number) == from && last > from {
            return (period, last.min(end));
        }
        // Narrower periods lead up to the first of this width.
        if last > from {
            end = end.min(end_hour(period, number));
        }
    }
    (Period::Hour, end.min(from.wrapping_add(SUMMED_AT_ONCE)))
}

/// The most recent bucket of hours.
pub fn latest(e: &Env, stream: &StreamKey, metric: &Symbol) -> Option<Bucket> {
    let history = storage::require_history(e, stream);
    let Some(metric) = history.metric(metric) else {
        panic_with_error!(e, AnalyticsError::HistoryMetricUnknown)
    };
    let mut latest = None;
    let mut day = history.marks.latest_day;
    for _ in 0..history.marks.ring_days.max(history.marks.other_ring_days) {
        if let Some(sheet) = history.hours_of(e, stream, day) {
            sheet.each(e, metric, &mut |bucket| latest = Some(*bucket));
        }
        if latest.is_some() {
            break;
        }
        day = day.saturating_sub(1);
    }
    latest.map(|bucket| bucket_view(e, Period::Hour, &bucket))
}

/// What a stream's history takes.
pub fn storage_statistics(e: &Env, stream: &StreamKey) -> StorageStatistics {
    let history = storage::require_history(e, stream);
    let bytes = storage::history_bytes(e, &history);
    let mut statistics = StorageStatistics { entries: 1, bytes, buckets: 0, plain_bytes: 0 };
    each_sheet(e, &history, &mut |period, number| {
        let Some(sheet) = storage::sheet(e, stream, period, number) else { return };
        statistics.entries = statistics.entries.wrapping_add(1);
        statistics.bytes = statistics.bytes.wrapping_add(sheet.byte_len());
        for metric in 0..history.metrics.len() as u8 {
            statistics.buckets = statistics.buckets.wrapping_add(sheet.count(e, metric));
        }
    });
    statistics.plain_bytes = statistics.buckets.wrapping_mul(PLAIN_BUCKET_BYTES);
    statistics
}

/// Hands every sheet that a stream may have to `visit`.
#[inline(never)]
pub fn each_sheet(e: &Env, history: &StreamHistory, visit: &mut dyn FnMut(Period, u32)) {
    history.each_hours_sheet(&mut |number| visit(Period::Hour, number));
    let now = hour_now(e);
    for period in [Period::Day, Period::Week, Period::Month] {
        let first = sheet_of(period, hour_of_day(history.marks.first_day));
        (first..=sheet_of(period, now)).for_each(|number| visit(period, number));
    }
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
