//! Evaluation: every closed slot of each target once, in order.

use lumenscope_interfaces::alerting::{
    ALERTS_PER_CONTRACT_MAX, AlertingError, Evaluation, Outcome, TARGETS_MAX, row, row_through,
};
use lumenscope_rules::codec::{Aligned, STATE_BYTES, encode, encode_transition, look_at};
use lumenscope_rules::handling::{retire, set_fault};
use lumenscope_rules::rule::HOUR_SLOTS;
use lumenscope_rules::slot::{SLOT_S, closed_through};
use lumenscope_rules::transition::PER_STEP_MAX;
use lumenscope_rules::{
    MinuteSlot, Reason, Ring, Rule, State, Transition, Transitions, advance, is_at_rest,
    needs_checkpoint,
};
use soroban_sdk::{Address, BytesN, Env, Val, Vec};

use crate::access::{is_keeper, refuse, require};
use crate::events::alert_changed;
use crate::handling::Act;
use crate::raw::is_within;
use crate::registry::covers;
use crate::rules::{Spec, field};
use crate::source::{self, Minutes};
use crate::storage;
use crate::summary::Summary;
use crate::target::Target;

/// Bytes of events and return value that a batch may take: the network's 16,384 less a reserve.
const OUTPUT_BYTES: u32 = 16_000;
/// Bytes of one [`Evaluation`] in the return value.
const EVALUATION_BYTES: u32 = 12;
/// Bytes of one `AlertChanged` without a note, rounded up.
const TRANSITION_BYTES: u32 = 430;
/// Hours of a long window that one call goes through: each reads a window of history.
const HOURS_MAX: u32 = 12;
/// Transitions that one call can publish.
const ROOM: u32 = (OUTPUT_BYTES - TARGETS_MAX * EVALUATION_BYTES) / TRANSITION_BYTES;

pub fn evaluate(e: &Env, caller: Address, targets: Vec<Val>, through: u32) -> Vec<u64> {
    caller.require_auth();
    let sized = is_within(targets.len(), 1, TARGETS_MAX);
    require(e, sized, AlertingError::TargetsInvalid);
    let closed = closed_through(e.ledger().timestamp());
    require(e, through <= closed, AlertingError::SlotOpen);

    let mut batch = Batch::new(e, caller, through);
    let mut evaluations = Vec::new(e);
    for place in 0..targets.len() {
        let target = Target::unpack(e, &targets.get_unchecked(place));
        evaluations.push_back(batch.evaluate(&target));
    }
    evaluations
}

/// One alert, as loaded.
pub struct Alert<'a> {
    pub target: &'a Target,
    /// The policy that its episode runs on; zeros for none.
    pub policy: Val,
    pub state: State,
}

impl<'a> Alert<'a> {
    /// An alert that did nothing yet.
    fn new(e: &Env, target: &'a Target) -> Self {
        Alert { target, policy: no_policy(e), state: State::EMPTY }
    }

    /// Takes what it did before from storage. Returns whether it did anything.
    fn load(&mut self, e: &Env) -> bool {
        let Some((policy, state)) = storage::alert(e, &self.target.fingerprint) else {
            return false;
        };
        let mut bytes = Aligned([0; STATE_BYTES]);
        state.copy_into_slice(&mut bytes.0);
        let Ok(state) = look_at(&bytes) else { refuse(e, AlertingError::ShapeInvalid) };
        self.policy = policy;
        self.state = *state;
        true
    }
}

pub struct Batch<'a> {
    e: &'a Env,
    caller: Address,
    now_s: u64,
    through: u32,
    /// Transitions that still can be published.
    pub room: u32,
    /// What a person does, once everything before it is evaluated.
    pub act: Option<Act>,
    /// Published with every transition; void for none.
    pub note: Val,
}

impl<'a> Batch<'a> {
    pub fn new(e: &'a Env, caller: Address, through: u32) -> Self {
        let now_s = e.ledger().timestamp();
        Batch { e, caller, now_s, through, room: ROOM, act: None, note: Val::VOID.into() }
    }

    pub fn evaluate(&mut self, target: &Target) -> u64 {
        let e = self.e;
        let contract = &target.stream.parts[0];
        let mut summary = storage::summary(e, contract);
        let stored_row = summary.rows.get(target.fingerprint.clone());
        if self.room < PER_STEP_MAX as u32 {
            return refused(Outcome::Partial);
        }
        let rule = match storage::rule(e, &target.rule) {
            Some(rule) if !rule.paused => rule,
            other => return self.retire(target, &mut summary, other.is_some()),
        };
        let spec = &rule.spec;
        if !spec.names(e, &target.stream) {
            return refused(Outcome::NotCovered);
        }
        let is_new = stored_row.is_none();
        if !covers(e, &rule, contract) {
            if is_new {
                return refused(Outcome::NotCovered);
            }
            // The contract was handed over: to this rule's owner it is as if the rule was deleted.
            return self.retire(target, &mut summary, false);
        }
        let is_kept = is_keeper(e, &self.caller, &rule.owner);
        if is_new {
            if !is_kept {
                return refused(Outcome::NotAKeeper);
            }
            if summary.rows.len() >= ALERTS_PER_CONTRACT_MAX {
                return refused(Outcome::TooManyAlerts);
            }
        }
        let machine = spec.compile(e, rule.active_from_slot);
        let mut alert = Alert::new(e, target);
        if !alert.load(e) {
            alert.state.begin(&machine);
        }
        let stored_through = alert.state.through.max(stored_row.map_or(0, row_through));
        alert.state.through = stored_through;
        let is_due = is_new || alert.state.fault || self.act.is_some();
        if !is_due && stored_through >= self.through {
            return evaluated(Outcome::Evaluated, &alert.state, 0, false);
        }
        let asked = self.through;
        // Whoever begins an alert brings it to now: one that begins late would make the guard stale.
        if is_new {
            self.through = closed_through(self.now_s);
        }
        let evaluation = self.step(&mut summary, spec, is_kept, &machine, &mut alert, is_new);
        self.through = asked;
        evaluation
    }

    #[inline(never)]
    fn step(
        &mut self,
        summary: &mut Summary,
        spec: &Spec,
        is_kept: bool,
        machine: &Rule,
        alert: &mut Alert<'_>,
        is_new: bool,
    ) -> u64 {
        let mut out = Transitions::limited(self.room as usize);
        let before = alert.state;
        let (stream, metric) = (&alert.target.stream, &spec.0[field::METRIC]);
        let mut minutes = Minutes::new();
        let is_read = source::minutes(self.e, stream, metric, &mut minutes);
        if !is_read && is_new {
            return refused(Outcome::StreamUnknown);
        }
        let state = &mut alert.state;
        let mut total = MinuteSlot::default();
        let mut outcome = Outcome::Partial;
        for _ in 0..HOURS_MAX {
            let (mut through, mut reads) = (self.through, is_read);
            let mut ring = Ring::new(minutes.as_slice());
            let next = state.through.max(machine.active_from.wrapping_sub(1)).wrapping_add(1);
            if machine.is_long() {
                // Through the slots of which the same hour is the last one that is over, as far as
                // history has all of it.
                let over = next.wrapping_add(1) / HOUR_SLOTS;
                let last = over.wrapping_sub(1).min(minutes.known_through);
                through =
                    through.min(last.wrapping_mul(HOUR_SLOTS).wrapping_add(2 * HOUR_SLOTS - 2));
                total.minute = next;
                let hours = [over.wrapping_sub(machine.window_slots() / HOUR_SLOTS), over];
                reads &= source::history(self.e, stream, metric, hours, &mut total);
                ring = Ring::of_history(&total);
            }
            if !reads {
                // Whoever calls from within performance-monitor, or at the end of the depth of
                // calls, has it fail for alerting: only those who keep the alert are believed.
                outcome = Outcome::SourceFailed;
                if !is_kept {
                    break;
                }
                // The first slot that could not be read, whoever asks for how many.
                set_fault(state, next, &mut out);
            } else if advance(machine, state, &ring, through, &mut out) {
                if state.through < self.through && state.through >= next {
                    continue;
                }
                outcome = Outcome::Evaluated;
                if let Some(act) = &self.act {
                    act.apply(self.e, state, self.now_s, &mut out);
                }
            }
            break;
        }
        let state = &alert.state;
        let starts_ladder = state.notified && (!before.notified || before.episode != state.episode);
        if starts_ladder {
            let policy = &spec.0[field::POLICY];
            alert.policy = if policy.is_void() { no_policy(self.e) } else { *policy };
        }
        let transitions = out.as_slice().len() as u32;
        let rests = is_at_rest(machine, state);
        // Judged by this alert's own progress: a write that leaves it behind refreshes nothing.
        let heartbeat_slots = summary.stale_after_s() / 2 / SLOT_S;
        let is_due = state.through - before.through >= heartbeat_slots;
        let stores = transitions > 0
            || needs_checkpoint(machine, state, before.through)
            || (is_due && !rests);
        let is_written = stores || is_due || is_new;
        let evaluation = evaluated(outcome, state, transitions, is_written && transitions == 0);
        if is_written {
            // An alert at rest need not be stored to have come further.
            let through = if stores || rests { state.through } else { before.through };
            self.set_row(summary, alert, through, !before.is_firing());
        }
        if stores {
            self.store(alert, out.as_slice());
        }
        evaluation
    }

    /// Ends what is up under a rule that is paused or deleted, and takes the alert off the summary.
    #[inline(never)]
    fn retire(&mut self, target: &Target, summary: &mut Summary, is_paused: bool) -> u64 {
        let e = self.e;
        let (outcome, reason) = if is_paused {
            (Outcome::RulePaused, Reason::RulePaused)
        } else {
            (Outcome::RuleUnknown, Reason::RuleDeleted)
        };
        let was_listed = summary.rows.remove(target.fingerprint.clone()).is_some();
        if was_listed {
            storage::set_summary(e, &target.stream.parts[0], summary);
        }
        let mut out = Transitions::new();
        let mut alert = Alert::new(e, target);
        if alert.load(e) {
            if retire(&mut alert.state, reason, &mut out) {
                self.store(&alert, out.as_slice());
            }
            if !is_paused {
                storage::remove(e, storage::ALERT, target.fingerprint.as_val());
            }
        }
        let transitions = out.as_slice().len() as u32;
        evaluated(outcome, &alert.state, transitions, was_listed)
    }

    /// Writes an alert's row.
    fn set_row(&self, summary: &mut Summary, alert: &Alert<'_>, through: u32, begins: bool) {
        let state = &alert.state;
        let row = row(through, state.is_firing().then(|| state.severity.into()));
        if begins {
            summary.begin(self.e, row, self.now_s);
        }
        summary.rows.set(alert.target.fingerprint.clone(), row);
        storage::set_summary(self.e, &alert.target.stream.parts[0], summary);
    }

    /// Stores an alert and publishes what it did.
    fn store(&mut self, alert: &Alert<'_>, transitions: &[Transition]) {
        let e = self.e;
        let target = alert.target;
        let [contract, function, subject] = target.stream.parts;
        for came in transitions {
            let transition = BytesN::from_array(e, &encode_transition(came)).to_val();
            let (policy, caller, note) = (alert.policy, self.caller.to_val(), self.note);
            let data = [function, subject, transition, policy, caller, note];
            alert_changed(e, [contract, target.rule, target.fingerprint.to_val()], &data);
            self.room = self.room.saturating_sub(1);
        }
        let state = BytesN::from_array(e, &encode(&alert.state));
        storage::set_alert(e, target, alert.policy, &state);
    }
}

fn no_policy(e: &Env) -> Val {
    BytesN::from_array(e, &[0; 32]).to_val()
}

fn refused(outcome: Outcome) -> u64 {
    outcome as u64
}

#[inline(never)]
fn evaluated(outcome: Outcome, state: &State, transitions: u32, heartbeat: bool) -> u64 {
    let (condition, episode) = (state.status(), state.episode);
    Evaluation { outcome, condition, episode, transitions, heartbeat }.packed()
}
