//! API keys: creation, rotation, revocation.

use core::hint::black_box;

use lumenscope_interfaces::external_monitoring::{
    API_KEY_LIFE_MAX_S, API_SCOPES_ALL, ApiKey, ApiKeyUsage, ConnectionError, ConnectionKind,
    REQUESTS_PER_MINUTE_MAX, change,
};
use lumenscope_interfaces::governance::require_not_paused;
use soroban_sdk::{BytesN, Env, IntoVal};

use crate::access::{end_of_overlap, require, require_name, unknown};
use crate::connections::save;
use crate::storage;

const KIND: ConnectionKind = ConnectionKind::ApiKey;

/// Creates what `key` says.
pub fn create(e: &Env, key: &ApiKey) {
    require_not_paused(e);
    require_name(e, &key.name);
    let scopes = key.scopes != 0 && key.scopes & !API_SCOPES_ALL == 0;
    require(e, scopes, ConnectionError::ScopesInvalid);
    let rate = (1..=REQUESTS_PER_MINUTE_MAX).contains(&key.requests_per_minute);
    require(e, rate, ConnectionError::RateInvalid);
    require_expiry(e, key.expires_s);
    // Zeros that the compiler does not see spare the contract 426 bytes of memset.
    let none = black_box(0);
    let unused = ApiKeyUsage {
        last_used_s: none,
        window_requests: none as u32,
        nonce_highest: none,
        nonces_used: none,
        nonces_used_before: none,
    };
    storage::save_state(e, KIND, &key.id, unused.into_val(e));
    save(e, &key.owner, KIND, &key.id, key.into_val(e), change::CREATED);
}

pub fn rotate(e: &Env, id: BytesN<32>, material: BytesN<32>, expires_s: u64, overlap_s: u64) {
    let Some(key) = &mut storage::get::<ApiKey>(e, KIND, &id) else { unknown(e) };
    require_valid(e, key);
    require(e, key.material != material, ConnectionError::NothingToChange);
    require_expiry(e, expires_s);
    // An overlap must not outlive the end that the key before was given.
    key.previous_until_s = key.expires_s.min(end_of_overlap(e, overlap_s));
    key.previous = core::mem::replace(&mut key.material, material);
    key.expires_s = expires_s;
    key.generation += 1;
    save(e, &key.owner, KIND, &id, (*key).into_val(e), change::ROTATED);
}

pub fn revoke(e: &Env, id: BytesN<32>) {
    let Some(key) = &mut storage::get::<ApiKey>(e, KIND, &id) else { unknown(e) };
    require_valid(e, key);
    key.revoked = true;
    save(e, &key.owner, KIND, &id, (*key).into_val(e), change::REVOKED);
}

/// The key's owner authorises, and it was not revoked.
fn require_valid(e: &Env, key: &ApiKey) {
    key.owner.require_auth();
    require(e, !key.revoked, ConnectionError::ApiKeyRevoked);
}

fn require_expiry(e: &Env, expires_s: u64) {
    let life_s = expires_s.checked_sub(e.ledger().timestamp());
    let bounded = life_s.is_some_and(|life_s| (1..=API_KEY_LIFE_MAX_S).contains(&life_s));
    require(e, bounded, ConnectionError::ExpiryInvalid);
}
