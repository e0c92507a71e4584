//! What an API key was used for, in bytes of constant width, and whether it may be used again.

use lumenscope_interfaces::external_monitoring::{
    ApiKeyKind, ConnectionError, RATE_WINDOW_S, REQUEST_LIFE_MAX_S,
};

use crate::nonces::NonceWindow;

/// Bytes of an encoded [`Usage`].
pub const USAGE_BYTES: usize = 53;
const VERSION: u8 = 1;

/// What one API key was used for.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Usage {
    /// Requests verified.
    pub requests: u64,
    /// When the last one was, seconds UTC; 0: never.
    pub last_used_s: u64,
    /// Start of the current rate window, seconds UTC.
    pub window_start_s: u64,
    /// Requests in that window.
    pub window_requests: u32,
    /// The nonces used.
    pub nonces: NonceWindow,
}

/// What is known of a key when a request names it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct KeyFacts {
    /// What it is.
    pub kind: ApiKeyKind,
    /// Its scopes.
    pub scopes: u32,
    /// Requests it may make in a minute.
    pub requests_per_minute: u32,
    /// When it ends, seconds UTC.
    pub expires_s: u64,
    /// Whether it was revoked.
    pub revoked: bool,
    /// Its generation.
    pub generation: u32,
    /// Until when the generation before is valid, seconds UTC; 0: it is not.
    pub previous_until_s: u64,
}

/// What a request says of itself, besides its method and body.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RequestFacts {
    /// The generation that signed.
    pub generation: u32,
    /// Its nonce.
    pub nonce: u64,
    /// When it is void, seconds UTC.
    pub expires_s: u64,
    /// The bit of the scope that acting on it takes.
    pub scope: u32,
}

impl Usage {
    /// The usage once `request` is taken at `now_s`. Whether its signature is right is another
    /// question.
    ///
    /// # Errors
    /// The first reason to refuse the request.
    pub fn accept(
        self,
        key: &KeyFacts,
        request: &RequestFacts,
        now_s: u64,
    ) -> Result<Self, ConnectionError> {
        let require = |holds: bool, error| if holds { Ok(()) } else { Err(error) };
        require(!key.revoked, ConnectionError::ApiKeyRevoked)?;
        require(now_s < key.expires_s, ConnectionError::ApiKeyExpired)?;
        require(key.kind == ApiKeyKind::Ed25519, ConnectionError::ApiKeyCannotSign)?;
        let previous = request.generation.checked_add(1) == Some(key.generation)
            && now_s < key.previous_until_s;
        let signed = request.generation == key.generation || previous;
        require(signed, ConnectionError::GenerationInvalid)?;
        require(key.scopes & request.scope == request.scope, ConnectionError::ScopeMissing)?;
        let life_s = request.expires_s.checked_sub(now_s).ok_or(ConnectionError::RequestExpired)?;
        require(life_s <= REQUEST_LIFE_MAX_S, ConnectionError::RequestLivesTooLong)?;
        let nonces = self.nonces.accept(request.nonce)?;
        let window_start_s = now_s - now_s % RATE_WINDOW_S;
        let before = if self.window_start_s == window_start_s { self.window_requests } else { 0 };
        require(before < key.requests_per_minute, ConnectionError::RateExceeded)?;
        Ok(Self {
            requests: self.requests.saturating_add(1),
            last_used_s: now_s,
            window_start_s,
            window_requests: before + 1,
            nonces,
        })
    }

    /// The bytes: version, then each field, big endian.
    pub fn encode(&self) -> [u8; USAGE_BYTES] {
        let mut bytes = [VERSION; USAGE_BYTES];
        bytes[1..9].copy_from_slice(&self.requests.to_be_bytes());
        bytes[9..17].copy_from_slice(&self.last_used_s.to_be_bytes());
        bytes[17..25].copy_from_slice(&self.window_start_s.to_be_bytes());
        bytes[25..29].copy_from_slice(&self.window_requests.to_be_bytes());
        bytes[29..37].copy_from_slice(&self.nonces.highest.to_be_bytes());
        bytes[37..53].copy_from_slice(&self.nonces.used.to_be_bytes());
        bytes
    }

    /// What [`Usage::encode`] wrote.
    ///
    /// # Errors
    /// [`ConnectionError::StateVersion`] for bytes of another version.
    pub fn decode(bytes: &[u8; USAGE_BYTES]) -> Result<Self, ConnectionError> {
        if bytes[0] != VERSION {
            return Err(ConnectionError::StateVersion);
        }
        Ok(Self {
            requests: u64::from_be_bytes(at(bytes, 1)),
            last_used_s: u64::from_be_bytes(at(bytes, 9)),
            window_start_s: u64::from_be_bytes(at(bytes, 17)),
            window_requests: u32::from_be_bytes(at(bytes, 25)),
            nonces: NonceWindow {
                highest: u64::from_be_bytes(at(bytes, 29)),
                used: u128::from_be_bytes(at(bytes, 37)),
            },
        })
    }
}

fn at<const N: usize>(bytes: &[u8; USAGE_BYTES], start: usize) -> [u8; N] {
    let mut part = [0; N];
    part.copy_from_slice(&bytes[start..start + N]);
    part
}
