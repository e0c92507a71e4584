//! `cargo xtask costs`: measures every entry point; writes `docs/costs.md`, or checks it.

#![forbid(unsafe_code)]

use std::process::ExitCode;

use anyhow::{Result, bail};
use lumenscope_tests::costs::{Budgets, Costs, Document, Spread};

fn main() -> ExitCode {
    match task() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("costs: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn task() -> Result<()> {
    let (mut json, mut check, mut year) = (false, false, false);
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--json" => json = true,
            "--check" => check = true,
            "--year" => year = true,
            other => bail!("expected --json, --check or --year, not `{other}`"),
        }
    }
    if year {
        print!("{}", lumenscope_tests::costs::year::table()?);
        return Ok(());
    }
    let costs = Costs::measure()?;
    if json {
        println!("{}", serde_json::to_string_pretty(&costs)?);
    }
    let mut wrong: Vec<String> =
        Budgets::read()?.excesses(&costs.calls).into_iter().map(|excess| excess.0).collect();
    wrong.extend(costs.spreads.iter().filter_map(Spread::excess));
    let document = Document::read()?;
    if check {
        let stale = document.stale(&costs)?;
        wrong.extend(stale.into_iter().map(|line| format!("docs/costs.md is stale: {line}")));
    } else {
        document.write(&costs)?;
    }
    for line in &wrong {
        eprintln!("{line}");
    }
    if !wrong.is_empty() {
        bail!("{} of the costs are not as committed", wrong.len());
    }
    eprintln!("costs: {} cases measured, all within their budgets", costs.calls.len());
    Ok(())
}
