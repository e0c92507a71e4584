//! Responders: contracts that act on alerts, called once for each episode.

use core::mem::offset_of;

use lumenscope_interfaces::external_monitoring::{
    ConnectionError, ConnectionKind, RECEIPT_AGE_MAX_S, RESPONDER_FAILURES_MAX, change,
};
use lumenscope_interfaces::governance::{Role, has_role};
use lumenscope_rules::codec::STATE_BYTES;
use lumenscope_rules::slot::SLOT_S;
use lumenscope_rules::{Phase, Severity, State};
use soroban_sdk::{Address, BytesN, Env, Error, IntoVal, Symbol, Val, symbol_short};

use crate::access::require;
use crate::connections::{begin, save};
use crate::deliveries::OUTCOME_KEYS;
use crate::events::{delivery_recorded, tell};
use crate::raw::{Fields, list, number, pack, typed, unpack, value};
use crate::storage::{self, CONNECTION};

const KIND: ConnectionKind = ConnectionKind::Responder;

// Where the parts of an alert's packed state lie.
const PHASE: usize = offset_of!(State, phase);
const SEVERITY: usize = offset_of!(State, severity);
const EPISODE: usize = offset_of!(State, episode);
const SINCE: usize = offset_of!(State, since);

/// The fields of a `Responder`.
pub const KEYS: [&str; 7] =
    ["alerting", "contract", "failed_in_a_row", "id", "min_severity", "owner", "responder"];
/// The places of fields in the order of their names.
const ALERTING: usize = 0;
const CONTRACT: usize = 1;
const FAILED_IN_A_ROW: usize = 2;
const MIN_SEVERITY: usize = 4;
const OWNER: usize = 5;
const RESPONDER: usize = 6;

/// Creates one that acts on alerts of `alerting` about `contract` by calling `responder`.
pub fn create(
    e: &Env,
    owner: Val,
    [alerting, contract, responder]: [Val; 3],
    min_severity: Val,
) -> Val {
    let id = begin(e, KIND, owner);
    for address in [alerting, contract, responder] {
        let _: Address = typed(e, address);
    }
    let severities = (0, Severity::Critical as u32);
    number(e, min_severity, severities, ConnectionError::DeliveryInvalid);
    let fields = [alerting, contract, value(0), id, min_severity, owner, responder];
    save(e, owner, KIND, id, &KEYS, &fields, change::CREATED);
    id
}

/// A field of what another contract said; what lacks it is nothing to respond to.
#[inline(never)]
fn field(e: &Env, of: Val, name: &str) -> Val {
    unpack(e, of, &[name], ConnectionError::AlertNotResponded)[0]
}

pub fn react(e: &Env, caller: Val, id: Val, target: Val, episode: u32) -> bool {
    let account: Address = typed(e, caller);
    account.require_auth();
    let responder = &mut storage::load(e, CONNECTION, KIND, id, &KEYS);
    let failed_in_a_row: u32 = typed(e, responder[FAILED_IN_A_ROW]);
    let works = failed_in_a_row < RESPONDER_FAILURES_MAX;
    require(e, works, ConnectionError::ResponderSuspended);

    let (target, raised_s) = raised(e, responder, target, episode);
    let episode = value(episode);
    let delivery = storage::hash(e, &[target, episode]).to_val();
    let receipt = storage::receipt(e, id, delivery);
    let is_new = storage::outcome(e, &receipt).is_void();
    require(e, is_new, ConnectionError::AlertNotResponded);
    let arguments = list(e, &[responder[ALERTING], target, episode]);
    let contract: Address = typed(e, responder[RESPONDER]);
    let answer =
        e.try_invoke_contract::<Val, Error>(&contract, &symbol_short!("respond"), arguments);
    let delivered = answer.is_ok();
    let outcome = [value(1), delivered.into(), raised_s.into_val(e), value(0)];
    let outcome = pack(e, &OUTCOME_KEYS, &outcome);
    let mut failed = 0;
    if delivered {
        storage::save_outcome(e, &receipt, outcome);
    } else {
        // Whoever calls from deep within other calls, or from within the contract that is to be
        // stopped, could make it fail.
        let counts = has_role(e, &account, Role::Keeper);
        require(e, counts, ConnectionError::ResponderFailed);
        failed = failed_in_a_row + 1;
    }
    if failed_in_a_row != failed {
        responder[FAILED_IN_A_ROW] = value(failed);
        storage::save(e, CONNECTION, KIND, id, &KEYS, responder);
    }
    delivery_recorded(e, caller, id, delivery, outcome);
    if failed >= RESPONDER_FAILURES_MAX {
        tell(e, responder[OWNER], KIND, id, caller, change::SUSPENDED);
    }
    delivered
}

/// The alert's target as alerting has it, so that no other form of it is another receipt; and when the
/// episode began, seconds UTC. The alert is one that the responder acts on.
fn raised(e: &Env, responder: &Fields, target: Val, episode: u32) -> (Val, u64) {
    let alerting = responder[ALERTING];
    let alert = ask(e, alerting, "alert", &[target]);
    let [state, target, ..] =
        unpack(e, alert, &["state", "target"], ConnectionError::AlertNotResponded);
    let state: [u8; STATE_BYTES] = typed::<BytesN<STATE_BYTES>>(e, state).to_array();
    let word = |place: usize| {
        let bytes = state.get(place..).and_then(|bytes| bytes.first_chunk());
        bytes.map_or(0, |bytes| u32::from_le_bytes(*bytes))
    };
    let raised_s = u64::from(word(SINCE)) * u64::from(SLOT_S);
    let rule = ask(e, alerting, "rule", &[field(e, target, "rule")]);
    let [of_rule, paused, spec, ..] =
        unpack(e, rule, &["owner", "paused", "spec"], ConnectionError::AlertNotResponded);
    let contract = field(e, field(e, target, "stream"), "contract");
    // Who owns the contract now owns the rules that name it; another's need not be of its owner.
    let rule_names = !field(e, spec, "contract").is_void();
    let owner = present_owner(e, alerting, contract);
    let of_rule = if rule_names { owner } else { of_rule };
    let of_alert = list(e, &[contract, owner, of_rule]);
    let of_owner = responder[OWNER];
    let of_responder = list(e, &[responder[CONTRACT], of_owner, of_owner]);
    let responds = state[PHASE] == Phase::Firing.code()
        && u32::from(state[SEVERITY]) >= typed::<u32>(e, responder[MIN_SEVERITY])
        && word(EPISODE) == episode
        && e.ledger().timestamp().wrapping_sub(raised_s) <= RECEIPT_AGE_MAX_S
        && paused.is_false()
        && of_alert == of_responder;
    require(e, responds, ConnectionError::AlertNotResponded);
    (target, raised_s)
}

/// What another contract answers.
#[inline(never)]
fn ask(e: &Env, contract: Val, function: &str, of: &[Val]) -> Val {
    let contract: Address = typed(e, contract);
    e.invoke_contract(&contract, &Symbol::new(e, function), list(e, of))
}

/// Who owns a contract now, as alerting's monitor knows it; void for nobody.
fn present_owner(e: &Env, alerting: Val, contract: Val) -> Val {
    let monitor = ask(e, alerting, "monitor", &[]);
    field(e, ask(e, monitor, "monitored_contract", &[contract]), "owner")
}
