//! Keys and every access to storage.
//!
//! The service's key is in the instance; receipts are temporary; everything else is persistent and
//! made with the network's minimum of 120 days. Nothing here extends it: the ledger's own
//! operation does that for any number of keys at once, without paying for a contract's code.
//!
//! A key is a vector: what part of a thing it is ([`COUNT`], [`CONNECTION`], [`STATE`],
//! [`RECEIPT`], [`AUDIT`]), what kind of thing where there are several, and whose or which.

use lumenscope_interfaces::external_monitoring::{
    ConnectionError, ConnectionKind, RECEIPT_LIFE_LEDGERS,
};
use soroban_sdk::xdr::ToXdr;
use soroban_sdk::{Bytes, BytesN, Env, Symbol, Val, Vec, symbol_short};

use crate::access::unknown;
use crate::raw::{Fields, copy, list, pack, typed, unpack, value};

/// How many of a kind an owner created.
const COUNT: Symbol = symbol_short!("count");
/// What the owner wrote.
pub const CONNECTION: Symbol = symbol_short!("connect");
/// How it is doing, or what it was used for.
pub const STATE: Symbol = symbol_short!("state");
/// What became of a delivery.
const RECEIPT: Symbol = symbol_short!("receipt");
/// The audit log of an owner.
const AUDIT: Symbol = symbol_short!("audit");
/// The key that credentials are sealed to.
const SERVICE_KEY: Symbol = symbol_short!("service");

/// Counts one more of a kind and gives its id.
pub fn next_id(e: &Env, kind: ConnectionKind, owner: Val) -> BytesN<32> {
    let number = count(e, kind, owner);
    set(e, COUNT, kind, owner, value(number + 1));
    identify(e, kind, owner, number)
}

/// An id that no other owner can take: a hash of what it is for, its owner and the owner's count
/// before it.
#[inline(never)]
pub fn identify(e: &Env, kind: ConnectionKind, owner: Val, number: u32) -> BytesN<32> {
    hash(e, &[value(kind as u32), owner, value(number)])
}

/// The SHA-256 of the XDR of a list of values.
pub fn hash(e: &Env, of: &[Val]) -> BytesN<32> {
    e.crypto().sha256(&list(e, of).to_xdr(e)).to_bytes()
}

#[inline(never)]
pub fn count(e: &Env, kind: ConnectionKind, owner: Val) -> u32 {
    stored(e, COUNT, kind, owner).map_or(0, |count| typed(e, count))
}

/// What is stored, as it is.
#[inline(never)]
pub fn stored(e: &Env, part: Symbol, kind: ConnectionKind, of: Val) -> Option<Val> {
    get(e, &key(e, part, kind, of))
}

fn get(e: &Env, key: &Vec<Val>) -> Option<Val> {
    e.storage().persistent().get(key)
}

/// What is stored, as it is, to be shown; void for nothing.
#[inline(never)]
pub fn shown(e: &Env, part: Symbol, kind: ConnectionKind, id: Val) -> Val {
    stored(e, part, kind, id).unwrap_or(Val::VOID.into())
}

/// The fields of what is stored, which are in order.
#[inline(never)]
pub fn load(e: &Env, part: Symbol, kind: ConnectionKind, id: Val, keys: &[&str]) -> Fields {
    let Some(stored) = stored(e, part, kind, id) else { unknown(e) };
    unpack(e, stored, keys, ConnectionError::ShapeInvalid)
}

/// Stores these fields, which are in order.
#[inline(never)]
pub fn save(e: &Env, part: Symbol, kind: ConnectionKind, id: Val, keys: &[&str], fields: &[Val]) {
    set(e, part, kind, id, pack(e, keys, fields));
}

#[inline(never)]
fn set(e: &Env, part: Symbol, kind: ConnectionKind, of: Val, what: Val) {
    e.storage().persistent().set(&key(e, part, kind, of), &what);
}

pub fn remove(e: &Env, kind: ConnectionKind, id: Val) {
    for part in [CONNECTION, STATE] {
        e.storage().persistent().remove(&key(e, part, kind, id));
    }
}

/// What became of a delivery, as it is; void for what nobody recorded.
#[inline(never)]
pub fn outcome(e: &Env, receipt: &Vec<Val>) -> Val {
    e.storage().temporary().get(receipt).unwrap_or(Val::VOID.into())
}

/// Stores a receipt for [`RECEIPT_LIFE_LEDGERS`].
pub fn save_outcome(e: &Env, receipt: &Vec<Val>, outcome: Val) {
    e.storage().temporary().set(receipt, &outcome);
    e.storage().temporary().extend_ttl(receipt, RECEIPT_LIFE_LEDGERS, RECEIPT_LIFE_LEDGERS);
}

/// The key of a receipt.
pub fn receipt(e: &Env, integration: Val, delivery: Val) -> Vec<Val> {
    list(e, &[RECEIPT.to_val(), integration, delivery])
}

/// Fills `to` with the beginning of an owner's audit log, if there is one.
#[inline(never)]
pub fn copy_audit(e: &Env, owner: Val, to: &mut [u8]) {
    if let Some(records) = get(e, &list(e, &[AUDIT.to_val(), owner])) {
        copy(e, &typed(e, records), 0, to);
    }
}

pub fn save_audit(e: &Env, owner: Val, records: &Bytes) {
    e.storage().persistent().set(&list(e, &[AUDIT.to_val(), owner]), &records.to_val());
}

/// The key that credentials are sealed to; void for none.
pub fn service_key(e: &Env) -> Val {
    e.storage().instance().get(&SERVICE_KEY).unwrap_or(Val::VOID.into())
}

pub fn save_service_key(e: &Env, key: Val) {
    e.storage().instance().set(&SERVICE_KEY, &key);
}

#[inline(never)]
fn key(e: &Env, part: Symbol, kind: ConnectionKind, of: Val) -> Vec<Val> {
    list(e, &[part.to_val(), value(kind as u32), of])
}
