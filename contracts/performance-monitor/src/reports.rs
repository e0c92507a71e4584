//! Reports: what an authorised observer tells about calls that it saw.

use lumenscope_bucket::Statistics;
use lumenscope_dictionary::EXECUTION_METRICS;
use lumenscope_hot::{Reporter, Sample};
use lumenscope_interfaces::common::{StatisticsView, StreamKey};
use lumenscope_interfaces::performance_monitor as interface;
use lumenscope_interfaces::performance_monitor::{
    BATCH_SAMPLES_MAX, BatchSample, ExecutionReport, MonitorError, StreamBatch,
};
use soroban_sdk::{Address, Env, Vec};

use crate::definition;
use crate::events::{BatchRefused, ExecutionReported, SamplesReported};
use crate::recording::{Addition, Metric, add, check_number, stream_or_other};
use crate::registry::{self, registration};

pub fn report(
    e: &Env,
    reporter: Address,
    asked: StreamKey,
    sample: interface::Sample,
    at_s: u64,
    sequence: u64,
) -> Result<u64, MonitorError> {
    reporter.require_auth();
    let source = source(e, &asked, &reporter, sequence)?;
    check_time(e, at_s)?;
    let (stream, definition) = stream_or_other(e, &asked)?;
    let metric = Metric::At(definition::metric(&definition, &sample.metric)?);
    let stream_sequence = add(e, &stream, &definition, Some(source), 1, &mut |_| {
        Ok(Addition { metric, at_s, sample: Sample::of(sample.value) })
    })?;
    if definition::tells(&definition) {
        tell(e, asked, reporter, 1, sequence);
    }
    Ok(stream_sequence)
}

pub fn record_execution(
    e: &Env,
    reporter: Address,
    asked: StreamKey,
    execution: ExecutionReport,
    sequence: u64,
) -> Result<u64, MonitorError> {
    reporter.require_auth();
    let source = source(e, &asked, &reporter, sequence)?;
    let at_s = execution.at_s;
    check_time(e, at_s)?;
    let (stream, definition) = stream_or_other(e, &asked)?;
    let values = values(&execution);
    let count = values.len() as u32;
    let stream_sequence = add(e, &stream, &definition, Some(source), count, &mut |number| {
        let sample = Sample::of(values[number as usize]);
        Ok(Addition { metric: Metric::Coded(number as u16 + 1), at_s, sample })
    })?;
    if definition::tells(&definition) {
        let StreamKey { contract, function, subject } = asked;
        let values = Vec::from_array(e, values.map(|value| value.min(i64::MAX.into()) as i64));
        ExecutionReported { contract, function, subject, reporter, at_s, values, sequence }
            .publish(e);
    }
    Ok(stream_sequence)
}

pub fn record_batch(
    e: &Env,
    reporter: Address,
    batches: Vec<StreamBatch>,
) -> Result<u32, MonitorError> {
    reporter.require_auth();
    if batches.len() > BATCH_SAMPLES_MAX {
        return Err(MonitorError::TooMany);
    }
    let mut samples = 0;
    for stream in 0..batches.len() {
        let batch: StreamBatch = batches.get_unchecked(stream);
        let mut sample = 0;
        let mut taken = record_part(e, &reporter, &batch, &mut sample);
        samples += batch.samples.len();
        if taken.is_ok() {
            taken = check_number(samples);
        }
        if let Err(error) = taken {
            BatchRefused { stream, sample }.publish(e);
            return Err(error);
        }
    }
    check_number(samples)?;
    Ok(samples)
}

/// Counts in `sample` up to the one that is refused.
fn record_part(
    e: &Env,
    reporter: &Address,
    batch: &StreamBatch,
    sample: &mut u32,
) -> Result<(), MonitorError> {
    let StreamBatch { stream: asked, sequence, samples } = batch;
    check_number(samples.len())?;
    let source = source(e, asked, reporter, *sequence)?;
    let (stream, definition) = stream_or_other(e, asked)?;
    add(e, &stream, &definition, Some(source), samples.len(), &mut |number| {
        *sample = number;
        let BatchSample { metric, at_s, statistics } = samples.get_unchecked(number);
        check_time(e, at_s)?;
        let metric = Metric::At(definition::metric(&definition, &metric)?);
        let sample = Sample::aggregate(consistent(&statistics)?);
        Ok(Addition { metric, at_s, sample })
    })?;
    if definition::tells(&definition) {
        tell(e, asked.clone(), reporter.clone(), samples.len(), *sequence);
    }
    Ok(())
}

/// Who reports, as the hot entry knows it.
fn source(
    e: &Env,
    stream: &StreamKey,
    address: &Address,
    sequence: u64,
) -> Result<Reporter, MonitorError> {
    let registration = registration(e, &stream.contract)?;
    let reporter = registry::reporter(&registration, address)?;
    let witness = reporter.witness.map(|place| place as usize);
    Ok(Reporter { witness, generation: reporter.generation as u16, sequence })
}

fn check_time(e: &Env, at_s: u64) -> Result<(), MonitorError> {
    if at_s > e.ledger().timestamp() { Err(MonitorError::TimeInFuture) } else { Ok(()) }
}

/// The execution's figures in the dictionary's order.
fn values(execution: &ExecutionReport) -> [i128; EXECUTION_METRICS.len()] {
    [
        execution.instructions.into(),
        execution.time_us.into(),
        execution.fee_inclusion_stroops.into(),
        execution.fee_non_refundable_stroops.into(),
        execution.fee_refundable_stroops.into(),
        execution.fee_rent_stroops.into(),
        execution.entries_read.into(),
        execution.entries_written.into(),
        execution.bytes_read.into(),
        execution.bytes_written.into(),
        execution.event_bytes.into(),
        execution.failed.into(),
    ]
}

fn consistent(view: &StatisticsView) -> Result<Statistics, MonitorError> {
    let StatisticsView { count, sum, min, max, last, sum_of_squares } = *view;
    let statistics = Statistics { count, sum, min, max, last, sum_of_squares };
    if statistics.is_empty() || !statistics.is_consistent() {
        return Err(MonitorError::StatisticsInvalid);
    }
    Ok(statistics)
}

fn tell(e: &Env, stream: StreamKey, reporter: Address, samples: u32, sequence: u64) {
    let StreamKey { contract, function, subject } = stream;
    SamplesReported { contract, function, subject, reporter, samples, sequence }.publish(e);
}
