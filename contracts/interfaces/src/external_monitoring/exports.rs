//! Exports: files that the service makes, and that anyone checks against the ledger.
//!
//! An owner requests one; the dispatcher makes the file, keeps it, and commits its size and the root
//! of a tree over its chunks. So who downloads it needs nothing but the file: every chunk but the
//! last has [`EXPORT_CHUNK_BYTES`].
//!
//! The tree is that of RFC 6962, with the place of a chunk in its leaf: a leaf is the SHA-256 of
//! `00`, the number of chunks and the chunk's index (4 bytes each, big endian) and the SHA-256 of
//! the chunk; a node that of `01` and its two children. `lumenscope-export` builds and verifies it;
//! `docs/vectors/export.json` is an example.

use soroban_sdk::{Address, BytesN, Symbol, Vec, contracttype};

use super::IntegrationFormat;

/// Contracts in one export: a page of exports fits into what a transaction returns.
pub const EXPORT_CONTRACTS_MAX: u32 = 10;
/// Longest range of an export: thirteen months.
pub const EXPORT_RANGE_MAX_S: u64 = 400 * 86_400;
/// Exports of an owner that may be open: files that somebody has to make.
pub const EXPORTS_OPEN_MAX: u32 = 4;
/// An export that nobody commits stays open for two days.
pub const EXPORT_OPEN_S: u64 = 2 * 86_400;
/// Bytes of every chunk of an export but the last: a megabyte.
pub const EXPORT_CHUNK_BYTES: u64 = 1 << 20;
/// Chunks of the largest export, 64 GB; its proofs have 16 hashes.
pub const EXPORT_CHUNKS_MAX: u32 = 1 << 16;

/// An export. Every field has one size: committing it never pays for growth.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DataExport {
    /// Its id.
    pub id: BytesN<32>,
    /// Who requested it.
    pub owner: Address,
    /// The contracts whose figures it has: 1 to [`EXPORT_CONTRACTS_MAX`].
    pub contracts: Vec<Address>,
    /// The one metric that it has; `None` for all.
    pub metric: Option<Symbol>,
    /// The first second of its figures, UTC.
    pub from_s: u64,
    /// The first second after them, UTC: not in the future, and at most [`EXPORT_RANGE_MAX_S`]
    /// after the first.
    pub to_s: u64,
    /// The format: any but [`IntegrationFormat::Text`].
    pub format: IntegrationFormat,
    /// It can be committed before then, seconds UTC.
    pub expires_s: u64,
    /// When it was committed, seconds UTC; 0: it was not, and the fields below are 0.
    pub committed_s: u64,
    /// The root of the tree over its chunks.
    pub root: BytesN<32>,
    /// How many chunks it has.
    pub chunks: u32,
    /// How many bytes it has.
    pub bytes: u64,
    /// How many rows it has, as the dispatcher says; nothing checks that.
    pub rows: u64,
}
