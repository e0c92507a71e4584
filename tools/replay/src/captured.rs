//! A captured ledger, taken apart for the replay.

use lumenscope_localnet::capture::CapturedNetwork;
use lumenscope_localnet::xdr::{
    GeneralizedTransactionSet, Hash, InnerTransactionResultResult, LedgerCloseMetaV2,
    LedgerEntryChange, LedgerEntryData, OperationResult, TransactionEnvelope, TransactionPhase,
    TransactionResultMetaV1, TransactionResultResult, TxSetComponent,
};
use std::collections::HashMap;

/// The envelopes of a ledger by the hash that its results name them with.
pub fn envelopes(
    network: &CapturedNetwork,
    meta: &LedgerCloseMetaV2,
) -> anyhow::Result<HashMap<Hash, TransactionEnvelope>> {
    let GeneralizedTransactionSet::V1(set) = &meta.tx_set;
    let mut envelopes = HashMap::new();
    for phase in set.phases.iter() {
        let of_phase: Vec<&TransactionEnvelope> = match phase {
            TransactionPhase::V0(components) => components
                .iter()
                .flat_map(|component| {
                    let TxSetComponent::TxsetCompTxsMaybeDiscountedFee(component) = component;
                    component.txs.iter()
                })
                .collect(),
            TransactionPhase::V1(parallel) => parallel
                .execution_stages
                .iter()
                .flat_map(|stage| stage.0.iter())
                .flat_map(|cluster| cluster.0.iter())
                .collect(),
        };
        for envelope in of_phase {
            envelopes.insert(network.transaction_hash(envelope)?, envelope.clone());
        }
    }
    Ok(envelopes)
}

/// The result of a transaction's one operation; `None` when it did not get to its operation.
pub fn operation_result(transaction: &TransactionResultMetaV1) -> Option<&OperationResult> {
    use InnerTransactionResultResult as Inner;
    use TransactionResultResult as Whole;
    let operations = match &transaction.result.result.result {
        Whole::TxSuccess(operations) | Whole::TxFailed(operations) => operations,
        Whole::TxFeeBumpInnerSuccess(pair) | Whole::TxFeeBumpInnerFailed(pair) => {
            match &pair.result.result {
                Inner::TxSuccess(operations) | Inner::TxFailed(operations) => operations,
                _ => return None,
            }
        }
        _ => return None,
    };
    operations.first()
}

/// What the transaction was charged up front, in stroops: the change of its payer's balance.
pub fn charged_up_front(transaction: &TransactionResultMetaV1) -> Option<i64> {
    let balance = |change: &LedgerEntryChange| match change {
        LedgerEntryChange::State(entry) | LedgerEntryChange::Updated(entry) => match &entry.data {
            LedgerEntryData::Account(account) => Some(account.balance),
            _ => None,
        },
        _ => None,
    };
    let [before, after] = transaction.fee_processing.0.as_slice() else { return None };
    balance(before)?.checked_sub(balance(after)?)
}
