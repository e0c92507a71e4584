//! Calls that are simulated and not sent.

use crate::ValueError;
use crate::value::{FromVal, ScVal};

/// What a read-only call gives.
#[derive(Clone, Debug)]
pub struct ViewResult {
    /// What the function returned.
    pub value: ScVal,
    /// The ledger it was read from.
    pub ledger: u32,
    /// Instructions it would declare.
    pub instructions: u32,
}

impl ViewResult {
    /// The value as a Rust value.
    ///
    /// # Errors
    /// [`ValueError::Kind`] when it is of another kind.
    pub fn value<T: FromVal>(&self) -> Result<T, ValueError> {
        T::from_val(&self.value)
    }
}
