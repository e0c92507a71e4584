//! A contract that calls other contracts as a monitored contract does: through `try_`, surviving
//! their errors. Measuring through it gives what a call adds to a transaction, with the
//! authorisation of a direct caller and no nonce.
#![no_std]

use soroban_sdk::{Address, Env, Error, Symbol, Val, Vec, contract, contractimpl, contracttype};

/// One call to make.
#[contracttype]
#[derive(Clone)]
pub struct Call {
    /// The contract.
    pub contract: Address,
    /// Its function.
    pub function: Symbol,
    /// The arguments.
    pub arguments: Vec<Val>,
}

/// The contract.
#[contract]
pub struct Caller;

#[contractimpl]
impl Caller {
    /// The baseline: takes the same arguments and calls nothing.
    pub fn noop(_e: &Env, _calls: Vec<Call>) -> u32 {
        0
    }

    /// Makes the calls in order and returns how many succeeded.
    pub fn call(e: &Env, calls: Vec<Call>) -> u32 {
        let mut succeeded = 0;
        for call in calls.iter() {
            let result =
                e.try_invoke_contract::<Val, Error>(&call.contract, &call.function, call.arguments);
            if matches!(result, Ok(Ok(_))) {
                succeeded += 1;
            }
        }
        succeeded
    }
}
