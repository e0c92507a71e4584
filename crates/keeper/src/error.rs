//! What a keeper's caller is told when something fails, with what was tried.

use lumenscope_invoke::{InvokeError, ValueError};
use thiserror::Error;

/// Why a keeper's call did not do its work.
#[derive(Debug, Error)]
pub enum KeeperError {
    /// A transaction could not be made, or failed.
    #[error("{what}: {source}")]
    Invoke {
        /// What was tried.
        what: &'static str,
        /// Why it failed.
        source: InvokeError,
    },
    /// The ledger holds something that this version does not understand.
    #[error("{what}: {reason}")]
    Unreadable {
        /// What was read.
        what: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The call would have a contract act in the keeper's name; nothing was sent.
    #[error("{what}: a contract that it reaches asks to act in the keeper's name")]
    Impersonated {
        /// What was tried.
        what: &'static str,
    },
    /// The call would cost more than it may; nothing was sent.
    #[error("{what}: expected at most {most_stroops} stroops of resource fee, came {came_stroops}")]
    Dear {
        /// What was tried.
        what: &'static str,
        /// What it may cost.
        most_stroops: i64,
        /// What it would.
        came_stroops: i64,
    },
}

pub(crate) fn invoking(what: &'static str) -> impl FnOnce(InvokeError) -> KeeperError {
    move |source| KeeperError::Invoke { what, source }
}

pub(crate) fn valuing(what: &'static str) -> impl FnOnce(ValueError) -> KeeperError {
    move |source| KeeperError::Invoke { what, source: source.into() }
}
