//! A dashboard as one document: what the dashboard contract holds of it, for files, other tools and
//! the way back onto a ledger.
//!
//! A [`Dashboard`] is written as JSON that names its format and version ([`Dashboard::to_json`]),
//! read with errors that name the place ([`Dashboard::from_json`]), and goes to and from the values
//! of the contract ([`Dashboard::details_val`], [`Dashboard::from_ledger`]). Every way in ends in
//! the contract's own rules ([`Dashboard::check`]): a document that is read can be instantiated.
#![forbid(unsafe_code)]

mod address;
mod arguments;
mod check;
mod codes;
mod document;
mod json;
mod ledger;
pub mod limits;
mod place;
mod template;
#[cfg(feature = "testing")]
pub mod testing;

pub use arguments::Arguments;
pub use check::Fault;
pub use codes::{Granularity, Kind, Layout, Statistic};
pub use document::{Dashboard, Variables, Widget};
pub use json::{FORMAT, ReadError, VERSION};
pub use ledger::{LedgerError, variables_val};
pub use place::Place;
