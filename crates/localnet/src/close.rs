//! Closing a ledger: fees first, then every transaction, then refunds, header and metadata.

mod event_ids;
mod header;
mod meta;
mod one;
mod room;
mod transaction_set;

pub use event_ids::{EventRecord, REFUND_TRANSACTION_INDEX, ledger_position};
pub(crate) use header::TOTAL_COINS_STROOPS;
pub(crate) use one::transaction_seed;

use crate::Fault;
use crate::codec::encode;
use crate::draft::Draft;
use crate::fees::BASE_FEE_STROOPS;
use crate::outcome::Outcome;
use crate::state::LedgerState;
use crate::transaction::ParsedTransaction;
use crate::validate::{NextLedger, Signatures, validate};
use crate::world::Stored;
use crate::xdr::{
    LedgerEntryChange, LedgerEntryData, LedgerHeaderHistoryEntry, LedgerKey,
    TransactionResultResult,
};
use room::Room;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A transaction waiting for a ledger.
#[derive(Clone)]
pub(crate) struct Waiting {
    pub transaction: ParsedTransaction,
    pub signatures: Signatures,
}

/// A ledger of the past.
#[derive(Debug)]
pub struct ClosedLedger {
    /// Its number.
    pub sequence: u32,
    /// When it closed, in seconds.
    pub close_time_s: u64,
    /// Hash of its header.
    pub hash: [u8; 32],
    /// The header.
    pub header: LedgerHeaderHistoryEntry,
    /// `LedgerCloseMeta`, encoded.
    pub meta: Vec<u8>,
    /// Its transactions, in the order they were applied.
    pub transactions: Vec<Arc<Outcome>>,
    /// Its events, in the order of their ids.
    pub events: Vec<EventRecord>,
    /// Transactions that had become invalid while they waited.
    pub dropped: Vec<Dropped>,
}

/// A transaction that waited in vain: something that closed before it made it invalid.
#[derive(Clone, Debug)]
pub struct Dropped {
    /// Its hash.
    pub hash: [u8; 32],
    /// The result code it would have had.
    pub code: TransactionResultResult,
    /// What was wrong, in a sentence.
    pub reason: String,
}

/// What closing gave: apart from the state, so that the state changes at once or not at all.
pub(crate) struct Closed {
    pub ledger: ClosedLedger,
    pub changed: BTreeMap<LedgerKey, Option<Stored>>,
    pub changes_hash: [u8; 32],
    pub fee_pool_stroops: i64,
    /// Transactions the ledger had no room for.
    pub left_over: Vec<Waiting>,
}

/// A transaction that is in the ledger and has paid.
struct Included {
    transaction: ParsedTransaction,
    charged_stroops: i64,
    fee_changes: Vec<LedgerEntryChange>,
}

pub(crate) fn close(
    state: &LedgerState,
    waiting: Vec<Waiting>,
    close_time_s: u64,
) -> Result<Closed, Fault> {
    let ledger = state.next(close_time_s)?;
    let mut draft = Draft::new(&state.world);
    let Selection { included, left_over, dropped } =
        select(state, waiting, &mut draft, close_time_s)?;
    let set = transaction_set::build(state.hash, &included)?;
    let set_hash = crate::codec::hash(&set)?;

    let mut applied = Vec::with_capacity(included.len());
    for (order, included) in (1_u32..).zip(included) {
        let payer = included.transaction.fee_source.clone();
        let seed = transaction_seed(set_hash, order - 1);
        applied.push((one::apply(&ledger, &mut draft, included, order, seed)?, payer));
    }
    let mut outcomes = Vec::with_capacity(applied.len());
    let mut fee_pool_stroops = state.fee_pool_stroops;
    for (mut outcome, payer) in applied {
        one::refund(&ledger, &mut draft, &mut outcome, &payer)?;
        fee_pool_stroops = fee_pool_stroops.saturating_add(outcome.fees.charged_stroops);
        outcomes.push(Arc::new(outcome));
    }
    let results = meta::results(&outcomes);
    let processing = meta::processing(&outcomes, &results)?;
    let changes_hash = header::changes_hash(state.changes_hash, &outcomes)?;
    let header = header::build(
        state,
        &ledger,
        header::Contents {
            transaction_set_hash: set_hash,
            results: &results,
            changes_hash,
            fee_pool_stroops,
        },
    )?;
    let close_meta = meta::close_meta(state, header.clone(), set, processing)?;
    Ok(Closed {
        ledger: ClosedLedger {
            sequence: ledger.sequence,
            close_time_s,
            hash: header.hash.0,
            meta: encode(&close_meta)?,
            events: event_ids::events_of(&outcomes),
            header,
            transactions: outcomes,
            dropped,
        },
        changed: draft.into_changed(),
        changes_hash,
        fee_pool_stroops,
        left_over,
    })
}

impl Closed {
    /// Wasm that this ledger uploaded or restored.
    pub fn code(&self) -> impl Iterator<Item = &[u8]> {
        self.changed.values().flatten().filter_map(|stored| match &stored.entry.data {
            LedgerEntryData::ContractCode(code) => Some(code.code.as_slice()),
            _ => None,
        })
    }
}

struct Selection {
    included: Vec<Included>,
    left_over: Vec<Waiting>,
    dropped: Vec<Dropped>,
}

/// Takes the transactions that still fit and are still valid, classic ones first, and charges
/// their fees.
fn select(
    state: &LedgerState,
    mut waiting: Vec<Waiting>,
    draft: &mut Draft<'_>,
    close_time_s: u64,
) -> Result<Selection, Fault> {
    waiting.sort_by_key(|waiting| waiting.transaction.soroban_data().is_some());
    let ledger = state.next(close_time_s)?;
    let mut room = Room::new(&state.configuration.ledger);
    let mut selection =
        Selection { included: Vec::new(), left_over: Vec::new(), dropped: Vec::new() };
    for waiting in waiting {
        let next = NextLedger {
            entries: draft,
            configuration: &state.configuration,
            sequence: ledger.sequence,
            close_time_s,
            base_reserve_stroops: state.base_reserve_stroops,
        };
        if let Err(rejection) = validate(&next, &waiting.transaction, waiting.signatures)? {
            selection.dropped.push(Dropped {
                hash: waiting.transaction.hash(),
                code: rejection.code,
                reason: rejection.reason,
            });
            continue;
        }
        if !room.take(&waiting.transaction) {
            selection.left_over.push(waiting);
            continue;
        }
        let charged_stroops = charge(&waiting.transaction);
        let mut fee_changes = Vec::new();
        draft.update_account(
            ledger.sequence,
            &waiting.transaction.fee_source,
            &mut fee_changes,
            |payer| payer.balance -= charged_stroops,
        )?;
        selection.included.push(Included {
            transaction: waiting.transaction,
            charged_stroops,
            fee_changes,
        });
    }
    Ok(selection)
}

/// What is taken up front: the whole resource fee, and inclusion at the base fee.
fn charge(transaction: &ParsedTransaction) -> i64 {
    let resource_fee = transaction.resource_fee_stroops();
    let bid = transaction.fee_bid_stroops.saturating_sub(resource_fee);
    let inclusion = BASE_FEE_STROOPS.saturating_mul(transaction.charged_operations()).min(bid);
    resource_fee.saturating_add(inclusion)
}
