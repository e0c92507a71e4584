//! What the author of a Soroban contract adds to have it monitored.
//!
//! ```ignore
//! use lumenscope_sdk::Monitor;
//!
//! pub fn pay_premium(e: Env, holder: Address, amount: i128) {
//!     // .. the contract's own work ..
//!     Monitor::of(&e).function("pay_premium").observe("premium", "stroops", amount);
//! }
//! ```
//! and once, behind the contract's own administration: [`switch::install`] and
//! [`switch::set_enabled`].
//!
//! # What a call costs and touches
//! One read of the contract's own instance (loaded anyway), one cross-contract call, and one
//! written ledger entry per stream and transaction, whose size and key never change between
//! simulation and application. Several values of one function in one call ([`Function::record`])
//! share everything.
//!
//! # The failure contract
//! What the monitor can and cannot do to the contract that calls it; every clause has a test.
//!
//! | the monitor | the contract's call |
//! |---|---|
//! | is not installed, or switched off | goes on; nothing is called, [`Outcome::Off`] |
//! | does not exist, or refuses (no such stream, wrong unit, not registered) | goes on; [`Outcome::Refused`] tells the error |
//! | panics or traps | goes on; [`Outcome::Refused`] |
//! | was changed between simulation and application (mode, size, opening of the stream, upgrade) | calls in flight may fail, once; simulating again succeeds |
//! | was archived between simulation and application | **fails**; simulating again restores it, at the caller's expense: the next row |
//! | is archived, since nobody extended its life for 120 days (protocol 23 and later) | goes on, and **whoever makes it pays for restoring**: 39 XLM for performance-monitor's code and instance, 40 more for alerting's where the contract asks the guard (`docs/costs.md`, "Archived"). `lumenscope keep-alive`, run once a month by anybody, prevents it, and so does switching monitoring off |
//! | does not answer the guard: it is missing or fails, or whoever makes the call made it from within the monitor, as the code of their account, so that it cannot be entered again | goes on; [`Verdict::Unanswered`] tells it, and [`Verdict::stops`] takes it for a stop: otherwise callers choose whether an alert stops them |
//! | was entered before, in the same way, when the contract records or reads | goes on, and **is not recorded**: [`Outcome::Refused`], or `None` of what is read. What must not go unrecorded looks at it |
//! | exhausts the transaction's budget | **fails, whatever the contract does**: no Soroban contract survives that. Switch monitoring off with [`switch::set_enabled`]: nothing of the monitor is touched from then on |
//! | is fine, but a function, subject, metric or unit is no symbol (more than 32 characters, or others than `a-zA-Z0-9_`) | **fails**: the host traps before anything is called. Name them with constants, as every test of the contract then shows |
//! | time passes, hours and months roll over, keepers and other recorders come first | applies as simulated |
//! | an alert fires, resolves or begins, so that the guard decides otherwise | applies; the contract's own decision is that of the ledger it applies in, which its simulation may not have prepared |
//!
//! The monitor can never move the contract's funds or state: it is called with the contract's
//! authorisation for the recording call alone, and Soroban forbids re-entry.
#![no_std]
#![cfg_attr(not(test), forbid(unsafe_code))]

mod function;
mod guard;
mod monitor;
mod outcome;
mod reading;
pub mod switch;

pub use function::Function;
pub use guard::Verdict;
pub use monitor::Monitor;
pub use outcome::Outcome;
pub use reading::{Disagreement, Quantile, Reading, Statistics, ratio_bp};

#[cfg(test)]
mod test;
