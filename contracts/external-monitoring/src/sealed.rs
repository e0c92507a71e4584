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

const KEY_ID_AT: u32 = 2;
const KEY_ID_END: u32 = KEY_ID_AT + KEY_ID_BYTES;
const LENGTH_AT: u32 = SEALED_HEADER_BYTES - 2;
/// One byte of secret at least: nothing is sealed that is nothing.
const SEALED_BYTES_MIN: u32 = SEALED_HEADER_BYTES + SEALED_TAG_BYTES + 1;

/// Checks the form of a sealed value of `length` bytes, and that it names the key whose SHA-256
/// is `key_hash`.
///
/// # Errors
/// - [`ConnectionError::SealedPrintable`]: it is text, or text behind a header;
/// - [`ConnectionError::SealedMalformed`];
/// - [`ConnectionError::SealedToAnotherKey`].
pub fn check(
    length: u32,
    sealed: impl Iterator<Item = u8>,
    mut key_hash: impl Iterator<Item = u8>,
) -> Result<(), ConnectionError> {
    if length > SEALED_BYTES_MAX {
        return Err(ConnectionError::SealedMalformed);
    }
    let (mut header, mut key, mut told_length) = (true, true, 0);
    // A ciphertext of 17 random bytes is all printable once in 20 million times; it is sealed anew.
    let mut printable = length > 0;
    for (at, byte) in (0..).zip(sealed) {
        match at {
            0 => header &= byte == SEALED_VERSION,
            1 => header &= byte == SEALED_SUITE,
            KEY_ID_AT..KEY_ID_END => key &= key_hash.next() == Some(byte),
            LENGTH_AT..SEALED_HEADER_BYTES => told_length = told_length << 8 | u32::from(byte),
            _ => {}
        }
        if at >= SEALED_HEADER_BYTES || length < SEALED_BYTES_MIN {
            printable &= is_printable(byte);
        }
    }
    let whole = length >= SEALED_BYTES_MIN && told_length == length - SEALED_HEADER_BYTES;
    match () {
        () if printable => Err(ConnectionError::SealedPrintable),
        () if !header || !whole => Err(ConnectionError::SealedMalformed),
        () if !key => Err(ConnectionError::SealedToAnotherKey),
        () => Ok(()),
    }
}

/// Whether a person could read it: ASCII that prints, and the space that surrounds it.
fn is_printable(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~')
}
