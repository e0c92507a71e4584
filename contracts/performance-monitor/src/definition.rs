//! From what an owner asks for to what is stored.

use lumenscope_dictionary::EXECUTION_METRICS;
use lumenscope_hot::MetricShape;
use lumenscope_interfaces::performance_monitor::{
    METRICS_PER_STREAM_MAX, MetricSpec, MonitorError, RecordingMode, SketchRange, StreamDefinition,
    StreamSpec,
};
use lumenscope_sketch::SketchLayout;
use soroban_sdk::{Env, Symbol, Vec, symbol_short};

/// Bits of a metric's kind.
const KIND_BITS: u32 = 2;

/// Most metrics of a stream, as a length.
pub const METRICS_MAX: usize = METRICS_PER_STREAM_MAX as usize;

/// The shapes of a checked specification.
pub struct Shapes {
    all: [MetricShape; METRICS_MAX],
    used: usize,
}

impl Shapes {
    pub fn as_mut_slice(&mut self) -> &mut [MetricShape] {
        &mut self.all[..self.used]
    }
}

/// Checks a specification and splits it into what is named and what is kept.
pub fn define(
    e: &Env,
    spec: &StreamSpec,
    place: u32,
) -> Result<(StreamDefinition, Shapes), MonitorError> {
    let mut definition = StreamDefinition {
        metrics: Vec::new(e),
        units: Vec::new(e),
        kinds: 0,
        watched: 0,
        mode: spec.mode,
        place,
    };
    if spec.metrics.is_empty() {
        return Err(MonitorError::Empty);
    }
    if spec.metrics.len() > METRICS_PER_STREAM_MAX {
        return Err(MonitorError::TooMany);
    }
    let mut shapes = Shapes { all: [MetricShape::default(); METRICS_MAX], used: 0 };
    for number in 0..spec.metrics.len() {
        let MetricSpec { name, unit, kind, watched, sketch } = spec.metrics.get_unchecked(number);
        if is_empty(&name) || is_empty(&unit) {
            return Err(MonitorError::Empty);
        }
        if definition.metrics.contains(&name) {
            return Err(MonitorError::MetricTwice);
        }
        let code = code_of(e, &name, &unit)?;
        let sketch = if sketch == SketchRange::NONE { None } else { Some(layout_of(&sketch)?) };
        shapes.all[shapes.used] = MetricShape { code, watched, sketch, continues: None };
        definition.watched |= u32::from(watched) << shapes.used;
        definition.kinds |= (kind as u32) << (KIND_BITS * shapes.used as u32);
        definition.metrics.push_back(name);
        definition.units.push_back(unit);
        shapes.used += 1;
    }
    Ok((definition, shapes))
}

/// The place of a metric.
pub fn metric_place(definition: &StreamDefinition, name: &Symbol) -> Result<usize, MonitorError> {
    let place = definition.metrics.first_index_of(name);
    place.map(|place| place as usize).ok_or(MonitorError::MetricUnknown)
}

/// Whether recording leaves an event.
pub fn tells(definition: &StreamDefinition) -> bool {
    definition.mode != RecordingMode::Rollup
}

/// Whether recording writes the hot entry.
pub fn keeps(definition: &StreamDefinition) -> bool {
    definition.mode != RecordingMode::EventOnly
}

pub fn is_empty(name: &Symbol) -> bool {
    *name == symbol_short!("")
}

/// The dictionary's code of a metric; 0 for a custom one. A standard metric has the dictionary's
/// unit.
fn code_of(e: &Env, name: &Symbol, unit: &Symbol) -> Result<u16, MonitorError> {
    for (index, standard) in EXECUTION_METRICS.iter().enumerate() {
        if *name == Symbol::new(e, standard.name) {
            return if *unit == Symbol::new(e, standard.unit) {
                Ok(index as u16 + 1)
            } else {
                Err(MonitorError::UnitMismatch)
            };
        }
    }
    Ok(0)
}

fn layout_of(range: &SketchRange) -> Result<SketchLayout, MonitorError> {
    // Bins beyond 16 bits are too many all the more.
    let bins = range.bins.min(u16::MAX.into()) as u16;
    SketchLayout::new(range.min, range.max, bins).map_err(|_| MonitorError::SketchInvalid)
}
