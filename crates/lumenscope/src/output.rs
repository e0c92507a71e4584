//! Standard output for results, standard error for everything else.

use std::io::{ErrorKind, IsTerminal as _, Write as _};

use anyhow::Context as _;
use lumenscope_observer::json_for_terminal;
use serde::Serialize;
use tracing_subscriber::EnvFilter;

/// Logs go to standard error, so that results can be piped. Colours and times of day are for a
/// terminal: whatever else collects the lines has its own clock.
///
/// # Errors
/// When the directives are not.
pub fn log_to_stderr(directives: &str) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(directives)
        .with_context(|| format!("expected log directives, got {directives:?}"))?;
    let is_terminal = std::io::stderr().is_terminal();
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(is_terminal);
    if is_terminal {
        log.init();
    } else {
        log.without_time().init();
    }
    Ok(())
}

/// Writes a value as a JSON document. What texts of the ledger hold steers no terminal.
///
/// # Errors
/// When it has no JSON, and as [`print`].
pub fn json(value: &impl Serialize) -> anyhow::Result<()> {
    let document = serde_json::to_string_pretty(value)?;
    print(&format!("{}\n", json_for_terminal(&document)))
}

/// Writes to standard output. A reader that had enough, such as `head`, is no error.
///
/// # Errors
/// When standard output fails otherwise.
pub fn print(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => std::process::exit(0),
        written => written.context("writing to standard output"),
    }
}
