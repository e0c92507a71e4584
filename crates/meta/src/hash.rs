//! Identities: hashes, addresses, the network.

use std::fmt;

use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};
use thiserror::Error;

/// A 32-byte hash: of a ledger, a transaction, a wasm. Shown in lower-case hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// The sha256 of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Hash(Sha256::digest(bytes).into())
    }

    /// Reads 64 hexadecimal digits; `None` for anything else.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Some(Hash(bytes))
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// An account (`G...`) or contract (`C...`) in strkey form. A muxed account is shown as the
/// account it belongs to.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize)]
#[serde(transparent)]
pub struct Address(String);

/// What was offered as an address.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum AddressError {
    /// Not the strkey of a contract.
    #[error("expected a contract address (C and 55 more characters), got {0:?}")]
    NotAContract(String),
}

impl Address {
    /// Reads a contract's strkey.
    ///
    /// # Errors
    /// [`AddressError::NotAContract`] for any other text, including a wrong checksum.
    pub fn contract(text: &str) -> Result<Self, AddressError> {
        match stellar_strkey::Contract::from_string(text) {
            Ok(_) => Ok(Address(text.to_owned())),
            Err(_) => Err(AddressError::NotAContract(text.to_owned())),
        }
    }

    /// The address of the contract with this id.
    #[must_use]
    pub fn from_contract_id(id: [u8; 32]) -> Self {
        Address(stellar_strkey::Contract(id).to_string().as_str().to_owned())
    }

    /// The address of the account with this ed25519 public key.
    #[must_use]
    pub fn from_account_key(key: [u8; 32]) -> Self {
        Address(stellar_strkey::ed25519::PublicKey(key).to_string().as_str().to_owned())
    }

    /// The contract's id, `None` when this is not a contract.
    #[must_use]
    pub fn contract_id(&self) -> Option<[u8; 32]> {
        stellar_strkey::Contract::from_string(&self.0).ok().map(|contract| contract.0)
    }

    /// The strkey.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The network whose ledgers are decoded. Transaction hashes contain its id, so decoding with
/// the wrong passphrase fails instead of giving wrong facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    passphrase: String,
    id: [u8; 32],
}

impl Network {
    /// The network with this passphrase.
    #[must_use]
    pub fn new(passphrase: &str) -> Self {
        Network { passphrase: passphrase.to_owned(), id: Hash::of(passphrase.as_bytes()).0 }
    }

    /// The passphrase as given.
    #[must_use]
    pub fn passphrase(&self) -> &str {
        &self.passphrase
    }

    /// sha256 of the passphrase.
    #[must_use]
    pub fn id(&self) -> [u8; 32] {
        self.id
    }
}
