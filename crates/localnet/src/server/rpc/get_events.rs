//! `getEvents`: events of a range of ledgers, filtered and paged.

use super::RpcError;
use super::event_filter::{EventFilters, FilterParams};
use super::format::XdrFormat;
use super::paging::{Kept, Pagination};
use super::params;
use crate::server::rfc3339::rfc3339;
use crate::xdr::{ContractEventBody, ContractEventType};
use crate::{ClosedLedger, EventRecord, Localnet, REFUND_TRANSACTION_INDEX, ledger_position};
use serde::Deserialize;
use serde_json::{Value, json};

const DEFAULT_LIMIT: u32 = 100;
const MAX_LIMIT: u32 = 10_000;
/// Ledgers looked through by one request at most.
const MAX_SCANNED_LEDGERS: u32 = 10_000;
/// The last operation a position can name.
const LAST_OPERATION: u32 = 0xFFF;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Params {
    start_ledger: Option<u32>,
    end_ledger: Option<u32>,
    #[serde(default)]
    filters: Vec<FilterParams>,
    #[serde(default)]
    pagination: Pagination,
    #[serde(default)]
    xdr_format: XdrFormat,
}

pub(super) fn answer(ledger: &Localnet, params: Value) -> Result<Value, RpcError> {
    let Params { start_ledger, end_ledger, filters, pagination, xdr_format } =
        params::read(params)?;
    let kept = Kept::of(ledger)?;
    let limit = pagination.limit(DEFAULT_LIMIT, MAX_LIMIT)?;
    let filters = EventFilters::read(filters)?;
    let cursor = pagination.cursor(start_ledger.or(end_ledger))?.map(Cursor::read).transpose()?;
    let start = kept.start(cursor.map_or(start_ledger, |cursor| Some(cursor.ledger())))?;
    let end = end_ledger
        .filter(|end| *end > 0)
        .unwrap_or(u32::MAX)
        .min(kept.latest.saturating_add(1))
        .min(start.saturating_add(MAX_SCANNED_LEDGERS));
    let found: Vec<(&ClosedLedger, &EventRecord)> = ledger
        .history()
        .from_ledger(start)
        .take_while(|closed| closed.sequence < end)
        .flat_map(|closed| closed.events.iter().map(move |event| (closed.as_ref(), event)))
        .filter(|(_, event)| cursor.is_none_or(|cursor| cursor.is_before(event)))
        .filter(|(_, event)| filters.take(&event.event))
        .take(limit)
        .collect();
    let next = match found.last() {
        Some((_, last)) if found.len() == limit => last.id(),
        // The end of what was looked through: the next page starts after it.
        _ => format!(
            "{:019}-{:010}",
            ledger_position(end.saturating_sub(1), REFUND_TRANSACTION_INDEX, LAST_OPERATION),
            u32::MAX
        ),
    };
    let events = found.into_iter().map(|(closed, event)| event_json(closed, event, xdr_format));
    Ok(json!({
        "events": events.collect::<Result<Vec<_>, _>>()?,
        "cursor": next,
        "latestLedger": kept.latest,
        "latestLedgerCloseTime": kept.latest_close_s.to_string(),
        "oldestLedger": kept.oldest,
        "oldestLedgerCloseTime": kept.oldest_close_s.to_string(),
    }))
}

/// The event after which a page starts.
#[derive(Clone, Copy)]
struct Cursor {
    position: u64,
    index: u32,
}

impl Cursor {
    fn read(cursor: &str) -> Result<Self, RpcError> {
        let parsed = cursor
            .split_once('-')
            .and_then(|(position, index)| Some((position.parse().ok()?, index.parse().ok()?)));
        let (position, index) = parsed.ok_or_else(|| {
            RpcError::InvalidParams(format!("cursor: expected the id of an event, came {cursor:?}"))
        })?;
        Ok(Self { position, index })
    }

    fn ledger(self) -> u32 {
        u32::try_from(self.position >> 32).unwrap_or(u32::MAX)
    }

    fn is_before(self, event: &EventRecord) -> bool {
        (self.position, self.index) < (event.position(), event.index)
    }
}

fn event_json(
    closed: &ClosedLedger,
    event: &EventRecord,
    format: XdrFormat,
) -> Result<Value, RpcError> {
    let ContractEventBody::V0(body) = &event.event.body;
    let kind = match event.event.type_ {
        ContractEventType::System => "system",
        ContractEventType::Contract => "contract",
        ContractEventType::Diagnostic => "diagnostic",
    };
    let contract_id = event.event.contract_id.as_ref();
    let mut answer = json!({
        "type": kind,
        "ledger": event.ledger,
        "ledgerClosedAt": rfc3339(closed.close_time_s),
        "contractId": contract_id.map(ToString::to_string).unwrap_or_default(),
        "id": event.id(),
        "operationIndex": event.operation,
        "transactionIndex": event.transaction,
        "txHash": hex::encode(event.transaction_hash),
        "inSuccessfulContractCall": event.in_successful_transaction,
    });
    let topics = format.write_all(body.topics.iter())?;
    match format {
        XdrFormat::Base64 => {
            answer["topic"] = topics;
            answer["value"] = format.write(&body.data)?;
        }
        XdrFormat::Json => {
            answer["topicJson"] = topics;
            answer["valueJson"] = format.write(&body.data)?;
        }
    }
    Ok(answer)
}
