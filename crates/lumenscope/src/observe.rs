//! `lumenscope observe`: a range of ledgers, every call accounted for.

mod report;

pub use report::ErrorNames;

use std::sync::Arc;

use anyhow::bail;
use clap::Args;
use lumenscope_meta::{Address, ContractSpec};
use lumenscope_observer::{
    ContractReader, Epoch, FunctionNames, MemoryStore, Observer, Row, Source, Step, Store as _,
    Subject, WatchList,
};
use lumenscope_rpc::Client;

use crate::exit::{Incomplete, Usage};
use crate::node::{self, NodeArgs};
use crate::output;

/// Measures every call in a range of ledgers, and adds it up by function.
///
/// Cost belongs to the root call of a transaction: the sum over functions is the sum over
/// transactions, to the stroop. A sub-call is counted, and its cost is not measurable. Ledgers
/// that could not be had or decoded are named, and the exit status is 3 then.
#[derive(Args, Clone, Debug)]
pub struct ObserveArgs {
    #[command(flatten)]
    node: NodeArgs,
    /// Contract to observe; may be given several times. All of the network without it.
    #[arg(long = "contract", value_name = "CONTRACT", value_parser = node::contract)]
    contracts: Vec<Address>,
    /// First ledger; the oldest that the node serves without it.
    #[arg(long, value_name = "LEDGER")]
    from: Option<u32>,
    /// Last ledger; the newest that the node serves without it.
    #[arg(long, value_name = "LEDGER")]
    to: Option<u32>,
    /// One JSON document: epoch, coverage, every call, the sums. Integers above 2^53 are text.
    #[arg(long)]
    json: bool,
}

/// What was found out.
pub struct Observation {
    /// The chain of ledgers; `None` when there was no ledger.
    pub epoch: Option<Epoch>,
    /// How ledgers were obtained.
    pub source: Source,
    /// First ledger asked for.
    pub from: u32,
    /// Last ledger asked for.
    pub to: u32,
    /// Every call, in order.
    pub rows: Vec<Row>,
    /// What is known about which ledgers.
    pub coverage: Vec<(Subject, lumenscope_observer::Coverage)>,
    /// Names of functions and errors, where the contracts say.
    pub specs: Vec<(Address, ContractSpec)>,
}

/// Observes the range and prints what was found.
///
/// # Errors
/// When the node does not answer, or something in the range is not known ([`Incomplete`]).
pub async fn run(args: ObserveArgs) -> anyhow::Result<()> {
    let observation = observe(&args).await?;
    if args.json {
        output::json(&report::document(&observation))?;
    } else {
        output::print(&report::tables(&observation))?;
    }
    match report::holes(&observation) {
        None => Ok(()),
        Some(holes) => Err(Incomplete(holes).into()),
    }
}

async fn observe(args: &ObserveArgs) -> anyhow::Result<Observation> {
    if let (Some(from), Some(to)) = (args.from, args.to)
        && from > to
    {
        return Err(
            Usage(format!("expected --from to be at most --to, got {from} and {to}")).into()
        );
    }
    let client = args.node.client()?;
    let (oldest, latest) = node::served(&args.node, &client).await?;
    let from = args.from.unwrap_or(oldest);
    let to = args.to.unwrap_or(latest);
    if from > to {
        bail!(
            "expected a range of ledgers, got {from} to {to}: the node serves {oldest} to {latest}"
        );
    }
    if to > latest {
        bail!("ledger {to} is not closed yet: the node's newest is {latest}");
    }
    let watch = if args.contracts.is_empty() {
        WatchList::network()
    } else {
        WatchList::contracts(args.contracts.iter().cloned())?
    };
    let specs = specs(&client, &args.contracts).await.map_err(|error| args.node.asked(error))?;
    let mut names = FunctionNames::default();
    for (contract, spec) in &specs {
        names.set_spec(contract.clone(), spec.functions.clone());
    }
    let subjects = watch.subjects();
    let store = Arc::new(MemoryStore::default());
    let mut observer = Observer::open(client, store.clone(), watch, names, from, false)
        .await
        .map_err(|error| args.node.asked(error))?;
    while observer.next() <= to {
        let step = observer.step(to).await.map_err(|error| args.node.asked(error))?;
        if let Step::AtTip { latest } = step
            && observer.next() <= to
        {
            bail!("the node's newest ledger went back from {to} to {latest}");
        }
    }
    let mut coverage = Vec::new();
    for subject in subjects {
        let known = store.coverage(&subject).await?;
        coverage.push((subject, known));
    }
    Ok(Observation {
        epoch: store.epoch().await?,
        source: observer.mode(),
        from,
        to,
        rows: store.rows(from, to, None).await?,
        coverage,
        specs,
    })
}

/// The specs of contracts that have one.
async fn specs(
    client: &Client,
    contracts: &[Address],
) -> anyhow::Result<Vec<(Address, ContractSpec)>> {
    let reader = ContractReader::new(client);
    let mut specs = Vec::new();
    for contract in contracts {
        match reader.facts(contract).await? {
            Some(facts) => specs.extend(facts.spec.map(|spec| (contract.clone(), spec))),
            None => tracing::warn!(%contract, "there is no such contract at the moment"),
        }
    }
    Ok(specs)
}
