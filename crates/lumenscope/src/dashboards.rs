//! `lumenscope dashboards`: dashboards on the ledger as tables and as documents, documents back onto
//! the ledger, and for Grafana.

mod export;
mod file;
mod grafana;
mod import;
mod list;
mod read;
mod show;
mod template;
mod viewer;

use clap::{Args, Subcommand};
use lumenscope_meta::Hash;

/// Lists dashboards, shows them, and takes them from the ledger to files, Grafana, and back.
#[derive(Args, Clone, Debug)]
pub struct DashboardsArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Clone, Debug, Subcommand)]
enum Command {
    List(list::ListArgs),
    Show(show::ShowArgs),
    Export(export::ExportArgs),
    Import(import::ImportArgs),
    Grafana(grafana::GrafanaArgs),
    Template(template::TemplateArgs),
}

/// Does what was asked for.
///
/// # Errors
/// When a file is not what it should be, the node does not answer, or a dashboard cannot be had.
pub async fn run(args: DashboardsArgs) -> anyhow::Result<()> {
    match args.command {
        Command::List(args) => list::run(args).await,
        Command::Show(args) => show::run(args).await,
        Command::Export(args) => export::run(args).await,
        Command::Import(args) => import::run(&args),
        Command::Grafana(args) => grafana::run(args).await,
        Command::Template(args) => template::run(&args),
    }
}

/// Reads a dashboard's id from the command line.
fn id(text: &str) -> Result<Hash, String> {
    Hash::from_hex(text).ok_or_else(|| {
        format!(
            "expected the 64 hexadecimal digits that `lumenscope dashboards list` says, came {} \
             characters",
            text.chars().count()
        )
    })
}
