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
    let mut causes = error.chain();
    if let Some(first) = causes.next() {
        eprintln!("error: {}", lines(&first.to_string()));
    }
    for cause in causes {
        eprintln!("  because: {}", lines(&cause.to_string()));
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

/// Nodes and contracts choose some of these words.
fn lines(text: &str) -> String {
    text.lines().map(for_terminal).collect::<Vec<_>>().join("\n  ")
}
