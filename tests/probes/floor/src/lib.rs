//! The floor: the least that a contract can pay for writing the same entries and emitting the
//! same events as a measured entry point. No authorisation, no configuration, no logic.
#![no_std]

use soroban_sdk::{Bytes, Env, Val, Vec, contract, contractimpl};

/// The longest blob that can be created: one call measures at most this.
const BLOB_BYTES_MAX: usize = 16_384;

/// An entry to write: its key, that of the measured entry for the same length; the length of its
/// blob in bytes, which an entry that exists keeps; whether it is a temporary entry.
pub type Entry = (Val, u32, bool);

/// An event to emit: its topics and its data.
pub type Event = (Vec<Val>, Val);

/// The contract.
#[contract]
pub struct Floor;

#[contractimpl]
impl Floor {
    /// Writes each entry and emits each event. An entry that exists is read, changed by a byte
    /// and written back; one that does not is created.
    #[allow(deprecated, reason = "an event of any shape has no typed struct")]
    pub fn put(e: &Env, entries: Vec<Entry>, events: Vec<Event>) -> u32 {
        for (key, blob_bytes, temporary) in entries.iter() {
            if temporary {
                let storage = e.storage().temporary();
                let blob = changed(e, storage.get(&key), blob_bytes);
                storage.set(&key, &blob);
            } else {
                let storage = e.storage().persistent();
                let blob = changed(e, storage.get(&key), blob_bytes);
                storage.set(&key, &blob);
            }
        }
        for (topics, data) in events.iter() {
            e.events().publish(topics, data);
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
