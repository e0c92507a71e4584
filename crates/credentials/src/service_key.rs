//! The service's key pair, which credentials are sealed to.

use std::fmt;

use sha2::{Digest as _, Sha256};
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::Zeroizing;

use crate::{Form, Random, WrittenError};

/// Bytes of a key id.
pub const KEY_ID_BYTES: usize = 8;

/// What tells the service's keys apart: the first bytes of the SHA-256 of the public key.
pub type KeyId = [u8; KEY_ID_BYTES];

/// The public half: what the admin gives to `set_service_key`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ServicePublicKey(pub [u8; 32]);

impl ServicePublicKey {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> KeyId {
        let hash = Sha256::digest(self.0);
        std::array::from_fn(|at| hash[at])
    }
}

/// An X25519 private key: opens whatever was ever sealed to it, and a ledger forgets nothing. Its
/// secret is shown by nothing but [`ServiceKey::written`].
#[derive(Clone)]
pub struct ServiceKey {
    secret: Zeroizing<[u8; 32]>,
    public: ServicePublicKey,
}

impl ServiceKey {
    /// A new key.
    #[must_use]
    pub fn generate(random: &mut Random) -> Self {
        Self::from_secret(random.bytes())
    }

    /// The key with this X25519 private key (RFC 7748).
    #[must_use]
    pub fn from_secret(secret: Zeroizing<[u8; 32]>) -> Self {
        let public = PublicKey::from(&StaticSecret::from(*secret)).to_bytes();
        ServiceKey { secret, public: ServicePublicKey(public) }
    }

    /// Reads what [`ServiceKey::written`] wrote.
    ///
    /// # Errors
    /// [`WrittenError`].
    pub fn read(text: &str) -> Result<Self, WrittenError> {
        Form::ServiceKey.read(text).map(Self::from_secret)
    }

    /// The secret, for the service's key file.
    #[must_use]
    pub fn written(&self) -> Zeroizing<String> {
        Form::ServiceKey.write(&self.secret)
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> ServicePublicKey {
        self.public
    }

    pub(crate) fn secret(&self) -> &[u8; 32] {
        &self.secret
    }
}

impl fmt::Debug for ServiceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServiceKey({:?})", self.public)
    }
}
