//! Contract values: built from Rust values, and read back.

mod decode;
mod encode;

pub use decode::{FromVal, Record};
pub use encode::{ToVal, bytes, record, symbol, variant, vector};
pub(crate) use encode::{contract_sc_address, sc_address, sc_symbol};
/// A contract value as the protocol defines it.
pub use stellar_xdr_30::ScVal;
use thiserror::Error;

/// A value that does not fit.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ValueError {
    /// Another kind of value.
    #[error("expected {expected}, got {got}")]
    Kind {
        /// What was needed.
        expected: &'static str,
        /// What came.
        got: String,
    },
    /// A field that a contract's struct should have.
    #[error("the struct has no field {0:?}")]
    MissingField(String),
    /// Longer than the protocol allows.
    #[error("{0} is longer than the protocol allows")]
    TooLong(&'static str),
}

/// Characters of a value that an error shows.
const SHOWN_CHARS_MAX: usize = 120;

impl ValueError {
    pub(crate) fn expected(expected: &'static str, got: &str) -> Self {
        ValueError::Kind { expected, got: got.chars().take(SHOWN_CHARS_MAX).collect() }
    }

    pub(crate) fn kind(expected: &'static str, got: &ScVal) -> Self {
        ValueError::Kind { expected, got: got.name().to_owned() }
    }
}

#[cfg(test)]
mod tests;
