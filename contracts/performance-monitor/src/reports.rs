//! Reports: what an authorised observer tells about calls that it saw.

use lumenscope_bucket::Statistics;
use lumenscope_dictionary::EXECUTION_METRICS;
use lumenscope_hot::{Reporter, Sample};
use lumenscope_interfaces::common::{StatisticsView, StreamKey};
use lumenscope_interfaces::performance_monitor::{
    BATCH_SAMPLES_MAX, BatchSample, MonitorError, StreamBatch, StreamDefinition,
};
use soroban_sdk::{Address, Env, Symbol, Vec};

use crate::definition::metric_place;
use crate::events::{BatchRefused, SamplesReported};
use crate::recording::{Addition, Metric, add, check_number};
use crate::registry::{self, registration};

/// Who reports about which stream, and which of its reports this is.
pub struct Report<'a> {
    pub reporter: &'a Address,
    pub stream: &'a StreamKey,
    pub sequence: u64,
}

pub fn report(
    e: &Env,
    report: &Report,
    metric: Symbol,
    value: i128,
    at_s: u64,
) -> Result<u64, MonitorError> {
    report.reporter.require_auth();
    take(e, report, 1, Vec::new(e), &mut |definition, _| {
        let metric = Metric::At(metric_place(definition, &metric)?);
        Ok(Addition { metric, at_s, sample: Sample::of(value) })
    })
}

pub fn record_execution(
    e: &Env,
    report: &Report,
    at_s: u64,
    values: Vec<i64>,
) -> Result<u64, MonitorError> {
    report.reporter.require_auth();
    let count = values.len();
    if count != EXECUTION_METRICS.len() as u32 {
        return Err(MonitorError::Empty);
    }
    take(e, report, count, values.clone(), &mut |_, number| {
        let sample = Sample::of(values.get_unchecked(number).into());
        Ok(Addition { metric: Metric::Coded(number as u16 + 1), at_s, sample })
    })
}

pub fn record_batch(
    e: &Env,
    reporter: &Address,
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
        let mut taken = record_part(e, reporter, &batch, &mut sample);
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
    let StreamBatch { stream, sequence, samples } = batch;
    let report = Report { reporter, stream, sequence: *sequence };
    take(e, &report, samples.len(), Vec::new(e), &mut |definition, number| {
        *sample = number;
        let BatchSample { metric, at_s, statistics } = samples.get_unchecked(number);
        let metric = Metric::At(metric_place(definition, &metric)?);
        let sample = Sample::aggregate(consistent(&statistics)?);
        Ok(Addition { metric, at_s, sample })
    })?;
    Ok(())
}

/// Adds what a reporter brings, and tells of it. `values` are those of an execution.
fn take(
    e: &Env,
    report: &Report,
    samples: u32,
    values: Vec<i64>,
    addition: &mut dyn FnMut(&StreamDefinition, u32) -> Result<Addition, MonitorError>,
) -> Result<u64, MonitorError> {
    let Report { reporter, stream, sequence } = *report;
    let known = registry::reporter(&registration(e, &stream.contract)?, reporter)?;
    let witness = known.witness.map(|place| place as usize);
    let source = Reporter { witness, generation: known.generation as u16, sequence };
    let added = add(e, stream, Some(source), samples, addition)?;
    if added.tells {
        let StreamKey { contract, function, subject } = stream.clone();
        let reporter = reporter.clone();
        SamplesReported { contract, function, subject, reporter, sequence, samples, values }
            .publish(e);
    }
    Ok(added.sequence)
}

fn consistent(view: &StatisticsView) -> Result<Statistics, MonitorError> {
    let StatisticsView { count, sum, min, max, last, sum_of_squares } = *view;
    let statistics = Statistics { count, sum, min, max, last, sum_of_squares };
    if statistics.is_empty() || !statistics.is_consistent() {
        return Err(MonitorError::StatisticsInvalid);
    }
    Ok(statistics)
}
