//! The same sources give the same bytes, wherever they lie: builds a copy of the checkout under
//! another path, into another target folder, and compares.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use lumenscope_contract_wasm::{repository_root, target_dir};

use crate::contracts::{Builder, built};
use crate::process::output;
use crate::sizes::Contract;

/// Builds the contracts again elsewhere; fails when one came out different.
pub fn check(contracts: &[&Contract]) -> Result<()> {
    let elsewhere = target_dir().join("reproducible/another place");
    if elsewhere.exists() {
        std::fs::remove_dir_all(&elsewhere)
            .with_context(|| format!("removing {}", elsewhere.display()))?;
    }
    let sources = elsewhere.join("sources");
    copy_sources(&repository_root(), &sources)?;
    let out = elsewhere.join("wasm");
    let builder = Builder::new(sources, elsewhere.join("target"), out.clone())?;
    builder.build_all(contracts)?;
    let mut different = Vec::new();
    for contract in contracts {
        let again = out.join(format!("{}.wasm", contract.name));
        let again = std::fs::read(&again).with_context(|| format!("reading {again:?}"))?;
        if again != built(contract.name)? {
            different.push(contract.name);
        }
    }
    if !different.is_empty() {
        bail!("built elsewhere, other bytes: {}", different.join(", "));
    }
    println!("reproducible: {} contracts, the same bytes from two places", contracts.len());
    Ok(())
}

/// Copies what git would commit: tracked files and new ones that are not ignored.
fn copy_sources(root: &Path, to: &Path) -> Result<()> {
    let files = output(Command::new("git").current_dir(root).args([
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]))?;
    for file in files.split('\0').filter(|file| !file.is_empty()) {
        let from = root.join(file);
        if !from.is_file() {
            continue;
        }
        let to = to.join(file);
        let folder = to.parent().context("a file lies in a folder")?;
        std::fs::create_dir_all(folder)
            .with_context(|| format!("creating {}", folder.display()))?;
        std::fs::copy(&from, &to).with_context(|| format!("copying {file}"))?;
    }
    Ok(())
}
