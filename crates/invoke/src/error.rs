//! Why a transaction has no outcome.

use lumenscope_meta::{Address, CallError, EntryError, Hash, MetaError};
use lumenscope_rpc::RpcError;
use thiserror::Error;

use crate::ValueError;

/// Why there is no outcome.
#[derive(Debug, Error)]
pub enum InvokeError {
    /// The node did not answer, or not usefully.
    #[error(transparent)]
    Rpc(#[from] RpcError),
    /// A value does not fit where it should go.
    #[error(transparent)]
    Value(#[from] ValueError),
    /// The transaction was applied, but its record does not decode.
    #[error(transparent)]
    Meta(#[from] MetaError),
    /// A ledger entry does not decode.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// Something does not encode or decode.
    #[error("{what} is not valid XDR: {reason}")]
    Xdr {
        /// The type.
        what: String,
        /// What is wrong.
        reason: String,
    },
    /// It would fail now; nothing was sent.
    #[error(
        "the simulation failed{}: {message}",
        .error.as_ref().map(|error| format!(" with {error}")).unwrap_or_default()
    )]
    Simulation {
        /// The contract's own error, if it is one.
        error: Option<CallError>,
        /// The node's words.
        message: String,
    },
    /// Archived entries are in the way; nothing was sent.
    #[error(
        "{} archived entries must be restored first, for {fee_stroops} stroops: send \
         Operation::Restore with their keys",
        .keys.len()
    )]
    NeedsRestore {
        /// What the restoration costs besides inclusion, in stroops.
        fee_stroops: i64,
        /// The entries' keys in base64.
        keys: Vec<String>,
    },
    /// An authorisation is needed which none of the given keys can give; nothing was sent.
    #[error("the authorisation of {0} is needed, and none of the signers given is it")]
    NoSigner(String),
    /// The account does not exist.
    #[error("account {0} does not exist: fund it first")]
    NoAccount(Address),
    /// The network funds no accounts.
    #[error("the network {0:?} has no friendbot: send XLM to the account instead")]
    NoFriendbot(String),
    /// The node refused it; it will not be applied.
    #[error("transaction {hash} was refused: {result}")]
    Refused {
        /// The transaction.
        hash: Hash,
        /// The result's name, such as `TxInsufficientFee`.
        result: String,
    },
    /// The ledgers in which it could have been applied are over; it will not be applied.
    #[error("transaction {hash} was in no ledger up to {last_ledger}, its last")]
    Expired {
        /// The transaction.
        hash: Hash,
        /// The last ledger it was valid for.
        last_ledger: u32,
    },
    /// Nobody knows yet: it may still be applied.
    #[error("transaction {hash} was in no ledger within {waited_ms} ms, but may still be")]
    Unresolved {
        /// The transaction.
        hash: Hash,
        /// How long it was waited for.
        waited_ms: u64,
    },
    /// It was applied and failed, where success was required.
    #[error("transaction {hash} failed in ledger {ledger} with {error}")]
    Failed {
        /// The transaction.
        hash: Hash,
        /// The ledger.
        ledger: u32,
        /// Why.
        error: CallError,
    },
    /// No randomness.
    #[error("the operating system gives no randomness: {0}")]
    Randomness(String),
}
