//! A Stellar RPC client: typed methods over one seam.
//!
//! [`Client`] knows the methods; how a request reaches a node is a [`Transport`], so that a pool
//! of endpoints, a recording, or a simulator with faults can stand where [`Http`] stands. Time is
//! a [`Clock`] for the same reason. What an observer needs of a node is [`LedgerSource`].
//!
//! Every request has a timeout, every response a size bound, every retry an end. Reads are
//! retried; so is sending a transaction, because its hash makes it idempotent. XDR stays in
//! base64 here: this crate does not depend on the version of the XDR definitions.
#![forbid(unsafe_code)]

mod client;
mod clock;
mod error;
mod friendbot;
mod jsonrpc;
mod methods;
mod pacing;
mod retry;
mod source;
mod text;
mod transport;

pub use client::{Client, ENTRY_KEYS_PER_REQUEST_MAX};
pub use clock::{Clock, SystemClock};
pub use error::RpcError;
pub use friendbot::fund;
pub use methods::{
    Event, EventFilter, EventKind, EventPage, EventQuery, EventRange, FeeStats, Health,
    LatestLedger, LedgerEntries, LedgerEntry, LedgerPage, LedgerRecord, NetworkInfo, Page,
    Percentiles, RestorePreamble, SendStatus, Sent, Simulated, SimulatedCall, Simulation,
    TransactionPage, TransactionRecord, TransactionStatus, VersionInfo,
};
pub use pacing::TipPacer;
pub use retry::RetryPolicy;
pub use source::LedgerSource;
pub use transport::{
    Http, HttpOptions, Request, Transport, install_crypto_provider, is_on_this_machine, shown_url,
};
