//! Which buckets a range holds.

use lumenscope_bucket::calendar::{END_S, Period};
use lumenscope_hot::{Export, ONE_METRIC_BYTES_MAX};
use lumenscope_interfaces::analytics_storage::{AnalyticsError, RangeQuery};
use lumenscope_interfaces::performance_monitor::MonitorError;
use soroban_sdk::{Bytes, Env, Error, IntoVal, panic_with_error, symbol_short, vec};

use crate::calendar::{day_of, hour_now, hour_of_day, month_of, number_of, period_of, start_hour};
use crate::history::{History, Mark, NOWHERE};
use crate::ingest::{bucket, exported};
use crate::sheet::Sheet;
use crate::storage;
use crate::timeline::{Entry, Timeline};

/// Which buckets of a range to find.
#[derive(Clone, Copy)]
pub struct Wanted {
    /// Periods from its first on.
    pub periods: u32,
    /// All samples as one.
    pub is_sum: bool,
}

/// The buckets of a range: those that history keeps, and, when asked for, those that
/// performance-monitor has not flushed; each in the period that it fits. Also tells the hour that
/// more start with, if more were asked for than are wanted.
#[inline(never)]
pub fn find<'a>(
    e: &'a Env,
    history: &'a History<'a>,
    query: &RangeQuery,
    wanted: Wanted,
    room: &'a mut [Entry],
) -> (Timeline<'a>, Option<u32>) {
    let metric = history.metric(&query.metric);
    let mut export_room = [0; ONE_METRIC_BYTES_MAX];
    let open = if query.include_open {
        exported(e, &unflushed(e, query, metric), &mut export_room)
    } else if metric != NOWHERE {
        Export::default()
    } else if history.is_known() {
        panic_with_error!(e, AnalyticsError::HistoryMetricUnknown)
    } else {
        panic_with_error!(e, AnalyticsError::HistoryUnknown)
    };
    if query.from_s >= query.to_s || query.to_s > END_S {
        panic_with_error!(e, AnalyticsError::RangeInvalid);
    }
    let period = period_of(query.granularity);
    let is_known = history.is_known();
    let mut first_hour = if is_known { hour_of_day(history.get(Mark::FirstDay)) } else { u32::MAX };
    if !open.is_empty() {
        first_hour = first_hour.min(bucket(e, &open, 0, 0).start_hour);
    }
    let to_hour = Period::Hour.of(query.to_s.wrapping_sub(1)).min(hour_now(e));
    let end = number_of(period, to_hour).wrapping_add(1);
    let from_hour = Period::Hour.of(query.from_s).max(first_hour);
    let from = number_of(period, from_hour).min(end);
    let to = end.min(from.saturating_add(wanted.periods));

    let mut timeline = Timeline::new(e, room, period);
    let (from_hour, to_hour) = (start_hour(period, from), start_hour(period, to));
    (timeline.from, timeline.to, timeline.is_sum) = (from_hour, to_hour, wanted.is_sum);
    let next = if to < end { Some(to_hour) } else { None };
    if from_hour < to_hour && metric != NOWHERE {
        timeline.hours = if period == Period::Hour { Some(history) } else { None };
        for month in month_of(from_hour)..=month_of(to_hour.wrapping_sub(1)) {
            Sheet::load(history, storage::DAYS | month).read(metric, &mut timeline);
        }
        timeline.hours = None;
        let mut from_day = day_of(from_hour).max(history.get(Mark::FirstDay));
        if period != Period::Hour {
            from_day = from_day.max(history.get(Mark::DaysMade));
        }
        let latest_day = history.get(Mark::LatestDay);
        for day in from_day..=day_of(to_hour.wrapping_sub(1)).min(latest_day) {
            history.hours_of(day).read(metric, &mut timeline);
        }
    }
    for index in 0..open.len() {
        timeline.add(&bucket(e, &open, 0, index));
    }
    (timeline, next)
}

/// What performance-monitor has of a metric that it has not flushed. A stream or a metric that was
/// never flushed may still have an open hour.
#[inline(never)]
fn unflushed(e: &Env, query: &RangeQuery, metric: usize) -> Bytes {
    let arguments = vec![e, query.stream.into_val(e), query.metric.to_val()];
    let monitor = storage::require_monitor(e);
    match e.try_invoke_contract::<_, Error>(&monitor, &symbol_short!("unflushed"), arguments) {
        Ok(Ok(unflushed)) => unflushed,
        // The stream holds it no more: what history has is all there is.
        Err(Ok(error)) if metric != NOWHERE && error == metric_unknown() => {
            Bytes::from_array(e, &[1, 0, 0])
        }
        Err(Ok(error)) => panic_with_error!(e, error),
        _ => panic_with_error!(e, AnalyticsError::MonitorUnreadable),
    }
}

/// What performance-monitor says of a metric that a stream does not hold.
fn metric_unknown() -> Error {
    Error::from_contract_error(MonitorError::MetricUnknown as u32)
}
