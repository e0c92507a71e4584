//! What can go wrong between us and a node.

use std::time::Duration;

use thiserror::Error;

/// Why a request has no answer.
#[derive(Debug, Error)]
pub enum RpcError {
    /// The endpoint's address is not one.
    /// What came is not repeated: it may hold a key.
    #[error("expected an http or https URL: {reason}")]
    Url {
        /// Why it is refused.
        reason: String,
    },
    /// Nothing answered.
    #[error("{method} did not reach the node: {reason}")]
    Unreachable {
        /// The method.
        method: &'static str,
        /// What the network said.
        reason: String,
    },
    /// No answer in time.
    #[error("{method} had no answer within {} ms", .after.as_millis())]
    Timeout {
        /// The method.
        method: &'static str,
        /// The limit.
        after: Duration,
    },
    /// Something answered, but not with success.
    #[error("{method} was answered with HTTP status {status}")]
    Status {
        /// The method.
        method: &'static str,
        /// The HTTP status.
        status: u16,
    },
    /// The answer is larger than accepted.
    #[error("the answer to {method} has more than {max_bytes} bytes")]
    TooLarge {
        /// The method.
        method: &'static str,
        /// The bound.
        max_bytes: usize,
    },
    /// The answer is not what the method promises.
    #[error("the answer to {method} is not what Stellar RPC promises: {reason}")]
    InvalidResponse {
        /// The method.
        method: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The node does not know the method.
    #[error("the node does not offer {method}")]
    MethodNotFound {
        /// The method.
        method: &'static str,
    },
    /// The node refuses the request.
    #[error("the node refuses {method}: {message} (code {code})")]
    Refused {
        /// The method.
        method: &'static str,
        /// The JSON-RPC error code.
        code: i64,
        /// The node's words.
        message: String,
    },
}

impl RpcError {
    /// Whether the same request may succeed a moment later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            RpcError::Unreachable { .. } | RpcError::Timeout { .. } => true,
            RpcError::Status { status, .. } => *status == 429 || *status >= 500,
            // The node's own failure, as opposed to a request it does not accept.
            RpcError::Refused { code, .. } => *code == crate::jsonrpc::INTERNAL_ERROR,
            RpcError::Url { .. }
            | RpcError::TooLarge { .. }
            | RpcError::InvalidResponse { .. }
            | RpcError::MethodNotFound { .. } => false,
        }
    }
}
