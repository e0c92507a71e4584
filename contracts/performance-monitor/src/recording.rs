//! Recording: what a monitored contract calls, and what all ways into a hot entry share.

use lumenscope_bucket::fixed;
use lumenscope_hot::{BYTES_MAX, HotError, Moment, Recorder, Reporter, Sample};
use lumenscope_interfaces::performance_monitor::{
    BATCH_SAMPLES_MAX, METADATA_BYTES_MAX, MonitorError,
};
use soroban_sdk::{Bytes, Env, FromVal, String, Val, symbol_short};

use crate::definition::{keeps, tells};
use crate::events::{SamplesRecorded, tell_of};
use crate::flush::hand_over;
use crate::inline;
use crate::refusal::Call;
use crate::shapes::{
    MonitoredContract, NOWHERE, StreamDefinition, StreamKey, count, item, list, place_in, raw,
    same, typed,
};
use crate::storage;

/// Samples as they come.
pub struct Samples {
    pub items: Val,
    pub form: Form,
    /// When they were; an aggregate says it itself.
    pub at_s: u64,
    /// The unit that the caller takes a value for; void for the metric's.
    pub unit: Val,
}

/// What each item of a list of samples is.
#[derive(Clone, Copy, Eq, PartialEq)]
pub enum Form {
    /// A metric and its value.
    Values,
    /// A [`BatchSample`](lumenscope_interfaces::performance_monitor::BatchSample).
    Aggregates,
    /// The same, of hours that were flushed already.
    Backfill,
    /// A value of the dictionary's metrics of an execution, in its order.
    Execution,
}

/// What came of adding to a stream.
pub struct Added {
    /// The stream's sequence number; 0 for a stream that is recorded by events only.
    pub sequence: u64,
    /// Whether the stream wants an event.
    pub tells: bool,
}

/// A list of one metric and its value.
#[inline(never)]
pub fn one(e: &Env, metric: Val, value: Val) -> Val {
    list(e, &[list(e, &[metric, value])])
}

/// Adds values of now, as their contract's recorder: `samples` are pairs of metric and value.
pub fn record(e: &Env, asked: StreamKey, samples: Val, unit: Val, metadata: Val) -> raw::u64 {
    let call = &Call::new(e);
    registration(call, &asked).recorder().require_auth();
    if !metadata.is_void() && typed::<String>(e, metadata).len() > METADATA_BYTES_MAX {
        call.refuse(MonitorError::MetadataTooLong);
    }
    let at_s = e.ledger().timestamp();
    let of_now = Samples { items: samples, form: Form::Values, at_s, unit };
    let added = add(call, &asked, None, &of_now);
    let sequence = Val::from_val(e, &added.sequence);
    if added.tells {
        let mut data = [Val::VOID.into(), samples, sequence, metadata];
        tell_of::<SamplesRecorded>(e, symbol_short!("recorded"), &asked, &mut data);
    }
    raw::u64::new(e, sequence)
}

/// The registration of a stream's contract.
#[inline(never)]
pub fn registration(call: &Call, stream: &StreamKey) -> MonitoredContract {
    let registration = storage::registration(call.e, stream.contract().to_val());
    if registration.owner().is_none() {
        call.refuse(MonitorError::ContractUnknown);
    }
    registration
}

/// The place of a metric that the stream has to hold.
#[inline(never)]
pub fn place_of(call: &Call, definition: &StreamDefinition, name: Val) -> u32 {
    let place = place_in(call.e, definition.metrics(), name);
    if place == NOWHERE {
        call.refuse(MonitorError::MetricUnknown);
    }
    place
}

/// Adds samples to a stream's hot entry, all or none. For a stream that is recorded by
/// events only, checks what came. Whoever asked was authorised.
pub fn add(call: &Call, asked: &StreamKey, reporter: Option<Reporter>, samples: &Samples) -> Added {
    let e = call.e;
    let brought = count(e, samples.items);
    check_number(call, brought, BATCH_SAMPLES_MAX);
    let (stream, definition) = stream_or_other(call, asked);
    let mode = definition.mode();
    let now_s = e.ledger().timestamp();
    let mut buffer = [0; BYTES_MAX];
    let mut recorder = None;
    let mut seat = 0;
    if keeps(mode) {
        let opened = recorder.insert(storage::open_hot(e, &stream, &mut buffer));
        if let Some(reporter) = reporter {
            if let Err(error) = opened.accept(reporter) {
                refused(call, error);
            }
            seat = reporter.seat;
        }
        if samples.form == Form::Backfill {
            // A witness's sums know no hours.
            if seat > 0 {
                call.refuse(MonitorError::NotKept);
            }
            opened.set_apart();
        } else {
            inline::step(opened, now_s);
        }
    }
    let mut placed = None;
    for number in 0..brought {
        call.sample.set(number);
        let sample = item(e, samples.items, number);
        let mut at_s = samples.at_s;
        let mut place = None;
        let sample = if samples.form == Form::Execution {
            if let Some(recorder) = &recorder {
                place = recorder.view().metric_of_code(number as u16 + 1);
            }
            Sample::of(typed::<i64>(e, sample).into())
        } else {
            let metric = place_of(call, &definition, item(e, sample, 0));
            let second = item(e, sample, 1);
            place = Some(metric as usize);
            if !samples.unit.is_void()
                && !same(e, samples.unit, item(e, definition.units(), metric))
            {
                call.refuse(MonitorError::UnitMismatch);
            }
            if samples.form == Form::Values {
                // They are published as they came: nothing else may travel with them.
                if count(e, sample) != 2 {
                    call.refuse(MonitorError::Empty);
                }
                Sample::of(typed(e, second))
            } else {
                at_s = typed(e, second);
                aggregate(call, &typed(e, item(e, sample, 2)))
            }
        };
        if at_s > now_s {
            call.refuse(MonitorError::TimeInFuture);
        }
        let (Some(recorder), Some(metric)) = (&mut recorder, place) else { continue };
        if seat > 0 {
            recorder.add_witnessed(metric, seat, &sample.statistics);
            continue;
        }
        let moment = Moment::new(at_s, now_s);
        let slot = match placed {
            Some((hour, slot)) if hour == moment.hour => slot,
            _ => match recorder.place(moment.hour) {
                Ok(slot) => slot,
                Err(error) => refused(call, error),
            },
        };
        placed = Some((moment.hour, slot));
        recorder.add(metric, slot, moment, &sample);
    }
    let mut sequence = 0;
    if let Some(recorder) = &mut recorder {
        sequence = recorder.next_sequence();
        if samples.form == Form::Backfill {
            add_to_history(call, &stream, definition.metrics(), recorder);
        } else {
            storage::set_hot(e, &stream, recorder.bytes());
        }
    }
    Added { sequence, tells: tells(mode) }
}

/// Hands the hours of an entry that was set apart over to history, and counts them in the entry.
/// A function of its own: it needs room for another entry, which recording need not pay for.
#[inline(never)]
fn add_to_history(
    call: &Call,
    stream: &StreamKey,
    metrics: Val,
    apart: &mut Recorder<'_, [u8; BYTES_MAX]>,
) {
    let e = call.e;
    let mut buffer = [0; BYTES_MAX];
    let mut kept = storage::open_hot(e, stream, &mut buffer);
    if !kept.count_in(&apart.view()) {
        call.refuse(MonitorError::NotFlushed);
    }
    hand_over(e, stream, metrics, Bytes::from_slice(e, apart.to_export()));
    storage::set_hot(e, stream, kept.bytes());
}

/// Statistics that a reporter packed, if they are consistent.
fn aggregate(call: &Call, packed: &Bytes) -> Sample {
    let mut bytes = [0; fixed::BYTES];
    packed.copy_into_slice(&mut bytes);
    let statistics = fixed::decode(&bytes);
    if statistics.is_empty() || !statistics.is_possible() {
        call.refuse(MonitorError::StatisticsInvalid);
    }
    Sample::aggregate(statistics)
}

/// Refuses none, and more than one call may bring.
#[inline(never)]
pub fn check_number(call: &Call, number: u32, most: u32) {
    if number == 0 {
        call.refuse(MonitorError::Empty);
    }
    if number > most {
        call.refuse(MonitorError::TooMany);
    }
}

/// The stream that was asked for; if it is not open, the contract's stream for functions unknown.
fn stream_or_other(call: &Call, asked: &StreamKey) -> (StreamKey, StreamDefinition) {
    let mut stream = asked.clone();
    let mut definition = storage::definition(call.e, &stream);
    if definition.is_none() {
        let other = symbol_short!("other").to_val();
        stream = StreamKey::of(call.e, asked.contract().to_val(), other);
        definition = storage::definition(call.e, &stream);
    }
    if definition.is_none() {
        call.refuse(MonitorError::StreamUnknown);
    }
    (stream, definition)
}

fn refused(call: &Call, error: HotError) -> ! {
    call.refuse(match error {
        HotError::HourFlushed => MonitorError::TimeFlushed,
        HotError::SequenceSeen => MonitorError::SequenceSeen,
        HotError::NoWitnesses => MonitorError::NotKept,
        HotError::BlobInvalid | HotError::ShapeInvalid => MonitorError::NumberUnknown,
    })
}
