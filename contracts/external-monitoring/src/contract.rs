//! The entry points. What each does, refuses and asks for is said once, at the trait that callers
//! see: [`lumenscope_interfaces::external_monitoring::ExternalMonitoring`]. It is not implemented by
//! name, because what is only passed on has a type of its own here; the tests call through its client.

use lumenscope_interfaces::external_monitoring::{
    self as interface, ApiKeyKind, ApiScope, ConnectionKind, DeliveryOutcome, DeliveryPolicy,
    IntegrationAuth, IntegrationDirection, IntegrationFormat, IntegrationKind,
};
use lumenscope_interfaces::governance::{self, Administration, Governance, Role, Schema};
use lumenscope_interfaces::raw::Raw;
use soroban_sdk::{Address, Bytes, BytesN, Env, Map, String, Symbol, Vec, contract, contractimpl};

use crate::access::unknown;
use crate::requests::Request;
use crate::usage::Claim;
use crate::{
    api_keys, connections, deliveries, integrations, requests, responders, service_key, storage,
};

// What is passed on as it is; a target is read where it matters.
type ApiKey = Raw<interface::ApiKey>;
type ApiKeyUsage = Raw<interface::ApiKeyUsage>;
type Integration = Raw<interface::Integration>;
type IntegrationHealth = Raw<interface::IntegrationHealth>;
type Responder = Raw<interface::Responder>;
type RuleTarget = Raw<lumenscope_interfaces::alerting::RuleTarget>;

/// The external-monitoring contract.
#[contract]
pub struct ExternalMonitoringContract;

#[contractimpl]
impl ExternalMonitoringContract {
    /// `admin` administers; upgrades wait `upgrade_delay_s` seconds.
    pub fn __constructor(e: &Env, admin: Address, upgrade_delay_s: u64) {
        governance::construct::<Self>(e, &admin, upgrade_delay_s);
    }
}

impl Schema for ExternalMonitoringContract {
    const VERSION: u32 = 1;
}

#[contractimpl(contracttrait)]
impl Governance for ExternalMonitoringContract {}

#[contractimpl]
#[allow(clippy::too_many_arguments)]
impl ExternalMonitoringContract {
    pub fn create_integration(
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
    ) -> BytesN<32> {
        owner.require_auth();
        let integration = interface::Integration {
            id: storage::next_id(&e, ConnectionKind::Integration, &owner),
            owner,
            name,
            kind,
            direction,
            config,
            auth_type,
            sealed_credentials,
            previous_credentials: Bytes::new(&e),
            previous_until_s: 0,
            format,
            sync_interval_s,
            delivery: DeliveryPolicy::DEFAULT,
        };
        integrations::create(&e, &integration);
        integration.id
    }

    pub fn update_integration(
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
    ) {
        let stored = &mut storage::get::<interface::Integration>(
            &e,
            ConnectionKind::Integration,
            &integration,
        );
        let Some(changed) = stored else { unknown(&e) };
        let endpoint = integrations::endpoint_of(changed);
        let credentials = core::mem::replace(&mut changed.sealed_credentials, sealed_credentials);
        changed.name = name;
        changed.config = config;
        changed.auth_type = auth_type;
        changed.format = format;
        changed.sync_interval_s = sync_interval_s;
        changed.delivery = delivery;
        integrations::update(&e, changed, endpoint, credentials, overlap_s);
    }

    pub fn set_enabled(e: Env, integration: BytesN<32>, enabled: bool) {
        integrations::set_enabled(&e, integration, enabled);
    }

    pub fn request_test(e: Env, integration: BytesN<32>) {
        integrations::request_test(&e, integration);
    }

    pub fn record_delivery(
        e: Env,
        dispatcher: Address,
        integration: BytesN<32>,
        delivery: BytesN<32>,
        outcome: DeliveryOutcome,
        cursor: u64,
    ) -> bool {
        deliveries::record(&e, dispatcher, integration, delivery, outcome, cursor)
    }

    pub fn integration(e: Env, integration: BytesN<32>) -> Option<Integration> {
        Some(
            storage::shown(&e, storage::CONNECTION, ConnectionKind::Integration, &integration)
                .into(),
        )
    }

    pub fn health(e: Env, integration: BytesN<32>) -> Option<IntegrationHealth> {
        Some(storage::shown(&e, storage::STATE, ConnectionKind::Integration, &integration).into())
    }

    pub fn delivery(
        e: Env,
        integration: BytesN<32>,
        delivery: BytesN<32>,
    ) -> Option<DeliveryOutcome> {
        storage::outcome(&e, &storage::receipt(&e, &integration, &delivery))
    }

    pub fn integrations_of(e: Env, owner: Address, start: u32, limit: u32) -> Vec<Integration> {
        connections::page(&e, ConnectionKind::Integration, owner, start, limit)
    }

    pub fn create_api_key(
        e: Env,
        owner: Address,
        name: String,
        kind: ApiKeyKind,
        material: BytesN<32>,
        scopes: u32,
        requests_per_minute: u32,
        expires_s: u64,
    ) -> BytesN<32> {
        owner.require_auth();
        let key = interface::ApiKey {
            id: storage::next_id(&e, ConnectionKind::ApiKey, &owner),
            owner,
            name,
            kind,
            previous: material.clone(),
            material,
            scopes,
            requests_per_minute,
            expires_s,
            generation: 0,
            previous_until_s: 0,
            revoked: false,
        };
        api_keys::create(&e, &key);
        key.id
    }

    pub fn rotate_api_key(
        e: Env,
        api_key: BytesN<32>,
        material: BytesN<32>,
        expires_s: u64,
        overlap_s: u64,
    ) {
        api_keys::rotate(&e, api_key, material, expires_s, overlap_s);
    }

    pub fn revoke_api_key(e: Env, api_key: BytesN<32>) {
        api_keys::revoke(&e, api_key);
    }

    pub fn api_key(e: Env, api_key: BytesN<32>) -> Option<ApiKey> {
        Some(storage::shown(&e, storage::CONNECTION, ConnectionKind::ApiKey, &api_key).into())
    }

    pub fn api_key_usage(e: Env, api_key: BytesN<32>) -> Option<ApiKeyUsage> {
        Some(storage::shown(&e, storage::STATE, ConnectionKind::ApiKey, &api_key).into())
    }

    pub fn api_keys_of(e: Env, owner: Address, start: u32, limit: u32) -> Vec<ApiKey> {
        connections::page(&e, ConnectionKind::ApiKey, owner, start, limit)
    }

    pub fn verify_request(
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
    ) {
        caller.require_auth();
        let claim = Claim { generation, nonce, expires_s, scope: scope.bit() };
        let request = Request { caller, key, method, body_hash, claim, signature };
        requests::check(&e, &request, true);
    }

    pub fn check_request(
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
    ) {
        let claim = Claim { generation, nonce, expires_s, scope: scope.bit() };
        let request = Request { caller, key, method, body_hash, claim, signature };
        requests::check(&e, &request, false);
    }

    pub fn create_responder(
        e: Env,
        owner: Address,
        alerting: Address,
        contract: Address,
        responder: Address,
        min_severity: u32,
    ) -> BytesN<32> {
        owner.require_auth();
        let id = storage::next_id(&e, ConnectionKind::Responder, &owner);
        let failed_in_a_row = 0;
        let created = interface::Responder {
            id,
            owner,
            alerting,
            contract,
            responder,
            min_severity,
            failed_in_a_row,
        };
        responders::create(&e, &created);
        created.id
    }

    pub fn responders_of(e: Env, owner: Address, start: u32, limit: u32) -> Vec<Responder> {
        connections::page(&e, ConnectionKind::Responder, owner, start, limit)
    }

    pub fn react(
        e: Env,
        caller: Address,
        responder: BytesN<32>,
        target: RuleTarget,
        episode: u32,
    ) -> bool {
        responders::react(&e, caller, responder, target.0, episode)
    }

    pub fn count_of(e: Env, kind: ConnectionKind, owner: Address) -> u32 {
        storage::count(&e, kind, &owner)
    }

    pub fn remove(e: Env, kind: ConnectionKind, id: BytesN<32>) {
        connections::remove(&e, kind, id);
    }

    pub fn set_service_key(e: Env, public_key: BytesN<32>) {
        service_key::set(&e, public_key);
    }

    pub fn service_key(e: Env) -> Option<BytesN<32>> {
        storage::service_key(&e)
    }
}
