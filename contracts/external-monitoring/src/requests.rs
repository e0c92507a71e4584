//! Signed requests: the bytes that were signed, and whether they may be acted on.

use lumenscope_interfaces::external_monitoring::{
    ApiKey, ApiKeyUsage, ConnectionKind, REQUEST_DOMAIN,
};
use soroban_sdk::xdr::ToXdr;
use soroban_sdk::{Address, Bytes, BytesN, Env, IntoVal, Symbol, Val, Vec, vec};

use crate::access::{refuse, unknown};
use crate::storage;
use crate::usage::{Claim, accept};

const KIND: ConnectionKind = ConnectionKind::ApiKey;

/// A signed request.
pub struct Request {
    pub caller: Address,
    pub key: BytesN<32>,
    pub method: Symbol,
    pub body_hash: BytesN<32>,
    pub claim: Claim,
    pub signature: BytesN<64>,
}

/// Refuses the request unless it may be acted on; with `use_up`, it is then used up.
pub fn check(e: &Env, request: &Request, use_up: bool) {
    let Request { claim, signature, .. } = request;
    let Some(key) = &storage::get::<ApiKey>(e, KIND, &request.key) else { unknown(e) };
    let Some(usage) = &mut storage::get_state::<ApiKeyUsage>(e, KIND, &request.key) else {
        unknown(e)
    };
    if let Err(error) = accept(usage, key, claim, e.ledger().timestamp()) {
        refuse(e, error);
    }
    let current = claim.generation == key.generation;
    let material = if current { &key.material } else { &key.previous };
    e.crypto().ed25519_verify(material, &payload(e, request), signature);
    if use_up {
        storage::save_state(e, KIND, &request.key, (*usage).into_val(e));
    }
}

/// The bytes that are signed, as `ExternalMonitoring::verify_request` describes them.
fn payload(e: &Env, request: &Request) -> Bytes {
    let values: Vec<Val> = vec![
        e,
        Symbol::new(e, REQUEST_DOMAIN).to_val(),
        e.ledger().network_id().to_val(),
        e.current_contract_address().to_val(),
        request.key.to_val(),
        request.claim.generation.into_val(e),
        request.caller.to_val(),
        request.method.to_val(),
        request.body_hash.to_val(),
        request.claim.nonce.into_val(e),
        request.claim.expires_s.into_val(e),
    ];
    values.to_xdr(e)
}
