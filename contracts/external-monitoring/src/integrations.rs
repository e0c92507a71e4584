//! Integrations: creation and change.

use core::hint::black_box;

use lumenscope_interfaces::external_monitoring::{
    ATTEMPTS_MAX, CONFIG_ENTRIES_MAX, CONFIG_VALUE_BYTES_MAX, ConnectionError, ConnectionKind,
    DELIVERY_EVENTS_ALL, Integration, IntegrationAuth, IntegrationHealth, IntegrationKind,
    RETRY_WAIT_MAX_S, SUSPEND_AFTER_MAX, SYNC_INTERVAL_MAX_S, SYNC_INTERVAL_MIN_S, change,
};
use lumenscope_interfaces::governance::require_not_paused;
use soroban_sdk::{Bytes, BytesN, Env, IntoVal, String, Symbol, symbol_short};

use crate::access::{end_of_overlap, require, require_name, unknown};
use crate::connections::{require_owner_of, save, tell};
use crate::service_key::require_sealed;
use crate::storage;

const KIND: ConnectionKind = ConnectionKind::Integration;
/// What credentials are sealed for.
const ENDPOINT: Symbol = symbol_short!("endpoint");
const HTTPS: &[u8] = b"https://";
/// The severity above which there is none.
const CRITICAL: u32 = 4;

/// Creates what `integration` says.
pub fn create(e: &Env, integration: &Integration) {
    require_valid(e, integration, &Bytes::new(e));
    // Zeros that the compiler does not see spare the contract 426 bytes of memset.
    let none = black_box(0);
    let health = IntegrationHealth {
        enabled: true,
        cursor: none,
        delivered: none,
        failed: none,
        failed_in_a_row: none as u32,
        last_status: none as u32,
        last_delivered_s: none,
        last_failed_s: none,
    };
    storage::save_state(e, KIND, &integration.id, health.into_val(e));
    let (owner, id) = (&integration.owner, &integration.id);
    save(e, owner, KIND, id, integration.into_val(e), change::CREATED);
}

/// Stores a changed integration. `endpoint` and `credentials` are those it had.
pub fn update(
    e: &Env,
    integration: &mut Integration,
    endpoint: Option<String>,
    credentials: Bytes,
    overlap_s: u64,
) {
    integration.owner.require_auth();
    require_valid(e, integration, &credentials);
    let rotated = integration.sealed_credentials != credentials;
    let sealed_for_it = rotated || integration.auth_type == IntegrationAuth::None;
    let moved = endpoint_of(integration) != endpoint;
    require(e, sealed_for_it || !moved, ConnectionError::EndpointNeedsSealing);
    let mut change = change::UPDATED;
    if rotated {
        change = change::ROTATED;
        integration.previous_credentials = credentials;
        integration.previous_until_s = end_of_overlap(e, overlap_s);
    }
    let stored = (*integration).into_val(e);
    save(e, &integration.owner, KIND, &integration.id, stored, change);
}

/// What the credentials of an integration are sealed for.
pub fn endpoint_of(integration: &Integration) -> Option<String> {
    integration.config.get(ENDPOINT)
}

pub fn set_enabled(e: &Env, id: BytesN<32>, enabled: bool) {
    let owner = require_owner_of(e, KIND, &id);
    let Some(health) = &mut storage::get_state::<IntegrationHealth>(e, KIND, &id) else {
        unknown(e)
    };
    require(e, health.enabled != enabled, ConnectionError::NothingToChange);
    health.enabled = enabled;
    let mut change = change::DISABLED;
    if enabled {
        change = change::ENABLED;
        health.failed_in_a_row = 0;
    }
    storage::save_state(e, KIND, &id, (*health).into_val(e));
    tell(e, &owner, KIND, &id, change);
}

pub fn request_test(e: &Env, id: BytesN<32>) {
    let owner = require_owner_of(e, KIND, &id);
    tell(e, &owner, KIND, &id, change::TEST);
}

fn require_valid(e: &Env, integration: &Integration, stored: &Bytes) {
    require_not_paused(e);
    require_name(e, &integration.name);
    let sized = |value: String| (1..=CONFIG_VALUE_BYTES_MAX).contains(&value.len());
    let config = &integration.config;
    let bounded = config.len() <= CONFIG_ENTRIES_MAX && config.values().into_iter().all(sized);
    require(e, bounded, ConnectionError::ConfigInvalid);
    if integration.kind == IntegrationKind::Webhook {
        let scheme = endpoint_of(integration)
            .map(|url| url.to_bytes().slice(..url.len().min(HTTPS.len() as u32)));
        let https = scheme == Some(Bytes::from_slice(e, HTTPS));
        require(e, https, ConnectionError::EndpointInvalid);
    }
    let interval_s = integration.sync_interval_s;
    let regular = (SYNC_INTERVAL_MIN_S..=SYNC_INTERVAL_MAX_S).contains(&interval_s);
    require(e, regular || interval_s == 0, ConnectionError::SyncIntervalInvalid);
    let policy = &integration.delivery;
    let bounded = policy.events & !DELIVERY_EVENTS_ALL == 0
        && policy.min_severity <= CRITICAL
        && (1..=ATTEMPTS_MAX).contains(&policy.attempts)
        && (1..=RETRY_WAIT_MAX_S).contains(&policy.first_wait_s)
        && (1..=SUSPEND_AFTER_MAX).contains(&policy.suspend_after);
    require(e, bounded, ConnectionError::DeliveryInvalid);
    let sealed = &integration.sealed_credentials;
    if integration.auth_type == IntegrationAuth::None {
        require(e, sealed.is_empty(), ConnectionError::CredentialsUnexpected);
    } else if sealed.is_empty() || sealed != stored {
        require_sealed(e, sealed);
    }
}
