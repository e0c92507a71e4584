//! What the suites that cross contracts share: a ledger in process with contracts on wasm
//! ([`stage`]), the cost engine ([`costs`]) and the apply-stability harness
//! ([`apply_stability`]).

#![forbid(unsafe_code)]

pub mod apply_stability;
pub mod costs;
pub mod stage;
pub mod suite;
