//! Reports as performance-monitor takes them.

use lumenscope_bucket::Statistics;
use lumenscope_dictionary::EXECUTION_METRICS;
use lumenscope_invoke::{Address, ScVal, ToVal, ValueError, record, symbol, vector};

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
    record(&[
        ("metric", symbol(EXECUTION_METRICS[sample.metric].name)?),
        ("at_s", sample.at_s.to_val()?),
        ("statistics", statistics(&sample.statistics)?),
    ])
}

fn statistics(statistics: &Statistics) -> Result<ScVal, ValueError> {
    record(&[
        ("count", statistics.count.to_val()?),
        ("sum", statistics.sum.to_val()?),
        ("min", statistics.min.to_val()?),
        ("max", statistics.max.to_val()?),
        ("last", statistics.last.to_val()?),
        ("sum_of_squares", statistics.sum_of_squares.to_val()?),
    ])
}
