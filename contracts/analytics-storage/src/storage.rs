//! Keys and every access to storage.
//!
//! The link to performance-monitor is in the instance; kept answers are temporary; everything else is
//! persistent, created with the network's minimum of 120 days and extended by `keep_alive_history`.

use lumenscope_interfaces::analytics_storage::{AnalyticsError, CACHED_LEDGERS, RangeQuery};
use lumenscope_interfaces::common::{StreamKey, TTL_TARGET_LEDGERS};
use lumenscope_interfaces::governance::{KEEP_ALIVE_MAX_LEDGERS, KEEP_ALIVE_MIN_LEDGERS};
use soroban_sdk::xdr::ToXdr;
use soroban_sdk::{
    Address, Bytes, Env, Error, IntoVal, Symbol, Val, Vec, contracttype, panic_with_error,
    symbol_short,
};

/// Contract, function, subject; which of its entries, one of the numbers below.
///
/// One shape for all keys: each shape of its own would cost 200 bytes of code.
#[contracttype]
struct Key(Address, Symbol, Option<Symbol>, u32);

/// The entry that tells of the others: marks and names.
pub const HISTORY: u32 = 0;
/// A month's days: this and the month's number from January 1970.
pub const DAYS: u32 = 1 << 31;
/// A day's hours that were copied out of the ring: this and the day.
pub const HELD: u32 = 1 << 30;
/// A week's sketches: this and the number of seven days since 1970-01-01.
pub const SKETCHES: u32 = 1 << 29;
/// The fewest months that are kept of every stream, in the instance.
const MINIMUM: Symbol = symbol_short!("minimum");
/// The link to performance-monitor, in the instance.
const MONITOR: Symbol = symbol_short!("monitor");

/// Number of the entry of a day's hours, by their place in a ring of so many days. Rings of
/// different lengths share none.
pub fn hours(days: u32, place: u32) -> u32 {
    days << 8 | place
}

/// Ends the call.
#[inline(never)]
pub fn fail(e: &Env, error: AnalyticsError) -> ! {
    if error == AnalyticsError::HistoryUnknown {
        // Said by its type once, so that the contract's interface tells of the errors.
        panic_with_error!(e, AnalyticsError::HistoryUnknown)
    }
    // By its number: by its type it would be looked up in a table.
    panic_with_error!(e, Error::from_contract_error(error as u32))
}

#[inline(never)]
fn key(e: &Env, stream: &StreamKey, number: u32) -> Val {
    // Lanes share one history.
    let StreamKey { contract, function, subject, .. } = stream.clone();
    Key(contract, function, subject, number).into_val(e)
}

pub fn monitor(e: &Env) -> Option<Address> {
    e.storage().instance().get(&MONITOR)
}

#[inline(never)]
pub fn require_monitor(e: &Env) -> Address {
    match monitor(e) {
        Some(monitor) => monitor,
        None => fail(e, AnalyticsError::MonitorUnset),
    }
}

pub fn set_monitor(e: &Env, monitor: &Address) {
    e.storage().instance().set(&MONITOR, monitor);
}

/// Marks and names of a stream's history; empty before the first.
pub fn history(e: &Env, stream: &StreamKey) -> Vec<Val> {
    let stored = e.storage().persistent().get(&key(e, stream, HISTORY));
    stored.unwrap_or_else(|| Vec::new(e))
}

pub fn set_history(e: &Env, stream: &StreamKey, history: &Vec<Val>) {
    e.storage().persistent().set(&key(e, stream, HISTORY), history);
}

pub fn sheet(e: &Env, stream: &StreamKey, number: u32) -> Option<Bytes> {
    e.storage().persistent().get(&key(e, stream, number))
}

pub fn set_sheet(e: &Env, stream: &StreamKey, number: u32, bytes: &Bytes) {
    e.storage().persistent().set(&key(e, stream, number), bytes);
}

pub fn remove_sheet(e: &Env, stream: &StreamKey, number: u32) {
    e.storage().persistent().remove(&key(e, stream, number));
}

/// The key of a query's answer: a hash, since what makes it up may be longer than a key.
#[inline(never)]
fn answer_key(e: &Env, query: &RangeQuery) -> Val {
    let RangeQuery { stream, metric, granularity, from_s, to_s, .. } = query;
    let mut asked = Vec::new(e);
    asked.push_back(key(e, stream, *granularity as u32));
    asked.push_back(metric.to_val());
    asked.push_back(from_s.into_val(e));
    asked.push_back(to_s.into_val(e));
    e.crypto().sha256(&asked.to_xdr(e)).to_bytes().to_val()
}

/// Keeps an answer for [`CACHED_LEDGERS`].
pub fn keep_answer(e: &Env, query: &RangeQuery, answer: &Bytes) {
    let (temporary, key) = (e.storage().temporary(), answer_key(e, query));
    temporary.set(&key, answer);
    temporary.extend_ttl(&key, CACHED_LEDGERS, CACHED_LEDGERS);
}

/// An answer that was kept.
pub fn answer(e: &Env, query: &RangeQuery) -> Option<Bytes> {
    e.storage().temporary().get(&answer_key(e, query))
}

pub fn minimum_months(e: &Env) -> u32 {
    e.storage().instance().get(&MINIMUM).unwrap_or(0)
}

pub fn set_minimum_months(e: &Env, months: u32) {
    e.storage().instance().set(&MINIMUM, &months);
}

pub fn keep_alive(e: &Env, stream: &StreamKey, number: u32) {
    let (persistent, key) = (e.storage().persistent(), key(e, stream, number));
    if persistent.has(&key) {
        let (least, most) = (KEEP_ALIVE_MIN_LEDGERS, KEEP_ALIVE_MAX_LEDGERS);
        persistent.extend_ttl_with_limits(&key, TTL_TARGET_LEDGERS, least, most);
    }
}
