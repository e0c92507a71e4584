//! Whether a transaction may enter the next ledger.
//!
//! Order follows the network: form, time and ledger bounds, sequence number, Soroban resources,
//! fee, signatures, balance. The first thing that is wrong is the answer.

mod conditions;
mod operations;
mod signatures;
mod soroban;

use crate::Fault;
use crate::accounts::spendable;
use crate::configuration::Configuration;
use crate::draft::Draft;
use crate::fees::BASE_FEE_STROOPS;
use crate::transaction::ParsedTransaction;
use crate::xdr::TransactionResultResult as Code;

/// The ledger that a transaction would enter.
pub(crate) struct NextLedger<'a> {
    pub entries: &'a Draft<'a>,
    pub configuration: &'a Configuration,
    pub sequence: u32,
    pub close_time_s: u64,
    pub base_reserve_stroops: u32,
}

/// Whether signatures are looked at. Harnesses apply what nobody signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signatures {
    Required,
    NotRequired,
}

/// Why a transaction may not enter: its result code, and a sentence where the code is not enough.
pub(crate) struct Rejection {
    pub code: Code,
    pub reason: String,
}

pub(crate) fn reject<T>(code: Code, reason: impl Into<String>) -> Result<T, Rejection> {
    Err(Rejection { code, reason: reason.into() })
}

/// `Ok(Ok(()))` when the transaction may enter.
pub(crate) fn validate(
    next: &NextLedger<'_>,
    transaction: &ParsedTransaction,
    signatures: Signatures,
) -> Result<Result<(), Rejection>, Fault> {
    if let Err(rejection) = form_and_fee(next, transaction)? {
        return Ok(Err(rejection));
    }
    if signatures == Signatures::Required
        && let Err(rejection) = signatures::check(next, transaction)
    {
        return Ok(Err(rejection));
    }
    Ok(operations::check(next, transaction).and_then(|()| balance(next, transaction)))
}

fn form_and_fee(
    next: &NextLedger<'_>,
    transaction: &ParsedTransaction,
) -> Result<Result<(), Rejection>, Fault> {
    if transaction.transaction.operations.is_empty() {
        return Ok(reject(Code::TxMissingOperation, "a transaction needs an operation"));
    }
    if let Err(rejection) = conditions::check(next, transaction) {
        return Ok(Err(rejection));
    }
    if let Err(rejection) = soroban::check(next, transaction)? {
        return Ok(Err(rejection));
    }
    Ok(inclusion_fee(transaction))
}

fn inclusion_fee(transaction: &ParsedTransaction) -> Result<(), Rejection> {
    let bid = transaction.fee_bid_stroops.saturating_sub(transaction.resource_fee_stroops());
    let least = BASE_FEE_STROOPS.saturating_mul(transaction.charged_operations());
    if bid < least {
        return reject(
            Code::TxInsufficientFee,
            format!("inclusion needs {least} stroops, the fee leaves {bid} for it"),
        );
    }
    Ok(())
}

fn balance(next: &NextLedger<'_>, transaction: &ParsedTransaction) -> Result<(), Rejection> {
    let Some(payer) = next.entries.account(&transaction.fee_source) else {
        return reject(Code::TxNoAccount, "the account that pays the fee does not exist");
    };
    let available = spendable(payer, next.base_reserve_stroops);
    if available < transaction.fee_bid_stroops {
        return reject(
            Code::TxInsufficientBalance,
            format!(
                "the fee of {} stroops exceeds the {available} that can be spent",
                transaction.fee_bid_stroops
            ),
        );
    }
    Ok(())
}
