//! Ledgers in, measurements out.
//!
//! The characters, in the order in which they act:
//! - a **source** gives ledgers ([`lumenscope_rpc::LedgerSource`]); a [`Fetcher`] turns its pages
//!   into decoded ledgers, whichever method the node offers;
//! - the **watch list** says whose calls are kept ([`WatchList`]), and under which names: what
//!   strangers choose is bounded ([`FunctionNames`]);
//! - **measuring** is pure ([`measure`]): one [`Row`] for each call of a watched contract. Cost
//!   belongs to the root call alone, because a ledger states it for a transaction and nobody can
//!   divide it; so the sum over functions equals the sum over transactions, to the stroop;
//! - the **store** takes a ledger's rows, its coverage and the checkpoint in one commit
//!   ([`Store`]);
//! - **coverage** says for every ledger and subject what is known ([`Coverage`]): a ledger that
//!   was not watched, not decoded or out of reach is never a zero;
//! - the **epoch** is the chain of hashes all of this belongs to ([`Epoch`]).
#![forbid(unsafe_code)]

mod contract;
mod coverage;
mod epoch;
mod error;
mod escape;
mod fetch;
mod json;
mod measure;
mod memory;
mod names;
mod observer;
mod page_size;
mod row;
mod store;
mod summary;
mod watch;

pub use contract::{ContractFacts, ContractReader, EntryLife};
pub use coverage::{Coverage, Source, Span, SpanState};
pub use epoch::{Checkpoint, Epoch};
pub use error::ObserveError;
pub use escape::{for_terminal, json_for_terminal};
pub use fetch::{Fetched, Fetcher, ObservedLedger};
pub use measure::{Measurement, Problem, measure};
pub use memory::{MemoryStore, ROWS_MAX};
pub use names::{FunctionNames, NAMES_PER_CONTRACT_MAX, UNKNOWN_FUNCTION};
pub use observer::{Observer, Step};
pub use row::{Cost, RootCost, Row, RowKey};
pub use store::{LedgerCommit, Store, StoreError};
pub use summary::{ErrorCount, FunctionSummary, Summary, Totals};
pub use watch::{Subject, WATCHED_CONTRACTS_MAX, WatchList, WatchListError};
