//! Why observing stopped.

use lumenscope_meta::{EntryError, Hash, MetaError};
use lumenscope_rpc::RpcError;
use thiserror::Error;

use crate::StoreError;

/// Why observing stopped.
#[derive(Debug, Error)]
pub enum ObserveError {
    /// The node did not answer, or not usefully.
    #[error(transparent)]
    Rpc(#[from] RpcError),
    /// The store did not take it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An entry of a contract or of the network does not decode.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// A ledger does not decode. Only where there is no coverage to record it in.
    #[error(transparent)]
    Meta(#[from] MetaError),
    /// The node follows another chain than the one observed before.
    #[error(
        "ledger {sequence} had the hash {expected} before, and the node now has {}: the network \
         was reset, or this is another one; start over with --new-epoch",
        .found.map_or_else(|| "no such ledger".to_owned(), |hash| hash.to_string())
    )]
    AnotherChain {
        /// The ledger.
        sequence: u32,
        /// What it was.
        expected: Hash,
        /// What the node says.
        found: Option<Hash>,
    },
    /// The node follows another network.
    #[error("expected the network {expected:?}, the node follows {found:?}")]
    AnotherNetwork {
        /// What was observed before.
        expected: String,
        /// What the node says.
        found: String,
    },
    /// The node gave other ledgers than asked for.
    #[error("expected ledger {expected} from the node, got {found}")]
    Gap {
        /// What comes next.
        expected: u32,
        /// What came.
        found: u32,
    },
    /// The range is not one.
    #[error("expected a range of ledgers, got {from} to {to}")]
    Range {
        /// First ledger.
        from: u32,
        /// Last ledger.
        to: u32,
    },
}
