//! What the ledger knows of an API key, as far as checking needs it. Field by field what
//! external-monitoring calls `ApiKey` and `ApiKeyUsage`.

/// Length of the window in which requests are counted, seconds.
pub const RATE_WINDOW_S: u64 = 60;

/// What an API key is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ApiKeyKind {
    /// An ed25519 public key: signs requests.
    Ed25519,
    /// The SHA-256 of 32 random bytes: checked by the service alone.
    Hashed,
}

/// What an API key may be used for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Scope {
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

impl Scope {
    /// The bit of [`ApiKey::scopes`].
    #[must_use]
    pub const fn bit(self) -> u32 {
        1 << self as u32
    }
}

/// An API key as it is on the ledger.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ApiKey {
    /// Its id.
    pub id: [u8; 32],
    /// What it is.
    pub kind: ApiKeyKind,
    /// The public key, or the hash.
    pub material: [u8; 32],
    /// What it may be used for: bits of [`Scope`].
    pub scopes: u32,
    /// Requests that it may make in a minute.
    pub requests_per_minute: u32,
    /// When it ends, seconds UTC.
    pub expires_s: u64,
    /// Rotations so far.
    pub generation: u32,
    /// The public key, or the hash, before the last rotation.
    pub previous: [u8; 32],
    /// The one before is valid before then, seconds UTC; 0: there is none.
    pub previous_until_s: u64,
    /// Whether it was revoked, for ever.
    pub revoked: bool,
}

/// What an API key was used for.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Usage {
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
