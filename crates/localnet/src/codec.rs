//! Encoding and hashing, in one place.

use crate::Fault;
use crate::xdr::{Limits, ReadXdr, WriteXdr};
use sha2::{Digest, Sha256};

/// The deepest nesting accepted when decoding: the host's own limit for values.
pub(crate) const DECODE_DEPTH: u32 = 500;
/// The largest XDR document decoded, in bytes: above any transaction the network carries.
pub(crate) const DECODE_BYTES: usize = 32 * 1024 * 1024;

/// Limits for decoding bytes that somebody else produced.
pub(crate) fn decode_limits() -> Limits {
    Limits { depth: DECODE_DEPTH, len: DECODE_BYTES }
}

pub(crate) fn encode(value: &impl WriteXdr) -> Result<Vec<u8>, Fault> {
    Ok(value.to_xdr(Limits::none())?)
}

pub(crate) fn decode<T: ReadXdr>(bytes: &[u8]) -> Result<T, Fault> {
    Ok(T::from_xdr(bytes, decode_limits())?)
}

pub(crate) fn encoded_size_bytes(value: &impl WriteXdr) -> Result<u32, Fault> {
    u32::try_from(encode(value)?.len()).map_err(|_| Fault::TooLarge("an encoded value"))
}

/// SHA-256: the hash of every id, key and header here.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

pub(crate) fn hash(value: &impl WriteXdr) -> Result<[u8; 32], Fault> {
    Ok(sha256(&encode(value)?))
}
