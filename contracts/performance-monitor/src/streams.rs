//! Opening streams, changing their width, and keeping them alive.

use lumenscope_bucket::calendar::hour_of;
use lumenscope_hot::{BYTES_MAX, HotError, View, create, reshape};
use lumenscope_interfaces::common::StreamKey;
use lumenscope_interfaces::governance;
use lumenscope_interfaces::performance_monitor::{
    FLUSH_STREAMS_MAX, MonitorError, RecordingMode, STREAMS_PER_CONTRACT_MAX, StreamDefinition,
    StreamSpec,
};
use soroban_sdk::{Address, Env, Vec};

use crate::definition::{self, is_empty};
use crate::events::{StreamDefined, StreamsKeptAlive};
use crate::registry::owned;
use crate::storage::{self, open_hot};

/// Opens a stream, or changes what the `former` one holds.
pub fn define(
    e: &Env,
    stream: StreamKey,
    spec: StreamSpec,
    former: Option<StreamDefinition>,
) -> Result<(), MonitorError> {
    governance::require_not_paused(e);
    let mut registration = owned(e, &stream.contract)?;
    let place = match &former {
        Some(former) => former.place,
        None => {
            check_new(e, &stream, registration.streams)?;
            registration.streams
        }
    };
    let (definition, mut shapes) = definition::define(e, &spec, place)?;
    let shapes = shapes.as_mut_slice();
    let hour = hour_of(e.ledger().timestamp());
    let mut buffer = [0; BYTES_MAX];
    let bytes = match &former {
        None => create(shapes, spec.witnesses, hour, &mut buffer),
        Some(former) => {
            for (place, shape) in (0..).zip(shapes.iter_mut()) {
                let name = definition.metrics.get_unchecked(place);
                shape.continues = former.metrics.first_index_of(name).map(|place| place as usize);
            }
            let mut stored = [0; BYTES_MAX];
            let view = open_hot(e, &stream, &mut stored)?.into_view();
            for place in 0..former.metrics.len() {
                let is_dropped = !definition.metrics.contains(former.metrics.get_unchecked(place));
                if is_dropped && waits_for_flush(&view, place as usize, hour) {
                    return Err(MonitorError::NotFlushed);
                }
            }
            reshape(&view, shapes, spec.witnesses, &mut buffer)
        }
    };
    let blob = &buffer[..bytes.map_err(refused)?];
    storage::set_hot(e, &stream, blob);
    storage::set_definition(e, &stream, &definition);
    if former.is_none() {
        storage::set_opened(e, place, &stream);
        registration.streams += 1;
        storage::set_registration(e, &stream.contract, &registration);
    }
    tell(e, stream, registration.owner, definition, blob.len() as u32);
    Ok(())
}

/// Whether a contract of so many streams may open this one.
fn check_new(e: &Env, stream: &StreamKey, streams: u32) -> Result<(), MonitorError> {
    if is_empty(&stream.function) || stream.subject.as_ref().is_some_and(is_empty) {
        return Err(MonitorError::Empty);
    }
    if storage::definition(e, stream).is_some() {
        return Err(MonitorError::StreamKnown);
    }
    if streams >= STREAMS_PER_CONTRACT_MAX {
        return Err(MonitorError::TooMany);
    }
    Ok(())
}

pub fn set_mode(e: &Env, stream: StreamKey, mode: RecordingMode) -> Result<(), MonitorError> {
    governance::require_not_paused(e);
    let registration = owned(e, &stream.contract)?;
    let mut definition = definition(e, &stream)?;
    definition.mode = mode;
    storage::set_definition(e, &stream, &definition);
    let bytes = storage::hot(e, &stream).len();
    tell(e, stream, registration.owner, definition, bytes);
    Ok(())
}

pub fn definition(e: &Env, stream: &StreamKey) -> Result<StreamDefinition, MonitorError> {
    storage::definition(e, stream).ok_or(MonitorError::StreamUnknown)
}

pub fn keep_alive(e: &Env, caller: Address, streams: Vec<StreamKey>) -> Result<(), MonitorError> {
    caller.require_auth();
    check_number(&streams)?;
    for number in 0..streams.len() {
        let stream = streams.get_unchecked(number);
        let definition = definition(e, &stream)?;
        storage::keep_alive(e, &stream, definition.place);
    }
    StreamsKeptAlive { caller, streams: streams.len() }.publish(e);
    Ok(())
}

/// Refuses more streams than one call may handle, and none.
pub fn check_number(streams: &Vec<StreamKey>) -> Result<(), MonitorError> {
    match streams.len() {
        0 => Err(MonitorError::Empty),
        1..=FLUSH_STREAMS_MAX => Ok(()),
        _ => Err(MonitorError::TooMany),
    }
}

/// Whether a metric has samples of hours before this one. Those of the open hour go with a metric
/// that its owner drops.
fn waits_for_flush(view: &View, metric: usize, hour: u32) -> bool {
    let mut closed = view.slots().filter(|slot| slot.span.start_hour < hour);
    closed.any(|slot| !view.statistics(metric, slot.index).is_empty())
}

fn refused(error: HotError) -> MonitorError {
    match error {
        // The number of metrics was checked: what is left is the number of sketches.
        HotError::ShapeInvalid => MonitorError::SketchInvalid,
        _ => MonitorError::BlobVersion,
    }
}

fn tell(e: &Env, stream: StreamKey, owner: Address, definition: StreamDefinition, bytes: u32) {
    let StreamKey { contract, function, subject } = stream;
    let StreamDefinition { metrics, mode, .. } = definition;
    StreamDefined { contract, function, subject, owner, metrics, mode, bytes }.publish(e);
}
