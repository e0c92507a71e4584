//! The key that credentials are sealed to, and what that asks of a sealed value.

use lumenscope_interfaces::external_monitoring::{ConnectionError, ServiceKey};
use lumenscope_interfaces::governance;
use soroban_sdk::{Bytes, BytesN, Env};

use crate::access::{refuse, require};
use crate::events::ServiceKeyChanged;
use crate::sealed::{KEY_ID_BYTES, SEALED_BYTES_MAX, check};
use crate::storage;

pub fn set(e: &Env, public_key: BytesN<32>) {
    let admin = governance::require_admin(e);
    let hash = e.crypto().sha256(public_key.as_bytes()).to_array();
    let mut id = [0; KEY_ID_BYTES];
    id.copy_from_slice(&hash[..KEY_ID_BYTES]);
    let key_id = BytesN::from_array(e, &id);
    let current = storage::service_key(e);
    let unchanged = current.is_some_and(|current| current.public_key == public_key);
    require(e, !unchanged, ConnectionError::NothingToChange);
    let key = ServiceKey { public_key, key_id, since_s: e.ledger().timestamp() };
    storage::save_service_key(e, &key);
    ServiceKeyChanged { admin, public_key: key.public_key, key_id: key.key_id }.publish(e);
}

/// Refuses what is not sealed to the service's current key.
pub fn require_sealed(e: &Env, sealed: &Bytes) {
    let Some(key) = storage::service_key(e) else { refuse(e, ConnectionError::ServiceKeyUnset) };
    let length = sealed.len() as usize;
    require(e, length <= SEALED_BYTES_MAX, ConnectionError::SealedLengthInvalid);
    let mut buffer = [0; SEALED_BYTES_MAX];
    sealed.copy_into_slice(&mut buffer[..length]);
    if let Err(error) = check(&buffer[..length], &key.key_id.to_array()) {
        refuse(e, error);
    }
}
