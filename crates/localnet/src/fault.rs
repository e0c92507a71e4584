//! What can go wrong inside the ledger itself, as opposed to inside a transaction.

use soroban_env_host::HostError;

/// The ledger could not do its work. A transaction that merely fails is an
/// [`Outcome`](crate::Outcome), not a fault; after a fault nothing has changed.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// A value could not be encoded to, or decoded from, XDR.
    #[error("XDR: {0}")]
    Xdr(#[from] crate::xdr::Error),
    /// The host failed outside of any contract: the ledger handed it something inconsistent.
    #[error("the host failed outside of a contract: {0}")]
    Host(String),
    /// The network's settings are incomplete or contradict each other.
    #[error("network settings: {0}")]
    Settings(String),
    /// A count or size left the range of its XDR type.
    #[error("{0} is larger than its XDR type allows")]
    TooLarge(&'static str),
    /// The ledger sequence reached its end.
    #[error("the ledger sequence is a u32 and would pass its end")]
    SequenceExhausted,
    /// The thread that runs the host could not be started, or died.
    #[error("host thread: {0}")]
    Thread(String),
    /// An account that must exist does not.
    #[error("account {0} does not exist: fund it first")]
    MissingAccount(String),
}

impl From<HostError> for Fault {
    fn from(error: HostError) -> Self {
        // The error's debug form carries the diagnostic trail, but not across threads.
        Fault::Host(format!("{error:?}"))
    }
}
