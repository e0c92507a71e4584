//! Diagnostic events that the node adds to the host's: refusals and metrics.

use super::usage::ResourceUsage;
use crate::Fault;
use crate::xdr::{
    ContractEvent, ContractEventBody, ContractEventType, ContractEventV0, DiagnosticEvent,
    ExtensionPoint, ScError, ScErrorCode, ScString, ScSymbol, ScVal, ScVec,
};
use std::time::Duration;

/// `error` with a sentence and the numbers that belong to it.
pub(super) fn error(
    error: ScError,
    message: &str,
    arguments: Vec<ScVal>,
) -> Result<DiagnosticEvent, Fault> {
    let message = ScVal::String(ScString(message.try_into()?));
    let data = if arguments.is_empty() {
        message
    } else {
        let parts: Vec<ScVal> = std::iter::once(message).chain(arguments).collect();
        ScVal::Vec(Some(ScVec(parts.try_into()?)))
    };
    event(false, vec![symbol("error")?, ScVal::Error(error)], data)
}

#[cfg(feature = "server")]
/// `error` for a transaction that may not enter a ledger.
pub(crate) fn refusal_diagnostic(reason: &str) -> Result<DiagnosticEvent, Fault> {
    error(ScError::Context(ScErrorCode::InvalidInput), reason, Vec::new())
}

/// `error` for a limit that was passed: what came, and what was allowed.
pub(super) fn limit_exceeded(
    message: &str,
    came: u64,
    most: u64,
) -> Result<DiagnosticEvent, Fault> {
    let exceeded = ScError::Budget(ScErrorCode::ExceededLimit);
    error(exceeded, message, vec![ScVal::U64(came), ScVal::U64(most)])
}

/// `core_metrics`, one event per metric, in the network's order.
pub(super) fn core_metrics(
    usage: &ResourceUsage,
    success: bool,
    invoke_time: Duration,
) -> Result<Vec<DiagnosticEvent>, Fault> {
    let written_bytes = usage.written_bytes();
    let written_code_bytes = usage.written_code_bytes();
    let invoke_time_ns = u64::try_from(invoke_time.as_nanos()).unwrap_or(u64::MAX);
    let metrics: [(&str, u64); 19] = [
        ("read_entry", usage.read_entries.into()),
        ("write_entry", usage.written.len() as u64),
        ("ledger_read_byte", usage.disk_read_bytes().into()),
        ("ledger_write_byte", written_bytes.into()),
        ("read_key_byte", usage.read_key_bytes.into()),
        // The network declares this metric and never counts it.
        ("write_key_byte", 0),
        ("read_data_byte", usage.read_data_bytes.into()),
        ("write_data_byte", written_bytes.saturating_sub(written_code_bytes).into()),
        ("read_code_byte", usage.read_code_bytes.into()),
        ("write_code_byte", written_code_bytes.into()),
        ("emit_event", usage.events.into()),
        ("emit_event_byte", usage.events_bytes.into()),
        ("cpu_insn", usage.instructions),
        ("mem_byte", usage.memory_bytes),
        ("invoke_time_nsecs", invoke_time_ns),
        ("max_rw_key_byte", usage.largest_key_bytes.into()),
        ("max_rw_data_byte", usage.largest_data_bytes.into()),
        ("max_rw_code_byte", usage.largest_code_bytes.into()),
        ("max_emit_event_byte", usage.largest_event_bytes.into()),
    ];
    metrics
        .into_iter()
        .map(|(name, value)| {
            event(success, vec![symbol("core_metrics")?, symbol(name)?], ScVal::U64(value))
        })
        .collect()
}

fn event(success: bool, topics: Vec<ScVal>, data: ScVal) -> Result<DiagnosticEvent, Fault> {
    Ok(DiagnosticEvent {
        in_successful_contract_call: success,
        event: ContractEvent {
            ext: ExtensionPoint::V0,
            contract_id: None,
            type_: ContractEventType::Diagnostic,
            body: ContractEventBody::V0(ContractEventV0 { topics: topics.try_into()?, data }),
        },
    })
}

fn symbol(text: &str) -> Result<ScVal, Fault> {
    Ok(ScVal::Symbol(ScSymbol(text.try_into()?)))
}
