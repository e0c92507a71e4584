//! The ledgers of the demonstration in a file, so that anybody can recompute its figures.

use std::path::Path;

use anyhow::{Context, ensure};
use lumenscope_rpc::Page;

use crate::stage::Stage;

/// Ledgers of one `getLedgers` page.
const PAGE_LEDGERS: u32 = 200;

/// Writes `LedgerCloseMeta` of a range of ledgers, as Stellar RPC gives it: a line of base64 for
/// each.
///
/// # Errors
/// When the node does not have them, or the file cannot be written.
pub async fn ledgers(stage: &Stage, from: u32, to: u32, out: &Path) -> anyhow::Result<()> {
    let (mut text, mut next) = (String::new(), from);
    while next <= to {
        let limit = PAGE_LEDGERS.min(to - next + 1);
        let page = stage.invoker.client().ledgers(&Page::From(next), limit).await?;
        ensure!(!page.ledgers.is_empty(), "the node has no ledger {next}");
        for ledger in page.ledgers {
            ensure!(ledger.sequence == next, "expected ledger {next}, came {}", ledger.sequence);
            text.push_str(&ledger.metadata_xdr);
            text.push('\n');
            next += 1;
        }
    }
    std::fs::write(out, text).with_context(|| format!("writing {}", out.display()))
}
