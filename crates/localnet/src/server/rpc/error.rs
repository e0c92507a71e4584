//! Errors as JSON-RPC numbers them.

use crate::Fault;
use crate::server::worker::Unavailable;

/// Why a request has no result.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RpcError {
    #[error("not JSON: {0}")]
    Unparsable(String),
    #[error("{0}")]
    InvalidRequest(String),
    #[error("method not found: {0}")]
    MethodNotFound(String),
    #[error("{0}")]
    InvalidParams(String),
    #[error("internal error: {0}")]
    Internal(String),
}

impl RpcError {
    pub fn code(&self) -> i32 {
        match self {
            RpcError::Unparsable(_) => -32_700,
            RpcError::InvalidRequest(_) => -32_600,
            RpcError::MethodNotFound(_) => -32_601,
            RpcError::InvalidParams(_) => -32_602,
            RpcError::Internal(_) => -32_603,
        }
    }
}

impl From<Unavailable> for RpcError {
    fn from(unavailable: Unavailable) -> Self {
        RpcError::Internal(unavailable.to_string())
    }
}

impl From<Fault> for RpcError {
    fn from(fault: Fault) -> Self {
        RpcError::Internal(fault.to_string())
    }
}

impl From<crate::xdr::Error> for RpcError {
    fn from(error: crate::xdr::Error) -> Self {
        RpcError::Internal(error.to_string())
    }
}

impl From<serde_json::Error> for RpcError {
    fn from(error: serde_json::Error) -> Self {
        RpcError::Internal(error.to_string())
    }
}
