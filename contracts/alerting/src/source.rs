//! Reading a stream's ring of minutes.

use lumenscope_hot::{RING_BYTES, Statistics};
use lumenscope_interfaces::common::StreamKey;
use lumenscope_interfaces::performance_monitor::PerformanceMonitorClient;
use lumenscope_rules::MinuteSlot;
use lumenscope_rules::slot::RING_SLOTS;
use soroban_sdk::{Bytes, Env, Symbol};

use crate::storage;

/// At most as many minutes as the ring has places, oldest first.
pub struct Minutes {
    held: [MinuteSlot; RING_SLOTS as usize],
    len: usize,
}

impl Minutes {
    pub fn as_slice(&self) -> &[MinuteSlot] {
        self.held.get(..self.len).unwrap_or(&[])
    }
}

/// The ring of a stream, packed; `None` when performance-monitor refuses.
pub fn read(e: &Env, stream: &StreamKey, metric: &Symbol) -> Option<Bytes> {
    let monitor = PerformanceMonitorClient::new(e, &storage::monitor(e));
    match monitor.try_minutes(stream, metric) {
        Ok(Ok(ring)) if ring.len() == RING_BYTES as u32 => Some(ring),
        _ => None,
    }
}

/// The minutes that a ring holds, the open one included: newer ones say which older ones it has
/// lost. `None` when performance-monitor refuses.
pub fn minutes(e: &Env, stream: &StreamKey, metric: &Symbol) -> Option<Minutes> {
    let mut ring = [0; RING_BYTES];
    read(e, stream, metric)?.copy_into_slice(&mut ring);
    let mut minutes = Minutes { held: Default::default(), len: 0 };
    for slot in lumenscope_hot::minutes(&ring) {
        if let Some(place) = minutes.held.get_mut(minutes.len) {
            let Statistics { count, sum, min, max, last, .. } = slot.statistics;
            *place = MinuteSlot { minute: slot.minute, count, sum, min, max, last };
            minutes.len += 1;
        }
    }
    Some(minutes)
}
