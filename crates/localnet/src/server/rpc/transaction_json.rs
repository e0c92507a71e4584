//! A transaction as getTransaction and getTransactions show it.

use super::RpcError;
use super::format::XdrFormat;
use crate::Outcome;
use serde_json::{Map, Value};

/// Everything but the time, which the two methods write differently.
pub(super) fn transaction_json(
    outcome: &Outcome,
    format: XdrFormat,
) -> Result<Map<String, Value>, RpcError> {
    let mut answer = Map::new();
    let status = if outcome.is_success() { "SUCCESS" } else { "FAILED" };
    answer.insert("status".into(), status.into());
    answer.insert("txHash".into(), hex::encode(outcome.hash).into());
    answer.insert("applicationOrder".into(), outcome.application_order.into());
    answer.insert("feeBump".into(), outcome.is_fee_bump.into());
    answer.insert("ledger".into(), outcome.ledger.into());
    format.add(&mut answer, "envelope", &outcome.envelope)?;
    format.add(&mut answer, "result", &outcome.result)?;
    format.add(&mut answer, "resultMeta", &outcome.transaction_meta())?;
    let diagnostics = format.write_all(outcome.diagnostic_events())?;
    answer.insert(format.named("diagnosticEvents"), diagnostics.clone());
    let mut events = Map::new();
    events.insert(format.named("diagnosticEvents"), diagnostics);
    events.insert(format.named("transactionEvents"), format.write_all(outcome.fee_events())?);
    let operations = outcome.meta.operations.iter();
    let per_operation = operations.map(|operation| format.write_all(operation.events.iter()));
    let per_operation = per_operation.collect::<Result<Vec<_>, _>>()?;
    events.insert(format.named("contractEvents"), Value::Array(per_operation));
    answer.insert("events".into(), Value::Object(events));
    Ok(answer)
}
