//! What other contracts and observers read.

use lumenscope_bucket::Statistics;
use lumenscope_hot::{BYTES_MAX, ONE_METRIC_BYTES_MAX, Totals, View};
use lumenscope_interfaces::common::{PAGE_ITEMS_MAX, StatisticsView, StreamKey};
use lumenscope_interfaces::performance_monitor::{MinuteSlot, MonitorError};
use lumenscope_sketch::Quantile;
use soroban_sdk::{Address, Bytes, Env, Symbol, Vec};

use crate::definition::metric_place;
use crate::storage::{self, open_hot};
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

pub fn sequence(e: &Env, stream: &StreamKey) -> Result<u64, MonitorError> {
    definition(e, stream)?;
    Ok(open_hot(e, stream, &mut [0; BYTES_MAX])?.view().sequence())
}

pub fn totals(
    e: &Env,
    stream: &StreamKey,
    metric: &Symbol,
) -> Result<StatisticsView, MonitorError> {
    let mut buffer = [0; BYTES_MAX];
    let (view, place) = open_metric(e, stream, metric, &mut buffer)?;
    let Totals { count, sum, last } = view.totals(place);
    Ok(figures(&Statistics { count, sum, last, ..view.unflushed(place) }))
}

pub fn unflushed(e: &Env, stream: &StreamKey, metric: &Symbol) -> Result<Bytes, MonitorError> {
    let mut buffer = [0; BYTES_MAX];
    let (view, place) = open_metric(e, stream, metric, &mut buffer)?;
    let mut out = [0; ONE_METRIC_BYTES_MAX];
    let bytes = view.export_of(place..place + 1, u32::MAX, &mut out);
    Ok(Bytes::from_slice(e, &out[..bytes]))
}

pub fn minutes(
    e: &Env,
    stream: &StreamKey,
    metric: &Symbol,
    from_minute: u32,
    through_minute: u32,
) -> Result<Vec<MinuteSlot>, MonitorError> {
    let mut buffer = [0; BYTES_MAX];
    let (view, place) = open_metric(e, stream, metric, &mut buffer)?;
    if !view.is_watched(place) {
        return Err(MonitorError::NotKept);
    }
    let mut minutes = Vec::new(e);
    for slot in view.minutes(place, from_minute, through_minute) {
        let statistics = figures(&slot.statistics);
        minutes.push_back(MinuteSlot { minute: slot.minute, statistics });
    }
    Ok(minutes)
}

pub fn quantile(
    e: &Env,
    stream: &StreamKey,
    metric: &Symbol,
    per_mille: u32,
) -> Result<Option<i64>, MonitorError> {
    let mut buffer = [0; BYTES_MAX];
    let (view, place) = open_metric(e, stream, metric, &mut buffer)?;
    let per_mille = per_mille.min(1_000) as u16;
    match view.quantile(place, per_mille).ok_or(MonitorError::NotKept)? {
        Quantile::Value(value) => Ok(Some(value)),
        _ => Ok(None),
    }
}

#[inline(never)]
fn open_metric<'a>(
    e: &Env,
    stream: &StreamKey,
    metric: &Symbol,
    buffer: &'a mut [u8; BYTES_MAX],
) -> Result<(View<'a>, usize), MonitorError> {
    let place = metric_place(&definition(e, stream)?, metric)?;
    Ok((open_hot(e, stream, buffer)?.into_view(), place))
}

#[inline(never)]
fn figures(statistics: &Statistics) -> StatisticsView {
    let Statistics { count, sum, min, max, last, sum_of_squares } = *statistics;
    StatisticsView { count, sum, min, max, last, sum_of_squares }
}
