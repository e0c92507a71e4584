//! Reading a stream's ring of minutes.

use lumenscope_hot::{ONE_RING_BYTES, Statistics, known_through, ring_of_one, unpacked};
use lumenscope_rules::slot::RING_SLOTS;
use lumenscope_rules::{MinuteSlot, no_minutes};
use soroban_sdk::{Bytes, Env, Error, Symbol, Val, symbol_short};

use crate::raw::list;
use crate::storage;
use crate::target::Stream;

/// Bytes of packed statistics.
const PACKED_BYTES: usize = 47;

/// At most as many minutes as the ring has places, oldest first.
pub struct Minutes {
    held: [MinuteSlot; RING_SLOTS as usize],
    len: usize,
    /// The last hour that history has all of.
    pub known_through: u32,
}

impl Minutes {
    pub fn new() -> Self {
        Minutes { held: no_minutes(), len: 0, known_through: 0 }
    }

    pub fn as_slice(&self) -> &[MinuteSlot] {
        self.held.get(..self.len).unwrap_or(&[])
    }
}

/// Asks performance-monitor about a stream's metric.
#[inline(never)]
fn ask(e: &Env, function: Symbol, arguments: &[Val]) -> Option<Bytes> {
    let monitor = storage::monitor(e);
    let answer = e.try_invoke_contract::<Bytes, Error>(&monitor, &function, list(e, arguments));
    answer.ok()?.ok()
}

/// Adds up what history has of a stream's metric, of the hours from one to before another. Returns
/// whether history says.
pub fn history(
    e: &Env,
    stream: &Stream,
    metric: &Val,
    hours: [u32; 2],
    total: &mut MinuteSlot,
) -> bool {
    let [from, to] = hours.map(|hour| Val::from_u32(hour).to_val());
    let arguments = [stream.map, *metric, from, to];
    let Some(packed) = ask(e, symbol_short!("window"), &arguments) else { return false };
    let mut room = [0; PACKED_BYTES];
    packed.copy_into_slice(&mut room);
    fill(total, &unpacked(&room));
    true
}

fn fill(slot: &mut MinuteSlot, from: &Statistics) {
    let Statistics { count, sum, min, max, last, .. } = *from;
    *slot = MinuteSlot { minute: slot.minute, count, sum, min, max, last };
}

/// Reads the minutes of a stream's metric, the open one included: newer ones say which older ones
/// the ring has lost. Returns whether performance-monitor gave them, as it does of a metric that is
/// watched.
#[inline(never)]
pub fn minutes(e: &Env, stream: &Stream, metric: &Val, minutes: &mut Minutes) -> bool {
    let Some(entry) = ask(e, symbol_short!("metric"), &[stream.map, *metric]) else { return false };
    let mut room = [0; ONE_RING_BYTES];
    if entry.len() < ONE_RING_BYTES as u32 {
        return false;
    }
    entry.slice(..ONE_RING_BYTES as u32).copy_into_slice(&mut room);
    let Some(ring) = ring_of_one(&room) else { return false };
    minutes.known_through = known_through(&room);
    for slot in lumenscope_hot::minutes(ring) {
        if let Some(place) = minutes.held.get_mut(minutes.len) {
            place.minute = slot.minute;
            fill(place, &slot.statistics);
            minutes.len += 1;
        }
    }
    true
}
