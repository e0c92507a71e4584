//! Integrations: creation and change.

use lumenscope_interfaces::external_monitoring::{
    ATTEMPTS_MAX, ConnectionError, ConnectionKind, DELIVERY_EVENTS_ALL, DeliveryPolicy,
    IntegrationAuth, RETRY_WAIT_MAX_S, SUSPEND_AFTER_MAX, SYNC_INTERVAL_MAX_S, SYNC_INTERVAL_MIN_S,
    change,
};
use lumenscope_interfaces::governance::require_not_paused;
use soroban_sdk::{Bytes, Env, IntoVal, Val};

use crate::access::{end_of_overlap, require, require_name};
use crate::connections::{begin, require_auth, require_owner_of, save};
use crate::deliveries::{HEALTH_KEYS, health};
use crate::events::tell;
use crate::kinds::{self, place_of};
use crate::raw::{Fields, number, pack, same, typed, unpack, value};
use crate::service_key::require_sealed;
use crate::storage::{self, CONNECTION, STATE};

const KIND: ConnectionKind = ConnectionKind::Integration;
/// The severity above which there is none.
const CRITICAL: u32 = 4;

/// The fields of an `Integration`.
pub const KEYS: [&str; 13] = [
    "auth_type",
    "config",
    "delivery",
    "direction",
    "format",
    "id",
    "kind",
    "name",
    "owner",
    "previous_credentials",
    "previous_until_s",
    "sealed_credentials",
    "sync_interval_s",
];
/// The places of fields in the order of their names.
pub mod field {
    pub const AUTH_TYPE: usize = 0;
    pub const CONFIG: usize = 1;
    pub const DELIVERY: usize = 2;
    pub const DIRECTION: usize = 3;
    pub const FORMAT: usize = 4;
    pub const ID: usize = 5;
    pub const KIND: usize = 6;
    pub const NAME: usize = 7;
    pub const OWNER: usize = 8;
    pub const PREVIOUS_CREDENTIALS: usize = 9;
    pub const PREVIOUS_UNTIL_S: usize = 10;
    pub const SEALED_CREDENTIALS: usize = 11;
    pub const SYNC_INTERVAL_S: usize = 12;
}
use field::{
    AUTH_TYPE, DELIVERY, ID, NAME, OWNER, PREVIOUS_CREDENTIALS, PREVIOUS_UNTIL_S,
    SEALED_CREDENTIALS, SYNC_INTERVAL_S,
};

/// The fields of a `DeliveryPolicy`, the least and the most that each may be, and what a new
/// integration has.
const POLICY_KEYS: [&str; 5] =
    ["attempts", "events", "first_wait_s", "min_severity", "suspend_after"];
const POLICY_BOUNDS: [(u32, u32); 5] = [
    (1, ATTEMPTS_MAX),
    (0, DELIVERY_EVENTS_ALL),
    (1, RETRY_WAIT_MAX_S),
    (0, CRITICAL),
    (1, SUSPEND_AFTER_MAX),
];
const POLICY_DEFAULT: [u32; 5] = {
    let DeliveryPolicy { attempts, events, first_wait_s, min_severity, suspend_after } =
        DeliveryPolicy::DEFAULT;
    [attempts, events, first_wait_s, min_severity, suspend_after]
};
/// Where a policy says how many deliveries may fail in a row.
const SUSPEND_AFTER: usize = 4;

/// Creates what the fields say. Their `id`, `delivery` and what is previous are left to this.
pub fn create(e: &Env, fields: &mut Fields) -> Val {
    let owner = fields[OWNER];
    let id = begin(e, KIND, owner);
    let nothing = Bytes::new(e).to_val();
    fields[ID] = id;
    fields[DELIVERY] = pack(e, &POLICY_KEYS, &POLICY_DEFAULT.map(value));
    fields[PREVIOUS_CREDENTIALS] = nothing;
    fields[PREVIOUS_UNTIL_S] = 0_u64.into_val(e);
    check(e, fields, nothing);
    storage::save(e, STATE, KIND, id, &HEALTH_KEYS, &health::unused(e));
    save(e, owner, KIND, id, &KEYS, fields, change::CREATED);
    id
}

/// Whether it needs no credentials.
fn is_public(e: &Env, fields: &Fields) -> bool {
    typed::<u32>(e, fields[AUTH_TYPE]) == IntegrationAuth::None as u32
}

/// What an owner changes; of the fields, those that may.
pub fn update(e: &Env, id: Val, changed: &[(usize, Val)], overlap_s: u64) {
    let fields = &mut storage::load(e, CONNECTION, KIND, id, &KEYS);
    let owner = fields[OWNER];
    require_auth(e, owner);
    require_not_paused(e);
    let (place, credentials) = (place_of(e, fields), fields[SEALED_CREDENTIALS]);
    let auth_type = fields[AUTH_TYPE];
    for (field, value) in changed {
        if let Some(field) = fields.get_mut(*field) {
            *field = *value;
        }
    }
    check(e, fields, credentials);
    let until_s = end_of_overlap(e, overlap_s);
    let rotated = !same(e, &fields[SEALED_CREDENTIALS], &credentials);
    let stays = same(e, &place_of(e, fields), &place);
    require(e, rotated || is_public(e, fields) || stays, ConnectionError::EndpointNeedsSealing);
    let mut change = change::UPDATED;
    if rotated {
        change = change::ROTATED;
        // What was sealed for another place opens for this one no more.
        let lasts = stays && same(e, &fields[AUTH_TYPE], &auth_type);
        let none = (Bytes::new(e).to_val(), 0);
        let (previous, until_s) = if lasts { (credentials, until_s) } else { none };
        fields[PREVIOUS_CREDENTIALS] = previous;
        fields[PREVIOUS_UNTIL_S] = until_s.into_val(e);
    }
    save(e, owner, KIND, id, &KEYS, fields, change);
}

/// How many deliveries of an integration may fail in a row, and whose it is.
pub fn suspend_after(e: &Env, id: Val) -> (u32, Val) {
    let [delivery, owner, ..] = storage::load(e, CONNECTION, KIND, id, &["delivery", "owner"]);
    let policy = unpack(e, delivery, &POLICY_KEYS, ConnectionError::DeliveryInvalid);
    (typed(e, policy[SUSPEND_AFTER]), owner)
}

pub fn set_enabled(e: &Env, id: Val, enabled: bool) {
    let owner = require_owner_of(e, KIND, id);
    let fields = &mut storage::load(e, STATE, KIND, id, &HEALTH_KEYS);
    let changes = fields[health::ENABLED].is_true() != enabled;
    require(e, changes, ConnectionError::NothingToChange);
    fields[health::ENABLED] = enabled.into();
    let mut change = change::DISABLED;
    if enabled {
        change = change::ENABLED;
        fields[health::FAILED_IN_A_ROW] = value(0);
    }
    storage::save(e, STATE, KIND, id, &HEALTH_KEYS, fields);
    tell(e, owner, KIND, id, owner, change);
}

pub fn request_test(e: &Env, id: Val) {
    let owner = require_owner_of(e, KIND, id);
    tell(e, owner, KIND, id, owner, change::TEST);
}

/// Checks everything that an owner may say; `stored` are the credentials that were checked before.
#[inline(never)]
fn check(e: &Env, fields: &mut Fields, stored: Val) {
    require_name(e, fields[NAME]);
    kinds::check(e, fields);
    let interval_s: u32 = typed(e, fields[SYNC_INTERVAL_S]);
    let regular = (SYNC_INTERVAL_MIN_S..=SYNC_INTERVAL_MAX_S).contains(&interval_s);
    require(e, regular || interval_s == 0, ConnectionError::SyncIntervalInvalid);
    let policy = unpack(e, fields[DELIVERY], &POLICY_KEYS, ConnectionError::DeliveryInvalid);
    for (value, bounds) in policy.iter().zip(POLICY_BOUNDS) {
        number(e, *value, bounds, ConnectionError::DeliveryInvalid);
    }
    fields[DELIVERY] = pack(e, &POLICY_KEYS, &policy);
    let sealed: Bytes = typed(e, fields[SEALED_CREDENTIALS]);
    if is_public(e, fields) {
        require(e, sealed.is_empty(), ConnectionError::CredentialsUnexpected);
    } else if sealed.is_empty() || !same(e, &fields[SEALED_CREDENTIALS], &stored) {
        require_sealed(e, &sealed);
    }
}
