//! `external-monitoring`: what connects the suite to the world outside the ledger.
//!
//! Everything belongs to an **owner** and is nobody else's business. An **integration** is a tool
//! that figures go to or come from, or that is told what happens: a webhook is an integration of
//! kind webhook. An **API key** is what a program of the owner signs its requests with. A
//! **responder** is a contract that acts on alerts. The **dispatcher** is the service that synchronises and delivers: an account that the admin gave the
//! keeper role.
//!
//! A ledger is public and never forgets, so nothing here is secret. Credentials (a token; the URL
//! and signing secret of a webhook) are **sealed** to the service's key before they get here
//! ([`SEALED_HEADER_BYTES`] describes the bytes); of an API key only the public half, or a hash, is
//! ever seen.
//!
//! Ids are hashes of the owner and the owner's own count: owners neither wait for each other nor
//! can take each other's ids.

use soroban_sdk::{
    Address, Bytes, BytesN, Env, Map, String, Symbol, Vec, contractclient, contracterror,
    contractspecfn, contracttype,
};

use crate::alerting::RuleTarget;

/// Bytes in the name of an integration or an API key.
pub const NAME_BYTES_MAX: u32 = 64;
/// Entries of an integration's public configuration: with their values at most a KB and a half,
/// so that a page of integrations fits into what a transaction returns.
pub const CONFIG_ENTRIES_MAX: u32 = 8;
/// Bytes of one value of an integration's configuration: a URL, a channel, a host.
pub const CONFIG_VALUE_BYTES_MAX: u32 = 128;
/// Least seconds between two synchronisations: two ledgers.
pub const SYNC_INTERVAL_MIN_S: u32 = 10;
/// Most seconds between two synchronisations: a week.
pub const SYNC_INTERVAL_MAX_S: u32 = 7 * 86_400;
/// Integrations or API keys on one page: the largest, integrations in the midst of a rotation,
/// are 3 KB, and a transaction returns 16,384 B.
pub const CONNECTIONS_PAGE_MAX: u32 = 5;
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

/// Calls of a responder that may fail in a row before it is suspended: one may be a keeper's bad luck,
/// and every further one costs a transaction.
pub const RESPONDER_FAILURES_MAX: u32 = 3;

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

/// What an integration talks to.
#[contracttype]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum IntegrationKind {
    /// Prometheus, scraped or by remote write.
    Prometheus = 0,
    /// Grafana.
    Grafana = 1,
    /// Datadog.
    Datadog = 2,
    /// PagerDuty.
    PagerDuty = 3,
    /// Slack.
    Slack = 4,
    /// Discord.
    Discord = 5,
    /// Telegram.
    Telegram = 6,
    /// Electronic mail.
    Email = 7,
    /// An HTTP endpoint.
    Webhook = 8,
    /// Anything else, by agreement with the service.
    Custom = 9,
}

/// Which way figures go.
#[contracttype]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum IntegrationDirection {
    /// From the suite to the tool.
    Outbound = 0,
    /// From the tool to the suite.
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
    /// Public configuration. Credentials are sealed for its `endpoint`, and sealed anew when that
    /// changes. A webhook's begins with `https://` and its host, for people to recognise it by; the
    /// whole URL is among the credentials where its path is a secret.
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
    /// Up to where it is synchronised, in its own counting; never goes back.
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
    /// The highest nonce used; 0 before the first.
    pub nonce_highest: u64,
    /// Bit `n`: whether the nonce `nonce_highest - n` was used.
    pub nonces_used: u64,
    /// Bit `n`: whether the nonce `nonce_highest - 64 - n` was used.
    pub nonces_used_before: u64,
}

/// A contract that acts on alerts, within the ledger: `react` calls its [`AlertResponder::respond`]
/// once for each episode of an alert that fires.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Responder {
    /// Its id.
    pub id: BytesN<32>,
    /// Who owns it, the contract, and the rules whose alerts it acts on. It does nothing once the
    /// contract is another owner's.
    pub owner: Address,
    /// The alerting contract whose alerts those are.
    pub alerting: Address,
    /// The contract that they are on.
    pub contract: Address,
    /// The contract that acts.
    pub responder: Address,
    /// The least severity that it acts on, from 0 (info) to 4 (critical).
    pub min_severity: u32,
    /// Calls that failed in a row; with [`RESPONDER_FAILURES_MAX`] it is suspended for good.
    pub failed_in_a_row: u32,
}

/// What an owner has.
#[contracttype]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum ConnectionKind {
    /// An integration.
    Integration = 0,
    /// An API key.
    ApiKey = 1,
    /// A responder.
    Responder = 2,
}

/// What happened to one of them, as `ConnectionChanged` says it.
pub mod change {
    use soroban_sdk::{Symbol, symbol_short};

    /// It was created.
    pub const CREATED: Symbol = symbol_short!("created");
    /// Its owner changed it.
    pub const UPDATED: Symbol = symbol_short!("updated");
    /// It has new credentials, or a new key.
    pub const ROTATED: Symbol = symbol_short!("rotated");
    /// It is worked on again.
    pub const ENABLED: Symbol = symbol_short!("enabled");
    /// Its owner stopped it.
    pub const DISABLED: Symbol = symbol_short!("disabled");
    /// Too many failures stopped it.
    pub const SUSPENDED: Symbol = symbol_short!("suspended");
    /// Its owner asks for a test.
    pub const TEST: Symbol = symbol_short!("test");
    /// It is void for ever.
    pub const REVOKED: Symbol = symbol_short!("revoked");
    /// It is gone.
    pub const REMOVED: Symbol = symbol_short!("removed");
}

/// Errors of external-monitoring.
#[contracterror]
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[repr(u32)]
pub enum ConnectionError {
    /// No such integration, API key or responder.
    Unknown = 3400,
    /// A name that is empty or longer than [`NAME_BYTES_MAX`].
    NameInvalid = 3401,
    /// More than [`CONFIG_ENTRIES_MAX`] entries, or a value that is empty or longer than
    /// [`CONFIG_VALUE_BYTES_MAX`].
    ConfigInvalid = 3402,
    /// A webhook whose `endpoint` does not begin with `https://`.
    EndpointInvalid = 3403,
    /// Neither 0 nor between [`SYNC_INTERVAL_MIN_S`] and [`SYNC_INTERVAL_MAX_S`].
    SyncIntervalInvalid = 3404,
    /// An unknown event, a severity above critical, or attempts, waits or failures in a row out of
    /// their bounds.
    DeliveryInvalid = 3405,
    /// Credentials although the authentication type is none.
    CredentialsUnexpected = 3406,
    /// Printable text where a sealed value belongs: whatever it was, it is public now; replace it.
    SealedPrintable = 3407,
    /// A sealed value of an unknown version or suite, shorter or longer than it says, or than the
    /// limits.
    SealedMalformed = 3408,
    /// A value sealed to another key than the service's.
    SealedToAnotherKey = 3409,
    /// The admin has not set the service's key yet: nothing can be sealed.
    ServiceKeyUnset = 3410,
    /// The endpoint changes, and the credentials are sealed for the old one.
    EndpointNeedsSealing = 3411,
    /// What was asked for is so already.
    NothingToChange = 3412,
    /// An overlap longer than [`OVERLAP_MAX_S`].
    OverlapInvalid = 3413,
    /// A receipt with attempts out of bounds, no HTTP status, or a time in the future or longer
    /// ago than [`RECEIPT_AGE_MAX_S`].
    ReceiptInvalid = 3414,
    /// A cursor before the one stored.
    CursorBehind = 3415,
    /// No scope, or an unknown one.
    ScopesInvalid = 3416,
    /// A rate of 0 or above [`REQUESTS_PER_MINUTE_MAX`].
    RateInvalid = 3417,
    /// An API key's expiry that is past or further ahead than [`API_KEY_LIFE_MAX_S`].
    ExpiryInvalid = 3418,
    /// The API key was revoked.
    ApiKeyRevoked = 3419,
    /// The API key ended.
    ApiKeyExpired = 3420,
    /// The API key is a hash, which signs nothing.
    ApiKeyCannotSign = 3421,
    /// The request names a generation that is over, or not there yet.
    GenerationInvalid = 3422,
    /// The API key lacks the scope.
    ScopeMissing = 3423,
    /// The request's expiry is past, or further ahead than [`REQUEST_LIFE_MAX_S`].
    RequestExpiryInvalid = 3424,
    /// The nonce was used.
    NonceUsed = 3425,
    /// The nonce is [`NONCE_WINDOW`] or more behind the highest one.
    NonceTooOld = 3426,
    /// More requests in this minute than the key may make.
    RateExceeded = 3427,
    /// Nothing to respond to: the alert does not fire, in another episode, for longer than
    /// [`RECEIPT_AGE_MAX_S`] since its episode began, or below the responder's severity; it is on
    /// another contract, or one of another owner, or of a rule that is another owner's or paused; or the
    /// responder has acted on it.
    AlertNotResponded = 3428,
    /// The responder failed in front of somebody who is no keeper: it does not count.
    ResponderFailed = 3429,
    /// The responder failed too often. Create another one.
    ResponderSuspended = 3430,
    /// A value of another type than the interface says, or a code that stands for nothing.
    ShapeInvalid = 3431,
}

/// What a responder offers.
#[contractclient(name = "AlertResponderClient")]
pub trait AlertResponder {
    /// An alert of the alerting contract fires. It is called by external-monitoring, so it begins with
    /// `require_auth()` of that contract's address, and then looks at whose alert this is: the
    /// stream's contract is in the target. It may stop things; what starts them again is a person.
    fn respond(e: Env, alerting: Address, target: RuleTarget, episode: u32);
}

/// What [`ExternalMonitoring`] declares, as the spec of a contract says it.
#[derive(Debug)]
pub struct ExternalMonitoringSpec;

/// The external-monitoring contract. Its constructor takes the admin and the wait before upgrades
/// in seconds.
///
/// Owners authorise what they change. A pause stops creating and updating; never disabling, rotating
/// and revoking API keys, removing, reporting, verifying or reading.
#[contractspecfn(name = "ExternalMonitoringSpec", export = false)]
#[contractclient(name = "ExternalMonitoringClient")]
pub trait ExternalMonitoring {
    /// Creates an integration, enabled, with [`DeliveryPolicy::DEFAULT`].
    #[allow(clippy::too_many_arguments)]
    fn create_integration(
        e: Env,
        owner: Address,
        name: String,
        kind: IntegrationKind,
        direction: IntegrationDirection,
        config: Map<Symbol, String>,
        auth_type: IntegrationAuth,
        sealed_credentials: Bytes,
        format: IntegrationFormat,
        sync_interval_s: u32,
    ) -> BytesN<32>;
    /// Replaces what may change of an integration. Credentials stay by naming them again, unless
    /// the endpoint changes; new ones are a rotation: those before stay valid for `overlap_s`
    /// seconds.
    #[allow(clippy::too_many_arguments)]
    fn update_integration(
        e: Env,
        integration: BytesN<32>,
        name: String,
        config: Map<Symbol, String>,
        auth_type: IntegrationAuth,
        sealed_credentials: Bytes,
        overlap_s: u64,
        format: IntegrationFormat,
        sync_interval_s: u32,
        delivery: DeliveryPolicy,
    );
    /// Starts or stops the service's work on an integration. Starting forgets the failures in a
    /// row.
    fn set_enabled(e: Env, integration: BytesN<32>, enabled: bool);
    /// Asks the service to try an integration now.
    fn request_test(e: Env, integration: BytesN<32>);
    /// Records what became of a delivery; false, and nothing changes, where that is recorded
    /// already. `delivery` is its key, the same for every attempt and every dispatcher. `cursor` is
    /// up to where a batch that arrived synchronises, not before where that was; 0 for a message.
    /// Too many failures in a row suspend the integration. The dispatcher authorises it.
    fn record_delivery(
        e: Env,
        dispatcher: Address,
        integration: BytesN<32>,
        delivery: BytesN<32>,
        outcome: DeliveryOutcome,
        cursor: u64,
    ) -> bool;
    /// An integration.
    fn integration(e: Env, integration: BytesN<32>) -> Option<Integration>;
    /// How an integration is doing.
    fn health(e: Env, integration: BytesN<32>) -> Option<IntegrationHealth>;
    /// What became of a delivery, for a week.
    fn delivery(e: Env, integration: BytesN<32>, delivery: BytesN<32>) -> Option<DeliveryOutcome>;
    /// An owner's integrations in order of creation, from the `start`th (0 first), `limit` at most
    /// [`CONNECTIONS_PAGE_MAX`]. A page may hold fewer, where some were removed; the last is the
    /// one that reaches [`ExternalMonitoring::count_of`].
    fn integrations_of(e: Env, owner: Address, start: u32, limit: u32) -> Vec<Integration>;

    /// Creates an API key; [`ApiKey`] says what the arguments are and may be.
    #[allow(clippy::too_many_arguments)]
    fn create_api_key(
        e: Env,
        owner: Address,
        name: String,
        kind: ApiKeyKind,
        material: BytesN<32>,
        scopes: u32,
        requests_per_minute: u32,
        expires_s: u64,
    ) -> BytesN<32>;
    /// Replaces the key itself and when it ends; the one before stays valid for `overlap_s`
    /// seconds. Nonces go on counting.
    fn rotate_api_key(
        e: Env,
        api_key: BytesN<32>,
        material: BytesN<32>,
        expires_s: u64,
        overlap_s: u64,
    );
    /// Makes an API key void for ever, with the one before it.
    fn revoke_api_key(e: Env, api_key: BytesN<32>);
    /// An API key.
    fn api_key(e: Env, api_key: BytesN<32>) -> Option<ApiKey>;
    /// What an API key was used for.
    fn api_key_usage(e: Env, api_key: BytesN<32>) -> Option<ApiKeyUsage>;
    /// An owner's API keys, as [`ExternalMonitoring::integrations_of`].
    fn api_keys_of(e: Env, owner: Address, start: u32, limit: u32) -> Vec<ApiKey>;

    /// Verifies a signed request and uses up its nonce; writes one entry, whose size never
    /// changes, and touches the same keys whatever the time.
    ///
    /// `caller`, whom the request names, acts on it, authorises this call, and says which scope
    /// that takes. `key` is the API key's id and `generation` which of its generations signed
    /// ([`ApiKey::generation`]); `method` is what is asked for, `body_hash` the SHA-256 of the
    /// request's body. The key never signs a `nonce` twice; it rises, and requests may overtake
    /// each other by less than [`NONCE_WINDOW`]. After `expires_s`, seconds UTC and at most
    /// [`REQUEST_LIFE_MAX_S`] ahead, the request is void.
    ///
    /// What is signed is the XDR of the vector of these values: the symbol [`REQUEST_DOMAIN`], the
    /// network's id (bytes), the address of this contract, `key` (bytes), `generation` (u32),
    /// `caller` (address), `method` (symbol), `body_hash` (bytes), `nonce` (u64), `expires_s`
    /// (u64).
    ///
    /// A forged signature ends the call with the host's error, not one of this contract.
    #[allow(clippy::too_many_arguments)]
    fn verify_request(
        e: Env,
        caller: Address,
        key: BytesN<32>,
        generation: u32,
        method: Symbol,
        body_hash: BytesN<32>,
        nonce: u64,
        expires_s: u64,
        scope: ApiScope,
        signature: BytesN<64>,
    );
    /// The same without using anything up; nobody authorises it.
    #[allow(clippy::too_many_arguments)]
    fn check_request(
        e: Env,
        caller: Address,
        key: BytesN<32>,
        generation: u32,
        method: Symbol,
        body_hash: BytesN<32>,
        nonce: u64,
        expires_s: u64,
        scope: ApiScope,
        signature: BytesN<64>,
    );

    /// Has `responder` called when an alert of this owner's rules fires on `contract` with at least
    /// this severity. [`Responder`] says what the arguments are.
    fn create_responder(
        e: Env,
        owner: Address,
        alerting: Address,
        contract: Address,
        responder: Address,
        min_severity: u32,
    ) -> BytesN<32>;
    /// An owner's responders, as [`ExternalMonitoring::integrations_of`].
    fn responders_of(e: Env, owner: Address, start: u32, limit: u32) -> Vec<Responder>;
    /// Calls a responder for an alert's episode, in a transaction of its own: the alert fired before,
    /// whatever becomes of this. Whether it did its work; once it did, it is not called for that
    /// episode again.
    ///
    /// Anyone may call it, and authorises it. Where the caller is a keeper a failure is counted, up
    /// to [`RESPONDER_FAILURES_MAX`] in a row; otherwise it fails the call. The receipt is a
    /// delivery's ([`ExternalMonitoring::delivery`]): its key is the SHA-256 of the XDR of the vector
    /// of target and episode. An alert is as it was last evaluated.
    fn react(
        e: Env,
        caller: Address,
        responder: BytesN<32>,
        target: RuleTarget,
        episode: u32,
    ) -> bool;

    /// How many of a kind an owner created, removed ones too.
    fn count_of(e: Env, kind: ConnectionKind, owner: Address) -> u32;
    /// Removes an integration, an API key or a responder.
    fn remove(e: Env, kind: ConnectionKind, id: BytesN<32>);
    /// Sets the X25519 public key that credentials are sealed to. What was sealed to the one
    /// before stays, and has to be sealed anew by its owners. The admin authorises it.
    fn set_service_key(e: Env, public_key: BytesN<32>);
    /// The key that credentials are sealed to.
    fn service_key(e: Env) -> Option<BytesN<32>>;
}
