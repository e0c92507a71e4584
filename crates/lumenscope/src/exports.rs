//! `lumenscope exports`: whether a file is the one that was committed to the ledger.

mod file;
mod root;
mod verify;

use clap::{Args, Subcommand};
use lumenscope_meta::Hash;

/// Checks exported files against the ledger: an export's root lies there, and the file wherever its
/// owner got it from.
#[derive(Args, Clone, Debug)]
pub struct ExportsArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Clone, Debug, Subcommand)]
enum Command {
    Verify(verify::VerifyArgs),
    Root(root::RootArgs),
}

/// Does what was asked for.
///
/// # Errors
/// When a file cannot be read, the node does not answer, or the file is another one.
pub async fn run(args: ExportsArgs) -> anyhow::Result<()> {
    match args.command {
        Command::Verify(args) => verify::run(args).await,
        Command::Root(args) => root::run(args),
    }
}

/// Reads an export's id from the command line.
fn id(text: &str) -> Result<Hash, String> {
    Hash::from_hex(text).ok_or_else(|| {
        format!(
            "expected the 64 hexadecimal digits that `request_export` returned, came {} characters",
            text.chars().count()
        )
    })
}
