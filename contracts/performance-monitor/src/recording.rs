//! Recording: what a monitored contract calls, and what all ways into a hot entry share.

use lumenscope_hot::{BYTES_MAX, HotError, Moment, Reporter, Sample};
use lumenscope_interfaces::common::StreamKey;
use lumenscope_interfaces::performance_monitor::{
    BATCH_SAMPLES_MAX, METADATA_BYTES_MAX, MonitorError, OTHER_FUNCTION, StreamDefinition,
};
use soroban_sdk::{Env, String, Symbol, Vec};

use crate::definition::{keeps, metric_place, tells};
use crate::events::SamplesRecorded;
use crate::registry::registration;
use crate::storage;

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

/// What came of adding to a stream.
pub struct Added {
    /// The stream's sequence number; 0 for a stream that is recorded by events only.
    pub sequence: u64,
    /// Whether the stream wants an event.
    pub tells: bool,
}

/// Adds values of now, as their contract's recorder.
pub fn record(
    e: &Env,
    asked: StreamKey,
    samples: Vec<(Symbol, i128)>,
    unit: Option<Symbol>,
    metadata: Option<String>,
) -> Result<u64, MonitorError> {
    registration(e, &asked.contract)?.recorder.require_auth();
    if metadata.as_ref().is_some_and(|metadata| metadata.len() > METADATA_BYTES_MAX) {
        return Err(MonitorError::MetadataTooLong);
    }
    let at_s = e.ledger().timestamp();
    let added = add(e, &asked, None, samples.len(), &mut |definition, number| {
        let (name, value) = samples.get_unchecked(number);
        let place = metric_place(definition, &name)?;
        if unit.is_some() && definition.units.get(place as u32) != unit {
            return Err(MonitorError::UnitMismatch);
        }
        Ok(Addition { metric: Metric::At(place), at_s, sample: Sample::of(value) })
    })?;
    let sequence = added.sequence;
    if added.tells {
        let StreamKey { contract, function, subject } = asked;
        SamplesRecorded { contract, function, subject, samples, sequence, metadata }.publish(e);
    }
    Ok(sequence)
}

/// Adds `count` additions to a stream's hot entry, all or none. For a stream that is recorded by
/// events only, checks what came. Whoever asked was authorised.
pub fn add(
    e: &Env,
    asked: &StreamKey,
    reporter: Option<Reporter>,
    count: u32,
    addition: &mut dyn FnMut(&StreamDefinition, u32) -> Result<Addition, MonitorError>,
) -> Result<Added, MonitorError> {
    check_number(count)?;
    let (stream, definition) = stream_or_other(e, asked)?;
    let tells = tells(&definition);
    let now_s = e.ledger().timestamp();
    let mut buffer = [0; BYTES_MAX];
    let keeps = keeps(&definition);
    let mut recorder = None;
    let mut witness = None;
    if keeps {
        let opened = recorder.insert(storage::open_hot(e, &stream, &mut buffer)?);
        if let Some(reporter) = reporter {
            opened.accept(reporter).map_err(refused)?;
            witness = reporter.witness;
        }
    }
    let mut placed = None;
    for number in 0..count {
        let Addition { metric, at_s, sample } = addition(&definition, number)?;
        if at_s > now_s {
            return Err(MonitorError::TimeInFuture);
        }
        let Some(recorder) = &mut recorder else { continue };
        let place = match metric {
            Metric::At(place) => Some(place),
            Metric::Coded(code) => recorder.view().metric_of_code(code),
        };
        let Some(metric) = place else { continue };
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
    let sequence = match &mut recorder {
        Some(recorder) => {
            let sequence = recorder.next_sequence();
            storage::set_hot(e, &stream, recorder.bytes());
            sequence
        }
        None => 0,
    };
    Ok(Added { sequence, tells })
}

/// Refuses no samples, and more than one call may bring.
pub fn check_number(samples: u32) -> Result<(), MonitorError> {
    match samples {
        0 => Err(MonitorError::Empty),
        1..=BATCH_SAMPLES_MAX => Ok(()),
        _ => Err(MonitorError::TooMany),
    }
}

/// The stream that was asked for; if it is not open, the contract's stream for functions unknown.
fn stream_or_other(
    e: &Env,
    asked: &StreamKey,
) -> Result<(StreamKey, StreamDefinition), MonitorError> {
    if let Some(definition) = storage::definition(e, asked) {
        return Ok((asked.clone(), definition));
    }
    let function = Symbol::new(e, OTHER_FUNCTION);
    let other = StreamKey { contract: asked.contract.clone(), function, subject: None };
    let definition = storage::definition(e, &other).ok_or(MonitorError::StreamUnknown)?;
    Ok((other, definition))
}

fn refused(error: HotError) -> MonitorError {
    match error {
        HotError::HourFlushed => MonitorError::TimeFlushed,
        HotError::SequenceSeen => MonitorError::SequenceSeen,
        HotError::NoWitnesses => MonitorError::NotKept,
        HotError::BlobInvalid | HotError::ShapeInvalid => MonitorError::BlobVersion,
    }
}
