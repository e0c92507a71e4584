//! What keeps a deployed suite alive: reports what calls really cost, moves closed hours to
//! history, evaluates rules, has responders act on them, extends lives.
//!
//! Deciding and doing are apart: [`report`] takes values and returns what to send; [`Keeper`] reads
//! the ledger and sends it.
//!
//! A keeper keeps no state of its own. Where it stands is read from the ledger: a stream's
//! reporter sequence is the last ledger that was reported, so a keeper that was killed between
//! sending and learning the outcome goes on exactly where the ledger says, and nothing is counted
//! twice or left out.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod bill;
mod encode;
mod error;
mod evaluated;
mod hot;
mod keeper;
mod reaction;
pub mod report;
mod suite;

pub use bill::Bill;
pub use error::KeeperError;
pub use evaluated::Evaluated;
pub use keeper::{EVALUATE_TARGETS_MAX, FLUSH_STREAMS_MAX, Keeper, Life};
pub use reaction::{REACTION_FEE_MAX_STROOPS, RESPONDERS_MAX, Reacted, Responder};
pub use suite::{EXECUTION_SUBJECT, LIFE_FUNCTION, RuleTarget, Stream, Suite};
