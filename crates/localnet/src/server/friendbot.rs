//! Friendbot: funds accounts on request, as on the test network.

use super::Served;
use super::worker::Unavailable;
use crate::xdr::AccountId;
use crate::{ApplyError, Localnet};
use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use std::str::FromStr;

#[derive(Deserialize)]
pub(super) struct Asked {
    addr: Option<String>,
}

/// `GET /friendbot?addr=G...`.
pub(super) async fn fund(
    State(served): State<Served>,
    Query(asked): Query<Asked>,
) -> (StatusCode, Json<Value>) {
    let address = asked.addr.unwrap_or_default();
    let Ok(account) = AccountId::from_str(&address) else {
        return refuse(StatusCode::BAD_REQUEST, "addr: expected an account, G and 55 characters");
    };
    let stroops = served.friendbot_stroops;
    match served.ledger.with(move |ledger| fund_new(ledger, &account, stroops)).await {
        Ok(Ok(hash)) => {
            (StatusCode::OK, Json(json!({ "hash": hex::encode(hash), "successful": true })))
        }
        Ok(Err(Refusal::Funded)) => {
            refuse(StatusCode::BAD_REQUEST, "account already funded to starting balance")
        }
        Ok(Err(Refusal::NotApplied(error))) => {
            refuse(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string())
        }
        Err(busy @ Unavailable::Busy) => refuse(StatusCode::SERVICE_UNAVAILABLE, &busy.to_string()),
        Err(gone) => refuse(StatusCode::INTERNAL_SERVER_ERROR, &gone.to_string()),
    }
}

enum Refusal {
    Funded,
    NotApplied(ApplyError),
}

fn fund_new(ledger: &mut Localnet, account: &AccountId, stroops: i64) -> Result<[u8; 32], Refusal> {
    if ledger.world().account(account).is_some() {
        return Err(Refusal::Funded);
    }
    let outcome = ledger.fund(account, stroops).map_err(Refusal::NotApplied)?;
    Ok(outcome.hash)
}

fn refuse(status: StatusCode, detail: &str) -> (StatusCode, Json<Value>) {
    (status, Json(json!({ "status": status.as_u16(), "detail": detail })))
}
