//! `lumenscope alerts`: what is up, and who would be told of it now.

mod read;
mod table;
mod view;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use lumenscope_deploy::Deployment;
use lumenscope_invoke::Invoker;
use lumenscope_meta::Address;
use lumenscope_notify::Config;
use lumenscope_rpc::{Clock as _, SystemClock};
use stellar_strkey::Strkey;

use crate::exit::Usage;
use crate::node::{self, NodeArgs};
use crate::output;
use read::Suite;
use view::View;

/// Milliseconds in a second.
const SECOND_MS: u64 = 1_000;

/// Lists the alerts of contracts that are up, and with a configuration what would become of a
/// message about each now: who is told, or what withholds it and until when.
///
/// Alerts explain each other (inhibition) among the contracts that are asked about.
#[derive(Args, Clone, Debug)]
pub struct AlertsArgs {
    /// Contract whose alerts are asked for, or the account that stands for one; may be given several
    /// times.
    #[arg(long = "contract", value_name = "CONTRACT", required = true,
          value_parser = monitored)]
    contracts: Vec<Address>,
    #[command(flatten)]
    node: NodeArgs,
    /// What was deployed, as `lumenscope deploy` writes it.
    #[arg(
        long,
        value_name = "FILE",
        env = "LUMENSCOPE_DEPLOYMENT",
        default_value = "deployment.json"
    )]
    deployment: PathBuf,
    /// Who is told of what, as docs/guides/notifications.md says.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Decides as if it were then, unix seconds; otherwise when the latest ledger closed. States
    /// are those of now.
    #[arg(long, value_name = "SECONDS")]
    at: Option<u64>,
    /// JSON instead of a table.
    #[arg(long)]
    json: bool,
}

/// Lists the alerts.
///
/// # Errors
/// When a file is not what it should be, or the node does not answer.
pub async fn run(args: AlertsArgs) -> anyhow::Result<()> {
    // What can be wrong on this machine is found before the node is asked.
    let deployment = deployment(&args.deployment)?;
    let config = args.config.as_deref().map(config).transpose()?;
    let invoker = Invoker::connect(&args.node.rpc).await.map_err(|error| args.node.asked(error))?;
    let passphrase = invoker.network().passphrase();
    if passphrase != deployment.network_passphrase {
        return Err(Usage(format!(
            "expected a node of the network {:?}, which {} is of; {} is of {passphrase:?}",
            deployment.network_passphrase,
            args.deployment.display(),
            args.node.rpc,
        ))
        .into());
    }
    let now_s = match args.at {
        Some(at_s) => at_s,
        None => latest_close_s(&args, &invoker).await?,
    };
    let mut suite = Suite::new(&invoker, &deployment)?;
    let mut up = Vec::new();
    for contract in &args.contracts {
        up.extend(suite.up(contract).await.map_err(|error| args.node.asked(error))?);
    }
    let view =
        View::new(passphrase, (now_s, args.at.is_some()), &args.contracts, up, config.as_ref());
    if args.json {
        return output::print(&format!("{}\n", serde_json::to_string_pretty(&view)?));
    }
    output::print(&table::render(&view))
}

fn deployment(file: &Path) -> anyhow::Result<Deployment> {
    let text = std::fs::read_to_string(file).with_context(|| {
        format!(
            "cannot read {}: `lumenscope deploy` and scripts/deploy.sh write what they deployed; \
             name the file with --deployment",
            file.display()
        )
    })?;
    serde_json::from_str(&text).with_context(|| format!("{} holds no deployment", file.display()))
}

fn config(file: &Path) -> anyhow::Result<Config> {
    let text =
        std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let config =
        Config::parse(&text).map_err(|fault| Usage(format!("{}: {fault}", file.display())))?;
    for (place, owner) in config.owners().iter().enumerate() {
        // A mistyped address would be an owner without alerts, and nobody would notice.
        let address = owner.owner().as_str();
        if !is_address(address) {
            return Err(Usage(format!(
                "{}: owner[{place}].address: expected the address of an account or a contract, \
                 came {address:?}",
                file.display()
            ))
            .into());
        }
    }
    Ok(config)
}

/// Reads a monitored contract from the command line: suites can watch an account's figures too.
fn monitored(text: &str) -> Result<Address, String> {
    match Strkey::from_string(text) {
        Ok(Strkey::PublicKeyEd25519(key)) => Ok(Address::from_account_key(key.0)),
        _ => node::contract(text),
    }
}

fn is_address(text: &str) -> bool {
    matches!(Strkey::from_string(text), Ok(Strkey::PublicKeyEd25519(_) | Strkey::Contract(_)))
}

/// When the latest ledger closed; by this machine's clock where the node does not say.
async fn latest_close_s(args: &AlertsArgs, invoker: &Invoker) -> anyhow::Result<u64> {
    let latest = invoker.client().latest_ledger().await.map_err(|error| args.node.asked(error))?;
    Ok(latest.close_time.unwrap_or_else(|| SystemClock.now_ms() / SECOND_MS))
}
