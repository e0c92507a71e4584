//! Where the built contracts are: the one place that knows the path.
//!
//! `cargo xtask contracts` writes `<target>/wasm/<package>.wasm`, shaken and optimised: the bytes
//! that are deployed. `<target>` is `CARGO_TARGET_DIR` where that is set, else `target/` at the
//! root of the repository. Tests, tools and the demonstration read them through this crate.

#![forbid(unsafe_code)]

use std::fmt;
use std::path::{Path, PathBuf};

/// The root of the repository this crate was compiled in.
#[must_use]
pub fn repository_root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// The target folder: `CARGO_TARGET_DIR` (a relative one counts from the root of the repository),
/// else `target/`.
#[must_use]
pub fn target_dir() -> PathBuf {
    let root = repository_root();
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(dir) if !dir.is_empty() => root.join(dir),
        _ => root.join("target"),
    }
}

/// The folder of the built contracts.
#[must_use]
pub fn directory() -> PathBuf {
    target_dir().join("wasm")
}

/// The file of one contract, by its package name (`performance-monitor`); it may not exist yet.
#[must_use]
pub fn path(package: &str) -> PathBuf {
    directory().join(format!("{package}.wasm"))
}

/// The bytes of one contract, by its package name.
///
/// # Errors
/// [`Missing`] when the file cannot be read; its text says which command builds it.
pub fn read(package: &str) -> Result<Vec<u8>, Missing> {
    let path = path(package);
    std::fs::read(&path).map_err(|source| Missing { package: package.to_owned(), path, source })
}

/// A contract's wasm file could not be read.
#[derive(Debug)]
pub struct Missing {
    /// The package asked for.
    pub package: String,
    /// Where its wasm was expected.
    pub path: PathBuf,
    /// What the system answered.
    pub source: std::io::Error,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "no wasm of {package} at {path} ({source}): build it with `cargo xtask contracts \
             {package}`",
            package = self.package,
            path = self.path.display(),
            source = self.source
        )
    }
}

impl std::error::Error for Missing {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_the_folder_of_the_workspace() {
        assert!(repository_root().join("Cargo.lock").is_file());
    }

    #[test]
    fn a_missing_contract_says_which_command_builds_it() {
        let missing = read("no-such-contract").expect_err("there is no such contract");
        assert!(missing.to_string().contains("cargo xtask contracts no-such-contract"));
    }
}
