//! `simulateTransaction`: what a transaction needs, and what it would do.

use super::RpcError;
use super::format::XdrFormat;
use super::params;
use crate::keys::unmuxed;
use crate::server::Served;
use crate::xdr::{
    FeeBumpTransactionInnerTx, InvokeHostFunctionOp, Operation, OperationBody,
    SorobanTransactionData, Transaction, TransactionEnvelope, TransactionExt,
};
use crate::{
    AuthMode, Call, FootprintSimulation, SimulatedChange, Simulation, SimulationError, Simulator,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Params {
    transaction: String,
    #[serde(default)]
    auth_mode: AuthModeParam,
    #[serde(default)]
    resource_config: Option<ResourceConfig>,
    #[serde(default)]
    xdr_format: XdrFormat,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum AuthModeParam {
    /// Record when the operation brings no authorisation, otherwise enforce what it brings.
    #[default]
    #[serde(alias = "")]
    Unset,
    Enforce,
    Record,
    RecordAllowNonroot,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResourceConfig {
    #[serde(default)]
    instruction_leeway: u32,
}

pub(super) async fn answer(served: &Served, params: Value) -> Result<Value, RpcError> {
    let params: Params = params::read(params)?;
    let envelope: TransactionEnvelope = params::xdr("transaction", &params.transaction)?;
    let permit = served.simulations.clone().acquire_owned().await;
    let permit = permit.map_err(|_| RpcError::Internal("the ledger has stopped".into()))?;
    let simulator = served.ledger.with(|ledger| ledger.simulator()).await?;
    let work = tokio::task::spawn_blocking(move || {
        let _until_done = permit;
        simulate(&simulator, &params, envelope)
    });
    work.await.map_err(|error| RpcError::Internal(error.to_string()))?
}

/// A transaction that cannot be simulated is an answer with `error`, as RPC nodes give it.
fn simulate(
    simulator: &Simulator,
    params: &Params,
    envelope: TransactionEnvelope,
) -> Result<Value, RpcError> {
    let format = params.xdr_format;
    let simulated = single_operation(envelope)
        .and_then(|(transaction, operation)| run(simulator, params, &transaction, &operation));
    let mut answer = match simulated {
        Ok(Simulated::Call(simulation)) => call_json(&simulation, format)?,
        Ok(Simulated::Footprint(simulation)) => footprint_json(&simulation, format)?,
        Err(SimulationError::Fault(fault)) => return Err(fault.into()),
        Err(error) => {
            let mut answer = Map::new();
            if let SimulationError::Failed { diagnostics, .. } = &error {
                answer.insert("events".into(), format.write_all(diagnostics)?);
            }
            answer.insert("error".into(), error.to_string().into());
            answer
        }
    };
    answer.insert("latestLedger".into(), simulator.ledger().into());
    Ok(Value::Object(answer))
}

enum Simulated {
    Call(Box<Simulation>),
    Footprint(FootprintSimulation),
}

fn single_operation(
    envelope: TransactionEnvelope,
) -> Result<(Transaction, Operation), SimulationError> {
    let transaction = match envelope {
        TransactionEnvelope::Tx(envelope) => envelope.tx,
        TransactionEnvelope::TxFeeBump(envelope) => {
            let FeeBumpTransactionInnerTx::Tx(inner) = envelope.tx.inner_tx;
            inner.tx
        }
        TransactionEnvelope::TxV0(_) => {
            return refused("the envelope of protocol 12 and before is not supported");
        }
    };
    match transaction.operations.as_slice() {
        [operation] => {
            let operation = operation.clone();
            Ok((transaction, operation))
        }
        [] => refused("Transaction contains no operation"),
        _ => refused("Transaction contains more than one operation"),
    }
}

fn run(
    simulator: &Simulator,
    params: &Params,
    transaction: &Transaction,
    operation: &Operation,
) -> Result<Simulated, SimulationError> {
    match &operation.body {
        OperationBody::InvokeHostFunction(invoke) => {
            let source = operation.source_account.as_ref().unwrap_or(&transaction.source_account);
            let leeway = params.resource_config.as_ref().map_or(0, |c| c.instruction_leeway);
            let call = Call {
                source: unmuxed(source),
                host_function: invoke.host_function.clone(),
                auth: auth_mode(params.auth_mode, invoke),
                instruction_leeway: leeway,
            };
            simulator.call(&call).map(|simulation| Simulated::Call(Box::new(simulation)))
        }
        OperationBody::ExtendFootprintTtl(extend) => {
            let keys = soroban_data(transaction)?.resources.footprint.read_only.as_slice();
            simulator.extend(keys, extend.extend_to).map(Simulated::Footprint)
        }
        OperationBody::RestoreFootprint(_) => {
            let keys = soroban_data(transaction)?.resources.footprint.read_write.as_slice();
            simulator.restore(keys).map(Simulated::Footprint)
        }
        other => {
            refused(&format!("Transaction contains unsupported operation type: {}", other.name()))
        }
    }
}

fn auth_mode(asked: AuthModeParam, invoke: &InvokeHostFunctionOp) -> AuthMode {
    match asked {
        AuthModeParam::Unset if invoke.auth.is_empty() => AuthMode::Record,
        AuthModeParam::Record => AuthMode::Record,
        AuthModeParam::RecordAllowNonroot => AuthMode::RecordAllowNonroot,
        AuthModeParam::Unset | AuthModeParam::Enforce => AuthMode::Enforce(invoke.auth.to_vec()),
    }
}

fn soroban_data(transaction: &Transaction) -> Result<&SorobanTransactionData, SimulationError> {
    match &transaction.ext {
        TransactionExt::V1(data) => Ok(data),
        TransactionExt::V0 => refused(
            "To perform a SimulateTransaction for ExtendFootprintTtl or RestoreFootprint \
             operations, SorobanTransactionData must be provided",
        ),
    }
}

fn refused<T>(reason: &str) -> Result<T, SimulationError> {
    Err(SimulationError::Refused(reason.to_owned()))
}

fn call_json(simulation: &Simulation, format: XdrFormat) -> Result<Map<String, Value>, RpcError> {
    let mut answer = Map::new();
    data_json(&mut answer, &simulation.data, format)?;
    answer.insert("events".into(), format.write_all(&simulation.diagnostics)?);
    let auth = format.write_all(&simulation.auth)?;
    let value = format.write(&simulation.return_value)?;
    let result = match format {
        XdrFormat::Base64 => json!({ "auth": auth, "xdr": value }),
        XdrFormat::Json => json!({ "authJson": auth, "returnValueJson": value }),
    };
    answer.insert("results".into(), json!([result]));
    answer.insert(
        "cost".into(),
        json!({
            "cpuInsns": simulation.instructions.to_string(),
            "memBytes": simulation.memory_bytes.to_string(),
        }),
    );
    let changes = simulation.changes.iter().map(|change| change_json(change, format));
    let changes = changes.collect::<Result<Vec<_>, _>>()?;
    answer.insert("stateChanges".into(), Value::Array(changes));
    Ok(answer)
}

fn footprint_json(
    simulation: &FootprintSimulation,
    format: XdrFormat,
) -> Result<Map<String, Value>, RpcError> {
    let mut answer = Map::new();
    data_json(&mut answer, &simulation.data, format)?;
    if let Some(restore) = &simulation.restore_first {
        let mut preamble = Map::new();
        data_json(&mut preamble, restore, format)?;
        answer.insert("restorePreamble".into(), Value::Object(preamble));
    }
    Ok(answer)
}

fn data_json(
    answer: &mut Map<String, Value>,
    data: &SorobanTransactionData,
    format: XdrFormat,
) -> Result<(), RpcError> {
    let name = match format {
        XdrFormat::Base64 => "transactionData",
        XdrFormat::Json => "transactionDataJson",
    };
    answer.insert(name.into(), format.write(data)?);
    answer.insert("minResourceFee".into(), data.resource_fee.to_string().into());
    Ok(())
}

fn change_json(change: &SimulatedChange, format: XdrFormat) -> Result<Value, RpcError> {
    let kind = match (&change.before, &change.after) {
        (None, _) => "created",
        (Some(_), None) => "deleted",
        (Some(_), Some(_)) => "updated",
    };
    let entry = |entry: &Option<_>| match entry {
        Some(entry) => format.write(entry),
        None => Ok(Value::Null),
    };
    let (key, before, after) =
        (format.write(&change.key)?, entry(&change.before)?, entry(&change.after)?);
    Ok(match format {
        XdrFormat::Base64 => {
            json!({ "type": kind, "key": key, "before": before, "after": after })
        }
        XdrFormat::Json => json!({
            "type": kind, "keyJson": key, "beforeJson": before, "afterJson": after
        }),
    })
}
