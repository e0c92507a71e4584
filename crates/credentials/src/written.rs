//! How a secret of 32 bytes is written: a prefix that says what it is, and a checksum.
//!
//! `prefix` + base32 (RFC 4648, no padding) of the 32 bytes and the first 4 bytes of
//! SHA-256(prefix, 32 bytes): 58 characters after the prefix. Scanners of repositories find it by
//! the regular expression `lumenscope_(key|token|service)_[A-Z2-7]{58}`; a person sees what leaked;
//! a typing error is found before anything is sent.

use data_encoding::BASE32_NOPAD;
use sha2::{Digest as _, Sha256};
use thiserror::Error;
use zeroize::Zeroizing;

/// Bytes of a secret.
const SECRET_BYTES: usize = 32;
/// One typing error in four billion passes.
const CHECKSUM_BYTES: usize = 4;
const BYTES: usize = SECRET_BYTES + CHECKSUM_BYTES;
/// Base32 characters of them.
const CHARS: usize = (BYTES * 8).div_ceil(5);

/// What a written secret is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Form {
    /// An API key that signs requests: [`crate::SigningKey`].
    SigningKey,
    /// An API key that is shown: [`crate::Token`].
    Token,
    /// What opens sealed credentials: [`crate::ServiceKey`].
    ServiceKey,
}

/// What was offered as a written secret. The text is not repeated: it may be one with a typing
/// error.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum WrittenError {
    /// It begins as nothing that is written here.
    #[error("expected {expected}, which begins with {}", expected.prefix())]
    Unknown {
        /// What was asked for.
        expected: Form,
    },
    /// It is something else.
    #[error("expected {expected}, came {came}")]
    Another {
        /// What was asked for.
        expected: Form,
        /// What its prefix says it is.
        came: Form,
    },
    /// Too short or too long.
    #[error("expected {expected} with {CHARS} characters after its prefix, came {chars}")]
    Length {
        /// What was asked for.
        expected: Form,
        /// Characters that came.
        chars: usize,
    },
    /// A character that is never written, or a checksum that does not fit.
    #[error("{expected} with a typing error: one of its characters is another one")]
    Mistyped {
        /// What was asked for.
        expected: Form,
    },
}

impl std::fmt::Display for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Form::SigningKey => "an API key that signs",
            Form::Token => "a bearer token",
            Form::ServiceKey => "a service key",
        })
    }
}

impl Form {
    const ALL: [Form; 3] = [Form::SigningKey, Form::Token, Form::ServiceKey];

    /// What it begins with.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Form::SigningKey => "lumenscope_key_",
            Form::Token => "lumenscope_token_",
            Form::ServiceKey => "lumenscope_service_",
        }
    }

    /// What a text's prefix says it is.
    #[must_use]
    pub fn of(text: &str) -> Option<Form> {
        Form::ALL.into_iter().find(|form| text.trim().starts_with(form.prefix()))
    }

    fn checksum(self, secret: &[u8]) -> [u8; CHECKSUM_BYTES] {
        let hash = Sha256::new().chain_update(self.prefix()).chain_update(secret).finalize();
        std::array::from_fn(|at| hash[at])
    }

    pub(crate) fn write(self, secret: &[u8; SECRET_BYTES]) -> Zeroizing<String> {
        let mut bytes = Zeroizing::new([0; BYTES]);
        bytes[..SECRET_BYTES].copy_from_slice(secret);
        bytes[SECRET_BYTES..].copy_from_slice(&self.checksum(secret));
        // Room for all of it: growing would leave a copy behind.
        let mut text = Zeroizing::new(String::with_capacity(self.prefix().len() + CHARS));
        text.push_str(self.prefix());
        BASE32_NOPAD.encode_append(bytes.as_ref(), &mut text);
        text
    }

    /// Reads a written secret; space around it is no part of it.
    pub(crate) fn read(self, text: &str) -> Result<Zeroizing<[u8; SECRET_BYTES]>, WrittenError> {
        let expected = self;
        let text = text.trim();
        let Some(rest) = text.strip_prefix(self.prefix()) else {
            return Err(match Form::of(text) {
                Some(came) => WrittenError::Another { expected, came },
                None => WrittenError::Unknown { expected },
            });
        };
        let chars = rest.chars().count();
        if chars != CHARS {
            return Err(WrittenError::Length { expected, chars });
        }
        let mistyped = WrittenError::Mistyped { expected };
        let bytes = Zeroizing::new(BASE32_NOPAD.decode(rest.as_bytes()).unwrap_or_default());
        let (secret, checksum) = bytes.split_at_checked(SECRET_BYTES).ok_or(mistyped.clone())?;
        if self.checksum(secret) != checksum {
            return Err(mistyped);
        }
        let mut read = Zeroizing::new([0; SECRET_BYTES]);
        read.copy_from_slice(secret);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_says_what_it_is() {
        for form in Form::ALL {
            let text = form.write(&[7; 32]);
            assert_eq!(text.len(), form.prefix().len() + 58);
            assert_eq!(form.read(&format!(" {}\n", *text)).map(|read| *read), Ok([7; 32]));
            for expected in Form::ALL.into_iter().filter(|other| *other != form) {
                let refused = expected.read(&text);
                assert_eq!(refused, Err(WrittenError::Another { expected, came: form }));
            }
        }
    }

    #[test]
    fn every_single_typing_error_is_found() {
        let form = Form::Token;
        let text = form.write(&[0xa5; 32]);
        for at in form.prefix().len()..text.len() {
            for typed in ['A', 'B', '7', 'a', '1', '=', 'é', ' '] {
                let mut chars: Vec<char> = text.chars().collect();
                if std::mem::replace(&mut chars[at], typed) == typed {
                    continue;
                }
                let mistyped: String = chars.into_iter().collect();
                assert!(form.read(&mistyped).is_err(), "{typed} at {at}");
            }
        }
        let exchanged = format!("{}{}", &text[..20], &text[21..]);
        assert_eq!(form.read(&exchanged), Err(WrittenError::Length { expected: form, chars: 57 }));
    }

    #[test]
    fn a_prefix_is_part_of_the_checksum() {
        let token = Form::Token.write(&[7; 32]);
        let disguised = token.replace(Form::Token.prefix(), Form::SigningKey.prefix());
        let expected = Form::SigningKey;
        assert_eq!(expected.read(&disguised), Err(WrittenError::Mistyped { expected }));
    }

    #[test]
    fn an_error_never_repeats_what_came() {
        for text in ["lumenscope_token_hunter2", "hunter2", ""] {
            let error = Form::Token.read(text).expect_err("refused");
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
        }
    }
}
