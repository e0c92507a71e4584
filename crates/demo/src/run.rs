//! The demonstration from beginning to end.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use lumenscope_invoke::{Outcome, args};
use lumenscope_rules::codec::{STATE_BYTES, decode};

use crate::cast::Cast;
use crate::figures::{AlertFigure, Figures, MonitoringFigures};
use crate::scenario::{Phase, plan};
use crate::setup::{RULE_NAMES, Setup, set_up};
use crate::show::{self, clock, condition};
use crate::stage::{START_S, Stage};
use crate::watch::{AlertChange, Watch};
use crate::{board, control, drive};

/// The seed of the afternoon; another one gives another afternoon.
pub const SEED_DEFAULT: u64 = 2026;
/// The condition `Firing`.
const FIRING: u32 = 2;
/// The condition `Inactive`: an episode's end.
const INACTIVE: u32 = 0;
/// The least number of alerting's `GuardVerdict` that refuses: `Tripped`.
const GUARD_REFUSES_FROM: u32 = 5;
/// Levels of the escalation policy.
const LEVELS: u32 = 2;
/// An acknowledgement ends after an hour.
const ACKNOWLEDGED_S: u64 = 3_600;
/// Quiet minutes waited for the last alert to resolve, at most.
const QUIET_MINUTES_MAX: u32 = 40;

/// How to demonstrate.
#[derive(Clone, Debug)]
pub struct Demo {
    /// Where the figures go.
    pub out: PathBuf,
    /// Where the ledgers go, for whoever wants to recompute the figures.
    pub ledgers_out: Option<PathBuf>,
    /// The script that deploys.
    pub deploy_script: PathBuf,
    /// The seed of the plan.
    pub seed: u64,
}

/// Plays the demonstration, prints what it shows, and writes its figures.
///
/// # Errors
/// What went wrong, at which step.
pub async fn run(demo: &Demo) -> anyhow::Result<Figures> {
    let cast = Cast::new();
    show::heading("A private ledger, and the suite on it");
    let stage = Stage::open().await?;
    println!("Stellar RPC at {}, time {} UTC", stage.rpc_url, clock(START_S));
    let setup = set_up(&stage, &cast, &demo.deploy_script).await?;
    println!("pool {} with {} streams", setup.pool, setup.executions.len() + setup.own.len());
    let mut play = Play::begin(&stage, &cast, &setup).await?;
    play.afternoon(demo.seed).await?;
    play.quiet_down().await?;
    play.watch.flush().await?;
    play.finish(demo).await
}

struct Play<'a> {
    stage: &'a Stage,
    cast: &'a Cast,
    setup: &'a Setup,
    watch: Watch<'a>,
    from_ledger: u32,
    alerts: Vec<AlertFigure>,
    /// The alerts that fire, with the level of escalation last seen.
    firing: Vec<(AlertChange, u32)>,
    flushed_hour: u64,
    phase: Option<Phase>,
    bar: ProgressBar,
}

impl<'a> Play<'a> {
    async fn begin(stage: &'a Stage, cast: &'a Cast, setup: &'a Setup) -> anyhow::Result<Self> {
        Ok(Self {
            stage,
            cast,
            setup,
            watch: Watch::begin(stage, cast, setup).await?,
            from_ledger: stage.sequence().await? + 1,
            alerts: Vec::new(),
            firing: Vec::new(),
            flushed_hour: stage.now_s().await? / 3_600,
            phase: None,
            bar: ProgressBar::hidden(),
        })
    }

    async fn afternoon(&mut self, seed: u64) -> anyhow::Result<()> {
        let steps = plan(seed);
        let transactions: usize = steps.iter().map(crate::scenario::Step::transactions).sum();
        show::heading("A busy afternoon, with an incident in it");
        println!("{transactions} transactions of the pool, and alerts as they change:");
        self.bar = ProgressBar::new(u64::try_from(transactions)?);
        self.bar.set_style(ProgressStyle::with_template(
            "{prefix:>9} {bar:36} {pos}/{len} transactions, {elapsed}",
        )?);
        self.bar.enable_steady_tick(Duration::from_millis(200));
        for step in &steps {
            self.phase(step.phase).await?;
            let played = drive::play(self.stage, self.cast, self.setup, step).await?;
            self.bar.inc(u64::try_from(played.outcomes.len())?);
            self.watch_on().await?;
        }
        self.bar.finish_and_clear();
        Ok(())
    }

    async fn phase(&mut self, now: Phase) -> anyhow::Result<()> {
        if self.phase != Some(now) {
            self.phase = Some(now);
            self.bar.set_prefix(phase(now));
            let line = format!("  {}  {}", clock(self.stage.now_s().await?), begins(now));
            self.bar.suspend(|| println!("{line}"));
        }
        Ok(())
    }

    /// Lets quiet minutes pass, evaluated by the keeper, until no alert is up and the pool sells
    /// policies again.
    async fn quiet_down(&mut self) -> anyhow::Result<()> {
        for _ in 0..QUIET_MINUTES_MAX {
            if self.firing.is_empty() && self.guard_allows().await? {
                return Ok(());
            }
            self.stage.idle(60).await?;
            self.watch_on().await?;
        }
        let up = self
            .firing
            .iter()
            .map(|(alert, _)| format!("{} ({})", RULE_NAMES[alert.rule], alert.function));
        bail!(
            "expected every alert to end and the guard to allow within {QUIET_MINUTES_MAX} quiet \
             minutes; still up: {:?}. Another --seed gives another afternoon",
            up.collect::<Vec<_>>()
        )
    }

    /// Whether the pool's guard lets a call through: `buy_policy` asks it.
    async fn guard_allows(&self) -> anyhow::Result<bool> {
        let alerting = &self.setup.suite.alerting;
        let view = self.stage.invoker.view(alerting, "guard", args![self.setup.pool]?).await;
        Ok(view.context("asking the guard")?.value::<u32>()? < GUARD_REFUSES_FROM)
    }

    async fn watch_on(&mut self) -> anyhow::Result<()> {
        for change in self.watch.tick().await? {
            let was_up = self.firing.iter().any(|(up, _)| same(up, &change));
            if change.condition != INACTIVE || was_up {
                self.say(&change, condition(change.condition));
            }
            match change.condition {
                FIRING if !was_up => self.firing.push((change, 0)),
                INACTIVE => self.firing.retain(|(up, _)| !same(up, &change)),
                _ => {}
            }
        }
        self.on_call().await?;
        let now_s = self.stage.now_s().await?;
        let hour = now_s / 3_600;
        // Ten minutes after the hour every report of it has come.
        if hour > self.flushed_hour && now_s % 3_600 > 600 {
            self.flushed_hour = hour;
            self.watch.flush().await?;
        }
        Ok(())
    }

    /// Looks at the alerts that fire, and acknowledges what reached the last level.
    async fn on_call(&mut self) -> anyhow::Result<()> {
        for index in 0..self.firing.len() {
            let (alert, seen) = self.firing[index].clone();
            let target = self.watch.target(alert.rule, &alert.function).cloned();
            let Some(target) = target else { continue };
            let alerting = &self.setup.suite.alerting;
            let view = self.stage.invoker.view(alerting, "alert", args![target]?).await?;
            let state: Vec<u8> = view.value::<lumenscope_invoke::Record>()?.get("state")?;
            let state = <[u8; STATE_BYTES]>::try_from(state.as_slice());
            let level = decode(&state.ok().context("an alert's state of another length")?)?.level;
            let level = u32::from(level);
            if level == seen {
                continue;
            }
            let at_s = self.stage.now_s().await?;
            let now = AlertChange { at_s, ..alert.clone() };
            if level > 1 {
                self.say(&now, &format!("Escalated to level {level}"));
            }
            if level == LEVELS {
                let admin = &self.cast.admin;
                let until_s = at_s + ACKNOWLEDGED_S;
                let args = args![admin.address(), target, alert.episode, until_s]?;
                let outcome = self.stage.invoker.invoke(admin, alerting, "acknowledge", args);
                let outcome = outcome.await.and_then(Outcome::require_success);
                outcome.context("acknowledging an alert")?;
                self.say(&now, "Acknowledged");
            }
            self.firing[index].1 = level;
        }
        Ok(())
    }

    fn say(&mut self, change: &AlertChange, what: &str) {
        let rule = RULE_NAMES[change.rule];
        let line = format!(
            "  {}  {:<14} {:<22} {what}, episode {}",
            clock(change.at_s),
            change.function,
            rule,
            change.episode
        );
        self.bar.suspend(|| println!("{line}"));
        self.alerts.push(AlertFigure {
            at_s: change.at_s,
            rule: rule.to_owned(),
            function: change.function.clone(),
            change: what.to_owned(),
        });
    }

    async fn finish(self, demo: &Demo) -> anyhow::Result<Figures> {
        let to_ledger = self.stage.sequence().await?;
        let now_s = self.stage.now_s().await?;
        let (functions, total) = Figures::functions(&self.watch.summary());
        let bill = self.watch.bill();
        let (panels, instructions) =
            board::render(self.stage, self.setup, START_S / 3_600 * 3_600, now_s + 1).await?;
        let sdk = control::sdk_stroops_per_call(self.stage, self.cast, self.setup).await?;
        let of_sdk: i64 = functions
            .iter()
            .map(|(name, of)| {
                let succeeded = i64::try_from(of.calls - of.failed).unwrap_or(i64::MAX);
                sdk.get(name).copied().unwrap_or(0).saturating_mul(succeeded)
            })
            .sum();
        let calls = i64::try_from(total.calls)?.max(1);
        let each = |stroops: i64| (stroops + calls - 1) / calls;
        let monitoring = MonitoringFigures {
            keeper: self.cast.keeper.address().to_string(),
            reported: self.watch.reported,
            keeper_transactions: bill.transactions,
            keeper_fee_stroops: bill.fee_stroops,
            keeper_rent_stroops: bill.rent_stroops,
            keeper_stroops_per_transaction: each(bill.fee_stroops - bill.rent_stroops),
            keeper_rent_stroops_per_transaction: each(bill.rent_stroops),
            sdk_stroops_per_call: sdk,
            sdk_stroops_per_transaction: each(of_sdk),
        };
        let figures = Figures {
            schema: 1,
            network_passphrase: self.setup.deployment.network_passphrase.clone(),
            pool: self.setup.pool.to_string(),
            from_ledger: self.from_ledger,
            to_ledger,
            functions,
            total,
            alerts: self.alerts.clone(),
            monitoring,
        };
        show::functions(&figures);
        show::board(&panels, instructions);
        show::monitoring(&figures);
        std::fs::write(&demo.out, serde_json::to_string_pretty(&figures)? + "\n")
            .with_context(|| format!("writing {}", demo.out.display()))?;
        println!("\nEvery figure, for machines: {}", demo.out.display());
        if let Some(out) = &demo.ledgers_out {
            crate::dump::ledgers(self.stage, self.from_ledger, to_ledger, out).await?;
            println!("The ledgers they come from: {}", out.display());
        }
        Ok(figures)
    }
}

fn same(one: &AlertChange, other: &AlertChange) -> bool {
    one.rule == other.rule && one.function == other.function
}

fn begins(phase: Phase) -> &'static str {
    match phase {
        Phase::Opening => "policies are bought",
        Phase::Usual => "premiums, claims, settlements",
        Phase::Incident => "the incident: repricing runs wild, clients send wrong amounts",
        Phase::Recovery => "the incident is over",
    }
}

fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Opening => "opening",
        Phase::Usual => "usual",
        Phase::Incident => "incident",
        Phase::Recovery => "recovery",
    }
}
