//! What can be told of a sealed value without opening it: that it has the right form, names the
//! right key, and is not a secret that somebody forgot to seal. The form is described at
//! `SEALED_HEADER_BYTES`.

use lumenscope_interfaces::external_monitoring::{
    ConnectionError, SEALED_HEADER_BYTES, SEALED_SECRET_BYTES_MAX, SEALED_SUITE, SEALED_TAG_BYTES,
    SEALED_VERSION,
};

/// Bytes of a key id.
pub const KEY_ID_BYTES: usize = 8;
/// Bytes of the longest sealed value.
pub const SEALED_BYTES_MAX: usize =
    (SEALED_HEADER_BYTES + SEALED_SECRET_BYTES_MAX + SEALED_TAG_BYTES) as usize;

const HEADER: usize = SEALED_HEADER_BYTES as usize;
const KEY_ID_AT: usize = 2;
const LENGTH_AT: usize = HEADER - 2;
/// One byte of secret at least: nothing is sealed that is nothing.
const CIPHERTEXT_MIN: usize = SEALED_TAG_BYTES as usize + 1;

/// Checks the form of a sealed value and the key it names.
///
/// # Errors
/// - [`ConnectionError::SealedPrintable`]: it is text, or text within a header;
/// - [`ConnectionError::SealedHeaderInvalid`], [`ConnectionError::SealedLengthInvalid`];
/// - [`ConnectionError::SealedToAnotherKey`].
pub fn check(sealed: &[u8], key_id: &[u8; KEY_ID_BYTES]) -> Result<(), ConnectionError> {
    let Some((header, ciphertext)) = sealed.split_at_checked(HEADER) else {
        return Err(if is_printable(sealed) {
            ConnectionError::SealedPrintable
        } else {
            ConnectionError::SealedLengthInvalid
        });
    };
    // A ciphertext of 17 random bytes is all printable once in 20 million times; it is sealed anew.
    if is_printable(ciphertext) {
        return Err(ConnectionError::SealedPrintable);
    }
    if header[..KEY_ID_AT] != [SEALED_VERSION, SEALED_SUITE] {
        return Err(ConnectionError::SealedHeaderInvalid);
    }
    let length = u16::from_be_bytes([header[LENGTH_AT], header[LENGTH_AT + 1]]) as usize;
    if length != ciphertext.len() || length < CIPHERTEXT_MIN || sealed.len() > SEALED_BYTES_MAX {
        return Err(ConnectionError::SealedLengthInvalid);
    }
    if header[KEY_ID_AT..KEY_ID_AT + KEY_ID_BYTES] != key_id[..] {
        return Err(ConnectionError::SealedToAnotherKey);
    }
    Ok(())
}

/// Whether a person could read it: ASCII that prints, and the space that surrounds it.
fn is_printable(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~'))
}
