//! `cargo xtask replay`: replays stellar-core's own captures on localnet's apply path. The tool is
//! a workspace of its own, because the captures need a pre-release host.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};
use lumenscope_contract_wasm::{repository_root, target_dir};

use crate::process::run as run_command;

/// Where the captures lie when no argument names them, seen from the root. They are
/// stellar-core's, not ours to commit.
const ARCHIVE: &str = "../shared/fixtures/core-lcm.tar.zst";

/// Runs the task with its arguments.
pub fn run(arguments: &[String]) -> Result<()> {
    let root = repository_root();
    let archive = match arguments {
        [] => root.join(ARCHIVE),
        [archive] => PathBuf::from(archive),
        _ => bail!("expected at most one argument, the archive of captured ledgers"),
    };
    if !archive.is_file() {
        return absent(&archive, !arguments.is_empty());
    }
    let mut cargo = Command::new("cargo");
    // Its host is another one: a folder of its own keeps the two from overwriting each other.
    cargo.current_dir(&root).env("CARGO_TARGET_DIR", target_dir().join("replay"));
    cargo.args(["run", "--quiet", "--release", "--manifest-path", "tools/replay/Cargo.toml", "--"]);
    run_command(cargo.arg(&archive))
}

/// Nobody is told that a check passed that did not run; where it must run, its absence fails.
fn absent(archive: &Path, asked_for: bool) -> Result<()> {
    let said = format!("no archive of captured ledgers at {}", archive.display());
    if asked_for || std::env::var_os("CI").is_some() {
        bail!("{said}");
    }
    println!("replay: skipped: {said}");
    Ok(())
}
