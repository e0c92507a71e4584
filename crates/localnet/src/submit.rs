//! What submitting a transaction answers.

use crate::Fault;
use crate::simulate::SimulationError;
use crate::xdr::TransactionResult;

/// The answer to a submission.
#[derive(Clone, Debug)]
pub enum Submission {
    /// It waits for the next ledger.
    Pending {
        /// Its hash.
        hash: [u8; 32],
    },
    /// It waits already, or a ledger has it.
    Duplicate {
        /// Its hash.
        hash: [u8; 32],
    },
    /// Its source account has a transaction waiting, or too many wait.
    TryAgainLater {
        /// Its hash.
        hash: [u8; 32],
    },
    /// It may not enter a ledger. Nothing was charged.
    Rejected {
        /// Its hash.
        hash: [u8; 32],
        /// The result as the network gives it; the fee is what inclusion would have cost.
        result: TransactionResult,
        /// What is wrong, in a sentence.
        reason: String,
    },
    /// It is not a transaction of this protocol.
    Unreadable(&'static str),
}

/// Why a transaction was not applied.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The ledger could not do its work.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// The host function fails in simulation already.
    #[error("simulation: {0}")]
    Simulation(#[from] SimulationError),
    /// It may not enter a ledger.
    #[error("rejected with {}: {reason}", result.result.name())]
    Rejected {
        /// The result.
        result: Box<TransactionResult>,
        /// What is wrong, in a sentence.
        reason: String,
    },
    /// It did not get into the ledger: no room, or another one of its account waits.
    #[error("not in the ledger: {0}")]
    NotIncluded(&'static str),
    /// A step of a longer action was applied and failed.
    #[error("applied and failed: {0:?}")]
    Failed(crate::Failure),
}
