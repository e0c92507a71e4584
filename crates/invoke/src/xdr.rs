//! The XDR definitions under one short name, in and out of base64.

pub(crate) use stellar_xdr_30::*;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::InvokeError;

/// Deeper nesting than the network accepts.
const DEPTH_MAX: u32 = 600;
/// More than any entry, transaction or result has.
const BYTES_MAX: usize = 16 << 20;

fn limits() -> Limits {
    Limits { depth: DEPTH_MAX, len: BYTES_MAX }
}

pub(crate) fn encode<T: WriteXdr>(value: &T) -> Result<Vec<u8>, InvokeError> {
    value.to_xdr(limits()).map_err(|error| malformed(std::any::type_name::<T>(), error))
}

pub(crate) fn encode_base64<T: WriteXdr>(value: &T) -> Result<String, InvokeError> {
    Ok(STANDARD.encode(encode(value)?))
}

pub(crate) fn decode_base64<T: ReadXdr>(text: &str) -> Result<T, InvokeError> {
    let what = std::any::type_name::<T>();
    let bytes = STANDARD.decode(text).map_err(|error| malformed(what, error))?;
    T::from_xdr(bytes, limits()).map_err(|error| malformed(what, error))
}

pub(crate) fn malformed(what: &str, reason: impl ToString) -> InvokeError {
    let what = what.rsplit("::").next().unwrap_or(what).to_owned();
    InvokeError::Xdr { what, reason: reason.to_string() }
}
