//! Running other programs, with errors that name the command.

use std::process::Command;

use anyhow::{Context, Result, bail};

/// Runs the command with this terminal; fails unless it succeeds.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("starting `{}`", line(command)))?;
    if !status.success() {
        bail!("{status} from `{}`", line(command));
    }
    Ok(())
}

/// Runs the command and returns its trimmed standard output; fails unless it succeeds.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("starting `{}`", line(command)))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("{} from `{}`\n{}", output.status, line(command), said.trim());
    }
    let text = String::from_utf8(output.stdout)
        .with_context(|| format!("expected UTF-8 from `{}`", line(command)))?;
    Ok(text.trim().to_owned())
}

/// The command as one would type it, without its environment.
fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
