//! What the guard of a contract knows, and says.

use soroban_sdk::{BytesN, Map, contracttype};

use super::*;

/// What the owner forces the guard to say.
#[contracttype]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum GuardOverride {
    /// Nothing.
    None = 0,
    /// Allow.
    Open = 1,
    /// Refuse.
    Closed = 2,
}

/// What the guard says, and why.
#[contracttype]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum GuardVerdict {
    /// Allows: nothing fires.
    Clear = 0,
    /// Allows: no rule covers the contract.
    Unwatched = 1,
    /// Allows: not evaluated recently enough, and the owner chose fail-open.
    StaleAllowed = 2,
    /// Allows: something fires, for longer than a trip may last.
    TripExpired = 3,
    /// Allows: the owner says so.
    OverriddenOpen = 4,
    /// Refuses: something fires.
    Tripped = 5,
    /// Refuses: not evaluated recently enough, and the owner chose fail-closed.
    StaleRefused = 6,
    /// Refuses: the owner says so.
    OverriddenClosed = 7,
}

impl GuardVerdict {
    /// Whether a guarded contract should go on.
    pub fn allows(self) -> bool {
        (self as u32) < GuardVerdict::Tripped as u32
    }
}

/// What is known of a contract as a whole, as stored.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AlertSummary {
    /// Whether a stale summary refuses. By default it allows: a dead keeper must not lock a
    /// protocol.
    pub fail_closed: bool,
    /// What the owner forces.
    pub forced: GuardOverride,
    /// Until when, seconds UTC.
    pub forced_until_s: u64,
    /// The least severity of a firing alert that trips the guard.
    pub min_severity: Severity,
    /// Alerts that were evaluated at least once, by fingerprint: the first 16 bytes of the SHA-256
    /// of the XDR of their [`RuleTarget`]. See [`row`].
    pub rows: Map<BytesN<16>, u64>,
    /// A summary whose oldest alert was evaluated longer ago is stale, seconds. Keepers write
    /// progress at half of it.
    pub stale_after_s: u32,
    /// After this long a trip no longer refuses, seconds: from when an alert began to fire while no
    /// other fired of which something recent was known, until none fires. Another that begins later
    /// starts no new trip; resolve what goes on, or override. One that is stale and evaluated again
    /// starts none: an episode starts one at most.
    pub trip_max_s: u32,
    /// Since when, seconds UTC; 0: nothing fires.
    pub tripped_since_s: u64,
}

/// A row of a summary: the last slot evaluated, and the severity of the alert while it is up.
pub fn row(through_slot: u32, firing: Option<Severity>) -> u64 {
    (u64::from(through_slot) << 8) | firing.map_or(0, |severity| severity as u64 + 1)
}

/// The last slot evaluated.
pub fn row_through(row: u64) -> u32 {
    (row >> 8) as u32
}

/// Whether the alert is up, with at least the severity of this code.
pub fn row_fires(row: u64, min_severity: u32) -> bool {
    row & 0xff > u64::from(min_severity)
}
