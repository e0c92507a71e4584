//! The bytes that an API key signs. Every field has a fixed place and width, so no two requests
//! share their bytes; whatever could make a request mean something else elsewhere is among them.
//!
//! | offset | bytes | what |
//! |---|---|---|
//! | 0 | 24 | [`DOMAIN`] |
//! | 24 | 32 | network id: SHA-256 of the passphrase |
//! | 56 | 32 | the external-monitoring contract |
//! | 88 | 32 | the API key's id |
//! | 120 | 4 | generation, big endian |
//! | 124 | 1 | who acts on it: 0 an account, 1 a contract |
//! | 125 | 32 | the account's public key, or the contract's id |
//! | 157 | 32 | the method's name, filled up with zeros |
//! | 189 | 32 | SHA-256 of the body |
//! | 221 | 8 | nonce, big endian |
//! | 229 | 8 | expiry, seconds UTC, big endian |

/// What sets these bytes apart from everything else that an ed25519 key may sign.
pub const DOMAIN: &[u8; 24] = b"Lumenscope API request 1";
/// Bytes of a payload.
pub const PAYLOAD_BYTES: usize = 237;
/// Bytes of the longest method: what a symbol holds.
pub const METHOD_BYTES_MAX: usize = 32;

/// The fields of a payload.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Payload {
    /// SHA-256 of the network's passphrase.
    pub network_id: [u8; 32],
    /// The external-monitoring contract's id.
    pub contract: [u8; 32],
    /// The API key's id.
    pub key: [u8; 32],
    /// The generation of the key that signs.
    pub generation: u32,
    /// Who acts on the request.
    pub caller: Party,
    /// The method's name, filled up with zeros.
    pub method: [u8; METHOD_BYTES_MAX],
    /// SHA-256 of the body.
    pub body_hash: [u8; 32],
    /// The nonce.
    pub nonce: u64,
    /// When the request is void, seconds UTC.
    pub expires_s: u64,
}

/// An address in its raw form.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Party {
    /// An account, by its public key.
    Account([u8; 32]),
    /// A contract, by its id.
    Contract([u8; 32]),
}

impl Payload {
    /// The bytes to sign.
    pub fn encode(&self) -> [u8; PAYLOAD_BYTES] {
        let (kind, caller) = match &self.caller {
            Party::Account(key) => (0, key),
            Party::Contract(id) => (1, id),
        };
        let mut bytes = [0; PAYLOAD_BYTES];
        bytes[..24].copy_from_slice(DOMAIN);
        bytes[24..56].copy_from_slice(&self.network_id);
        bytes[56..88].copy_from_slice(&self.contract);
        bytes[88..120].copy_from_slice(&self.key);
        bytes[120..124].copy_from_slice(&self.generation.to_be_bytes());
        bytes[124] = kind;
        bytes[125..157].copy_from_slice(caller);
        bytes[157..189].copy_from_slice(&self.method);
        bytes[189..221].copy_from_slice(&self.body_hash);
        bytes[221..229].copy_from_slice(&self.nonce.to_be_bytes());
        bytes[229..].copy_from_slice(&self.expires_s.to_be_bytes());
        bytes
    }
}
