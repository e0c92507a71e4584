//! API keys: what they are, and what they were used for.

use soroban_sdk::{Address, BytesN, String, contracttype};

/// What sets signed requests apart from everything else that an ed25519 key may sign.
pub const REQUEST_DOMAIN: &str = "LumenscopeRequest1";
/// Longest that the previous secret or key stays valid after a rotation: a week.
pub const OVERLAP_MAX_S: u64 = 7 * 86_400;
/// Longest life of an API key or of its renewal: thirteen months.
pub const API_KEY_LIFE_MAX_S: u64 = 400 * 86_400;
/// Most requests a minute that a key may be given.
pub const REQUESTS_PER_MINUTE_MAX: u32 = 6_000;
/// Length of the window in which requests are counted, seconds.
pub const RATE_WINDOW_S: u64 = 60;
/// Furthest ahead that a request's expiry may lie: an hour.
pub const REQUEST_LIFE_MAX_S: u64 = 3_600;
/// Nonces behind the highest one that are still told apart: requests may overtake each other by
/// this many.
pub const NONCE_WINDOW: u64 = 128;

/// What an API key is.
#[contracttype]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum ApiKeyKind {
    /// An ed25519 public key: signs requests that the ledger verifies.
    Ed25519 = 0,
    /// The SHA-256 of 32 random bytes: checked by the service alone, since the ledger could only
    /// see those bytes by publishing them.
    Hashed = 1,
}

/// What an API key may be used for: bit `1 << code` of [`ApiKey::scopes`].
#[contracttype]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum ApiScope {
    /// Reading figures and history.
    ReadMetrics = 0,
    /// Reading rules and alerts.
    ReadAlerts = 1,
    /// Sending figures.
    WriteMetrics = 2,
    /// Acknowledging and snoozing alerts.
    Acknowledge = 3,
    /// Changing rules, dashboards and integrations.
    Manage = 4,
}

impl ApiScope {
    /// The scope's bit.
    pub const fn bit(self) -> u32 {
        1 << self as u32
    }
}

/// Every bit that [`ApiKey::scopes`] may have.
pub const API_SCOPES_ALL: u32 = 0x1f;

/// What a program of the owner signs its requests with.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ApiKey {
    /// Its id.
    pub id: BytesN<32>,
    /// Who owns it.
    pub owner: Address,
    /// What people call it.
    pub name: String,
    /// What it is.
    pub kind: ApiKeyKind,
    /// The public key, or the hash.
    pub material: BytesN<32>,
    /// What it may be used for ([`ApiScope`]): at least one bit.
    pub scopes: u32,
    /// Requests that it may make in a minute: 1 to [`REQUESTS_PER_MINUTE_MAX`].
    pub requests_per_minute: u32,
    /// When it ends, seconds UTC: at most [`API_KEY_LIFE_MAX_S`] ahead when it is given.
    pub expires_s: u64,
    /// Rotations so far; a request names the generation that signed it.
    pub generation: u32,
    /// The public key, or the hash, before the last rotation.
    pub previous: BytesN<32>,
    /// The one before is valid before then, seconds UTC; 0: there is none.
    pub previous_until_s: u64,
    /// Whether it was revoked, for ever.
    pub revoked: bool,
}

/// What an API key was used for. Every field has one size: using a key never pays for growth.
#[contracttype]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct ApiKeyUsage {
    /// When the last request was verified, seconds UTC; 0: never.
    pub last_used_s: u64,
    /// Requests in that minute ([`RATE_WINDOW_S`]).
    pub window_requests: u32,
    /// The highest nonce used since the last rotation without an overlap; 0 before the first.
    pub nonce_highest: u64,
    /// Bit `n`: whether the nonce `nonce_highest - n` was used.
    pub nonces_used: u64,
    /// Bit `n`: whether the nonce `nonce_highest - 64 - n` was used.
    pub nonces_used_before: u64,
}
