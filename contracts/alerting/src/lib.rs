//! Rules over streams, evaluated by anyone and trusted by contracts.
//!
//! A **rule** belongs to the owner of the contracts it covers. For each stream it covers it has an
//! **alert**, whose state machine is `lumenscope-rules`: `evaluate` reads the stream's ring of
//! minutes from performance-monitor, steps every closed minute that is due, publishes the
//! transitions and stores what changed.
//!
//! What is stored:
//!
//! - a rule, an escalation policy: one entry each;
//! - an alert: one entry of constant size, written by its first transition;
//! - a **summary** for each contract ([`summary`]): one row for each of its alerts, and what its
//!   owner decided about its guard. A transition writes the alert and the summary; a heartbeat the
//!   summary alone.
//!
//! So `guard` and `is_firing` read one entry, and a batch in which nothing changed writes nothing.
//! How fresh the summary is counts by its oldest row: evaluating one alert again and again does
//! not make up for another that nobody evaluates.
//!
//! What readers decode off the ledger (an alert's state, a transition) is packed by
//! `lumenscope-rules`: a type for each would be a third of the wasm.
#![no_std]

#[cfg(test)]
extern crate std;

mod access;
mod batch;
mod contract;
mod events;
mod guard;
mod handling;
mod policies;
mod raw;
mod registry;
mod rules;
mod source;
mod storage;
mod summary;
mod target;

pub use contract::{AlertingContract, AlertingContractClient};
pub use events::*;

#[cfg(test)]
mod test;
