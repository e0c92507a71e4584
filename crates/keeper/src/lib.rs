//! What keeps a deployed suite alive: reports what calls really cost, moves closed hours to
//! history, evaluates rules, extends lives.
//!
//! Deciding and doing are apart: [`report`] takes values and returns what to send.
//!
//! A keeper keeps no state of its own. Where it stands is read from the ledger: a stream's
//! reporter sequence is the last ledger that was reported, so a keeper that was killed between
//! sending and learning the outcome goes on exactly where the ledger says, and nothing is counted
//! twice or left out.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod report;
