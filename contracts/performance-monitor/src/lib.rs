//! Where samples enter the ledger.
//!
//! A **stream** is one contract, one function and optionally a subject. Its *definition* (names,
//! units, mode) is written by its owner and only read while recording. Its **hot entry** is the
//! one entry that a recording call writes: a blob of fixed width, described by `lumenscope-hot`.
//!
//! A monitored contract calls this code inside its own transactions, so every recording path
//! applies with what its simulation promised, whatever the time: the same keys, sizes and event
//! bytes, no extension of lifetimes, no write of instance storage, the same work.
//!
//! Samples leave for history by [`flush`](contract), which anyone may call.
#![no_std]

#[cfg(test)]
extern crate std;

mod contract;
mod definition;
mod events;
mod flush;
mod inline;
mod reads;
mod recording;
mod refusal;
mod registry;
mod reports;
mod shapes;
mod storage;
mod streams;

pub use contract::{PerformanceMonitorContract, PerformanceMonitorContractClient};
pub use events::*;

#[cfg(test)]
mod test;
