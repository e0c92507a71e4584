//! Opening streams, and changing what they hold.

use lumenscope_bucket::calendar::hour_of;
use lumenscope_hot::{BYTES_MAX, MetricShape, View, create};
use lumenscope_interfaces::governance;
use lumenscope_interfaces::performance_monitor::{MonitorError, STREAMS_PER_CONTRACT_MAX};
use soroban_sdk::{Bytes, Env, IntoVal, Val, symbol_short};

use crate::definition::{METRICS_MAX, check_name, define};
use crate::events::{StreamDefined, tell_of};
use crate::flush::hand_over;
use crate::refusal::refuse;
use crate::registry::owned;
use crate::shapes::{StreamDefinition, StreamKey, StreamSpec, count, item, place_in};
use crate::storage::{self, open_hot};

/// Opens a stream, or changes what an open one holds.
pub fn open(e: &Env, stream: StreamKey, spec: StreamSpec) {
    governance::require_not_paused(e);
    let contract = stream.contract().to_val();
    let registration = owned(e, contract);
    let former = storage::definition(e, &stream);
    let opened = registration.streams();
    let place = if former.is_none() { opened } else { former.place() };
    let mut shapes = [MetricShape::default(); METRICS_MAX];
    let definition = define(e, &spec, place, &mut shapes);
    let metrics = definition.metrics();
    let shapes = &mut shapes[..count(e, metrics) as usize];
    let hour = hour_of(e.ledger().timestamp());
    let mut buffer = [0; BYTES_MAX];
    let (mut stored, mut view) = ([0; BYTES_MAX], None);
    if !former.is_none() {
        let former = former.metrics();
        let view = &*view.insert(open_hot(e, &stream, &mut stored).into_view());
        for place in 0..count(e, former) {
            let kept = place_in(e, metrics, item(e, former, place));
            let place = place as usize;
            let mut loses = true;
            if let Some(shape) = shapes.get_mut(kept as usize) {
                shape.continues = place.wrapping_add(1);
                // A sketch of another range starts anew.
                loses = shape.sketch != view.sketch(place);
            }
            if loses && waits_for_flush(view, place, hour) {
                refuse(e, MonitorError::NotFlushed);
            }
        }
    } else {
        check_name(e, stream.function().to_val());
        if let Some(subject) = stream.subject() {
            check_name(e, subject.to_val());
        }
        if opened >= STREAMS_PER_CONTRACT_MAX || !stream.is_openable() {
            refuse(e, MonitorError::TooMany);
        }
        storage::set_opened(e, place, &stream);
        storage::set_registration(
            e,
            contract,
            registration.with_streams(opened.wrapping_add(1)).to_val(),
        );
    }
    let bytes =
        create(view.as_ref(), shapes, definition.watched(), spec.witnesses(), hour, &mut buffer);
    if !storage::analytics(e).is_void() {
        // Metrics that history has no place for could neither be flushed nor, with closed hours,
        // be dropped: they are refused now.
        hand_over(e, &stream, metrics, Bytes::new(e));
    }
    // The number of metrics was checked: what is left is the number of sketches.
    let bytes = bytes.unwrap_or_else(|_| refuse(e, MonitorError::SketchInvalid));
    storage::set_hot(e, &stream, &buffer[..bytes]);
    storage::set_definition(e, &stream, &definition);
    let (owner, mode) = (registration.owner().into_val(e), spec.mode());
    let mut data = [Val::VOID.into(), owner, metrics, mode.into(), (bytes as u32).into()];
    tell_of::<StreamDefined>(e, symbol_short!("defined"), &stream, &mut data);
}

#[inline(never)]
pub fn definition(e: &Env, stream: &StreamKey) -> StreamDefinition {
    let definition = storage::definition(e, stream);
    if definition.is_none() {
        refuse(e, MonitorError::StreamUnknown);
    }
    definition
}

/// Whether a metric has samples of hours before this one. Those of the open hour go with a metric
/// that its owner drops.
fn waits_for_flush(view: &View<[u8; BYTES_MAX]>, metric: usize, hour: u32) -> bool {
    let mut closed = view.slots().filter(|slot| slot.span.start_hour < hour);
    closed.any(|slot| !view.statistics(metric, slot.index).is_empty())
}
