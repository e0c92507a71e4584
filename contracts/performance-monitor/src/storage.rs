//! Keys, and every access to storage.
//!
//! Recording reads [`MonitoredContract`] and [`StreamDefinition`] and writes one hot entry; it extends no
//! lifetime, which would change the rent between simulation and application. New entries live for
//! the network's minimum, 120 days; whoever cares extends them with the network's own operation,
//! `ExtendFootprintTtl`.

use lumenscope_hot::{BYTES_MAX, Recorder};
use lumenscope_interfaces::performance_monitor::MonitorError;
use soroban_sdk::{Address, Bytes, Env, Symbol, Val, symbol_short};

use crate::refusal::refuse;
use crate::shapes::{MonitoredContract, StreamDefinition, StreamKey, list, typed};

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

/// Void when it is not set.
pub fn analytics(e: &Env) -> Val {
    e.storage().instance().get(&ANALYTICS).unwrap_or(Val::VOID.into())
}

pub fn set_analytics(e: &Env, analytics: Address) {
    e.storage().instance().set(&ANALYTICS, &analytics);
}

/// What is stored, void when there is nothing.
#[inline(never)]
fn load(e: &Env, key: Val) -> Val {
    e.storage().persistent().get(&key).unwrap_or(Val::VOID.into())
}

#[inline(never)]
fn save(e: &Env, key: Val, value: Val) {
    e.storage().persistent().set(&key, &value);
}

#[inline(never)]
pub fn registration(e: &Env, contract: Val) -> MonitoredContract {
    MonitoredContract::new(e, load(e, contract_key(e, contract)))
}

pub fn set_registration(e: &Env, contract: Val, registration: Val) {
    save(e, contract_key(e, contract), registration);
}

#[inline(never)]
pub fn definition(e: &Env, stream: &StreamKey) -> StreamDefinition {
    StreamDefinition::new(e, load(e, stream_key(e, STREAM, stream)))
}

pub fn set_definition(e: &Env, stream: &StreamKey, definition: &StreamDefinition) {
    save(e, stream_key(e, STREAM, stream), definition.to_val());
}

/// The stream that a contract opened at that place.
pub fn opened(e: &Env, contract: Val, place: u32) -> Val {
    load(e, opened_key(e, contract, place))
}

pub fn set_opened(e: &Env, place: u32, stream: &StreamKey) {
    save(e, opened_key(e, stream.contract().to_val(), place), stream.plain(e).to_val());
}

/// A stream's blob; void for one that does not exist.
pub fn hot(e: &Env, stream: &StreamKey) -> Val {
    load(e, stream_key(e, HOT, stream))
}

pub fn set_hot(e: &Env, stream: &StreamKey, blob: &[u8]) {
    save(e, stream_key(e, HOT, stream), Bytes::from_slice(e, blob).to_val());
}

/// Opens a stream's blob in `room`.
#[inline(never)]
pub fn open_hot<'a>(
    e: &Env,
    stream: &StreamKey,
    room: &'a mut [u8; BYTES_MAX],
) -> Recorder<'a, [u8; BYTES_MAX]> {
    let stored: Bytes = typed(e, hot(e, stream));
    let len = stored.len() as usize;
    if let Some(blob) = room.get_mut(..len) {
        stored.copy_into_slice(blob);
    }
    Recorder::stored(room, len).unwrap_or_else(|_| refuse(e, MonitorError::NumberUnknown))
}

fn contract_key(e: &Env, contract: Val) -> Val {
    list(e, &[CONTRACT.to_val(), contract])
}

fn opened_key(e: &Env, contract: Val, place: u32) -> Val {
    list(e, &[OPENED.to_val(), contract, place.into()])
}

#[inline(never)]
fn stream_key(e: &Env, name: Symbol, stream: &StreamKey) -> Val {
    let (contract, function) = (stream.contract().to_val(), stream.function().to_val());
    let lane = stream.lane_val();
    let key = [name.to_val(), contract, function, stream.subject_val(), lane];
    // Few streams have lanes: without one, keys are shorter by it.
    list(e, &key[..5 - usize::from(lane.is_void())])
}
