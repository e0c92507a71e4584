//! What watches the pool: an observer that reads ledgers, and a keeper that acts on them.

use std::collections::BTreeMap;

use lumenscope_keeper::report::Execution;
use lumenscope_keeper::{Bill, Evaluated, Keeper, RuleTarget, Stream};
use lumenscope_observer::{FunctionNames, MemoryStore, Observer, Row, Step, Summary, WatchList};
use lumenscope_rpc::Client;

use crate::cast::Cast;
use crate::setup::Setup;
use crate::stage::Stage;

/// Seconds in a minute, the slot that rules are evaluated in.
const MINUTE_S: u64 = 60;
/// Seconds in an hour.
const HOUR_S: u64 = 3_600;

/// How often the keeper sent what.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Sent {
    /// What calls cost.
    pub reports: u32,
    /// Closed hours to history.
    pub flushes: u32,
    /// Days made of hours.
    pub compactions: u32,
    /// Rules evaluated, where something changed.
    pub evaluations: u32,
}

/// An alert changed its state.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AlertChange {
    /// When, unix seconds.
    pub at_s: u64,
    /// Index of the rule.
    pub rule: usize,
    /// The function.
    pub function: String,
    /// Number of alerting's `AlertCondition`.
    pub condition: u32,
    /// The episode.
    pub episode: u32,
}

/// Observer and keeper at work.
pub struct Watch<'a> {
    stage: &'a Stage,
    setup: &'a Setup,
    observer: Observer<Client, MemoryStore>,
    keeper: Keeper<'a, lumenscope_rpc::Http, lumenscope_rpc::SystemClock>,
    targets: Vec<RuleTarget>,
    conditions: BTreeMap<usize, (u32, u32)>,
    evaluated_slot: u64,
    /// Every row observed, for the figures.
    pub rows: Vec<Row>,
    /// Observed since the last report.
    unreported: Vec<Execution>,
    /// Executions reported on the ledger.
    pub reported: u32,
    /// What the keeper's transactions were.
    pub sent: Sent,
}

impl<'a> Watch<'a> {
    /// Watches the pool from the next ledger on.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn begin(stage: &'a Stage, cast: &'a Cast, setup: &'a Setup) -> anyhow::Result<Self> {
        let client = Client::new(&stage.rpc_url)?;
        let list = WatchList::contracts([setup.pool.clone()])?;
        let from = stage.sequence().await? + 1;
        let names = FunctionNames::default();
        let observer =
            Observer::open(client, MemoryStore::default(), list, names, from, false).await?;
        Ok(Self {
            stage,
            setup,
            observer,
            keeper: Keeper::new(&stage.invoker, &cast.keeper, &setup.suite),
            targets: setup.targets(),
            conditions: BTreeMap::new(),
            evaluated_slot: 0,
            rows: Vec::new(),
            unreported: Vec::new(),
            reported: 0,
            sent: Sent::default(),
        })
    }

    /// Reads new ledgers. Once a minute reports what calls cost, and evaluates the minutes that have
    /// closed.
    /// Returns what changed.
    ///
    /// # Errors
    /// When the ledger cannot be read or written.
    pub async fn tick(&mut self) -> anyhow::Result<Vec<AlertChange>> {
        let new = self.observe().await?;
        self.unreported.extend(new.iter().filter_map(Execution::of));
        let now_s = self.stage.now_s().await?;
        let slot = now_s / MINUTE_S;
        if slot == self.evaluated_slot {
            return Ok(Vec::new());
        }
        self.report().await?;
        self.evaluated_slot = slot;
        let alerting = &self.setup.suite.alerting;
        let closed: u32 =
            self.stage.invoker.view(alerting, "closed_slot", Vec::new()).await?.value()?;
        let before = self.keeper.bill.transactions;
        let evaluated = self.keeper.evaluate(&self.targets, closed).await?;
        self.sent.evaluations += self.keeper.bill.transactions - before;
        // Evaluating closed ledgers: what changed, changed by now.
        let now_s = self.stage.now_s().await?;
        Ok(self.changes(&evaluated, now_s))
    }

    async fn observe(&mut self) -> anyhow::Result<Vec<Row>> {
        let mut new = Vec::new();
        while let Step::Observed { rows, .. } = self.observer.step(u32::MAX).await? {
            new.extend(rows);
        }
        self.rows.extend(new.iter().cloned());
        Ok(new)
    }

    /// Once a minute: one transaction for all that the minute brought.
    async fn report(&mut self) -> anyhow::Result<()> {
        let executions = std::mem::take(&mut self.unreported);
        if !executions.is_empty() {
            let before = self.keeper.bill.transactions;
            self.reported += self.keeper.report(&self.setup.pool, &executions).await?;
            self.sent.reports += self.keeper.bill.transactions - before;
        }
        Ok(())
    }

    fn changes(&mut self, evaluated: &[Evaluated], at_s: u64) -> Vec<AlertChange> {
        let streams = self.setup.executions.len();
        let mut changes = Vec::new();
        for alert in evaluated {
            let now = (alert.condition, alert.episode);
            if self.conditions.insert(alert.target, now).unwrap_or((0, 0)) != now {
                changes.push(AlertChange {
                    at_s,
                    rule: alert.target / streams,
                    function: self.targets[alert.target].stream.function.clone(),
                    condition: alert.condition,
                    episode: alert.episode,
                });
            }
        }
        changes
    }

    /// The target of an alert.
    pub fn target(&self, rule: usize, function: &str) -> Option<&RuleTarget> {
        let of_rule = |target: &&RuleTarget| target.rule == self.setup.rules[rule];
        self.targets.iter().filter(of_rule).find(|target| target.stream.function == function)
    }

    /// Reports what is not reported yet, and moves the hours that have closed to history.
    ///
    /// # Errors
    /// When a transaction fails.
    pub async fn flush(&mut self) -> anyhow::Result<()> {
        self.report().await?;
        let hour = u32::try_from(self.stage.now_s().await? / HOUR_S)?;
        let streams: Vec<Stream> =
            self.setup.executions.iter().chain(&self.setup.own).cloned().collect();
        // The hour that ended last closes a few minutes later, for reports that are on their way.
        let before = self.keeper.bill.transactions;
        self.keeper.flush(&streams, hour.saturating_sub(1)).await?;
        let flushed = self.keeper.bill.transactions;
        self.keeper.compact(&streams).await?;
        self.keeper.prune(&streams).await?;
        self.sent.flushes += flushed - before;
        self.sent.compactions += self.keeper.bill.transactions - flushed;
        Ok(())
    }

    /// What the keeper paid so far.
    pub fn bill(&self) -> Bill {
        self.keeper.bill
    }

    /// The observed calls by function.
    pub fn summary(&self) -> Summary {
        Summary::of(&self.rows)
    }
}
