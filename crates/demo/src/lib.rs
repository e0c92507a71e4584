//! The demonstration: the whole suite on a private ledger, fed by real transactions.
//!
//! A plan ([`scenario`]) is driven through the insurance pool, observed through Stellar RPC,
//! reported on the ledger, flushed, evaluated and rendered. Nothing is shown that did not happen
//! on that ledger, and [`figures::Figures`] can be recomputed from its ledgers.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod alerts;
mod board;
mod cast;
pub mod chart;
mod control;
mod drive;
mod dump;
pub mod figures;
pub mod model;
mod pool;
mod random;
mod run;
pub mod scenario;
mod setup;
mod show;
mod stage;
mod streams;
pub mod units;
mod watch;

pub use run::{Demo, SEED_DEFAULT, run};
