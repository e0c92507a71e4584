//! `lumenscope demo`: the whole suite alive on a private ledger.

use std::path::PathBuf;

use clap::Args;
use lumenscope_demo::{Demo, SEED_DEFAULT};

/// Plays an insurance pool's busy afternoon on a private ledger, and shows what was seen of it.
#[derive(Args, Clone, Debug)]
pub struct DemoArgs {
    /// Where to write the figures.
    #[arg(long, value_name = "FILE", default_value = "demo.json")]
    pub out: PathBuf,
    /// Where to write the ledgers that the figures come from.
    #[arg(long, value_name = "FILE")]
    pub ledgers_out: Option<PathBuf>,
    /// The script that deploys the suite.
    #[arg(long, value_name = "FILE", default_value = "scripts/deploy.sh")]
    pub deploy_script: PathBuf,
    /// Another number gives another afternoon.
    #[arg(long, default_value_t = SEED_DEFAULT)]
    pub seed: u64,
}

/// Plays the demonstration; Ctrl-C ends it and everything that it started.
///
/// # Errors
/// What went wrong, at which step.
pub async fn run(args: DemoArgs) -> anyhow::Result<()> {
    let demo = Demo {
        out: args.out,
        ledgers_out: args.ledgers_out,
        deploy_script: args.deploy_script,
        seed: args.seed,
    };
    tokio::select! {
        figures = lumenscope_demo::run(&demo) => figures.map(|_| ()),
        interrupted = tokio::signal::ctrl_c() => {
            interrupted?;
            anyhow::bail!("interrupted: nothing is left running")
        }
    }
}
