//! Webhooks: creation, change, rotation.

use lumenscope_interfaces::external_monitoring::{
    ATTEMPTS_MAX, ConnectionChange, ConnectionError, HOST_BYTES_MAX, OVERLAP_MAX_S, PreviousSecret,
    RETRY_WAIT_MAX_S, SUSPEND_AFTER_MAX, WEBHOOK_EVENTS_ALL, Webhook, WebhookHealth, WebhookSpec,
};
use lumenscope_interfaces::governance::require_not_paused;
use soroban_sdk::{Address, Bytes, BytesN, Env, String};

use crate::access::{require, require_name};
use crate::hosts::is_name;
use crate::integrations::{enabling, tell};
use crate::service_key::require_sealed;
use crate::storage::{self, Connection};

/// The severity above which there is none.
const CRITICAL: u32 = 4;

pub fn create(e: &Env, owner: Address, spec: WebhookSpec) -> BytesN<32> {
    owner.require_auth();
    require_not_paused(e);
    require_valid(e, &spec);
    let (id, number) = storage::next_id(e, Webhook::KIND, &owner);
    let created_s = e.ledger().timestamp();
    let webhook =
        Webhook { id, owner, number, spec, previous: None, created_s, updated_s: created_s };
    storage::save(e, &webhook);
    storage::save_health::<Webhook>(
        e,
        &webhook.id,
        &WebhookHealth {
            enabled: true,
            delivered: 0,
            failed: 0,
            failed_in_a_row: 0,
            last_status: 0,
            last_delivered_s: 0,
            last_failed_s: 0,
        },
    );
    tell(e, &webhook, ConnectionChange::Created);
    webhook.id
}

pub fn update(e: &Env, id: BytesN<32>, spec: WebhookSpec) {
    let mut webhook = storage::load::<Webhook>(e, &id);
    webhook.owner.require_auth();
    require_not_paused(e);
    require_valid(e, &spec);
    webhook.spec = spec;
    webhook.previous = None;
    save(e, webhook, ConnectionChange::Updated);
}

pub fn rotate(e: &Env, id: BytesN<32>, sealed_secret: Bytes, overlap_s: u64) {
    let mut webhook = storage::load::<Webhook>(e, &id);
    webhook.owner.require_auth();
    require_not_paused(e);
    require_sealed(e, &sealed_secret);
    require(e, overlap_s <= OVERLAP_MAX_S, ConnectionError::OverlapInvalid);
    require(e, webhook.spec.sealed_secret != sealed_secret, ConnectionError::NothingToChange);
    let until_s = e.ledger().timestamp() + overlap_s;
    let previous = core::mem::replace(&mut webhook.spec.sealed_secret, sealed_secret);
    webhook.previous =
        (overlap_s > 0).then_some(PreviousSecret { sealed_secret: previous, until_s });
    save(e, webhook, ConnectionChange::Rotated);
}

pub fn set_enabled(e: &Env, id: BytesN<32>, enabled: bool) {
    let webhook = storage::load::<Webhook>(e, &id);
    webhook.owner.require_auth();
    let mut health = storage::load_health::<Webhook>(e, &id);
    require(e, health.enabled != enabled, ConnectionError::NothingToChange);
    health.enabled = enabled;
    if enabled {
        health.failed_in_a_row = 0;
    }
    storage::save_health::<Webhook>(e, &id, &health);
    tell(e, &webhook, enabling(enabled));
}

fn save(e: &Env, mut webhook: Webhook, change: ConnectionChange) {
    webhook.updated_s = e.ledger().timestamp();
    storage::save(e, &webhook);
    tell(e, &webhook, change);
}

fn require_valid(e: &Env, spec: &WebhookSpec) {
    require_name(e, &spec.name);
    require(e, is_host(&spec.display_host), ConnectionError::HostInvalid);
    let events = spec.events != 0 && spec.events & !WEBHOOK_EVENTS_ALL == 0;
    require(e, events && spec.min_severity <= CRITICAL, ConnectionError::EventsInvalid);
    let retry = &spec.retry;
    let bounded = (1..=ATTEMPTS_MAX).contains(&retry.attempts)
        && (1..=retry.wait_max_s).contains(&retry.first_wait_s)
        && retry.wait_max_s <= RETRY_WAIT_MAX_S
        && (1..=SUSPEND_AFTER_MAX).contains(&spec.suspend_after);
    require(e, bounded, ConnectionError::RetryInvalid);
    require_sealed(e, &spec.sealed_url);
    require_sealed(e, &spec.sealed_secret);
}

fn is_host(host: &String) -> bool {
    let mut buffer = [0; HOST_BYTES_MAX as usize];
    let length = host.len() as usize;
    if length > buffer.len() {
        return false;
    }
    host.copy_into_slice(&mut buffer[..length]);
    is_name(&buffer[..length])
}
