//! Evaluation: every closed slot of each target once, in order.

use lumenscope_interfaces::alerting::{
    ALERTS_PER_CONTRACT_MAX, AlertCondition, AlertSummary, AlertView, AlertingError, Evaluation,
    Outcome, RuleTarget, RuleView, TARGETS_MAX, row, row_through,
};
use lumenscope_rules::codec::{STATE_BYTES, decode, encode, encode_transition};
use lumenscope_rules::handling::{retire, set_fault};
use lumenscope_rules::slot::{SLOT_S, closed_through};
use lumenscope_rules::transition::PER_STEP_MAX;
use lumenscope_rules::{
    Reason, Ring, Rule, State, Transition, Transitions, advance, is_at_rest, needs_checkpoint,
};
use soroban_sdk::xdr::ToXdr;
use soroban_sdk::{Address, BytesN, Env, IntoVal, String, Val, Vec, symbol_short};

use crate::access::{is_keeper, refuse, require, tell};
use crate::events::AlertChanged;
use crate::registry::covers;
use crate::rules::{compile, is_named, names};
use crate::summary::settle;
use crate::{source, storage};

/// Bytes of events and return value that a batch may take: the network's 16,384 less a reserve.
const OUTPUT_BYTES: u32 = 16_000;
/// Bytes of one [`Evaluation`] in the return value, rounded up.
const EVALUATION_BYTES: u32 = 160;
/// Bytes of one [`AlertChanged`] without a note, rounded up.
const TRANSITION_BYTES: u32 = 580;

/// What identifies the alert of a rule on a stream.
pub fn fingerprint(e: &Env, target: &RuleTarget) -> BytesN<16> {
    let hash = e.crypto().sha256(&target.to_xdr(e)).to_array();
    BytesN::from_array(e, hash.first_chunk().unwrap_or(&[0; 16]))
}

pub fn evaluate(
    e: &Env,
    caller: Address,
    targets: Vec<RuleTarget>,
    through: u32,
) -> Vec<Evaluation> {
    caller.require_auth();
    let sized = (1..=TARGETS_MAX).contains(&targets.len());
    require(e, sized, AlertingError::TargetsInvalid);
    let closed = closed_through(e.ledger().timestamp());
    require(e, through <= closed, AlertingError::SlotOpen);

    let mut batch = Batch::new(e, caller, through, targets.len());
    let mut evaluations = Vec::new(e);
    for target in targets {
        evaluations.push_back(batch.evaluate(&target));
    }
    if batch.refreshed > 0 {
        let refreshed = batch.refreshed.into_val(e);
        tell(e, batch.caller, symbol_short!("refreshed"), &refreshed, &Val::VOID.into());
    }
    evaluations
}

/// One alert, as loaded.
pub struct Alert {
    pub fingerprint: BytesN<16>,
    /// Its state is packed when it is stored.
    pub view: AlertView,
    pub state: State,
}

impl Alert {
    /// An alert that did something before.
    pub fn stored(e: &Env, fingerprint: BytesN<16>) -> Option<Alert> {
        let view = storage::alert(e, &fingerprint)?;
        match decode(&view.state.to_array()) {
            Ok(state) => Some(Alert { fingerprint, view, state }),
            Err(_) => refuse(e, AlertingError::StateVersion),
        }
    }

    fn new(e: &Env, fingerprint: BytesN<16>, target: &RuleTarget, rule: &Rule) -> Alert {
        let state = BytesN::from_array(e, &[0; STATE_BYTES]);
        let view = AlertView { target: target.clone(), policy: none(e), state };
        Alert { fingerprint, view, state: State::new(rule) }
    }
}

pub struct Batch<'a> {
    e: &'a Env,
    caller: Address,
    now_s: u64,
    through: u32,
    /// Transitions that still can be published.
    room: u32,
    /// Summaries written although no transition tells about it.
    refreshed: u32,
    /// Store every alert, changed or not.
    pub store_all: bool,
    /// Published with every transition.
    pub note: Option<String>,
}

impl<'a> Batch<'a> {
    pub fn new(e: &'a Env, caller: Address, through: u32, targets: u32) -> Self {
        let now_s = e.ledger().timestamp();
        let room = OUTPUT_BYTES.saturating_sub(targets * EVALUATION_BYTES) / TRANSITION_BYTES;
        Batch { e, caller, now_s, through, room, refreshed: 0, store_all: false, note: None }
    }

    pub fn evaluate(&mut self, target: &RuleTarget) -> Evaluation {
        let e = self.e;
        let contract = &target.stream.contract;
        let fingerprint = fingerprint(e, target);
        let summary = storage::summary(e, contract);
        let stored_row = summary.rows.get(fingerprint.clone());
        let rule = match storage::rule(e, &target.rule) {
            Some(rule) if !rule.paused => rule,
            other => return self.retire(target, summary, fingerprint, other.is_some()),
        };
        if !names(&rule.spec, &target.stream) {
            return refused(Outcome::NotCovered);
        }
        if self.room < PER_STEP_MAX as u32 {
            return refused(Outcome::Partial);
        }
        if stored_row.is_none() {
            if !covers(e, &rule, contract) {
                return refused(Outcome::NotCovered);
            }
            if !is_named(&rule.spec, &target.stream) && !is_keeper(e, &self.caller, &rule.owner) {
                return refused(Outcome::NotAKeeper);
            }
            if summary.rows.len() >= ALERTS_PER_CONTRACT_MAX {
                return refused(Outcome::TooManyAlerts);
            }
        }
        let machine = compile(e, &rule.spec, rule.active_from_slot);
        let stored = Alert::stored(e, fingerprint.clone());
        let mut alert = stored.unwrap_or_else(|| Alert::new(e, fingerprint, target, &machine));
        let stored_through = alert.state.through.max(stored_row.map_or(0, row_through));
        alert.state.through = stored_through;
        if stored_row.is_some() && !alert.state.fault && stored_through >= self.through {
            return evaluated(Outcome::Evaluated, &alert.state, 0, false);
        }
        self.step(summary, &rule, &machine, alert, stored_row.is_none())
    }

    fn step(
        &mut self,
        mut summary: AlertSummary,
        rule: &RuleView,
        machine: &Rule,
        mut alert: Alert,
        is_new: bool,
    ) -> Evaluation {
        let mut out = Transitions::limited(self.room as usize);
        let before = alert.state;
        let stream = &alert.view.target.stream;
        let minutes = source::minutes(self.e, stream, &rule.spec.metric);
        let outcome = match &minutes {
            None if is_new => return refused(Outcome::StreamUnknown),
            None => {
                set_fault(&mut alert.state, self.through, &mut out);
                Outcome::SourceFailed
            }
            Some(minutes) => {
                let ring = Ring::new(minutes.as_slice());
                if advance(machine, &mut alert.state, &ring, self.through, &mut out) {
                    Outcome::Evaluated
                } else {
                    Outcome::Partial
                }
            }
        };
        let state = &alert.state;
        let starts_ladder = state.notified && (!before.notified || before.episode != state.episode);
        if starts_ladder {
            alert.view.policy = rule.spec.policy.clone().unwrap_or_else(|| none(self.e));
        }
        let transitions = out.as_slice().len() as u32;
        let rests = is_at_rest(machine, state);
        // Judged by this alert's own progress: a write that leaves it behind refreshes nothing.
        let heartbeat_slots = summary.guard.stale_after_s / 2 / SLOT_S;
        let is_due = state.through - before.through >= heartbeat_slots;
        let stores = self.store_all
            || transitions > 0
            || needs_checkpoint(machine, state, before.through)
            || (is_due && !rests);
        let is_written = stores || is_due || is_new;
        let evaluation = evaluated(outcome, state, transitions, is_written && transitions == 0);
        if is_written {
            // An alert at rest need not be stored to have come further.
            let through = if stores || rests { state.through } else { before.through };
            self.set_row(&mut summary, &alert, through);
            self.refreshed += u32::from(transitions == 0);
        }
        if stores {
            self.store(&mut alert, out.as_slice());
        }
        evaluation
    }

    /// Ends what is up under a rule that is paused or deleted, and takes the alert off the summary.
    fn retire(
        &mut self,
        target: &RuleTarget,
        mut summary: AlertSummary,
        fingerprint: BytesN<16>,
        is_paused: bool,
    ) -> Evaluation {
        let (outcome, reason) = if is_paused {
            (Outcome::RulePaused, Reason::RulePaused)
        } else {
            (Outcome::RuleUnknown, Reason::RuleDeleted)
        };
        let mut evaluation = refused(outcome);
        if summary.rows.remove(fingerprint.clone()).is_some() {
            evaluation.heartbeat = true;
            settle(&mut summary, self.now_s);
            storage::set_summary(self.e, &target.stream.contract, &summary);
        }
        if let Some(mut alert) = Alert::stored(self.e, fingerprint) {
            let mut out = Transitions::new();
            let changed = retire(&mut alert.state, reason, &mut out);
            evaluation.condition = alert.state.status().into();
            evaluation.episode = alert.state.episode;
            evaluation.transitions = out.as_slice().len() as u32;
            if changed {
                self.store(&mut alert, out.as_slice());
            }
            if !is_paused {
                storage::remove_alert(self.e, &alert.fingerprint);
            }
        }
        self.refreshed += u32::from(evaluation.heartbeat && evaluation.transitions == 0);
        evaluation
    }

    /// Writes an alert's row.
    pub fn set_row(&self, summary: &mut AlertSummary, alert: &Alert, through: u32) {
        let state = &alert.state;
        let firing = state.is_firing().then(|| state.severity.into());
        summary.rows.set(alert.fingerprint.clone(), row(through, firing));
        settle(summary, self.now_s);
        storage::set_summary(self.e, &alert.view.target.stream.contract, summary);
    }

    /// Stores an alert and publishes what it did.
    pub fn store(&mut self, alert: &mut Alert, transitions: &[Transition]) {
        let e = self.e;
        let AlertView { target, policy, state } = &mut alert.view;
        *state = BytesN::from_array(e, &encode(&alert.state));
        for came in transitions {
            AlertChanged {
                contract: target.stream.contract.clone(),
                rule: target.rule.clone(),
                fingerprint: alert.fingerprint.clone(),
                function: target.stream.function.clone(),
                subject: target.stream.subject.clone(),
                episode: came.episode,
                kind: u32::from(came.kind.code()),
                severity: came.severity.into(),
                transition: BytesN::from_array(e, &encode_transition(came)),
                policy: policy.clone(),
                caller: self.caller.clone(),
                note: self.note.clone(),
            }
            .publish(e);
            self.room = self.room.saturating_sub(1);
        }
        storage::set_alert(e, &alert.fingerprint, &alert.view);
    }
}

fn none(e: &Env) -> BytesN<32> {
    BytesN::from_array(e, &[0; 32])
}

fn refused(outcome: Outcome) -> Evaluation {
    let condition = AlertCondition::Inactive;
    Evaluation { outcome, condition, episode: 0, transitions: 0, heartbeat: false }
}

fn evaluated(outcome: Outcome, state: &State, transitions: u32, heartbeat: bool) -> Evaluation {
    let condition = state.status().into();
    Evaluation { outcome, condition, episode: state.episode, transitions, heartbeat }
}
