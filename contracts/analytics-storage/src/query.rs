//! Which buckets a range holds.

use lumenscope_bucket::Statistics;
use lumenscope_bucket::calendar::{HOUR_S, Period};
use lumenscope_bucket::packed::PackedBucket;
use lumenscope_interfaces::analytics_storage::{AnalyticsError, RangeQuery};
use lumenscope_interfaces::common::{Bucket, StreamKey};
use lumenscope_interfaces::performance_monitor::PerformanceMonitorClient;
use soroban_sdk::{Env, Vec, panic_with_error};

use crate::calendar::{
    day_of, end_hour, fits, hour_of_day, normalised, number_of, sheet_of, start_hour,
};
use crate::history::StreamHistory;
use crate::sheet::accepted;
use crate::storage;
use crate::timeline::{SHEET_BUCKETS_MAX, Timeline, merge};

/// Hours since 1970-01-01, the first included, the last not.
#[derive(Clone, Copy)]
pub struct Hours {
    pub from: u32,
    pub to: u32,
}

impl Hours {
    fn has(self, bucket: &PackedBucket) -> bool {
        self.from <= bucket.start_hour && bucket.start_hour < self.to
    }
}

/// The buckets of one metric: those that history keeps, and, when asked for, those that
/// performance-monitor has not flushed.
pub struct Source<'a> {
    e: &'a Env,
    stream: &'a StreamKey,
    kept: Option<(StreamHistory, u8)>,
    unflushed: Vec<Bucket>,
}

impl<'a> Source<'a> {
    /// The source of a query.
    pub fn of(e: &'a Env, query: &'a RangeQuery) -> Self {
        let RangeQuery { stream, metric, include_open, .. } = query;
        let history = storage::history(e, stream);
        // A stream or a metric that was never flushed may still have an open hour.
        if history.is_none() && !include_open {
            panic_with_error!(e, AnalyticsError::HistoryUnknown);
        }
        let kept = history.and_then(|history| {
            let metric = history.metric(metric)?;
            Some((history, metric))
        });
        if kept.is_none() && !include_open {
            panic_with_error!(e, AnalyticsError::HistoryMetricUnknown);
        }
        let unflushed = if *include_open {
            PerformanceMonitorClient::new(e, &storage::require_monitor(e)).unflushed(stream, metric)
        } else {
            Vec::new(e)
        };
        Self { e, stream, kept, unflushed }
    }

    /// The hour from which there may be samples; `None` without any.
    pub fn first_hour(&self) -> Option<u32> {
        let kept = self.kept.as_ref().map(|(history, _)| hour_of_day(history.marks.first_day));
        let open = self.unflushed.get(0).map(|bucket| Period::Hour.of(bucket.start_s));
        match (kept, open) {
            (Some(kept), Some(open)) => Some(kept.min(open)),
            (kept, open) => kept.or(open),
        }
    }

    /// Adds the buckets that start within `hours`, which begin and end with a period.
    pub fn collect(&self, period: Period, hours: Hours, timeline: &mut Timeline) {
        if let Some((history, metric)) = &self.kept {
            let stored = Stored { e: self.e, stream: self.stream, history, metric: *metric };
            match period {
                Period::Hour => stored.hours(hours, timeline),
                _ => stored.collect(period, hours, timeline),
            }
        }
        for place in 0..self.unflushed.len() {
            let Some(bucket) = self.unflushed.get(place) else { break };
            let bucket = normalised(period, &packed(&bucket));
            if hours.has(&bucket) {
                timeline.add(&bucket, true);
            }
        }
    }
}

/// The hour that is not over yet.
#[inline(never)]
pub fn hour_now(e: &Env) -> u32 {
    Period::Hour.of(e.ledger().timestamp())
}

fn packed(bucket: &Bucket) -> PackedBucket {
    let view = &bucket.statistics;
    PackedBucket {
        start_hour: Period::Hour.of(bucket.start_s),
        hours: (bucket.end_s.saturating_sub(bucket.start_s) / HOUR_S) as u32,
        statistics: Statistics {
            count: view.count,
            sum: view.sum,
            min: view.min,
            max: view.max,
            last: view.last,
            sum_of_squares: view.sum_of_squares,
        },
    }
}

/// A metric in a stream's history.
pub struct Stored<'a> {
    pub e: &'a Env,
    pub stream: &'a StreamKey,
    pub history: &'a StreamHistory,
    pub metric: u8,
}

impl Stored<'_> {
    /// Adds the hours that are kept, the days of which none are, and spans beyond a day.
    fn hours(&self, hours: Hours, timeline: &mut Timeline) {
        let first_day = day_of(hours.from);
        // One bit a day: a reply of hours reaches over 31 days at most.
        let bit = |day: u32| 1u64.wrapping_shl(day.wrapping_sub(first_day));
        let mut days_kept = 0u64;
        for day in first_day..=day_of(hours.to.wrapping_sub(1)) {
            if let Some(sheet) = self.history.hours_of(self.e, self.stream, day) {
                days_kept |= bit(day);
                sheet.each(self.e, self.metric, &mut |bucket| {
                    if hours.has(bucket) {
                        timeline.add(bucket, true);
                    }
                });
            }
        }
        self.own(Period::Day, hours, &mut |bucket| {
            if !fits(Period::Day, bucket) || days_kept & bit(day_of(bucket.start_hour)) == 0 {
                timeline.add(bucket, true);
            }
        });
    }

    /// Adds the days, weeks or months that were made, spans beyond one, and the sums of the
    /// others.
    #[inline(never)]
    fn collect(&self, period: Period, hours: Hours, timeline: &mut Timeline) {
        self.own(period, hours, &mut |bucket| timeline.add(bucket, true));
        let latest = number_of(period, hour_of_day(self.history.marks.latest_day));
        let from = number_of(period, hours.from).max(self.history.made(period));
        let to = number_of(period, hours.to).min(latest.wrapping_add(1));
        (from..to).for_each(|number| timeline.add(&self.sum(period, number), true));
    }

    /// The bucket of a day, week or month, added up from the finer buckets that fit it.
    #[inline(never)]
    pub fn sum(&self, period: Period, number: u32) -> PackedBucket {
        let (from, to) = (start_hour(period, number), end_hour(period, number));
        let mut statistics = Statistics::EMPTY;
        if period == Period::Day {
            if let Some(sheet) = self.history.hours_of(self.e, self.stream, number) {
                sheet.each(self.e, self.metric, &mut |hour| {
                    merge(&mut statistics, &hour.statistics, true);
                });
            }
        } else {
            let mut room = [PackedBucket::default(); SHEET_BUCKETS_MAX];
            let mut days = Timeline::new(&mut room);
            self.collect(Period::Day, Hours { from, to }, &mut days);
            for day in accepted(self.e, days.buckets()) {
                if fits(period, day) {
                    merge(&mut statistics, &day.statistics, true);
                }
            }
        }
        PackedBucket { start_hour: from, hours: to.wrapping_sub(from), statistics }
    }

    /// Hands what the period's own sheets hold to `visit`.
    #[inline(never)]
    fn own(&self, period: Period, hours: Hours, visit: &mut dyn FnMut(&PackedBucket)) {
        for number in sheet_of(period, hours.from)..=sheet_of(period, hours.to.wrapping_sub(1)) {
            let Some(sheet) = storage::sheet(self.e, self.stream, period, number) else { continue };
            sheet.each(self.e, self.metric, &mut |bucket| {
                if hours.has(bucket) {
                    visit(bucket);
                }
            });
        }
    }
}
