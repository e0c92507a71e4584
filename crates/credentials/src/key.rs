//! API keys: what an owner's program keeps, and what of it is published.

use std::fmt;

use ed25519_dalek::Signer as _;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::request::{Request, SignedRequest};
use crate::{EncodeError, Form, Random, WrittenError};

/// An ed25519 key pair that signs requests. The ledger has its public half. Its secret is shown by
/// nothing but [`SigningKey::written`].
#[derive(Clone)]
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// A new key.
    #[must_use]
    pub fn generate(random: &mut Random) -> Self {
        Self::from_seed(&random.bytes())
    }

    /// The key with this ed25519 seed (RFC 8032).
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        SigningKey(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// Reads what [`SigningKey::written`] wrote.
    ///
    /// # Errors
    /// [`WrittenError`].
    pub fn read(text: &str) -> Result<Self, WrittenError> {
        Form::SigningKey.read(text).map(|seed| Self::from_seed(&seed))
    }

    /// The secret, to be shown once: whoever has it can sign.
    #[must_use]
    pub fn written(&self) -> Zeroizing<String> {
        Form::SigningKey.write(self.0.as_bytes())
    }

    /// The public half: the `material` of `create_api_key` with kind 0.
    #[must_use]
    pub fn public(&self) -> [u8; 32] {
        self.0.verifying_key().to_bytes()
    }

    /// Signs a request.
    ///
    /// # Errors
    /// [`EncodeError`].
    pub fn sign(&self, request: Request) -> Result<SignedRequest, EncodeError> {
        let signature = self.0.sign(&request.payload()?).to_bytes();
        Ok(SignedRequest { request, signature })
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({:?})", self.0.verifying_key().as_bytes())
    }
}

/// A bearer token: 32 random bytes that a program shows to the service. The ledger has their
/// SHA-256, from which nobody finds them.
#[derive(Clone)]
pub struct Token(Zeroizing<[u8; 32]>);

impl Token {
    /// A new token.
    #[must_use]
    pub fn generate(random: &mut Random) -> Self {
        Token(random.bytes())
    }

    /// Reads what [`Token::written`] wrote.
    ///
    /// # Errors
    /// [`WrittenError`].
    pub fn read(text: &str) -> Result<Self, WrittenError> {
        Form::Token.read(text).map(Token)
    }

    /// The token, to be shown once: what goes into `authorization: Bearer ..`.
    #[must_use]
    pub fn written(&self) -> Zeroizing<String> {
        Form::Token.write(&self.0)
    }

    /// The SHA-256 of the 32 bytes (not of the written form): the `material` of `create_api_key`
    /// with kind 1.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_ref()).into()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({:?})", self.hash())
    }
}
