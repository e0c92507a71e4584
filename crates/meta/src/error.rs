//! What can be wrong with a ledger's bytes.

use thiserror::Error;

use crate::Hash;

/// Why a ledger or a transaction was not decoded. Nothing of it may be counted.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum MetaError {
    /// The bytes are not what this decoder knows. A newer protocol, or damage.
    #[error("cannot decode {what}: {reason}; an upgrade of lumenscope may know it")]
    UnsupportedXdr {
        /// What was expected, as a type name.
        what: &'static str,
        /// What was found.
        reason: String,
    },
    /// A transaction was applied which the ledger's transaction set does not hold under that
    /// hash.
    #[error(
        "ledger {sequence} applies transaction {hash}, which its transaction set does not hold: \
         is the network passphrase right?"
    )]
    UnknownTransaction {
        /// The ledger.
        sequence: u32,
        /// The transaction.
        hash: Hash,
    },
    /// A part of the ledger does not hash to what vouches for it.
    #[error("ledger {sequence}: {what} hashes to {computed}, expected {expected}")]
    HashMismatch {
        /// The ledger.
        sequence: u32,
        /// Header, transaction set or results.
        what: &'static str,
        /// What names the hash.
        expected: Hash,
        /// What the bytes give.
        computed: Hash,
    },
    /// A batch file holds other ledgers than it says.
    #[error("batch says ledgers {start} to {end}, but position {position} holds ledger {found}")]
    BatchOrder {
        /// First ledger announced.
        start: u32,
        /// Last ledger announced.
        end: u32,
        /// Index in the batch, from 0.
        position: usize,
        /// Sequence found there.
        found: u32,
    },
    /// Bytes beyond a bound.
    #[error("{what} has {bytes} bytes, more than the {max} that are accepted")]
    TooLarge {
        /// What was read.
        what: &'static str,
        /// Its size.
        bytes: usize,
        /// The bound.
        max: usize,
    },
}
