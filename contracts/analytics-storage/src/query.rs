//! Which buckets a range holds.

use lumenscope_bucket::calendar::Period;
use lumenscope_bucket::packed::PackedBucket;
use lumenscope_hot::{Export, METRIC_EXPORT_BYTES};
use lumenscope_interfaces::analytics_storage::{AnalyticsError, RangeQuery};
use lumenscope_interfaces::common::StreamKey;
use lumenscope_interfaces::performance_monitor::MonitorError;
use soroban_sdk::{Bytes, Env, Error, IntoVal, Symbol, panic_with_error, vec};

use crate::calendar::{day_of, end_hour, fits, hour_of_day, month_of, normalised, start_hour};
use crate::history::StreamHistory;
use crate::ingest::whole;
use crate::sheet::{accepted, copy, refuse};
use crate::storage;
use crate::timeline::{SHEET_BUCKETS_MAX, Timeline};

/// Most buckets of one metric in one month: its hours, and what its sheet holds.
const MONTH_BUCKETS_MAX: usize = 31 * 24 + SHEET_BUCKETS_MAX;

/// Hours since 1970-01-01, the first included, the last not.
#[derive(Clone, Copy)]
pub struct Hours {
    pub from: u32,
    pub to: u32,
}

/// The buckets of one metric: those that history keeps, and, when asked for, those that
/// performance-monitor has not flushed.
pub struct Source<'a> {
    e: &'a Env,
    stream: &'a StreamKey,
    history: Option<StreamHistory>,
    /// The metric's place in the history; `None` without either.
    metric: Option<u8>,
    /// An export of one metric, or nothing.
    unflushed: Bytes,
}

/// What performance-monitor says of a metric that a stream does not hold.
fn metric_unknown() -> Error {
    Error::from_contract_error(MonitorError::MetricUnknown as u32)
}

impl<'a> Source<'a> {
    /// The source of a query.
    pub fn of(e: &'a Env, query: &'a RangeQuery) -> Self {
        let RangeQuery { stream, metric: name, include_open, .. } = query;
        let history = storage::history(e, stream);
        let metric = history.as_ref().and_then(|history| history.metric(name));
        // A stream or a metric that was never flushed may still have an open hour.
        let unflushed = if *include_open {
            let arguments = vec![e, stream.into_val(e), name.to_val()];
            let (monitor, function) = (storage::require_monitor(e), Symbol::new(e, "unflushed"));
            match e.try_invoke_contract::<_, Error>(&monitor, &function, arguments) {
                Ok(Ok(unflushed)) => unflushed,
                // The stream holds it no more: what history has is all there is.
                Err(Ok(error)) if metric.is_some() && error == metric_unknown() => Bytes::new(e),
                Err(Ok(error)) => panic_with_error!(e, error),
                _ => panic_with_error!(e, AnalyticsError::MonitorUnreadable),
            }
        } else if metric.is_some() {
            Bytes::new(e)
        } else if history.is_some() {
            panic_with_error!(e, AnalyticsError::HistoryMetricUnknown)
        } else {
            panic_with_error!(e, AnalyticsError::HistoryUnknown)
        };
        Self { e, stream, history, metric, unflushed }
    }

    /// The hour from which there may be samples; the calendar's end without any.
    pub fn first_hour(&self) -> u32 {
        let kept = self.history.as_ref().map(|history| hour_of_day(history.marks.first_day));
        let mut first = kept.unwrap_or(u32::MAX);
        self.each_unflushed(&mut |bucket| first = first.min(bucket.start_hour));
        first
    }

    /// Hands the buckets that start within `hours`, which begin and end with a period, to `visit`:
    /// each in the period that it fits, so that there may be several for one.
    #[inline(never)]
    pub fn each(&self, period: Period, hours: Hours, visit: &mut dyn FnMut(&PackedBucket)) {
        let mut within = |bucket: &PackedBucket| {
            let bucket = normalised(period, bucket);
            if hours.from <= bucket.start_hour && bucket.start_hour < hours.to {
                visit(&bucket);
            }
        };
        if hours.from >= hours.to {
            return;
        }
        if let (Some(history), Some(metric)) = (&self.history, self.metric) {
            let stored = Stored { e: self.e, stream: self.stream, history, metric };
            stored.each(period == Period::Hour, hours, &mut within);
        }
        self.each_unflushed(&mut within);
    }

    /// Hands the buckets that performance-monitor has not flushed to `visit`.
    #[inline(never)]
    fn each_unflushed(&self, visit: &mut dyn FnMut(&PackedBucket)) {
        if self.unflushed.is_empty() {
            return;
        }
        let mut room = [0; METRIC_EXPORT_BYTES];
        copy(self.e, &self.unflushed, 0, self.unflushed.len(), &mut room);
        let Ok(export) = Export::parse(&room) else { refuse(self.e) };
        for bucket in export.buckets() {
            let mut packed = whole(bucket.span);
            packed.statistics = bucket.statistics(0);
            visit(&packed);
        }
    }
}

/// The hour that is not over yet.
#[inline(never)]
pub fn hour_now(e: &Env) -> u32 {
    Period::Hour.of(e.ledger().timestamp())
}

/// A metric in a stream's history.
pub struct Stored<'a> {
    pub e: &'a Env,
    pub stream: &'a StreamKey,
    pub history: &'a StreamHistory,
    pub metric: u8,
}

impl Stored<'_> {
    /// Hands what is kept of the months that hours lie in to `visit`, in order of time: the days
    /// that were made and spans beyond a day, and the hours of the other days, or of all
    /// (`by_hour`) whose hours are kept.
    fn each(&self, by_hour: bool, hours: Hours, visit: &mut dyn FnMut(&PackedBucket)) {
        let Self { e, stream, history, metric } = *self;
        let last_hour = hours.to.wrapping_sub(1);
        let first_day = if by_hour { 0 } else { history.marks.days_made };
        for month in month_of(hours.from)..=month_of(last_hour) {
            let mut room = [PackedBucket::default(); MONTH_BUCKETS_MAX];
            let mut timeline = Timeline::new(&mut room);
            if let Some(sheet) = storage::sheet(e, stream, storage::DAYS, month) {
                sheet.each(e, metric, &mut |bucket| {
                    if !by_hour || !self.has_hours_of(bucket) {
                        timeline.add(bucket, true);
                    }
                });
            }
            let from = start_hour(Period::Month, month).max(hours.from);
            let to = end_hour(Period::Month, month).min(hours.to);
            self.add_hours(
                by_hour,
                day_of(from).max(first_day),
                day_of(to.wrapping_sub(1)),
                &mut timeline,
            );
            accepted(e, timeline.buckets()).iter().for_each(&mut *visit);
        }
    }

    /// Whether a bucket is of a day whose hours are kept.
    fn has_hours_of(&self, bucket: &PackedBucket) -> bool {
        let day = day_of(bucket.start_hour);
        fits(Period::Day, bucket) && self.history.hours_of(self.e, self.stream, day).is_some()
    }

    /// Adds the hours of days that are kept, the last day included, as they are or to their days.
    #[inline(never)]
    pub fn add_hours(&self, as_hours: bool, from_day: u32, last_day: u32, timeline: &mut Timeline) {
        let period = if as_hours { Period::Hour } else { Period::Day };
        for day in from_day..=last_day {
            if let Some(sheet) = self.history.hours_of(self.e, self.stream, day) {
                sheet.each(self.e, self.metric, &mut |hour| {
                    timeline.add(&normalised(period, hour), true);
                });
            }
        }
    }
}
