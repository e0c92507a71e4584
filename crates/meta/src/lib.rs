//! Ledger bytes in, plain facts out: the only place that decodes XDR for observing.
//!
//! Whatever delivered the bytes (a node's `getLedgers`, its `getTransactions`, a Galexie archive
//! file), they become the same domain types here. No XDR type appears in this crate's interface,
//! so nothing else depends on the version of the XDR definitions, and a protocol upgrade is a
//! change of this crate alone.
//!
//! What cannot be decoded is a [`MetaError`], never a panic and never a silently shorter ledger.
//! Three things are checked before anything is believed:
//! - the header hashes to the ledger's hash, the transaction set and the results to what the
//!   header names ([`MetaError::HashMismatch`]);
//! - every applied transaction is in the transaction set under its own hash, which also proves
//!   the network's passphrase ([`MetaError::UnknownTransaction`]);
//! - the parts of every fee add up to what was charged ([`FeeAccount`]).
#![forbid(unsafe_code)]

mod applied;
mod batch;
mod call;
mod call_tree;
mod decode;
mod entry;
mod envelope;
mod error;
mod event;
mod fee;
mod hash;
mod header;
mod ledger;
mod operation;
mod outcome;
mod resources;
mod spec;
#[cfg(any(test, feature = "testing"))]
#[allow(clippy::expect_used, clippy::panic)]
pub mod testing;
mod transaction;
mod views;
mod xdr;

pub use batch::{decode_batch, decode_framed, decompress};
pub use call::{Call, CallOutcome, CallPath, CallTree, Visibility};
pub use call_tree::CALLS_PER_TRANSACTION_MAX;
pub use decode::{
    DECODER_VERSION, TransactionXdr, decode_ledger, decode_ledger_base64, decode_transaction,
};
pub use entry::{
    ContractCode, ContractInstance, EntryError, Executable, NetworkLimits, code_key, instance_key,
    limit_keys, parse_code, parse_instance, parse_limits,
};
pub use error::MetaError;
pub use event::{ContractEvent, EventKind, Value};
pub use fee::{FeeAccount, FeeMismatch, Fees, ResourceFeeParts};
pub use hash::{Address, AddressError, Hash, Network};
pub use ledger::{Header, Ledger};
pub use operation::{Action, Operation};
pub use outcome::{CallError, HostErrorKind};
pub use resources::{Declared, Fidelity, Measured, Usage};
pub use spec::{ContractSpec, ErrorCase, SpecError, parse_spec};
pub use transaction::{Soroban, Transaction};
