//! Reading a stream's ring of minutes.

use lumenscope_hot::{ONE_RING_BYTES, Statistics, ring_of_one};
use lumenscope_rules::slot::RING_SLOTS;
use lumenscope_rules::{MinuteSlot, no_minutes};
use soroban_sdk::{Bytes, Env, Error, Val, symbol_short};

use crate::raw::list;
use crate::storage;
use crate::target::Stream;

/// At most as many minutes as the ring has places, oldest first.
pub struct Minutes {
    held: [MinuteSlot; RING_SLOTS as usize],
    len: usize,
}

impl Minutes {
    pub fn new() -> Self {
        Minutes { held: no_minutes(), len: 0 }
    }

    pub fn as_slice(&self) -> &[MinuteSlot] {
        self.held.get(..self.len).unwrap_or(&[])
    }
}

/// Reads the minutes of a stream's metric, the open one included: newer ones say which older ones
/// the ring has lost. Returns whether performance-monitor gave them, as it does of a metric that is
/// watched.
#[inline(never)]
pub fn minutes(e: &Env, stream: &Stream, metric: &Val, minutes: &mut Minutes) -> bool {
    let arguments = list(e, &[stream.map, *metric]);
    let (monitor, function) = (storage::monitor(e), symbol_short!("metric"));
    let answer = e.try_invoke_contract::<Bytes, Error>(&monitor, &function, arguments);
    let Ok(Ok(entry)) = answer else { return false };
    let mut room = [0; ONE_RING_BYTES];
    if entry.len() < ONE_RING_BYTES as u32 {
        return false;
    }
    entry.slice(..ONE_RING_BYTES as u32).copy_into_slice(&mut room);
    let Some(ring) = ring_of_one(&room) else { return false };
    for slot in lumenscope_hot::minutes(ring) {
        if let Some(place) = minutes.held.get_mut(minutes.len) {
            let Statistics { count, sum, min, max, last, .. } = slot.statistics;
            *place = MinuteSlot { minute: slot.minute, count, sum, min, max, last };
            minutes.len += 1;
        }
    }
    true
}
