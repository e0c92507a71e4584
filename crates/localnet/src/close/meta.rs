//! `LedgerCloseMeta`: everything that a ledger did.

use crate::Fault;
use crate::outcome::Outcome;
use crate::state::LedgerState;
use crate::xdr::{
    ExtensionPoint, GeneralizedTransactionSet, Hash, LedgerCloseMeta, LedgerCloseMetaExt,
    LedgerCloseMetaV2, LedgerEntryChanges, LedgerHeaderHistoryEntry, TransactionResultMetaV1,
    TransactionResultPair, VecM,
};
use std::sync::Arc;

pub(super) fn results(outcomes: &[Arc<Outcome>]) -> Vec<TransactionResultPair> {
    outcomes
        .iter()
        .map(|outcome| TransactionResultPair {
            transaction_hash: Hash(outcome.hash),
            result: outcome.result.clone(),
        })
        .collect()
}

pub(super) fn processing(
    outcomes: &[Arc<Outcome>],
    results: &[TransactionResultPair],
) -> Result<Vec<TransactionResultMetaV1>, Fault> {
    outcomes
        .iter()
        .zip(results)
        .map(|(outcome, result)| {
            Ok(TransactionResultMetaV1 {
                ext: ExtensionPoint::V0,
                result: result.clone(),
                fee_processing: changes(&outcome.fee_changes)?,
                tx_apply_processing: outcome.transaction_meta(),
                post_tx_apply_fee_processing: changes(&outcome.refund_changes)?,
            })
        })
        .collect()
}

fn changes(changes: &[crate::xdr::LedgerEntryChange]) -> Result<LedgerEntryChanges, Fault> {
    Ok(LedgerEntryChanges(changes.to_vec().try_into()?))
}

pub(super) fn close_meta(
    state: &LedgerState,
    header: LedgerHeaderHistoryEntry,
    set: GeneralizedTransactionSet,
    processing: Vec<TransactionResultMetaV1>,
) -> Result<LedgerCloseMeta, Fault> {
    Ok(LedgerCloseMeta::V2(LedgerCloseMetaV2 {
        ext: LedgerCloseMetaExt::V0,
        ledger_header: header,
        tx_set: set,
        tx_processing: processing.try_into()?,
        upgrades_processing: VecM::default(),
        scp_info: VecM::default(),
        total_byte_size_of_live_soroban_state: state.configuration.live_state_bytes,
        evicted_keys: VecM::default(),
    }))
}
