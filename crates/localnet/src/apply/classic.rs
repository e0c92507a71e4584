//! The two classic operations a development ledger needs: making accounts and paying them.

use super::{Applied, ClosingLedger};
use crate::Fault;
use crate::accounts::{new_account, receivable, spendable};
use crate::asset_events::transfer_event;
use crate::draft::Draft;
use crate::keys::{account_key, unmuxed};
use crate::world::Stored;
use crate::xdr::{
    AccountId, Asset, CreateAccountOp, CreateAccountResult, LedgerEntry, LedgerEntryChange,
    LedgerEntryData, LedgerEntryExt, OperationResult, OperationResultTr, PaymentOp, PaymentResult,
};
use std::sync::Arc;

pub(super) fn create_account(
    ledger: &ClosingLedger<'_>,
    draft: &mut Draft<'_>,
    source: &AccountId,
    create: &CreateAccountOp,
) -> Result<(OperationResult, Applied), Fault> {
    let answer = |result| OperationResult::OpInner(OperationResultTr::CreateAccount(result));
    let (destination, amount) = (&create.destination, create.starting_balance);
    let reserve = i64::from(ledger.base_reserve_stroops).saturating_mul(2);
    let available =
        draft.account(source).map_or(0, |from| spendable(from, ledger.base_reserve_stroops));
    let refused = if draft.account(destination).is_some() {
        Some(CreateAccountResult::AlreadyExist)
    } else if amount < reserve {
        Some(CreateAccountResult::LowReserve)
    } else if available < amount {
        Some(CreateAccountResult::Underfunded)
    } else {
        None
    };
    if let Some(refused) = refused {
        return Ok((answer(refused), Applied::default()));
    }
    let mut changes = Vec::new();
    draft.update_account(ledger.sequence, source, &mut changes, |from| from.balance -= amount)?;
    let entry = LedgerEntry {
        last_modified_ledger_seq: ledger.sequence,
        data: LedgerEntryData::Account(new_account(destination.clone(), amount, ledger.sequence)),
        ext: LedgerEntryExt::V0,
    };
    changes.push(LedgerEntryChange::Created(entry.clone()));
    draft.put(account_key(destination), Stored { entry: Arc::new(entry), ttl: None });
    let events = vec![transfer_event(ledger.native_contract, source, destination, amount)?];
    Ok((answer(CreateAccountResult::Success), Applied { changes, events }))
}

pub(super) fn payment(
    ledger: &ClosingLedger<'_>,
    draft: &mut Draft<'_>,
    source: &AccountId,
    payment: &PaymentOp,
) -> Result<(OperationResult, Applied), Fault> {
    if payment.asset != Asset::Native {
        return Ok((OperationResult::OpNotSupported, Applied::default()));
    }
    let answer = |result| OperationResult::OpInner(OperationResultTr::Payment(result));
    let (destination, amount) = (unmuxed(&payment.destination), payment.amount);
    let events = vec![transfer_event(ledger.native_contract, source, &destination, amount)?];
    if destination == *source {
        let applied = Applied { changes: Vec::new(), events };
        return Ok((answer(PaymentResult::Success), applied));
    }
    let available =
        draft.account(source).map_or(0, |from| spendable(from, ledger.base_reserve_stroops));
    let refused = match draft.account(&destination) {
        None => Some(PaymentResult::NoDestination),
        Some(to) if receivable(to) < amount => Some(PaymentResult::LineFull),
        Some(_) if available < amount => Some(PaymentResult::Underfunded),
        Some(_) => None,
    };
    if let Some(refused) = refused {
        return Ok((answer(refused), Applied::default()));
    }
    let mut changes = Vec::new();
    let sequence = ledger.sequence;
    draft.update_account(sequence, source, &mut changes, |from| from.balance -= amount)?;
    draft.update_account(sequence, &destination, &mut changes, |to| to.balance += amount)?;
    Ok((answer(PaymentResult::Success), Applied { changes, events }))
}
