//! Keys and every access to storage.
//!
//! The service's key is in the instance; receipts are temporary; everything else is persistent and
//! made with the network's minimum of 120 days. Nothing here extends it: the ledger's own
//! operation does that for any number of keys at once, without paying for a contract's code.
//!
//! A key is a vector: what part of a thing it is ([`COUNT`], [`CONNECTION`], [`STATE`],
//! [`RECEIPT`]), what kind of thing, and whose or which.

use lumenscope_interfaces::external_monitoring::{
    ConnectionKind, DeliveryOutcome, RECEIPT_LIFE_LEDGERS,
};
use soroban_sdk::xdr::ToXdr;
use soroban_sdk::{Address, BytesN, Env, Map, Symbol, TryFromVal, Val, Vec, symbol_short, vec};

/// How many of a kind an owner created.
const COUNT: Symbol = symbol_short!("count");
/// What the owner wrote.
pub const CONNECTION: Symbol = symbol_short!("connect");
/// How it is doing, or what it was used for.
pub const STATE: Symbol = symbol_short!("state");
/// What became of a delivery.
const RECEIPT: Symbol = symbol_short!("receipt");
/// The key that credentials are sealed to.
const SERVICE_KEY: Symbol = symbol_short!("service");
/// The field of what an owner wrote that says whose it is.
const OWNER: Symbol = symbol_short!("owner");

/// Counts one more of a kind and gives its id.
pub fn next_id(e: &Env, kind: ConnectionKind, owner: &Address) -> BytesN<32> {
    let number = count(e, kind, owner);
    e.storage().persistent().set(&key(e, COUNT, kind, owner.to_val()), &(number + 1));
    identify(e, kind, owner, number)
}

/// An id that no other owner can take: a hash of what it is for, its owner and the owner's count
/// before it.
pub fn identify(e: &Env, kind: ConnectionKind, owner: &Address, number: u32) -> BytesN<32> {
    let parts = triple(e, code(kind), owner.to_val(), Val::from_u32(number).to_val());
    e.crypto().sha256(&parts.to_xdr(e)).to_bytes()
}

pub fn count(e: &Env, kind: ConnectionKind, owner: &Address) -> u32 {
    e.storage().persistent().get(&key(e, COUNT, kind, owner.to_val())).unwrap_or(0)
}

/// What an owner wrote, as it lies in storage.
pub fn stored(e: &Env, kind: ConnectionKind, id: &BytesN<32>) -> Option<Val> {
    e.storage().persistent().get(&key(e, CONNECTION, kind, id.to_val()))
}

/// What is stored, as it is, to be shown; void for nothing.
#[inline(never)]
pub fn shown(e: &Env, part: Symbol, kind: ConnectionKind, id: &BytesN<32>) -> Val {
    let stored = e.storage().persistent().get(&key(e, part, kind, id.to_val()));
    stored.unwrap_or(Val::VOID.into())
}

pub fn get<C: TryFromVal<Env, Val>>(e: &Env, kind: ConnectionKind, id: &BytesN<32>) -> Option<C> {
    e.storage().persistent().get(&key(e, CONNECTION, kind, id.to_val()))
}

pub fn save(e: &Env, kind: ConnectionKind, id: &BytesN<32>, connection: Val) {
    e.storage().persistent().set(&key(e, CONNECTION, kind, id.to_val()), &connection);
}

/// Whose a thing is, whatever it is.
pub fn owner(e: &Env, kind: ConnectionKind, id: &BytesN<32>) -> Option<Address> {
    get::<Map<Symbol, Address>>(e, kind, id)?.get(OWNER)
}

pub fn get_state<S: TryFromVal<Env, Val>>(
    e: &Env,
    kind: ConnectionKind,
    id: &BytesN<32>,
) -> Option<S> {
    e.storage().persistent().get(&key(e, STATE, kind, id.to_val()))
}

pub fn save_state(e: &Env, kind: ConnectionKind, id: &BytesN<32>, state: Val) {
    e.storage().persistent().set(&key(e, STATE, kind, id.to_val()), &state);
}

pub fn remove(e: &Env, kind: ConnectionKind, id: &BytesN<32>) {
    for part in [CONNECTION, STATE] {
        e.storage().persistent().remove(&key(e, part, kind, id.to_val()));
    }
}

pub fn outcome(e: &Env, receipt: &Vec<Val>) -> Option<DeliveryOutcome> {
    e.storage().temporary().get(receipt)
}

/// Stores a receipt for [`RECEIPT_LIFE_LEDGERS`].
pub fn save_outcome(e: &Env, receipt: &Vec<Val>, outcome: &DeliveryOutcome) {
    e.storage().temporary().set(receipt, outcome);
    e.storage().temporary().extend_ttl(receipt, RECEIPT_LIFE_LEDGERS, RECEIPT_LIFE_LEDGERS);
}

/// The key of a receipt.
pub fn receipt(e: &Env, integration: &BytesN<32>, delivery: &BytesN<32>) -> Vec<Val> {
    triple(e, RECEIPT.to_val(), integration.to_val(), delivery.to_val())
}

pub fn service_key(e: &Env) -> Option<BytesN<32>> {
    e.storage().instance().get(&SERVICE_KEY)
}

pub fn save_service_key(e: &Env, key: &BytesN<32>) {
    e.storage().instance().set(&SERVICE_KEY, key);
}

fn key(e: &Env, part: Symbol, kind: ConnectionKind, of: Val) -> Vec<Val> {
    triple(e, part.to_val(), code(kind), of)
}

fn code(kind: ConnectionKind) -> Val {
    Val::from_u32(kind as u32).to_val()
}

fn triple(e: &Env, first: Val, second: Val, third: Val) -> Vec<Val> {
    vec![e, first, second, third]
}
