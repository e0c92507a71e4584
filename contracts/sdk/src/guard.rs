//! Asking alerting whether to go on.

use soroban_sdk::{Address, Env, Error, IntoVal, Symbol, vec};

/// What alerting says about the calling contract.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// Nothing that the contract's owner made tripping is firing.
    Go,
    /// An alert tripped the guard.
    Stop,
    /// Not linked, switched off, or alerting did not answer. The contract decides what that
    /// means: going on keeps a dead monitor from locking it, stopping is the careful reading.
    Unknown,
}

pub(crate) fn ask(e: &Env, alerting: &Address) -> Verdict {
    let guard = Symbol::new(e, "guard");
    let contract = e.current_contract_address().into_val(e);
    match e.try_invoke_contract::<bool, Error>(alerting, &guard, vec![e, contract]) {
        Ok(Ok(true)) => Verdict::Go,
        Ok(Ok(false)) => Verdict::Stop,
        _ => Verdict::Unknown,
    }
}
