//! Reports as performance-monitor takes them.

use lumenscope_bucket::fixed;
use lumenscope_dictionary::EXECUTION_METRICS;
use lumenscope_invoke::{Address, ScVal, ToVal, ValueError, bytes, record, symbol, vector};

use crate::report::{ReportSample, StreamReport};
use crate::suite::Stream;

/// The `batches` argument of `record_batch`.
pub(crate) fn batch(contract: &Address, reports: &[StreamReport]) -> Result<ScVal, ValueError> {
    vector(reports.iter().map(|report| stream_batch(contract, report)).collect::<Result<_, _>>()?)
}

fn stream_batch(contract: &Address, report: &StreamReport) -> Result<ScVal, ValueError> {
    let samples = report.samples.iter().map(sample).collect::<Result<_, _>>()?;
    record(&[
        ("stream", Stream::of_executions(contract, &report.function).to_val()?),
        ("sequence", u64::from(report.through_ledger).to_val()?),
        ("samples", vector(samples)?),
    ])
}

fn sample(sample: &ReportSample) -> Result<ScVal, ValueError> {
    vector(vec![
        symbol(EXECUTION_METRICS[sample.metric].name)?,
        sample.at_s.to_val()?,
        bytes(&fixed::encode(&sample.statistics))?,
    ])
}
