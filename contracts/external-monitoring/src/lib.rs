//! Integrations, API keys, responders and exports: what connects the suite to the world outside the
//! ledger.
//!
//! What each entry point does, refuses and asks for is said at the trait that callers see,
//! `ExternalMonitoring` of `lumenscope-interfaces`. What is stored:
//!
//! - an integration, an API key or a responder: one persistent entry, written by its owner alone (of a
//!   responder, `react` counts the failures);
//! - how it is doing, or what it was used for: one persistent entry of **constant size**, made with
//!   the first and written by the dispatcher or by `verify_request`, so that neither ever pays for
//!   growth nor touches what the owner wrote (who enables an integration, or rotates an API key
//!   without an overlap, writes it too);
//! - an export: one persistent entry that has its size from the beginning, committed once by the
//!   dispatcher;
//! - a delivery receipt: one temporary entry, which makes recording idempotent. It ends after a week.
//!   Receipts are only taken for a shorter time than they live, so that none is ever counted twice;
//! - the audit log of an owner: one persistent entry of constant size, written with every change that
//!   is told of. What is called by others (`verify_request`, `react` where it succeeds, recording that
//!   does not suspend) neither reads nor writes it.
//!
//! `verify_request` is called by contracts within their own transactions. It is apply-stable: the
//! keys it touches do not depend on the time or on state, it writes one entry of constant size,
//! extends no lifetime and emits no event (the entry itself says when the key was last used).
//!
//! [`nonces`], [`sealed`] and [`usage`] know nothing of the ledger: values in, values out. The tree of
//! an export is the crate `lumenscope-export`, which whoever makes the file uses as well.
#![no_std]

mod access;
mod api_keys;
mod audit;
mod connections;
mod contract;
mod deliveries;
mod events;
mod exports;
mod integrations;
mod kinds;
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
