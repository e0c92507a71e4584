//! How an exported file is checked against the ledger.
//!
//! A file is cut into **chunks** of [`CHUNK_BYTES`], the last of which may be shorter. Over their
//! SHA-256 stands a tree, whose root alone lies on the ledger, so that each chunk can be checked
//! without the others: the service builds the root and the proofs, the contract and whoever
//! downloads the file verify. Neither needs to be told how the file was cut.
//!
//! The tree is that of RFC 6962 (a level's last node without a neighbour rises as it is). A leaf is
//! the hash of `00`, the number of chunks, the index of this one (4 bytes each, big endian) and the
//! chunk's hash; a node that of `01` and its two children. So a node cannot pass for a leaf, nor a
//! chunk for one at another place or of a file of another length.
//!
//! The hash function is passed in: a contract has that of its host, the service one of its own.
#![no_std]
#![forbid(unsafe_code)]

/// A SHA-256.
pub type Hash = [u8; 32];

/// Bytes of every chunk but the last: a megabyte, which fits any buffer.
pub const CHUNK_BYTES: u64 = 1 << 20;
/// Chunks of the largest file: 64 GB.
pub const CHUNKS_MAX: u32 = 1 << PROOF_HASHES_MAX;
/// Hashes of the longest proof.
pub const PROOF_HASHES_MAX: usize = 16;

const LEAF: u8 = 0;
const NODE: u8 = 1;

/// How many chunks a file of `bytes` bytes has: an empty file one, which is empty. None for more than
/// [`CHUNKS_MAX`].
#[must_use]
pub fn chunks(bytes: u64) -> Option<u32> {
    let chunks = bytes.div_ceil(CHUNK_BYTES).max(1);
    u32::try_from(chunks).ok().filter(|chunks| *chunks <= CHUNKS_MAX)
}

/// The root over the chunks whose hashes these are, in order. None for no chunk and for more than
/// [`CHUNKS_MAX`].
pub fn root(sha256: impl Fn(&[u8]) -> Hash, chunk_hashes: &[Hash]) -> Option<Hash> {
    let chunks = count(chunk_hashes)?;
    Some(subtree(&sha256, chunks, chunk_hashes, 0))
}

/// The nodes beside the way from a leaf to the root, from the leaf up.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Proof {
    hashes: [Hash; PROOF_HASHES_MAX],
    len: usize,
}

impl Proof {
    /// The hashes.
    #[must_use]
    pub fn hashes(&self) -> &[Hash] {
        self.hashes.get(..self.len).unwrap_or_default()
    }
}

/// Proves that the chunk at `index` is one of these. None where there is no such chunk, or no root.
pub fn proof(sha256: impl Fn(&[u8]) -> Hash, chunk_hashes: &[Hash], index: u32) -> Option<Proof> {
    let chunks = count(chunk_hashes)?;
    let (mut first, mut end) = (0, chunk_hashes.len());
    let place = usize::try_from(index).ok().filter(|place| *place < end)?;
    let mut proof = Proof { hashes: [[0; 32]; PROOF_HASHES_MAX], len: 0 };
    while end - first > 1 {
        let middle = first + left(end - first);
        let beside = if place < middle { middle..end } else { first..middle };
        let hashes = chunk_hashes.get(beside.clone())?;
        *proof.hashes.get_mut(proof.len)? = subtree(&sha256, chunks, hashes, beside.start);
        proof.len += 1;
        (first, end) = if place < middle { (first, middle) } else { (middle, end) };
    }
    // The way was from the root down.
    proof.hashes.get_mut(..proof.len)?.reverse();
    Some(proof)
}

/// Whether the chunk at `index`, whose SHA-256 is `chunk_hash`, is of the file of `chunks` chunks with
/// this root. A proof has to be read to its end, and no further.
pub fn verify(
    sha256: impl Fn(&[u8]) -> Hash,
    root: &Hash,
    chunks: u32,
    index: u32,
    chunk_hash: &Hash,
    proof: impl IntoIterator<Item = Hash>,
) -> bool {
    if index >= chunks {
        return false;
    }
    let (mut place, mut last) = (index, chunks - 1);
    let mut hash = leaf(&sha256, chunks, index, chunk_hash);
    for beside in proof {
        if last == 0 {
            return false;
        }
        // The last node of a level rises until it has a neighbour on its left.
        while place == last && place & 1 == 0 {
            place >>= 1;
            last >>= 1;
        }
        let (left, right) = if place & 1 == 1 { (&beside, &hash) } else { (&hash, &beside) };
        hash = node(&sha256, left, right);
        place >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

fn count(chunk_hashes: &[Hash]) -> Option<u32> {
    let chunks = u32::try_from(chunk_hashes.len()).ok()?;
    (1..=CHUNKS_MAX).contains(&chunks).then_some(chunks)
}

/// How many of `len` leaves, two or more, are left of the middle: the largest power of two below.
fn left(len: usize) -> usize {
    len.next_power_of_two() / 2
}

/// The root of a part of the tree, whose first leaf is at `first`.
fn subtree(sha256: &impl Fn(&[u8]) -> Hash, chunks: u32, hashes: &[Hash], first: usize) -> Hash {
    match hashes {
        [] => [0; 32],
        [chunk_hash] => leaf(sha256, chunks, first as u32, chunk_hash),
        _ => {
            let (before, after) = hashes.split_at(left(hashes.len()));
            let right = subtree(sha256, chunks, after, first + before.len());
            node(sha256, &subtree(sha256, chunks, before, first), &right)
        }
    }
}

fn leaf(sha256: &impl Fn(&[u8]) -> Hash, chunks: u32, index: u32, chunk_hash: &Hash) -> Hash {
    let mut bytes = [LEAF; 41];
    bytes[1..5].copy_from_slice(&chunks.to_be_bytes());
    bytes[5..9].copy_from_slice(&index.to_be_bytes());
    bytes[9..].copy_from_slice(chunk_hash);
    sha256(&bytes)
}

fn node(sha256: &impl Fn(&[u8]) -> Hash, left: &Hash, right: &Hash) -> Hash {
    let mut bytes = [NODE; 65];
    bytes[1..33].copy_from_slice(left);
    bytes[33..].copy_from_slice(right);
    sha256(&bytes)
}
