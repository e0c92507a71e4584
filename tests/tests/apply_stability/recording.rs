//! Every way in which samples enter performance-monitor, under every change.

use anyhow::Result;
use lumenscope_bucket::{Statistics, fixed};
use lumenscope_interfaces::alerting::RuleSpec;
use lumenscope_interfaces::common::TTL_TARGET_LEDGERS;
use lumenscope_interfaces::performance_monitor::{
    BatchSample, MetricSpec, RecordingMode, StreamBatch, StreamSpec,
};
use lumenscope_tests::apply_stability::{Expectation, Monitored, run, violations};
use lumenscope_tests::stage::{Call, Stage, on_stage};
use lumenscope_tests::suite::Suite;
use soroban_sdk::{BytesN, Vec as SdkVec, vec};

use crate::changes;
use crate::times::HOUR_S;

/// Prefix of the streams that are open when a transaction is simulated.
pub const STREAMS: &str = "stream";
/// Prefix of those that are not.
pub const UNOPENED: &str = "unopened";
/// As many as the largest load has calls.
const STREAMS_OPEN: u32 = 8;
/// Where the numbers of simulated reports begin: what happens in between has lower ones.
const IN_FLIGHT: u64 = 1_000_000;
/// Values that an aggregate may hold.
const VALUE_MAX: i128 = 1 << 43;

/// A way in which samples enter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// `record_metric`, each call in a stream of its own.
    Metric,
    /// `record_metric`, every call in the same stream.
    MetricOfOneStream,
    /// `record_samples` of four metrics.
    Samples,
    /// `report`.
    Report,
    /// `record_execution`.
    Execution,
    /// `record_batch` of four aggregates.
    Batch,
    /// `metric`, by which a contract reads what is held.
    Read,
}

impl Way {
    /// Whether its calls carry the time of what they tell, instead of telling of now.
    fn says_when(self) -> bool {
        matches!(self, Self::Report | Self::Execution | Self::Batch)
    }
}

/// What the streams keep beside totals and hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kept {
    /// Nothing.
    Plain,
    /// Minutes and a sketch of the first two metrics; witnesses.
    Everything,
    /// The same, and two rules that the stream steps while it records.
    Rules,
}

/// A contract that records.
#[derive(Clone)]
pub struct Recorder {
    pub suite: Suite,
    /// Prefix of the streams it records into.
    pub prefix: &'static str,
    way: Way,
    kept: Kept,
    recorded: u64,
    in_flight: u64,
}

impl Monitored for Recorder {
    fn stage(&mut self) -> &mut Stage {
        &mut self.suite.stage
    }

    fn calls(&mut self, count: u32) -> Result<Vec<Call>> {
        let first = self.in_flight;
        self.in_flight += u64::from(count);
        Ok((0..count).map(|n| self.call(self.prefix, n, 9, first + u64::from(n))).collect())
    }
}

impl Recorder {
    fn new(stage: Stage, way: Way, kept: Kept) -> Result<Self> {
        let suite = Suite::new(stage)?;
        Ok(Self { suite, prefix: STREAMS, way, kept, recorded: 0, in_flight: IN_FLIGHT })
    }

    /// Records a value into every open stream: what happens before, or comes first.
    pub fn record(&mut self, value: i128) -> Result<()> {
        let mut calls = Vec::new();
        for number in 0..STREAMS_OPEN {
            self.recorded += 1;
            let recorder = match self.way {
                Way::Read => Self { way: Way::Samples, ..self.clone() },
                _ => self.clone(),
            };
            calls.push(recorder.call(STREAMS, number, value, self.recorded));
        }
        self.suite.stage.act(&calls)
    }

    pub fn open_all(&mut self, prefix: &str) -> Result<()> {
        (0..STREAMS_OPEN).try_for_each(|number| self.open(&format!("{prefix}_{number}")))
    }

    pub fn open(&mut self, function: &str) -> Result<()> {
        let spec = self.spec();
        self.suite.open(function, spec)?;
        if self.kept != Kept::Rules {
            return Ok(());
        }
        let mut rules = vec![self.suite.env()];
        for (window_s, keep_firing_for_s) in [(600, 0), (60, 120)] {
            let stream = self.suite.stream(function);
            // Crossed by the values that are recorded first, or by none.
            let rule = self.suite.rule(&stream.contract, function, "premium", 8);
            let rule = RuleSpec { window_s, keep_firing_for_s, for_s: 60, ..rule };
            rules.push_back(self.suite.create_rule(rule, stream)?.rule);
        }
        let stream = self.suite.stream(function);
        let set = (stream, self.suite.alerting.clone(), rules);
        let set = self.suite.monitor("set_inline_rules", set);
        self.suite.stage.act(&[set])
    }

    pub fn set_mode(&mut self, mode: RecordingMode) -> Result<()> {
        let spec = StreamSpec { mode, ..self.spec() };
        self.each_open(|suite, stream| {
            suite.monitor("open_stream", (suite.stream(stream), spec.clone()))
        })
    }

    /// One more metric in every stream.
    pub fn grow(&mut self) -> Result<()> {
        let mut spec = self.spec();
        spec.metrics.push_back(self.suite.metric("one_more", "count"));
        self.each_open(|suite, stream| {
            suite.monitor("open_stream", (suite.stream(stream), spec.clone()))
        })
    }

    /// Moves every closed hour to history.
    pub fn flush(&mut self) -> Result<()> {
        let hour = self.suite.stage.ledger().close_time_s() / HOUR_S;
        let through_hour = u32::try_from(hour - 1)?;
        let caller = self.suite.caller.clone();
        self.each_open(|suite, stream| {
            let streams = vec![suite.env(), suite.stream(stream)];
            suite.monitor("flush", (caller.clone(), streams, through_hour))
        })
    }

    /// Extends the life of every stream, a month after it was opened.
    pub fn keep_alive(&mut self) -> Result<()> {
        (0..STREAMS_OPEN).try_for_each(|number| {
            let call = self.call(STREAMS, number, 9, IN_FLIGHT);
            self.suite.stage.extend(&[call], TTL_TARGET_LEDGERS)
        })
    }

    fn each_open(&mut self, call: impl Fn(&Suite, &str) -> Call) -> Result<()> {
        (0..STREAMS_OPEN).try_for_each(|number| {
            let call = call(&self.suite, &format!("{STREAMS}_{number}"));
            self.suite.stage.act(&[call])
        })
    }

    fn spec(&self) -> StreamSpec {
        let suite = &self.suite;
        let metrics = match self.way {
            Way::Execution => suite.execution_metrics(),
            _ => suite.pool_metrics(),
        };
        let mut spec = suite.spec(metrics);
        if self.kept != Kept::Plain {
            // As many bins as there may be: this range needs 83.
            let sketch = (1, 10_000, 96);
            let mut metrics = vec![suite.env()];
            for (place, metric) in spec.metrics.iter().enumerate() {
                let more = MetricSpec { watched: true, sketch, ..metric.clone() };
                metrics.push_back(if place < 2 { more } else { metric });
            }
            spec = StreamSpec { metrics, witnesses: true, ..spec };
        }
        spec
    }

    fn call(&self, prefix: &str, number: u32, value: i128, sequence: u64) -> Call {
        let suite = &self.suite;
        let own = format!("{prefix}_{number}");
        let metrics = suite.pool_metrics();
        let name = |place: u32| metrics.get_unchecked(place % metrics.len()).name;
        let at_s = suite.stage.ledger().close_time_s();
        let caller = suite.caller.clone();
        match self.way {
            Way::Metric => suite.record_metric(&own, "premium", value),
            Way::MetricOfOneStream => {
                suite.record_metric(&format!("{prefix}_0"), &name(number).to_string(), value)
            }
            Way::Samples => {
                let mut samples = vec![suite.env()];
                for metric in metrics {
                    samples.push_back((metric.name, value));
                }
                suite.monitor("record_samples", (suite.stream(&own), samples))
            }
            Way::Report => {
                let stream = suite.stream(&own);
                suite.monitor("report", (caller, stream, name(0), value, at_s, sequence))
            }
            Way::Execution => suite.record_execution(&own, sequence),
            Way::Read if self.kept == Kept::Rules => {
                suite.monitor("inline_rules", (suite.stream(&own),))
            }
            Way::Read => suite.monitor("metric", (suite.stream(&own), name(0))),
            Way::Batch => {
                let samples = self.aggregates(value, at_s);
                let batch = StreamBatch { stream: suite.stream(&own), sequence, samples };
                suite.monitor("record_batch", (caller, vec![suite.env(), batch]))
            }
        }
    }

    fn aggregates(&self, value: i128, at_s: u64) -> SdkVec<BatchSample> {
        let value = value.clamp(-VALUE_MAX, VALUE_MAX) as i64;
        let mut samples = vec![self.suite.env()];
        for metric in self.suite.pool_metrics() {
            let statistics = Statistics {
                count: 2,
                sum: 2 * i128::from(value),
                min: value,
                max: value,
                last: value,
                sum_of_squares: 2 * i128::from(value) * i128::from(value),
            };
            let packed = BytesN::from_array(self.suite.env(), &fixed::encode(&statistics));
            samples.push_back((metric.name, at_s, packed));
        }
        samples
    }
}

fn holds(way: Way, kept: Kept) -> Result<()> {
    on_stage(|stage| {
        let recorder = Recorder::new(stage, way, kept)?;
        let trials = run(&recorder, &changes::all(way.says_when()))?;
        let moved = trials
            .iter()
            .filter(|trial| trial.expectation == Expectation::Stable)
            .filter_map(|trial| Some(trial.promised.instructions_apart(trial.needed.as_ref()?)))
            .fold((0, 0), |(low, high), apart| (apart.min(low), apart.max(high)));
        println!("{way:?} {kept:?}: {} trials, instructions apart {moved:?}", trials.len());
        assert_eq!(violations(&trials), Vec::<String>::new());
        Ok(())
    })
}

#[test]
fn record_metric_applies_as_simulated() -> Result<()> {
    holds(Way::Metric, Kept::Plain)
}

#[test]
fn record_metric_applies_as_simulated_where_everything_is_kept() -> Result<()> {
    holds(Way::Metric, Kept::Everything)
}

#[test]
fn record_metric_applies_as_simulated_where_rules_are_stepped() -> Result<()> {
    holds(Way::Metric, Kept::Rules)
}

#[test]
fn record_batch_applies_as_simulated_where_rules_are_stepped() -> Result<()> {
    holds(Way::Batch, Kept::Rules)
}

#[test]
fn what_stepped_rules_say_applies_as_simulated() -> Result<()> {
    holds(Way::Read, Kept::Rules)
}

#[test]
fn several_records_of_one_stream_apply_as_simulated() -> Result<()> {
    holds(Way::MetricOfOneStream, Kept::Everything)
}

#[test]
fn record_samples_applies_as_simulated() -> Result<()> {
    holds(Way::Samples, Kept::Everything)
}

#[test]
fn reading_applies_as_simulated() -> Result<()> {
    holds(Way::Read, Kept::Everything)
}

#[test]
fn report_applies_as_simulated() -> Result<()> {
    holds(Way::Report, Kept::Everything)
}

#[test]
fn record_execution_applies_as_simulated() -> Result<()> {
    holds(Way::Execution, Kept::Everything)
}

#[test]
fn record_batch_applies_as_simulated() -> Result<()> {
    holds(Way::Batch, Kept::Everything)
}
