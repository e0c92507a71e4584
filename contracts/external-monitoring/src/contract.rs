//! The entry points. What each does, refuses and asks for is said once, at the trait that callers
//! see: [`ExternalMonitoring`].

use lumenscope_interfaces::external_monitoring::{
    API_KEYS_PAGE_MAX, ApiKey, ApiKeyPage, ApiKeySpec, ApiKeyUsage, ApiRequest, ApiScope,
    ConnectionError, ConnectionKind, DeliveryReceipt, ExternalMonitoring, Integration,
    IntegrationAuth, IntegrationDirection, IntegrationFormat, IntegrationHealth, IntegrationKind,
    IntegrationPage, IntegrationUpdate, KEEP_ALIVE_OBJECTS_MAX, OBJECTS_PAGE_MAX, ServiceKey,
    Webhook, WebhookHealth, WebhookPage, WebhookSpec,
};
use lumenscope_interfaces::governance::{self, Administration, Governance, Role, Schema};
use soroban_sdk::{Address, Bytes, BytesN, Env, Map, String, Symbol, Vec, contract, contractimpl};

use crate::access::{identify, require};
use crate::storage::Connection;
use crate::{api_keys, integrations, receipts, requests, service_key, storage, webhooks};

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
impl ExternalMonitoring for ExternalMonitoringContract {
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
    ) -> BytesN<32> {
        let draft = Integration {
            id: BytesN::from_array(&e, &[0; 32]),
            owner,
            number: 0,
            name,
            kind,
            direction,
            config,
            auth_type,
            sealed_credentials,
            format,
            sync_interval_s,
            created_s: 0,
            updated_s: 0,
        };
        integrations::create(&e, draft)
    }

    fn update_integration(e: Env, integration: BytesN<32>, update: IntegrationUpdate) {
        integrations::update(&e, integration, update);
    }

    fn rotate_credentials(
        e: Env,
        integration: BytesN<32>,
        auth_type: IntegrationAuth,
        sealed_credentials: Bytes,
    ) {
        integrations::rotate(&e, integration, auth_type, sealed_credentials);
    }

    fn set_integration_enabled(e: Env, integration: BytesN<32>, enabled: bool) {
        integrations::set_enabled(&e, integration, enabled);
    }

    fn remove_integration(e: Env, integration: BytesN<32>) {
        integrations::remove::<Integration>(&e, integration);
    }

    fn test_integration(e: Env, integration: BytesN<32>) {
        integrations::ask_for_test::<Integration>(&e, integration);
    }

    fn report_sync(
        e: Env,
        dispatcher: Address,
        integration: BytesN<32>,
        cursor: u64,
        failure_code: u32,
    ) {
        integrations::report(&e, dispatcher, integration, cursor, failure_code);
    }

    fn integration(e: Env, integration: BytesN<32>) -> Option<Integration> {
        storage::get(&e, &integration)
    }

    fn integration_health(e: Env, integration: BytesN<32>) -> Option<IntegrationHealth> {
        storage::get_health::<Integration>(&e, &integration)
    }

    fn integrations_of(e: Env, owner: Address, cursor: u32, limit: u32) -> IntegrationPage {
        let (integrations, next) = page(&e, &owner, cursor, limit, OBJECTS_PAGE_MAX);
        IntegrationPage { integrations, next }
    }

    fn create_webhook(e: Env, owner: Address, spec: WebhookSpec) -> BytesN<32> {
        webhooks::create(&e, owner, spec)
    }

    fn update_webhook(e: Env, webhook: BytesN<32>, spec: WebhookSpec) {
        webhooks::update(&e, webhook, spec);
    }

    fn rotate_webhook_secret(e: Env, webhook: BytesN<32>, sealed_secret: Bytes, overlap_s: u64) {
        webhooks::rotate(&e, webhook, sealed_secret, overlap_s);
    }

    fn set_webhook_enabled(e: Env, webhook: BytesN<32>, enabled: bool) {
        webhooks::set_enabled(&e, webhook, enabled);
    }

    fn remove_webhook(e: Env, webhook: BytesN<32>) {
        integrations::remove::<Webhook>(&e, webhook);
    }

    fn test_webhook(e: Env, webhook: BytesN<32>) {
        integrations::ask_for_test::<Webhook>(&e, webhook);
    }

    fn record_delivery(e: Env, dispatcher: Address, receipt: DeliveryReceipt) -> bool {
        receipts::record(&e, dispatcher, receipt)
    }

    fn webhook(e: Env, webhook: BytesN<32>) -> Option<Webhook> {
        storage::get(&e, &webhook)
    }

    fn webhook_health(e: Env, webhook: BytesN<32>) -> Option<WebhookHealth> {
        storage::get_health::<Webhook>(&e, &webhook)
    }

    fn webhooks_of(e: Env, owner: Address, cursor: u32, limit: u32) -> WebhookPage {
        let (webhooks, next) = page(&e, &owner, cursor, limit, OBJECTS_PAGE_MAX);
        WebhookPage { webhooks, next }
    }

    fn delivery(e: Env, webhook: BytesN<32>, delivery: BytesN<32>) -> Option<DeliveryReceipt> {
        storage::receipt(&e, &webhook, &delivery)
    }

    fn create_api_key(e: Env, owner: Address, spec: ApiKeySpec) -> BytesN<32> {
        api_keys::create(&e, owner, spec)
    }

    fn rotate_api_key(
        e: Env,
        api_key: BytesN<32>,
        material: BytesN<32>,
        expires_s: u64,
        overlap_s: u64,
    ) {
        api_keys::rotate(&e, api_key, material, expires_s, overlap_s);
    }

    fn revoke_api_key(e: Env, api_key: BytesN<32>) {
        api_keys::revoke(&e, api_key);
    }

    fn api_key(e: Env, api_key: BytesN<32>) -> Option<ApiKey> {
        storage::get(&e, &api_key)
    }

    fn api_key_usage(e: Env, api_key: BytesN<32>) -> Option<ApiKeyUsage> {
        storage::get_usage(&e, &api_key).map(|usage| ApiKeyUsage {
            requests: usage.requests,
            last_used_s: usage.last_used_s,
            nonce: usage.nonces.highest,
            window_start_s: usage.window_start_s,
            window_requests: usage.window_requests,
        })
    }

    fn api_keys_of(e: Env, owner: Address, cursor: u32, limit: u32) -> ApiKeyPage {
        let (api_keys, next) = page(&e, &owner, cursor, limit, API_KEYS_PAGE_MAX);
        ApiKeyPage { api_keys, next }
    }

    fn verify_request(
        e: Env,
        caller: Address,
        request: ApiRequest,
        scope: ApiScope,
        signature: BytesN<64>,
    ) {
        caller.require_auth();
        let usage = requests::check(&e, &caller, &request, scope, &signature);
        storage::save_usage(&e, &request.key, &usage);
    }

    fn check_request(
        e: Env,
        caller: Address,
        request: ApiRequest,
        scope: ApiScope,
        signature: BytesN<64>,
    ) {
        requests::check(&e, &caller, &request, scope, &signature);
    }

    fn request_payload(e: Env, caller: Address, request: ApiRequest) -> Bytes {
        requests::payload(&e, &caller, &request)
    }

    fn set_service_key(e: Env, public_key: BytesN<32>) {
        service_key::set(&e, public_key);
    }

    fn service_key(e: Env) -> Option<ServiceKey> {
        storage::service_key(&e)
    }

    fn keep_alive_connections(e: Env, kind: ConnectionKind, ids: Vec<BytesN<32>>) {
        let bounded = (1..=KEEP_ALIVE_OBJECTS_MAX).contains(&ids.len());
        require(&e, bounded, ConnectionError::TooMany);
        for id in ids {
            storage::keep_alive(&e, kind, &id);
        }
    }
}

/// One page of what an owner has, and the cursor of the next.
fn page<C: Connection>(
    e: &Env,
    owner: &Address,
    cursor: u32,
    limit: u32,
    limit_max: u32,
) -> (Vec<C>, Option<u32>) {
    let count = storage::count(e, C::KIND, owner);
    let end = count.min(cursor.saturating_add(limit.clamp(1, limit_max)));
    let mut items = Vec::new(e);
    for number in cursor..end {
        if let Some(item) = storage::get(e, &identify(e, C::KIND, owner, number + 1)) {
            items.push_back(item);
        }
    }
    (items, (end < count).then_some(end))
}
