//! `dashboards grafana`: a dashboard for Grafana's import.

use std::path::PathBuf;

use clap::Args;
use lumenscope_meta::Hash;

use super::file::OutArgs;
use super::viewer::ViewerArgs;
use super::{export, file};
use crate::suite::SuiteArgs;

/// Makes a Grafana dashboard of a document or of a dashboard on the ledger.
///
/// It asks a Prometheus that scrapes Lumenscope's figures. What those do not say, no panel shows: such
/// panels say so, and standard error lists them.
#[derive(Args, Clone, Debug)]
pub struct GrafanaArgs {
    /// A document, or the id of a dashboard on the ledger; - reads standard input.
    #[arg(value_name = "FILE|DASHBOARD")]
    source: String,
    #[command(flatten)]
    viewer: ViewerArgs,
    #[command(flatten)]
    out: OutArgs,
    #[command(flatten)]
    suite: SuiteArgs,
}

/// Writes the JSON that Grafana imports.
///
/// # Errors
/// When there is no such dashboard, a file is not what it should be, or the node does not answer.
pub async fn run(args: GrafanaArgs) -> anyhow::Result<()> {
    let document = match Hash::from_hex(&args.source) {
        Some(id) => export::stored(&args.suite, &args.viewer, &id).await?.document,
        None => file::read(&PathBuf::from(&args.source))?,
    };
    let converted = lumenscope_grafana::convert(&document);
    for noted in &converted.notes {
        eprintln!("note: widgets[{}]: {}", noted.widget, noted.note.sentence());
    }
    let json = serde_json::to_string_pretty(&converted.dashboard)?;
    args.out.write(&format!("{json}\n"))
}
