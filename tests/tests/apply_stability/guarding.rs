//! Asking alerting whether to go on: what a monitored contract does before its own work.

use anyhow::{Context as _, Result};
use lumenscope_interfaces::alerting::{GuardOverride, GuardVerdict, RuleTarget, Severity};
use lumenscope_interfaces::performance_monitor::MetricSpec;
use lumenscope_tests::apply_stability::{Change, Expectation, Monitored, run, violations};
use lumenscope_tests::stage::{Call, Stage, on_stage};
use lumenscope_tests::suite::Suite;
use soroban_sdk::{BytesN, vec};

use crate::times::{HOUR_ENDS_S, HOUR_S, MID_HOUR_S, MINUTE_S, MONTH_ENDS_S};

/// Alerts on the contract: a summary grows with each.
const ALERTS: u32 = 8;
const QUIET: i128 = 10;
const LOUD: i128 = 1_000_000;
/// From a minute's end until it may be evaluated, and some more.
const CLOSES_S: u64 = 100;
/// Longer than a trip may last unless the owner says otherwise.
const TRIP_S: u64 = 30 * HOUR_S;

/// A contract that asks its guard.
#[derive(Clone)]
struct Guarded {
    suite: Suite,
    targets: Vec<RuleTarget>,
}

impl Monitored for Guarded {
    fn stage(&mut self) -> &mut Stage {
        &mut self.suite.stage
    }

    fn calls(&mut self, count: u32) -> Result<Vec<Call>> {
        let call = || self.suite.alerts("guard", (self.suite.caller.clone(),));
        Ok((0..count).map(|_| call()).collect())
    }
}

impl Guarded {
    fn new(stage: Stage) -> Result<Self> {
        let mut world = Self { suite: Suite::new(stage)?, targets: Vec::new() };
        for number in 0..ALERTS {
            let function = function(number);
            let mut metrics = vec![world.suite.env()];
            for metric in world.suite.pool_metrics() {
                metrics.push_back(MetricSpec { watched: true, ..metric });
            }
            world.suite.open(&function, world.suite.spec(metrics))?;
            let caller = world.suite.caller.clone();
            let rule = world.suite.rule(&caller, &function, "premium", LOUD / 2);
            let stream = world.suite.stream(&function);
            world.targets.push(world.suite.create_rule(rule, stream)?);
        }
        Ok(world)
    }

    /// One value in the streams of the first alerts, and what a keeper makes of it.
    fn evaluate(&mut self, alerts: u32, value: i128) -> Result<()> {
        let record = |number| self.suite.record_metric(&function(number), "premium", value);
        let calls: Vec<Call> = (0..alerts).map(record).collect();
        self.suite.stage.act(&calls)?;
        wait(self, CLOSES_S)?;
        for target in self.targets.iter().take(alerts as usize) {
            let call = self.suite.evaluate(std::slice::from_ref(target))?;
            self.suite.stage.act(&[call])?;
        }
        Ok(())
    }

    /// What its guard says now.
    fn verdict(&mut self) -> Result<GuardVerdict> {
        let call = self.suite.alerts("guard", (self.suite.caller.clone(),));
        self.suite.stage.perform(&call)
    }

    fn expect(&mut self, verdict: GuardVerdict) -> Result<()> {
        let came = self.verdict()?;
        anyhow::ensure!(came == verdict, "expected {verdict:?}, not {came:?}");
        Ok(())
    }
}

fn function(number: u32) -> String {
    format!("function_{number}")
}

fn wait(world: &mut Guarded, seconds: u64) -> Result<()> {
    let now_s = world.stage().ledger().close_time_s();
    world.stage().close_at(now_s + seconds)
}

fn quiet_at(world: &mut Guarded, at_s: u64) -> Result<()> {
    world.stage().close_at(at_s - 10 * MINUTE_S)?;
    world.evaluate(1, QUIET)?;
    world.expect(GuardVerdict::Clear)?;
    world.stage().close_at(at_s)
}

fn quiet(world: &mut Guarded) -> Result<()> {
    quiet_at(world, MID_HOUR_S)
}

fn tripped(world: &mut Guarded) -> Result<()> {
    world.stage().close_at(MID_HOUR_S)?;
    world.evaluate(1, LOUD)?;
    world.expect(GuardVerdict::Tripped)
}

fn act(world: &mut Guarded, call: Call) -> Result<()> {
    world.stage().act(&[call])
}

fn changes() -> Vec<Change<Guarded>> {
    let stable =
        |name, before, between| Change { name, before, between, expectation: Expectation::Stable };
    // A summary is read whole: the first alert on a contract makes it 21,000 instructions dearer,
    // each one after it 3,000.
    let applies =
        |name, before, between| Change { name, before, between, expectation: Expectation::Applies };
    Vec::from([
        stable("nothing", quiet, |_| Ok(())),
        stable("a minute passes", quiet, |w| wait(w, MINUTE_S)),
        stable("an hour ends", |w| quiet_at(w, HOUR_ENDS_S), |w| wait(w, 3)),
        stable("a month and a week end", |w| quiet_at(w, MONTH_ENDS_S), |w| wait(w, 3)),
        stable("nobody evaluates any more", quiet, |w| {
            wait(w, 2 * HOUR_S)?;
            w.expect(GuardVerdict::StaleAllowed)
        }),
        applies(
            "the first alert begins",
            |w| w.stage().close_at(MID_HOUR_S),
            |w| {
                w.expect(GuardVerdict::Unwatched)?;
                w.evaluate(1, QUIET)?;
                w.expect(GuardVerdict::Clear)
            },
        ),
        stable("an alert fires", quiet, |w| {
            w.evaluate(1, LOUD)?;
            w.expect(GuardVerdict::Tripped)
        }),
        applies("seven more alerts begin, and all fire", quiet, |w| {
            w.evaluate(ALERTS, LOUD)?;
            w.expect(GuardVerdict::Tripped)
        }),
        stable("the alert resolves", tripped, |w| {
            w.evaluate(1, QUIET)?;
            w.expect(GuardVerdict::Clear)
        }),
        stable("the trip has lasted long enough", tripped, |w| {
            wait(w, TRIP_S)?;
            w.evaluate(1, LOUD)?;
            w.expect(GuardVerdict::TripExpired)
        }),
        stable("the owner overrides", tripped, |w| {
            let until_s = w.stage().ledger().close_time_s() + HOUR_S;
            let caller = w.suite.caller.clone();
            let call = (caller.clone(), caller, GuardOverride::Open, until_s);
            let call = w.suite.alerts("override_guard", call);
            act(w, call)?;
            w.expect(GuardVerdict::OverriddenOpen)
        }),
        stable("the owner configures the guard", quiet, |w| {
            let caller = w.suite.caller.clone();
            let call = (caller.clone(), caller, Severity::Info, 300_u32, true, 7_200_u32);
            let call = w.suite.alerts("configure_guard", call);
            act(w, call)
        }),
        stable("the rule is deleted", tripped, |w| {
            let rule = w.targets.first().context("a rule")?.rule.clone();
            let call = w.suite.alerts("delete_rule", (w.suite.caller.clone(), rule));
            act(w, call)?;
            w.evaluate(1, LOUD)
        }),
        stable("alerting is paused", quiet, |w| {
            let call = w.suite.alerts("pause", ());
            act(w, call)
        }),
        Change {
            name: "alerting is upgraded",
            before: quiet,
            between: |w| {
                let hash = w.stage().upload_variant("alerting")?;
                let hash = BytesN::from_array(w.suite.env(), &hash);
                let call = w.suite.alerts("propose_upgrade", (hash,));
                act(w, call)?;
                let call = w.suite.alerts("apply_upgrade", ());
                act(w, call)
            },
            expectation: Expectation::MayFailOnce,
        },
    ])
}

#[test]
fn guard_applies_as_simulated() -> Result<()> {
    on_stage(|stage| {
        let trials = run(&Guarded::new(stage)?, &changes())?;
        assert_eq!(violations(&trials), Vec::<String>::new());
        Ok(())
    })
}
