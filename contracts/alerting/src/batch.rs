//! Evaluation: every closed slot of each target once, in order.
//!
//! A batch holds one contract's summary at a time, so that targets of one contract that come one
//! after the other read and write it once.

use lumenscope_interfaces::alerting::{
    AlertCondition, AlertingError, Evaluation, Outcome, RuleTarget, RuleView, TARGETS_MAX,
};
use lumenscope_rules::handling::{retire, set_fault};
use lumenscope_rules::slot::{SLOT_S, closed_through};
use lumenscope_rules::transition::PER_STEP_MAX;
use lumenscope_rules::{
    Reason, Ring, Rule, State, Transition, Transitions, advance, is_at_rest, needs_checkpoint,
};
use soroban_sdk::xdr::ToXdr;
use soroban_sdk::{Address, BytesN, Env, Vec};

use crate::access::require;
use crate::events::{AlertTransitioned, SummariesRefreshed};
use crate::registry::covers;
use crate::rules::{compile, names};
use crate::source;
use crate::storage::{self, StoredAlert};
use crate::summary::{Row, Summary};

/// Bytes of events and return value that a batch may take: the network's 16,384 less a reserve.
const OUTPUT_BYTES: u32 = 16_000;
/// Bytes of one [`Evaluation`] in the return value, rounded up.
const EVALUATION_BYTES: u32 = 160;
/// Bytes of one [`AlertTransitioned`], rounded up.
const TRANSITION_BYTES: u32 = 760;

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
    for target in targets.iter() {
        evaluations.push_back(batch.evaluate(&target));
    }
    batch.close();
    if batch.refreshed > 0 {
        SummariesRefreshed { caller: batch.caller, summaries: batch.refreshed }.publish(e);
    }
    evaluations
}

/// The summary of the contract at hand.
struct Sheet {
    contract: Address,
    summary: Summary,
    /// Something in it has to be written.
    changed: bool,
    /// A transition tells about the write.
    told: bool,
}

/// One alert, as loaded.
pub struct Alert {
    pub fingerprint: BytesN<16>,
    pub stored: StoredAlert,
    pub state: State,
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
    sheet: Option<Sheet>,
}

impl<'a> Batch<'a> {
    pub fn new(e: &'a Env, caller: Address, through: u32, targets: u32) -> Self {
        let now_s = e.ledger().timestamp();
        let room = OUTPUT_BYTES.saturating_sub(targets * EVALUATION_BYTES) / TRANSITION_BYTES;
        Batch { e, caller, now_s, through, room, refreshed: 0, store_all: false, sheet: None }
    }

    /// Writes the summary at hand, if it has to be.
    pub fn close(&mut self) {
        let Some(mut sheet) = self.sheet.take() else { return };
        if !sheet.changed {
            return;
        }
        sheet.summary.settle(self.now_s);
        storage::set_summary(self.e, &sheet.contract, &sheet.summary);
        self.refreshed += u32::from(!sheet.told);
    }

    fn open(&mut self, contract: &Address) -> Sheet {
        if let Some(sheet) = self.sheet.take_if(|sheet| sheet.contract == *contract) {
            return sheet;
        }
        self.close();
        let summary = storage::summary(self.e, contract).unwrap_or(Summary::NEW);
        Sheet { contract: contract.clone(), summary, changed: false, told: false }
    }

    pub fn evaluate(&mut self, target: &RuleTarget) -> Evaluation {
        let mut sheet = self.open(&target.stream.contract);
        let evaluation = self.evaluate_on(&mut sheet, target);
        self.sheet = Some(sheet);
        evaluation
    }

    fn evaluate_on(&mut self, sheet: &mut Sheet, target: &RuleTarget) -> Evaluation {
        let e = self.e;
        let fingerprint = fingerprint(e, target);
        let place = sheet.summary.find(&fingerprint.to_array());
        let rule = match storage::rule(e, &target.rule) {
            Some(rule) if !rule.paused => rule,
            other => return self.retire(sheet, fingerprint, place, other.is_some()),
        };
        if !names(&rule.spec, &target.stream) {
            return refused(Outcome::NotCovered);
        }
        if self.room < PER_STEP_MAX as u32 {
            return refused(Outcome::Partial);
        }
        if place.is_none() {
            if !covers(e, &rule, &target.stream.contract) {
                return refused(Outcome::NotCovered);
            }
            if !sheet.summary.has_room() {
                return refused(Outcome::TooManyAlerts);
            }
        }
        let machine = compile(e, &rule.spec, rule.active_from_slot);
        let stored_row = place.and_then(|place| sheet.summary.rows().get(place)).copied();
        let mut alert = load(e, fingerprint, target, &machine);
        let stored_through = alert.state.through.max(stored_row.map_or(0, |row| row.through));
        alert.state.through = stored_through;
        if stored_row.is_some() && !alert.state.fault && stored_through >= self.through {
            return evaluated(Outcome::Evaluated, &alert.state, 0, false);
        }
        self.step(sheet, &rule, &machine, alert, stored_row, stored_through)
    }

    fn step(
        &mut self,
        sheet: &mut Sheet,
        rule: &RuleView,
        machine: &Rule,
        mut alert: Alert,
        stored_row: Option<Row>,
        stored_through: u32,
    ) -> Evaluation {
        let mut out = Transitions::limited(self.room as usize);
        let before = alert.state;
        let stream = &alert.stored.target.stream;
        let minutes = source::minutes(self.e, stream, &rule.spec.metric, machine, &alert.state);
        let outcome = match &minutes {
            None if stored_row.is_none() => return refused(Outcome::StreamUnknown),
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
            alert.stored.policy = rule.spec.policy.clone().unwrap_or_else(|| none(self.e));
        }
        let transitions = out.as_slice().len() as u32;
        let rests = is_at_rest(machine, state);
        // Judged by this alert's own progress: a write that leaves it behind refreshes nothing.
        let heartbeat_slots = sheet.summary.header.stale_after_s / 2 / SLOT_S;
        let is_due = state.through - stored_through >= heartbeat_slots;
        let stores = self.store_all
            || transitions > 0
            || needs_checkpoint(machine, state, stored_through)
            || (is_due && !rests);
        // An alert at rest need not be stored to have come further.
        let through = if stores || rests { state.through } else { stored_through };
        let is_written = stores || is_due || stored_row.is_none();
        let evaluation = evaluated(outcome, state, transitions, is_written && transitions == 0);
        sheet.summary.set(row_of(&alert, through));
        sheet.changed |= is_written;
        if stores {
            save(self.e, &mut alert);
        }
        self.publish(sheet, &alert, out.as_slice());
        evaluation
    }

    /// Ends what is up under a rule that is paused or deleted, and takes the alert off the summary.
    fn retire(
        &mut self,
        sheet: &mut Sheet,
        fingerprint: BytesN<16>,
        place: Option<usize>,
        is_paused: bool,
    ) -> Evaluation {
        let (outcome, reason) = if is_paused {
            (Outcome::RulePaused, Reason::RulePaused)
        } else {
            (Outcome::RuleUnknown, Reason::RuleDeleted)
        };
        let mut evaluation = refused(outcome);
        if let Some(place) = place {
            sheet.summary.remove(place);
            sheet.changed = true;
            evaluation.heartbeat = true;
        }
        if let Some(stored) = storage::alert(self.e, &fingerprint) {
            let state = storage::state(self.e, &stored);
            let mut alert = Alert { fingerprint, stored, state };
            let mut out = Transitions::new();
            let changed = retire(&mut alert.state, reason, &mut out);
            let transitions = out.as_slice().len() as u32;
            evaluation = evaluated(outcome, &alert.state, transitions, evaluation.heartbeat);
            if !is_paused {
                storage::remove_alert(self.e, &alert.fingerprint);
            } else if changed {
                save(self.e, &mut alert);
            }
            self.publish(sheet, &alert, out.as_slice());
        }
        evaluation
    }

    /// Stores an alert that somebody acted on and publishes what came of it.
    pub fn store(&mut self, mut alert: Alert, transitions: &[Transition]) {
        let mut sheet = self.open(&alert.stored.target.stream.contract);
        sheet.summary.set(row_of(&alert, alert.state.through));
        sheet.changed = true;
        save(self.e, &mut alert);
        self.publish(&mut sheet, &alert, transitions);
        self.sheet = Some(sheet);
    }

    fn publish(&mut self, sheet: &mut Sheet, alert: &Alert, transitions: &[Transition]) {
        let target = &alert.stored.target;
        let policy = policy_of(self.e, &alert.stored);
        for transition in transitions {
            AlertTransitioned {
                contract: target.stream.contract.clone(),
                rule: target.rule.clone(),
                fingerprint: alert.fingerprint.clone(),
                function: target.stream.function.clone(),
                subject: target.stream.subject.clone(),
                episode: transition.episode,
                ordinal: transition.ordinal,
                slot: transition.slot,
                kind: transition.kind.into(),
                reason: transition.reason.into(),
                from: transition.from.into(),
                to: transition.to.into(),
                severity: transition.severity.into(),
                value: transition.value,
                points: transition.points,
                notify: transition.notify,
                suppressed: transition.suppressed,
                level: u32::from(transition.level),
                policy: policy.clone(),
                caller: self.caller.clone(),
            }
            .publish(self.e);
            self.room = self.room.saturating_sub(1);
            sheet.told = true;
        }
    }
}

fn load(e: &Env, fingerprint: BytesN<16>, target: &RuleTarget, machine: &Rule) -> Alert {
    match storage::alert(e, &fingerprint) {
        Some(stored) => {
            let state = storage::state(e, &stored);
            Alert { fingerprint, stored, state }
        }
        None => {
            let state = State::new(machine);
            let packed = storage::packed(e, &state);
            let stored = StoredAlert { target: target.clone(), policy: none(e), state: packed };
            Alert { fingerprint, stored, state }
        }
    }
}

fn save(e: &Env, alert: &mut Alert) {
    alert.stored.state = storage::packed(e, &alert.state);
    storage::set_alert(e, &alert.fingerprint, &alert.stored);
}

fn row_of(alert: &Alert, through: u32) -> Row {
    Row {
        fingerprint: alert.fingerprint.to_array(),
        through,
        firing: alert.state.is_firing(),
        severity: alert.state.severity.code(),
    }
}

fn none(e: &Env) -> BytesN<32> {
    BytesN::from_array(e, &[0; 32])
}

pub fn policy_of(e: &Env, stored: &StoredAlert) -> Option<BytesN<32>> {
    if stored.policy == none(e) { None } else { Some(stored.policy.clone()) }
}

fn refused(outcome: Outcome) -> Evaluation {
    let condition = AlertCondition::Inactive;
    Evaluation { outcome, condition, episode: 0, transitions: 0, heartbeat: false }
}

fn evaluated(outcome: Outcome, state: &State, transitions: u32, heartbeat: bool) -> Evaluation {
    let condition = state.status().into();
    Evaluation { outcome, condition, episode: state.episode, transitions, heartbeat }
}
