//! Documents in files.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
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

/// Where a command writes what it makes.
#[derive(Args, Clone, Debug)]
pub struct OutArgs {
    /// File to write; otherwise standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Overwrite another file of that name.
    #[arg(long, requires = "out")]
    force: bool,
}

impl OutArgs {
    /// Whether a file was named.
    pub fn is_named(&self) -> bool {
        self.out.is_some()
    }

    /// Writes a document to the file, or to standard output.
    ///
    /// # Errors
    /// As [`write`].
    pub fn write(&self, text: &str) -> anyhow::Result<()> {
        match &self.out {
            Some(file) => write(file, text, self.force, "name another one"),
            None => output::print(&json_for_terminal(text)),
        }
    }
}

/// Writes a file, over none that says something else.
///
/// # Errors
/// When there is another file and `force` does not say to overwrite it, or it cannot be written.
pub fn write(file: &Path, text: &str, force: bool, instead: &str) -> anyhow::Result<()> {
    let shown = file.display();
    if !force && is_other(file, text) {
        let wrong = "there is another file of this name";
        return Err(
            Usage(format!("{shown}: {wrong}: {instead}, or overwrite it with --force")).into()
        );
    }
    std::fs::write(file, text).with_context(|| format!("cannot write {shown}"))
}

/// Whether there is another file: one of another length is, unread. A pipe or a device is none, and is
/// not read.
fn is_other(file: &Path, text: &str) -> bool {
    let Ok(there) = file.symlink_metadata() else { return false };
    match file.metadata() {
        Ok(target) if !target.is_file() => false,
        Ok(target) if target.len() != text.len() as u64 => true,
        _ if there.file_type().is_symlink() => true,
        _ => std::fs::read(file).map_or(true, |written| written != text.as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_file_is_one_that_says_something_else() {
        let folder = std::env::temp_dir().join(format!("lumenscope-out-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("made");
        let file = folder.join("a.json");
        assert!(!is_other(&file, "text"), "none is there");
        write(&file, "text", false, "").expect("written");
        assert!(!is_other(&file, "text"));
        assert!(is_other(&file, "other") && is_other(&file, "else"));
        assert!(write(&file, "other", false, "name another one").is_err());
        write(&file, "other", true, "").expect("overwritten");
        // Where a link leads is not what was named; a device is no file.
        let link = folder.join("link");
        std::os::unix::fs::symlink(&file, &link).expect("linked");
        assert!(is_other(&link, "other"));
        std::os::unix::fs::symlink(folder.join("nothing"), folder.join("loose")).expect("linked");
        assert!(is_other(&folder.join("loose"), "other"));
        assert!(!is_other(Path::new("/dev/null"), "text"));
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
