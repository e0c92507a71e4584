//! From executions to the batches that report them.

use std::collections::BTreeMap;

use lumenscope_bucket::{Statistics, clamp};
use lumenscope_dictionary::EXECUTION_METRICS;
use lumenscope_observer::{RootCost, Row};

/// Samples in one batch: performance-monitor's limit.
pub const BATCH_SAMPLES_MAX: usize = 64;
/// Streams in one batch: each is one written entry; eight keep a batch at the price that
/// `docs/costs.md` states.
pub const BATCH_STREAMS_MAX: usize = 8;
/// Seconds in the finest span that the ledger keeps.
const MINUTE_S: u64 = 60;

/// One measured execution of a monitored function.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Execution {
    /// The function, as the stream names it.
    pub function: String,
    /// Ledger sequence.
    pub ledger: u32,
    /// Close time of the ledger, unix seconds.
    pub at_s: u64,
    /// One value per metric of [`EXECUTION_METRICS`], in its order. `None` where the node did
    /// not tell: what was not measured is not reported.
    pub values: [Option<i128>; EXECUTION_METRICS.len()],
}

impl Execution {
    /// What the ledger says of a root call; `None` of a call beneath another, whose cost is part of
    /// that one's, and of one whose fees are not known to the stroop.
    #[must_use]
    pub fn of(row: &Row) -> Option<Self> {
        let RootCost { usage, fees } = row.root_cost()?;
        let fees = fees.exact()?;
        let parts = fees.resource?;
        let of = |value: u64| Some(i128::from(value));
        let stroops = |value: i64| Some(i128::from(value));
        Some(Self {
            function: row.function.clone(),
            ledger: row.key.ledger,
            at_s: row.closed_at_ms / 1_000,
            values: [
                of(usage.instructions),
                usage.host_time_us.and_then(of),
                fees.inclusion_stroops.and_then(stroops),
                stroops(parts.non_refundable_stroops),
                stroops(parts.refundable_stroops),
                stroops(parts.rent_stroops),
                of(usage.read_entries),
                of(usage.write_entries),
                of(usage.read_bytes),
                of(usage.write_bytes),
                usage.event_bytes.and_then(of),
                Some(i128::from(!row.returned())),
            ],
        })
    }
}

/// An aggregate of one metric within one minute.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ReportSample {
    /// Index into [`EXECUTION_METRICS`].
    pub metric: usize,
    /// Close time of the last ledger in it.
    pub at_s: u64,
    /// The executions' values.
    pub statistics: Statistics,
}

/// Everything that happened to one function between two ledgers.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StreamReport {
    /// The function.
    pub function: String,
    /// The last ledger in it: the report's sequence number. A report that is sent again carries
    /// the same number, and the ledger refuses it.
    pub through_ledger: u32,
    /// How many executions.
    pub executions: u32,
    /// The aggregates, oldest minute first.
    pub samples: Vec<ReportSample>,
}

/// The batches that report `executions`, in the order in which to send them. Executions are in
/// ledger order, and those of a function that are at or below `reported(function)` are left out.
///
/// A minute of a function is never split: what belongs to one sequence number is complete.
/// Within `metrics(function)` only the named metrics are reported. What came before
/// `open_from_s(function)`, in an hour that was flushed while the reporter was late, is counted in
/// the first minute that is still open: the ledger would refuse it elsewhere.
pub fn batches(
    executions: &[Execution],
    reported: impl Fn(&str) -> u32,
    open_from_s: impl Fn(&str) -> u64,
    metrics: impl Fn(&str) -> Vec<usize>,
) -> Vec<Vec<StreamReport>> {
    let mut minutes: BTreeMap<(u64, &str), Vec<&Execution>> = BTreeMap::new();
    for execution in executions {
        if execution.ledger > reported(&execution.function) {
            let at_s = execution.at_s.max(open_from_s(&execution.function));
            let minute = at_s / MINUTE_S;
            minutes.entry((minute, &execution.function)).or_default().push(execution);
        }
    }
    let mut batches: Vec<Vec<StreamReport>> = Vec::new();
    for ((_, function), of_minute) in minutes {
        let open_from_s = open_from_s(function);
        let report = of_one_minute(function, &of_minute, open_from_s, &metrics(function));
        if report.samples.is_empty() {
            continue;
        }
        match batches.last_mut() {
            Some(batch) if fits(batch, &report) => join(batch, report),
            _ => batches.push(vec![report]),
        }
    }
    batches
}

fn of_one_minute(
    function: &str,
    executions: &[&Execution],
    open_from_s: u64,
    metrics: &[usize],
) -> StreamReport {
    let last_s = executions.iter().map(|execution| execution.at_s).max().unwrap_or(0);
    let at_s = last_s.max(open_from_s);
    let mut samples = Vec::new();
    for &metric in metrics {
        let mut statistics = Statistics::EMPTY;
        for value in executions.iter().filter_map(|execution| execution.values[metric]) {
            statistics.record(clamp(value).0);
        }
        if !statistics.is_empty() {
            samples.push(ReportSample { metric, at_s, statistics });
        }
    }
    StreamReport {
        function: function.to_owned(),
        through_ledger: executions.iter().map(|execution| execution.ledger).max().unwrap_or(0),
        executions: u32::try_from(executions.len()).unwrap_or(u32::MAX),
        samples,
    }
}

fn fits(batch: &[StreamReport], report: &StreamReport) -> bool {
    let samples: usize = batch.iter().map(|held| held.samples.len()).sum();
    let known = batch.iter().any(|held| held.function == report.function);
    samples + report.samples.len() <= BATCH_SAMPLES_MAX
        && (known || batch.len() < BATCH_STREAMS_MAX)
}

fn join(batch: &mut Vec<StreamReport>, report: StreamReport) {
    match batch.iter_mut().find(|held| held.function == report.function) {
        Some(held) => {
            held.through_ledger = held.through_ledger.max(report.through_ledger);
            held.executions += report.executions;
            held.samples.extend(report.samples);
        }
        None => batch.push(report),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn execution(function: &str, ledger: u32, value: i128) -> Execution {
        let at_s = 1_800_000_000 + u64::from(ledger) * 5;
        Execution { function: function.to_owned(), ledger, at_s, values: [Some(value); 12] }
    }

    fn all(_: &str) -> Vec<usize> {
        (0..12).collect()
    }

    #[test]
    fn a_minute_of_a_function_is_one_aggregate_per_metric() {
        let executions = [execution("a", 1, 5), execution("b", 2, 9), execution("a", 3, 7)];
        let batches = batches(&executions, |_| 0, |_| 0, all);
        assert_eq!(batches.len(), 1);
        let report = &batches[0][0];
        assert_eq!((report.through_ledger, report.executions), (3, 2));
        assert_eq!(report.samples[0].statistics.sum, 12);
        assert_eq!(report.samples[0].statistics.last, 7);
    }

    #[test]
    fn what_the_ledger_already_counted_is_left_out() {
        let executions = [execution("a", 1, 5), execution("a", 3, 7)];
        let batches = batches(&executions, |_| 1, |_| 0, all);
        assert_eq!(batches[0][0].executions, 1);
        assert_eq!(batches[0][0].samples[0].statistics.sum, 7);
    }

    #[test]
    fn what_came_before_an_hour_that_was_flushed_is_counted_in_the_first_open_minute() {
        let executions = [execution("a", 1, 5), execution("a", 20, 7), execution("a", 60, 9)];
        let open_from_s = 1_800_000_000 + 200;
        let batches = batches(&executions, |_| 0, |_| open_from_s, all);
        let reports: Vec<&StreamReport> = batches.iter().flatten().collect();
        assert_eq!(reports.iter().map(|report| report.executions).sum::<u32>(), 3);
        let first = &reports[0].samples[0];
        assert_eq!(
            (first.at_s, first.statistics.count, first.statistics.sum),
            (open_from_s, 2, 12)
        );
        assert!(reports[0].samples.iter().all(|sample| sample.at_s >= open_from_s));
    }

    #[test]
    fn what_was_not_measured_is_not_reported() {
        let mut unknown = execution("a", 1, 5);
        unknown.values[1] = None;
        let batches = batches(&[unknown], |_| 0, |_| 0, all);
        assert_eq!(batches[0][0].samples.len(), 11);
        assert!(batches[0][0].samples.iter().all(|sample| sample.metric != 1));
    }

    proptest! {
        #[test]
        fn every_execution_is_in_exactly_one_report_within_the_limits(
            picks in prop::collection::vec((0usize..12, 1u32..4, -5i128..5), 1..120),
            width in 1usize..12,
        ) {
            let names: Vec<String> = (0..12).map(|index| format!("f{index}")).collect();
            let mut ledger = 0;
            let executions: Vec<Execution> = picks
                .iter()
                .map(|(name, step, value)| {
                    ledger += step;
                    execution(&names[*name], ledger, *value)
                })
                .collect();
            let batches = batches(&executions, |_| 0, |_| 0, |_| (0..width).collect());
            let mut seen: BTreeMap<String, (u32, i128, u32)> = BTreeMap::new();
            for batch in &batches {
                prop_assert!(batch.len() <= BATCH_STREAMS_MAX);
                let samples: usize = batch.iter().map(|report| report.samples.len()).sum();
                prop_assert!(samples <= BATCH_SAMPLES_MAX);
                for report in batch {
                    let entry = seen.entry(report.function.clone()).or_default();
                    // Sequence numbers rise, as the ledger demands.
                    prop_assert!(report.through_ledger > entry.2);
                    entry.2 = report.through_ledger;
                    entry.0 += report.executions;
                    let first = report.samples.iter().filter(|sample| sample.metric == 0);
                    entry.1 += first.map(|sample| sample.statistics.sum).sum::<i128>();
                }
            }
            for name in &names {
                let of_name = || executions.iter().filter(|one| &one.function == name);
                let count = u32::try_from(of_name().count()).unwrap();
                let sum: i128 = of_name().filter_map(|one| one.values[0]).sum();
                let (reported, total, _) = seen.get(name).copied().unwrap_or_default();
                prop_assert_eq!((reported, total), (count, sum));
            }
        }
    }
}
