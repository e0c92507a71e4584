//! Replays ledgers that stellar-core captured through the development ledger's own apply code,
//! and compares result code, fee, entry and TTL changes, events and return value byte for byte.
//!
//! `cargo run --release --manifest-path tools/replay/Cargo.toml -- ARCHIVE`
#![forbid(unsafe_code)]

mod archive;
mod captured;
mod compare;
mod count;
mod replay;
mod report;
mod world;

use anyhow::{Context, bail};
use clap::Parser;
use std::path::PathBuf;
use std::process::ExitCode;

/// The passphrase of the network that stellar-core's own tests run on.
const CORE_TEST_PASSPHRASE: &str = "(V) (;,,;) (V)";

/// Replays stellar-core's captured ledgers through the development ledger.
#[derive(Parser)]
struct Args {
    /// A .tar.zst of files with framed LedgerCloseMeta
    archive: PathBuf,

    /// Fail below this share of operations that came out the same, in percent
    #[arg(long, default_value_t = 90.0)]
    min_percent: f64,

    /// The network passphrase of the captures
    #[arg(long, default_value = CORE_TEST_PASSPHRASE)]
    passphrase: String,

    /// Print every operation that differs, not only one of each class
    #[arg(long)]
    verbose: bool,
}

fn main() -> anyhow::Result<ExitCode> {
    let args = Args::parse();
    if !args.archive.exists() {
        return absent(&args);
    }
    let files = archive::read(&args.archive)?;
    let report = lumenscope_localnet::on_host_stack(|| replay::files(&files, &args.passphrase))??;
    print!("{}", report.details(args.verbose));
    let counted = count::soroban_operations(&files)?;
    let percent = report.percent_of(counted);
    println!("replay: matched {} of {counted} ({percent:.1} %)", report.matched());
    Ok(if percent >= args.min_percent { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The captures are no part of this repository. Where they must be there, their absence fails.
fn absent(args: &Args) -> anyhow::Result<ExitCode> {
    let archive = args.archive.display();
    let must = std::env::var("CI").is_ok_and(|ci| ci == "true");
    if must {
        bail!("{archive} does not exist, and CI=true: the replay must not be skipped");
    }
    println!(
        "replay: skipped, because {archive} does not exist (the captures are not ours to ship)"
    );
    Ok(ExitCode::SUCCESS)
}

/// What every part of the replay says about a file it cannot use.
fn in_file<T>(result: anyhow::Result<T>, name: &str) -> anyhow::Result<T> {
    result.with_context(|| format!("in {name}"))
}
