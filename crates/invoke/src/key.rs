//! Keys that sign.

use std::fmt;

use ed25519_dalek::{Signer as _, SigningKey};
use lumenscope_meta::Address;
use thiserror::Error;

use crate::InvokeError;

/// An ed25519 key pair. Its secret is shown by nothing but [`Keypair::secret`].
#[derive(Clone)]
pub struct Keypair {
    signing: SigningKey,
}

/// What was offered as a secret key.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum KeypairError {
    /// Not a secret key. The text is not repeated: it may be one with a typing error.
    #[error("expected a secret key (S and 55 more characters)")]
    NotASecret,
}

impl Keypair {
    /// The pair with this seed.
    #[must_use]
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Keypair { signing: SigningKey::from_bytes(&seed) }
    }

    /// Reads a secret key (`S...`).
    ///
    /// # Errors
    /// [`KeypairError::NotASecret`].
    pub fn from_secret(secret: &str) -> Result<Self, KeypairError> {
        match stellar_strkey::ed25519::PrivateKey::from_string(secret.trim()) {
            Ok(key) => Ok(Keypair::from_seed(key.0)),
            Err(_) => Err(KeypairError::NotASecret),
        }
    }

    /// A new pair from the operating system's randomness.
    ///
    /// # Errors
    /// [`InvokeError::Randomness`].
    pub fn generate() -> Result<Self, InvokeError> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|error| InvokeError::Randomness(error.to_string()))?;
        Ok(Keypair::from_seed(seed))
    }

    /// The secret key (`S...`): whoever has it can sign.
    #[must_use]
    pub fn secret(&self) -> String {
        let key = stellar_strkey::ed25519::PrivateKey(self.signing.to_bytes());
        key.to_string().as_str().to_owned()
    }

    /// The public key.
    #[must_use]
    pub fn public(&self) -> [u8; 32] {
        self.signing.verifying_key().to_bytes()
    }

    /// The account's address (`G...`).
    #[must_use]
    pub fn address(&self) -> Address {
        Address::from_account_key(self.public())
    }

    /// Signs a message.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.signing.sign(message).to_bytes()
    }
}

impl fmt::Debug for Keypair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keypair({})", self.address())
    }
}
