//! Reading a stream's ring of minutes.

use lumenscope_hot::{RING_BYTES, Statistics};
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

/// The ring of a stream's metric, packed; `None` when performance-monitor refuses, as it does for
/// a metric that is not watched.
pub fn read(e: &Env, stream: &Stream, metric: &Val) -> Option<Bytes> {
    let arguments = list(e, &[stream.map, *metric]);
    let (monitor, function) = (storage::monitor(e), symbol_short!("minutes"));
    match e.try_invoke_contract::<Bytes, Error>(&monitor, &function, arguments) {
        Ok(Ok(ring)) if ring.len() == RING_BYTES as u32 => Some(ring),
        _ => None,
    }
}

/// Reads the minutes of a stream's metric, the open one included: newer ones say which older ones
/// the ring has lost. Returns whether performance-monitor gave them.
pub fn minutes(e: &Env, stream: &Stream, metric: &Val, minutes: &mut Minutes) -> bool {
    let Some(packed) = read(e, stream, metric) else { return false };
    let mut ring = [0; RING_BYTES];
    packed.copy_into_slice(&mut ring);
    for slot in lumenscope_hot::minutes(&ring) {
        if let Some(place) = minutes.held.get_mut(minutes.len) {
            let Statistics { count, sum, min, max, last, .. } = slot.statistics;
            *place = MinuteSlot { minute: slot.minute, count, sum, min, max, last };
            minutes.len += 1;
        }
    }
    true
}
