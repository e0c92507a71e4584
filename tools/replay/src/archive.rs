//! The archive: files, and the frames in them.

use anyhow::{Context, bail};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The largest file taken from an archive, in bytes: the captures are below one.
const MAX_FILE_BYTES: u64 = 256 * 1024 * 1024;
/// A frame starts with its length; the highest bit only marks the end of a record.
const LENGTH_MASK: u32 = 0x7FFF_FFFF;

/// A captured file.
pub struct CapturedFile {
    /// Its name in the archive.
    pub name: String,
    bytes: Vec<u8>,
}

/// Reads every file of a `.tar.zst`.
pub fn read(path: &Path) -> anyhow::Result<Vec<CapturedFile>> {
    let file = File::open(path).with_context(|| format!("opening {}", path.display()))?;
    let mut archive = tar::Archive::new(zstd::Decoder::new(file)?);
    let mut files = Vec::new();
    for entry in archive.entries()? {
        let entry = entry?;
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let name = entry.path()?.display().to_string();
        if entry.size() > MAX_FILE_BYTES {
            bail!("{name} has {} bytes, at most {MAX_FILE_BYTES} are read", entry.size());
        }
        let mut bytes = Vec::new();
        entry.take(MAX_FILE_BYTES).read_to_end(&mut bytes)?;
        files.push(CapturedFile { name, bytes });
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

impl CapturedFile {
    /// The frames of the file, each the XDR of one `LedgerCloseMeta`.
    pub fn frames(&self) -> anyhow::Result<Vec<&[u8]>> {
        let mut rest = self.bytes.as_slice();
        let mut frames = Vec::new();
        while let Some((length, after)) = rest.split_first_chunk::<4>() {
            let length = (u32::from_be_bytes(*length) & LENGTH_MASK) as usize;
            let Some((frame, next)) = after.split_at_checked(length) else {
                bail!("a frame of {length} bytes goes past the end of {}", self.name);
            };
            frames.push(frame);
            rest = next;
        }
        if !rest.is_empty() {
            bail!("{} ends with {} bytes that are no frame", self.name, rest.len());
        }
        Ok(frames)
    }
}
