//! Answers: pages of structs, packed series, sums.

use lumenscope_bucket::Statistics;
use lumenscope_bucket::calendar::{DAY_HOURS, END_HOUR, HOUR_S, Period};
use lumenscope_bucket::fixed::{self, BYTES};
use lumenscope_interfaces::analytics_storage::{
    PACKED_BUCKETS_MAX, RANGE_BUCKETS_MAX, RangePage, RangeQuery,
};
use lumenscope_interfaces::common::{Bucket, StatisticsView, StreamKey};
use soroban_sdk::{Bytes, BytesN, Env, FromVal, I256, IntoVal, Symbol, Val, Vec};

use crate::calendar::{fits, hour_now, hour_of_day};
use crate::history::{History, Mark, NOWHERE};
use crate::query::{fill, find};
use crate::timeline::{Entry, Timeline, too_long};

/// Days up to a stream's newest in which its latest bucket is looked for.
const LATEST_DAYS: u32 = PACKED_BUCKETS_MAX / DAY_HOURS;
/// Bytes of the longest packed series that a transaction may return beside its events.
const PACKED_BYTES_MAX: usize = 16_000;
const ONE_BP: i128 = 10_000;
/// Hours that history keeps as such, at least, of those that are over: two days are today and the one
/// before.
const HOURS_KEPT_LEAST: u32 = DAY_HOURS;

/// One page of buckets as structs.
pub fn page(e: &Env, query: &RangeQuery) -> RangePage {
    let history = History::load(&query.stream);
    let mut timeline = Timeline::new(&history);
    let mut next = find(&mut timeline, query, RANGE_BUCKETS_MAX);
    if timeline.buckets().len() > RANGE_BUCKETS_MAX as usize {
        // Beside the bucket of a period starts at most one span that fits none.
        timeline.clear();
        next = find(&mut timeline, query, RANGE_BUCKETS_MAX / 2);
    }
    let mut buckets = Vec::new(e);
    let period = timeline.period;
    for entry in timeline.buckets() {
        buckets.push_back(bucket_view(e, period, entry));
    }
    RangePage { buckets, next_from_s: if next > 0 { Some(seconds(next)) } else { None } }
}

/// The whole range, packed.
pub fn packed(e: &Env, query: &RangeQuery) -> Bytes {
    let mut out = [0; PACKED_BYTES_MAX];
    let history = History::load(&query.stream);
    let mut timeline = Timeline::new(&history);
    timeline.out = &mut out;
    if find(&mut timeline, query, PACKED_BUCKETS_MAX) > 0 {
        too_long(e);
    }
    if timeline.written == 0 || !timeline.buckets().is_empty() {
        timeline.write();
    }
    Bytes::from_slice(e, timeline.out.get(..timeline.written).unwrap_or_default())
}

/// All samples of the range.
pub fn aggregate(query: &RangeQuery) -> StatisticsView {
    view(&sum(query, false))
}

/// All samples of the hours from one to before another, packed; none of a stream without the metric.
/// Of more than a day, beginning with a whole one: hours that are no longer kept are in days.
pub fn window(e: &Env, stream: &StreamKey, metric: &Symbol, from: u32, to: u32) -> BytesN<BYTES> {
    let history = History::load(stream);
    let mut timeline = Timeline::new(&history);
    timeline.mask = 0;
    timeline.to = to.min(END_HOUR);
    timeline.from = from;
    if timeline.to.saturating_sub(from) > HOURS_KEPT_LEAST {
        timeline.from -= from % DAY_HOURS;
    }
    if history.is_known() && history.metric(metric) != NOWHERE && timeline.from < timeline.to {
        fill(&mut timeline, metric, false, u32::MAX);
    }
    BytesN::from_array(e, &fixed::encode(timeline.sum()))
}

/// All samples of a range; none of a stream without the metric, if it may be without.
#[inline(never)]
pub fn sum(query: &RangeQuery, may_lack: bool) -> Statistics {
    let history = History::load(&query.stream);
    let mut timeline = Timeline::new(&history);
    timeline.mask = 0;
    timeline.may_lack = may_lack;
    find(&mut timeline, query, u32::MAX);
    *timeline.sum()
}

/// Two ranges beside each other.
pub fn compare(e: &Env, first: &RangeQuery, second: &RangeQuery) -> Vec<Option<i128>> {
    let (first, second) = (sum(first, false), sum(second, false));
    let [count, other] = [first.count, second.count].map(|count| wide(e, count.into()));
    let (sum, other_sum) = (wide(e, first.sum), wide(e, second.sum));
    let mut changes: Vec<Val> = Vec::new(e);
    // The means are compared times both counts.
    let pairs = [
        (count.clone(), other.clone()),
        (sum.clone(), other_sum.clone()),
        (sum.mul(&other), other_sum.mul(&count)),
    ];
    for (from, to) in &pairs {
        changes.push_back(change_bp(e, from, to));
    }
    Vec::from_val(e, &changes.to_val())
}

#[inline(never)]
pub fn wide(e: &Env, number: i128) -> I256 {
    I256::from_i128(e, number)
}

/// What `to` is more than `from`, in basis points of it; none of 0. The host divides: to do so here
/// would take a kilobyte.
#[inline(never)]
fn change_bp(e: &Env, from: &I256, to: &I256) -> Val {
    let zero = wide(e, 0);
    let size = if *from < zero { zero.sub(from) } else { from.clone() };
    if size == zero {
        return Val::VOID.into();
    }
    to.sub(from).mul(&wide(e, ONE_BP)).div(&size).to_i128().into_val(e)
}

/// The most recent bucket: an hour, or its day where hours are no longer kept.
pub fn latest(e: &Env, stream: &StreamKey, metric: &Symbol) -> Option<Bucket> {
    let history = History::load(stream);
    let mut timeline = Timeline::new(&history);
    let end = history.get(Mark::LatestDay).wrapping_add(1);
    timeline.from = hour_of_day(end.saturating_sub(LATEST_DAYS));
    timeline.to = hour_of_day(end);
    fill(&mut timeline, metric, false, u32::MAX);
    let latest = timeline.buckets().last()?;
    Some(bucket_view(e, Period::Hour, latest))
}

#[inline(never)]
fn bucket_view(e: &Env, period: Period, entry: &Entry) -> Bucket {
    let bucket = entry.bucket();
    Bucket {
        start_s: seconds(bucket.start_hour),
        end_s: seconds(bucket.end_hour()),
        open: bucket.end_hour() > hour_now(e),
        coarse: !fits(period, &bucket),
        statistics: view(&bucket.statistics),
    }
}

fn seconds(hour: u32) -> u64 {
    u64::from(hour).wrapping_mul(HOUR_S)
}

#[inline(never)]
pub fn view(statistics: &Statistics) -> StatisticsView {
    let Statistics { count, sum, min, max, last, sum_of_squares } = *statistics;
    StatisticsView { count, sum, min, max, last, sum_of_squares }
}
