//! What people do about an episode, and what happens to an alert from outside its slots.
//!
//! An act takes effect after the slots that were closed when it happened. Bring the alert up to
//! date first ([`crate::advance`]); then the outcome does not depend on who evaluated when.

use core::fmt;

use crate::slot::slot_of;
use crate::state::{Coverage, Handling, Phase, State};
use crate::step::end_episode;
use crate::transition::{Kind, Reason, Transitions};

/// Longest acknowledgement or snooze, 30 days: what is put off for longer is to be resolved, or
/// its rule changed.
pub const HANDLING_MAX_S: u64 = 30 * 86_400;

/// Why an act is refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum HandlingFault {
    /// The episode named is not the current one, or has not fired, or has ended.
    NotCurrent,
    /// Somebody is on it already, or it is snoozed already.
    AlreadyHandled,
    /// The expiry is not after now, or more than [`HANDLING_MAX_S`] ahead.
    Expiry,
}

impl fmt::Display for HandlingFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            HandlingFault::NotCurrent => "expected the current episode, fired and not ended",
            HandlingFault::AlreadyHandled => "the episode is already acknowledged or snoozed",
            HandlingFault::Expiry => "expected an expiry after now, at most 30 days ahead",
        })
    }
}

impl core::error::Error for HandlingFault {}

fn require_current(state: &State, episode: u32) -> Result<(), HandlingFault> {
    if state.episode != episode || state.phase == Phase::Inactive || !state.fired {
        return Err(HandlingFault::NotCurrent);
    }
    Ok(())
}

/// Acknowledges or snoozes the episode at `at_s` until `until_s`, seconds UTC. A snooze overrides
/// an acknowledgement; otherwise the first stands until it expires.
///
/// # Errors
///
/// Any [`HandlingFault`]; the state is unchanged then.
pub fn put_off(
    state: &mut State,
    episode: u32,
    snooze: bool,
    at_s: u64,
    until_s: u64,
    out: &mut Transitions,
) -> Result<(), HandlingFault> {
    require_current(state, episode)?;
    if until_s <= at_s || until_s - at_s > HANDLING_MAX_S {
        return Err(HandlingFault::Expiry);
    }
    let stands = match state.handling {
        Handling::Acknowledged => !snooze,
        Handling::Snoozed => true,
        Handling::Open | Handling::Resolved => false,
    };
    if stands && at_s < state.handling_until_s {
        return Err(HandlingFault::AlreadyHandled);
    }
    let status = state.status();
    let (handling, kind) = if snooze {
        (Handling::Snoozed, Kind::Snoozed)
    } else {
        (Handling::Acknowledged, Kind::Acknowledged)
    };
    state.handling = handling;
    state.handling_until_s = until_s;
    state.emit(out, slot_of(at_s), status, kind, Reason::Operator, false);
    Ok(())
}

/// Ends the episode at `at_s`. Should the condition hold in the next slot, a new episode begins.
///
/// # Errors
///
/// [`HandlingFault::NotCurrent`]; the state is unchanged then.
pub fn resolve(
    state: &mut State,
    episode: u32,
    at_s: u64,
    out: &mut Transitions,
) -> Result<(), HandlingFault> {
    require_current(state, episode)?;
    end_episode(state, slot_of(at_s), Handling::Resolved, Reason::Operator, out);
    Ok(())
}

/// Ends whatever is up because the rule was paused or deleted, and forgets what covered it.
/// Returns whether anything changed.
pub fn retire(state: &mut State, reason: Reason, out: &mut Transitions) -> bool {
    if state.phase != Phase::Inactive {
        end_episode(state, state.through, Handling::Open, reason, out);
    } else if state.status() == crate::state::Status::Inactive {
        return false;
    }
    state.coverage = Coverage::Present;
    state.fault = false;
    true
}

/// Notes that the source failed when it was read at slot `now`. Nothing is stepped: the slots wait
/// until it can be read. Returns whether that is new.
pub fn set_fault(state: &mut State, now: u32, out: &mut Transitions) -> bool {
    if state.fault {
        return false;
    }
    let from = state.status();
    state.fault = true;
    state.emit(out, now, from, Kind::Failed, Reason::SourceFailed, false);
    true
}

/// Notes that the source can be read again.
pub(crate) fn clear_fault(state: &mut State, now: u32, out: &mut Transitions) {
    if state.fault {
        let from = state.status();
        state.fault = false;
        state.emit(out, now, from, Kind::DataReturned, Reason::SourceFailed, false);
    }
}
