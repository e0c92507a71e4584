//! Tests of the whole contract, with mainnet's times to live, and every call authorised as on
//! the ledger: performance-monitor by being the caller, people by exactly what they sign.

mod cache;
mod compact;
mod golden;
mod ingest;
mod limits;
mod model;
mod prune;
mod query;
mod refusals;
mod retention;
mod sketches;
mod support;
mod top;
