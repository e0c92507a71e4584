//! `lumenscope episodes`: what alerts did, and how often, how long and how fast somebody reacted.

mod read;
mod summary;
mod table;

use clap::Args;
use lumenscope_meta::Address;
use serde::Serialize;

use crate::output;
use crate::suite::{SuiteArgs, find, monitored};
use crate::times::{self, When};
use read::Told;
use summary::Summary;

/// Version of the document: raised when a field changes its meaning.
const DOCUMENT_VERSION: u32 = 1;

/// Lists what alerts of contracts did, as alerting told it on the ledger, and sums up each alert's
/// episodes. It goes back as far as the node keeps events, which is a week on most.
#[derive(Args, Clone, Debug)]
pub struct EpisodesArgs {
    /// Contract whose alerts are asked for, or the account that stands for one; may be given several
    /// times.
    #[arg(long = "contract", value_name = "CONTRACT", required = true,
          value_parser = monitored)]
    contracts: Vec<Address>,
    #[command(flatten)]
    suite: SuiteArgs,
    /// From when on: a date, unix seconds, or 36h or 7d ago.
    #[arg(long, value_name = "TIME", default_value = "7d", value_parser = times::time)]
    since: When,
    /// JSON instead of tables.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    network: &'a str,
    since_s: u64,
    /// The oldest ledger that the node gave events of.
    oldest_ledger: u32,
    transitions: &'a [Told],
    alerts: &'a [Summary],
}

/// Lists them.
///
/// # Errors
/// When a file is not what it should be, the node does not answer, or nobody watches a contract.
pub async fn run(args: EpisodesArgs) -> anyhow::Result<()> {
    let deployment = args.suite.deployment()?;
    let invoker = args.suite.connect(&deployment).await?;
    let now_s = args.suite.latest_close_s(&invoker).await?;
    let since_s = args.since.at_s(now_s);
    let alerting = find(&deployment, "alerting")?;
    let read = read::told(&invoker, &alerting, &args.contracts, since_s).await;
    let (oldest_ledger, transitions) = read.map_err(|error| args.suite.node.asked(error))?;
    let alerts = summary::of(&transitions, now_s);
    if args.json {
        let network = invoker.network().passphrase();
        let (transitions, alerts) = (&transitions[..], &alerts[..]);
        let version = DOCUMENT_VERSION;
        let document = Document { version, network, since_s, oldest_ledger, transitions, alerts };
        output::json(&document)?;
    } else {
        output::print(&table::render(&transitions, &alerts, now_s))?;
    }
    args.suite.require_watched(&invoker, &deployment, &args.contracts).await
}
