//! Running other programs, with errors that name the command.

use std::process::Command;

use anyhow::{Context, Result, bail};

/// Runs the command with this terminal; fails unless it succeeds.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("starting {command:?}"))?;
    if !status.success() {
        bail!("{status}: {command:?}");
    }
    Ok(())
}

/// Runs the command and returns its trimmed standard output; fails unless it succeeds.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("starting {command:?}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("{}: {command:?}\n{}", output.status, said.trim());
    }
    let text = String::from_utf8(output.stdout)
        .with_context(|| format!("expected UTF-8 from {command:?}"))?;
    Ok(text.trim().to_owned())
}
