//! Parameters: by name, with an error that names what is wrong.

use super::RpcError;
use crate::codec::decode_limits;
use crate::xdr::ReadXdr;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Reads the parameters of a method. No parameters are the same as an empty object.
pub(super) fn read<T: DeserializeOwned>(params: Value) -> Result<T, RpcError> {
    let params = if params.is_null() { Value::Object(serde_json::Map::new()) } else { params };
    if !params.is_object() {
        return Err(RpcError::InvalidParams("params: expected an object".into()));
    }
    serde_json::from_value(params).map_err(|error| RpcError::InvalidParams(error.to_string()))
}

/// Reads XDR in base64; `name` is the parameter it came in.
pub(super) fn xdr<T: ReadXdr>(name: &str, base64: &str) -> Result<T, RpcError> {
    T::from_xdr_base64(base64, decode_limits())
        .map_err(|error| RpcError::InvalidParams(format!("{name}: not the expected XDR: {error}")))
}
