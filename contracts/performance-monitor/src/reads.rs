//! What other contracts and observers read.

use lumenscope_bucket::Statistics;
use lumenscope_bucket::calendar::HOUR_S;
use lumenscope_hot::{Totals, View};
use lumenscope_interfaces::common::{Bucket, PAGE_ITEMS_MAX, StatisticsView, StreamKey};
use lumenscope_interfaces::performance_monitor::{
    FLUSH_DELAY_S, MinuteSlot, MonitorError, StreamSpec,
};
use lumenscope_sketch::Quantile;
use soroban_sdk::{Address, Env, Symbol, Vec};

use crate::definition::{self, specification};
use crate::registry::{self, registration};
use crate::storage::{self, with_hot};
use crate::streams::definition;

pub fn streams(e: &Env, contract: &Address, start: u32, limit: u32) -> Vec<StreamKey> {
    let all = storage::registration(e, contract).map_or(0, |registration| registration.streams);
    let end = start.saturating_add(limit.min(PAGE_ITEMS_MAX)).min(all);
    let mut streams = Vec::new(e);
    for place in start..end {
        if let Some(stream) = storage::opened(e, contract, place) {
            streams.push_back(stream);
        }
    }
    streams
}

pub fn stream_spec(e: &Env, stream: &StreamKey) -> Result<Option<StreamSpec>, MonitorError> {
    let Some(definition) = storage::definition(e, stream) else { return Ok(None) };
    let mut spec = None;
    with_hot(e, stream, &mut |recorder| {
        spec = Some(specification(e, &definition, &recorder.view()));
        Ok(false)
    })?;
    Ok(spec)
}

pub fn sequence(e: &Env, stream: &StreamKey) -> Result<u64, MonitorError> {
    definition(e, stream)?;
    let mut sequence = 0;
    with_hot(e, stream, &mut |recorder| {
        sequence = recorder.view().sequence();
        Ok(false)
    })?;
    Ok(sequence)
}

pub fn totals(
    e: &Env,
    stream: &StreamKey,
    metric: &Symbol,
) -> Result<StatisticsView, MonitorError> {
    let mut all = Statistics::EMPTY;
    with_metric(e, stream, metric, &mut |view, metric| {
        let Totals { count, sum, last } = view.totals(metric);
        all = Statistics { count, sum, last, ..view.unflushed(metric) };
        Ok(())
    })?;
    Ok(figures(&all))
}

pub fn out_of_range(e: &Env, stream: &StreamKey, metric: &Symbol) -> Result<u32, MonitorError> {
    let mut clamped = 0;
    with_metric(e, stream, metric, &mut |view, metric| {
        clamped = view.clamped(metric);
        Ok(())
    })?;
    Ok(clamped)
}

pub fn unflushed(
    e: &Env,
    stream: &StreamKey,
    metric: &Symbol,
) -> Result<Vec<Bucket>, MonitorError> {
    let now_s = e.ledger().timestamp();
    let mut buckets = Vec::new(e);
    with_metric(e, stream, metric, &mut |view, metric| {
        for slot in view.slots() {
            let end_s = (u64::from(slot.span.end_hour) + 1) * HOUR_S;
            buckets.push_back(Bucket {
                start_s: u64::from(slot.span.start_hour) * HOUR_S,
                end_s,
                open: now_s < end_s + FLUSH_DELAY_S,
                coarse: slot.span.start_hour != slot.span.end_hour,
                statistics: figures(&view.statistics(metric, slot.index)),
            });
        }
        Ok(())
    })?;
    Ok(buckets)
}

pub fn minutes(
    e: &Env,
    stream: &StreamKey,
    metric: &Symbol,
    from_minute: u32,
    through_minute: u32,
) -> Result<Vec<MinuteSlot>, MonitorError> {
    let mut minutes = Vec::new(e);
    with_metric(e, stream, metric, &mut |view, metric| {
        if !view.is_watched(metric) {
            return Err(MonitorError::NotKept);
        }
        for slot in view.minutes(metric, from_minute, through_minute) {
            let statistics = figures(&slot.statistics);
            minutes.push_back(MinuteSlot { minute: slot.minute, statistics });
        }
        Ok(())
    })?;
    Ok(minutes)
}

pub fn quantile(
    e: &Env,
    stream: &StreamKey,
    metric: &Symbol,
    per_mille: u32,
) -> Result<Option<i64>, MonitorError> {
    let mut quantile = None;
    with_metric(e, stream, metric, &mut |view, metric| {
        let per_mille = per_mille.min(1_000) as u16;
        quantile = match view.quantile(metric, per_mille).ok_or(MonitorError::NotKept)? {
            Quantile::Value(value) => Some(value),
            _ => None,
        };
        Ok(())
    })?;
    Ok(quantile)
}

pub fn witnessed(
    e: &Env,
    stream: &StreamKey,
    metric: &Symbol,
    witness: &Address,
) -> Result<StatisticsView, MonitorError> {
    let reporter = registry::reporter(&registration(e, &stream.contract)?, witness)?;
    let place = reporter.witness.ok_or(MonitorError::NotKept)? as usize;
    let mut sums = Statistics::EMPTY;
    with_metric(e, stream, metric, &mut |view, metric| {
        if !view.has_witnesses() {
            return Err(MonitorError::NotKept);
        }
        sums = view.witnessed(metric, place, reporter.generation as u16);
        Ok(())
    })?;
    Ok(figures(&sums))
}

fn with_metric(
    e: &Env,
    stream: &StreamKey,
    metric: &Symbol,
    read: &mut dyn FnMut(View, usize) -> Result<(), MonitorError>,
) -> Result<(), MonitorError> {
    let place = definition::metric(&definition(e, stream)?, metric)?;
    with_hot(e, stream, &mut |recorder| read(recorder.view(), place).map(|()| false))
}

fn figures(statistics: &Statistics) -> StatisticsView {
    let Statistics { count, sum, min, max, last, sum_of_squares } = *statistics;
    StatisticsView { count, sum, min, max, last, sum_of_squares }
}
