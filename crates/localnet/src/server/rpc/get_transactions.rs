//! `getTransactions`: the transactions of a range of ledgers.

use super::RpcError;
use super::format::XdrFormat;
use super::paging::{Kept, Pagination, number};
use super::params;
use super::transaction_json::transaction_json;
use crate::{Localnet, ledger_position};
use serde::Deserialize;
use serde_json::{Value, json};

const DEFAULT_LIMIT: u32 = 50;
const MAX_LIMIT: u32 = 200;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Params {
    start_ledger: Option<u32>,
    #[serde(default)]
    pagination: Pagination,
    #[serde(default)]
    xdr_format: XdrFormat,
}

pub(super) fn answer(ledger: &Localnet, params: Value) -> Result<Value, RpcError> {
    let Params { start_ledger, pagination, xdr_format } = params::read(params)?;
    let kept = Kept::of(ledger)?;
    let limit = pagination.limit(DEFAULT_LIMIT, MAX_LIMIT)?;
    let first_position = match pagination.cursor(start_ledger)? {
        Some(cursor) => number(cursor)?.saturating_add(1),
        None => ledger_position(kept.start(start_ledger)?, 0, 0),
    };
    let from = u32::try_from(first_position >> 32).unwrap_or(u32::MAX);
    let found: Vec<_> = ledger
        .history()
        .from_ledger(from)
        .flat_map(|closed| &closed.transactions)
        // Positions name a transaction by its first operation, counted from 1.
        .map(|outcome| (ledger_position(outcome.ledger, outcome.application_order, 1), outcome))
        .filter(|(position, _)| *position >= first_position)
        .take(limit)
        .collect();
    let cursor = match found.last() {
        Some((last, _)) if found.len() == limit => *last,
        // The end of what was looked through: the next page starts after it.
        _ => {
            let transactions = ledger.history().latest().map_or(0, |l| l.transactions.len());
            let transactions = u32::try_from(transactions).unwrap_or(u32::MAX);
            ledger_position(kept.latest, transactions, 1).max(first_position.saturating_sub(1))
        }
    };
    let transactions = found.into_iter().map(|(_, outcome)| {
        let mut answer = transaction_json(outcome, xdr_format)?;
        answer.insert("createdAt".into(), outcome.close_time_s.into());
        Ok(Value::Object(answer))
    });
    Ok(json!({
        "transactions": transactions.collect::<Result<Vec<_>, RpcError>>()?,
        "latestLedger": kept.latest,
        "latestLedgerCloseTimestamp": kept.latest_close_s,
        "oldestLedger": kept.oldest,
        "oldestLedgerCloseTimestamp": kept.oldest_close_s,
        "cursor": cursor.to_string(),
    }))
}
