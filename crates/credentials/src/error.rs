//! What cannot become bytes.

use thiserror::Error;

/// A value that XDR has no room for: longer than its type allows, or no address.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("expected {expected}, which is part of what is signed or sealed; {reason}")]
pub struct EncodeError {
    /// What belongs there.
    pub expected: &'static str,
    /// Why it does not fit.
    pub reason: String,
}
