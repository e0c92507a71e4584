//! Recording: what a monitored contract calls, and what all ways into a hot entry share.

use lumenscope_hot::{HotError, Moment, Recorder, Reporter, Sample};
use lumenscope_interfaces::common::StreamKey;
use lumenscope_interfaces::performance_monitor as interface;
use lumenscope_interfaces::performance_monitor::{
    BATCH_SAMPLES_MAX, METADATA_BYTES_MAX, MonitorError, OTHER_FUNCTION,
};
use soroban_sdk::{Address, Env, String, Symbol, Vec};

use crate::definition;
use crate::events::{MetricRecorded, SamplesRecorded};
use crate::registry::registration;
use crate::storage::{self, Definition, with_hot};

/// Which metric of a hot entry.
#[derive(Clone, Copy)]
pub enum Metric {
    /// At that place.
    At(usize),
    /// The one with that code of the dictionary, if the entry holds it.
    Coded(u16),
}

/// What is to be added to a hot entry.
pub struct Addition {
    pub metric: Metric,
    pub at_s: u64,
    pub sample: Sample,
}

pub struct Record {
    pub contract: Address,
    pub metric: Symbol,
    pub value: i128,
    pub unit: Symbol,
    pub function: Symbol,
    pub metadata: Option<String>,
}

pub fn record_metric(e: &Env, record: Record) -> Result<u64, MonitorError> {
    let Record { contract, metric, value, unit, function, metadata } = record;
    registration(e, &contract)?.recorder.require_auth();
    if metadata.as_ref().is_some_and(|metadata| metadata.len() > METADATA_BYTES_MAX) {
        return Err(MonitorError::MetadataTooLong);
    }
    let asked = StreamKey { contract, function, subject: None };
    let (stream, definition) = stream_or_other(e, &asked)?;
    let place = definition::metric(&definition, &metric)?;
    if definition.units.get(place as u32) != Some(unit) {
        return Err(MonitorError::UnitMismatch);
    }
    let sequence = add(e, &stream, &definition, None, 1, &mut |_| now(e, place, value))?;
    if definition::tells(&definition) {
        let StreamKey { contract, function, .. } = asked;
        MetricRecorded { contract, function, metric, value, sequence, metadata }.publish(e);
    }
    Ok(sequence)
}

pub fn record_samples(
    e: &Env,
    asked: StreamKey,
    samples: Vec<interface::Sample>,
) -> Result<u64, MonitorError> {
    registration(e, &asked.contract)?.recorder.require_auth();
    check_number(samples.len())?;
    let (stream, definition) = stream_or_other(e, &asked)?;
    let (mut metrics, mut values) = (Vec::new(e), Vec::new(e));
    let sequence = add(e, &stream, &definition, None, samples.len(), &mut |number| {
        let interface::Sample { metric, value } = samples.get_unchecked(number);
        let place = definition::metric(&definition, &metric)?;
        metrics.push_back(metric);
        values.push_back(value);
        now(e, place, value)
    })?;
    if definition::tells(&definition) {
        let StreamKey { contract, function, subject } = asked;
        SamplesRecorded { contract, function, subject, metrics, values, sequence }.publish(e);
    }
    Ok(sequence)
}

/// The stream that was asked for; if it is not open, the contract's stream for functions unknown.
pub fn stream_or_other(
    e: &Env,
    asked: &StreamKey,
) -> Result<(StreamKey, Definition), MonitorError> {
    if let Some(definition) = storage::definition(e, asked) {
        return Ok((asked.clone(), definition));
    }
    let function = Symbol::new(e, OTHER_FUNCTION);
    let other = StreamKey { contract: asked.contract.clone(), function, subject: None };
    let definition = storage::definition(e, &other).ok_or(MonitorError::StreamUnknown)?;
    Ok((other, definition))
}

/// Adds `count` additions to a stream's hot entry, all or none, and returns its sequence number;
/// 0 for a stream that is recorded by events only, after checking what came.
pub fn add(
    e: &Env,
    stream: &StreamKey,
    definition: &Definition,
    reporter: Option<Reporter>,
    count: u32,
    addition: &mut dyn FnMut(u32) -> Result<Addition, MonitorError>,
) -> Result<u64, MonitorError> {
    let mut sequence = 0;
    if !definition::keeps(definition) {
        for number in 0..count {
            addition(number)?;
        }
        return Ok(sequence);
    }
    let now_s = e.ledger().timestamp();
    with_hot(e, stream, &mut |recorder| {
        if let Some(reporter) = reporter {
            recorder.accept(reporter).map_err(refused)?;
        }
        let witness = reporter.and_then(|reporter| reporter.witness);
        let mut placed = None;
        for number in 0..count {
            let Addition { metric, at_s, sample } = addition(number)?;
            let Some(metric) = place_of(recorder, metric) else { continue };
            if let Some(witness) = witness {
                recorder.add_witnessed(metric, witness, &sample.statistics);
                continue;
            }
            let moment = Moment::new(at_s, now_s);
            let slot = match placed {
                Some((hour, slot)) if hour == moment.hour => slot,
                _ => recorder.place(moment.hour).map_err(refused)?,
            };
            placed = Some((moment.hour, slot));
            recorder.add(metric, slot, moment, &sample);
        }
        sequence = recorder.next_sequence();
        Ok(true)
    })?;
    Ok(sequence)
}

/// Refuses no samples, and more than one call may bring.
pub fn check_number(samples: u32) -> Result<(), MonitorError> {
    match samples {
        0 => Err(MonitorError::Empty),
        1..=BATCH_SAMPLES_MAX => Ok(()),
        _ => Err(MonitorError::TooMany),
    }
}

fn now(e: &Env, place: usize, value: i128) -> Result<Addition, MonitorError> {
    let at_s = e.ledger().timestamp();
    Ok(Addition { metric: Metric::At(place), at_s, sample: Sample::of(value) })
}

fn place_of(recorder: &Recorder, metric: Metric) -> Option<usize> {
    match metric {
        Metric::At(place) => Some(place),
        Metric::Coded(code) => recorder.view().metric_of_code(code),
    }
}

fn refused(error: HotError) -> MonitorError {
    match error {
        HotError::HourFlushed => MonitorError::TimeFlushed,
        HotError::SequenceSeen => MonitorError::SequenceSeen,
        HotError::NoWitnesses => MonitorError::NotKept,
        HotError::BlobInvalid | HotError::ShapeInvalid => MonitorError::BlobVersion,
    }
}
