//! `sendTransaction`: into the next ledger, which closes at once unless there is an interval.

use super::RpcError;
use super::format::base64;
use super::paging::Kept;
use super::params;
use crate::apply::refusal_diagnostic;
use crate::server::{ClosePolicy, Served};
use crate::xdr::TransactionEnvelope;
use crate::{Localnet, Submission};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Params {
    transaction: String,
}

pub(super) async fn answer(served: &Served, params: Value) -> Result<Value, RpcError> {
    let Params { transaction } = params::read(params)?;
    let envelope: TransactionEnvelope = params::xdr("transaction", &transaction)?;
    let close_now = served.close == ClosePolicy::OnSend;
    served.ledger.with(move |ledger| send(ledger, envelope, close_now)).await?
}

fn send(
    ledger: &mut Localnet,
    envelope: TransactionEnvelope,
    close_now: bool,
) -> Result<Value, RpcError> {
    let kept = Kept::of(ledger)?;
    let submission = ledger.submit(envelope)?;
    let (hash, status) = match &submission {
        Submission::Pending { hash } => (hash, "PENDING"),
        Submission::Duplicate { hash } => (hash, "DUPLICATE"),
        Submission::TryAgainLater { hash } => (hash, "TRY_AGAIN_LATER"),
        Submission::Rejected { hash, .. } => (hash, "ERROR"),
        Submission::Unreadable(reason) => {
            return Err(RpcError::InvalidParams(format!("transaction: {reason}")));
        }
    };
    let mut answer = json!({
        "hash": hex::encode(hash),
        "status": status,
        "latestLedger": kept.latest,
        "latestLedgerCloseTime": kept.latest_close_s.to_string(),
    });
    if let Submission::Rejected { result, reason, .. } = &submission {
        answer["errorResultXdr"] = base64(result)?.into();
        answer["diagnosticEventsXdr"] = json!([base64(&refusal_diagnostic(reason)?)?]);
    }
    if close_now && matches!(submission, Submission::Pending { .. }) {
        ledger.close_ledger()?;
    }
    Ok(answer)
}
