//! A responder: when an alert fires on a contract, it pauses that contract.
//!
//! It can pause, and nothing else: no entry point of it, and no key of anybody, makes it unpause,
//! upgrade or call another function. What it needs of the contract is a `pause(caller)` that takes
//! it for somebody who may, as the insurance pool's `set_responder` says.
//!
//! Three addresses are all that it trusts, for good: external-monitoring, which calls it once for each
//! episode of an alert that fires; alerting, whose alerts those are; and the contract, on which only
//! its owner's and the suite admin's rules can have an alert.
#![no_std]

use lumenscope_interfaces::alerting::RuleTarget;
use lumenscope_interfaces::external_monitoring::AlertResponder;
use soroban_sdk::{
    Address, Env, IntoVal, contract, contracterror, contractevent, contractimpl, contracttype,
    symbol_short, vec,
};

/// What the breaker refuses.
#[contracterror]
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[repr(u32)]
pub enum BreakerError {
    /// The alert is another alerting contract's.
    AlertingUnknown = 1,
    /// The alert is on another contract.
    ContractUnknown = 2,
    /// The contract was not constructed.
    NotConstructed = 3,
}

/// What the breaker is for.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Circuit {
    /// The external-monitoring contract that calls it.
    pub monitoring: Address,
    /// The alerting contract whose alerts it acts on.
    pub alerting: Address,
    /// The contract that it pauses.
    pub contract: Address,
}

/// It paused its contract.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CircuitBroken {
    /// The contract.
    #[topic]
    pub contract: Address,
    /// The rule and the stream of the alert.
    pub target: RuleTarget,
    /// The alert's episode.
    pub episode: u32,
}

#[contracttype]
enum Key {
    Circuit,
}

/// A breaker for one contract.
#[contract]
pub struct CircuitBreaker;

#[contractimpl]
impl CircuitBreaker {
    /// Sets what it is for, for good.
    pub fn __constructor(e: &Env, circuit: Circuit) {
        e.storage().instance().set(&Key::Circuit, &circuit);
    }

    /// What it is for.
    pub fn circuit(e: &Env) -> Result<Circuit, BreakerError> {
        e.storage().instance().get(&Key::Circuit).ok_or(BreakerError::NotConstructed)
    }
}

#[contractimpl]
impl AlertResponder for CircuitBreaker {
    fn respond(e: Env, alerting: Address, target: RuleTarget, episode: u32) {
        if let Err(error) = pause(&e, &alerting, target, episode) {
            soroban_sdk::panic_with_error!(&e, error);
        }
    }
}

fn pause(
    e: &Env,
    alerting: &Address,
    target: RuleTarget,
    episode: u32,
) -> Result<(), BreakerError> {
    let circuit = CircuitBreaker::circuit(e)?;
    circuit.monitoring.require_auth();
    if *alerting != circuit.alerting {
        return Err(BreakerError::AlertingUnknown);
    }
    if target.stream.contract != circuit.contract {
        return Err(BreakerError::ContractUnknown);
    }
    let me = e.current_contract_address();
    e.invoke_contract::<()>(&circuit.contract, &symbol_short!("pause"), vec![e, me.into_val(e)]);
    CircuitBroken { contract: circuit.contract, target, episode }.publish(e);
    Ok(())
}
