//! From what an owner asks for to what is stored.

use lumenscope_dictionary::EXECUTION_METRICS;
use lumenscope_hot::MetricShape;
use lumenscope_interfaces::performance_monitor::{
    METRICS_PER_STREAM_MAX, MonitorError, RecordingMode,
};
use lumenscope_sketch::SketchLayout;
use soroban_sdk::unwrap::UnwrapInfallible;
use soroban_sdk::{Env, EnvBase, Symbol, Val, Vec, symbol_short};

use crate::refusal::refuse;
use crate::shapes::{
    NOWHERE, StreamDefinition, StreamSpec, count, field, item, place_in, same, typed,
};

/// The fields of a definition, in their order as keys.
const FIELDS: [&str; 6] = ["kinds", "metrics", "mode", "place", "units", "watched"];
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
    let (mut names, mut units) = (Vec::<Val>::new(e), Vec::<Val>::new(e));
    let (mut kinds, mut watched) = (0, 0);
    let metrics = spec.metrics().to_val();
    let metrics_count = count(e, metrics);
    if metrics_count > METRICS_PER_STREAM_MAX {
        refuse(e, MonitorError::TooMany);
    }
    for (number, shape) in (0..metrics_count).zip(shapes) {
        let metric = item(e, metrics, number);
        let get = |name| field(e, metric, name);
        let (name, unit) = (get(symbol_short!("name")), get(symbol_short!("unit")));
        check_name(e, name);
        check_name(e, unit);
        let kind: u32 = typed(e, get(symbol_short!("kind")));
        if place_in(e, names.to_val(), name) != NOWHERE {
            refuse(e, MonitorError::Twice);
        }
        if kind >> KIND_BITS != 0 || mode > RecordingMode::EventOnly as u32 {
            refuse(e, MonitorError::NumberUnknown);
        }
        shape.code = code_of(e, name, unit);
        shape.watched = typed(e, get(symbol_short!("watched")));
        shape.sketch = layout_of(e, get(symbol_short!("sketch")));
        watched |= u32::from(shape.watched) << number;
        kinds |= kind << (KIND_BITS * number);
        names.push_back(name);
        units.push_back(unit);
    }
    if names.is_empty() {
        refuse(e, MonitorError::Empty);
    }
    let (names, units) = (names.to_val(), units.to_val());
    let fields = [kinds.into(), names, mode.into(), place.into(), units, watched.into()];
    let definition = e.map_new_from_slices(&FIELDS, &fields).unwrap_infallible().to_val();
    StreamDefinition::new(e, definition)
}

/// Whether recording leaves an event.
pub fn tells(mode: u32) -> bool {
    mode != RecordingMode::Rollup as u32
}

/// Whether recording writes the hot entry.
pub fn keeps(mode: u32) -> bool {
    mode != RecordingMode::EventOnly as u32
}

/// Refuses what is no name, or an empty one.
#[inline(never)]
pub fn check_name(e: &Env, name: Val) {
    if typed::<Symbol>(e, name).to_val().get_payload() == symbol_short!("").to_val().get_payload() {
        refuse(e, MonitorError::Empty);
    }
}

/// The dictionary's code of a metric; 0 for a custom one. A standard metric has the dictionary's
/// unit.
fn code_of(e: &Env, name: Val, unit: Val) -> u16 {
    for (index, standard) in EXECUTION_METRICS.iter().enumerate() {
        if same(e, name, symbol(e, standard.name)) {
            if !same(e, unit, symbol(e, standard.unit)) {
                refuse(e, MonitorError::UnitMismatch);
            }
            return index as u16 + 1;
        }
    }
    0
}

/// A symbol, always as an object: what makes short ones without the host is larger.
fn symbol(e: &Env, name: &str) -> Val {
    e.symbol_new_from_slice(name.as_bytes()).unwrap_infallible().to_val()
}

fn layout_of(e: &Env, range: Val) -> Option<SketchLayout> {
    let min = typed(e, field(e, range, symbol_short!("min")));
    let max = typed(e, field(e, range, symbol_short!("max")));
    let bins: u32 = typed(e, field(e, range, symbol_short!("bins")));
    if bins == 0 && min == 0 && max == 0 {
        return None;
    }
    // Bins beyond 16 bits are too many all the more.
    let layout = SketchLayout::fit(min, max, bins.min(u16::MAX.into()) as u16);
    if layout.is_none() {
        refuse(e, MonitorError::SketchInvalid);
    }
    layout
}
