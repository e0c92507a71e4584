//! From what an owner asks for to what is stored.

use lumenscope_dictionary::EXECUTION_METRICS;
use lumenscope_hot::MetricShape;
use lumenscope_interfaces::performance_monitor::{
    METRICS_PER_STREAM_MAX, MonitorError, RecordingMode,
};
use lumenscope_sketch::SketchLayout;
use soroban_sdk::{Env, Symbol, Val, Vec, symbol_short};

use crate::refusal::refuse;
use crate::shapes::{
    MetricSpec, NOWHERE, SketchRange, StreamDefinition, StreamSpec, item, place_in, same,
};

/// Bits of a metric's kind.
const KIND_BITS: u32 = 2;

/// Most metrics of a stream, as a length.
pub const METRICS_MAX: usize = METRICS_PER_STREAM_MAX as usize;

/// Checks a specification and splits it into what is named and what is kept.
pub fn define(
    e: &Env,
    spec: &StreamSpec,
    place: u32,
    shapes: &mut [MetricShape; METRICS_MAX],
) -> StreamDefinition {
    let mode = spec.mode();
    if mode > RecordingMode::EventOnly as u32 {
        refuse(e, MonitorError::NumberUnknown);
    }
    let (mut names, mut units) = (Vec::<Val>::new(e), Vec::<Val>::new(e));
    let (mut kinds, mut watched) = (0, 0);
    let metrics = spec.metrics();
    if metrics.is_empty() {
        refuse(e, MonitorError::Empty);
    }
    if metrics.len() > METRICS_PER_STREAM_MAX {
        refuse(e, MonitorError::TooMany);
    }
    for (number, shape) in (0..metrics.len()).zip(shapes) {
        let metric: MetricSpec = item(&metrics, number);
        let (name, unit, kind) = (metric.name(), metric.unit(), metric.kind());
        if is_empty(&name) || is_empty(&unit) {
            refuse(e, MonitorError::Empty);
        }
        if place_in(&names, &name) != NOWHERE {
            refuse(e, MonitorError::MetricTwice);
        }
        if kind >> KIND_BITS != 0 {
            refuse(e, MonitorError::NumberUnknown);
        }
        shape.code = code_of(e, &name, &unit);
        shape.watched = metric.watched();
        shape.sketch = layout_of(e, &metric.sketch());
        watched |= u32::from(shape.watched) << number;
        kinds |= kind << (KIND_BITS * number);
        names.push_back(name.to_val());
        units.push_back(unit.to_val());
    }
    StreamDefinition::new(e, &names, &units, [kinds, watched, mode, place])
}

/// Whether recording leaves an event.
pub fn tells(mode: u32) -> bool {
    mode != RecordingMode::Rollup as u32
}

/// Whether recording writes the hot entry.
pub fn keeps(mode: u32) -> bool {
    mode != RecordingMode::EventOnly as u32
}

pub fn is_empty(name: &Symbol) -> bool {
    name.to_val().get_payload() == symbol_short!("").to_val().get_payload()
}

/// The dictionary's code of a metric; 0 for a custom one. A standard metric has the dictionary's
/// unit.
fn code_of(e: &Env, name: &Symbol, unit: &Symbol) -> u16 {
    for (index, standard) in EXECUTION_METRICS.iter().enumerate() {
        if same(e, name, &Symbol::new(e, standard.name)) {
            if !same(e, unit, &Symbol::new(e, standard.unit)) {
                refuse(e, MonitorError::UnitMismatch);
            }
            return index as u16 + 1;
        }
    }
    0
}

fn layout_of(e: &Env, range: &SketchRange) -> Option<SketchLayout> {
    // Bins beyond 16 bits are too many all the more.
    let bins = range.bins().min(u16::MAX.into()) as u16;
    if bins == 0 && range.min() == 0 && range.max() == 0 {
        return None;
    }
    let layout = SketchLayout::fit(range.min(), range.max(), bins);
    if layout.is_none() {
        refuse(e, MonitorError::SketchInvalid);
    }
    layout
}
