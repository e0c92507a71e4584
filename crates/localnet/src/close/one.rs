//! One transaction of a ledger: sequence number, operations, refund, result, metadata.

use super::Included;
use crate::Fault;
use crate::accounts::raise_sequence;
use crate::apply::{Applied, ClosingLedger, SorobanApplied, Step, apply as apply_operation};
use crate::asset_events::fee_event;
use crate::codec::sha256;
use crate::draft::Draft;
use crate::fees::{FeeParts, resource_fee_of};
use crate::outcome::{Outcome, is_success};
use crate::transaction::ParsedTransaction;
use crate::xdr::{
    AccountId, ExtensionPoint, Hash, InnerTransactionResult, InnerTransactionResultExt,
    InnerTransactionResultPair, InnerTransactionResultResult, LedgerEntryChange,
    LedgerEntryChanges, OperationMetaV2, OperationResult, SorobanTransactionMetaExt,
    SorobanTransactionMetaExtV1, SorobanTransactionMetaV2, TransactionEvent, TransactionEventStage,
    TransactionMetaV4, TransactionResult, TransactionResultExt, TransactionResultResult,
};

/// The seed of a transaction's random numbers: its set and its index in apply order, from 0.
pub(crate) fn transaction_seed(set_hash: [u8; 32], index: u32) -> [u8; 32] {
    sha256(&[&set_hash[..], &u64::from(index).to_be_bytes()[..]].concat())
}

pub(super) fn apply(
    ledger: &ClosingLedger<'_>,
    draft: &mut Draft<'_>,
    included: Included,
    order: u32,
    seed: [u8; 32],
) -> Result<Outcome, Fault> {
    let Included { transaction, charged_stroops, fee_changes } = included;
    let before = changes_before_operations(ledger, draft, &transaction)?;
    let operations = operations(ledger, draft, &transaction, seed)?;
    let fees = fee_parts(ledger, &transaction, charged_stroops, &operations);
    let meta = TransactionMetaV4 {
        ext: ExtensionPoint::V0,
        tx_changes_before: LedgerEntryChanges(before.try_into()?),
        operations: operations.metas.try_into()?,
        tx_changes_after: LedgerEntryChanges::default(),
        soroban_meta: transaction.soroban_data().map(|_| SorobanTransactionMetaV2 {
            ext: SorobanTransactionMetaExt::V1(SorobanTransactionMetaExtV1 {
                ext: ExtensionPoint::V0,
                total_non_refundable_resource_fee_charged: fees.non_refundable_stroops,
                total_refundable_resource_fee_charged: fees.rent_stroops + fees.events_stroops,
                rent_fee_charged: fees.rent_stroops,
            }),
            return_value: operations.soroban.return_value.clone(),
        }),
        events: fee_events(ledger, &transaction, charged_stroops, fees.refund_stroops)?
            .try_into()?,
        diagnostic_events: operations.soroban.diagnostics.try_into()?,
    };
    Ok(Outcome {
        ledger: ledger.sequence,
        close_time_s: ledger.close_time_s,
        application_order: order,
        hash: transaction.hash(),
        is_fee_bump: transaction.fee_bump.is_some(),
        result: TransactionResult {
            fee_charged: fees.charged_stroops,
            result: result(&transaction, operations.results, operations.success)?,
            ext: TransactionResultExt::V0,
        },
        meta,
        fee_changes,
        refund_changes: Vec::new(),
        fees,
        usage: transaction.soroban_data().map(|_| operations.soroban.usage),
        envelope: transaction.envelope,
    })
}

/// The source's sequence number rises; whoever bumps the fee is loaded before, unchanged.
fn changes_before_operations(
    ledger: &ClosingLedger<'_>,
    draft: &mut Draft<'_>,
    transaction: &ParsedTransaction,
) -> Result<Vec<LedgerEntryChange>, Fault> {
    let mut changes = Vec::new();
    if transaction.fee_bump.is_some() {
        draft.update_account(ledger.sequence, &transaction.fee_source, &mut changes, |_| {})?;
    }
    let mut raised = Ok(());
    let sequence = transaction.transaction.seq_num.clone();
    draft.update_account(ledger.sequence, &transaction.source(), &mut changes, |source| {
        raised = raise_sequence(source, sequence, ledger.sequence, ledger.close_time_s);
    })?;
    raised.map(|()| changes)
}

struct Operations {
    success: bool,
    results: Vec<OperationResult>,
    metas: Vec<OperationMetaV2>,
    soroban: SorobanApplied,
}

/// Applies every operation; what they changed counts only when all succeeded.
fn operations(
    ledger: &ClosingLedger<'_>,
    draft: &mut Draft<'_>,
    transaction: &ParsedTransaction,
    seed: [u8; 32],
) -> Result<Operations, Fault> {
    let mut soroban = SorobanApplied::default();
    let (mut results, mut metas) = (Vec::new(), Vec::new());
    let mut inner = Draft::new(draft);
    for operation in transaction.transaction.operations.iter() {
        let step = Step { ledger, transaction, operation, seed };
        let (result, Applied { changes, events }) =
            apply_operation(&step, &mut inner, &mut soroban)?;
        results.push(result);
        metas.push(OperationMetaV2 {
            ext: ExtensionPoint::V0,
            changes: LedgerEntryChanges(changes.try_into()?),
            events: events.try_into()?,
        });
    }
    let success = results.iter().all(is_success);
    if success {
        let changed = inner.into_changed();
        draft.adopt(changed);
    } else {
        metas.clear();
        soroban.return_value = None;
    }
    Ok(Operations { success, results, metas, soroban })
}

fn fee_parts(
    ledger: &ClosingLedger<'_>,
    transaction: &ParsedTransaction,
    charged_stroops: i64,
    operations: &Operations,
) -> FeeParts {
    let Some(data) = transaction.soroban_data() else {
        return FeeParts {
            inclusion_stroops: charged_stroops,
            charged_stroops,
            ..FeeParts::default()
        };
    };
    let fee = resource_fee_of(ledger.configuration, transaction, data, 0);
    let (rent_stroops, events_stroops) = if operations.success {
        (operations.soroban.rent_stroops, operations.soroban.events_stroops)
    } else {
        (0, 0)
    };
    let refundable = data.resource_fee - fee.non_refundable_stroops;
    let refund_stroops = refundable - rent_stroops - events_stroops;
    FeeParts {
        inclusion_stroops: charged_stroops - data.resource_fee,
        non_refundable_stroops: fee.non_refundable_stroops,
        rent_stroops,
        events_stroops,
        refund_stroops,
        charged_stroops: charged_stroops - refund_stroops,
    }
}

/// Gives back what was not used. Refunds come after every transaction of the ledger.
pub(super) fn refund(
    ledger: &ClosingLedger<'_>,
    draft: &mut Draft<'_>,
    outcome: &mut Outcome,
    payer: &AccountId,
) -> Result<(), Fault> {
    let refund_stroops = outcome.fees.refund_stroops;
    if refund_stroops > 0 {
        draft.update_account(ledger.sequence, payer, &mut outcome.refund_changes, |payer| {
            payer.balance += refund_stroops;
        })?;
    }
    Ok(())
}

fn fee_events(
    ledger: &ClosingLedger<'_>,
    transaction: &ParsedTransaction,
    charged_stroops: i64,
    refund_stroops: i64,
) -> Result<Vec<TransactionEvent>, Fault> {
    let payer = &transaction.fee_source;
    let event = |stage, amount| -> Result<TransactionEvent, Fault> {
        Ok(TransactionEvent { stage, event: fee_event(ledger.native_contract, payer, amount)? })
    };
    let mut events = vec![event(TransactionEventStage::BeforeAllTxs, charged_stroops)?];
    if refund_stroops > 0 {
        events.push(event(TransactionEventStage::AfterAllTxs, -refund_stroops)?);
    }
    Ok(events)
}

fn result(
    transaction: &ParsedTransaction,
    operations: Vec<OperationResult>,
    success: bool,
) -> Result<TransactionResultResult, Fault> {
    let operations = operations.try_into()?;
    if transaction.fee_bump.is_none() {
        return Ok(if success {
            TransactionResultResult::TxSuccess(operations)
        } else {
            TransactionResultResult::TxFailed(operations)
        });
    }
    let result = if success {
        InnerTransactionResultResult::TxSuccess(operations)
    } else {
        InnerTransactionResultResult::TxFailed(operations)
    };
    let pair = InnerTransactionResultPair {
        transaction_hash: Hash(transaction.inner_hash),
        result: InnerTransactionResult {
            // The outer transaction pays for everything.
            fee_charged: 0,
            result,
            ext: InnerTransactionResultExt::V0,
        },
    };
    Ok(if success {
        TransactionResultResult::TxFeeBumpInnerSuccess(pair)
    } else {
        TransactionResultResult::TxFeeBumpInnerFailed(pair)
    })
}
