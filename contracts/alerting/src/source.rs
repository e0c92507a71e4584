//! Reading a stream's ring of minutes.

use lumenscope_rules::slot::RING_SLOTS;
use lumenscope_rules::{Condition, MinuteSlot, Rule, State, no_minutes};
use soroban_sdk::{Env, Error, IntoVal, Val, Vec, symbol_short};

use crate::raw::{list, number, typed, unpack};
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

/// The minutes of a stream from `from` on; `None` when performance-monitor refuses.
pub fn read(e: &Env, stream: &Stream, metric: &Val, from: u32) -> Option<Vec<Val>> {
    let arguments = list(e, &[stream.map, *metric, from.into_val(e), u32::MAX.into_val(e)]);
    let (monitor, function) = (storage::monitor(e), symbol_short!("minutes"));
    match e.try_invoke_contract::<Vec<Val>, Error>(&monitor, &function, arguments) {
        Ok(Ok(minutes)) => Some(minutes),
        _ => None,
    }
}

/// Reads the minutes that the next steps of an alert need. Returns whether performance-monitor
/// gave them.
///
/// It asks for all newer minutes too, the open one included: they say which older ones the ring
/// has lost.
pub fn minutes(
    e: &Env,
    stream: &Stream,
    metric: &Val,
    rule: &Rule,
    state: &State,
    minutes: &mut Minutes,
) -> bool {
    let from = match rule.condition {
        Condition::Absence { .. } => 0,
        Condition::Threshold { window_slots, .. } => {
            state.through.saturating_add(2).saturating_sub(window_slots)
        }
    };
    let Some(slots) = read(e, stream, metric, from) else { return false };
    for index in 0..slots.len() {
        let slot = slots.get_unchecked(index);
        if let Some(place) = minutes.held.get_mut(index as usize) {
            let [minute, statistics, ..] = unpack(e, &slot, &["minute", "statistics"]);
            let [count, last, max, min, sum, ..] =
                unpack(e, &statistics, &["count", "last", "max", "min", "sum"]);
            place.minute = number(&minute);
            place.count = typed(e, &count);
            place.sum = typed(e, &sum);
            place.min = typed(e, &min);
            place.max = typed(e, &max);
            place.last = typed(e, &last);
            minutes.len = index as usize + 1;
        }
    }
    true
}
