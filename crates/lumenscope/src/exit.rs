//! How the process ends.

use std::process::ExitCode;

use lumenscope_observer::for_terminal;
use thiserror::Error;

/// It could not be done.
const FAILED: u8 = 1;
/// Wrong usage, as clap ends.
const USAGE: u8 = 2;
/// Done, but not everything asked for is known.
const INCOMPLETE: u8 = 3;
/// A file is another one than it should be: not to be mistaken for a node that does not answer.
const ANOTHER: u8 = 4;

/// Everything was done, and the answer has holes.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct Incomplete(pub String);

/// A file is not the one that it was compared with.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct AnotherFile(pub String);

/// What was asked for cannot be, whatever the network says.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct Usage(pub String);

/// Says on standard error what went wrong and why, each cause on a line.
pub fn report(error: &anyhow::Error) -> ExitCode {
    for (cause, said) in causes(error).iter().enumerate() {
        let begin = if cause == 0 { "error" } else { "  because" };
        eprintln!("{begin}: {}", lines(said));
    }
    let code = if error.is::<Incomplete>() {
        INCOMPLETE
    } else if error.is::<Usage>() {
        USAGE
    } else if error.is::<AnotherFile>() {
        ANOTHER
    } else {
        FAILED
    };
    ExitCode::from(code)
}

/// What went wrong and why. Some errors end with what their cause says: it is said once.
fn causes(error: &anyhow::Error) -> Vec<String> {
    let mut causes: Vec<String> = Vec::new();
    for cause in error.chain().map(ToString::to_string) {
        if !causes.last().is_some_and(|last| last.ends_with(&cause)) {
            causes.push(cause);
        }
    }
    causes
}

/// Nodes and contracts choose some of these words.
fn lines(text: &str) -> String {
    text.lines().map(for_terminal).collect::<Vec<_>>().join("\n  ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_that_was_said_already_is_not_said_again() {
        let error = anyhow::anyhow!("expected a secret");
        let error = error.context("the credentials' secret: expected a secret");
        let error = error.context("- holds no credentials");
        let expected = ["- holds no credentials", "the credentials' secret: expected a secret"];
        assert_eq!(causes(&error), expected);
    }
}
