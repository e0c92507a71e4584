//! Integrations: creation, change, and how their synchronisation goes.

use lumenscope_interfaces::external_monitoring::{
    CONFIG_ENTRIES_MAX, CONFIG_VALUE_BYTES_MAX, ConnectionChange, ConnectionError, Integration,
    IntegrationAuth, IntegrationHealth, IntegrationUpdate, SYNC_INTERVAL_MAX_S,
    SYNC_INTERVAL_MIN_S,
};
use lumenscope_interfaces::governance::require_not_paused;
use soroban_sdk::{Address, Bytes, BytesN, Env, Map, String, Symbol, symbol_short};

use crate::access::{require, require_dispatcher, require_name};
use crate::events::{ConnectionChanged, SyncReported};
use crate::service_key::require_sealed;
use crate::storage::{self, Connection};

/// What credentials are sealed for.
const ENDPOINT: Symbol = symbol_short!("endpoint");

/// Creates what `draft` says; its id, number and times are given here.
pub fn create(e: &Env, mut draft: Integration) -> BytesN<32> {
    draft.owner.require_auth();
    require_not_paused(e);
    require_valid(e, &draft.name, &draft.config, draft.sync_interval_s);
    require_credentials(e, draft.auth_type, &draft.sealed_credentials);
    (draft.id, draft.number) = storage::next_id(e, Integration::KIND, &draft.owner);
    draft.created_s = e.ledger().timestamp();
    draft.updated_s = draft.created_s;
    storage::save(e, &draft);
    storage::save_health::<Integration>(
        e,
        &draft.id,
        &IntegrationHealth {
            enabled: true,
            cursor: 0,
            successes: 0,
            failures: 0,
            failures_in_a_row: 0,
            last_failure_code: 0,
            last_success_s: 0,
            last_failure_s: 0,
        },
    );
    tell(e, &draft, ConnectionChange::Created);
    draft.id
}

pub fn update(e: &Env, id: BytesN<32>, update: IntegrationUpdate) {
    let mut integration = storage::load::<Integration>(e, &id);
    integration.owner.require_auth();
    require_not_paused(e);
    require_valid(e, &update.name, &update.config, update.sync_interval_s);
    if let Some(sealed) = update.sealed_credentials {
        require_credentials(e, integration.auth_type, &sealed);
        integration.sealed_credentials = sealed;
    } else {
        let same = integration.config.get(ENDPOINT) == update.config.get(ENDPOINT);
        let sealed = integration.auth_type != IntegrationAuth::None;
        require(e, same || !sealed, ConnectionError::EndpointNeedsSealing);
    }
    integration.name = update.name;
    integration.config = update.config;
    integration.format = update.format;
    integration.sync_interval_s = update.sync_interval_s;
    save(e, integration, ConnectionChange::Updated);
}

pub fn rotate(e: &Env, id: BytesN<32>, auth_type: IntegrationAuth, sealed: Bytes) {
    let mut integration = storage::load::<Integration>(e, &id);
    integration.owner.require_auth();
    require_not_paused(e);
    require_credentials(e, auth_type, &sealed);
    require(e, integration.sealed_credentials != sealed, ConnectionError::NothingToChange);
    integration.auth_type = auth_type;
    integration.sealed_credentials = sealed;
    save(e, integration, ConnectionChange::Rotated);
}

pub fn set_enabled(e: &Env, id: BytesN<32>, enabled: bool) {
    let integration = storage::load::<Integration>(e, &id);
    integration.owner.require_auth();
    let mut health = storage::load_health::<Integration>(e, &id);
    require(e, health.enabled != enabled, ConnectionError::NothingToChange);
    health.enabled = enabled;
    storage::save_health::<Integration>(e, &id, &health);
    tell(e, &integration, enabling(enabled));
}

pub fn report(e: &Env, dispatcher: Address, id: BytesN<32>, cursor: u64, failure_code: u32) {
    require_dispatcher(e, &dispatcher);
    let mut health = storage::load_health::<Integration>(e, &id);
    let now_s = e.ledger().timestamp();
    if failure_code == 0 {
        require(e, cursor >= health.cursor, ConnectionError::CursorBehind);
        health.cursor = cursor;
        health.successes += 1;
        health.failures_in_a_row = 0;
        health.last_success_s = now_s;
    } else {
        health.failures += 1;
        health.failures_in_a_row += 1;
        health.last_failure_code = failure_code;
        health.last_failure_s = now_s;
    }
    storage::save_health::<Integration>(e, &id, &health);
    SyncReported { dispatcher, integration: id, cursor: health.cursor, failure_code }.publish(e);
}

/// What is told of something whose work is started or stopped.
pub fn enabling(enabled: bool) -> ConnectionChange {
    if enabled { ConnectionChange::Enabled } else { ConnectionChange::Disabled }
}

/// Removes something that its owner has.
pub fn remove<C: Connection>(e: &Env, id: BytesN<32>) {
    let connection = storage::load::<C>(e, &id);
    connection.owner().require_auth();
    storage::remove::<C>(e, &id);
    tell(e, &connection, ConnectionChange::Removed);
}

/// Has the service try something that its owner has.
pub fn ask_for_test<C: Connection>(e: &Env, id: BytesN<32>) {
    let connection = storage::load::<C>(e, &id);
    connection.owner().require_auth();
    tell(e, &connection, ConnectionChange::TestRequested);
}

/// Tells what an owner did to something of theirs.
pub fn tell<C: Connection>(e: &Env, connection: &C, change: ConnectionChange) {
    ConnectionChanged {
        owner: connection.owner().clone(),
        id: connection.id().clone(),
        kind: C::KIND,
        actor: connection.owner().clone(),
        change,
    }
    .publish(e);
}

fn save(e: &Env, mut integration: Integration, change: ConnectionChange) {
    integration.updated_s = e.ledger().timestamp();
    storage::save(e, &integration);
    tell(e, &integration, change);
}

fn require_valid(e: &Env, name: &String, config: &Map<Symbol, String>, sync_interval_s: u32) {
    require_name(e, name);
    let sized = |value: &String| (1..=CONFIG_VALUE_BYTES_MAX).contains(&value.len());
    let bounded = config.len() <= CONFIG_ENTRIES_MAX && config.values().iter().all(|v| sized(&v));
    require(e, bounded, ConnectionError::ConfigInvalid);
    let regular = (SYNC_INTERVAL_MIN_S..=SYNC_INTERVAL_MAX_S).contains(&sync_interval_s);
    require(e, regular || sync_interval_s == 0, ConnectionError::SyncIntervalInvalid);
}

fn require_credentials(e: &Env, auth_type: IntegrationAuth, sealed: &Bytes) {
    if auth_type == IntegrationAuth::None {
        require(e, sealed.is_empty(), ConnectionError::CredentialsUnexpected);
    } else {
        require_sealed(e, sealed);
    }
}
