//! `cargo xtask costs`: runs the cost engine, which lives with the suites because it needs the
//! host, so that this package stays light.

use std::process::Command;

use anyhow::Result;
use lumenscope_contract_wasm::repository_root;

use crate::process::run as run_command;

/// Runs the task with its arguments.
pub fn run(arguments: &[String]) -> Result<()> {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(repository_root());
    cargo.args(["run", "--quiet", "--package", "lumenscope-tests", "--bin", "costs", "--"]);
    run_command(cargo.args(arguments))
}
