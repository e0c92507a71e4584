//! The limits that hold after the host has run.

use super::ClosingLedger;
use super::diagnostics::limit_exceeded;
use crate::Fault;
use crate::xdr::{DiagnosticEvent, LedgerEntryData};

/// Whether an entry and its key are small enough for the network. The error says what was not.
pub(super) fn entry_within_limits(
    ledger: &ClosingLedger<'_>,
    data: &LedgerEntryData,
    key_bytes: u32,
    entry_bytes: u32,
) -> Result<Result<(), DiagnosticEvent>, Fault> {
    let limits = &ledger.configuration.transaction;
    let (what, came, most) = match data {
        LedgerEntryData::ContractCode(code) if code.code.len() > limits.code_bytes as usize => (
            "WASM size exceeds network config maximum contract size",
            code.code.len() as u64,
            limits.code_bytes,
        ),
        LedgerEntryData::ContractData(_) if key_bytes > limits.key_bytes => (
            "ContractData key size exceeds network config maximum key size",
            key_bytes.into(),
            limits.key_bytes,
        ),
        LedgerEntryData::ContractData(_) if entry_bytes > limits.data_entry_bytes => (
            "ContractData size exceeds network config maximum size",
            entry_bytes.into(),
            limits.data_entry_bytes,
        ),
        _ => return Ok(Ok(())),
    };
    Ok(Err(limit_exceeded(what, came, most.into())?))
}
