//! Captured ledgers beside the checkout. They are not this repository's to keep.
#![allow(dead_code)]

use std::path::PathBuf;

/// The captures' directory; `None`, with a line saying so, where it is absent. On the continuous
/// integration machine it must be there.
pub fn fixture(name: &str) -> Option<Vec<u8>> {
    let path =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/fixtures").join(name);
    match std::fs::read(&path) {
        Ok(bytes) => Some(bytes),
        Err(error) => {
            let required = std::env::var("CI").is_ok_and(|value| value == "true");
            assert!(!required, "{} is required where CI=true: {error}", path.display());
            eprintln!("skipped: {} is not here ({error})", path.display());
            None
        }
    }
}

/// The regular files of a tar archive: name and contents.
pub fn tar_files(archive: &[u8]) -> Vec<(String, &[u8])> {
    const BLOCK: usize = 512;
    let text =
        |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_matches(['\0', ' ', '/']).to_owned();
    let mut files = Vec::new();
    let mut at = 0;
    while at + BLOCK <= archive.len() && archive[at] != 0 {
        let header = &archive[at..at + BLOCK];
        let size = usize::from_str_radix(&text(&header[124..136]), 8).expect("an octal size");
        at += BLOCK;
        if header[156] == b'0' {
            files.push((text(&header[..100]), &archive[at..at + size]));
        }
        at += size.next_multiple_of(BLOCK);
    }
    files
}
