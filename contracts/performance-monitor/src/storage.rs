//! Keys, and every access to storage.
//!
//! Recording reads [`MonitoredContract`] and [`StreamDefinition`] and writes one hot entry; it extends no
//! lifetime, which would change the rent between simulation and application. New entries live for
//! the network's minimum, 120 days; `keep_alive_streams` extends them.

use lumenscope_hot::{BYTES_MAX, Recorder};
use lumenscope_interfaces::common::TTL_TARGET_LEDGERS;
use lumenscope_interfaces::governance::{KEEP_ALIVE_MAX_LEDGERS, KEEP_ALIVE_MIN_LEDGERS};
use lumenscope_interfaces::performance_monitor::MonitorError;
use soroban_sdk::unwrap::UnwrapOptimized;
use soroban_sdk::{Address, Bytes, Env, IntoVal, Symbol, Val, Vec, symbol_short};

use crate::refusal::refuse;
use crate::shapes::{MonitoredContract, StreamDefinition, StreamKey, list};

// Keys are lists that begin with a name. Those of streams hold the triple itself: no index has to
// be read to find them.

/// Instance: the contract that keeps history.
const ANALYTICS: Symbol = symbol_short!("Analytics");
/// A monitored contract's [`MonitoredContract`].
const CONTRACT: Symbol = symbol_short!("Contract");
/// A stream's [`StreamDefinition`].
const STREAM: Symbol = symbol_short!("Stream");
/// A stream's blob.
const HOT: Symbol = symbol_short!("Hot");
/// The n-th stream that a contract opened.
const OPENED: Symbol = symbol_short!("Opened");

pub fn analytics(e: &Env) -> Option<Address> {
    e.storage().instance().get(&ANALYTICS)
}

pub fn set_analytics(e: &Env, analytics: &Address) {
    e.storage().instance().set(&ANALYTICS, analytics);
}

pub fn registration(e: &Env, contract: &Address) -> Option<MonitoredContract> {
    e.storage().persistent().get(&contract_key(contract))
}

pub fn set_registration<R: IntoVal<Env, Val>>(e: &Env, contract: &Address, registration: &R) {
    e.storage().persistent().set(&contract_key(contract), &registration.into_val(e));
}

pub fn definition(e: &Env, stream: &StreamKey) -> Option<StreamDefinition> {
    e.storage().persistent().get(&stream_key(STREAM, stream))
}

pub fn set_definition(e: &Env, stream: &StreamKey, definition: &StreamDefinition) {
    e.storage().persistent().set(&stream_key(STREAM, stream), definition);
}

/// The stream that a contract opened at that place.
pub fn opened(e: &Env, contract: &Address, place: u32) -> Val {
    let key = opened_key(contract, place);
    e.storage().persistent().get(&key).unwrap_optimized()
}

pub fn set_opened(e: &Env, place: u32, stream: &StreamKey) {
    e.storage().persistent().set(&opened_key(&stream.contract(), place), &stream.plain(e));
}

/// A stream's blob; empty for one that does not exist.
pub fn hot(e: &Env, stream: &StreamKey) -> Bytes {
    e.storage().persistent().get(&stream_key(HOT, stream)).unwrap_or_else(|| Bytes::new(e))
}

pub fn set_hot(e: &Env, stream: &StreamKey, blob: &[u8]) {
    e.storage().persistent().set(&stream_key(HOT, stream), &Bytes::from_slice(e, blob));
}

/// Opens a stream's blob in `buffer`.
#[inline(never)]
pub fn open_hot<'a>(e: &Env, stream: &StreamKey, buffer: &'a mut [u8; BYTES_MAX]) -> Recorder<'a> {
    let stored = hot(e, stream);
    let opened = buffer.get_mut(..stored.len() as usize).and_then(|blob| {
        stored.copy_into_slice(blob);
        Recorder::stored(blob).ok()
    });
    opened.unwrap_or_else(|| refuse(e, MonitorError::BlobVersion))
}

/// Extends the life of what a stream needs to be recorded into, listed and flushed.
pub fn keep_alive(e: &Env, stream: &StreamKey, place: u32) {
    let contract = stream.contract();
    extend(e, &contract_key(&contract));
    extend(e, &opened_key(&contract, place));
    extend(e, &stream_key(STREAM, stream));
    extend(e, &stream_key(HOT, stream));
}

#[inline(never)]
fn extend(e: &Env, key: &Vec<Val>) {
    e.storage().persistent().extend_ttl_with_limits(
        key,
        TTL_TARGET_LEDGERS,
        KEEP_ALIVE_MIN_LEDGERS,
        KEEP_ALIVE_MAX_LEDGERS,
    );
}

fn contract_key(contract: &Address) -> Vec<Val> {
    list(contract.env(), &[CONTRACT.to_val(), contract.to_val()])
}

fn opened_key(contract: &Address, place: u32) -> Vec<Val> {
    list(contract.env(), &[OPENED.to_val(), contract.to_val(), place.into()])
}

#[inline(never)]
fn stream_key(name: Symbol, stream: &StreamKey) -> Vec<Val> {
    let (contract, function) = (stream.contract(), stream.function());
    let items = [name.to_val(), contract.to_val(), function.to_val(), stream.subject_val()];
    list(contract.env(), &items)
}
