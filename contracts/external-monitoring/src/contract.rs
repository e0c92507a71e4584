//! The entry points. What each does, refuses and asks for is said once, at the trait that callers
//! see: [`lumenscope_interfaces::external_monitoring::ExternalMonitoring`]. It is not implemented by
//! name, because what is only passed on has a type of its own here; the tests call through its client.

use lumenscope_interfaces::external_monitoring::{self as interface, ConnectionKind, change};
use lumenscope_interfaces::governance::{self, Administration, Governance, Role, Schema};
use soroban_sdk::{Address, BytesN, Env, Val, contract, contractimpl};

use crate::integrations::field;
use crate::raw::{self, Raw};
use crate::requests::Request;
use crate::storage::{CONNECTION, STATE};
use crate::{
    api_keys, audit, connections, deliveries, exports, integrations, requests, responders,
    service_key, storage,
};

// Types that are checked and read where they matter, and passed on as they are.
type ApiKey = Raw<interface::ApiKey>;
type ApiKeyKind = Raw<interface::ApiKeyKind>;
type ApiKeyUsage = Raw<interface::ApiKeyUsage>;
type ApiScope = Raw<interface::ApiScope>;
type AuditRecord = Raw<interface::AuditRecord>;
type DataExport = Raw<interface::DataExport>;
type DeliveryOutcome = Raw<interface::DeliveryOutcome>;
type DeliveryPolicy = Raw<interface::DeliveryPolicy>;
type Integration = Raw<interface::Integration>;
type IntegrationAuth = Raw<interface::IntegrationAuth>;
type IntegrationDirection = Raw<interface::IntegrationDirection>;
type IntegrationFormat = Raw<interface::IntegrationFormat>;
type IntegrationHealth = Raw<interface::IntegrationHealth>;
type IntegrationKind = Raw<interface::IntegrationKind>;
type Responder = Raw<interface::Responder>;
type RuleTarget = Raw<lumenscope_interfaces::alerting::RuleTarget>;
type Vec<T> = Raw<soroban_sdk::Vec<T>>;

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
impl Governance for ExternalMonitoringContract {
    fn set_role(e: &Env, account: Address, role: Role, held: bool) {
        let admin = governance::set_role(e, account.clone(), role, held).to_val();
        let change = if held { change::GRANTED } else { change::REVOKED };
        audit::record_own(e, audit::id_of(e, account.to_val()), admin, &change);
    }
}

#[contractimpl]
#[allow(clippy::too_many_arguments)]
impl ExternalMonitoringContract {
    pub fn create_integration(
        e: Env,
        owner: raw::Address,
        name: raw::String,
        kind: IntegrationKind,
        direction: IntegrationDirection,
        config: raw::Map<soroban_sdk::Symbol, soroban_sdk::String>,
        auth_type: IntegrationAuth,
        sealed_credentials: raw::Bytes,
        format: IntegrationFormat,
        sync_interval_s: raw::u32,
    ) -> raw::BytesN<32> {
        let nothing = Val::VOID.to_val();
        let fields = &mut [
            auth_type.0,
            config.0,
            nothing,
            direction.0,
            format.0,
            nothing,
            kind.0,
            name.0,
            owner.0,
            nothing,
            nothing,
            sealed_credentials.0,
            sync_interval_s.0,
        ];
        integrations::create(&e, fields).into()
    }

    pub fn update_integration(
        e: Env,
        integration: raw::BytesN<32>,
        name: raw::String,
        config: raw::Map<soroban_sdk::Symbol, soroban_sdk::String>,
        auth_type: IntegrationAuth,
        sealed_credentials: raw::Bytes,
        overlap_s: u64,
        format: IntegrationFormat,
        sync_interval_s: raw::u32,
        delivery: DeliveryPolicy,
    ) {
        let changed = [
            (field::NAME, name.0),
            (field::CONFIG, config.0),
            (field::AUTH_TYPE, auth_type.0),
            (field::SEALED_CREDENTIALS, sealed_credentials.0),
            (field::FORMAT, format.0),
            (field::SYNC_INTERVAL_S, sync_interval_s.0),
            (field::DELIVERY, delivery.0),
        ];
        integrations::update(&e, integration.0, &changed, overlap_s);
    }

    pub fn set_enabled(e: Env, integration: raw::BytesN<32>, enabled: bool) {
        integrations::set_enabled(&e, integration.0, enabled);
    }

    pub fn request_test(e: Env, integration: raw::BytesN<32>) {
        integrations::request_test(&e, integration.0);
    }

    pub fn record_delivery(
        e: Env,
        dispatcher: raw::Address,
        integration: raw::BytesN<32>,
        delivery: raw::BytesN<32>,
        outcome: DeliveryOutcome,
        cursor: u64,
    ) -> bool {
        deliveries::record(&e, dispatcher.0, integration.0, delivery.0, outcome.0, cursor)
    }

    pub fn integration(e: Env, integration: raw::BytesN<32>) -> Option<Integration> {
        shown(&e, CONNECTION, ConnectionKind::Integration, integration.0)
    }

    pub fn health(e: Env, integration: raw::BytesN<32>) -> Option<IntegrationHealth> {
        shown(&e, STATE, ConnectionKind::Integration, integration.0)
    }

    pub fn delivery(
        e: Env,
        integration: raw::BytesN<32>,
        delivery: raw::BytesN<32>,
    ) -> Option<DeliveryOutcome> {
        Some(storage::outcome(&e, &storage::receipt(&e, integration.0, delivery.0)).into())
    }

    pub fn integrations_of(
        e: Env,
        owner: raw::Address,
        start: raw::u32,
        limit: raw::u32,
    ) -> Vec<Integration> {
        connections::page(&e, ConnectionKind::Integration, owner.0, start.0, limit.0).into()
    }

    pub fn create_api_key(
        e: Env,
        owner: raw::Address,
        name: raw::String,
        kind: ApiKeyKind,
        material: raw::BytesN<32>,
        scopes: raw::u32,
        requests_per_minute: raw::u32,
        expires_s: raw::u64,
    ) -> raw::BytesN<32> {
        let none = Val::from_u32(0).to_val();
        let fields = &mut [
            expires_s.0,
            none,
            none,
            kind.0,
            material.0,
            name.0,
            owner.0,
            material.0,
            none,
            requests_per_minute.0,
            false.into(),
            scopes.0,
            none,
        ];
        api_keys::create(&e, fields).into()
    }

    pub fn rotate_api_key(
        e: Env,
        api_key: raw::BytesN<32>,
        material: raw::BytesN<32>,
        expires_s: raw::u64,
        overlap_s: u64,
    ) {
        api_keys::rotate(&e, api_key.0, material.0, expires_s.0, overlap_s);
    }

    pub fn revoke_api_key(e: Env, api_key: raw::BytesN<32>) {
        api_keys::revoke(&e, api_key.0);
    }

    pub fn api_key(e: Env, api_key: raw::BytesN<32>) -> Option<ApiKey> {
        shown(&e, CONNECTION, ConnectionKind::ApiKey, api_key.0)
    }

    pub fn api_key_usage(e: Env, api_key: raw::BytesN<32>) -> Option<ApiKeyUsage> {
        shown(&e, STATE, ConnectionKind::ApiKey, api_key.0)
    }

    pub fn api_keys_of(
        e: Env,
        owner: raw::Address,
        start: raw::u32,
        limit: raw::u32,
    ) -> Vec<ApiKey> {
        connections::page(&e, ConnectionKind::ApiKey, owner.0, start.0, limit.0).into()
    }

    pub fn verify_request(
        e: Env,
        caller: raw::Address,
        key: raw::BytesN<32>,
        generation: raw::u32,
        method: raw::Symbol,
        body_hash: raw::BytesN<32>,
        nonce: raw::u64,
        expires_s: raw::u64,
        scope: ApiScope,
        signature: raw::BytesN<64>,
    ) {
        let request = Request {
            caller: caller.0,
            key: key.0,
            generation: generation.0,
            method: method.0,
            body_hash: body_hash.0,
            nonce: nonce.0,
            expires_s: expires_s.0,
            scope: scope.0,
            signature: signature.0,
        };
        requests::check(&e, &request, true);
    }

    pub fn check_request(
        e: Env,
        caller: raw::Address,
        key: raw::BytesN<32>,
        generation: raw::u32,
        method: raw::Symbol,
        body_hash: raw::BytesN<32>,
        nonce: raw::u64,
        expires_s: raw::u64,
        scope: ApiScope,
        signature: raw::BytesN<64>,
    ) {
        let request = Request {
            caller: caller.0,
            key: key.0,
            generation: generation.0,
            method: method.0,
            body_hash: body_hash.0,
            nonce: nonce.0,
            expires_s: expires_s.0,
            scope: scope.0,
            signature: signature.0,
        };
        requests::check(&e, &request, false);
    }

    pub fn create_responder(
        e: Env,
        owner: raw::Address,
        alerting: raw::Address,
        contract: raw::Address,
        responder: raw::Address,
        min_severity: raw::u32,
    ) -> raw::BytesN<32> {
        let addresses = [alerting.0, contract.0, responder.0];
        responders::create(&e, owner.0, addresses, min_severity.0).into()
    }

    pub fn responders_of(
        e: Env,
        owner: raw::Address,
        start: raw::u32,
        limit: raw::u32,
    ) -> Vec<Responder> {
        connections::page(&e, ConnectionKind::Responder, owner.0, start.0, limit.0).into()
    }

    pub fn react(
        e: Env,
        caller: raw::Address,
        responder: raw::BytesN<32>,
        target: RuleTarget,
        episode: u32,
    ) -> bool {
        responders::react(&e, caller.0, responder.0, target.0, episode)
    }

    pub fn request_export(
        e: Env,
        owner: raw::Address,
        contracts: Vec<soroban_sdk::Address>,
        metric: Option<raw::Symbol>,
        from_s: raw::u64,
        to_s: raw::u64,
        format: IntegrationFormat,
    ) -> raw::BytesN<32> {
        let metric = metric.map_or(Val::VOID.to_val(), |metric| metric.0);
        let what = [contracts.0, metric, from_s.0, to_s.0, format.0];
        exports::request(&e, owner.0, what).into()
    }

    pub fn commit_export(
        e: Env,
        dispatcher: raw::Address,
        export: raw::BytesN<32>,
        root: raw::BytesN<32>,
        chunks: raw::u32,
        bytes: raw::u64,
        rows: raw::u64,
    ) {
        let file = [root.0, chunks.0, bytes.0, rows.0];
        exports::commit(&e, dispatcher.0, export.0, file);
    }

    pub fn verify_chunk(
        e: Env,
        export: raw::BytesN<32>,
        index: u32,
        chunk_hash: raw::BytesN<32>,
        proof: Vec<soroban_sdk::BytesN<32>>,
    ) -> bool {
        exports::verify(&e, export.0, index, chunk_hash.0, proof.0)
    }

    pub fn export(e: Env, export: raw::BytesN<32>) -> Option<DataExport> {
        shown(&e, CONNECTION, ConnectionKind::Export, export.0)
    }

    pub fn exports_of(
        e: Env,
        owner: raw::Address,
        start: raw::u32,
        limit: raw::u32,
    ) -> Vec<DataExport> {
        connections::page(&e, ConnectionKind::Export, owner.0, start.0, limit.0).into()
    }

    pub fn audit(e: Env, owner: raw::Address, from_s: u64, to_s: u64) -> Vec<AuditRecord> {
        audit::read(&e, owner.0, from_s, to_s).into()
    }

    pub fn count_of(e: Env, kind: ConnectionKind, owner: raw::Address) -> u32 {
        storage::count(&e, kind, owner.0)
    }

    pub fn remove(e: Env, kind: ConnectionKind, id: raw::BytesN<32>) {
        connections::remove(&e, kind, id.0);
    }

    pub fn set_service_key(e: Env, public_key: raw::BytesN<32>) {
        service_key::set(&e, public_key.0);
    }

    pub fn service_key(e: Env) -> Option<raw::BytesN<32>> {
        Some(storage::service_key(&e).into())
    }
}

/// What is stored, as it is; void for nothing.
fn shown<T>(e: &Env, part: soroban_sdk::Symbol, kind: ConnectionKind, id: Val) -> Option<Raw<T>> {
    Some(storage::shown(e, part, kind, id).into())
}
