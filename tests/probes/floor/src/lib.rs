//! The floor: the least that a contract can pay for writing the same entries and emitting the
//! same events as a measured entry point. No authorisation, no configuration, no logic.
#![no_std]

use soroban_sdk::{Bytes, Env, Val, Vec, contract, contractimpl, contracttype};

/// The longest blob that can be created: one call measures at most this.
const BLOB_BYTES_MAX: usize = 16_384;

/// An entry to write.
#[contracttype]
#[derive(Clone)]
pub struct Entry {
    /// The key: that of the measured entry, for the same length.
    pub key: Val,
    /// The length of its blob, in bytes; an entry that exists keeps its own.
    pub blob_bytes: u32,
    /// Whether it is a temporary entry.
    pub temporary: bool,
}

/// An event to emit.
#[contracttype]
#[derive(Clone)]
pub struct Event {
    /// Its topics.
    pub topics: Vec<Val>,
    /// Its data.
    pub data: Val,
}

/// The contract.
#[contract]
pub struct Floor;

#[contractimpl]
impl Floor {
    /// Writes each entry and emits each event. An entry that exists is read, changed by a byte
    /// and written back; one that does not is created.
    #[allow(deprecated, reason = "an event of any shape has no typed struct")]
    pub fn put(e: &Env, entries: Vec<Entry>, events: Vec<Event>) -> u32 {
        for entry in entries.iter() {
            if entry.temporary {
                let storage = e.storage().temporary();
                let blob = changed(e, storage.get(&entry.key), entry.blob_bytes);
                storage.set(&entry.key, &blob);
            } else {
                let storage = e.storage().persistent();
                let blob = changed(e, storage.get(&entry.key), entry.blob_bytes);
                storage.set(&entry.key, &blob);
            }
        }
        for event in events.iter() {
            e.events().publish(event.topics, event.data);
        }
        entries.len()
    }
}

fn changed(e: &Env, blob: Option<Bytes>, blob_bytes: u32) -> Bytes {
    let Some(mut blob) = blob else {
        let blank = [0u8; BLOB_BYTES_MAX];
        return Bytes::from_slice(e, &blank[..(blob_bytes as usize).min(BLOB_BYTES_MAX)]);
    };
    if let Some(first) = blob.get(0) {
        blob.set(0, first.wrapping_add(1));
    }
    blob
}
