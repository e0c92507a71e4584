//! `exports verify`: whether a file is the one that was committed.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use lumenscope_invoke::{Record, args};
use lumenscope_meta::Hash;
use serde::Serialize;

use super::file::{Cut, cut};
use crate::exit::{AnotherFile, Incomplete};
use crate::output;
use crate::suite::{SuiteArgs, find, view};
use crate::times::date;
use crate::units::counted;

/// Compares a file with what the ledger holds of an export: how many bytes, and the root over its
/// chunks. Exit status 3 where nothing was committed yet, 4 where it is another file.
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
    let what = format!("{} is not the export {}", args.file.display(), args.export);
    compare(&cut, &committed, &what)?;
    if args.json {
        return output::json(&committed);
    }
    let Committed { owner, committed_s, bytes, .. } = &committed;
    let chunks = counted(cut.chunk_hashes.len() as u64, "chunk", "chunks");
    output::print(&format!(
        "{} is the export of {owner}, committed {}: {bytes} bytes in {chunks}, root {}\n",
        args.file.display(),
        date(*committed_s),
        committed.root
    ))
}

fn compare(cut: &Cut, committed: &Committed, wrong: &str) -> anyhow::Result<()> {
    if committed.committed_s == 0 {
        return Err(Incomplete("nothing was committed of this export yet".to_owned()).into());
    }
    if cut.bytes != committed.bytes {
        let (expected, came) = (committed.bytes, cut.bytes);
        return Err(AnotherFile(format!("{wrong}: expected {expected} bytes, came {came}")).into());
    }
    let root = hex::encode(cut.root);
    if root != committed.root {
        let expected = &committed.root;
        return Err(
            AnotherFile(format!("{wrong}: expected the root {expected}, came {root}")).into()
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_file_is_told_from_an_export_that_nobody_committed() {
        let cut = Cut { bytes: 31, chunk_hashes: vec![[1; 32]], root: [2; 32] };
        let committed = |committed_s, bytes, root: [u8; 32]| Committed {
            owner: "G".to_owned(),
            committed_s,
            bytes,
            rows: 1,
            root: hex::encode(root),
        };
        let compared =
            |committed: Committed| compare(&cut, &committed, "a.csv is not the export 5f");
        assert!(compared(committed(7, 31, [2; 32])).is_ok());
        let error = compared(committed(0, 31, [2; 32])).expect_err("not committed");
        assert!(error.is::<Incomplete>());
        for another in [committed(7, 32, [2; 32]), committed(7, 31, [3; 32])] {
            let error = compared(another).expect_err("another file");
            assert!(error.is::<AnotherFile>(), "{error}");
            assert!(
                error.to_string().starts_with("a.csv is not the export 5f: expected"),
                "{error}"
            );
        }
    }
}
