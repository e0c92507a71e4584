//! analytics-storage. `ingest` is measured as a part of performance-monitor's `flush`, which alone
//! may call it.

use anyhow::Result;
use lumenscope_interfaces::analytics_storage::{
    Granularity, PACKED_BUCKETS_MAX, RangeQuery, Ranking,
};
use soroban_sdk::vec;

use super::performance_monitor::SKETCH;
use super::{FUNCTION, HOUR_S, LATE_S, Scenario, first_metric};
use crate::stage::Call;
use crate::suite::Suite;

const DAY_S: u64 = 24 * HOUR_S;
const HOURS: u64 = 26;
/// As many buckets as one packed reply holds.
const MONTH_HOURS: u64 = PACKED_BUCKETS_MAX as u64;
const CALLS_AN_HOUR: u64 = 4;

const fn scenario(
    entry_point: &'static str,
    case: &'static str,
    prepare: fn(&mut Suite) -> Result<Call>,
) -> Scenario {
    Scenario { contract: "analytics-storage", entry_point, case, prepare }
}

/// In the order of the table.
pub(super) const SCENARIOS: [Scenario; 18] = [
    scenario("compact", "one stream, one closed day of 4 metrics", compact),
    scenario("prune", "one stream, one month folded", |suite| prune(suite, 3, 0)),
    scenario("prune", "one stream, one month dropped", |suite| prune(suite, 0, 3)),
    scenario("set_minimum_retention", "once for the suite", |suite| {
        Ok(suite.analytics("set_minimum_retention", (12_u32,)))
    }),
    scenario("keep_alive_history", "one stream", |suite| keeper(suite, "keep_alive_history")),
    scenario("set_retention", "of a stream", set_retention),
    scenario("set_monitor", "once for the suite", |suite| {
        Ok(suite.analytics("set_monitor", (suite.performance_monitor.clone(),)))
    }),
    scenario("range", "24 hours and the open one", |suite| read(suite, "range")),
    scenario("range_packed", "24 hours and the open one", |suite| read(suite, "range_packed")),
    scenario("aggregate", "24 hours and the open one", |suite| read(suite, "aggregate")),
    scenario("compare", "24 hours with the 24 before", compare),
    scenario("latest", "of a metric", latest),
    scenario("quantiles", "two days of a sketch of 64 bins", quantiles),
    scenario("top_functions", "8 streams, 24 hours and the open one", top_functions),
    scenario("warm", "24 hours, once their days are made", warm),
    scenario("range_packed", "30 days of hours", |suite| month(suite, "range_packed")),
    scenario("aggregate", "30 days of hours", |suite| month(suite, "aggregate")),
    scenario("cached", "29 days of hours", cached),
];

/// Hours of history, each recorded and flushed.
fn history(suite: &mut Suite) -> Result<()> {
    suite.open(FUNCTION, suite.spec(suite.pool_metrics()))?;
    hours(suite)
}

fn hours(suite: &mut Suite) -> Result<()> {
    for _ in 0..HOURS {
        suite.stage.act(&[suite.record_metric(FUNCTION, "premium", 123_456)])?;
        let now_s = suite.stage.ledger().close_time_s();
        suite.stage.close_at((now_s / HOUR_S + 1) * HOUR_S + LATE_S)?;
        let hour = u32::try_from(now_s / HOUR_S)?;
        let streams = vec![suite.env(), suite.stream(FUNCTION)];
        suite.stage.act(&[suite.monitor("flush", (suite.caller.clone(), streams, hour))])?;
    }
    suite.stage.act(&[suite.record_metric(FUNCTION, "premium", 123_456)])
}

fn keeper(suite: &mut Suite, entry_point: &'static str) -> Result<Call> {
    history(suite)?;
    let streams = vec![suite.env(), suite.stream(FUNCTION)];
    Ok(suite.analytics(entry_point, (suite.caller.clone(), streams)))
}

fn compact(suite: &mut Suite) -> Result<Call> {
    keeper(suite, "compact")
}

/// A month of some days, long over and beyond its retention.
fn prune(suite: &mut Suite, day_months: u32, months: u32) -> Result<Call> {
    history(suite)?;
    // Entries live on: no ledgers pass.
    let now_s = suite.stage.ledger().close_time_s();
    suite.stage.close_at(now_s + 150 * 24 * HOUR_S)?;
    suite.stage.act(&[suite.record_metric(FUNCTION, "premium", 123_456)])?;
    suite.stage.close_at(now_s + 151 * 24 * HOUR_S)?;
    let hour = u32::try_from((now_s + 150 * 24 * HOUR_S) / HOUR_S)?;
    let streams = vec![suite.env(), suite.stream(FUNCTION)];
    let kept = (suite.stream(FUNCTION), 14_u32, day_months, months, None::<bool>);
    suite.stage.act(&[suite.monitor("flush", (suite.caller.clone(), streams.clone(), hour))])?;
    suite.stage.act(&[suite.analytics("compact", (suite.caller.clone(), streams.clone()))])?;
    suite.stage.act(&[suite.analytics("set_retention", kept)])?;
    for _ in 0..5 {
        let compact = suite.analytics("compact", (suite.caller.clone(), streams.clone()));
        suite.stage.act(&[compact])?;
    }
    Ok(suite.analytics("prune", (suite.caller.clone(), streams)))
}

fn set_retention(suite: &mut Suite) -> Result<Call> {
    history(suite)?;
    let hour_days = 30_u32;
    Ok(suite
        .analytics("set_retention", (suite.stream(FUNCTION), hour_days, 0u32, 0u32, None::<bool>)))
}

fn read(suite: &mut Suite, entry_point: &'static str) -> Result<Call> {
    history(suite)?;
    let now_s = suite.stage.ledger().close_time_s();
    let query = RangeQuery {
        stream: suite.stream(FUNCTION),
        metric: suite.stage.symbol("premium"),
        granularity: Granularity::Hour,
        from_s: (now_s / HOUR_S - 24) * HOUR_S,
        to_s: now_s,
        include_open: true,
    };
    Ok(suite.analytics(entry_point, (query,)))
}

fn compare(suite: &mut Suite) -> Result<Call> {
    history(suite)?;
    let now_s = suite.stage.ledger().close_time_s();
    let day = |ago: u64| RangeQuery {
        stream: suite.stream(FUNCTION),
        metric: suite.stage.symbol("premium"),
        granularity: Granularity::Hour,
        from_s: (now_s / HOUR_S - 24 * ago) * HOUR_S,
        to_s: (now_s / HOUR_S - 24 * (ago - 1)) * HOUR_S,
        include_open: false,
    };
    Ok(suite.analytics("compare", (day(2), day(1))))
}

fn quantiles(suite: &mut Suite) -> Result<Call> {
    let mut spec = suite.spec(suite.pool_metrics());
    first_metric(suite, &mut spec, |metric| metric.sketch = SKETCH);
    suite.open(FUNCTION, spec)?;
    hours(suite)?;
    let shares = vec![suite.env(), 500_u32, 950, 990];
    Ok(suite.analytics("quantiles", (yesterday(suite, 2), shares)))
}

fn top_functions(suite: &mut Suite) -> Result<Call> {
    for number in 0..8 {
        let name = format!("function_{number}");
        suite.open(&name, suite.spec(suite.pool_metrics()))?;
        suite.stage.act(&[suite.record_metric(&name, "premium", 123_456 + number)])?;
    }
    let now_s = suite.stage.ledger().close_time_s();
    suite.stage.close_at((now_s / HOUR_S + 1) * HOUR_S + LATE_S)?;
    let mut streams = vec![suite.env()];
    (0..8).for_each(|number| streams.push_back(suite.stream(&format!("function_{number}"))));
    let hour = u32::try_from(now_s / HOUR_S)?;
    suite.stage.act(&[suite.monitor("flush", (suite.caller.clone(), streams, hour))])?;
    let metric = suite.stage.symbol("premium");
    let (from_s, to_s) = ((now_s / HOUR_S - 23) * HOUR_S, now_s + HOUR_S);
    let contract = suite.caller.clone();
    let ranked = (contract, metric, Granularity::Hour, from_s, to_s, Ranking::Mean, 0u32, 50u32);
    Ok(suite.analytics("top_functions", ranked))
}

/// So many days until the last midnight, by the hour.
fn yesterday(suite: &Suite, days: u64) -> RangeQuery {
    let to_s = suite.stage.ledger().close_time_s() / DAY_S * DAY_S;
    RangeQuery {
        stream: suite.stream(FUNCTION),
        metric: suite.stage.symbol("premium"),
        granularity: Granularity::Hour,
        from_s: to_s - days * DAY_S,
        to_s,
        include_open: false,
    }
}

fn make_days(suite: &mut Suite) -> Result<()> {
    let streams = vec![suite.env(), suite.stream(FUNCTION)];
    suite.stage.act(&[suite.analytics("compact", (suite.caller.clone(), streams))])
}

fn warm(suite: &mut Suite) -> Result<Call> {
    history(suite)?;
    make_days(suite)?;
    Ok(suite.analytics("warm", (suite.caller.clone(), yesterday(suite, 1))))
}

fn cached(suite: &mut Suite) -> Result<Call> {
    month(suite, "aggregate")?;
    make_days(suite)?;
    let query = yesterday(suite, 29);
    suite.stage.act(&[suite.analytics("warm", (suite.caller.clone(), query.clone()))])?;
    Ok(suite.analytics("cached", (query,)))
}

/// A month of hours of values that differ, all of them kept.
fn month(suite: &mut Suite, entry_point: &'static str) -> Result<Call> {
    let mut metrics = suite.pool_metrics();
    while metrics.len() > 1 {
        metrics.pop_back();
    }
    suite.open(FUNCTION, suite.spec(metrics))?;
    let from_s = suite.stage.ledger().close_time_s() / HOUR_S * HOUR_S;
    let mut value = 2_026_i128;
    for hour in 0..MONTH_HOURS {
        let calls: Vec<Call> = (0..CALLS_AN_HOUR)
            .map(|_| {
                value = (value * 48_271) % 0x7fff_ffff;
                suite.record_metric(FUNCTION, "premium", 4_000_000 + value % 2_000_000)
            })
            .collect();
        suite.stage.act(&calls)?;
        let now_s = suite.stage.ledger().close_time_s();
        suite.stage.close_at((now_s / HOUR_S + 1) * HOUR_S + LATE_S)?;
        let through = u32::try_from(now_s / HOUR_S)?;
        let streams = vec![suite.env(), suite.stream(FUNCTION)];
        suite.stage.act(&[suite.monitor("flush", (suite.caller.clone(), streams, through))])?;
        if hour == 0 {
            let kept = suite.analytics(
                "set_retention",
                (suite.stream(FUNCTION), 31_u32, 0u32, 0u32, None::<bool>),
            );
            suite.stage.act(&[kept])?;
        }
    }
    let query = RangeQuery {
        stream: suite.stream(FUNCTION),
        metric: suite.stage.symbol("premium"),
        granularity: Granularity::Hour,
        from_s,
        to_s: from_s + MONTH_HOURS * HOUR_S,
        include_open: false,
    };
    Ok(suite.analytics(entry_point, (query,)))
}

fn latest(suite: &mut Suite) -> Result<Call> {
    history(suite)?;
    let metric = suite.stage.symbol("premium");
    Ok(suite.analytics("latest", (suite.stream(FUNCTION), metric)))
}
