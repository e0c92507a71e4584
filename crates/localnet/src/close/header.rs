//! The header of a ledger, chained to the one before.

use crate::Fault;
use crate::apply::ClosingLedger;
use crate::codec::{encode, hash, sha256};
use crate::fees::BASE_FEE_STROOPS;
use crate::outcome::Outcome;
use crate::state::LedgerState;
use crate::xdr::{
    Hash, LedgerHeader, LedgerHeaderExt, LedgerHeaderHistoryEntry, LedgerHeaderHistoryEntryExt,
    StellarValue, StellarValueExt, TimePoint, TransactionResultPair, TransactionResultSet, VecM,
};
use std::sync::Arc;

/// All there is, in stroops: a hundred billion XLM, held by the root account at first.
pub(crate) const TOTAL_COINS_STROOPS: i64 = 1_000_000_000_000_000_000;
/// Operations in a transaction set, as the header declares it.
const MAX_TRANSACTION_SET_SIZE: u32 = 1_000;

pub(super) struct Contents<'a> {
    pub transaction_set_hash: [u8; 32],
    pub results: &'a [TransactionResultPair],
    pub changes_hash: [u8; 32],
    pub fee_pool_stroops: i64,
}

pub(super) fn build(
    state: &LedgerState,
    ledger: &ClosingLedger<'_>,
    contents: Contents<'_>,
) -> Result<LedgerHeaderHistoryEntry, Fault> {
    let results = TransactionResultSet { results: contents.results.to_vec().try_into()? };
    let header = LedgerHeader {
        ledger_version: ledger.protocol,
        previous_ledger_hash: Hash(state.hash),
        scp_value: StellarValue {
            tx_set_hash: Hash(contents.transaction_set_hash),
            close_time: TimePoint(ledger.close_time_s),
            upgrades: VecM::default(),
            ext: StellarValueExt::Basic,
        },
        tx_set_result_hash: Hash(hash(&results)?),
        bucket_list_hash: Hash(contents.changes_hash),
        ledger_seq: ledger.sequence,
        total_coins: TOTAL_COINS_STROOPS,
        fee_pool: contents.fee_pool_stroops,
        inflation_seq: 0,
        id_pool: 0,
        base_fee: u32::try_from(BASE_FEE_STROOPS).map_err(|_| Fault::TooLarge("the base fee"))?,
        base_reserve: ledger.base_reserve_stroops,
        max_tx_set_size: MAX_TRANSACTION_SET_SIZE,
        skip_list: [Hash([0; 32]), Hash([0; 32]), Hash([0; 32]), Hash([0; 32])],
        ext: LedgerHeaderExt::V0,
    };
    Ok(LedgerHeaderHistoryEntry {
        hash: Hash(hash(&header)?),
        header,
        ext: LedgerHeaderHistoryEntryExt::V0,
    })
}

/// Commits to the changes so far and this ledger's. Diagnostics are left out: they hold how long
/// the host took, which no two runs agree on.
pub(super) fn changes_hash(
    previous: [u8; 32],
    outcomes: &[Arc<Outcome>],
) -> Result<[u8; 32], Fault> {
    let mut bytes = previous.to_vec();
    for outcome in outcomes {
        let fee = outcome.fee_changes.iter().chain(&outcome.refund_changes);
        let sequence = outcome.meta.tx_changes_before.0.iter();
        for change in fee.chain(sequence).chain(outcome.changes()) {
            bytes.extend(encode(change)?);
        }
    }
    Ok(sha256(&bytes))
}
