//! A transaction as it was applied.

use serde::Serialize;

use crate::{
    Address, CallTree, ContractEvent, Declared, FeeAccount, Hash, Measured, Operation, Usage, Value,
};

/// A transaction of a closed ledger.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Transaction {
    /// Its hash; of the outer transaction for a fee bump.
    pub hash: Hash,
    /// Its place in the order of application, from 1.
    pub application_order: u32,
    /// The account whose transaction it is.
    pub source: Address,
    /// The account that paid: another one for a fee bump.
    pub fee_source: Address,
    /// Whether it is a fee bump.
    pub fee_bump: bool,
    /// What it offered for inclusion, in stroops.
    pub inclusion_bid_stroops: i64,
    /// Whether it succeeded.
    pub succeeded: bool,
    /// Its result, as the protocol names it: `TxSuccess`, `TxFailed`, `TxBadAuth`...; of the inner
    /// transaction for a fee bump.
    pub result: &'static str,
    /// Its operations in order.
    pub operations: Vec<Operation>,
    /// What it paid, if the numbers add up.
    pub fees: FeeAccount,
    /// The rest, when it is a Soroban transaction.
    pub soroban: Option<Soroban>,
}

/// What only a Soroban transaction has. It has exactly one operation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Soroban {
    /// What it declared it may use.
    pub declared: Declared,
    /// What the node measured, if it gives diagnostics.
    pub measured: Option<Measured>,
    /// Its calls.
    pub calls: CallTree,
    /// The events that the ledger keeps; none when it failed.
    pub events: Vec<ContractEvent>,
    /// What the root call returned.
    pub return_value: Option<Value>,
}

impl Soroban {
    /// What it used, measured where that is known, otherwise declared.
    #[must_use]
    pub fn usage(&self) -> Usage {
        Usage::of(&self.declared, self.measured.as_ref())
    }
}
