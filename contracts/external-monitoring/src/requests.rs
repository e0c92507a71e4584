//! Signed requests: the bytes that were signed, and whether they may be acted on.

use lumenscope_interfaces::external_monitoring::{
    ApiKeyKind, ApiKeyUsage, ApiScope, ConnectionError, ConnectionKind, REQUEST_DOMAIN,
};
use soroban_sdk::xdr::ToXdr;
use soroban_sdk::{Address, Bytes, BytesN, Env, IntoVal, Symbol, Val};

use crate::access::refuse;
use crate::api_keys::{KEYS, USAGE_KEYS, field};
use crate::raw::{list, number, typed};
use crate::storage::{self, CONNECTION, STATE};
use crate::usage::{Claim, Terms, accept};

const KIND: ConnectionKind = ConnectionKind::ApiKey;

/// A signed request, in the order in which it is given.
pub struct Request {
    pub caller: Val,
    pub key: Val,
    pub generation: Val,
    pub method: Val,
    pub body_hash: Val,
    pub nonce: Val,
    pub expires_s: Val,
    pub scope: Val,
    pub signature: Val,
}

/// Refuses the request unless it may be acted on; with `use_up`, its caller authorises that and it is
/// then used up.
#[inline(never)]
pub fn check(e: &Env, request: &Request, use_up: bool) {
    let caller: Address = typed(e, request.caller);
    if use_up {
        caller.require_auth();
    }
    let key = storage::load(e, CONNECTION, KIND, request.key, &KEYS);
    let [last_used_s, highest, used, used_before, requests, ..] =
        storage::load(e, STATE, KIND, request.key, &USAGE_KEYS);
    let scopes = (ApiScope::ReadMetrics as u32, ApiScope::Manage as u32);
    let claim = Claim {
        generation: typed(e, request.generation),
        nonce: typed(e, request.nonce),
        expires_s: typed(e, request.expires_s),
        scope: 1 << number(e, request.scope, scopes, ConnectionError::ShapeInvalid),
    };
    let terms = Terms {
        revoked: key[field::REVOKED].is_true(),
        expires_s: typed(e, key[field::EXPIRES_S]),
        signs: typed::<u32>(e, key[field::KIND]) == ApiKeyKind::Ed25519 as u32,
        generation: typed(e, key[field::GENERATION]),
        previous_until_s: typed(e, key[field::PREVIOUS_UNTIL_S]),
        scopes: typed(e, key[field::SCOPES]),
        requests_per_minute: typed(e, key[field::REQUESTS_PER_MINUTE]),
    };
    let mut usage = ApiKeyUsage {
        last_used_s: typed(e, last_used_s),
        window_requests: typed(e, requests),
        nonce_highest: typed(e, highest),
        nonces_used: typed(e, used),
        nonces_used_before: typed(e, used_before),
    };
    if let Err(error) = accept(&mut usage, &terms, &claim, e.ledger().timestamp()) {
        refuse(e, error);
    }
    let current = claim.generation == terms.generation;
    let material = key[if current { field::MATERIAL } else { field::PREVIOUS }];
    let material: BytesN<32> = typed(e, material);
    let signature: BytesN<64> = typed(e, request.signature);
    e.crypto().ed25519_verify(&material, &payload(e, request), &signature);
    if use_up {
        let used = [
            usage.last_used_s.into_val(e),
            usage.nonce_highest.into_val(e),
            usage.nonces_used.into_val(e),
            usage.nonces_used_before.into_val(e),
            usage.window_requests.into_val(e),
        ];
        storage::save(e, STATE, KIND, request.key, &USAGE_KEYS, &used);
    }
}

/// The bytes that are signed, as `ExternalMonitoring::verify_request` describes them.
fn payload(e: &Env, request: &Request) -> Bytes {
    let _: Symbol = typed(e, request.method);
    let _: BytesN<32> = typed(e, request.body_hash);
    let values = [
        Symbol::new(e, REQUEST_DOMAIN).to_val(),
        e.ledger().network_id().to_val(),
        e.current_contract_address().to_val(),
        request.key,
        request.generation,
        request.caller,
        request.method,
        request.body_hash,
        request.nonce,
        request.expires_s,
    ];
    list(e, &values).to_xdr(e)
}
