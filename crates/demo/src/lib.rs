//! The demonstration: the whole suite on a private ledger, fed by real transactions.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod chart;
pub mod model;
mod random;
pub mod scenario;
