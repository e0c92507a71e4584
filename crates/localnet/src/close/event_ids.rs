//! Events of a ledger and where each of them stands.

use crate::outcome::Outcome;
use crate::xdr::{ContractEvent, TransactionEventStage};
use std::sync::Arc;

/// The transaction index of refunds: after every transaction.
pub const REFUND_TRANSACTION_INDEX: u32 = 0xF_FFFF;

/// An event and its place.
#[derive(Clone, Debug)]
pub struct EventRecord {
    /// The ledger.
    pub ledger: u32,
    /// 0 for fees, the transaction's place from 1, or [`REFUND_TRANSACTION_INDEX`].
    pub transaction: u32,
    /// The operation, from 0.
    pub operation: u32,
    /// Index among the events of that place.
    pub index: u32,
    /// The transaction it belongs to.
    pub transaction_hash: [u8; 32],
    /// Whether that transaction succeeded.
    pub in_successful_transaction: bool,
    /// The event.
    pub event: ContractEvent,
}

/// Position of a ledger, transaction and operation in history, as one number.
pub fn ledger_position(ledger: u32, transaction: u32, operation: u32) -> u64 {
    (u64::from(ledger) << 32) | (u64::from(transaction) << 12) | u64::from(operation)
}

impl EventRecord {
    /// The position of the operation that emitted it.
    pub fn position(&self) -> u64 {
        ledger_position(self.ledger, self.transaction, self.operation)
    }

    /// The id by which RPC names and pages events.
    pub fn id(&self) -> String {
        format!("{:019}-{:010}", self.position(), self.index)
    }
}

/// The events of a ledger in the order of their ids.
pub(super) fn events_of(outcomes: &[Arc<Outcome>]) -> Vec<EventRecord> {
    let (mut fees, mut operations, mut refunds) = (Vec::new(), Vec::new(), Vec::new());
    for outcome in outcomes {
        let record = |transaction, operation, index: usize, event: &ContractEvent| EventRecord {
            ledger: outcome.ledger,
            transaction,
            operation,
            index: u32::try_from(index).unwrap_or(u32::MAX),
            transaction_hash: outcome.hash,
            in_successful_transaction: outcome.is_success(),
            event: event.clone(),
        };
        for fee in outcome.fee_events() {
            if fee.stage == TransactionEventStage::BeforeAllTxs {
                fees.push(record(0, 0, fees.len(), &fee.event));
            } else {
                refunds.push(record(REFUND_TRANSACTION_INDEX, 0, refunds.len(), &fee.event));
            }
        }
        for (operation, meta) in (0_u32..).zip(outcome.meta.operations.iter()) {
            for (index, event) in meta.events.iter().enumerate() {
                operations.push(record(outcome.application_order, operation, index, event));
            }
        }
    }
    fees.into_iter().chain(operations).chain(refunds).collect()
}
