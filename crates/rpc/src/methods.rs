//! Requests and answers of the methods, one module for each group.

mod entries;
mod events;
mod ledgers;
mod node;
mod simulation;
mod transactions;

pub use entries::{LedgerEntries, LedgerEntry};
pub use events::{Event, EventFilter, EventKind, EventPage, EventQuery, EventRange};
pub use ledgers::{LatestLedger, LedgerPage, LedgerRecord, Page};
pub use node::{FeeStats, Health, NetworkInfo, Percentiles, VersionInfo};
pub(crate) use simulation::RawSimulation;
pub use simulation::{RestorePreamble, Simulated, SimulatedCall, Simulation};
pub(crate) use transactions::RawTransaction;
pub use transactions::{SendStatus, Sent, TransactionPage, TransactionRecord, TransactionStatus};
