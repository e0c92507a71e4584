//! Opening streams, changing their width, and keeping them alive.

use lumenscope_bucket::calendar::hour_of;
use lumenscope_hot::{BYTES_MAX, MetricShape, View, create};
use lumenscope_interfaces::governance;
use lumenscope_interfaces::performance_monitor::{
    FLUSH_STREAMS_MAX, MonitorError, STREAMS_PER_CONTRACT_MAX,
};
use soroban_sdk::{Env, Val, Vec, symbol_short};

use crate::definition::{METRICS_MAX, define, is_empty};
use crate::events::{StreamDefined, tell_of};
use crate::refusal::refuse;
use crate::registry::owned;
use crate::shapes::{StreamDefinition, StreamKey, StreamSpec, item, place_in};
use crate::storage::{self, open_hot};

/// Opens a stream, or changes what an open one holds.
pub fn open(e: &Env, stream: StreamKey, spec: StreamSpec) {
    governance::require_not_paused(e);
    let contract = stream.contract();
    let mut registration = owned(e, &contract);
    let former = storage::definition(e, &stream);
    let opened = registration.streams();
    let place = former.as_ref().map_or(opened, StreamDefinition::place);
    let mut shapes = [MetricShape::default(); METRICS_MAX];
    let definition = define(e, &spec, place, &mut shapes);
    let metrics = definition.metrics();
    let shapes = &mut shapes[..metrics.len() as usize];
    let hour = hour_of(e.ledger().timestamp());
    let mut buffer = [0; BYTES_MAX];
    let bytes = if let Some(former) = former {
        let former = former.metrics();
        let mut stored = [0; BYTES_MAX];
        let view = open_hot(e, &stream, &mut stored).into_view();
        for place in 0..former.len() {
            let kept = place_in(&metrics, &item(&former, place));
            let place = place as usize;
            if let Some(shape) = shapes.get_mut(kept as usize) {
                shape.continues = Some(place);
            } else if waits_for_flush(&view, place, hour) {
                refuse(e, MonitorError::NotFlushed);
            }
        }
        create(Some(&view), shapes, spec.witnesses(), hour, &mut buffer)
    } else {
        if is_empty(&stream.function()) || stream.subject().as_ref().is_some_and(is_empty) {
            refuse(e, MonitorError::Empty);
        }
        if opened >= STREAMS_PER_CONTRACT_MAX {
            refuse(e, MonitorError::TooMany);
        }
        storage::set_opened(e, place, &stream);
        registration.set_streams(opened + 1);
        storage::set_registration(e, &contract, &registration);
        create(None, shapes, spec.witnesses(), hour, &mut buffer)
    };
    // The number of metrics was checked: what is left is the number of sketches.
    let bytes = bytes.unwrap_or_else(|_| refuse(e, MonitorError::SketchInvalid));
    storage::set_hot(e, &stream, &buffer[..bytes]);
    storage::set_definition(e, &stream, &definition);
    let (owner, mode) = (registration.owner().to_val(), spec.mode());
    let mut data = [Val::VOID.into(), owner, metrics.to_val(), mode.into(), (bytes as u32).into()];
    tell_of::<StreamDefined>(e, symbol_short!("defined"), &stream, &mut data);
}

#[inline(never)]
pub fn definition(e: &Env, stream: &StreamKey) -> StreamDefinition {
    storage::definition(e, stream).unwrap_or_else(|| refuse(e, MonitorError::StreamUnknown))
}

pub fn keep_alive(e: &Env, streams: Vec<StreamKey>) {
    check_number(e, &streams);
    for number in 0..streams.len() {
        let stream = streams.get_unchecked(number);
        storage::keep_alive(e, &stream, definition(e, &stream).place());
    }
}

/// Refuses more streams than one call may handle, and none.
pub fn check_number(e: &Env, streams: &Vec<StreamKey>) {
    match streams.len() {
        0 => refuse(e, MonitorError::Empty),
        1..=FLUSH_STREAMS_MAX => {}
        _ => refuse(e, MonitorError::TooMany),
    }
}

/// Whether a metric has samples of hours before this one. Those of the open hour go with a metric
/// that its owner drops.
fn waits_for_flush(view: &View, metric: usize, hour: u32) -> bool {
    let mut closed = view.slots().filter(|slot| slot.span.start_hour < hour);
    closed.any(|slot| !view.statistics(metric, slot.index).is_empty())
}
