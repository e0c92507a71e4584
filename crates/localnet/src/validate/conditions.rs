//! Time bounds, ledger bounds, sequence number and what may be asked of it.

use super::{Code, NextLedger, Rejection, reject};
use crate::accounts::sequence_raised_at;
use crate::transaction::ParsedTransaction;
use crate::xdr::{LedgerBounds, Preconditions, PreconditionsV2, TimeBounds};

pub(super) fn check(
    next: &NextLedger<'_>,
    transaction: &ParsedTransaction,
) -> Result<(), Rejection> {
    match &transaction.transaction.cond {
        Preconditions::None => sequence(next, transaction, None),
        Preconditions::Time(bounds) => {
            time(next, bounds)?;
            sequence(next, transaction, None)
        }
        Preconditions::V2(conditions) => {
            conditions.time_bounds.as_ref().map_or(Ok(()), |bounds| time(next, bounds))?;
            conditions.ledger_bounds.as_ref().map_or(Ok(()), |bounds| ledger(next, bounds))?;
            sequence(next, transaction, Some(conditions))
        }
    }
}

fn time(next: &NextLedger<'_>, bounds: &TimeBounds) -> Result<(), Rejection> {
    let now = next.close_time_s;
    let (min, max) = (bounds.min_time.0, bounds.max_time.0);
    if min > now {
        return reject(Code::TxTooEarly, format!("valid from {min}, the ledger closes at {now}"));
    }
    if max != 0 && max < now {
        return reject(Code::TxTooLate, format!("valid until {max}, the ledger closes at {now}"));
    }
    Ok(())
}

fn ledger(next: &NextLedger<'_>, bounds: &LedgerBounds) -> Result<(), Rejection> {
    let now = next.sequence;
    let (min, max) = (bounds.min_ledger, bounds.max_ledger);
    if min > now {
        return reject(Code::TxTooEarly, format!("valid from ledger {min}, the next is {now}"));
    }
    if max != 0 && max <= now {
        return reject(Code::TxTooLate, format!("valid before ledger {max}, the next is {now}"));
    }
    Ok(())
}

fn sequence(
    next: &NextLedger<'_>,
    transaction: &ParsedTransaction,
    conditions: Option<&PreconditionsV2>,
) -> Result<(), Rejection> {
    let Some(source) = next.entries.account(&transaction.source()) else {
        return reject(Code::TxNoAccount, "the source account does not exist: fund it first");
    };
    let (current, wanted) = (source.seq_num.0, transaction.transaction.seq_num.0);
    let least = conditions.and_then(|conditions| conditions.min_seq_num.as_ref());
    let fits = match least {
        Some(least) => current >= least.0 && current < wanted,
        None => current.checked_add(1) == Some(wanted),
    };
    if !fits {
        return reject(
            Code::TxBadSeq,
            format!("expected a sequence number after {current}, came {wanted}"),
        );
    }
    let Some(conditions) = conditions else { return Ok(()) };
    let (raised_ledger, raised_time_s) = sequence_raised_at(source);
    let age_s = next.close_time_s.saturating_sub(raised_time_s);
    let gap = next.sequence.saturating_sub(raised_ledger);
    if age_s < conditions.min_seq_age.0 || gap < conditions.min_seq_ledger_gap {
        return reject(
            Code::TxBadMinSeqAgeOrGap,
            format!("the account's sequence number is {age_s} s and {gap} ledgers old"),
        );
    }
    Ok(())
}
