//! `cargo xtask costs`: runs the cost engine, which lives with the suites because it needs the
//! host, so that this package stays light.

use std::process::Command;

use anyhow::Result;
use lumenscope_contract_wasm::{repository_root, target_dir};

use crate::process::run as run_command;

/// Runs the task with its arguments.
pub fn run(arguments: &[String]) -> Result<()> {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(repository_root());
    // The selection of the tests, so that what they compiled serves here: cargo unites the
    // features of what it builds together.
    cargo.args(["build", "--quiet", "--workspace", "--bin", "costs", "--test", "costs"]);
    run_command(&mut cargo)?;
    run_command(Command::new(target_dir().join("debug").join("costs")).args(arguments))
}
