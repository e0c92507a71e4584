//! performance-monitor.

use anyhow::Result;
use lumenscope_bucket::{Statistics, fixed};
use lumenscope_interfaces::performance_monitor::{
    BatchSample, NO_SKETCH, RecordingMode, ReporterRole, StreamBatch, StreamSpec,
};
use soroban_sdk::{Address, BytesN, Vec as SdkVec, vec};

use super::{FUNCTION, HOUR_S, LATE_S, Scenario, first_metric};
use crate::stage::Call;
use crate::suite::Suite;

/// 5 % over a range of 600 : 1.
pub(in crate::costs) const SKETCH: (i64, i64, u32) = (1_000, 600_000, 64);

const fn scenario(
    entry_point: &'static str,
    case: &'static str,
    prepare: fn(&mut Suite) -> Result<Call>,
) -> Scenario {
    Scenario { contract: "performance-monitor", entry_point, case, prepare }
}

/// In the order of the table.
pub(super) const SCENARIOS: [Scenario; 29] = [
    scenario("record_metric", "4 metrics, no sketch", |suite| pool(suite, |_, _| {})),
    scenario("record_metric", "4 metrics, no sketch, no event", |suite| {
        pool(suite, |_, spec| spec.mode = RecordingMode::Rollup)
    }),
    scenario("record_metric", "4 metrics, event only", |suite| {
        pool(suite, |_, spec| spec.mode = RecordingMode::EventOnly)
    }),
    scenario("record_metric", "4 metrics, one watched", |suite| pool(suite, watched)),
    scenario("record_metric", "4 metrics, one watched, an inline rule on it", |suite| {
        inline(suite, 1)
    }),
    scenario("record_metric", "4 metrics, one watched, two inline rules", |suite| inline(suite, 2)),
    scenario("record_metric", "4 metrics, one with a sketch of 64 bins", |suite| {
        pool(suite, |suite, spec| first_metric(suite, spec, |metric| metric.sketch = SKETCH))
    }),
    scenario("record_samples", "all 4 metrics of a stream", record_samples),
    scenario("report", "one value", report),
    scenario("record_execution", "12 metrics, no sketch", |suite| {
        let spec = suite.spec(suite.execution_metrics());
        record_execution(suite, spec)
    }),
    scenario("record_execution", "12 metrics, one with a sketch of 64 bins", |suite| {
        let mut spec = suite.spec(suite.execution_metrics());
        first_metric(suite, &mut spec, |metric| metric.sketch = SKETCH);
        record_execution(suite, spec)
    }),
    scenario("record_batch", "one aggregate of one stream", |suite| batch(suite, 1, 1)),
    scenario("record_batch", "64 aggregates of 4 streams", |suite| batch(suite, 4, 16)),
    scenario("record_batch", "64 aggregates of 8 streams", |suite| batch(suite, 8, 8)),
    scenario("backfill", "4 aggregates of one hour", backfill),
    scenario("flush", "one stream, one hour, new in history", |suite| flush(suite, 1, NO_SKETCH)),
    scenario("flush", "one stream, one hour", |suite| flush(suite, 2, NO_SKETCH)),
    scenario("flush", "one stream, one hour, one sketch", |suite| flush(suite, 2, SKETCH)),
    scenario(
        "flush",
        "one stream, two full sketches of 96 bins, the last of their days",
        full_sketches,
    ),
    scenario("register", "a contract", register),
    scenario("register", "of a contract that is let go", |suite| {
        let caller = suite.caller.clone();
        let nobody: Option<Address> = None;
        Ok(suite.monitor("register", (caller.clone(), caller, nobody)))
    }),
    scenario("set_reporter", "a witness", set_reporter),
    scenario("open_stream", "4 metrics, no sketch", open_stream),
    scenario("set_inline_rules", "a stream's first", |suite| {
        pool(suite, watched)?;
        set_inline(suite, 1)
    }),
    scenario("open_stream", "again, in another mode", set_mode),
    scenario("open_stream", "again, one metric more", reshape_stream),
    scenario("set_reporter", "an account records", set_recorder),
    scenario("set_reporter", "the only one goes", |suite| {
        let caller = suite.caller.clone();
        Ok(suite.monitor("set_reporter", (caller.clone(), caller, ReporterRole::None)))
    }),
    scenario("set_analytics", "once for the suite", |suite| {
        Ok(suite.monitor("set_analytics", (suite.analytics_storage.clone(),)))
    }),
];

/// A pool's stream in its second hour, then one more value.
fn pool(suite: &mut Suite, change: fn(&Suite, &mut StreamSpec)) -> Result<Call> {
    let mut spec = suite.spec(suite.pool_metrics());
    change(suite, &mut spec);
    suite.open(FUNCTION, spec)?;
    let call = suite.record_metric(FUNCTION, "premium", 123_456);
    for _ in 0..2 {
        suite.stage.act(&[call.clone(), call.clone()])?;
        hour_later(suite)?;
    }
    Ok(call)
}

fn watched(suite: &Suite, spec: &mut StreamSpec) {
    first_metric(suite, spec, |metric| metric.watched = true);
}

/// Rules over five minutes, which the stream is to step.
fn set_inline(suite: &mut Suite, rules: i128) -> Result<Call> {
    let mut ids = vec![suite.env()];
    for number in 0..rules {
        let stream = suite.stream(FUNCTION);
        let mut rule = suite.rule(&stream.contract, FUNCTION, "premium", 1_000_000 + number);
        rule.window_s = 300;
        ids.push_back(suite.create_rule(rule, stream)?.rule);
    }
    Ok(suite.monitor("set_inline_rules", (suite.stream(FUNCTION), suite.alerting.clone(), ids)))
}

/// One more value in a stream that steps rules.
fn inline(suite: &mut Suite, rules: i128) -> Result<Call> {
    let call = pool(suite, watched)?;
    let set = set_inline(suite, rules)?;
    suite.stage.act(&[set])?;
    for _ in 0..2 {
        suite.stage.act(std::slice::from_ref(&call))?;
        hour_later(suite)?;
    }
    Ok(call)
}

fn hour_later(suite: &mut Suite) -> Result<()> {
    let now_s = suite.stage.ledger().close_time_s();
    suite.stage.close_at(now_s + HOUR_S + LATE_S)
}

fn record_samples(suite: &mut Suite) -> Result<Call> {
    pool(suite, |_, _| {})?;
    let mut samples = vec![suite.env()];
    for metric in suite.pool_metrics() {
        samples.push_back((metric.name, 123_456_i128));
    }
    Ok(suite.monitor("record_samples", (suite.stream(FUNCTION), samples)))
}

fn report(suite: &mut Suite) -> Result<Call> {
    pool(suite, |_, _| {})?;
    let metric = suite.stage.symbol("premium");
    let at_s = suite.stage.ledger().close_time_s();
    let arguments =
        (suite.caller.clone(), suite.stream(FUNCTION), metric, 123_456_i128, at_s, 1_u64);
    Ok(suite.monitor("report", arguments))
}

fn record_execution(suite: &mut Suite, spec: StreamSpec) -> Result<Call> {
    suite.open(FUNCTION, spec)?;
    for sequence in 1..=2 {
        suite.stage.act(&[suite.record_execution(FUNCTION, sequence)])?;
        hour_later(suite)?;
    }
    Ok(suite.record_execution(FUNCTION, 3))
}

fn batch(suite: &mut Suite, streams: u32, samples: u32) -> Result<Call> {
    let names = (0..streams).map(|stream| format!("function_{stream}"));
    let mut batches = vec![suite.env()];
    for name in names {
        suite.open(&name, suite.spec(suite.pool_metrics()))?;
        let samples = aggregates(suite, samples);
        batches.push_back(StreamBatch { stream: suite.stream(&name), sequence: 1, samples });
    }
    Ok(suite.monitor("record_batch", (suite.caller.clone(), batches)))
}

/// Two hours of a stream are flushed; then more of the second one comes.
fn backfill(suite: &mut Suite) -> Result<Call> {
    let first = flush(suite, 1, NO_SKETCH)?;
    let samples = aggregates(suite, 4);
    suite.stage.act(&[first, suite.record_metric(FUNCTION, "premium", 123_456)])?;
    let hour = u32::try_from(suite.stage.ledger().close_time_s() / HOUR_S)?;
    hour_later(suite)?;
    let streams = vec![suite.env(), suite.stream(FUNCTION)];
    let second = suite.monitor("flush", (suite.caller.clone(), streams, hour));
    suite.stage.act(&[second])?;
    let batch = StreamBatch { stream: suite.stream(FUNCTION), sequence: 1, samples };
    Ok(suite.monitor("backfill", (suite.caller.clone(), batch)))
}

fn aggregates(suite: &Suite, samples: u32) -> SdkVec<BatchSample> {
    let metrics = suite.pool_metrics();
    let at_s = suite.stage.ledger().close_time_s();
    let mut aggregates = vec![suite.env()];
    for number in 0..samples {
        let metric = metrics.get_unchecked(number % metrics.len()).name;
        let statistics = Statistics {
            count: 3,
            sum: 600,
            min: 100,
            max: 300,
            last: 200,
            sum_of_squares: 140_000,
        };
        let packed = BytesN::from_array(suite.env(), &fixed::encode(&statistics));
        aggregates.push_back((metric, at_s, packed));
    }
    aggregates
}

/// The `nth` flush of a stream, of one closed hour.
fn flush(suite: &mut Suite, nth: u32, sketch: (i64, i64, u32)) -> Result<Call> {
    let mut call = None;
    let mut spec = suite.spec(suite.pool_metrics());
    first_metric(suite, &mut spec, |metric| metric.sketch = sketch);
    suite.open(FUNCTION, spec)?;
    for _ in 0..nth {
        if let Some(call) = call.take() {
            suite.stage.act(&[call])?;
        }
        suite.stage.act(&[suite.record_metric(FUNCTION, "premium", 123_456)])?;
        let hour = suite.stage.ledger().close_time_s() / HOUR_S;
        hour_later(suite)?;
        let streams = vec![suite.env(), suite.stream(FUNCTION)];
        let through_hour = u32::try_from(hour)?;
        call = Some(suite.monitor("flush", (suite.caller.clone(), streams, through_hour)));
    }
    call.ok_or_else(|| anyhow::anyhow!("expected at least one flush"))
}

/// Every bin of two sketches is counted on each of the seven days that one sheet holds; then the last
/// hour of the last day is flushed.
fn full_sketches(suite: &mut Suite) -> Result<Call> {
    const BINS: i64 = 96;
    const FIRST: i64 = 1_000;
    const LAST: i64 = 14_000_000;
    let mut spec = suite.spec(suite.pool_metrics());
    let mut metrics = vec![suite.env()];
    for (place, mut metric) in spec.metrics.iter().enumerate() {
        if place < 2 {
            metric.sketch = (FIRST, LAST, BINS as u32);
        }
        metrics.push_back(metric);
    }
    spec.metrics = metrics.clone();
    suite.open(FUNCTION, spec)?;
    let now_s = suite.stage.ledger().close_time_s();
    let sheet_s = 7 * 24 * HOUR_S;
    suite.stage.close_at((now_s / sheet_s + 1) * sheet_s + LATE_S)?;
    let mut flush = None;
    for _ in 0..7 {
        if let Some(flush) = flush.take() {
            suite.stage.act(&[flush])?;
        }
        let now_s = suite.stage.ledger().close_time_s();
        for metric in metrics.iter().take(2) {
            // From below the range to above it, a bin further each time.
            let ratio = (LAST as f64 / FIRST as f64).powf(1.0 / BINS as f64);
            let value = |bin: i64| (FIRST as f64 * ratio.powf(bin as f64 - 0.5)) as i128;
            let all: Vec<i128> = (0..BINS + 2).map(value).collect();
            for values in all.chunks(49) {
                let mut samples = vec![suite.env()];
                values.iter().for_each(|value| samples.push_back((metric.name.clone(), *value)));
                let call = suite.monitor("record_samples", (suite.stream(FUNCTION), samples));
                suite.stage.act(&[call])?;
            }
        }
        suite.stage.close_at((now_s / (24 * HOUR_S) + 1) * 24 * HOUR_S + LATE_S)?;
        let streams = vec![suite.env(), suite.stream(FUNCTION)];
        let hour = u32::try_from(now_s / HOUR_S)?;
        flush = Some(suite.monitor("flush", (suite.caller.clone(), streams, hour)));
    }
    flush.ok_or_else(|| anyhow::anyhow!("expected at least one flush"))
}

fn register(suite: &mut Suite) -> Result<Call> {
    let contract = suite.analytics_storage.clone();
    let caller = suite.caller.clone();
    Ok(suite.monitor("register", (caller.clone(), contract, caller)))
}

fn set_reporter(suite: &mut Suite) -> Result<Call> {
    let witness = suite.stage.account(7)?;
    let arguments = (suite.caller.clone(), witness, ReporterRole::Witness);
    Ok(suite.monitor("set_reporter", arguments))
}

fn open_stream(suite: &mut Suite) -> Result<Call> {
    let spec = suite.spec(suite.pool_metrics());
    Ok(suite.monitor("open_stream", (suite.stream(FUNCTION), spec)))
}

fn reshape_stream(suite: &mut Suite) -> Result<Call> {
    pool(suite, |_, _| {})?;
    let mut spec = suite.spec(suite.pool_metrics());
    spec.metrics.push_back(suite.metric("one_more", "count"));
    Ok(suite.monitor("open_stream", (suite.stream(FUNCTION), spec)))
}

fn set_recorder(suite: &mut Suite) -> Result<Call> {
    let recorder = suite.stage.account(7)?;
    let arguments = (suite.caller.clone(), recorder, ReporterRole::Recorder);
    Ok(suite.monitor("set_reporter", arguments))
}

fn set_mode(suite: &mut Suite) -> Result<Call> {
    pool(suite, |_, _| {})?;
    let mut spec = suite.spec(suite.pool_metrics());
    spec.mode = RecordingMode::Rollup;
    Ok(suite.monitor("open_stream", (suite.stream(FUNCTION), spec)))
}
