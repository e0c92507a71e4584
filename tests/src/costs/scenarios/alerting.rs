//! alerting.

use anyhow::Result;
use lumenscope_interfaces::alerting::{
    GuardOverride, PolicyLevel, RuleOperator, RuleSpec, RuleStatistic, RuleTarget, Severity,
};
use soroban_sdk::{BytesN, vec};

use super::{FUNCTION, HOUR_S, LATE_S, Scenario, first_metric};
use crate::stage::Call;
use crate::suite::Suite;

const MINUTE_S: u64 = 60;
const QUIET: i128 = 10;
pub(super) const LOUD: i128 = 1_000_000;
const THRESHOLD: i128 = 500_000;

const fn scenario(
    entry_point: &'static str,
    case: &'static str,
    prepare: fn(&mut Suite) -> Result<Call>,
) -> Scenario {
    Scenario { contract: "alerting", entry_point, case, prepare }
}

/// In the order of the table.
pub(super) const SCENARIOS: [Scenario; 18] = [
    scenario("guard", "nothing is firing", |suite| guard(suite, QUIET)),
    scenario("guard", "an alert is firing", |suite| guard(suite, LOUD)),
    scenario("is_firing", "an alert is firing", is_firing),
    scenario("evaluate", "one rule, one minute, nothing changes", |suite| {
        let target = evaluated(suite, QUIET)?;
        minute(suite, QUIET)?;
        suite.evaluate(&[target])
    }),
    scenario("evaluate", "one rule, one minute, it fires", |suite| {
        let target = evaluated(suite, QUIET)?;
        for _ in 0..5 {
            minute(suite, LOUD)?;
        }
        suite.evaluate(&[target])
    }),
    scenario("evaluate", "one rule over 24 hours, one hour, nothing changes", of_hours),
    scenario("create_alert_rule", "on a contract", create_alert_rule),
    scenario("create_rule", "on a function", create_rule),
    scenario("update_rule", "of a rule", update_rule),
    scenario("set_rule_paused", "of a rule", |suite| {
        let rule = ruled(suite)?.rule;
        Ok(suite.alerts("set_rule_paused", (suite.caller.clone(), rule, true)))
    }),
    scenario("delete_rule", "of a contract's only rule", |suite| {
        let rule = ruled(suite)?.rule;
        Ok(suite.alerts("delete_rule", (suite.caller.clone(), rule)))
    }),
    scenario("set_operator", "an owner's first", set_operator),
    scenario("create_policy", "two levels of one channel", create_policy),
    scenario("acknowledge", "a firing alert", |suite| handle(suite, "acknowledge")),
    scenario("snooze", "a firing alert", |suite| handle(suite, "snooze")),
    scenario("resolve", "a firing alert", |suite| handle(suite, "resolve")),
    scenario("configure_guard", "of a contract", configure_guard),
    scenario("override_guard", "of a contract", override_guard),
];

fn rule(suite: &Suite) -> RuleSpec {
    RuleSpec {
        name: suite.text("premiums are too high"),
        statistic: RuleStatistic::Average,
        threshold_high: THRESHOLD,
        window_s: 300,
        severity: Severity::High,
        cooldown_s: 600,
        ..suite.rule(&suite.caller, FUNCTION, "premium", THRESHOLD)
    }
}

/// A stream that keeps the minutes of its first metric.
fn watched(suite: &mut Suite) -> Result<()> {
    let mut spec = suite.spec(suite.pool_metrics());
    first_metric(suite, &mut spec, |metric| metric.watched = true);
    suite.open(FUNCTION, spec)
}

/// A rule on it.
fn ruled(suite: &mut Suite) -> Result<RuleTarget> {
    watched(suite)?;
    suite.create_rule(rule(suite), suite.stream(FUNCTION))
}

/// A minute passes with one value in it.
fn minute(suite: &mut Suite, value: i128) -> Result<()> {
    suite.stage.act(&[suite.record_metric(FUNCTION, "premium", value)])?;
    let now_s = suite.stage.ledger().close_time_s();
    suite.stage.close_at(now_s + MINUTE_S)
}

/// Ten minutes of one value, evaluated.
pub(super) fn evaluated(suite: &mut Suite, value: i128) -> Result<RuleTarget> {
    let target = ruled(suite)?;
    for _ in 0..10 {
        minute(suite, value)?;
    }
    let call = suite.evaluate(std::slice::from_ref(&target))?;
    suite.stage.act(&[call])?;
    Ok(target)
}

/// A day of hours in history, and one that has come since the last evaluation.
fn of_hours(suite: &mut Suite) -> Result<Call> {
    watched(suite)?;
    let spec = RuleSpec { window_s: 24 * HOUR_S as u32, ..rule(suite) };
    let target = suite.create_rule(spec, suite.stream(FUNCTION))?;
    for hour in 0..26 {
        suite.stage.act(&[suite.record_metric(FUNCTION, "premium", QUIET)])?;
        let now_s = suite.stage.ledger().close_time_s();
        suite.stage.close_at((now_s / HOUR_S + 1) * HOUR_S + LATE_S)?;
        let through_hour = u32::try_from(now_s / HOUR_S)?;
        let streams = vec![suite.env(), suite.stream(FUNCTION)];
        let flush = suite.monitor("flush", (suite.caller.clone(), streams, through_hour));
        suite.stage.act(&[flush])?;
        if hour < 25 {
            let call = suite.evaluate(std::slice::from_ref(&target))?;
            suite.stage.act(&[call])?;
        }
    }
    suite.evaluate(&[target])
}

fn guard(suite: &mut Suite, value: i128) -> Result<Call> {
    evaluated(suite, value)?;
    Ok(suite.alerts("guard", (suite.caller.clone(),)))
}

fn is_firing(suite: &mut Suite) -> Result<Call> {
    evaluated(suite, LOUD)?;
    Ok(suite.alerts("is_firing", (suite.caller.clone(), Severity::Low)))
}

fn create_alert_rule(suite: &mut Suite) -> Result<Call> {
    watched(suite)?;
    let (window_s, min_points, cooldown_s) = (300_u32, 1_u32, 600_u32);
    Ok(suite.alerts(
        "create_alert_rule",
        (
            suite.caller.clone(),
            suite.text("premiums are too high"),
            Some(suite.caller.clone()),
            suite.stage.symbol("premium"),
            RuleOperator::Gt,
            THRESHOLD,
            window_s,
            min_points,
            Severity::High,
            cooldown_s,
        ),
    ))
}

fn create_rule(suite: &mut Suite) -> Result<Call> {
    watched(suite)?;
    Ok(suite.alerts("create_rule", (suite.caller.clone(), rule(suite))))
}

fn update_rule(suite: &mut Suite) -> Result<Call> {
    let id = ruled(suite)?.rule;
    let spec = RuleSpec { threshold: 2 * THRESHOLD, ..rule(suite) };
    Ok(suite.alerts("update_rule", (suite.caller.clone(), id, spec)))
}

fn set_operator(suite: &mut Suite) -> Result<Call> {
    let operator = suite.stage.account(7)?;
    Ok(suite.alerts("set_operator", (suite.caller.clone(), operator, true)))
}

fn create_policy(suite: &mut Suite) -> Result<Call> {
    let channel = BytesN::from_array(suite.env(), &[5; 32]);
    let level = |delay_s| PolicyLevel {
        delay_s,
        repeat_s: 300,
        repeats: 3,
        channels: vec![suite.env(), channel.clone()],
    };
    let levels = vec![suite.env(), level(0), level(900)];
    let name = suite.text("on call");
    Ok(suite.alerts("create_policy", (suite.caller.clone(), name, levels)))
}

fn handle(suite: &mut Suite, entry_point: &'static str) -> Result<Call> {
    let target = evaluated(suite, LOUD)?;
    let episode = 1_u32;
    let caller = suite.caller.clone();
    if entry_point == "resolve" {
        let note = suite.text("a customer moved a fleet; expected");
        return Ok(suite.alerts(entry_point, (caller, target, episode, note)));
    }
    let until_s = suite.stage.ledger().close_time_s() + HOUR_S;
    Ok(suite.alerts(entry_point, (caller, target, episode, until_s)))
}

fn configure_guard(suite: &mut Suite) -> Result<Call> {
    evaluated(suite, QUIET)?;
    let (severity, stale_after_s, trip_max_s) = (Severity::High, 3_600_u32, 7_200_u32);
    let caller = suite.caller.clone();
    Ok(suite.alerts(
        "configure_guard",
        (caller.clone(), caller, severity, stale_after_s, true, trip_max_s),
    ))
}

fn override_guard(suite: &mut Suite) -> Result<Call> {
    evaluated(suite, LOUD)?;
    let until_s = suite.stage.ledger().close_time_s() + HOUR_S;
    let caller = suite.caller.clone();
    Ok(suite.alerts("override_guard", (caller.clone(), caller, GuardOverride::Open, until_s)))
}
