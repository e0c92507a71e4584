//! A contract that calls other contracts as a monitored contract does: through `try_`, surviving
//! their errors. Measuring through it gives what a call adds to a transaction, with the
//! authorisation of a direct caller and no nonce.
#![no_std]

use soroban_sdk::{Address, Env, Error, Symbol, Val, Vec, contract, contractimpl};

/// One call to make: the contract, its function, the arguments.
pub type Call = (Address, Symbol, Vec<Val>);

/// The contract.
#[contract]
pub struct Caller;

#[contractimpl]
impl Caller {
    /// The baseline: takes the same arguments and calls nothing.
    pub fn noop(_e: &Env, _calls: Vec<Call>) -> u32 {
        0
    }

    /// Makes one call, which must succeed, and passes on what it returned.
    pub fn answer(e: &Env, call: Call) -> Val {
        let (contract, function, arguments) = call;
        e.invoke_contract(&contract, &function, arguments)
    }

    /// Makes the calls in order and returns how many succeeded.
    pub fn call(e: &Env, calls: Vec<Call>) -> u32 {
        let mut succeeded = 0;
        for (contract, function, arguments) in calls.iter() {
            let result = e.try_invoke_contract::<Val, Error>(&contract, &function, arguments);
            if matches!(result, Ok(Ok(_))) {
                succeeded += 1;
            }
        }
        succeeded
    }
}
