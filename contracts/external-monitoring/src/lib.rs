//! Integrations and API keys: what connects the suite to the world outside the ledger.
//!
//! What each entry point does, refuses and asks for is said at the trait that callers see,
//! `ExternalMonitoring` of `lumenscope-interfaces`. What is stored:
//!
//! - an integration or an API key: one persistent entry, written by its owner alone;
//! - how it is doing, or what it was used for: one persistent entry of **constant size**, made with
//!   the first and written by the dispatcher or by `verify_request`, so that neither ever pays for
//!   growth nor touches what the owner wrote;
//! - a delivery receipt: one temporary entry, which makes recording idempotent. Receipts are only
//!   taken for a shorter time than they live, so that none is ever counted twice.
//!
//! `verify_request` is called by contracts within their own transactions. It is apply-stable: the
//! keys it touches do not depend on the time or on state, it writes one entry of constant size,
//! extends no lifetime and emits no event (the entry itself says when the key was last used).
//!
//! [`nonces`], [`sealed`] and [`usage`] know nothing of the ledger: values in, values out.
#![no_std]

mod access;
mod api_keys;
mod connections;
mod contract;
mod deliveries;
mod events;
mod integrations;
pub mod nonces;
mod raw;
mod requests;
mod responders;
pub mod sealed;
mod service_key;
mod storage;
pub mod usage;

pub use contract::{ExternalMonitoringContract, ExternalMonitoringContractClient};
pub use events::*;
