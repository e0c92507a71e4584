//! Names of what a team writes down: they end up in messages and in stored decisions.

use thiserror::Error;

/// Bytes of a name or an id, as of a rule's name on the ledger.
pub const NAME_BYTES_MAX: usize = 64;

/// A name that is empty, too long, or not on one line.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("expected 1 to {NAME_BYTES_MAX} bytes without control characters, came {came:?}")]
pub struct NameFault {
    /// What came, cut off after [`NAME_BYTES_MAX`] characters.
    pub came: String,
}

/// Checks a name.
///
/// # Errors
///
/// [`NameFault`].
pub fn check_name(name: &str) -> Result<(), NameFault> {
    if name.is_empty() || name.len() > NAME_BYTES_MAX || name.contains(char::is_control) {
        return Err(NameFault { came: name.chars().take(NAME_BYTES_MAX).collect() });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_line_and_a_bound() {
        assert_eq!(check_name("Nachtruhe"), Ok(()));
        assert_eq!(check_name(&"n".repeat(NAME_BYTES_MAX)), Ok(()));
        for wrong in ["", "two\nlines", &"n".repeat(NAME_BYTES_MAX + 1)] {
            let fault = check_name(wrong).unwrap_err();
            assert!(fault.came.len() <= NAME_BYTES_MAX);
        }
    }
}
