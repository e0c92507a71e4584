//! The key that credentials are sealed to, and what that asks of a sealed value.

use lumenscope_interfaces::external_monitoring::ConnectionError;
use lumenscope_interfaces::governance;
use soroban_sdk::{Bytes, BytesN, Env};

use crate::access::{refuse, require};
use crate::events::ServiceKeyChanged;
use crate::sealed::check;
use crate::storage;

pub fn set(e: &Env, public_key: BytesN<32>) {
    let admin = governance::require_admin(e);
    let changed = storage::service_key(e).as_ref() != Some(&public_key);
    require(e, changed, ConnectionError::NothingToChange);
    storage::save_service_key(e, &public_key);
    ServiceKeyChanged { admin, public_key }.publish(e);
}

/// Refuses what is not sealed to the service's current key.
pub fn require_sealed(e: &Env, sealed: &Bytes) {
    let Some(key) = storage::service_key(e) else { refuse(e, ConnectionError::ServiceKeyUnset) };
    let hash = Bytes::from(e.crypto().sha256(key.as_bytes()).to_bytes());
    if let Err(error) = check(sealed.len(), sealed.iter(), hash.iter()) {
        refuse(e, error);
    }
}
