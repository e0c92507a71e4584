//! `lumenscope rules`: what alerts ask, in words and as the JSON that makes them, and what a rule
//! would have done in the past.

mod compile;
mod history;
mod list;
mod outcome;
mod plan;
pub mod read;
mod replay;
mod show;
pub mod spec;
mod stream;
mod template;
mod trial;
mod words;

pub use list::table;
pub use words::short as short_address;

use clap::{Args, Subcommand};
use lumenscope_meta::Hash;

/// Lists alert rules, shows them, makes new ones from old ones, and tries them on the past.
#[derive(Args, Clone, Debug)]
pub struct RulesArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Clone, Debug, Subcommand)]
enum Command {
    List(list::ListArgs),
    Show(show::ShowArgs),
    Template(template::TemplateArgs),
    Try(trial::TryArgs),
}

/// Does what was asked for.
///
/// # Errors
/// When a file is not what it should be, the node does not answer, or a rule cannot be had.
pub async fn run(args: RulesArgs) -> anyhow::Result<()> {
    match args.command {
        Command::List(args) => list::run(args).await,
        Command::Show(args) => show::run(args).await,
        Command::Template(args) => template::run(args),
        Command::Try(args) => trial::run(args).await,
    }
}

/// Reads a rule's id from the command line.
fn id(text: &str) -> Result<Hash, String> {
    Hash::from_hex(text).ok_or_else(|| {
        format!(
            "expected the 64 hexadecimal digits that `lumenscope rules list` says, came {} \
             characters",
            text.chars().count()
        )
    })
}
