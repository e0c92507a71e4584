//! A request, the bytes that are signed, and the signature.

use std::fmt;

use ed25519_dalek::{Signature, VerifyingKey};
use lumenscope_meta::Address;
use stellar_xdr_30::ScVal;
use thiserror::Error;

use crate::EncodeError;
use crate::xdr::{address, bytes, symbol, vector};

/// What sets signed requests apart from everything else that an ed25519 key may sign.
pub const REQUEST_DOMAIN: &str = "LumenscopeRequest1";
/// Furthest ahead that a request's expiry may lie: an hour.
pub const REQUEST_LIFE_MAX_S: u64 = 3_600;
/// Characters of the longest symbol.
const METHOD_CHARS_MAX: usize = 32;

/// What is asked for: a symbol.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Method(String);

/// What was offered as a method.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("expected a method of 1 to {METHOD_CHARS_MAX} letters, digits and underscores, came {0:?}")]
pub struct MethodError(String);

impl Method {
    /// Reads a method.
    ///
    /// # Errors
    /// [`MethodError`] for what is no symbol.
    pub fn new(text: &str) -> Result<Self, MethodError> {
        let sized = (1..=METHOD_CHARS_MAX).contains(&text.len());
        if sized && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            return Ok(Method(text.to_owned()));
        }
        Err(MethodError(text.chars().take(2 * METHOD_CHARS_MAX).collect()))
    }

    /// The symbol's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a program of an owner asks for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Request {
    /// The network's id: the SHA-256 of its passphrase.
    pub network_id: [u8; 32],
    /// The external-monitoring contract.
    pub contract: Address,
    /// The API key's id.
    pub key: [u8; 32],
    /// The generation of the key that signs.
    pub generation: u32,
    /// Who acts on the request: an account or a contract, and nobody else.
    pub caller: Address,
    /// What is asked for.
    pub method: Method,
    /// The SHA-256 of the request's body.
    pub body_hash: [u8; 32],
    /// Never signed twice; [`crate::NonceSource`].
    pub nonce: u64,
    /// After that the request is void, seconds UTC; at most [`REQUEST_LIFE_MAX_S`] ahead.
    pub expires_s: u64,
}

impl Request {
    /// The bytes that are signed: the XDR of the vector that `verify_request` describes.
    ///
    /// # Errors
    /// [`EncodeError`].
    pub fn payload(&self) -> Result<Vec<u8>, EncodeError> {
        vector(vec![
            symbol(REQUEST_DOMAIN)?,
            bytes(&self.network_id)?,
            address(&self.contract)?,
            bytes(&self.key)?,
            ScVal::U32(self.generation),
            address(&self.caller)?,
            symbol(self.method.as_str())?,
            bytes(&self.body_hash)?,
            ScVal::U64(self.nonce),
            ScVal::U64(self.expires_s),
        ])
    }
}

/// A request with its signature.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SignedRequest {
    /// What was signed.
    pub request: Request,
    /// The ed25519 signature of [`Request::payload`].
    pub signature: [u8; 64],
}

impl SignedRequest {
    /// Whether `public` signed it. The host checks as strictly.
    ///
    /// # Errors
    /// [`EncodeError`].
    pub fn is_signed_by(&self, public: &[u8; 32]) -> Result<bool, EncodeError> {
        let payload = self.request.payload()?;
        let signature = Signature::from_bytes(&self.signature);
        let key = VerifyingKey::from_bytes(public);
        Ok(key.is_ok_and(|key| key.verify_strict(&payload, &signature).is_ok()))
    }
}
