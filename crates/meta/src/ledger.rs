//! A closed ledger.

use serde::Serialize;

use crate::{Hash, Transaction};

/// What the header says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Header {
    /// The ledger's sequence number.
    pub sequence: u32,
    /// The ledger's hash: sha256 of its header, checked.
    pub hash: Hash,
    /// The hash of the ledger before it.
    pub previous_hash: Hash,
    /// When it closed, milliseconds since 1970. Whole seconds before protocol 30.
    pub closed_at_ms: u64,
    /// The protocol that was in force.
    pub protocol: u32,
}

/// A ledger, its transactions in the order in which they were applied.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Ledger {
    /// What the header says.
    pub header: Header,
    /// Every transaction, failed ones included.
    pub transactions: Vec<Transaction>,
}
