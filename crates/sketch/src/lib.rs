//! A quantile sketch that fits inside a ledger entry.
//!
//! Positive integers of a declared range fall into bins whose width grows with the value, so that
//! one representative per bin is within a stated relative error of everything in it. A bin is a
//! 16-bit counter in a byte slice that the caller owns: the contracts keep it inside a fixed-width
//! entry, the service wherever it likes, and both read the same bytes.
//!
//! Values outside the range are counted as below or above it. A quantile that falls there, or
//! that counters at their limit no longer determine, is said to; it is never guessed.
//!
//! Everything is integer arithmetic, and counting a value takes the same work whatever the value
//! is: a call that was simulated with one value applies with another.
#![no_std]
#![forbid(unsafe_code)]

mod counters;
mod layout;

pub use counters::{AT_LIMIT, Coverage, LIMIT, Quantile, flagged};
pub use layout::{BINS_MAX, ENCODED_BYTES, RELATIVE_ERROR_MAX_BP, SketchLayout, VALUE_MAX};

/// Why a sketch refuses.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SketchError {
    /// A range must start at 1 or above, end above its start and at most at [`VALUE_MAX`].
    RangeInvalid {
        /// The range's first value.
        min: i64,
        /// The range's last value.
        max: i64,
    },
    /// The number of bins is 0 or above [`BINS_MAX`].
    BinsInvalid {
        /// The number that came.
        bins: u16,
    },
    /// The range needs more bins to stay within [`RELATIVE_ERROR_MAX_BP`].
    TooFewBins {
        /// The number that came.
        bins: u16,
        /// The number that the range needs; above [`BINS_MAX`] no sketch covers it.
        needed: u16,
    },
    /// The counters are not as long as the layout says.
    LengthInvalid {
        /// Bytes that the layout needs.
        expected: usize,
        /// Bytes that came.
        came: usize,
    },
    /// The encoded layout contradicts itself.
    EncodingInvalid,
}
