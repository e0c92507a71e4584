//! `dashboards export`: a dashboard of the ledger as a document.

use clap::Args;
use lumenscope_meta::Hash;

use super::file::OutArgs;
use super::read::{Stored, Suite};
use super::viewer::ViewerArgs;
use crate::suite::SuiteArgs;

/// Takes a dashboard from the ledger: all of it but who owns and sees it.
#[derive(Args, Clone, Debug)]
pub struct ExportArgs {
    /// Its id.
    #[arg(value_name = "DASHBOARD", value_parser = super::id)]
    dashboard: Hash,
    #[command(flatten)]
    viewer: ViewerArgs,
    #[command(flatten)]
    out: OutArgs,
    #[command(flatten)]
    suite: SuiteArgs,
}

/// Writes the document.
///
/// # Errors
/// When there is no such dashboard, a file is not what it should be, or the node does not answer.
pub async fn run(args: ExportArgs) -> anyhow::Result<()> {
    let stored = stored(&args.suite, &args.viewer, &args.dashboard).await?;
    args.out.write(&stored.document.to_json()?)
}

/// A dashboard as the viewer sees it.
///
/// # Errors
/// As [`run`].
pub async fn stored(suite: &SuiteArgs, viewer: &ViewerArgs, id: &Hash) -> anyhow::Result<Stored> {
    let viewer = viewer.viewer()?;
    let deployment = suite.deployment()?;
    let invoker = suite.connect(&deployment).await?;
    let read = Suite::new(&invoker, &deployment)?.dashboard(id, &viewer).await;
    read.map_err(|error| suite.node.asked(error))
}
