//! `exports verify`: whether a file is the one that was committed.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use lumenscope_invoke::{Record, args};
use lumenscope_meta::Hash;
use serde::Serialize;

use super::file::{Cut, cut};
use crate::exit::Incomplete;
use crate::output;
use crate::suite::{SuiteArgs, find, view};
use crate::times::date;

/// Compares a file with what the ledger holds of an export: how many bytes, and the root over its
/// chunks. Exit status 3 where nothing was committed yet.
#[derive(Args, Clone, Debug)]
pub struct VerifyArgs {
    /// The file.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The export's id.
    #[arg(long, value_name = "ID", value_parser = super::id)]
    export: Hash,
    #[command(flatten)]
    suite: SuiteArgs,
    /// JSON instead of a sentence.
    #[arg(long)]
    json: bool,
}

/// What the ledger holds of an export.
#[derive(Debug, Serialize)]
struct Committed {
    owner: String,
    committed_s: u64,
    bytes: u64,
    rows: u64,
    root: String,
}

/// Compares them.
///
/// # Errors
/// When the file cannot be read, is another one, or the node does not answer.
pub async fn run(args: VerifyArgs) -> anyhow::Result<()> {
    let cut = cut(&args.file)?;
    let deployment = args.suite.deployment()?;
    let invoker = args.suite.connect(&deployment).await?;
    let external = find(&deployment, "external-monitoring")?;
    let id = args![args.export.0]?;
    let export: Option<Record> = view(&invoker, &external, "export", id).await?;
    let export = export.with_context(|| format!("there is no export {}", args.export))?;
    let committed = Committed {
        owner: export.get::<lumenscope_meta::Address>("owner")?.to_string(),
        committed_s: export.get("committed_s")?,
        bytes: export.get("bytes")?,
        rows: export.get("rows")?,
        root: hex::encode(export.get::<[u8; 32]>("root")?),
    };
    compare(&cut, &committed)?;
    if args.json {
        return output::json(&committed);
    }
    let Committed { owner, committed_s, bytes, .. } = &committed;
    let chunks = cut.chunk_hashes.len();
    output::print(&format!(
        "{} is the export of {owner}, committed {}: {bytes} bytes in {chunks} chunks, root {}\n",
        args.file.display(),
        date(*committed_s),
        committed.root
    ))
}

fn compare(cut: &Cut, committed: &Committed) -> anyhow::Result<()> {
    if committed.committed_s == 0 {
        return Err(Incomplete("nothing was committed of this export yet".to_owned()).into());
    }
    if cut.bytes != committed.bytes {
        anyhow::bail!("another file: expected {} bytes, came {}", committed.bytes, cut.bytes);
    }
    let root = hex::encode(cut.root);
    if root != committed.root {
        anyhow::bail!("another file: expected the root {}, came {root}", committed.root);
    }
    Ok(())
}
