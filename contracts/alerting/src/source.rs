//! Reading a stream's ring of minutes.

use lumenscope_interfaces::common::StreamKey;
use lumenscope_interfaces::performance_monitor::{MinuteSlot as Read, PerformanceMonitorClient};
use lumenscope_rules::slot::RING_SLOTS;
use lumenscope_rules::{Condition, MinuteSlot, Rule, State};
use soroban_sdk::{Env, Symbol, Vec};

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

/// The minutes of a stream from `from` on; `None` when performance-monitor refuses.
pub fn read(e: &Env, stream: &StreamKey, metric: &Symbol, from: u32) -> Option<Vec<Read>> {
    let monitor = PerformanceMonitorClient::new(e, &storage::monitor(e));
    match monitor.try_minutes(stream, metric, &from, &u32::MAX) {
        Ok(Ok(minutes)) => Some(minutes),
        _ => None,
    }
}

/// The minutes that the next steps of an alert need; `None` when performance-monitor refuses.
///
/// It asks for all newer minutes too, the open one included: they say which older ones the ring
/// has lost.
pub fn minutes(
    e: &Env,
    stream: &StreamKey,
    metric: &Symbol,
    rule: &Rule,
    state: &State,
) -> Option<Minutes> {
    let from = match rule.condition {
        Condition::Absence { .. } => 0,
        Condition::Threshold { window_slots, .. } => {
            state.through.saturating_add(2).saturating_sub(window_slots)
        }
    };
    let mut minutes = Minutes { held: Default::default(), len: 0 };
    for slot in read(e, stream, metric, from)? {
        if let Some(place) = minutes.held.get_mut(minutes.len) {
            let statistics = slot.statistics;
            *place = MinuteSlot {
                minute: slot.minute,
                count: statistics.count,
                sum: statistics.sum,
                min: statistics.min,
                max: statistics.max,
                last: statistics.last,
            };
            minutes.len += 1;
        }
    }
    Some(minutes)
}
