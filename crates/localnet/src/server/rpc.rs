//! Stellar RPC: JSON-RPC 2.0 over POST, parameters by name.

mod error;
mod event_filter;
mod fee_stats;
mod format;
mod get_events;
mod get_ledger_entries;
mod get_ledgers;
mod get_transaction;
mod get_transactions;
mod node;
mod paging;
mod params;
mod send_transaction;
mod simulate_transaction;
mod transaction_json;

pub(crate) use error::RpcError;

use super::Served;
use crate::Localnet;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use serde_json::{Value, json};

/// The version of the protocol between client and server.
const JSON_RPC: &str = "2.0";

/// Answers one request. As JSON-RPC has it, failures are answers too.
pub(super) async fn answer(State(served): State<Served>, body: Bytes) -> Json<Value> {
    let request = match Request::read(&body) {
        Ok(request) => request,
        Err((id, error)) => return Json(failure(&id, &error)),
    };
    let Request { id, method, params } = request;
    Json(match dispatch(served, &method, params).await {
        Ok(result) => json!({ "jsonrpc": JSON_RPC, "id": id, "result": result }),
        Err(error) => failure(&id, &error),
    })
}

fn failure(id: &Value, error: &RpcError) -> Value {
    let error = json!({ "code": error.code(), "message": error.to_string() });
    json!({ "jsonrpc": JSON_RPC, "id": id, "error": error })
}

struct Request {
    id: Value,
    method: String,
    params: Value,
}

impl Request {
    fn read(body: &[u8]) -> Result<Self, (Value, RpcError)> {
        let parsed: Value = serde_json::from_slice(body)
            .map_err(|error| (Value::Null, RpcError::Unparsable(error.to_string())))?;
        let Value::Object(mut request) = parsed else {
            let wrong = "expected one request object; batches are not supported";
            return Err((Value::Null, RpcError::InvalidRequest(wrong.into())));
        };
        let id = request.remove("id").unwrap_or(Value::Null);
        let invalid = |reason: &str| RpcError::InvalidRequest(reason.into());
        if !matches!(id, Value::Null | Value::String(_) | Value::Number(_)) {
            return Err((Value::Null, invalid("id: expected a string or a number")));
        }
        if request.get("jsonrpc").and_then(Value::as_str) != Some(JSON_RPC) {
            return Err((id, invalid("jsonrpc: expected \"2.0\"")));
        }
        let Some(Value::String(method)) = request.remove("method") else {
            return Err((id, invalid("method: expected a string")));
        };
        let params = request.remove("params").unwrap_or(Value::Null);
        Ok(Self { id, method, params })
    }
}

async fn dispatch(served: Served, method: &str, params: Value) -> Result<Value, RpcError> {
    match method {
        "simulateTransaction" => return simulate_transaction::answer(&served, params).await,
        "sendTransaction" => return send_transaction::answer(&served, params).await,
        "getNetwork" => {
            let friendbot_url = served.friendbot_url.clone();
            let network = move |ledger: &mut Localnet| node::network(ledger, &friendbot_url);
            return Ok(served.ledger.with(network).await?);
        }
        _ => {}
    }
    let read: fn(&Localnet, Value) -> Result<Value, RpcError> = match method {
        "getHealth" => |ledger, _| node::health(ledger),
        "getVersionInfo" => |ledger, _| Ok(node::version_info(ledger)),
        "getLatestLedger" => |ledger, _| node::latest_ledger(ledger),
        "getFeeStats" => |ledger, _| Ok(fee_stats::answer(ledger)),
        "getLedgerEntries" => get_ledger_entries::answer,
        "getTransaction" => get_transaction::answer,
        "getTransactions" => get_transactions::answer,
        "getLedgers" => get_ledgers::answer,
        "getEvents" => get_events::answer,
        _ => return Err(RpcError::MethodNotFound(method.to_owned())),
    };
    served.ledger.with(move |ledger| read(ledger, params)).await?
}
