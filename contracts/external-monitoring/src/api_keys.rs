//! API keys: creation, rotation, revocation.

use lumenscope_interfaces::external_monitoring::{
    API_KEY_LIFE_MAX_S, API_SCOPES_ALL, ApiKey, ApiKeySpec, ConnectionChange, ConnectionError,
    OVERLAP_MAX_S, PreviousMaterial, REQUESTS_PER_MINUTE_MAX,
};
use lumenscope_interfaces::governance::require_not_paused;
use soroban_sdk::{Address, BytesN, Env};

use crate::access::{require, require_name};
use crate::integrations::tell;
use crate::storage::{self, Connection};
use crate::usage::Usage;

pub fn create(e: &Env, owner: Address, spec: ApiKeySpec) -> BytesN<32> {
    owner.require_auth();
    require_not_paused(e);
    require_name(e, &spec.name);
    let scopes = spec.scopes != 0 && spec.scopes & !API_SCOPES_ALL == 0;
    require(e, scopes, ConnectionError::ScopesInvalid);
    let rate = (1..=REQUESTS_PER_MINUTE_MAX).contains(&spec.requests_per_minute);
    require(e, rate, ConnectionError::RateInvalid);
    require_expiry(e, spec.expires_s);
    let (id, number) = storage::next_id(e, ApiKey::KIND, &owner);
    let key = ApiKey {
        id,
        owner,
        number,
        spec,
        generation: 0,
        previous: None,
        revoked: false,
        created_s: e.ledger().timestamp(),
    };
    storage::save(e, &key);
    storage::save_usage(e, &key.id, &Usage::default());
    tell(e, &key, ConnectionChange::Created);
    key.id
}

pub fn rotate(e: &Env, id: BytesN<32>, material: BytesN<32>, expires_s: u64, overlap_s: u64) {
    let mut key = storage::load::<ApiKey>(e, &id);
    key.owner.require_auth();
    require_not_paused(e);
    require(e, !key.revoked, ConnectionError::ApiKeyRevoked);
    require(e, key.spec.material != material, ConnectionError::NothingToChange);
    require_expiry(e, expires_s);
    require(e, overlap_s <= OVERLAP_MAX_S, ConnectionError::OverlapInvalid);
    // An overlap must not outlive the end that the key before was given.
    let until_s = key.spec.expires_s.min(e.ledger().timestamp() + overlap_s);
    let previous = core::mem::replace(&mut key.spec.material, material);
    key.previous = Some(PreviousMaterial { material: previous, until_s });
    key.spec.expires_s = expires_s;
    key.generation += 1;
    storage::save(e, &key);
    tell(e, &key, ConnectionChange::Rotated);
}

pub fn revoke(e: &Env, id: BytesN<32>) {
    let mut key = storage::load::<ApiKey>(e, &id);
    key.owner.require_auth();
    require(e, !key.revoked, ConnectionError::NothingToChange);
    key.revoked = true;
    storage::save(e, &key);
    tell(e, &key, ConnectionChange::Revoked);
}

fn require_expiry(e: &Env, expires_s: u64) {
    let life_s = expires_s.checked_sub(e.ledger().timestamp());
    let bounded = life_s.is_some_and(|life_s| (1..=API_KEY_LIFE_MAX_S).contains(&life_s));
    require(e, bounded, ConnectionError::ExpiryInvalid);
}
