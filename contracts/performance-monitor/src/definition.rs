//! From what an owner asks for to what is stored.

use lumenscope_dictionary::{EXECUTION_METRICS, EXECUTION_METRICS_PACKED};
use lumenscope_hot::MetricShape;
use lumenscope_interfaces::performance_monitor::{
    METRICS_PER_STREAM_MAX, MonitorError, RecordingMode,
};
use lumenscope_sketch::SketchLayout;
use soroban_sdk::unwrap::{UnwrapInfallible, UnwrapOptimized};
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
        shape.sketch = layout_of(e, get(symbol_short!("sketch")));
        watched |= u32::from(typed::<bool>(e, get(symbol_short!("watched")))) << number;
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
    if same(e, typed::<Symbol>(e, name).to_val(), symbol_short!("").to_val()) {
        refuse(e, MonitorError::Empty);
    }
}

/// The dictionary's code of a metric; 0 for a custom one. A standard metric has the dictionary's
/// unit.
fn code_of(e: &Env, name: Val, unit: Val) -> u16 {
    let (mut packed, mut code) = (&EXECUTION_METRICS_PACKED[..], 1);
    while code <= EXECUTION_METRICS.len() as u16 {
        let is_standard = same(e, name, next_symbol(e, &mut packed));
        let standard_unit = next_symbol(e, &mut packed);
        if is_standard {
            if !same(e, unit, standard_unit) {
                refuse(e, MonitorError::UnitMismatch);
            }
            return code;
        }
        code += 1;
    }
    0
}

/// The next of packed texts, always as an object: what makes short symbols without the host is
/// larger.
#[inline(never)]
fn next_symbol(e: &Env, packed: &mut &[u8]) -> Val {
    let (length, rest) = packed.split_first().unwrap_optimized();
    let (text, rest) = rest.split_at_checked(usize::from(*length)).unwrap_optimized();
    *packed = rest;
    e.symbol_new_from_slice(text).unwrap_infallible().to_val()
}

fn layout_of(e: &Env, range: Val) -> Option<SketchLayout> {
    let (min, max) = (typed(e, item(e, range, 0)), typed(e, item(e, range, 1)));
    let bins: u32 = typed(e, item(e, range, 2));
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
