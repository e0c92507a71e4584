//! Reports: what an authorised observer tells about calls that it saw.

use lumenscope_dictionary::EXECUTION_METRICS;
use lumenscope_hot::Reporter;
use lumenscope_interfaces::performance_monitor::{BATCH_SAMPLES_MAX, MonitorError};
use soroban_sdk::{Address, Env, FromVal, Val, symbol_short};

use crate::events::{SamplesReported, tell_of};
use crate::recording::{Form, Samples, add, check_number, registration};
use crate::refusal::{Call, refuse};
use crate::registry::{SEAT_BITS, seat};
use crate::shapes::{StreamKey, count, field, item, list, raw, typed};

#[inline(never)]
pub fn report(
    e: &Env,
    reporter: Address,
    stream: StreamKey,
    sequence: raw::u64,
    items: Val,
    form: Form,
    at_s: raw::u64,
) -> raw::u64 {
    reporter.require_auth();
    if form == Form::Execution && count(e, items) != EXECUTION_METRICS.len() as u32 {
        refuse(e, MonitorError::Empty);
    }
    let samples = Samples { items, form, at_s: at_s.typed(), unit: Val::VOID.into() };
    let sequence = take(&Call::new(e), &reporter, &stream, sequence.to_val(), &samples);
    raw::u64::new(e, Val::from_val(e, &sequence))
}

pub fn record_batch(e: &Env, reporter: Address, batches: Val) -> raw::u32 {
    reporter.require_auth();
    let call = &Call::new(e);
    let mut total = 0;
    for place in 0..count(e, batches) {
        call.stream.set(Some(place));
        take_batch(call, &reporter, item(e, batches, place), Form::Aggregates);
        // At most 64 samples each, as `take` checks, of what fits into a transaction.
        total = call.sample.get().wrapping_add(1).wrapping_add(total);
    }
    check_number(call, total, BATCH_SAMPLES_MAX);
    raw::u32::new(e, total.into())
}

pub fn backfill(e: &Env, reporter: Address, batch: Val) -> raw::u64 {
    reporter.require_auth();
    let sequence = take_batch(&Call::new(e), &reporter, batch, Form::Backfill);
    raw::u64::new(e, Val::from_val(e, &sequence))
}

/// Adds a batch of one stream.
#[inline(never)]
fn take_batch(call: &Call, reporter: &Address, batch: Val, form: Form) -> u64 {
    let e = call.e;
    let items = field(e, batch, symbol_short!("samples"));
    call.sample.set(count(e, items));
    let samples = Samples { items, form, at_s: 0, unit: Val::VOID.into() };
    let stream = StreamKey::new(e, field(e, batch, symbol_short!("stream")));
    take(call, reporter, &stream, field(e, batch, symbol_short!("sequence")), &samples)
}

/// Adds what a reporter brings, and tells of it.
#[inline(never)]
fn take(
    call: &Call,
    reporter: &Address,
    stream: &StreamKey,
    sequence: Val,
    samples: &Samples,
) -> u64 {
    let Some(number) = registration(call, stream).reporters().get(reporter.clone()) else {
        call.refuse(MonitorError::ReporterUnknown)
    };
    let generation = (number >> SEAT_BITS) as u16;
    let source =
        Reporter { seat: seat(number) as usize, generation, sequence: typed(call.e, sequence) };
    let added = add(call, stream, Some(source), samples);
    if added.tells {
        let count = count(call.e, samples.items).into();
        let is_execution = samples.form == Form::Execution;
        let values = if is_execution { samples.items } else { list(call.e, &[]) };
        let mut data = [Val::VOID.into(), reporter.to_val(), sequence, count, values];
        tell_of::<SamplesReported>(call.e, symbol_short!("reported"), stream, &mut data);
    }
    added.sequence
}
