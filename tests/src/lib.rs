//! What the suites that cross contracts share: a ledger in process with contracts on wasm
//! ([`stage`]), the cost engine ([`costs`]), the apply-stability harness ([`apply_stability`]) and
//! the table of who may call what ([`authorisation`]).

#![forbid(unsafe_code)]

pub mod apply_stability;
pub mod authorisation;
pub mod costs;
pub mod page;
pub mod stage;
pub mod suite;
