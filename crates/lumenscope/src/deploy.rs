//! `lumenscope deploy`: the five contracts on a network, linked.

mod file;
pub mod key;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use lumenscope_deploy::{
    CONTRACTS, DeployError, Options, Progress, UPGRADE_DELAY_DEFAULT_S, deploy,
};
use lumenscope_invoke::Account;

use crate::exit::Usage;
use crate::node::NodeArgs;
use crate::units::{counted, grouped, stroops};

/// Deploys the five contracts and links them; what is there already is found and left alone.
#[derive(Args, Clone, Debug)]
pub struct DeployArgs {
    #[command(flatten)]
    node: NodeArgs,
    /// File with the secret key (S...) of who pays and becomes the admin. A file that is not
    /// there is written with a new key, which friendbot funds where the network has one.
    #[arg(long, value_name = "FILE", env = "LUMENSCOPE_SECRET_KEY_FILE")]
    key_file: PathBuf,
    /// Sets apart several suites of one admin.
    #[arg(long, default_value = "")]
    label: String,
    /// Seconds that upgrades wait, at most thirty days, and a day at least on the public network;
    /// otherwise three days, which span a weekend. A contract that is there already keeps its own.
    #[arg(long, value_name = "SECONDS")]
    upgrade_delay_s: Option<u64>,
    /// Folder with the contracts' wasm, as `cargo xtask contracts` writes it.
    #[arg(long, value_name = "FOLDER")]
    wasm: PathBuf,
    /// Where to write what was deployed. What the suite cost before stays in it.
    #[arg(long, value_name = "FILE", default_value = "deployment.json")]
    out: PathBuf,
    /// Do not name the file that was written: for programs that read it and take it away.
    #[arg(long, hide = true)]
    out_unnamed: bool,
}

/// Deploys, and writes the deployment's file.
///
/// # Errors
/// What could not be done, and what to do about it.
pub async fn run(args: DeployArgs) -> anyhow::Result<()> {
    // What can be wrong on this machine is found before a key is made or the node is asked.
    let codes = codes(&args.wasm)?;
    let before = file::read(&args.out)?;
    file::require_writable(&args.out)?;
    let invoker = args.node.invoker().await?;
    let account = Account::new(key::read_or_make(&args.key_file)?);
    if let Some(before) = &before {
        file::require_same_suite(&args.out, before, &invoker, &account, &args.label)?;
    }
    invoker.fund(&account.address()).await.context("funding the admin's account")?;
    eprintln!("admin {}\non {:?}", account.address(), invoker.network().passphrase());
    let upgrade_delay_s = args.upgrade_delay_s.unwrap_or(UPGRADE_DELAY_DEFAULT_S);
    let options = Options { label: args.label, upgrade_delay_s };
    let wasm = |contract: &str| {
        codes.get(contract).cloned().ok_or_else(|| format!("{contract} was not read"))
    };
    let mut created = 0;
    let progress = |step: Progress| {
        created += usize::from(matches!(step, Progress::Contract { fee_stroops: Some(_), .. }));
        show(&step);
    };
    let deployment = deploy(&invoker, &account, &options, wasm, progress).await;
    let deployment = deployment.map_err(|error| match error {
        DeployError::UpgradeDelay { .. } => Usage(format!("--upgrade-delay-s: {error}")).into(),
        error => anyhow::Error::new(error),
    })?;
    if args.upgrade_delay_s.is_some() && created < CONTRACTS.len() {
        eprintln!("note: how long upgrades wait stays as it is where a contract was there");
    }
    let sent = counted(deployment.transactions.into(), "transaction", "transactions");
    eprintln!("{sent}, {}", stroops(deployment.fee_stroops.into()));
    file::write(&args.out, &file::with_costs_before(deployment, before.as_ref(), created))?;
    if !args.out_unnamed {
        eprintln!("written to {}", args.out.display());
    }
    Ok(())
}

/// The contracts' code by package name.
fn codes(folder: &Path) -> anyhow::Result<BTreeMap<&'static str, Vec<u8>>> {
    let read = |contract: &'static str| {
        let file = folder.join(format!("{contract}.wasm"));
        let code = std::fs::read(&file).with_context(|| {
            format!("cannot read {}: build it with `cargo xtask contracts`", file.display())
        })?;
        Ok((contract, code))
    };
    CONTRACTS.into_iter().map(read).collect()
}

fn show(step: &Progress) {
    let cost = |fee: &Option<i64>| match fee {
        Some(fee_stroops) => stroops((*fee_stroops).into()),
        None => "was there".to_owned(),
    };
    match step {
        Progress::Code { contract, bytes, fee_stroops } => {
            let bytes = grouped(i128::try_from(*bytes).unwrap_or(i128::MAX));
            eprintln!("  {contract:<20} code, {bytes} bytes: {}", cost(fee_stroops));
        }
        Progress::Contract { contract, address, fee_stroops } => {
            eprintln!("  {contract:<20} {address}\n  {:<20} created: {}", "", cost(fee_stroops));
        }
        Progress::OtherCode { contract, running } => {
            eprintln!(
                "  {contract:<20} runs other code than the file, {running}: it is left as it is, since \
                 upgrades are proposed and wait"
            );
        }
        Progress::Link { contract, fee_stroops } => {
            eprintln!("  {contract:<20} linked: {}", cost(fee_stroops));
        }
    }
}
