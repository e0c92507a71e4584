//! The repository's tasks that have logic: `cargo xtask <task>`.

#![forbid(unsafe_code)]

mod bench;
mod contracts;
mod costs;
mod process;
mod replay;
mod reproduce;
mod shake;
mod sizes;
mod stack;
mod toolchain;
mod undocument;
mod unexport;
mod unmark;

use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "\
usage: cargo xtask <task>

  contracts [NAME..]            build contracts to <target>/wasm/NAME.wasm: compile, shake the
                                spec, optimise; print the sizes against their budgets
      --check-reproducible      build them again from a copy of the sources elsewhere; fail
                                unless the bytes are equal
      --env                     only print the environment in which `stellar contract build
                                --profile contract` works, as shell exports
  costs [--json] [--check]      measure what every entry point costs; rewrite docs/costs.md, or
                                compare with it and with tests/costs-budget.toml (--check)
      --year                    what keeping a stream costs in a year, by how long its hours are
                                kept (a quarter of an hour)
  bench                         time what a person waits for: a ledger's start, a call of `stellar`
  replay [ARCHIVE]              replay stellar-core's captured ledgers on localnet
";

fn main() -> ExitCode {
    match task() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn task() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let task = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    match task.as_str() {
        "bench" => bench::run(&rest),
        "contracts" => contracts::run(&rest),
        "costs" => costs::run(&rest),
        "replay" => replay::run(&rest),
        "help" | "--help" | "-h" => {
            print!("{USAGE}");
            Ok(())
        }
        "" => bail!("expected a task\n\n{USAGE}"),
        other => bail!("expected a task, not `{other}`\n\n{USAGE}"),
    }
}
