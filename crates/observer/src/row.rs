//! The truth: one row for each call.

use lumenscope_meta::{Address, CallOutcome, CallPath, FeeAccount, Hash, Usage, Visibility};
use serde::Serialize;

/// What makes a row unique within its epoch. Ordered as the calls happened.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct RowKey {
    /// The ledger.
    pub ledger: u32,
    /// The transaction's place in the ledger, from 1.
    pub application_order: u32,
    /// The operation's place in the transaction, from 0.
    pub operation: u32,
    /// The call's place in the operation.
    pub path: CallPath,
}

/// One call of a watched contract.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// What makes it unique.
    #[serde(flatten)]
    pub key: RowKey,
    /// The transaction.
    pub transaction: Hash,
    /// When the ledger closed, milliseconds since 1970.
    pub closed_at_ms: u64,
    /// The account whose transaction it is.
    pub source: Address,
    /// The contract called; `None` for operations that concern none.
    pub contract: Option<Address>,
    /// The function, after [`FunctionNames`](crate::FunctionNames).
    pub function: String,
    /// 0 for the root call.
    pub depth: u32,
    /// How the call ended.
    #[serde(flatten)]
    pub outcome: CallOutcome,
    /// Whether its effects were undone, by itself or by a call above it.
    pub reverted: bool,
    /// How many of the transaction's calls the node shows.
    pub visibility: Visibility,
    /// What it cost, where that is known.
    pub cost: Cost,
}

/// What a call cost.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cost {
    /// Of the root call: all that its transaction used and paid.
    Root(Box<RootCost>),
    /// Of a sub-call: part of the root's, and nobody can say which part.
    NotMeasurable,
}

/// What a transaction used and paid.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RootCost {
    /// Resources, measured or declared.
    pub usage: Usage,
    /// Fees, or why they are not believed.
    pub fees: FeeAccount,
}

impl Row {
    /// The cost, when this is a root call.
    #[must_use]
    pub fn root_cost(&self) -> Option<&RootCost> {
        match &self.cost {
            Cost::Root(cost) => Some(cost),
            Cost::NotMeasurable => None,
        }
    }

    /// Whether the call itself returned.
    #[must_use]
    pub fn returned(&self) -> bool {
        self.outcome == CallOutcome::Returned
    }
}
