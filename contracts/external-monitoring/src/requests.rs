//! Signed requests: the bytes that were signed, and whether they may be acted on.

use lumenscope_interfaces::external_monitoring::{ApiKey, ApiRequest, ApiScope, ConnectionError};
use soroban_sdk::xdr::ToXdr;
use soroban_sdk::{Address, Bytes, BytesN, Env, Symbol};

use crate::access::refuse;
use crate::payload::{METHOD_BYTES_MAX, Party, Payload};
use crate::storage;
use crate::usage::{KeyFacts, RequestFacts, Usage};

/// The key's usage once the request is taken.
pub fn check(
    e: &Env,
    caller: &Address,
    request: &ApiRequest,
    scope: ApiScope,
    signature: &BytesN<64>,
) -> Usage {
    let key = storage::load::<ApiKey>(e, &request.key);
    let Some(usage) = storage::get_usage(e, &request.key) else {
        refuse(e, ConnectionError::Unknown)
    };
    let facts = KeyFacts {
        kind: key.spec.kind,
        scopes: key.spec.scopes,
        requests_per_minute: key.spec.requests_per_minute,
        expires_s: key.spec.expires_s,
        revoked: key.revoked,
        generation: key.generation,
        previous_until_s: key.previous.as_ref().map_or(0, |previous| previous.until_s),
    };
    let asked = RequestFacts {
        generation: request.generation,
        nonce: request.nonce,
        expires_s: request.expires_s,
        scope: scope.bit(),
    };
    let next = match usage.accept(&facts, &asked, e.ledger().timestamp()) {
        Ok(next) => next,
        Err(error) => refuse(e, error),
    };
    let material = match key.previous {
        Some(previous) if request.generation != key.generation => previous.material,
        _ => key.spec.material,
    };
    e.crypto().ed25519_verify(&material, &payload(e, caller, request), signature);
    next
}

/// The bytes that are signed.
pub fn payload(e: &Env, caller: &Address, request: &ApiRequest) -> Bytes {
    let (Party::Contract(contract) | Party::Account(contract)) =
        party(e, &e.current_contract_address());
    let payload = Payload {
        network_id: e.ledger().network_id().to_array(),
        contract,
        key: request.key.to_array(),
        generation: request.generation,
        caller: party(e, caller),
        method: method(e, &request.method),
        body_hash: request.body_hash.to_array(),
        nonce: request.nonce,
        expires_s: request.expires_s,
    };
    Bytes::from_array(e, &payload.encode())
}

/// An address as XDR has it: the value's tag, what it is, for an account its key's type, and the
/// 32 bytes at the end.
fn party(e: &Env, address: &Address) -> Party {
    const ACCOUNT_BYTES: u32 = 44;
    let encoded = address.to_xdr(e);
    let mut raw = [0; 32];
    encoded.slice(encoded.len() - 32..).copy_into_slice(&mut raw);
    if encoded.len() == ACCOUNT_BYTES { Party::Account(raw) } else { Party::Contract(raw) }
}

/// A symbol as XDR has it: the value's tag, the length, the characters and what fills them up with
/// zeros to a multiple of four.
fn method(e: &Env, symbol: &Symbol) -> [u8; METHOD_BYTES_MAX] {
    const HEADER_BYTES: u32 = 8;
    let encoded = symbol.to_xdr(e).slice(HEADER_BYTES..);
    let mut name = [0; METHOD_BYTES_MAX];
    encoded.copy_into_slice(&mut name[..encoded.len() as usize]);
    name
}
