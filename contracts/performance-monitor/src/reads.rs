//! What other contracts and observers read.

use lumenscope_bucket::fixed;
use lumenscope_hot::{BYTES_MAX, MetricShape, create};
use lumenscope_interfaces::common::PAGE_ITEMS_MAX;
use lumenscope_interfaces::performance_monitor::MonitorError;
use soroban_sdk::{Bytes, BytesN, Env, Val, Vec, symbol_short};

use crate::recording::place_of;
use crate::refusal::{Call, refuse};
use crate::shapes::{StreamKey, list, raw, typed};
use crate::storage::{self, open_hot};
use crate::streams::definition;

pub fn streams(e: &Env, contract: Val, start: u32, limit: u32) -> raw::Vec<raw::StreamKey> {
    let registration = storage::registration(e, contract);
    let all = if registration.is_none() { 0 } else { registration.streams() };
    // A start so far behind that this wraps is behind the end all the same.
    let end = start.wrapping_add(limit.min(PAGE_ITEMS_MAX)).min(all);
    let mut streams: Vec<Val> = Vec::new(e);
    for place in start..end {
        streams.push_back(storage::opened(e, contract, place));
    }
    raw::Vec::new(e, streams.to_val())
}

/// The hot entry as if it held that metric alone.
pub fn metric(e: &Env, stream: &StreamKey, metric: Val) -> Val {
    let (mut buffer, mut alone) = ([0; BYTES_MAX], [0; BYTES_MAX]);
    let place = place_of(&Call::new(e), &definition(e, stream), metric) as usize;
    let recorder = open_hot(e, stream, &mut buffer);
    let view = recorder.view();
    let shape =
        MetricShape { code: view.code(place), sketch: view.sketch(place), continues: place + 1 };
    let watched = view.is_watched(place).into();
    match create(Some(&view), &[shape], watched, view.has_witnesses(), 0, &mut alone) {
        Ok(bytes) => Bytes::from_slice(e, &alone[..bytes]).to_val(),
        Err(_) => refuse(e, MonitorError::NumberUnknown),
    }
}

/// What history has of some hours.
pub fn window(e: &Env, asked: &[Val]) -> Val {
    let analytics = storage::analytics(e);
    if analytics.is_void() {
        refuse(e, MonitorError::NotKept);
    }
    let arguments = typed(e, list(e, asked));
    let window = symbol_short!("window");
    let packed: BytesN<{ fixed::BYTES }> =
        e.invoke_contract(&typed(e, analytics), &window, arguments);
    packed.to_val()
}
