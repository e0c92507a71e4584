//! `lumenscope watch`: one contract, live.

mod table;
mod view;

use std::collections::VecDeque;
use std::io::IsTerminal as _;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use clap::Args;
use lumenscope_meta::{Address, NetworkLimits};
use lumenscope_observer::{
    ContractFacts, ContractReader, FunctionNames, MemoryStore, ObserveError, Observer, Row, Step,
    Summary, WatchList, json_for_terminal,
};
use lumenscope_rpc::{Client, Clock as _, SystemClock, TipPacer};

use crate::node::{self, NodeArgs};
use crate::output;
use view::View;

/// Ledgers between two looks at the contract's time to live.
const FACTS_EVERY_LEDGERS: u32 = 12;
/// Latest calls that are shown.
const LATEST_CALLS_MAX: usize = 8;
/// Ledgers whose rows are kept; the sums need none.
const ROWS_KEPT_LEDGERS: u32 = 100;

/// Shows a contract's calls as ledgers close: errors by name, fees, the share of the network's
/// limits, and how long its instance and code live.
///
/// Nothing needs to be deployed or configured. Ctrl-C ends it.
#[derive(Args, Clone, Debug)]
pub struct WatchArgs {
    /// Contract to watch.
    #[arg(value_name = "CONTRACT", value_parser = node::contract)]
    contract: Address,
    #[command(flatten)]
    node: NodeArgs,
    /// Ledgers to look back over at the start.
    #[arg(long, value_name = "LEDGERS", default_value_t = 100,
          value_parser = clap::value_parser!(u32).range(0..=120_960))]
    back: u32,
    /// Show what the past ledgers hold, and end.
    #[arg(long)]
    once: bool,
    /// JSON instead of a table: one object a line, whenever something is new.
    #[arg(long)]
    json: bool,
}

/// Watches until Ctrl-C.
///
/// # Errors
/// When the node does not answer, or there is no such contract.
pub async fn run(args: WatchArgs) -> anyhow::Result<()> {
    let client = args.node.client()?;
    let mut watcher = Watcher::open(&args, client).await.map_err(|error| args.node.asked(error))?;
    tokio::select! {
        done = watcher.follow(&args) => done.map_err(|error| args.node.asked(error)),
        interrupted = tokio::signal::ctrl_c() => interrupted.context("waiting for Ctrl-C"),
    }
}

struct Watcher {
    client: Arc<Client>,
    observer: Observer<Arc<Client>, Arc<MemoryStore>>,
    store: Arc<MemoryStore>,
    passphrase: String,
    limits: Option<NetworkLimits>,
    facts: ContractFacts,
    from: u32,
    summary: Summary,
    latest_calls: VecDeque<Row>,
    pacer: TipPacer,
}

impl Watcher {
    async fn open(args: &WatchArgs, client: Arc<Client>) -> anyhow::Result<Self> {
        let reader = ContractReader::new(&*client);
        let Some(facts) = reader.facts(&args.contract).await? else {
            bail!("there is no contract {} on this network", args.contract);
        };
        let limits = match reader.limits().await {
            Ok(limits) => Some(limits),
            Err(error) => {
                tracing::warn!(%error, "the share of the network's limits is not shown");
                None
            }
        };
        let (oldest, latest) = node::served(&args.node, &client).await?;
        let from = latest.saturating_add(1).saturating_sub(args.back).max(oldest);
        let watch = WatchList::contracts([args.contract.clone()])?;
        let mut names = FunctionNames::default();
        if let Some(spec) = &facts.spec {
            names.set_spec(args.contract.clone(), spec.functions.clone());
        }
        let store = Arc::new(MemoryStore::default());
        let observer =
            Observer::open(client.clone(), store.clone(), watch, names, from, false).await?;
        let passphrase = client.network().await?.passphrase;
        Ok(Watcher {
            client,
            observer,
            store,
            passphrase,
            limits,
            facts,
            from,
            summary: Summary::default(),
            latest_calls: VecDeque::new(),
            pacer: TipPacer::default(),
        })
    }

    /// Catches up, shows, and goes on with each new ledger.
    async fn follow(&mut self, args: &WatchArgs) -> anyhow::Result<()> {
        let live = std::io::stdout().is_terminal() && !args.once && !args.json;
        let mut shown_through = None;
        loop {
            match self.observer.step(u32::MAX).await {
                Ok(Step::Observed { closed_at_ms, rows, through }) => {
                    self.take(rows, closed_at_ms);
                    self.store.forget_before(through.saturating_sub(ROWS_KEPT_LEDGERS));
                    continue;
                }
                Ok(Step::AtTip { .. }) => {}
                Err(ObserveError::Rpc(error)) if error.is_transient() && !args.once => {
                    // A node that restarts is waited for; whoever watches can end it.
                    tracing::warn!(%error, "the node does not answer, it is asked again");
                }
                Err(error) => return Err(error.into()),
            }
            let through = self.observer.next().saturating_sub(1);
            if shown_through != Some(through) {
                self.look_again(through).await?;
                self.show(args, live, shown_through.is_none())?;
                shown_through = Some(through);
            } else {
                self.pacer.missed();
            }
            if args.once {
                return Ok(());
            }
            let clock = SystemClock;
            clock.sleep(self.pacer.delay(clock.now_ms())).await;
        }
    }

    fn take(&mut self, rows: Vec<Row>, closed_at_ms: Option<u64>) {
        if let Some(closed_at_ms) = closed_at_ms {
            self.pacer.closed(closed_at_ms);
        }
        for row in rows {
            self.summary.add(&row);
            self.latest_calls.push_front(row);
        }
        self.latest_calls.truncate(LATEST_CALLS_MAX);
    }

    async fn look_again(&mut self, through: u32) -> anyhow::Result<()> {
        if through < self.facts.latest_ledger.saturating_add(FACTS_EVERY_LEDGERS) {
            return Ok(());
        }
        let reader = ContractReader::new(&*self.client);
        if let Some(facts) = reader.facts(&self.facts.contract).await? {
            if let Some(spec) = &facts.spec {
                let functions = spec.functions.clone();
                self.observer.names_mut().set_spec(facts.contract.clone(), functions);
            }
            self.facts = facts;
        }
        Ok(())
    }

    fn show(&self, args: &WatchArgs, live: bool, first: bool) -> anyhow::Result<()> {
        let view = View::new(view::Seen {
            passphrase: &self.passphrase,
            from: self.from,
            through: self.observer.next().saturating_sub(1),
            source: self.observer.mode(),
            facts: &self.facts,
            limits: self.limits.as_ref(),
            summary: &self.summary,
            latest_calls: self.latest_calls.iter(),
        });
        if args.json {
            return output::print(&format!(
                "{}\n",
                json_for_terminal(&serde_json::to_string(&view)?)
            ));
        }
        let screen = table::render(&view);
        match (live, first) {
            // Each screen begins at the top of a cleared terminal.
            (true, _) => output::print(&format!("\u{1b}[H\u{1b}[2J{screen}")),
            (false, true) => output::print(&screen),
            (false, false) => output::print(&format!("\n{screen}")),
        }
    }
}
