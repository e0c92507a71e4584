//! `external-monitoring`: what connects the suite to the world outside the ledger.
//!
//! Everything belongs to an **owner** and is nobody else's business. An **integration** is a tool
//! that figures go to or come from, or that is told what happens: a webhook is an integration of
//! kind webhook. An **API key** is what a program of the owner signs its requests with. A
//! **responder** is a contract that acts on alerts. An **export** is a file of figures that can be
//! checked against the ledger. The **dispatcher** is the service that synchronises, delivers and
//! exports: an account that the admin gave the keeper role, or the admin.
//!
//! A ledger is public and never forgets, so nothing here is secret. Credentials (a token; the URL
//! and signing secret of a webhook) are **sealed** to the service's key before they get here
//! ([`SEALED_HEADER_BYTES`] describes the bytes); of an API key only the public half, or a hash, is
//! ever seen.
//!
//! Ids are hashes of the owner and the owner's own count: owners neither wait for each other nor
//! can take each other's ids.
//!
//! Entries live for the network's 120 days, whatever `expires_s` says, and using them extends nothing.
//! Anyone may extend them with the network's own operation; archived ones come back with the next
//! call that needs them, which pays for it.

use soroban_sdk::{
    Address, Bytes, BytesN, Env, Map, String, Symbol, Vec, contractclient, contractspecfn,
    contracttype,
};

use crate::alerting::RuleTarget;

mod api_keys;
mod audit;
mod errors;
mod exports;
mod integrations;
mod kinds;
mod responders;

pub use api_keys::*;
pub use audit::*;
pub use errors::*;
pub use exports::*;
pub use integrations::*;
pub use kinds::*;
pub use responders::*;

/// Bytes in the name of an integration or an API key.
pub const NAME_BYTES_MAX: u32 = 64;
/// Integrations or API keys on one page: the largest, integrations in the midst of a rotation,
/// are 3 KB, and a transaction returns 16,384 B.
pub const CONNECTIONS_PAGE_MAX: u32 = 5;

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
    /// An export.
    Export = 3,
    /// The contract itself, in its audit log: the service key, and who holds roles.
    Contract = 4,
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
    /// the `endpoint` or `site` changes; new ones are a rotation: those before stay valid for
    /// `overlap_s` seconds, unless one of these or the authentication type changes with them: they
    /// were sealed for the one before. Whatever the kind, both entries count.
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
    /// up to where a batch that arrived synchronises, not before where that was
    /// ([`IntegrationHealth::cursor`]); 0 for a message.
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
    /// What became of a delivery, for [`RECEIPT_LIFE_LEDGERS`], a week: then the network forgets it.
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
    /// seconds. With an overlap nonces go on counting; without one they begin anew, so that what
    /// somebody who held the key before used up is there again.
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
    /// request's body. A key never signs a `nonce` twice; it rises, and requests may overtake
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
    /// this severity, within [`RECEIPT_AGE_MAX_S`] of the minute in which its condition became true: a
    /// rule that waits longer (`for_s`) has no reaction. [`Responder`] says what the arguments are.
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

    /// Requests an export; [`DataExport`] says what the arguments are and may be. Of an owner's last
    /// [`EXPORTS_OPEN_MAX`], the first must no longer be open: committed, expired or removed.
    fn request_export(
        e: Env,
        owner: Address,
        contracts: Vec<Address>,
        metric: Option<Symbol>,
        from_s: u64,
        to_s: u64,
        format: IntegrationFormat,
    ) -> BytesN<32>;
    /// Commits the file of an export, once: the root over its chunks, how many they are, and how
    /// many bytes and rows it has. The dispatcher authorises it.
    fn commit_export(
        e: Env,
        dispatcher: Address,
        export: BytesN<32>,
        root: BytesN<32>,
        chunks: u32,
        bytes: u64,
        rows: u64,
    );
    /// Whether the chunk at `index`, whose SHA-256 is `chunk_hash`, is of an export. `proof` are the
    /// nodes beside its way to the root, from the leaf up.
    fn verify_chunk(
        e: Env,
        export: BytesN<32>,
        index: u32,
        chunk_hash: BytesN<32>,
        proof: Vec<BytesN<32>>,
    ) -> bool;
    /// An export.
    fn export(e: Env, export: BytesN<32>) -> Option<DataExport>;
    /// An owner's exports, as [`ExternalMonitoring::integrations_of`].
    fn exports_of(e: Env, owner: Address, start: u32, limit: u32) -> Vec<DataExport>;

    /// What changed of an owner's since `from_s` and before `to_s`, seconds UTC, the last first: of
    /// the last [`AUDIT_RECORDS`] changes. Those of the contract itself are at its own address.
    fn audit(e: Env, owner: Address, from_s: u64, to_s: u64) -> Vec<AuditRecord>;

    /// How many of a kind an owner created, removed ones too.
    fn count_of(e: Env, kind: ConnectionKind, owner: Address) -> u32;
    /// Removes an integration, an API key, a responder or an export.
    fn remove(e: Env, kind: ConnectionKind, id: BytesN<32>);
    /// Sets the X25519 public key that credentials are sealed to. What was sealed to the one
    /// before stays, and has to be sealed anew by its owners. The admin authorises it.
    fn set_service_key(e: Env, public_key: BytesN<32>);
    /// The key that credentials are sealed to.
    fn service_key(e: Env) -> Option<BytesN<32>>;
}
