//! A second instrumented contract: a price oracle.
//!
//! Updaters, whom the admin names, tell prices; anybody reads them. It shows what a contract records
//! that is watched for its safety: each price, in a stream of its asset, and in one stream what
//! should never happen unseen (another admin, other code, a pause, a caller whom nobody knows). Each
//! is one line ([`contract`]).
//!
//! # What can be recorded of a refusal
//! A call that fails takes back all that it did, the recording included: a keeper sees that it
//! failed, and nothing more. So an updater whom nobody knows gets an answer, `false`, and no error:
//! nothing of the oracle changes, the attempt is on the ledger, and who made it has paid for it.
#![no_std]

mod contract;
mod errors;
mod events;
mod quotes;
mod storage;
mod types;

pub use contract::{Oracle, OracleClient, PRICES_MAX};
pub use errors::OracleError;
pub use types::Price;

#[cfg(test)]
mod test;
