//! `getLedgers`: whole ledgers with their metadata.

use super::RpcError;
use super::format::{XdrFormat, base64, base64_bytes};
use super::paging::{Kept, Pagination, number};
use super::params;
use crate::codec::decode;
use crate::xdr::LedgerCloseMeta;
use crate::{ClosedLedger, Localnet};
use serde::Deserialize;
use serde_json::{Value, json};

const DEFAULT_LIMIT: u32 = 5;
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
    let start = match pagination.cursor(start_ledger)? {
        // A cursor at the latest ledger asks for what is still to come: an empty page.
        Some(cursor) => u32::try_from(number(cursor)?.saturating_add(1)).unwrap_or(u32::MAX),
        None => kept.start(start_ledger)?,
    };
    if start < kept.oldest {
        return Err(RpcError::InvalidRequest(format!(
            "cursor: ledger {start} is older than the oldest kept, {}",
            kept.oldest
        )));
    }
    let found: Vec<_> = ledger.history().from_ledger(start).take(limit).collect();
    let cursor = found.last().map_or(start.saturating_sub(1), |last| last.sequence);
    let ledgers = found.into_iter().map(|closed| ledger_json(closed, xdr_format));
    Ok(json!({
        "ledgers": ledgers.collect::<Result<Vec<_>, _>>()?,
        "latestLedger": kept.latest,
        "latestLedgerCloseTime": kept.latest_close_s,
        "oldestLedger": kept.oldest,
        "oldestLedgerCloseTime": kept.oldest_close_s,
        "cursor": cursor.to_string(),
    }))
}

fn ledger_json(closed: &ClosedLedger, format: XdrFormat) -> Result<Value, RpcError> {
    let mut answer = json!({
        "hash": hex::encode(closed.hash),
        "sequence": closed.sequence,
        "ledgerCloseTime": closed.close_time_s.to_string(),
        // Clients require the two in either format.
        "headerXdr": base64(&closed.header)?,
        "metadataXdr": base64_bytes(&closed.meta),
    });
    if format == XdrFormat::Json {
        let meta: LedgerCloseMeta = decode(&closed.meta)?;
        answer["headerJson"] = format.write(&closed.header)?;
        answer["metadataJson"] = format.write(&meta)?;
    }
    Ok(answer)
}
