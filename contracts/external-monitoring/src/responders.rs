//! Responders: contracts that act on alerts, called once for each episode.

use core::mem::offset_of;

use lumenscope_interfaces::external_monitoring::{
    ConnectionError, ConnectionKind, DeliveryOutcome, RECEIPT_AGE_MAX_S, RESPONDER_FAILURES_MAX,
    Responder, change,
};
use lumenscope_interfaces::governance::{Role, has_role, require_not_paused};
use lumenscope_rules::codec::STATE_BYTES;
use lumenscope_rules::slot::SLOT_S;
use lumenscope_rules::{Phase, Severity, State};
use soroban_sdk::xdr::ToXdr;
use soroban_sdk::{
    Address, BytesN, Env, EnvBase, Error, FromVal, IntoVal, Map, MapObject, Symbol, TryFromVal,
    Val, symbol_short, vec,
};

use crate::access::{refuse, require, unknown};
use crate::connections::save;
use crate::events::{ConnectionChanged, DeliveryRecorded};
use crate::storage;

const KIND: ConnectionKind = ConnectionKind::Responder;

// Where the parts of an alert's packed state lie.
const PHASE: usize = offset_of!(State, phase);
const SEVERITY: usize = offset_of!(State, severity);
const EPISODE: usize = offset_of!(State, episode);
const SINCE: usize = offset_of!(State, since);

// Fields of what is stored of a responder.
const ALERTING: &str = "alerting";
const FAILED_IN_A_ROW: &str = "failed_in_a_row";
const CONTRACT: &str = "contract";
const OWNER: &str = "owner";

pub fn create(e: &Env, responder: &Responder) {
    require_not_paused(e);
    require(
        e,
        responder.min_severity <= Severity::Critical as u32,
        ConnectionError::DeliveryInvalid,
    );
    let (owner, id) = (&responder.owner, &responder.id);
    save(e, owner, KIND, id, responder.into_val(e), change::CREATED);
}

/// A field of a struct; what lacks it is nothing to respond to.
#[inline(never)]
fn field(e: &Env, of: &Val, name: &str) -> Val {
    let mut value = [Val::VOID.into()];
    let Ok(map) = MapObject::try_from(*of) else { refuse(e, ConnectionError::AlertNotResponded) };
    let Ok(_) = e.sparse_map_unpack_to_slice(map, &[name], &mut value);
    value[0]
}

fn number(e: &Env, of: &Val, name: &str) -> u32 {
    u32::try_from_val(e, &field(e, of, name)).unwrap_or(0)
}

pub fn react(e: &Env, caller: Address, id: BytesN<32>, target: Val, episode: u32) -> bool {
    caller.require_auth();
    let Some(responder) = storage::stored(e, KIND, &id) else { unknown(e) };
    let failed_in_a_row = number(e, &responder, FAILED_IN_A_ROW);
    let works = failed_in_a_row < RESPONDER_FAILURES_MAX;
    require(e, works, ConnectionError::ResponderSuspended);

    let (target, raised_s) = raised(e, &responder, &target, episode);
    let episode = Val::from_u32(episode).to_val();
    let delivery = e.crypto().sha256(&vec![e, target, episode].to_xdr(e)).to_bytes();
    let receipt = storage::receipt(e, &id, &delivery);
    let is_new = storage::outcome(e, &receipt).is_none();
    require(e, is_new, ConnectionError::AlertNotResponded);
    let arguments = vec![e, field(e, &responder, ALERTING), target, episode];
    let contract = Address::from_val(e, &field(e, &responder, "responder"));
    let answer =
        e.try_invoke_contract::<Val, Error>(&contract, &symbol_short!("respond"), arguments);
    let delivered = answer.is_ok();
    let outcome = DeliveryOutcome { raised_s, delivered, status: 0, attempts: 1 };
    let mut failed = 0;
    if delivered {
        storage::save_outcome(e, &receipt, &outcome);
    } else {
        // Whoever calls from deep within other calls, or from within the contract that is to be
        // stopped, could make it fail.
        let counts = has_role(e, &caller, Role::Keeper);
        require(e, counts, ConnectionError::ResponderFailed);
        failed = failed_in_a_row + 1;
    }
    if failed_in_a_row != failed {
        let mut changed = Map::<Symbol, Val>::from_val(e, &responder);
        changed.set(Symbol::new(e, FAILED_IN_A_ROW), Val::from_u32(failed).to_val());
        storage::save(e, KIND, &id, changed.to_val());
    }
    let actor = caller.clone();
    DeliveryRecorded { dispatcher: caller, integration: id.clone(), delivery, outcome }.publish(e);
    if failed >= RESPONDER_FAILURES_MAX {
        let owner = Address::from_val(e, &field(e, &responder, OWNER));
        ConnectionChanged { owner, id, kind: KIND, actor, change: change::SUSPENDED }.publish(e);
    }
    delivered
}

/// The alert's target as alerting has it, so that no other form of it is another receipt; and when the
/// episode began, seconds UTC. The alert is one that the responder acts on.
fn raised(e: &Env, responder: &Val, target: &Val, episode: u32) -> (Val, u64) {
    let alerting = Address::from_val(e, &field(e, responder, ALERTING));
    let ask =
        |function: Symbol, of: Val| -> Val { e.invoke_contract(&alerting, &function, vec![e, of]) };
    let alert = ask(symbol_short!("alert"), *target);
    let (state, target) = (field(e, &alert, "state"), field(e, &alert, "target"));
    let state = BytesN::<STATE_BYTES>::from_val(e, &state).to_array();
    let word = |place: usize| {
        let bytes = state.get(place..).and_then(|bytes| bytes.first_chunk());
        bytes.map_or(0, |bytes| u32::from_le_bytes(*bytes))
    };
    let raised_s = u64::from(word(SINCE)) * u64::from(SLOT_S);
    let rule = ask(symbol_short!("rule"), field(e, &target, "rule"));
    let stream = field(e, &target, "stream");
    let contract = field(e, &stream, CONTRACT);
    // Who owns the contract now owns the rules that name it; another's need not be of its owner.
    let rule_names = !field(e, &field(e, &rule, "spec"), CONTRACT).is_void();
    let owner = present_owner(e, &alerting, contract);
    let of_rule = if rule_names { owner } else { field(e, &rule, OWNER) };
    let of_alert = vec![e, contract, owner, of_rule];
    let of_owner = field(e, responder, OWNER);
    let of_responder = vec![e, field(e, responder, CONTRACT), of_owner, of_owner];
    let responds = state[PHASE] == Phase::Firing.code()
        && u32::from(state[SEVERITY]) >= number(e, responder, "min_severity")
        && word(EPISODE) == episode
        && e.ledger().timestamp().wrapping_sub(raised_s) <= RECEIPT_AGE_MAX_S
        && field(e, &rule, "paused").is_false()
        && of_alert == of_responder;
    require(e, responds, ConnectionError::AlertNotResponded);
    (target, raised_s)
}

/// Who owns a contract now, as alerting's monitor knows it; void for nobody.
fn present_owner(e: &Env, alerting: &Address, contract: Val) -> Val {
    let monitor: Address = e.invoke_contract(alerting, &symbol_short!("monitor"), vec![e]);
    let function = Symbol::new(e, "monitored_contract");
    let registered: Val = e.invoke_contract(&monitor, &function, vec![e, contract]);
    field(e, &registered, OWNER)
}
