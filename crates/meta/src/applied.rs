//! From one applied transaction's envelope, result and meta to a [`Transaction`].

use crate::call_tree::{self, Ending};
use crate::envelope::View;
use crate::fee::{self, BaseFee, Evidence, SorobanEvidence};
use crate::views::{MetaView, ResultView};
use crate::xdr::{
    self, ContractEventBody, DiagnosticEvent, LedgerEntryChange, LedgerEntryChanges,
    LedgerEntryData, ScVal, SorobanTransactionMetaExt, TransactionEnvelope, TransactionMeta,
    TransactionResult,
};
use crate::{
    Action, Address, CallError, Declared, Hash, Measured, MetaError, Network, Operation, Soroban,
    Transaction, Value, operation,
};

/// Everything that is known about one applied transaction.
pub(crate) struct Applied<'a> {
    pub hash: Hash,
    pub envelope: &'a TransactionEnvelope,
    pub base_fee: Option<BaseFee>,
    pub result: &'a TransactionResult,
    pub meta: &'a TransactionMeta,
    pub fee_changes: Option<&'a LedgerEntryChanges>,
    pub refund_changes: Option<&'a LedgerEntryChanges>,
    pub application_order: u32,
    pub protocol: u32,
}

pub(crate) fn transaction(
    applied: &Applied<'_>,
    network: &Network,
) -> Result<Transaction, MetaError> {
    let view = View::of(applied.envelope);
    let result = ResultView::of(&applied.result.result);
    let meta = MetaView::of(applied.meta);
    let operations = operations(&view, &result, network)?;
    let fees = fee::account(&evidence(applied, &view, &result, &meta));
    let soroban = match (view.soroban, operations.first().and_then(|op| op.action.as_ref())) {
        (Some(data), Some(action)) => {
            let ending = ending(&result, operations.first());
            Some(Soroban {
                declared: Declared::from_xdr(data),
                measured: measured(meta.diagnostics),
                calls: call_tree::build(action, ending, meta.diagnostics),
                events: meta.events()?,
                return_value: meta.return_value.map(Value::from_xdr).transpose()?,
            })
        }
        _ => None,
    };
    Ok(Transaction {
        hash: applied.hash,
        application_order: applied.application_order,
        source: view.source,
        fee_source: view.fee_source,
        fee_bump: view.fee_bump,
        inclusion_bid_stroops: view.inclusion_bid,
        succeeded: result.succeeded,
        result: result.name,
        operations,
        fees,
        soroban,
    })
}

fn operations(
    view: &View<'_>,
    result: &ResultView<'_>,
    network: &Network,
) -> Result<Vec<Operation>, MetaError> {
    let with_action = view.soroban.is_some();
    let mut operations = Vec::with_capacity(view.operations.len());
    for (index, operation) in view.operations.iter().enumerate() {
        let action =
            if with_action { Action::from_xdr(&operation.body, network.id())? } else { None };
        operations.push(Operation {
            kind: operation.body.name(),
            result: result.operations.get(index).map(operation::result_name),
            action,
        });
    }
    Ok(operations)
}

fn ending(result: &ResultView<'_>, operation: Option<&Operation>) -> Ending {
    if result.succeeded {
        return Ending::Succeeded;
    }
    Ending::Failed(match operation.and_then(|operation| operation.result) {
        Some(result) => CallError::Operation { result },
        None => CallError::Transaction { result: result.name },
    })
}

fn evidence(
    applied: &Applied<'_>,
    view: &View<'_>,
    result: &ResultView<'_>,
    meta: &MetaView<'_>,
) -> Evidence {
    let payer = view.fee_source.as_str();
    let paid = applied.fee_changes.map(|changes| -balance_change(changes, payer));
    let refund_changes = applied.refund_changes.or(meta.changes_after);
    let refunded = refund_changes.map_or(0, |changes| balance_change(changes, payer));
    Evidence {
        protocol: applied.protocol,
        succeeded: result.succeeded,
        result_charged: applied.result.fee_charged,
        inclusion_bid: view.inclusion_bid,
        fee_units: view.fee_units,
        base_fee: applied.base_fee,
        paid,
        refunded,
        soroban: view.soroban.map(|_| SorobanEvidence {
            reported: match meta.fee_ext {
                Some(SorobanTransactionMetaExt::V1(ext)) => Some((
                    ext.total_non_refundable_resource_fee_charged,
                    ext.total_refundable_resource_fee_charged,
                    ext.rent_fee_charged,
                )),
                Some(SorobanTransactionMetaExt::V0) | None => None,
            },
        }),
    }
}

/// By how many stroops these changes move the account's balance.
fn balance_change(changes: &LedgerEntryChanges, account: &str) -> i64 {
    let mut before = None;
    let mut moved = 0_i64;
    for change in changes.iter() {
        let (entry, is_state) = match change {
            LedgerEntryChange::State(entry) => (entry, true),
            LedgerEntryChange::Updated(entry) => (entry, false),
            LedgerEntryChange::Created(_)
            | LedgerEntryChange::Removed(_)
            | LedgerEntryChange::Restored(_) => continue,
        };
        let LedgerEntryData::Account(entry) = &entry.data else {
            continue;
        };
        let xdr::PublicKey::PublicKeyTypeEd25519(key) = &entry.account_id.0;
        if Address::from_account_key(key.0).as_str() != account {
            continue;
        }
        if is_state {
            before = Some(entry.balance);
        } else if let Some(before) = before.take() {
            moved = moved.saturating_add(entry.balance.saturating_sub(before));
        }
    }
    moved
}

/// The node's `core_metrics`, `None` when it gives none.
fn measured(diagnostics: &[DiagnosticEvent]) -> Option<Measured> {
    let mut measured = Measured::default();
    let mut any = false;
    for event in diagnostics {
        let ContractEventBody::V0(body) = &event.event.body;
        if event.event.type_ != xdr::ContractEventType::Diagnostic
            || event.event.contract_id.is_some()
        {
            continue;
        }
        if let ([ScVal::Symbol(kind), ScVal::Symbol(name)], ScVal::U64(value)) =
            (body.topics.as_slice(), &body.data)
            && kind.0.as_slice() == b"core_metrics"
        {
            any |= measured.set(&name.to_string(), *value);
        }
    }
    any.then_some(measured)
}
