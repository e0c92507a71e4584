//! `lumenscope deploy`: the five contracts on a network, linked.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use lumenscope_deploy::{Deployment, Options, Progress, deploy};
use lumenscope_invoke::{Account, Invoker, Keypair};

/// Deploys the five contracts and links them; what is there already is found and left alone.
#[derive(Args, Clone, Debug)]
pub struct DeployArgs {
    /// Stellar RPC endpoint.
    #[arg(long, env = "LUMENSCOPE_RPC_URL", default_value = "http://127.0.0.1:8000")]
    pub rpc: String,
    /// File with the secret key (S...) of who pays and becomes the admin. A file that is not
    /// there is written with a new key, which friendbot funds where the network has one.
    #[arg(long, value_name = "FILE", env = "LUMENSCOPE_SECRET_KEY_FILE")]
    pub key_file: PathBuf,
    /// Sets apart several suites of one admin.
    #[arg(long, default_value = "")]
    pub label: String,
    /// Seconds that upgrades wait. The public network takes no less than a day.
    #[arg(long, default_value_t = 86_400)]
    pub upgrade_delay_s: u64,
    /// Folder with the contracts' wasm, as `cargo xtask contracts` writes it.
    #[arg(long, value_name = "FOLDER")]
    pub wasm: PathBuf,
    /// Where to write what was deployed.
    #[arg(long, value_name = "FILE", default_value = "deployment.json")]
    pub out: PathBuf,
}

/// Deploys, and writes the deployment's file.
///
/// # Errors
/// What could not be done, and what to do about it.
pub async fn run(args: DeployArgs) -> anyhow::Result<()> {
    let invoker = Invoker::connect(&args.rpc).await.context("asking the node for its network")?;
    let account = Account::new(key(&args.key_file)?);
    invoker.fund(&account.address()).await.context("funding the admin's account")?;
    eprintln!("admin {} on {:?}", account.address(), invoker.network().passphrase());
    let options = Options { label: args.label, upgrade_delay_s: args.upgrade_delay_s };
    let wasm = |contract: &str| {
        let file = args.wasm.join(format!("{contract}.wasm"));
        std::fs::read(&file).map_err(|error| {
            format!(
                "cannot read {}: {error}; build it with `cargo xtask contracts`",
                file.display()
            )
        })
    };
    let deployment = deploy(&invoker, &account, &options, wasm, |step| show(&step)).await?;
    write(&args.out, &deployment)?;
    eprintln!(
        "{} transactions, {} stroops; written to {}",
        deployment.transactions,
        deployment.fee_stroops,
        args.out.display()
    );
    Ok(())
}

fn show(step: &Progress) {
    let cost = |fee: &Option<i64>| match fee {
        Some(fee_stroops) => format!("{fee_stroops} stroops"),
        None => "was there".to_owned(),
    };
    match step {
        Progress::Code { contract, bytes, fee_stroops } => {
            eprintln!("  {contract:<20} code, {bytes} bytes: {}", cost(fee_stroops));
        }
        Progress::Contract { contract, address, fee_stroops } => {
            eprintln!("  {contract:<20} {address}: {}", cost(fee_stroops));
        }
        Progress::Link { contract, fee_stroops } => {
            eprintln!("  {contract:<20} linked: {}", cost(fee_stroops));
        }
    }
}

/// The key in the file; a new one where there is no file.
fn key(file: &Path) -> anyhow::Result<Keypair> {
    match std::fs::read_to_string(file) {
        Ok(secret) => Keypair::from_secret(&secret)
            .with_context(|| format!("{} holds no secret key", file.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let keypair = Keypair::generate()?;
            write_secret(file, &keypair.secret())?;
            eprintln!("wrote a new secret key to {}", file.display());
            Ok(keypair)
        }
        Err(error) => Err(error).with_context(|| format!("cannot read {}", file.display())),
    }
}

/// Readable by its owner alone, and never over an existing file.
fn write_secret(file: &Path, secret: &str) -> anyhow::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;

    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    }
    let mut options = std::fs::OpenOptions::new();
    let opened = options.write(true).create_new(true).mode(0o600).open(file);
    let mut opened = opened.with_context(|| format!("cannot write {}", file.display()))?;
    writeln!(opened, "{secret}").with_context(|| format!("cannot write {}", file.display()))
}

fn write(file: &Path, deployment: &Deployment) -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(deployment)?;
    std::fs::write(file, text + "\n").with_context(|| format!("cannot write {}", file.display()))
}
