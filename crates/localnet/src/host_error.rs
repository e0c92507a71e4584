//! What a host says of a call that failed, in the words of RPC nodes.
//!
//! A node simulates with a host that is built to explain itself (stellar-rpc's preflight, with
//! diagnostics on, as is its default), and people are used to the event log in its errors; the host
//! of this ledger is built as validators build it, and says the number alone. One thing differs: a
//! node writes its log before the failed call is undone, so the last of its events do not say there
//! that they were not emitted.

use std::fmt::Write as _;

use soroban_env_host::HostError;
use soroban_env_host::events::HostEvent;
use soroban_env_host::xdr::DiagnosticEvent;

/// The error, and what happened up to it, the newest first.
pub fn message(error: &HostError, diagnostics: &[DiagnosticEvent]) -> String {
    let mut said = format!("HostError: {:?}\n", error.error);
    if !diagnostics.is_empty() {
        said.push_str("\nEvent log (newest first):\n");
    }
    for (place, told) in diagnostics.iter().rev().enumerate() {
        let failed_call = !told.in_successful_contract_call;
        let event = HostEvent { event: told.event.clone(), failed_call };
        // Writing to a text does not fail.
        let _ = writeln!(said, "   {place}: {event}");
    }
    said
}
