//! Which chain of ledgers the measurements belong to.
//!
//! Test networks are reset and development ledgers start anew under the same passphrase: a
//! passphrase and a sequence number do not name a ledger. A hash does.

use lumenscope_meta::Hash;
use serde::Serialize;

use crate::ObserveError;
use crate::fetch::ObservedLedger;

/// A chain of ledgers: a network's passphrase and the first ledger of it that was observed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Epoch {
    /// The network's passphrase.
    pub passphrase: String,
    /// The first ledger that was observed.
    pub first: Checkpoint,
}

/// A ledger, named so that it cannot be confused with another of the same number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Checkpoint {
    /// Its sequence number.
    pub sequence: u32,
    /// Its hash; `None` where a node gives only transactions.
    pub hash: Option<Hash>,
}

/// Checks that a ledger continues the chain, as far as both say.
pub(crate) fn check_continues(
    last: &Checkpoint,
    ledger: &ObservedLedger,
) -> Result<(), ObserveError> {
    if last.sequence.checked_add(1) != Some(ledger.sequence) {
        return Ok(());
    }
    match (last.hash, ledger.previous_hash) {
        (Some(expected), Some(found)) if expected != found => Err(ObserveError::AnotherChain {
            sequence: last.sequence,
            expected,
            found: Some(found),
        }),
        _ => Ok(()),
    }
}
