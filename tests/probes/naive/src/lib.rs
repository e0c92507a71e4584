//! What a monitor must not do, one mistake for each entry point. Each passes unit tests and works
//! until a clock or a neighbour moves between simulation and apply: the apply-stability harness is
//! proven by failing on every one of them.
#![no_std]

use soroban_sdk::{
    Address, Bytes, Env, Symbol, Vec, contract, contractevent, contractimpl, contracttype,
};

const HOUR_S: u64 = 3_600;
/// Ledgers of a day.
const DAY_LEDGERS: u32 = 17_280;
/// Length of the blob whose rollover costs CPU, in bytes.
const BLOB_BYTES: usize = 512;
/// Passes over the blob at a rollover: enough to leave the margin of the simulation.
const ROLLOVER_PASSES: u32 = 64;

/// Keys of the contract.
#[contracttype]
#[derive(Clone)]
pub enum Key {
    /// A bucket whose key holds its hour.
    Hour(Address, Symbol, u64),
    /// A list of buckets that grows.
    List(Address, Symbol),
    /// A blob of fixed width.
    Blob(Address, Symbol),
    /// The hour that was open last.
    Open(Address, Symbol),
}

/// A threshold was crossed.
#[contractevent]
pub struct ThresholdCrossed {
    /// The contract.
    #[topic]
    pub contract: Address,
    /// The metric.
    #[topic]
    pub metric: Symbol,
    /// The hour it was crossed in.
    pub hour: u64,
    /// The value.
    pub value: i128,
    /// What was known about it.
    pub detail: Bytes,
}

/// The contract.
#[contract]
pub struct Naive;

fn hour(e: &Env) -> u64 {
    e.ledger().timestamp() / HOUR_S
}

#[contractimpl]
impl Naive {
    /// Keys: a bucket of its own for each hour.
    pub fn key_of_time(e: &Env, contract: Address, metric: Symbol, value: i128) -> i128 {
        let key = Key::Hour(contract, metric, hour(e));
        let sum = e.storage().persistent().get::<_, i128>(&key).unwrap_or(0) + value;
        e.storage().persistent().set(&key, &sum);
        sum
    }

    /// Size: one entry that takes another bucket each hour.
    pub fn growing(e: &Env, contract: Address, metric: Symbol, value: i128) -> u32 {
        let key = Key::List(contract, metric);
        let storage = e.storage().persistent();
        let mut buckets: Vec<(u64, i128)> = storage.get(&key).unwrap_or(Vec::new(e));
        let now = hour(e);
        match buckets.last() {
            Some((open, sum)) if open == now => {
                buckets.pop_back();
                buckets.push_back((now, sum + value));
            }
            _ => buckets.push_back((now, value)),
        }
        storage.set(&key, &buckets);
        buckets.len()
    }

    /// Rent: extends its entry when the day's first call comes.
    pub fn extending(e: &Env, contract: Address, metric: Symbol, value: i128) -> i128 {
        let key = Key::Blob(contract, metric);
        let storage = e.storage().persistent();
        let (open, sum) = storage.get::<_, (u64, i128)>(&key).unwrap_or((hour(e), 0));
        storage.set(&key, &(hour(e), sum + value));
        if open != hour(e) {
            storage.extend_ttl(&key, 170 * DAY_LEDGERS, 170 * DAY_LEDGERS);
        }
        sum + value
    }

    /// CPU: rolls the blob over only when the hour has changed.
    pub fn branching(e: &Env, contract: Address, metric: Symbol, value: i128) -> u32 {
        let key = Key::Open(contract, metric);
        let storage = e.storage().persistent();
        let blank = Bytes::from_slice(e, &[0u8; BLOB_BYTES]);
        let (open, blob) = storage.get::<_, (u64, Bytes)>(&key).unwrap_or((hour(e), blank));
        let mut buffer = [0u8; BLOB_BYTES];
        blob.copy_into_slice(&mut buffer);
        buffer[0] = buffer[0].wrapping_add(value as u8);
        if open != hour(e) {
            for pass in 0..ROLLOVER_PASSES {
                for at in 1..BLOB_BYTES {
                    buffer[at] = buffer[at - 1].wrapping_mul(31).wrapping_add(pass as u8);
                }
            }
        }
        storage.set(&key, &(hour(e), Bytes::from_slice(e, &buffer)));
        u32::from(buffer[0])
    }

    /// Events: publishes one more only in the call that opens an hour.
    pub fn announcing(e: &Env, contract: Address, metric: Symbol, value: i128) -> i128 {
        let key = Key::Blob(contract.clone(), metric.clone());
        let storage = e.storage().persistent();
        let (open, sum) = storage.get::<_, (u64, i128)>(&key).unwrap_or((hour(e), 0));
        storage.set(&key, &(hour(e), sum + value));
        if open != hour(e) {
            let detail = Bytes::from_slice(e, &[0u8; BLOB_BYTES]);
            ThresholdCrossed { contract, metric, hour: hour(e), value, detail }.publish(e);
        }
        sum + value
    }
}
