//! Asking alerting whether to go on.

use lumenscope_interfaces::alerting::{AlertingClient, GuardVerdict};
use soroban_sdk::{Address, Env};

/// What alerting says about the calling contract.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// Go on, and why.
    Go(GuardVerdict),
    /// Stop: an alert tripped the guard, or the owner chose to fail closed. And why.
    Stop(GuardVerdict),
    /// Not linked, switched off, or alerting did not answer. The contract decides what that
    /// means: going on keeps a dead monitor from locking it, stopping is the careful reading.
    Unknown,
}

pub(crate) fn ask(e: &Env, alerting: &Address) -> Verdict {
    match AlertingClient::new(e, alerting).try_guard(&e.current_contract_address()) {
        Ok(Ok(reason)) if reason.allows() => Verdict::Go(reason),
        Ok(Ok(reason)) => Verdict::Stop(reason),
        _ => Verdict::Unknown,
    }
}
