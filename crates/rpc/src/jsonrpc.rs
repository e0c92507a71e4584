//! JSON-RPC 2.0, as far as Stellar RPC uses it: one request, parameters by name, one answer.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::RpcError;

pub(crate) const METHOD_NOT_FOUND: i64 = -32_601;
pub(crate) const INTERNAL_ERROR: i64 = -32_603;

/// Characters of a node's words that are kept in an error.
const MESSAGE_CHARS_MAX: usize = 500;

#[derive(Serialize)]
struct Envelope<'a, P> {
    jsonrpc: &'static str,
    id: u64,
    method: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    params: Option<P>,
}

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(default)]
    id: Option<u64>,
    #[serde(borrow, default)]
    result: Option<&'a RawValue>,
    #[serde(default)]
    error: Option<Failure>,
}

#[derive(Deserialize)]
struct Failure {
    code: i64,
    message: String,
}

pub(crate) fn encode(
    method: &'static str,
    id: u64,
    params: Option<impl Serialize>,
) -> Result<Vec<u8>, RpcError> {
    serde_json::to_vec(&Envelope { jsonrpc: "2.0", id, method, params })
        .map_err(|error| RpcError::InvalidResponse { method, reason: error.to_string() })
}

pub(crate) fn decode<R: DeserializeOwned>(
    method: &'static str,
    id: u64,
    body: &[u8],
) -> Result<R, RpcError> {
    let invalid = |reason: String| RpcError::InvalidResponse { method, reason };
    let answer: Answer<'_> =
        serde_json::from_slice(body).map_err(|error| invalid(error.to_string()))?;
    if let Some(failure) = answer.error {
        if failure.code == METHOD_NOT_FOUND {
            return Err(RpcError::MethodNotFound { method });
        }
        let message = failure.message.chars().take(MESSAGE_CHARS_MAX).collect();
        return Err(RpcError::Refused { method, code: failure.code, message });
    }
    if answer.id != Some(id) {
        return Err(invalid(format!("expected id {id}, got {:?}", answer.id)));
    }
    let Some(result) = answer.result else {
        return Err(invalid("neither result nor error".to_owned()));
    };
    serde_json::from_str(result.get()).map_err(|error| invalid(error.to_string()))
}
