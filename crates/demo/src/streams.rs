//! What is recorded of the pool: what it says of itself, and what its calls cost.

use lumenscope_dictionary::{EXECUTION_METRICS, Kind, by_name};
use lumenscope_invoke::{Address, ScVal, ToVal, ValueError, record, symbol, vector};
use lumenscope_keeper::Stream;

/// What one function of the pool records of itself: name, unit, kind.
type Own = (&'static str, &'static [(&'static str, &'static str, Kind)]);

/// The pool's functions, with the metrics that its code records.
pub const FUNCTIONS: [Own; 6] = [
    ("buy_policy", &[("premium", "stroops", Kind::Timer), ("cover", "stroops", Kind::Timer)]),
    ("pay_premium", &[("premium", "stroops", Kind::Timer)]),
    ("file_claim", &[("amount", "stroops", Kind::Timer)]),
    ("settle", &[("payout", "stroops", Kind::Timer), ("waited", "seconds", Kind::Timer)]),
    ("deposit", &[("amount", "stroops", Kind::Timer)]),
    ("reprice", &[("policies", "count", Kind::Gauge)]),
];

/// The unit of a metric that one of the streams records.
pub fn unit(metric: &str) -> Option<&'static str> {
    let own = FUNCTIONS.iter().flat_map(|(_, metrics)| metrics.iter());
    let own = own.map(|(name, unit, _)| (*name, *unit));
    let all = own.chain(EXECUTION_METRICS.iter().map(|known| (known.name, known.unit)));
    all.into_iter().find(|(name, _)| *name == metric).map(|(_, unit)| unit)
}

/// The execution metrics that alert rules watch.
const WATCHED: [&str; 2] = ["instructions", "failed"];

/// `MetricKind::Timer` and so on, as the contract numbers them.
fn kind_number(kind: Kind) -> u32 {
    match kind {
        Kind::Counter => 0,
        Kind::Gauge => 1,
        Kind::Timer => 2,
        Kind::Ratio => 3,
    }
}

/// `RecordingMode` as the contract numbers it.
const MODE_FULL: u32 = 0;
const MODE_ROLLUP: u32 = 1;

/// A stream of the pool's own, and its definition.
pub fn own(pool: &Address, (function, metrics): &Own) -> Result<(Stream, ScVal), ValueError> {
    let stream = Stream { contract: pool.clone(), function: (*function).to_owned(), subject: None };
    let metrics = metrics
        .iter()
        .map(|(name, unit, kind)| metric(name, unit, *kind, false))
        .collect::<Result<_, _>>()?;
    Ok((stream, spec(metrics, MODE_FULL)?))
}

/// The stream of what a function's executions cost, and its definition.
pub fn execution(pool: &Address, function: &str) -> Result<(Stream, ScVal), ValueError> {
    let metrics = EXECUTION_METRICS
        .iter()
        .map(|known| {
            let kind = by_name(known.name).map_or(Kind::Timer, |metric| metric.kind);
            metric(known.name, known.unit, kind, WATCHED.contains(&known.name))
        })
        .collect::<Result<_, _>>()?;
    Ok((Stream::of_executions(pool, function), spec(metrics, MODE_ROLLUP)?))
}

fn metric(name: &str, unit: &str, kind: Kind, watched: bool) -> Result<ScVal, ValueError> {
    let no_sketch = vec![0_i64.to_val()?, 0_i64.to_val()?, 0_u32.to_val()?].to_val()?;
    record(&[
        ("name", symbol(name)?),
        ("unit", symbol(unit)?),
        ("kind", kind_number(kind).to_val()?),
        ("watched", watched.to_val()?),
        ("sketch", no_sketch),
    ])
}

fn spec(metrics: Vec<ScVal>, mode: u32) -> Result<ScVal, ValueError> {
    record(&[
        ("metrics", vector(metrics)?),
        ("mode", mode.to_val()?),
        ("witnesses", false.to_val()?),
    ])
}
