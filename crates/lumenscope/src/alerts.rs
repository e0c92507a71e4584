//! `lumenscope alerts`: what is up, and who would be told of it now.

mod composed;
mod members;
mod past;
mod play;
mod read;
mod table;
mod view;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use lumenscope_deploy::Deployment;
use lumenscope_invoke::Invoker;
use lumenscope_meta::Address;
use lumenscope_notify::{Config, Member};
use lumenscope_rules::Severity;

use crate::exit::Usage;
use crate::output;
use crate::suite::{SuiteArgs, is_address, monitored};
use crate::times::{self, When};
use crate::words;
use composed::Composed;
use members::Members;
use read::Suite;
use view::View;

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
    suite: SuiteArgs,
    /// Who is told of what, as docs/guides/notifications.md says.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Decides as if it were then: a date, unix seconds, or 36h or 7d ago; otherwise when the latest
    /// ledger closed. States are those of now.
    #[arg(long, value_name = "TIME", value_parser = times::time)]
    at: Option<When>,
    /// Leaves out what is less urgent: info, low, medium, high or critical.
    #[arg(long, value_name = "SEVERITY", default_value = "info", value_parser = words::severity,
          hide_default_value = true)]
    severity: Severity,
    /// JSON instead of a table.
    #[arg(long)]
    json: bool,
}

/// Lists the alerts.
///
/// # Errors
/// When a file is not what it should be, the node does not answer, or nobody watches a contract.
pub async fn run(args: AlertsArgs) -> anyhow::Result<()> {
    // What can be wrong on this machine is found before the node is asked.
    let deployment = args.suite.deployment()?;
    let config = args.config.as_deref().map(config).transpose()?;
    let invoker = args.suite.connect(&deployment).await?;
    let ledger_s = args.suite.latest_close_s(&invoker).await?;
    let now_s = args.at.map_or(ledger_s, |at| at.at_s(ledger_s));
    let mut suite = Suite::new(&invoker, &deployment)?;
    let mut up = Vec::new();
    for contract in &args.contracts {
        up.extend(suite.up(contract).await.map_err(|error| args.suite.node.asked(error))?);
    }
    let composed = match &config {
        Some(config) => composites(&invoker, &deployment, config, &args.contracts, ledger_s)
            .await
            .map_err(|error| args.suite.node.asked(error))?,
        None => Vec::new(),
    };
    let passphrase = invoker.network().passphrase();
    let at = (now_s, args.at.is_some());
    let mut view = View::new(passphrase, at, &args.contracts, up, composed, config.as_ref());
    // What is left out may still explain what is not.
    view.leave_out_below(args.severity);
    if args.json {
        output::json(&view)?;
    } else {
        output::print(&table::render(&view))?;
    }
    args.suite.require_watched(&invoker, &deployment, &args.contracts).await
}

/// The composites that read alerts of the contracts.
async fn composites(
    invoker: &Invoker,
    deployment: &Deployment,
    config: &Config,
    contracts: &[Address],
    ledger_s: u64,
) -> anyhow::Result<Vec<Composed>> {
    let is_asked = |contract: &str| contracts.iter().any(|asked| asked.as_str() == contract);
    let concerned = config.owners().iter().filter_map(|of| {
        let places = composed::concerned(of.composites(), is_asked);
        (!places.is_empty()).then_some((of, places))
    });
    let concerned: Vec<_> = concerned.collect();
    if concerned.is_empty() {
        return Ok(Vec::new());
    }
    let mut members = Members::new(invoker, deployment, ledger_s).await?;
    let mut all = Vec::new();
    for (of, places) in concerned {
        let needed = composed::members(of.composites(), &places);
        let candidates = members.candidates(of, &needed).await?;
        all.extend(composed::composed(of, &places, &candidates, members.span())?);
    }
    Ok(all)
}

fn config(file: &Path) -> anyhow::Result<Config> {
    let text =
        std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let config =
        Config::parse(&text).map_err(|fault| Usage(format!("{}: {fault}", file.display())))?;
    // A mistyped address would be an owner, or a contract, without alerts, and nobody would notice.
    let checked = |path: String, address: &str| {
        if is_address(address) {
            return Ok(());
        }
        let expected = "expected the address of an account or a contract";
        Err(Usage(format!("{}: {path}: {expected}, came {address:?}", file.display())))
    };
    for (place, owner) in config.owners().iter().enumerate() {
        checked(format!("owner[{place}].address"), owner.owner().as_str())?;
        for (at, composite) in owner.composites().as_slice().iter().enumerate() {
            for (member, of) in composite.members.iter().enumerate() {
                if let Member::Alerts { contract, .. } = of {
                    let path = format!("owner[{place}].composite[{at}].members[{member}].contract");
                    checked(path, contract)?;
                }
            }
        }
    }
    Ok(config)
}
