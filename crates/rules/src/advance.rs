//! All slots that are due.
//!
//! A run of slots that read the same is not stepped one by one: between two slots in which
//! something can change only counters and clocks move, so the work is bounded by the ring and the
//! transitions, not by how long nobody came.

use crate::condition::Condition;
use crate::handling::clear_fault;
use crate::rule::{NoData, Rule};
use crate::slot::{RING_SLOTS, slot_reaching, slots_for};
use crate::state::{Phase, State};
use crate::step::{absence_complete, pattern_slots, restart_clocks, skip_pause, step_next};
use crate::transition::Transitions;
use crate::window::{Reading, Ring};

/// Steps the alert through every slot that is due, up to `through`, which must be closed
/// ([`crate::slot::closed_through`]). The ring must hold every minute of the windows of these slots
/// that is still to be had, and all newer minutes.
///
/// Returns whether it came to the end; otherwise `out` is full and the next call goes on.
pub fn advance(
    rule: &Rule,
    state: &mut State,
    ring: &Ring<'_>,
    through: u32,
    out: &mut Transitions,
) -> bool {
    skip_pause(rule, state);
    if state.through < through {
        clear_fault(state, state.through.saturating_add(1), out);
    }
    while state.through < through {
        if !out.has_room() {
            return false;
        }
        let slot = ring.slot(rule, state.through.saturating_add(1));
        step_next(rule, state, &slot, out);
        let run_end = ring.same_through(rule, slot.index).min(through);
        if run_end > slot.index {
            let last = run_end.min(next_change(rule, state).saturating_sub(1));
            fast_forward(rule, state, &slot.reading, last);
            state.last_data = state.last_data.max(ring.last_data(state.through));
        }
    }
    true
}

/// The first slot after the last stepped one in which the same reading can have another effect.
fn next_change(rule: &Rule, state: &State) -> u32 {
    let (absent_at_least, absent_at_most) = match rule.condition {
        Condition::Absence { slots } => absence_complete(rule, state, slots),
        _ => (0, 0),
    };
    // As long as a pattern has seen slots of both kinds, the next one moves one of them out.
    let forgets = match rule.condition {
        Condition::Pattern { of_slots, .. } => {
            let met = pattern_slots(state.memory as u64, of_slots);
            let is_mixed = met != 0 && met != pattern_slots(u64::MAX, of_slots);
            if is_mixed { state.through + 1 } else { 0 }
        }
        _ => 0,
    };
    let mut next = u32::MAX;
    for candidate in [
        absent_at_least,
        absent_at_most,
        forgets,
        state.due,
        slot_reaching(state.handling_until_s),
        state.pending_since + slots_for(rule.for_s),
        state.recovering_since + slots_for(rule.keep_firing_for_s),
        state.last_notified + slots_for(rule.cooldown_s),
    ] {
        if candidate > state.through {
            next = next.min(candidate);
        }
    }
    next
}

/// Moves over slots that read as the last stepped one did and change nothing but counters and
/// clocks.
fn fast_forward(rule: &Rule, state: &mut State, reading: &Reading, last: u32) {
    let Some(skipped) = last.checked_sub(state.through).filter(|slots| *slots > 0) else { return };
    state.through = last;
    let keeps_pending = state.phase == Phase::Pending && rule.no_data == NoData::KeepLast;
    let is_unknown = match reading {
        Reading::Lost => {
            state.unwitnessed = state.unwitnessed.saturating_add(skipped);
            state.last_lost = last;
            true
        }
        // A sample that may have been lost leaves an absence open: no verdict, as in a step.
        _ if let Condition::Absence { slots } = rule.condition => {
            let (at_least, at_most) = absence_complete(rule, state, slots);
            (at_least..at_most).contains(&last)
        }
        // Of a window that history added up: a verdict, slot after slot.
        Reading::Value { points, .. } if *points >= rule.min_points => false,
        _ => match rule.no_data {
            NoData::Alert | NoData::Normal => false,
            NoData::NoData => true,
            NoData::KeepLast => !keeps_pending,
        },
    };
    if is_unknown {
        restart_clocks(state);
    }
}

/// Whether the alert's next steps depend on nothing but its phase: then its progress is the last
/// slot stepped, and forgetting even that loses nothing but the time a reader may trust.
pub fn is_at_rest(rule: &Rule, state: &State) -> bool {
    match state.phase {
        _ if rule.condition.has_memory() => false,
        Phase::Firing => true,
        Phase::Inactive => !matches!(rule.condition, Condition::Absence { .. }),
        Phase::Pending | Phase::Recovering => false,
    }
}

/// Whether the state should be stored although no transition came: a clock is running, it needs
/// the minutes behind it, and they leave the ring soon. `stored_through` is the last slot stored.
///
/// Whoever stores only what changes must come at least every `(12 - window) / 2` minutes, and
/// every minute for windows of 9 and 10.
pub fn needs_checkpoint(rule: &Rule, state: &State, stored_through: u32) -> bool {
    let is_absence = matches!(rule.condition, Condition::Absence { .. });
    // What the ring still shows of a silence need not be stored.
    let known = if is_absence && state.phase == Phase::Inactive { state.last_data } else { 0 };
    let ahead = state.through.saturating_sub(stored_through.max(known));
    let room = RING_SLOTS.saturating_sub(rule.window_slots()) / 2;
    // History stays.
    !is_at_rest(rule, state) && !rule.is_long() && ahead >= room.max(1)
}
