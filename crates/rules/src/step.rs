//! One slot.

use core::fmt;

use crate::anomaly::{self, Usual};
use crate::condition::{Condition, meets};
use crate::rule::{NoData, Rule};
use crate::slot::{SLOT_S, end_s};
use crate::state::{Coverage, Handling, Phase, State};
use crate::transition::{Kind, Reason, Transitions};
use crate::window::{Figure, Reading, Slot};

/// A slot that is not the next one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct OutOfOrder {
    /// The slot that is due.
    pub expected: u32,
    /// The slot that came.
    pub came: u32,
}

impl fmt::Display for OutOfOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "slots are stepped in order: expected {}, came {}", self.expected, self.came)
    }
}

impl core::error::Error for OutOfOrder {}

/// What a slot means for the condition.
enum Verdict {
    True(Reason),
    False(Reason),
    /// Nothing is known: the phase stays and its clock starts again. Shown as given, if anything.
    Unknown(Option<(Coverage, Kind, Reason)>),
    /// Too little data, and the last verdict stands.
    Keep(Reason),
}

/// Takes the alert through one closed slot: the one after the last, or the rule's first after a
/// pause. Deterministic: the same state and slots give the same transitions, whoever steps.
///
/// # Errors
///
/// [`OutOfOrder`] when `slot` is not the next one.
pub fn step(rule: &Rule, state: &State, slot: &Slot) -> Result<(State, Transitions), OutOfOrder> {
    let (mut state, mut out) = (*state, Transitions::new());
    skip_pause(rule, &mut state);
    let expected = state.through.saturating_add(1);
    if slot.index != expected {
        return Err(OutOfOrder { expected, came: slot.index });
    }
    crate::handling::clear_fault(&mut state, slot.index, &mut out);
    step_next(rule, &mut state, slot, &mut out);
    Ok((state, out))
}

/// Moves to the rule's first slot: those before it are never stepped.
pub(crate) fn skip_pause(rule: &Rule, state: &mut State) {
    let before = rule.active_from.saturating_sub(1);
    if state.through < before {
        if matches!(rule.condition, Condition::Pattern { .. }) {
            let skipped = before.saturating_sub(state.through);
            state.memory = (state.memory as u64).checked_shl(skipped).unwrap_or(0) as i64;
        }
        state.through = before;
        restart_clocks(state);
    }
}

pub(crate) fn step_next(rule: &Rule, state: &mut State, slot: &Slot, out: &mut Transitions) {
    let now = slot.index;
    state.through = now;
    state.last_data = state.last_data.max(slot.last_data);
    if slot.reading == Reading::Lost {
        state.unwitnessed = state.unwitnessed.saturating_add(1);
        state.last_lost = now;
    }
    (state.value, state.points) = match slot.reading {
        Reading::Value { figure, points } => (figure.rounded(), points),
        _ => (0, 0),
    };
    let verdict = judge(rule, state, slot);
    match verdict {
        Verdict::True(reason) => {
            uncover(state, now, reason, out);
            hold(rule, state, now, reason, out);
        }
        Verdict::False(reason) => {
            uncover(state, now, reason, out);
            release(rule, state, now, reason, out);
        }
        Verdict::Keep(reason) => {
            uncover(state, now, reason, out);
            match state.phase {
                Phase::Pending => hold(rule, state, now, reason, out),
                _ => restart_clocks(state),
            }
        }
        Verdict::Unknown(cover) => {
            if let Some((coverage, kind, reason)) = cover
                && state.coverage != coverage
            {
                let from = state.status();
                state.coverage = coverage;
                state.emit(out, now, from, kind, reason, false);
            }
            restart_clocks(state);
        }
    }
    expire_handling(state, now, out);
    raise_severity(rule, state, now, out);
    end_cooldown(rule, state, now, out);
    escalate(state, now, out);
}

fn judge(rule: &Rule, state: &mut State, slot: &Slot) -> Verdict {
    state.forget_unless(&rule.condition);
    let verdict = judge_window(rule, state, slot);
    let Condition::Pattern { at_least, of_slots, .. } = rule.condition else { return verdict };
    let is_met = matches!(verdict, Verdict::True(_));
    let seen = pattern_slots((state.memory as u64) << 1 | u64::from(is_met), of_slots);
    state.memory = seen as i64;
    match verdict {
        Verdict::True(_) | Verdict::False(_) if seen.count_ones() >= at_least => {
            Verdict::True(Reason::Condition)
        }
        Verdict::True(Reason::Condition) => Verdict::False(Reason::Condition),
        // It counts as met, as the rule says; but nothing resolves for want of data.
        Verdict::True(_) => Verdict::Unknown(None),
        other => other,
    }
}

/// Of slots that a pattern's condition was met in, those that it looks at.
pub(crate) fn pattern_slots(met: u64, of_slots: u32) -> u64 {
    met & (u64::MAX >> 64u32.saturating_sub(of_slots).min(63))
}

/// The verdict on the window that ends with a slot.
fn judge_window(rule: &Rule, state: &mut State, slot: &Slot) -> Verdict {
    let missing = match slot.reading {
        Reading::Lost => return Verdict::Unknown(None),
        Reading::Overflow => {
            return Verdict::Unknown(Some((Coverage::Error, Kind::Failed, Reason::Overflow)));
        }
        Reading::Value { figure, points } => match rule.condition.compare() {
            None => return Verdict::False(Reason::Condition),
            Some(compare) => {
                if points >= rule.min_points {
                    let is_met = match rule.condition {
                        Condition::Anomaly { .. } => is_anomaly(rule, state, slot, &figure),
                        _ => Some(meets(&figure, compare)),
                    };
                    return match is_met {
                        Some(true) => Verdict::True(Reason::Condition),
                        Some(false) => Verdict::False(Reason::Condition),
                        // It still learns what is usual.
                        None => Verdict::Unknown(None),
                    };
                }
                Reason::TooFewPoints
            }
        },
        Reading::Empty => {
            if let Condition::Absence { slots } = rule.condition {
                let (at_least, at_most) = absence_complete(rule, state, slots);
                return if slot.index >= at_most {
                    Verdict::True(Reason::Condition)
                } else if slot.index < at_least {
                    Verdict::False(Reason::Condition)
                } else {
                    Verdict::Unknown(None)
                };
            }
            Reason::NoSamples
        }
        Reading::NoBase => Reason::NoBase,
    };
    match rule.no_data {
        NoData::Alert => Verdict::True(missing),
        NoData::Normal => Verdict::False(missing),
        NoData::NoData => Verdict::Unknown(Some((Coverage::NoData, Kind::DataLost, missing))),
        NoData::KeepLast => Verdict::Keep(missing),
    }
}

/// Whether the figure is far from what is usual, and an anomaly may begin or go on; `None` while
/// that is still to be learned.
fn is_anomaly(rule: &Rule, state: &mut State, slot: &Slot, figure: &Figure) -> Option<bool> {
    let Condition::Anomaly { compare, baseline } = &rule.condition else { return None };
    let mut usual = Usual { mean: state.memory, variance: state.variance, seen: state.seen };
    let is_far = anomaly::judge(&mut usual, figure.rounded(), compare, baseline);
    (state.memory, state.variance, state.seen) = (usual.mean, usual.variance, usual.seen);
    let goes_on = state.phase != Phase::Inactive;
    Some(is_far? && (goes_on || slot.index > state.quiet_through))
}

/// The first and the last slot in which an absence of `slots` may be complete, should no sample
/// come: they differ where a sample may have been lost. Absence counts from the rule's first slot.
pub(crate) fn absence_complete(rule: &Rule, state: &State, slots: u32) -> (u32, u32) {
    let known = state.last_data.max(rule.active_from.saturating_sub(1));
    (known + slots, known.max(state.last_lost) + slots)
}

fn elapsed_s(now: u32, since: u32) -> u64 {
    u64::from(now.saturating_sub(since)) * u64::from(SLOT_S)
}

/// A span without evidence proves neither that the condition held nor that it was gone.
pub(crate) fn restart_clocks(state: &mut State) {
    let next = state.through.saturating_add(1);
    match state.phase {
        Phase::Pending => state.pending_since = next,
        Phase::Recovering => state.recovering_since = next,
        _ => {}
    }
}

fn uncover(state: &mut State, now: u32, reason: Reason, out: &mut Transitions) {
    if state.coverage != Coverage::Present {
        let from = state.status();
        state.coverage = Coverage::Present;
        state.emit(out, now, from, Kind::DataReturned, reason, false);
    }
}

/// The condition is true.
fn hold(rule: &Rule, state: &mut State, now: u32, reason: Reason, out: &mut Transitions) {
    let from = state.status();
    match state.phase {
        Phase::Inactive => {
            begin_episode(rule, state, now);
            state.emit(out, now, from, Kind::Pending, reason, false);
            fire_when_held(rule, state, now, reason, out);
        }
        Phase::Pending => fire_when_held(rule, state, now, reason, out),
        Phase::Firing => {
            if elapsed_s(now, state.pending_since) < u64::from(rule.for_s) {
                state.phase = Phase::Pending;
                state.emit(out, now, from, Kind::Demoted, Reason::ConfigChanged, false);
            }
        }
        Phase::Recovering => {
            state.phase = Phase::Firing;
            state.emit(out, now, from, Kind::Refiring, reason, false);
        }
    }
}

/// The condition is false.
fn release(rule: &Rule, state: &mut State, now: u32, reason: Reason, out: &mut Transitions) {
    let from = state.status();
    match state.phase {
        Phase::Inactive => {}
        Phase::Pending if !state.fired => {
            state.phase = Phase::Inactive;
            state.emit(out, now, from, Kind::Cleared, reason, false);
        }
        Phase::Firing if rule.keep_firing_for_s > 0 => {
            state.phase = Phase::Recovering;
            state.recovering_since = now;
            state.emit(out, now, from, Kind::Recovering, reason, false);
        }
        Phase::Recovering
            if elapsed_s(now, state.recovering_since) < u64::from(rule.keep_firing_for_s) => {}
        _ => {
            if let Condition::Anomaly { baseline, .. } = rule.condition {
                state.quiet_through = now.saturating_add(baseline.quiet_slots);
            }
            end_episode(state, now, Handling::Open, reason, out);
        }
    }
}

fn begin_episode(rule: &Rule, state: &mut State, now: u32) {
    state.episode = state.episode.saturating_add(1);
    state.phase = Phase::Pending;
    state.since = now;
    state.pending_since = now;
    state.fired = false;
    state.notified = false;
    state.severity = rule.severity;
    state.handling = Handling::Open;
    state.handling_until_s = 0;
    state.level = 0;
    state.repeated = 0;
    state.due = 0;
}

/// Ends the episode. Whoever was told that it fired is told that it ended.
pub(crate) fn end_episode(
    state: &mut State,
    now: u32,
    handling: Handling,
    reason: Reason,
    out: &mut Transitions,
) {
    let from = state.status();
    let kind = if state.fired { Kind::Resolved } else { Kind::Cleared };
    state.phase = Phase::Inactive;
    state.handling = handling;
    state.handling_until_s = 0;
    state.due = 0;
    let notify = state.notified;
    state.emit(out, now, from, kind, reason, notify);
}

fn fire_when_held(rule: &Rule, state: &mut State, now: u32, reason: Reason, out: &mut Transitions) {
    if elapsed_s(now, state.pending_since) < u64::from(rule.for_s) {
        return;
    }
    let from = state.status();
    state.phase = Phase::Firing;
    if state.fired {
        return state.emit(out, now, from, Kind::Refiring, reason, false);
    }
    state.fired = true;
    state.fired_total = state.fired_total.saturating_add(1);
    state.severity = rule.severity;
    let notify = is_cool(rule, state, now);
    tell(rule, state, now, from, Kind::Firing, reason, notify, out);
}

/// Whether the last message about firing is at least the cooldown ago.
fn is_cool(rule: &Rule, state: &State, now: u32) -> bool {
    state.last_notified == 0 || elapsed_s(now, state.last_notified) >= u64::from(rule.cooldown_s)
}

/// Sends or withholds a message about firing. The episode's first message starts its ladder.
#[allow(clippy::too_many_arguments)]
fn tell(
    rule: &Rule,
    state: &mut State,
    now: u32,
    from: crate::state::Status,
    kind: Kind,
    reason: Reason,
    notify: bool,
    out: &mut Transitions,
) {
    if notify {
        state.last_notified = now;
        if !state.notified {
            state.notified = true;
            state.ladder = rule.ladder;
            state.due = state.ladder.due(now, 0, 0);
        }
    } else {
        state.suppressed = state.suppressed.saturating_add(1);
    }
    state.emit(out, now, from, kind, reason, notify);
}

fn expire_handling(state: &mut State, now: u32, out: &mut Transitions) {
    let is_held = matches!(state.handling, Handling::Acknowledged | Handling::Snoozed);
    if !is_held || end_s(now) < state.handling_until_s {
        return;
    }
    let status = state.status();
    state.handling = Handling::Open;
    state.handling_until_s = 0;
    // The wait for the next level starts again; the level reached stays.
    if state.notified {
        state.due = match state.ladder.due(now, state.level, state.repeated) {
            due if due == now => now.saturating_add(1),
            due => due,
        };
    }
    // Who was never told that it fires is not told that nobody minds it any more.
    let notify = state.is_firing() && state.notified;
    state.emit(out, now, status, Kind::HandlingExpired, Reason::Elapsed, notify);
}

fn raise_severity(rule: &Rule, state: &mut State, now: u32, out: &mut Transitions) {
    if !state.is_firing() || rule.severity <= state.severity {
        return;
    }
    let status = state.status();
    state.severity = rule.severity;
    let notify = state.is_open();
    tell(rule, state, now, status, Kind::SeverityRaised, Reason::ConfigChanged, notify, out);
}

fn end_cooldown(rule: &Rule, state: &mut State, now: u32, out: &mut Transitions) {
    let is_silent = state.phase == Phase::Firing && !state.notified && state.is_open();
    if is_silent && is_cool(rule, state, now) {
        let status = state.status();
        tell(rule, state, now, status, Kind::CooldownOver, Reason::Elapsed, true, out);
    }
}

fn escalate(state: &mut State, now: u32, out: &mut Transitions) {
    let is_due = state.due != 0 && state.due <= now;
    if !is_due || state.phase != Phase::Firing || !state.is_open() {
        return;
    }
    let status = state.status();
    (state.level, state.repeated) = state.ladder.after_message(state.level, state.repeated);
    state.due = state.ladder.due(now, state.level, state.repeated);
    state.emit(out, now, status, Kind::Escalated, Reason::Elapsed, true);
}
