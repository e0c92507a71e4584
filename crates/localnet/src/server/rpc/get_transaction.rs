//! `getTransaction`: one transaction by its hash.

use super::RpcError;
use super::format::XdrFormat;
use super::paging::Kept;
use super::params;
use super::transaction_json::transaction_json;
use crate::Localnet;
use serde::Deserialize;
use serde_json::{Map, Value};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Params {
    hash: String,
    #[serde(default)]
    xdr_format: XdrFormat,
}

pub(super) fn answer(ledger: &Localnet, params: Value) -> Result<Value, RpcError> {
    let Params { hash, xdr_format } = params::read(params)?;
    let hash: [u8; 32] = hex::decode(&hash)
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| RpcError::InvalidParams("hash: expected 64 hexadecimal digits".into()))?;
    let kept = Kept::of(ledger)?;
    let mut answer = match ledger.history().transaction(&hash) {
        Some(outcome) => {
            let mut answer = transaction_json(outcome, xdr_format)?;
            answer.insert("createdAt".into(), outcome.close_time_s.to_string().into());
            answer
        }
        None => {
            let mut answer = Map::new();
            answer.insert("status".into(), "NOT_FOUND".into());
            answer.insert("txHash".into(), hex::encode(hash).into());
            answer
        }
    };
    answer.insert("latestLedger".into(), kept.latest.into());
    answer.insert("latestLedgerCloseTime".into(), kept.latest_close_s.to_string().into());
    answer.insert("oldestLedger".into(), kept.oldest.into());
    answer.insert("oldestLedgerCloseTime".into(), kept.oldest_close_s.to_string().into());
    Ok(Value::Object(answer))
}
