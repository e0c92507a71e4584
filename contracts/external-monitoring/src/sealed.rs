//! What can be told of a sealed value without opening it: that it has the right form, names the
//! right key, and is not a secret that somebody forgot to seal. The form is described at
//! `SEALED_HEADER_BYTES`.

use lumenscope_interfaces::external_monitoring::{
    ConnectionError, SEALED_HEADER_BYTES, SEALED_SECRET_BYTES_MAX, SEALED_SUITE, SEALED_TAG_BYTES,
    SEALED_VERSION,
};

/// Bytes of a key id.
pub const KEY_ID_BYTES: u32 = 8;
/// Bytes of the longest sealed value.
pub const SEALED_BYTES_MAX: u32 = SEALED_HEADER_BYTES + SEALED_SECRET_BYTES_MAX + SEALED_TAG_BYTES;

const HEADER: usize = SEALED_HEADER_BYTES as usize;
const KEY_ID_AT: usize = 2;
const LENGTH_AT: usize = HEADER - 2;
/// One byte of secret at least: nothing is sealed that is nothing.
const SEALED_BYTES_MIN: usize = (SEALED_HEADER_BYTES + SEALED_TAG_BYTES + 1) as usize;

/// Checks the form of a sealed value, and that it names the key whose SHA-256 is `key_hash`.
///
/// # Errors
/// - [`ConnectionError::SealedPrintable`]: it is text, or text behind a header;
/// - [`ConnectionError::SealedMalformed`];
/// - [`ConnectionError::SealedToAnotherKey`].
pub fn check(sealed: &[u8], key_hash: &[u8; 32]) -> Result<(), ConnectionError> {
    if sealed.len() > SEALED_BYTES_MAX as usize {
        return Err(ConnectionError::SealedMalformed);
    }
    let split = sealed.split_first_chunk::<HEADER>();
    let split = split.filter(|_| sealed.len() >= SEALED_BYTES_MIN);
    // A ciphertext of 17 random bytes is all printable once in 20 million times; it is sealed anew.
    let text = split.map_or(sealed, |(_, ciphertext)| ciphertext);
    if !text.is_empty() && text.iter().copied().all(is_printable) {
        return Err(ConnectionError::SealedPrintable);
    }
    let Some((header, ciphertext)) = split else { return Err(ConnectionError::SealedMalformed) };
    let length = u16::from_be_bytes([header[LENGTH_AT], header[LENGTH_AT + 1]]);
    let known = header[0] == SEALED_VERSION && header[1] == SEALED_SUITE;
    if !known || usize::from(length) != ciphertext.len() {
        return Err(ConnectionError::SealedMalformed);
    }
    let key_id = header.iter().skip(KEY_ID_AT);
    if !key_id.zip(key_hash).take(KEY_ID_BYTES as usize).all(|(named, known)| named == known) {
        return Err(ConnectionError::SealedToAnotherKey);
    }
    Ok(())
}

/// Whether a person could read it: ASCII that prints, and the space that surrounds it.
fn is_printable(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~')
}
