//! API keys: creation, rotation, revocation.

use core::ops::Range;

use lumenscope_interfaces::external_monitoring::{
    API_KEY_LIFE_MAX_S, API_SCOPES_ALL, ApiKeyKind, ConnectionError, ConnectionKind,
    REQUESTS_PER_MINUTE_MAX, change,
};
use soroban_sdk::{BytesN, Env, IntoVal, Symbol, Val};

use crate::access::{end_of_overlap, require, require_name};
use crate::connections::{begin, require_auth, save};
use crate::raw::{Fields, number, same, typed, value};
use crate::storage::{self, CONNECTION, STATE};

const KIND: ConnectionKind = ConnectionKind::ApiKey;

/// The fields of an `ApiKey`.
pub const KEYS: [&str; 12] = [
    "expires_s",
    "generation",
    "id",
    "kind",
    "material",
    "name",
    "owner",
    "previous",
    "previous_until_s",
    "requests_per_minute",
    "revoked",
    "scopes",
];
/// The places of fields in the order of their names.
pub mod field {
    pub const EXPIRES_S: usize = 0;
    pub const GENERATION: usize = 1;
    pub const ID: usize = 2;
    pub const KIND: usize = 3;
    pub const MATERIAL: usize = 4;
    pub const NAME: usize = 5;
    pub const OWNER: usize = 6;
    pub const PREVIOUS: usize = 7;
    pub const PREVIOUS_UNTIL_S: usize = 8;
    pub const REQUESTS_PER_MINUTE: usize = 9;
    pub const REVOKED: usize = 10;
    pub const SCOPES: usize = 11;
}
use field::{
    EXPIRES_S, GENERATION, ID, MATERIAL, NAME, OWNER, PREVIOUS, PREVIOUS_UNTIL_S,
    REQUESTS_PER_MINUTE, REVOKED, SCOPES,
};

/// The fields of an `ApiKeyUsage`.
pub const USAGE_KEYS: [&str; 5] =
    ["last_used_s", "nonce_highest", "nonces_used", "nonces_used_before", "window_requests"];
/// Those that tell which nonces were used.
const NONCES: Range<usize> = 1..4;

/// Creates what the fields say. Their `id` and `previous_until_s` are left to this.
pub fn create(e: &Env, fields: &mut Fields) -> Val {
    let owner = fields[OWNER];
    let id = begin(e, KIND, owner);
    require_name(e, fields[NAME]);
    let kinds = (ApiKeyKind::Ed25519 as u32, ApiKeyKind::Hashed as u32);
    number(e, fields[field::KIND], kinds, ConnectionError::ShapeInvalid);
    number(e, fields[SCOPES], (1, API_SCOPES_ALL), ConnectionError::ScopesInvalid);
    let rates = (1, REQUESTS_PER_MINUTE_MAX);
    number(e, fields[REQUESTS_PER_MINUTE], rates, ConnectionError::RateInvalid);
    require_expiry(e, fields[EXPIRES_S]);
    let _: BytesN<32> = typed(e, fields[MATERIAL]);
    let none = 0_u64.into_val(e);
    storage::save(e, STATE, KIND, id, &USAGE_KEYS, &[none, none, none, none, value(0)]);
    fields[ID] = id;
    fields[PREVIOUS_UNTIL_S] = none;
    save(e, owner, KIND, id, &KEYS, fields, change::CREATED);
    id
}

pub fn rotate(e: &Env, id: Val, material: Val, expires_s: Val, overlap_s: u64) {
    let fields = &mut valid(e, id);
    let _: BytesN<32> = typed(e, material);
    let changes = !same(e, &fields[MATERIAL], &material);
    require(e, changes, ConnectionError::NothingToChange);
    require_expiry(e, expires_s);
    // An overlap must not outlive the end that the key before was given.
    let ends_s: u64 = typed(e, fields[EXPIRES_S]);
    fields[PREVIOUS_UNTIL_S] = ends_s.min(end_of_overlap(e, overlap_s)).into_val(e);
    fields[PREVIOUS] = fields[MATERIAL];
    fields[MATERIAL] = material;
    fields[EXPIRES_S] = expires_s;
    if overlap_s == 0 {
        // Nothing that was signed before is taken any more: who held the key may have used up its
        // nonces. Decided by the argument alone, so that no ledger between simulation and call
        // changes what is written.
        let usage = &mut storage::load(e, STATE, KIND, id, &USAGE_KEYS);
        usage[NONCES].fill(0_u64.into_val(e));
        storage::save(e, STATE, KIND, id, &USAGE_KEYS, usage);
    }
    let generation: u32 = typed(e, fields[GENERATION]);
    fields[GENERATION] = value(generation + 1);
    changed(e, id, fields, change::ROTATED);
}

pub fn revoke(e: &Env, id: Val) {
    let fields = &mut valid(e, id);
    fields[REVOKED] = true.into();
    changed(e, id, fields, change::REVOKED);
}

/// A key whose owner authorises, and that was not revoked.
#[inline(never)]
fn valid(e: &Env, id: Val) -> Fields {
    let fields = storage::load(e, CONNECTION, KIND, id, &KEYS);
    require_auth(e, fields[OWNER]);
    require(e, fields[REVOKED].is_false(), ConnectionError::ApiKeyRevoked);
    fields
}

fn changed(e: &Env, id: Val, fields: &Fields, change: Symbol) {
    save(e, fields[OWNER], KIND, id, &KEYS, fields, change);
}

#[inline(never)]
fn require_expiry(e: &Env, expires_s: Val) {
    let expires_s: u64 = typed(e, expires_s);
    let life_s = expires_s.checked_sub(e.ledger().timestamp());
    let bounded = life_s.is_some_and(|life_s| (1..=API_KEY_LIFE_MAX_S).contains(&life_s));
    require(e, bounded, ConnectionError::ExpiryInvalid);
}
