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
    /// Not linked to alerting, or switched off: nothing was asked.
    Off,
    /// Alerting did not answer: it is missing, or failed, or whoever makes the call had it fail. No
    /// contract is entered twice, so a call that somebody makes from within alerting, as the code of
    /// their own account, finds no answer; nor does one at the end of the depth of calls.
    Unanswered,
}

impl Verdict {
    /// Whether to stop: what an alert says, and also no answer, or callers would choose whether they
    /// are stopped. Out of an alerting that is dead leads [`switch::set_enabled`](crate::switch).
    pub fn stops(&self) -> bool {
        matches!(self, Verdict::Stop(_) | Verdict::Unanswered)
    }
}

pub(crate) fn ask(e: &Env, alerting: &Address) -> Verdict {
    match AlertingClient::new(e, alerting).try_guard(&e.current_contract_address()) {
        Ok(Ok(reason)) if reason.allows() => Verdict::Go(reason),
        Ok(Ok(reason)) => Verdict::Stop(reason),
        _ => Verdict::Unanswered,
    }
}
