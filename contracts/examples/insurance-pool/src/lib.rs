//! A realistic instrumented contract: an insurance pool.
//!
//! Investors deposit, holders buy policies and pay premiums, an assessor settles claims. It shows
//! what monitoring takes in an author's code: one line per function ([`contract`]), and two entry
//! points for the switch. Everything else is a pool that would work the same without it.
#![no_std]

mod contract;
mod errors;
mod events;
mod pricing;
mod storage;
mod types;

pub use contract::{InsurancePool, InsurancePoolClient};
pub use errors::PoolError;
pub use types::{Claim, ClaimKey, Policy, PolicyKey, Terms};

#[cfg(test)]
mod test;
