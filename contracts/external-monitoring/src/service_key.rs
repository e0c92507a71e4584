//! The key that credentials are sealed to, and what that asks of a sealed value.

use lumenscope_interfaces::external_monitoring::{ConnectionError, change};
use lumenscope_interfaces::governance;
use soroban_sdk::{Bytes, BytesN, Env, Val};

use crate::access::{refuse, require};
use crate::audit;
use crate::events::service_key_changed;
use crate::raw::{copy, same, typed};
use crate::sealed::{SEALED_BYTES_MAX, check};
use crate::storage;

pub fn set(e: &Env, public_key: Val) {
    let admin = governance::require_admin(e);
    let _: BytesN<32> = typed(e, public_key);
    let changed = !same(e, &storage::service_key(e), &public_key);
    require(e, changed, ConnectionError::NothingToChange);
    storage::save_service_key(e, public_key);
    audit::record_own(e, public_key, admin.to_val(), &change::UPDATED);
    service_key_changed(e, admin.to_val(), public_key);
}

/// Refuses what is not sealed to the service's current key.
pub fn require_sealed(e: &Env, sealed: &Bytes) {
    let key = storage::service_key(e);
    require(e, !key.is_void(), ConnectionError::ServiceKeyUnset);
    let key: Bytes = typed(e, key);
    let hash = e.crypto().sha256(&key).to_array();
    let mut buffer = [0; SEALED_BYTES_MAX as usize];
    // What is longer stays empty, and is refused as such.
    let bytes = buffer.get_mut(..sealed.len() as usize).unwrap_or_default();
    copy(e, sealed, 0, bytes);
    if let Err(error) = check(bytes, &hash) {
        refuse(e, error);
    }
}
