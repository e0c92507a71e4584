//! What other contracts and observers read.

use lumenscope_bucket::Statistics;
use lumenscope_hot::BYTES_MAX;
use lumenscope_interfaces::common::PAGE_ITEMS_MAX;
use lumenscope_interfaces::performance_monitor::MonitorError;
use lumenscope_sketch::Quantile;
use soroban_sdk::{Bytes, Env, FromVal, IntoVal, Val, Vec};

use crate::recording::place_of;
use crate::refusal::{Call, refuse};
use crate::shapes::{StreamKey, list, raw};
use crate::storage::{self, open_hot};
use crate::streams::definition;

pub fn streams(e: &Env, contract: Val, start: u32, limit: u32) -> raw::Vec<raw::StreamKey> {
    let registration = storage::registration(e, contract);
    let all = if registration.is_none() { 0 } else { registration.streams() };
    let end = start.saturating_add(limit.min(PAGE_ITEMS_MAX)).min(all);
    let mut streams: Vec<Val> = Vec::new(e);
    for place in start..end {
        streams.push_back(storage::opened(e, contract, place));
    }
    raw::Vec::new(e, streams.to_val())
}

/// What is read of a metric.
#[derive(Clone, Copy)]
pub enum Read {
    Totals,
    Unflushed,
    Minutes,
    Quantile { per_mille: u32 },
}

/// Reads of a metric, as a value of the host.
pub fn read(e: &Env, stream: &StreamKey, metric: Val, read: Read) -> Val {
    let place = place_of(&Call::new(e), &definition(e, stream), metric) as usize;
    let mut buffer = [0; BYTES_MAX];
    let recorder = open_hot(e, stream, &mut buffer);
    let view = recorder.view();
    match read {
        Read::Totals => {
            let Statistics { count, sum, last, .. } = view.totals(place);
            let values = [count.into(), sum, last.into()];
            list(e, &values.map(|value: i128| value.into_val(e)))
        }
        Read::Unflushed => Bytes::from_slice(e, recorder.into_export_of(place)).to_val(),
        Read::Minutes => match view.ring(place) {
            Some(ring) => Bytes::from_slice(e, ring).to_val(),
            None => refuse(e, MonitorError::NotKept),
        },
        Read::Quantile { per_mille } => match view.quantile(place, per_mille.min(1_000) as u16) {
            Some(Quantile::Value(value)) => Val::from_val(e, &value),
            Some(_) => Val::VOID.into(),
            None => refuse(e, MonitorError::NotKept),
        },
    }
}
