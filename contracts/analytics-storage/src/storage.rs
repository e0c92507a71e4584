//! Keys and every access to storage.
//!
//! The link to performance-monitor is in the instance; everything else is persistent, created
//! with the network's minimum of 120 days and extended by `keep_alive_history`.

use lumenscope_interfaces::analytics_storage::AnalyticsError;
use lumenscope_interfaces::common::{StreamKey, TTL_TARGET_LEDGERS};
use lumenscope_interfaces::governance::{KEEP_ALIVE_MAX_LEDGERS, KEEP_ALIVE_MIN_LEDGERS};
use soroban_sdk::xdr::ToXdr;
use soroban_sdk::{
    Address, Bytes, BytesN, Env, Symbol, Vec, contracttype, panic_with_error, symbol_short,
};

use crate::history::{Marks, StreamHistory};
use crate::sheet::Sheet;

/// Contract, function, subject; what of it, one of the kinds below; number.
///
/// One shape for all keys: each shape of its own would cost 200 bytes of code.
#[contracttype]
struct Key(Address, Symbol, Option<Symbol>, u32, u32);

/// Kind of a [`StoredHistory`].
const HISTORY: u32 = 0;
/// Kind of a day's hours, numbered by their place in a ring.
pub const HOURS: u32 = 1;
/// Kind of a month's days, numbered from January 1970.
pub const DAYS: u32 = 2;
/// The link to performance-monitor, in the instance.
const MONITOR: Symbol = symbol_short!("monitor");

/// The names of the metrics, then the [`Marks`] in the order of the fields, little endian: a
/// third of the bytes and of the code that a map would take.
#[contracttype]
struct StoredHistory(Vec<Symbol>, BytesN<32>);

#[inline(never)]
fn key(stream: &StreamKey, kind: u32, number: u32) -> Key {
    let StreamKey { contract, function, subject } = stream.clone();
    Key(contract, function, subject, kind, number)
}

fn history_key(stream: &StreamKey) -> Key {
    key(stream, HISTORY, 0)
}

pub fn monitor(e: &Env) -> Option<Address> {
    e.storage().instance().get(&MONITOR)
}

#[inline(never)]
pub fn require_monitor(e: &Env) -> Address {
    match monitor(e) {
        Some(monitor) => monitor,
        None => panic_with_error!(e, AnalyticsError::MonitorUnset),
    }
}

pub fn set_monitor(e: &Env, monitor: &Address) {
    e.storage().instance().set(&MONITOR, monitor);
}

#[inline(never)]
pub fn history(e: &Env, stream: &StreamKey) -> Option<StreamHistory> {
    let stored = e.storage().persistent().get(&history_key(stream));
    let StoredHistory(metrics, numbers) = stored?;
    let numbers = numbers.to_array();
    let mut numbers = numbers.as_chunks().0.iter().map(|bytes| u32::from_le_bytes(*bytes));
    let mut next = || numbers.next().unwrap_or_default();
    let marks = Marks {
        first_day: next(),
        latest_day: next(),
        days_made: next(),
        hours_bytes: next(),
        ring_days: next(),
        ring_since_day: next(),
        former_ring_days: next(),
        former_since_day: next(),
    };
    Some(StreamHistory { metrics, marks })
}

#[inline(never)]
pub fn require_history(e: &Env, stream: &StreamKey) -> StreamHistory {
    match history(e, stream) {
        Some(history) => history,
        None => panic_with_error!(e, AnalyticsError::HistoryUnknown),
    }
}

#[inline(never)]
fn stored(e: &Env, history: &StreamHistory) -> StoredHistory {
    let marks = &history.marks;
    let numbers = [
        marks.first_day,
        marks.latest_day,
        marks.days_made,
        marks.hours_bytes,
        marks.ring_days,
        marks.ring_since_day,
        marks.former_ring_days,
        marks.former_since_day,
    ];
    let mut bytes = [0; 32];
    for (place, number) in bytes.as_chunks_mut().0.iter_mut().zip(numbers) {
        *place = number.to_le_bytes();
    }
    StoredHistory(history.metrics.clone(), BytesN::from_array(e, &bytes))
}

pub fn set_history(e: &Env, stream: &StreamKey, history: &StreamHistory) {
    e.storage().persistent().set(&history_key(stream), &stored(e, history));
}

/// Length of the stored value.
pub fn history_bytes(e: &Env, history: &StreamHistory) -> u32 {
    stored(e, history).to_xdr(e).len()
}

#[inline(never)]
pub fn sheet(e: &Env, stream: &StreamKey, kind: u32, number: u32) -> Option<Sheet> {
    let bytes = e.storage().persistent().get(&key(stream, kind, number))?;
    Some(Sheet::parse(e, bytes))
}

#[inline(never)]
pub fn set_sheet(e: &Env, stream: &StreamKey, kind: u32, number: u32, bytes: &Bytes) {
    e.storage().persistent().set(&key(stream, kind, number), bytes);
}

pub fn keep_history_alive(e: &Env, stream: &StreamKey) {
    keep_alive(e, &history_key(stream));
}

pub fn keep_sheet_alive(e: &Env, stream: &StreamKey, kind: u32, number: u32) {
    keep_alive(e, &key(stream, kind, number));
}

#[inline(never)]
fn keep_alive(e: &Env, key: &Key) {
    let persistent = e.storage().persistent();
    if persistent.has(key) {
        let (least, most) = (KEEP_ALIVE_MIN_LEDGERS, KEEP_ALIVE_MAX_LEDGERS);
        persistent.extend_ttl_with_limits(key, TTL_TARGET_LEDGERS, least, most);
    }
}
