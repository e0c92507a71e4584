//! Which buckets a range holds.

use lumenscope_bucket::calendar::{END_HOUR, END_S, Period};
use lumenscope_hot::METRIC_EXPORT_BYTES;
use lumenscope_interfaces::analytics_storage::{AnalyticsError, RangeQuery};
use lumenscope_interfaces::common::{LANES_MAX, StreamKey};
use lumenscope_interfaces::performance_monitor::MonitorError;
use soroban_sdk::{
    Bytes, Env, Error, IntoVal, Symbol, TryFromVal, Val, Vec, panic_with_error, symbol_short,
};

use crate::calendar::{day_of, hour_now, hour_of_day, month_of, number_of, period_of, start_hour};
use crate::history::{Mark, NOWHERE};
use crate::ingest::{bucket, parsed};
use crate::sheet::{Sheet, copy, refuse};
use crate::storage;
use crate::timeline::Timeline;

/// Finds the buckets of a query, of no more than so many periods. Returns the hour that more start
/// with; 0 if there are no more.
#[inline(never)]
pub fn find(timeline: &mut Timeline, query: &RangeQuery, periods: u32) -> u32 {
    limit(timeline, query);
    fill(timeline, &query.metric, query.include_open, periods)
}

/// Sets the timeline's limits and period to those of a query.
#[inline(never)]
pub fn limit(timeline: &mut Timeline, query: &RangeQuery) {
    let RangeQuery { granularity, from_s, to_s, .. } = query;
    if from_s >= to_s || *to_s > END_S {
        storage::fail(&timeline.history.e, AnalyticsError::RangeInvalid);
    }
    timeline.period = period_of(*granularity);
    timeline.from = Period::Hour.of(*from_s);
    timeline.to = Period::Hour.of(to_s.wrapping_sub(1)).wrapping_add(1);
}

/// Finds the buckets from and to hours of the timeline, of no more than so many periods: those that
/// history keeps, and, when asked for, those that performance-monitor has not flushed; each in the
/// period that it fits. Returns the hour that more start with; 0 if there are no more.
#[inline(never)]
pub fn fill(timeline: &mut Timeline, name: &Symbol, include_open: bool, periods: u32) -> u32 {
    let history = timeline.history;
    let e = &history.e;
    let metric = history.metric(name);
    let mut room = [[0; METRIC_EXPORT_BYTES]; 1 + LANES_MAX as usize];
    let mut open = &room[..0];
    if include_open {
        let lanes = unflushed(timeline, name, metric, &mut room);
        open = room.get(..lanes).unwrap_or_default();
    } else if metric == NOWHERE || !history.is_known() {
        storage::fail(
            e,
            if history.is_known() {
                AnalyticsError::HistoryMetricUnknown
            } else {
                AnalyticsError::HistoryUnknown
            },
        );
    }
    let is_known = history.is_known();
    let mut first_hour = if is_known { hour_of_day(history.get(Mark::FirstDay)) } else { END_HOUR };
    if is_known && month_of(first_hour) < history.get(Mark::Folded) {
        // It is in a bucket that begins with its month.
        first_hour = start_hour(Period::Month, month_of(first_hour));
    }
    for export in open {
        first_hour = first_hour.min(bucket(e, &parsed(e, export), 0, 0).start_hour);
    }
    let period = timeline.period;
    let last_hour = timeline.to.wrapping_sub(1).min(hour_now(e));
    let end = number_of(period, last_hour).wrapping_add(1);
    let from = number_of(period, timeline.from.max(first_hour)).min(end);
    let to = end.min(from.saturating_add(periods));
    let (from_hour, to_hour) = (start_hour(period, from), start_hour(period, to));
    (timeline.from, timeline.to) = (from_hour, to_hour);
    if from_hour < to_hour && metric != NOWHERE {
        timeline.by_hour = period == Period::Hour;
        let last_hour = to_hour.wrapping_sub(1);
        for month in month_of(from_hour)..month_of(last_hour).wrapping_add(1) {
            Sheet::load(history, storage::DAYS | month).read(metric, timeline);
        }
        let mut from_day = day_of(from_hour).max(history.get(Mark::FirstDay));
        if !timeline.by_hour {
            from_day = from_day.max(history.get(Mark::DaysMade));
        }
        timeline.by_hour = false;
        let last_day = day_of(last_hour).min(history.get(Mark::LatestDay));
        // Buckets beside hours have to be put between them.
        let mut passes_on = !timeline.out.is_empty() && timeline.buckets().is_empty();
        passes_on &= period == Period::Hour;
        for day in from_day..last_day.wrapping_add(1) {
            let sheet = history.hours_of(day);
            let is_whole =
                from_hour <= hour_of_day(day) && hour_of_day(day.wrapping_add(1)) <= to_hour;
            if passes_on && is_whole {
                sheet.pass_on(metric, timeline);
            } else {
                sheet.read(metric, timeline);
            }
        }
    }
    for export in open {
        let export = parsed(e, export);
        for index in 0..export.len() {
            timeline.add(&bucket(e, &export, 0, index));
        }
    }
    if to < end { to_hour } else { 0 }
}

/// What performance-monitor has of a metric that it has not flushed: an export of each lane that has
/// hours. Returns how many. A stream or a metric that was never flushed may still have an open hour.
#[inline(never)]
fn unflushed(
    timeline: &Timeline,
    name: &Symbol,
    metric: usize,
    room: &mut [[u8; METRIC_EXPORT_BYTES]],
) -> usize {
    let history = timeline.history;
    let e = &history.e;
    let may_lack = timeline.may_lack || metric != NOWHERE;
    let mut exports = 0;
    for lane in 0..history.get(Mark::Lanes).wrapping_add(1) {
        let stream =
            StreamKey { lane: Some(lane).filter(|lane| *lane > 0), ..history.stream.clone() };
        let mut arguments = Vec::new(e);
        arguments.push_back(stream.into_val(e));
        arguments.push_back(name.to_val());
        match ask(e, symbol_short!("metric"), arguments) {
            Ok(entry) => {
                let entry = Bytes::try_from_val(e, &entry).unwrap_or_else(|_| refuse(e));
                let Some(export) = room.get_mut(exports) else { break };
                // What is behind is not of hours.
                copy(e, &entry, 0, METRIC_EXPORT_BYTES as u32, export);
                exports = exports.wrapping_add(usize::from(!parsed(e, export).is_empty()));
            }
            // The lane holds it no more, or never did: what the others have is all there is.
            Err(error) if (may_lack || lane > 0) && is_unknown(error) => {}
            Err(error) => panic_with_error!(e, error),
        }
    }
    exports
}

/// What performance-monitor answers.
#[inline(never)]
pub fn ask(e: &Env, function: Symbol, arguments: Vec<Val>) -> Result<Val, Error> {
    match e.try_invoke_contract(&storage::require_monitor(e), &function, arguments) {
        Ok(Ok(answer)) => Ok(answer),
        Err(Ok(error)) => Err(error),
        _ => storage::fail(e, AnalyticsError::MonitorUnreadable),
    }
}

/// Whether performance-monitor said that there is no such stream, or that it has no such metric.
fn is_unknown(error: Error) -> bool {
    let said = |unknown: MonitorError| error == Error::from_contract_error(unknown as u32);
    said(MonitorError::StreamUnknown) || said(MonitorError::MetricUnknown)
}
