//! `external-monitoring`: what connects the suite to the world outside the ledger.
//!
//! Everything belongs to an **owner** and is nobody else's business: an **integration** (a tool
//! that figures go to or come from), a **webhook** (an endpoint that is told what happens), an
//! **API key** (what a program of the owner signs its requests with). The **dispatcher** is the
//! service that delivers and synchronises: an account that the admin gave the keeper role.
//!
//! A ledger is public and never forgets, so nothing here is secret. Credentials, webhook URLs and
//! signing secrets are **sealed** to the service's key before they get here ([`SEALED_HEADER_BYTES`]
//! describes the bytes); of an API key only the public half, or a hash, is ever seen.
//!
//! Ids are hashes of the owner and the owner's own count: owners neither wait for each other nor
//! can take each other's ids.

use soroban_sdk::{
    Address, Bytes, BytesN, Env, Map, String, Symbol, Vec, contractclient, contracterror,
    contracttype,
};

/// Bytes in the name of an integration, a webhook or an API key.
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
/// Integrations or webhooks on one page: the largest are 2.4 KB, and a transaction returns 16,384 B.
pub const OBJECTS_PAGE_MAX: u32 = 6;
/// API keys on one page.
pub const API_KEYS_PAGE_MAX: u32 = 20;
/// Objects whose lifetime one call extends: two entries each, of the 200 a transaction may touch.
pub const KEEP_ALIVE_OBJECTS_MAX: u32 = 40;

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

/// Bytes of a webhook's public display host: the longest name in the DNS.
pub const HOST_BYTES_MAX: u32 = 253;
/// Most attempts at one delivery.
pub const ATTEMPTS_MAX: u32 = 10;
/// Longest wait between two attempts: an hour, so that ten attempts end within
/// [`RECEIPT_AGE_MAX_S`].
pub const RETRY_WAIT_MAX_S: u32 = 3_600;
/// Most deliveries that may fail in a row before a webhook is suspended.
pub const SUSPEND_AFTER_MAX: u32 = 100;
/// A receipt is taken this long after what it delivers was raised: two days. Receipts live longer
/// than that, so a second one for the same delivery is always recognised.
pub const RECEIPT_AGE_MAX_S: u64 = 2 * 86_400;
/// How long receipts can be read: a week.
pub const RECEIPT_LIFE_LEDGERS: u32 = 7 * 17_280;

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
    /// Its id: a hash of the owner and `number`.
    pub id: BytesN<32>,
    /// Who owns it.
    pub owner: Address,
    /// The owner's count of integrations when this one was created, from 1.
    pub number: u32,
    /// What people call it.
    pub name: String,
    /// What it talks to.
    pub kind: IntegrationKind,
    /// Which way figures go.
    pub direction: IntegrationDirection,
    /// Public configuration. `endpoint` is what credentials are sealed for: they are sealed anew
    /// when it changes.
    pub config: Map<Symbol, String>,
    /// How the service proves who it is.
    pub auth_type: IntegrationAuth,
    /// Sealed credentials ([`SEALED_HEADER_BYTES`]); empty for [`IntegrationAuth::None`].
    pub sealed_credentials: Bytes,
    /// The format that figures travel in.
    pub format: IntegrationFormat,
    /// Seconds between two synchronisations; 0: as things happen.
    pub sync_interval_s: u32,
    /// When it was created, seconds UTC.
    pub created_s: u64,
    /// When it was last changed by its owner, seconds UTC.
    pub updated_s: u64,
}

/// What an owner may change of an integration; all of it is replaced.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct IntegrationUpdate {
    /// What people call it.
    pub name: String,
    /// Public configuration.
    pub config: Map<Symbol, String>,
    /// The format that figures travel in.
    pub format: IntegrationFormat,
    /// Seconds between two synchronisations; 0: as things happen.
    pub sync_interval_s: u32,
    /// Credentials sealed anew, where the endpoint changes; otherwise those stored stay.
    pub sealed_credentials: Option<Bytes>,
}

/// How an integration is doing. Every field has one size: reporting never pays for growth.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct IntegrationHealth {
    /// Whether the service works on it.
    pub enabled: bool,
    /// Up to where it is synchronised, in the integration's own counting; never goes back.
    pub cursor: u64,
    /// Synchronisations that succeeded.
    pub successes: u64,
    /// Synchronisations that failed.
    pub failures: u64,
    /// Failures since the last success.
    pub failures_in_a_row: u32,
    /// The code of the last failure, as the service numbers them; 0: none.
    pub last_failure_code: u32,
    /// When it last succeeded, seconds UTC; 0: never.
    pub last_success_s: u64,
    /// When it last failed, seconds UTC; 0: never.
    pub last_failure_s: u64,
}

/// One page of integrations.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct IntegrationPage {
    /// The integrations.
    pub integrations: Vec<Integration>,
    /// The cursor of the next page, if there may be more.
    pub next: Option<u32>,
}

/// What a webhook is told about: bit `1 << code` of [`WebhookSpec::events`].
#[contracttype]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum WebhookEvent {
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

/// Every bit that [`WebhookSpec::events`] may have.
pub const WEBHOOK_EVENTS_ALL: u32 = 0xff;

/// How often and how patiently a delivery is tried.
#[contracttype]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RetryPolicy {
    /// Attempts at one delivery: 1 to [`ATTEMPTS_MAX`].
    pub attempts: u32,
    /// Seconds before the second attempt, then doubled: 1 to `wait_max_s`.
    pub first_wait_s: u32,
    /// Longest wait between two attempts, seconds: at most [`RETRY_WAIT_MAX_S`].
    pub wait_max_s: u32,
}

/// What an owner says of a webhook.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct WebhookSpec {
    /// What people call it.
    pub name: String,
    /// The endpoint's host in lower case, for people to recognise it by: the URL itself is sealed.
    pub display_host: String,
    /// The sealed URL.
    pub sealed_url: Bytes,
    /// The sealed secret that deliveries are signed with.
    pub sealed_secret: Bytes,
    /// What it is told about ([`WebhookEvent`]): at least one bit.
    pub events: u32,
    /// The least severity of the alerts it is told about, from 0 (info) to 4 (critical).
    pub min_severity: u32,
    /// How deliveries are tried.
    pub retry: RetryPolicy,
    /// Deliveries that may fail in a row before it is suspended: 1 to [`SUSPEND_AFTER_MAX`].
    pub suspend_after: u32,
}

/// The secret before the last rotation.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PreviousSecret {
    /// The sealed secret.
    pub sealed_secret: Bytes,
    /// Deliveries are signed with both until then, seconds UTC.
    pub until_s: u64,
}

/// An endpoint that is told what happens.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Webhook {
    /// Its id: a hash of the owner and `number`.
    pub id: BytesN<32>,
    /// Who owns it.
    pub owner: Address,
    /// The owner's count of webhooks when this one was created, from 1.
    pub number: u32,
    /// What the owner says of it.
    pub spec: WebhookSpec,
    /// The secret before the last rotation, while receivers change over.
    pub previous: Option<PreviousSecret>,
    /// When it was created, seconds UTC.
    pub created_s: u64,
    /// When it was last changed by its owner, seconds UTC.
    pub updated_s: u64,
}

/// How a webhook is doing. Every field has one size: receipts never pay for growth.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct WebhookHealth {
    /// Whether it is delivered to. False after `suspend_after` failures in a row, until its owner
    /// enables it again.
    pub enabled: bool,
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

/// One page of webhooks.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct WebhookPage {
    /// The webhooks.
    pub webhooks: Vec<Webhook>,
    /// The cursor of the next page, if there may be more.
    pub next: Option<u32>,
}

/// What became of one delivery.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DeliveryReceipt {
    /// The webhook delivered to.
    pub webhook: BytesN<32>,
    /// The delivery's key: the same for every attempt and every dispatcher.
    pub delivery: BytesN<32>,
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

/// What an API key may be used for: bit `1 << code` of [`ApiKeySpec::scopes`].
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

/// Every bit that [`ApiKeySpec::scopes`] may have.
pub const API_SCOPES_ALL: u32 = 0x1f;

/// What an owner says of an API key.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ApiKeySpec {
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
    /// When it ends, seconds UTC: at most [`API_KEY_LIFE_MAX_S`] ahead.
    pub expires_s: u64,
}

/// The key before the last rotation.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PreviousMaterial {
    /// The public key, or the hash.
    pub material: BytesN<32>,
    /// It is valid before then, seconds UTC.
    pub until_s: u64,
}

/// What a program of the owner signs its requests with.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ApiKey {
    /// Its id: a hash of the owner and `number`.
    pub id: BytesN<32>,
    /// Who owns it.
    pub owner: Address,
    /// The owner's count of API keys when this one was created, from 1.
    pub number: u32,
    /// What the owner says of it.
    pub spec: ApiKeySpec,
    /// Rotations so far; a request names the generation that signed it.
    pub generation: u32,
    /// The key before the last rotation, while programs change over.
    pub previous: Option<PreviousMaterial>,
    /// Whether it was revoked, for ever.
    pub revoked: bool,
    /// When it was created, seconds UTC.
    pub created_s: u64,
}

/// What an API key was used for.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ApiKeyUsage {
    /// Requests verified.
    pub requests: u64,
    /// When the last one was, seconds UTC; 0: never.
    pub last_used_s: u64,
    /// The highest nonce seen.
    pub nonce: u64,
    /// Start of the current rate window, seconds UTC.
    pub window_start_s: u64,
    /// Requests in that window.
    pub window_requests: u32,
}

/// One page of API keys.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ApiKeyPage {
    /// The API keys.
    pub api_keys: Vec<ApiKey>,
    /// The cursor of the next page, if there may be more.
    pub next: Option<u32>,
}

/// A request as an API key signs it; the signed bytes also name the network, this contract and
/// who is to act on it.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ApiRequest {
    /// The API key.
    pub key: BytesN<32>,
    /// The generation of the key that signed.
    pub generation: u32,
    /// What is asked for.
    pub method: Symbol,
    /// SHA-256 of the request's body.
    pub body_hash: BytesN<32>,
    /// A number that the key never signs twice, rising.
    pub nonce: u64,
    /// The request is void after that, seconds UTC: at most [`REQUEST_LIFE_MAX_S`] ahead.
    pub expires_s: u64,
}

/// The key that credentials are sealed to.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ServiceKey {
    /// X25519 public key.
    pub public_key: BytesN<32>,
    /// The first 8 bytes of its SHA-256, which sealed values name.
    pub key_id: BytesN<8>,
    /// Since when, seconds UTC.
    pub since_s: u64,
}

/// The three things an owner has.
#[contracttype]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum ConnectionKind {
    /// An integration.
    Integration = 0,
    /// A webhook.
    Webhook = 1,
    /// An API key.
    ApiKey = 2,
}

/// What happened to an integration, a webhook or an API key.
#[contracttype]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum ConnectionChange {
    /// It was created.
    Created = 0,
    /// Its owner changed it.
    Updated = 1,
    /// It is worked on again.
    Enabled = 2,
    /// Its owner stopped it.
    Disabled = 3,
    /// Too many failures stopped it.
    Suspended = 4,
    /// It has new credentials, a new secret or a new key.
    Rotated = 5,
    /// It is void for ever.
    Revoked = 6,
    /// It is gone.
    Removed = 7,
    /// Its owner asks for a test.
    TestRequested = 8,
}

/// Errors of external-monitoring.
#[contracterror]
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[repr(u32)]
pub enum ConnectionError {
    /// No such integration, webhook or API key.
    Unknown = 3400,
    /// A name that is empty or longer than [`NAME_BYTES_MAX`].
    NameInvalid = 3401,
    /// More than [`CONFIG_ENTRIES_MAX`] entries, or a value that is empty or longer than
    /// [`CONFIG_VALUE_BYTES_MAX`].
    ConfigInvalid = 3402,
    /// Neither 0 nor between [`SYNC_INTERVAL_MIN_S`] and [`SYNC_INTERVAL_MAX_S`].
    SyncIntervalInvalid = 3403,
    /// Credentials although the authentication type is none.
    CredentialsUnexpected = 3404,
    /// Printable text where a sealed value belongs: whatever it was, it is public now; replace it.
    SealedPrintable = 3405,
    /// A sealed value of an unknown version or suite.
    SealedHeaderInvalid = 3406,
    /// A sealed value that is shorter or longer than its header says, or than the limits.
    SealedLengthInvalid = 3407,
    /// A value sealed to another key than the service's.
    SealedToAnotherKey = 3408,
    /// The admin has not set the service's key yet: nothing can be sealed.
    ServiceKeyUnset = 3409,
    /// The endpoint changes, and the credentials are sealed for the old one.
    EndpointNeedsSealing = 3410,
    /// What was asked for is so already.
    NothingToChange = 3411,
    /// A cursor before the one stored.
    CursorBehind = 3412,
    /// A display host that is no name in the DNS, in lower case.
    HostInvalid = 3413,
    /// No event, an unknown one, or a severity above critical.
    EventsInvalid = 3414,
    /// Attempts, waits or failures in a row out of their bounds.
    RetryInvalid = 3415,
    /// An overlap longer than [`OVERLAP_MAX_S`].
    OverlapInvalid = 3416,
    /// Attempts out of bounds, or no HTTP status.
    ReceiptInvalid = 3417,
    /// A receipt for what was raised in the future, or longer ago than [`RECEIPT_AGE_MAX_S`].
    ReceiptTimeInvalid = 3418,
    /// No scope, or an unknown one.
    ScopesInvalid = 3419,
    /// A rate of 0 or above [`REQUESTS_PER_MINUTE_MAX`].
    RateInvalid = 3420,
    /// An expiry that is past or further ahead than [`API_KEY_LIFE_MAX_S`].
    ExpiryInvalid = 3421,
    /// The API key was revoked.
    ApiKeyRevoked = 3422,
    /// The API key ended.
    ApiKeyExpired = 3423,
    /// The API key is a hash, which signs nothing.
    ApiKeyCannotSign = 3424,
    /// The request names a generation that is over, or not there yet.
    GenerationInvalid = 3425,
    /// The request's time is over.
    RequestExpired = 3426,
    /// The request's expiry is further ahead than [`REQUEST_LIFE_MAX_S`].
    RequestLivesTooLong = 3427,
    /// The nonce was used.
    NonceUsed = 3428,
    /// The nonce is [`NONCE_WINDOW`] or more behind the highest one.
    NonceTooOld = 3429,
    /// More requests in this minute than the key may make.
    RateExceeded = 3430,
    /// The API key lacks the scope.
    ScopeMissing = 3431,
    /// More than [`KEEP_ALIVE_OBJECTS_MAX`] ids, or none.
    TooMany = 3432,
    /// Stored state of a newer version.
    StateVersion = 3433,
}

/// The external-monitoring contract. Its constructor takes the admin and the wait before upgrades
/// in seconds.
///
/// Owners authorise what they change; a pause stops creating and changing, never disabling,
/// revoking, removing, reporting, verifying or reading.
#[contractclient(name = "ExternalMonitoringClient")]
pub trait ExternalMonitoring {
    /// Creates an integration, enabled.
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
    /// Replaces what may change of an integration.
    fn update_integration(e: Env, integration: BytesN<32>, update: IntegrationUpdate);
    /// Replaces an integration's credentials.
    fn rotate_credentials(
        e: Env,
        integration: BytesN<32>,
        auth_type: IntegrationAuth,
        sealed_credentials: Bytes,
    );
    /// Starts or stops the service's work on an integration.
    fn set_integration_enabled(e: Env, integration: BytesN<32>, enabled: bool);
    /// Removes an integration.
    fn remove_integration(e: Env, integration: BytesN<32>);
    /// Asks the service to try an integration now.
    fn test_integration(e: Env, integration: BytesN<32>);
    /// Says how a synchronisation went: `failure_code` 0 and the cursor it reached, which is not
    /// before the one stored, or why it failed. The dispatcher authorises it.
    fn report_sync(
        e: Env,
        dispatcher: Address,
        integration: BytesN<32>,
        cursor: u64,
        failure_code: u32,
    );
    /// An integration.
    fn integration(e: Env, integration: BytesN<32>) -> Option<Integration>;
    /// How an integration is doing.
    fn integration_health(e: Env, integration: BytesN<32>) -> Option<IntegrationHealth>;
    /// An owner's integrations in order of creation, from `cursor` (0 first), at most
    /// [`OBJECTS_PAGE_MAX`]. A page may hold fewer, where some were removed.
    fn integrations_of(e: Env, owner: Address, cursor: u32, limit: u32) -> IntegrationPage;

    /// Creates a webhook, enabled.
    fn create_webhook(e: Env, owner: Address, spec: WebhookSpec) -> BytesN<32>;
    /// Replaces what is said of a webhook; the URL and the secret are sealed anew.
    fn update_webhook(e: Env, webhook: BytesN<32>, spec: WebhookSpec);
    /// Replaces the signing secret; deliveries are signed with both for `overlap_s` seconds.
    fn rotate_webhook_secret(e: Env, webhook: BytesN<32>, sealed_secret: Bytes, overlap_s: u64);
    /// Starts or stops deliveries. Starting forgets the failures in a row.
    fn set_webhook_enabled(e: Env, webhook: BytesN<32>, enabled: bool);
    /// Removes a webhook.
    fn remove_webhook(e: Env, webhook: BytesN<32>);
    /// Asks the service for a test delivery now.
    fn test_webhook(e: Env, webhook: BytesN<32>);
    /// Records what became of a delivery; false, and nothing changes, where that is recorded
    /// already. Too many failures in a row suspend the webhook. The dispatcher authorises it.
    fn record_delivery(e: Env, dispatcher: Address, receipt: DeliveryReceipt) -> bool;
    /// A webhook.
    fn webhook(e: Env, webhook: BytesN<32>) -> Option<Webhook>;
    /// How a webhook is doing.
    fn webhook_health(e: Env, webhook: BytesN<32>) -> Option<WebhookHealth>;
    /// An owner's webhooks in order of creation, from `cursor` (0 first), at most
    /// [`OBJECTS_PAGE_MAX`]. A page may hold fewer, where some were removed.
    fn webhooks_of(e: Env, owner: Address, cursor: u32, limit: u32) -> WebhookPage;
    /// What became of a delivery, for a week.
    fn delivery(e: Env, webhook: BytesN<32>, delivery: BytesN<32>) -> Option<DeliveryReceipt>;

    /// Creates an API key.
    fn create_api_key(e: Env, owner: Address, spec: ApiKeySpec) -> BytesN<32>;
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
    /// An owner's API keys in order of creation, from `cursor` (0 first), at most
    /// [`API_KEYS_PAGE_MAX`].
    fn api_keys_of(e: Env, owner: Address, cursor: u32, limit: u32) -> ApiKeyPage;

    /// Verifies a signed request and uses up its nonce; writes one entry, whose size never
    /// changes, and reads the same keys whatever the time. `caller`, whom the request names, acts
    /// on it, authorises this call, and says which scope that takes.
    ///
    /// A forged signature ends the call with the host's error, not one of this contract.
    fn verify_request(
        e: Env,
        caller: Address,
        request: ApiRequest,
        scope: ApiScope,
        signature: BytesN<64>,
    );
    /// The same without using anything up: nobody authorises it.
    fn check_request(
        e: Env,
        caller: Address,
        request: ApiRequest,
        scope: ApiScope,
        signature: BytesN<64>,
    );
    /// The bytes that an API key signs, for a request that `caller` is to act on.
    fn request_payload(e: Env, caller: Address, request: ApiRequest) -> Bytes;

    /// Sets the key that credentials are sealed to. What was sealed to the one before stays, and
    /// has to be sealed anew by its owners. The admin authorises it.
    fn set_service_key(e: Env, public_key: BytesN<32>);
    /// The key that credentials are sealed to.
    fn service_key(e: Env) -> Option<ServiceKey>;
    /// Extends the life of an owner's things, by at most a month; anybody may call and pays.
    fn keep_alive_connections(e: Env, kind: ConnectionKind, ids: Vec<BytesN<32>>);
}
