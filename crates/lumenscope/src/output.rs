//! Standard output for results, standard error for everything else.

use std::io::{ErrorKind, Write as _};

use anyhow::Context as _;
use tracing_subscriber::EnvFilter;

/// Logs go to standard error, so that results can be piped.
///
/// # Errors
/// When the directives are not.
pub fn log_to_stderr(directives: &str) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(directives)
        .with_context(|| format!("expected log directives, got {directives:?}"))?;
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    Ok(())
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
