//! Integrations: what they are, how they are told, and what became of it.

use soroban_sdk::{Address, Bytes, BytesN, Map, String, Symbol, contracttype};

use super::IntegrationKind;

/// Entries of an integration's public configuration: with their values at most a KB and a half,
/// so that a page of integrations fits into what a transaction returns.
pub const CONFIG_ENTRIES_MAX: u32 = 8;
/// Bytes of one value of an integration's configuration: a URL, a channel, a host.
pub const CONFIG_VALUE_BYTES_MAX: u32 = 128;
/// Least seconds between two synchronisations: two ledgers.
pub const SYNC_INTERVAL_MIN_S: u32 = 10;
/// Most seconds between two synchronisations: a week.
pub const SYNC_INTERVAL_MAX_S: u32 = 7 * 86_400;
/// Bytes before the ciphertext of a sealed value.
///
/// | offset | bytes | what |
/// |---|---|---|
/// | 0 | 1 | version: [`SEALED_VERSION`] |
/// | 1 | 1 | suite: [`SEALED_SUITE`] |
/// | 2 | 8 | key id: the first 8 bytes of the SHA-256 of the service's public key |
/// | 10 | 32 | HPKE encapsulated key |
/// | 42 | 2 | length of the ciphertext, big endian |
/// | 44 | 17 to 528 | ciphertext with its 16-byte tag |
pub const SEALED_HEADER_BYTES: u32 = 44;
/// Version of the format of sealed values.
pub const SEALED_VERSION: u8 = 1;
/// HPKE (RFC 9180) in base mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305.
pub const SEALED_SUITE: u8 = 1;
/// Bytes that the cipher's tag adds.
pub const SEALED_TAG_BYTES: u32 = 16;
/// Bytes of the longest secret: a token or a URL; a longer one belongs into a vault.
pub const SEALED_SECRET_BYTES_MAX: u32 = 512;

/// Most attempts at one delivery.
pub const ATTEMPTS_MAX: u32 = 10;
/// Longest wait between two attempts, however often it doubled: an hour, so that ten attempts end
/// within [`RECEIPT_AGE_MAX_S`].
pub const RETRY_WAIT_MAX_S: u32 = 3_600;
/// Most deliveries that may fail in a row before an integration is suspended.
pub const SUSPEND_AFTER_MAX: u32 = 100;
/// A receipt is taken this long after what it delivers was raised: two days. Receipts live longer
/// than that, so a second one for the same delivery is always recognised.
pub const RECEIPT_AGE_MAX_S: u64 = 2 * 86_400;
/// How long receipts can be read: a week.
pub const RECEIPT_LIFE_LEDGERS: u32 = 7 * 17_280;

/// Which way figures go.
#[contracttype]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum IntegrationDirection {
    /// From the suite to the tool.
    Outbound = 0,
    /// From the tool to the suite: the tool comes to the service, or fetches there.
    Inbound = 1,
    /// Both ways.
    Both = 2,
}

/// How the service proves to the tool who it is.
#[contracttype]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum IntegrationAuth {
    /// Not at all: there are no credentials.
    None = 0,
    /// A key in a header or parameter.
    ApiKey = 1,
    /// A bearer token.
    Bearer = 2,
    /// A user and a password.
    Basic = 3,
    /// A signature with a shared secret.
    Hmac = 4,
    /// OAuth 2 client credentials.
    OAuth2 = 5,
}

/// The format that figures travel in.
#[contracttype]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum IntegrationFormat {
    /// JSON.
    Json = 0,
    /// Prometheus text or remote write.
    Prometheus = 1,
    /// OpenMetrics text.
    OpenMetrics = 2,
    /// Comma-separated values.
    Csv = 3,
    /// Text for people.
    Text = 4,
}

/// A tool that figures go to or come from.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Integration {
    /// Its id.
    pub id: BytesN<32>,
    /// Who owns it.
    pub owner: Address,
    /// What people call it.
    pub name: String,
    /// What it talks to.
    pub kind: IntegrationKind,
    /// Which way figures go.
    pub direction: IntegrationDirection,
    /// Public configuration; what it has to say depends on the kind
    /// ([`INTEGRATION_KINDS`](super::INTEGRATION_KINDS)). Credentials are sealed for its `endpoint`,
    /// of Datadog for its `site`, and sealed anew when one of these changes. An endpoint begins with
    /// `https://` and its host, for people to recognise it by; the whole URL is among the credentials
    /// where its path is a secret.
    pub config: Map<Symbol, String>,
    /// How the service proves who it is.
    pub auth_type: IntegrationAuth,
    /// Sealed credentials ([`SEALED_HEADER_BYTES`]); empty for [`IntegrationAuth::None`].
    pub sealed_credentials: Bytes,
    /// The sealed credentials before the last rotation; empty: none.
    pub previous_credentials: Bytes,
    /// Those before are valid too before then (deliveries are signed with both secrets), seconds
    /// UTC.
    pub previous_until_s: u64,
    /// The format that figures travel in.
    pub format: IntegrationFormat,
    /// Seconds between two synchronisations; 0: as things happen.
    pub sync_interval_s: u32,
    /// What it is told about, and how.
    pub delivery: DeliveryPolicy,
}

/// What an integration is told about, and how deliveries are tried. A **delivery** is one message
/// or one batch of figures.
#[contracttype]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct DeliveryPolicy {
    /// What it is told about ([`DeliveryEvent`]); 0: nothing.
    pub events: u32,
    /// The least severity of the alerts it is told about, from 0 (info) to 4 (critical).
    pub min_severity: u32,
    /// Attempts at one delivery: 1 to [`ATTEMPTS_MAX`].
    pub attempts: u32,
    /// Seconds before the second attempt, then doubled: 1 to [`RETRY_WAIT_MAX_S`].
    pub first_wait_s: u32,
    /// Deliveries that may fail in a row before it is suspended: 1 to [`SUSPEND_AFTER_MAX`].
    pub suspend_after: u32,
}

impl DeliveryPolicy {
    /// What a new integration has: alerts of medium severity or worse when they fire, escalate
    /// and are over; six attempts within about five minutes; suspended after ten failures.
    pub const DEFAULT: DeliveryPolicy = DeliveryPolicy {
        events: DeliveryEvent::AlertFiring.bit()
            | DeliveryEvent::AlertEscalated.bit()
            | DeliveryEvent::AlertResolved.bit(),
        min_severity: 2,
        attempts: 6,
        first_wait_s: 10,
        suspend_after: 10,
    };
}

/// How an integration is doing. Every field has one size: reporting never pays for growth.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct IntegrationHealth {
    /// Whether the service works on it. False too after too many failed deliveries in a row, until
    /// its owner enables it again.
    pub enabled: bool,
    /// Up to where it is synchronised, in its own counting: a dispatcher that starts anew goes on from
    /// here. It never goes back, and messages leave it where it is.
    pub cursor: u64,
    /// Deliveries that arrived.
    pub delivered: u64,
    /// Deliveries given up.
    pub failed: u64,
    /// Deliveries given up since the last that arrived.
    pub failed_in_a_row: u32,
    /// HTTP status of the last delivery; 0: no answer.
    pub last_status: u32,
    /// When a delivery last arrived, seconds UTC; 0: never.
    pub last_delivered_s: u64,
    /// When a delivery was last given up, seconds UTC; 0: never.
    pub last_failed_s: u64,
}

/// What an integration may be told about: bit `1 << code` of [`DeliveryPolicy::events`].
#[contracttype]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum DeliveryEvent {
    /// An alert's condition became true.
    AlertPending = 0,
    /// An alert fires.
    AlertFiring = 1,
    /// An alert reached the next level of its policy.
    AlertEscalated = 2,
    /// Somebody acknowledged or snoozed an alert.
    AlertHandled = 3,
    /// An alert is over.
    AlertResolved = 4,
    /// An alert lacks data, or its figure cannot be had.
    AlertBlind = 5,
    /// A guard tripped or cleared.
    GuardChanged = 6,
    /// An entry or a contract is close to being archived.
    ArchivalNear = 7,
}

impl DeliveryEvent {
    /// The event's bit.
    pub const fn bit(self) -> u32 {
        1 << self as u32
    }
}

/// Every bit that [`DeliveryPolicy::events`] may have.
pub const DELIVERY_EVENTS_ALL: u32 = 0xff;

/// What became of one delivery.
#[contracttype]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct DeliveryOutcome {
    /// When what it tells about happened, seconds UTC; at most [`RECEIPT_AGE_MAX_S`] ago.
    pub raised_s: u64,
    /// Whether it arrived.
    pub delivered: bool,
    /// HTTP status of the last attempt; 0: no answer.
    pub status: u32,
    /// Attempts made: 1 to [`ATTEMPTS_MAX`].
    pub attempts: u32,
}
