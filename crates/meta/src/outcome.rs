//! How a call can fail, in words.

use std::fmt;

use serde::Serialize;

use crate::xdr::{ScError, ScErrorCode};

/// Why a call failed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum CallError {
    /// The contract's own error.
    Contract {
        /// Its number; the contract's spec holds the name.
        code: u32,
    },
    /// The host refused or trapped.
    Host {
        /// Which part of the host.
        kind: HostErrorKind,
        /// The host's code, as the protocol names it: `ExceededLimit`, `InvalidAction`...
        code: &'static str,
    },
    /// Only the operation's result is known: `Trapped`, `ResourceLimitExceeded`...
    Operation {
        /// The result's name.
        result: &'static str,
    },
    /// The transaction failed before it was applied: `TxBadAuth`...
    Transaction {
        /// The result's name.
        result: &'static str,
    },
    /// A sub-call that never returned and left no error event.
    NotReported,
}

/// The part of the host an error comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum HostErrorKind {
    WasmVm,
    Context,
    Storage,
    Object,
    Crypto,
    Events,
    Budget,
    Value,
    Auth,
}

impl CallError {
    pub(crate) fn from_xdr(error: &ScError) -> Self {
        let (kind, code) = match error {
            ScError::Contract(code) => return CallError::Contract { code: *code },
            ScError::WasmVm(code) => (HostErrorKind::WasmVm, code),
            ScError::Context(code) => (HostErrorKind::Context, code),
            ScError::Storage(code) => (HostErrorKind::Storage, code),
            ScError::Object(code) => (HostErrorKind::Object, code),
            ScError::Crypto(code) => (HostErrorKind::Crypto, code),
            ScError::Events(code) => (HostErrorKind::Events, code),
            ScError::Budget(code) => (HostErrorKind::Budget, code),
            ScError::Value(code) => (HostErrorKind::Value, code),
            ScError::Auth(code) => (HostErrorKind::Auth, code),
        };
        CallError::Host { kind, code: ScErrorCode::name(code) }
    }

    /// The contract's own error code, if it is one.
    #[must_use]
    pub fn contract_code(&self) -> Option<u32> {
        match self {
            CallError::Contract { code } => Some(*code),
            _ => None,
        }
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CallError::Contract { code } => write!(f, "Contract#{code}"),
            CallError::Host { kind, code } => write!(f, "{kind:?}.{code}"),
            CallError::Operation { result } | CallError::Transaction { result } => {
                f.write_str(result)
            }
            CallError::NotReported => f.write_str("not reported"),
        }
    }
}
