//! Reports: what an authorised observer tells about calls that it saw.

use lumenscope_dictionary::EXECUTION_METRICS;
use lumenscope_hot::Reporter;
use lumenscope_interfaces::performance_monitor::{BATCH_SAMPLES_MAX, MonitorError};
use soroban_sdk::{Address, Env, FromVal, Val, Vec, symbol_short};

use crate::events::{SamplesReported, tell_of};
use crate::recording::{Form, Samples, add, check_number, registration};
use crate::refusal::{Call, refuse};
use crate::registry::{SEAT_BITS, seat};
use crate::shapes::{StreamBatch, StreamKey};

pub fn report(
    e: &Env,
    reporter: Address,
    stream: StreamKey,
    sequence: u64,
    samples: Samples,
) -> u64 {
    reporter.require_auth();
    take(&Call::new(e), &reporter, &stream, sequence, &samples)
}

pub fn of_execution(e: &Env, values: Vec<Val>, at_s: u64) -> Samples {
    if values.len() != EXECUTION_METRICS.len() as u32 {
        refuse(e, MonitorError::Empty);
    }
    Samples { items: values, form: Form::Execution, at_s, unit: None }
}

pub fn record_batch(e: &Env, reporter: &Address, batches: Vec<StreamBatch>) -> u32 {
    reporter.require_auth();
    let call = &Call::new(e);
    let mut total = 0;
    for place in 0..batches.len() {
        let batch = batches.get_unchecked(place);
        call.stream.set(Some(place));
        let items = batch.samples();
        let count = items.len();
        call.sample.set(count);
        let samples = Samples { items, form: Form::Aggregates, at_s: 0, unit: None };
        take(call, reporter, &batch.stream(), batch.sequence(), &samples);
        total += count;
        if total > BATCH_SAMPLES_MAX {
            call.refuse(MonitorError::TooMany);
        }
    }
    check_number(call, total);
    total
}

/// Adds what a reporter brings, and tells of it.
#[inline(never)]
fn take(
    call: &Call,
    reporter: &Address,
    stream: &StreamKey,
    sequence: u64,
    samples: &Samples,
) -> u64 {
    let Some(number) = registration(call, stream).reporters().get(reporter.clone()) else {
        call.refuse(MonitorError::ReporterUnknown)
    };
    let generation = (number >> SEAT_BITS) as u16;
    let source = Reporter { seat: seat(number) as usize, generation, sequence };
    let added = add(call, stream, Some(source), samples);
    if added.tells {
        let count = samples.items.len().into();
        let is_execution = samples.form == Form::Execution;
        let values = if is_execution { samples.items.clone() } else { Vec::new(call.e) };
        let sequence = Val::from_val(call.e, &sequence);
        let mut data = [Val::VOID.into(), reporter.to_val(), sequence, count, values.to_val()];
        tell_of::<SamplesReported>(call.e, symbol_short!("reported"), stream, &mut data);
    }
    added.sequence
}
