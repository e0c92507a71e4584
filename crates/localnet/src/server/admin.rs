//! What only the one who runs the ledger may do: move time, close ledgers, look inside.
//!
//! On a port of its own and on the loopback address only. Bodies are JSON and say so, which keeps
//! web pages that a browser shows from posting here.

use super::Served;
use super::rfc3339::rfc3339;
use super::worker::Unavailable;
use crate::{Fault, Localnet};
use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

/// Ledgers that one request closes at most: a second or two of work.
const MAX_CLOSED_LEDGERS: u32 = 10_000;
/// The furthest that one request moves time: ten years.
const MAX_ADVANCE_S: u64 = 10 * 366 * 86_400;
/// Who skips ledgers often means their time.
const SKIPPED_NOTE: &str =
    "the ledgers were skipped and no time passed for them: /admin/time moves it";
/// Bodies here are a line.
const MAX_BODY_BYTES: usize = 4 * 1024;

pub(super) fn router(served: Served) -> Router {
    Router::new()
        .route("/admin/report", get(report))
        .route("/admin/time", post(time))
        .route("/admin/ledgers", post(ledgers))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .with_state(served)
}

type Answer = (StatusCode, Json<Value>);

async fn report(State(served): State<Served>) -> Answer {
    answer(served.ledger.with(|ledger| Ok(state_of(ledger))).await)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Time {
    advance_s: Option<u64>,
    set_s: Option<u64>,
}

/// `{"advance_s": 3600}` or `{"set_s": 1800003600}`: moves the clock and closes a ledger, so that
/// the new time shows at once.
async fn time(State(served): State<Served>, body: Result<Json<Time>, JsonRejection>) -> Answer {
    let asked = match body {
        Ok(Json(asked)) => asked,
        Err(rejection) => return refuse(&rejection.body_text()),
    };
    let work = move |ledger: &mut Localnet| {
        let next_s = ledger.next_close_time_s();
        let earliest_s = ledger.close_time_s().saturating_add(1);
        let ahead_s = match (asked.advance_s, asked.set_s) {
            (Some(advance_s), None) => advance_s,
            (None, Some(set_s)) if set_s >= earliest_s => set_s.saturating_sub(next_s),
            (None, Some(set_s)) => {
                return Err(Refusal::Asked(format!(
                    "set_s: time only goes forward, expected {earliest_s} or later, came {set_s}"
                )));
            }
            _ => return Err(Refusal::Asked("expected one of advance_s and set_s".into())),
        };
        if ahead_s > MAX_ADVANCE_S {
            return Err(Refusal::Asked(format!(
                "at most {MAX_ADVANCE_S} s at a time, came {ahead_s}"
            )));
        }
        match asked.set_s {
            Some(set_s) => ledger.set_time(set_s),
            None => ledger.advance_time(ahead_s),
        }
        ledger.close_ledger()?;
        Ok(state_of(ledger))
    };
    answer(served.ledger.with(work).await)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ledgers {
    close: Option<u32>,
    skip: Option<u32>,
}

/// `{"close": 10}` closes ledgers one by one; `{"skip": 2073600}` lets them pass without building
/// them, and forgets the history before. Their time does not pass, and the answer says so.
async fn ledgers(
    State(served): State<Served>,
    body: Result<Json<Ledgers>, JsonRejection>,
) -> Answer {
    let asked = match body {
        Ok(Json(asked)) => asked,
        Err(rejection) => return refuse(&rejection.body_text()),
    };
    let work = move |ledger: &mut Localnet| {
        match (asked.close, asked.skip) {
            (Some(close), None) if close <= MAX_CLOSED_LEDGERS => {
                for _ in 0..close {
                    ledger.close_ledger()?;
                }
            }
            (Some(close), None) => {
                return Err(Refusal::Asked(format!(
                    "at most {MAX_CLOSED_LEDGERS} ledgers at a time, came {close}: use skip"
                )));
            }
            (None, Some(skip)) => {
                ledger.skip_ledgers(skip)?;
                let mut state = state_of(ledger);
                state["note"] = json!(SKIPPED_NOTE);
                return Ok(state);
            }
            _ => return Err(Refusal::Asked("expected one of close and skip".into())),
        }
        Ok(state_of(ledger))
    };
    answer(served.ledger.with(work).await)
}

fn state_of(ledger: &Localnet) -> Value {
    let oldest = ledger.history().oldest().map_or(ledger.sequence(), |oldest| oldest.sequence);
    json!({
        "sequence": ledger.sequence(),
        "close_time_s": ledger.close_time_s(),
        "close_time": rfc3339(ledger.close_time_s()),
        "oldest_ledger": oldest,
        "retention_ledgers": ledger.history().retention_ledgers(),
        "entries": ledger.world().iter().count(),
        "waiting_transactions": ledger.waiting(),
        "protocol": ledger.protocol(),
        "passphrase": ledger.passphrase(),
    })
}

enum Refusal {
    Asked(String),
    Fault(Fault),
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Refusal::Fault(fault)
    }
}

fn answer(answered: Result<Result<Value, Refusal>, Unavailable>) -> Answer {
    let failed = |status, error: String| (status, Json(json!({ "error": error })));
    match answered {
        Ok(Ok(report)) => (StatusCode::OK, Json(report)),
        Ok(Err(Refusal::Asked(reason))) => refuse(&reason),
        Ok(Err(Refusal::Fault(fault))) => {
            failed(StatusCode::INTERNAL_SERVER_ERROR, fault.to_string())
        }
        Err(busy @ Unavailable::Busy) => failed(StatusCode::SERVICE_UNAVAILABLE, busy.to_string()),
        Err(gone) => failed(StatusCode::INTERNAL_SERVER_ERROR, gone.to_string()),
    }
}

fn refuse(reason: &str) -> Answer {
    (StatusCode::BAD_REQUEST, Json(json!({ "error": reason })))
}
