//! The bytes of a sealed value.
//!
//! | offset | bytes | what |
//! |---|---|---|
//! | 0 | 1 | version: [`SEALED_VERSION`] |
//! | 1 | 1 | suite: [`SEALED_SUITE`] |
//! | 2 | 8 | id of the service's key |
//! | 10 | 32 | HPKE encapsulated key |
//! | 42 | 2 | length of the ciphertext, big endian |
//! | 44 | 17 to 528 | ciphertext with its tag |

use thiserror::Error;

use crate::KeyId;
use crate::service_key::KEY_ID_BYTES;

/// Version of the format.
pub const SEALED_VERSION: u8 = 1;
/// HPKE (RFC 9180) in base mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305.
pub const SEALED_SUITE: u8 = 1;
/// Bytes before the ciphertext.
pub const SEALED_HEADER_BYTES: usize = 44;
/// Bytes that the cipher's tag adds.
pub const SEALED_TAG_BYTES: usize = 16;
/// Bytes of the longest secret: a token or a URL; a longer one belongs into a vault.
pub const SEALED_SECRET_BYTES_MAX: usize = 512;
/// Bytes of the longest sealed value.
pub const SEALED_BYTES_MAX: usize =
    SEALED_HEADER_BYTES + SEALED_SECRET_BYTES_MAX + SEALED_TAG_BYTES;

/// Bytes of an encapsulated key.
const ENCAPSULATED_BYTES: usize = 32;
/// Nothing is sealed that is nothing.
const SEALED_BYTES_MIN: usize = SEALED_HEADER_BYTES + SEALED_TAG_BYTES + 1;

/// A sealed value in its parts. It can be published.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SealedValue {
    /// Which of the service's keys opens it.
    pub key: KeyId,
    /// HPKE's encapsulated key.
    pub encapsulated: [u8; ENCAPSULATED_BYTES],
    /// The ciphertext with its tag.
    pub ciphertext: Vec<u8>,
}

/// Bytes that are no sealed value.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SealedError {
    /// Readable text: a secret that nobody sealed.
    #[error("expected a sealed value, came readable text: if it was published, replace it")]
    Printable,
    /// Too few bytes, or too many.
    #[error("expected a sealed value of {SEALED_BYTES_MIN} to {SEALED_BYTES_MAX} bytes, came {0}")]
    Length(usize),
    /// Another version of the format.
    #[error("expected version {SEALED_VERSION} of sealed values, came {0}")]
    Version(u8),
    /// Other algorithms.
    #[error("expected suite {SEALED_SUITE} of sealed values, came {0}")]
    Suite(u8),
    /// A ciphertext of another length than the header says: cut off, or something appended.
    #[error("expected {told} bytes of ciphertext, as the header says, came {came}")]
    Ciphertext {
        /// What the header says.
        told: usize,
        /// What there is.
        came: usize,
    },
}

impl SealedValue {
    /// Reads the bytes. Whether they open is another question.
    ///
    /// # Errors
    /// [`SealedError`]; the contract refuses the same bytes.
    pub fn parse(bytes: &[u8]) -> Result<Self, SealedError> {
        let length = bytes.len();
        if length > SEALED_BYTES_MAX {
            return Err(SealedError::Length(length));
        }
        let told = if length < SEALED_BYTES_MIN { bytes } else { &bytes[SEALED_HEADER_BYTES..] };
        if !told.is_empty() && told.iter().all(|byte| is_printable(*byte)) {
            return Err(SealedError::Printable);
        }
        let Some((header, ciphertext)) = bytes.split_first_chunk::<SEALED_HEADER_BYTES>() else {
            return Err(SealedError::Length(length));
        };
        if length < SEALED_BYTES_MIN {
            return Err(SealedError::Length(length));
        }
        let [version, suite, rest @ ..] = header;
        if *version != SEALED_VERSION {
            return Err(SealedError::Version(*version));
        }
        if *suite != SEALED_SUITE {
            return Err(SealedError::Suite(*suite));
        }
        let told = usize::from(u16::from_be_bytes(take(rest, KEY_ID_BYTES + ENCAPSULATED_BYTES)));
        if told != ciphertext.len() {
            return Err(SealedError::Ciphertext { told, came: ciphertext.len() });
        }
        let (key, encapsulated) = (take(rest, 0), take(rest, KEY_ID_BYTES));
        Ok(SealedValue { key, encapsulated, ciphertext: ciphertext.to_vec() })
    }

    /// The bytes, as `create_integration` takes them.
    ///
    /// # Errors
    /// [`SealedError::Length`] for a ciphertext that the format has no room for.
    pub fn to_bytes(&self) -> Result<Vec<u8>, SealedError> {
        let length = SEALED_HEADER_BYTES + self.ciphertext.len();
        let told = u16::try_from(self.ciphertext.len()).map_err(|_| SealedError::Length(length))?;
        if !(SEALED_BYTES_MIN..=SEALED_BYTES_MAX).contains(&length) {
            return Err(SealedError::Length(length));
        }
        let mut bytes = vec![SEALED_VERSION, SEALED_SUITE];
        bytes.extend(self.key);
        bytes.extend(self.encapsulated);
        bytes.extend(told.to_be_bytes());
        bytes.extend(&self.ciphertext);
        Ok(bytes)
    }
}

/// `N` bytes of a header from an offset on, which is one of the format's.
fn take<const N: usize>(header: &[u8], from: usize) -> [u8; N] {
    std::array::from_fn(|at| header[from + at])
}

/// Whether a person could read it: ASCII that prints, and the space that surrounds it.
fn is_printable(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~')
}
