//! Pages of the repository that tests compare with what the code says.

use std::path::PathBuf;

use anyhow::{Context as _, Result};

/// A file of the repository, by its path from the root.
#[must_use]
pub fn at(path: &str) -> PathBuf {
    lumenscope_contract_wasm::repository_root().join(path)
}

/// Its text.
///
/// # Errors
/// When it cannot be read.
pub fn read(path: &str) -> Result<String> {
    std::fs::read_to_string(at(path)).with_context(|| format!("reading {path}"))
}
