//! The XDR definitions under one short name, and the bounds under which they are read.

pub(crate) use stellar_xdr_30::*;

use crate::MetaError;

/// Depth at which nesting is refused. The network refuses values deeper than 500 itself; the
/// envelope around a value takes some levels more.
const DEPTH_MAX: u32 = 600;

/// Bytes of one XDR value. A mainnet ledger has a few MB; this leaves room for busy ones.
pub(crate) const VALUE_BYTES_MAX: usize = 256 << 20;

pub(crate) fn limits(bytes: usize) -> Limits {
    Limits { depth: DEPTH_MAX, len: bytes }
}

/// Decodes exactly one `T` from all of `bytes`.
pub(crate) fn read<T: ReadXdr>(what: &'static str, bytes: &[u8]) -> Result<T, MetaError> {
    if bytes.len() > VALUE_BYTES_MAX {
        return Err(MetaError::TooLarge { what, bytes: bytes.len(), max: VALUE_BYTES_MAX });
    }
    T::from_xdr(bytes, limits(bytes.len())).map_err(|error| unsupported(what, error))
}

/// Encodes a value that was decoded before, so that only its size can be refused.
pub(crate) fn write<T: WriteXdr>(what: &'static str, value: &T) -> Result<Vec<u8>, MetaError> {
    value.to_xdr(limits(VALUE_BYTES_MAX)).map_err(|error| unsupported(what, error))
}

pub(crate) fn unsupported(what: &'static str, reason: impl ToString) -> MetaError {
    MetaError::UnsupportedXdr { what, reason: reason.to_string() }
}
