//! Whose calls are kept.

use std::collections::BTreeSet;
use std::fmt;

use lumenscope_meta::Address;
use serde::{Serialize, Serializer};
use thiserror::Error;

/// Contracts of one watch list. Every call of every ledger is compared with it, and every
/// contract's coverage is kept.
pub const WATCHED_CONTRACTS_MAX: usize = 1_000;

/// Why a watch list is not one.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum WatchListError {
    /// Nothing to watch.
    #[error("expected at least one contract to watch")]
    Empty,
    /// Too much to watch.
    #[error("expected at most {WATCHED_CONTRACTS_MAX} contracts to watch, got {0}")]
    TooMany(usize),
}

/// What coverage is kept for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// Every contract of the network, and operations that concern none.
    Network,
    /// One contract.
    Contract(Address),
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Subject::Network => f.write_str("network"),
            Subject::Contract(contract) => contract.fmt(f),
        }
    }
}

impl Serialize for Subject {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The contracts whose calls are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchList {
    /// `None` watches everything.
    contracts: Option<BTreeSet<Address>>,
}

impl WatchList {
    /// Watches every contract of the network.
    #[must_use]
    pub fn network() -> Self {
        WatchList { contracts: None }
    }

    /// Watches these contracts.
    ///
    /// # Errors
    /// [`WatchListError`] for none or too many.
    pub fn contracts(contracts: impl IntoIterator<Item = Address>) -> Result<Self, WatchListError> {
        let contracts: BTreeSet<_> = contracts.into_iter().collect();
        match contracts.len() {
            0 => Err(WatchListError::Empty),
            count if count > WATCHED_CONTRACTS_MAX => Err(WatchListError::TooMany(count)),
            _ => Ok(WatchList { contracts: Some(contracts) }),
        }
    }

    /// Whether calls of this contract (or of none) are kept.
    #[must_use]
    pub fn contains(&self, contract: Option<&Address>) -> bool {
        match (&self.contracts, contract) {
            (None, _) => true,
            (Some(contracts), Some(contract)) => contracts.contains(contract),
            (Some(_), None) => false,
        }
    }

    /// What coverage is kept for.
    #[must_use]
    pub fn subjects(&self) -> Vec<Subject> {
        match &self.contracts {
            None => vec![Subject::Network],
            Some(contracts) => contracts.iter().cloned().map(Subject::Contract).collect(),
        }
    }
}
