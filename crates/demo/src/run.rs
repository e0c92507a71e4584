//! The demonstration from beginning to end.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use lumenscope_invoke::{Outcome, args};
use lumenscope_rules::codec::{STATE_BYTES, decode};

use crate::alerts::{Alerts, Up};
use crate::cast::Cast;
use crate::figures::{
    AlertFigure, DeploymentFigures, Figures, FunctionFigures, MonitoringFigures, PhaseFigure,
    SCHEMA,
};
use crate::scenario::{Phase, plan};
use crate::setup::{LEVELS, RULE_NAMES, Setup, set_up};
use crate::show::{self, clock};
use crate::stage::{START_S, Stage};
use crate::units::{counted, mean};
use crate::watch::{AlertChange, Watch};
use crate::{board, control, drive};

/// The seed of the afternoon; another one gives another afternoon.
pub const SEED_DEFAULT: u64 = 2026;
/// The least number of alerting's `GuardVerdict` that refuses: `Tripped`.
const GUARD_REFUSES_FROM: u32 = 5;
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
    require_writable(&demo.out)?;
    if let Some(out) = &demo.ledgers_out {
        require_writable(out)?;
    }
    if !demo.deploy_script.is_file() {
        bail!(
            "expected a script that deploys at {}: start the demonstration in the repository, or \
             name its script with --deploy-script",
            demo.deploy_script.display()
        );
    }
    let cast = Cast::new();
    show::heading("A private ledger, and the suite on it");
    let stage = Stage::open().await?;
    println!("It begins at {} UTC and ends with the demonstration.", clock(START_S));
    let setup = set_up(&stage, &cast, &demo.deploy_script).await?;
    let streams = u64::try_from(setup.executions.len() + setup.own.len())?;
    println!("pool {} with {}", setup.pool, counted(streams, "stream", "streams"));
    let mut play = Play::begin(&stage, &cast, &setup).await?;
    play.afternoon(demo.seed).await?;
    play.quiet_down().await?;
    play.watch.flush().await?;
    play.finish(demo).await
}

/// A run takes a minute: what cannot be written is said before.
fn require_writable(file: &Path) -> anyhow::Result<()> {
    let folder = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if file.is_dir() {
        bail!("expected a file to write to, {} is a folder", file.display());
    }
    tempfile::tempfile_in(folder).with_context(|| {
        format!(
            "cannot write {}: expected a folder to write in at {}",
            file.display(),
            folder.display()
        )
    })?;
    Ok(())
}

struct Play<'a> {
    stage: &'a Stage,
    cast: &'a Cast,
    setup: &'a Setup,
    watch: Watch<'a>,
    from_ledger: u32,
    phases: Vec<PhaseFigure>,
    changes: Vec<AlertFigure>,
    alerts: Alerts,
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
            phases: Vec::new(),
            changes: Vec::new(),
            alerts: Alerts::default(),
            flushed_hour: stage.now_s().await? / 3_600,
            phase: None,
            bar: ProgressBar::hidden(),
        })
    }

    async fn afternoon(&mut self, seed: u64) -> anyhow::Result<()> {
        let steps = plan(seed);
        let transactions: usize = steps.iter().map(crate::scenario::Step::transactions).sum();
        show::heading("A busy afternoon, with an incident in it");
        let [(_, first), (wait_s, second)] = LEVELS;
        println!("{transactions} transactions of the pool, and alerts as they change.");
        println!(
            "An alert that fires goes to level 1, the {first}, and {} min later to level 2, {second}.",
            wait_s / 60
        );
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
            let at_s = self.stage.now_s().await?;
            self.phases.push(PhaseFigure { at_s, phase: phase(now) });
            let line = format!("  {}  {}", clock(at_s), begins(now));
            self.bar.suspend(|| println!("{line}"));
        }
        Ok(())
    }

    /// Lets quiet minutes pass, evaluated by the keeper, until no alert is up and the pool sells
    /// policies again.
    async fn quiet_down(&mut self) -> anyhow::Result<()> {
        for _ in 0..QUIET_MINUTES_MAX {
            if self.alerts.up().next().is_none() && self.guard_allows().await? {
                return Ok(());
            }
            self.stage.idle(60).await?;
            self.watch_on().await?;
        }
        let up =
            self.alerts.up().map(|(rule, function)| format!("{} ({function})", RULE_NAMES[rule]));
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
            let became = self.alerts.follow(&change);
            self.say(&change, became, became, None);
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

    /// Looks at the alerts that fired, and acknowledges what reached the last level.
    async fn on_call(&mut self) -> anyhow::Result<()> {
        let fired: Vec<AlertChange> =
            self.alerts.fired().map(|Up { change, .. }| change.clone()).collect();
        for alert in fired {
            let level = self.level(&alert).await?;
            let at_s = self.stage.now_s().await?;
            let now = AlertChange { at_s, ..alert };
            for level in self.alerts.reached(&now, level, at_s) {
                let since_s = self.alerts.level_at_s(&now, level - 1).map(|told_s| at_s - told_s);
                let since = since_s.map_or_else(String::new, |since_s| {
                    format!(" {} min after level {}", mean(since_s.into(), 60), level - 1)
                });
                let who = LEVELS.get(level - 1).map_or("unknown", |(_, who)| who);
                let shown = format!("Level {level} ({who}){since}");
                self.say(&now, &format!("Escalated to level {level}"), &shown, None);
                if level == LEVELS.len() {
                    self.acknowledge(&now).await?;
                }
            }
        }
        Ok(())
    }

    /// The level that an alert has reached.
    async fn level(&self, alert: &AlertChange) -> anyhow::Result<usize> {
        let target =
            self.watch.target(alert.rule, &alert.function).context("an alert of no rule")?;
        let alerting = &self.setup.suite.alerting;
        let view = self.stage.invoker.view(alerting, "alert", args![target]?).await?;
        let state: Vec<u8> = view.value::<lumenscope_invoke::Record>()?.get("state")?;
        let state = <[u8; STATE_BYTES]>::try_from(state.as_slice());
        let state = decode(&state.ok().context("an alert's state of another length")?)?;
        Ok(state.level.into())
    }

    async fn acknowledge(&mut self, alert: &AlertChange) -> anyhow::Result<()> {
        let target =
            self.watch.target(alert.rule, &alert.function).context("an alert of no rule")?;
        let (admin, alerting) = (&self.cast.admin, &self.setup.suite.alerting);
        let until_s = alert.at_s + ACKNOWLEDGED_S;
        let args = args![admin.address(), target, alert.episode, until_s]?;
        let outcome = self.stage.invoker.invoke(admin, alerting, "acknowledge", args).await;
        outcome.and_then(Outcome::require_success).context("acknowledging an alert")?;
        let by = Some(admin.address().to_string());
        self.say(alert, "Acknowledged", "Acknowledged by the admin", by);
        Ok(())
    }

    fn say(&mut self, change: &AlertChange, became: &str, shown: &str, by: Option<String>) {
        let rule = RULE_NAMES[change.rule];
        let line = format!(
            "  {}  {:<11}  {:<19}  {shown}, episode {}",
            clock(change.at_s),
            change.function,
            rule,
            change.episode
        );
        self.bar.suspend(|| println!("{line}"));
        self.changes.push(AlertFigure {
            at_s: change.at_s,
            rule: rule.to_owned(),
            function: change.function.clone(),
            episode: change.episode,
            change: became.to_owned(),
            by,
        });
    }

    async fn finish(self, demo: &Demo) -> anyhow::Result<Figures> {
        let figures = self.figures().await?;
        show::functions(&figures);
        show::board(&figures.dashboard);
        show::monitoring(&figures);
        std::fs::write(&demo.out, serde_json::to_string_pretty(&figures)? + "\n")
            .with_context(|| format!("writing {}", demo.out.display()))?;
        println!("\nEvery figure, for machines: {}", demo.out.display());
        if let Some(out) = &demo.ledgers_out {
            crate::dump::ledgers(self.stage, self.from_ledger, figures.to_ledger, out).await?;
            println!("The ledgers they come from: {}", out.display());
        }
        println!("The ledger ends here. One that stays: lumenscope localnet");
        Ok(figures)
    }

    async fn figures(&self) -> anyhow::Result<Figures> {
        let to_ledger = self.stage.sequence().await?;
        let to_s = self.stage.now_s().await? + 1;
        let (functions, total) = Figures::functions(&self.watch.summary());
        let from_s = START_S / 3_600 * 3_600;
        let dashboard = board::render(self.stage, self.setup, from_s, to_s).await?;
        let sdk = control::sdk_stroops_per_call(self.stage, self.cast, self.setup).await?;
        let sdk_stroops: i128 = functions
            .iter()
            .filter_map(|(name, of)| Some((i128::from(*sdk.get(name)?), of)))
            .map(|(each, of)| each * i128::from(of.calls - of.failed))
            .sum();
        let error_names = total
            .errors
            .keys()
            .filter_map(|code| self.setup.error_names.get(code).map(|name| (*code, name.clone())));
        let deployment = &self.setup.deployment;
        Ok(Figures {
            schema: SCHEMA,
            network_passphrase: deployment.network_passphrase.clone(),
            pool: self.setup.pool.to_string(),
            deployment: DeploymentFigures {
                transactions: deployment.transactions,
                fee_stroops: deployment.fee_stroops,
            },
            from_ledger: self.from_ledger,
            to_ledger,
            phases: self.phases.clone(),
            error_names: error_names.collect(),
            alerts: self.changes.clone(),
            dashboard,
            monitoring: self.monitoring(sdk, sdk_stroops, &total),
            functions,
            total,
        })
    }

    fn monitoring(
        &self,
        sdk_stroops_per_call: BTreeMap<String, i64>,
        sdk_stroops: i128,
        total: &FunctionFigures,
    ) -> MonitoringFigures {
        let (bill, sent) = (self.watch.bill(), self.watch.sent);
        let each = |stroops: i128| mean(stroops, total.calls.into());
        let of_keeper = each((bill.fee_stroops - bill.rent_stroops).into());
        let of_sdk = each(sdk_stroops);
        MonitoringFigures {
            keeper: self.cast.keeper.address().to_string(),
            reported: self.watch.reported,
            keeper_transactions: bill.transactions,
            keeper_reports: sent.reports,
            keeper_flushes: sent.flushes,
            keeper_compactions: sent.compactions,
            keeper_evaluations: sent.evaluations,
            keeper_fee_stroops: bill.fee_stroops,
            keeper_rent_stroops: bill.rent_stroops,
            keeper_stroops_per_transaction: of_keeper,
            sdk_stroops_per_call,
            sdk_calls: total.calls - total.failed,
            sdk_stroops,
            sdk_stroops_per_transaction: of_sdk,
            stroops_per_transaction: of_keeper + of_sdk,
        }
    }
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
