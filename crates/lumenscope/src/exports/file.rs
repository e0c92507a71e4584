//! A file as the ledger knows it: chunks, and a root over them.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::Context as _;
use lumenscope_export::{CHUNK_BYTES, CHUNKS_MAX, Hash, root};
use sha2::{Digest as _, Sha256};

use crate::exit::Usage;

/// A file, read once.
#[derive(Debug, Eq, PartialEq)]
pub struct Cut {
    /// How many bytes it has.
    pub bytes: u64,
    /// The SHA-256 of each chunk.
    pub chunk_hashes: Vec<Hash>,
    /// The root over them.
    pub root: Hash,
}

/// The function that the ledger hashes with.
pub fn sha256(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

/// Reads a file, a chunk at a time.
///
/// # Errors
/// When it cannot be read, or has more chunks than an export.
pub fn cut(path: &Path) -> anyhow::Result<Cut> {
    let reading = || format!("cannot read {}", path.display());
    let file = File::open(path).with_context(reading)?;
    cut_from(file).with_context(reading)
}

fn cut_from(mut file: impl Read) -> anyhow::Result<Cut> {
    let (mut bytes, mut chunk_hashes) = (0_u64, Vec::new());
    let mut chunk = Vec::new();
    loop {
        chunk.clear();
        file.by_ref().take(CHUNK_BYTES).read_to_end(&mut chunk)?;
        // An empty file has one chunk, which is empty.
        if chunk.is_empty() && !chunk_hashes.is_empty() {
            break;
        }
        if chunk_hashes.len() >= CHUNKS_MAX as usize {
            let most = u64::from(CHUNKS_MAX) * CHUNK_BYTES;
            return Err(Usage(format!("expected a file of at most {most} bytes")).into());
        }
        bytes += chunk.len() as u64;
        chunk_hashes.push(sha256(&chunk));
        if (chunk.len() as u64) < CHUNK_BYTES {
            break;
        }
    }
    let root = root(sha256, &chunk_hashes).context("a file without chunks")?;
    Ok(Cut { bytes, chunk_hashes, root })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives a byte at a time, as a pipe may.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
            let (Some((first, rest)), Some(place)) = (self.0.split_first(), to.first_mut()) else {
                return Ok(0);
            };
            (*place, self.0) = (*first, rest);
            Ok(1)
        }
    }

    #[test]
    fn a_file_is_cut_into_chunks_of_one_size_and_a_rest() {
        let chunk = usize::try_from(CHUNK_BYTES).unwrap();
        for (bytes, chunks) in
            [(0, 1), (1, 1), (chunk - 1, 1), (chunk, 1), (chunk + 1, 2), (2 * chunk, 2)]
        {
            let file = vec![7; bytes];
            let cut = cut_from(&*file).unwrap();
            assert_eq!((cut.bytes, cut.chunk_hashes.len()), (bytes as u64, chunks), "{bytes}");
            let expected = lumenscope_export::chunks(bytes as u64).unwrap();
            assert_eq!(cut.chunk_hashes.len() as u32, expected, "{bytes}");
        }
    }

    #[test]
    fn how_a_file_arrives_makes_no_difference() {
        let file: Vec<u8> = (0..CHUNK_BYTES + 9).map(|at| (at % 251) as u8).collect();
        assert_eq!(cut_from(Slow(&file)).unwrap(), cut_from(&*file).unwrap());
    }
}
