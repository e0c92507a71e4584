//! Files that hold a secret.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use anyhow::{Context as _, ensure};
use lumenscope_credentials::Secret;

/// Bytes of the longest: no key and no credentials are longer, and a wrong file is not read whole.
const BYTES_MAX: u64 = 4_096;
/// What stands for standard input.
const STDIN: &str = "-";

/// Writes a secret into a new file, readable by its owner alone; never over an existing one.
///
/// # Errors
/// When there is a file already, or it cannot be written.
pub fn create(file: &Path, secret: &str) -> anyhow::Result<()> {
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    }
    let mut options = OpenOptions::new();
    let opened = options.write(true).create_new(true).mode(0o600).open(file);
    let mut opened = opened.with_context(|| format!("cannot write {}", file.display()))?;
    // It is nowhere else: what was said to be written is on the disk, or there is no file.
    let written = writeln!(opened, "{secret}").and_then(|()| opened.sync_all());
    if written.is_err() {
        std::fs::remove_file(file).ok();
    }
    written.with_context(|| format!("cannot write {}", file.display()))
}

/// Reads a secret from a file, or from standard input where it is named `-`. A file that anybody may
/// read is noted.
///
/// # Errors
/// When it cannot be read, is no text, or too long to be a secret.
pub fn read(file: &Path) -> anyhow::Result<Secret> {
    let what = || format!("cannot read {}", file.display());
    // Growing would leave a copy behind.
    let mut text = String::with_capacity(BYTES_MAX as usize + 2);
    if file.as_os_str() == STDIN {
        let read = std::io::stdin().lock().take(BYTES_MAX + 1).read_to_string(&mut text);
        read.context("cannot read standard input")?;
    } else {
        let opened = File::open(file).with_context(what)?;
        note_readers(file, &opened);
        opened.take(BYTES_MAX + 1).read_to_string(&mut text).with_context(what)?;
    }
    let secret = Secret::new(text);
    let fits = u64::try_from(secret.expose().len()).is_ok_and(|bytes| bytes <= BYTES_MAX);
    ensure!(fits, "{} is too long for a secret: more than {BYTES_MAX} bytes", file.display());
    Ok(secret)
}

/// Says that anybody on this machine may read a file. Its group may be meant to, as where secrets are
/// mounted for one; a pipe's bits mean nothing.
fn note_readers(file: &Path, opened: &File) {
    const ANYBODY_READS: u32 = 0o004;
    let Ok(found) = opened.metadata() else { return };
    if found.is_file() && found.permissions().mode() & ANYBODY_READS != 0 {
        eprintln!(
            "note: anybody on this machine can read {}, which holds a secret",
            file.display()
        );
    }
}
