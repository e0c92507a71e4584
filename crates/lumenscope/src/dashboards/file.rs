//! Documents in files.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use lumenscope_board::{Dashboard, limits};
use lumenscope_observer::json_for_terminal;

use crate::exit::Usage;
use crate::output;

/// Reads a document; `-` is standard input.
///
/// # Errors
/// When the file cannot be read, or holds no dashboard.
pub fn read(file: &Path) -> anyhow::Result<Dashboard> {
    let shown = file.display();
    let mut text = String::new();
    // One byte more than a document has: what is longer is refused, not read.
    let most = limits::DOCUMENT_BYTES_MAX as u64 + 1;
    let read = if file == Path::new("-") {
        std::io::stdin().take(most).read_to_string(&mut text)
    } else {
        std::fs::File::open(file).and_then(|open| open.take(most).read_to_string(&mut text))
    };
    read.with_context(|| format!("cannot read {shown}"))?;
    Dashboard::from_json(&text)
        .map_err(|error| Usage(format!("{shown} holds no dashboard: {error}")).into())
}

/// Writes a document to a file, or to standard output.
///
/// # Errors
/// When it cannot be written.
pub fn write(out: Option<&PathBuf>, text: &str) -> anyhow::Result<()> {
    match out {
        Some(file) => {
            std::fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
        }
        None => output::print(&json_for_terminal(text)),
    }
}
