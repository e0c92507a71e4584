//! Keys and every access to storage.
//!
//! The link to performance-monitor is in the instance; everything else is persistent, created with
//! the network's minimum of 120 days. Nothing here extends it: the network's own operation does that
//! for any number of keys at once, without paying for a contract's code.

use lumenscope_rules::codec::STATE_BYTES;
use soroban_sdk::unwrap::UnwrapOptimized;
use soroban_sdk::{Address, BytesN, Env, IntoVal, String, Symbol, Val, Vec, symbol_short};

use crate::raw::{list as list_of, number, pack, typed, unpack};
use crate::rules::Spec;
use crate::summary::Summary;
use crate::target::Target;

/// The link to performance-monitor.
const MONITOR: Symbol = symbol_short!("monitor");
/// By rule id.
pub const RULE: Symbol = symbol_short!("rule");
/// By policy id.
pub const POLICY: Symbol = symbol_short!("policy");
/// By the owner of rules and policies: how many were created so far. Ids are counted by owner, so
/// that owners never wait for each other.
const CREATED: Symbol = symbol_short!("created");
/// By the owner of rules: who may handle their alerts.
pub const OPERATORS: Symbol = symbol_short!("operators");
/// By contract: the ids of the rules that name it; by owner: of those that name none.
pub const RULES: Symbol = symbol_short!("rules");
/// By fingerprint.
pub const ALERT: Symbol = symbol_short!("alert");
/// By contract.
pub const SUMMARY: Symbol = symbol_short!("summary");

/// A `RuleView`.
pub struct StoredRule {
    pub active_from_slot: u32,
    pub owner: Address,
    pub paused: bool,
    pub spec: Spec,
}

const RULE_KEYS: [&str; 4] = ["active_from_slot", "owner", "paused", "spec"];
const POLICY_KEYS: [&str; 3] = ["levels", "name", "owner"];
const ALERT_KEYS: [&str; 3] = ["policy", "state", "target"];

fn key(e: &Env, of: Symbol, id: &Val) -> Vec<Val> {
    list_of(e, &[of.to_val(), *id])
}

/// What is stored, as it is.
pub fn stored(e: &Env, of: Symbol, id: &Val) -> Option<Val> {
    e.storage().persistent().get(&key(e, of, id))
}

/// What is stored, as it is, to be shown; void for nothing.
#[inline(never)]
pub fn shown(e: &Env, of: Symbol, id: &Val) -> Val {
    stored(e, of, id).unwrap_or(Val::VOID.into())
}

fn set(e: &Env, of: Symbol, id: &Val, value: &Val) {
    e.storage().persistent().set(&key(e, of, id), value);
}

pub fn remove(e: &Env, of: Symbol, id: &Val) {
    e.storage().persistent().remove(&key(e, of, id));
}

pub fn monitor(e: &Env) -> Address {
    // Set by the constructor.
    e.storage().instance().get(&MONITOR).unwrap_optimized()
}

pub fn set_monitor(e: &Env, monitor: &Address) {
    e.storage().instance().set(&MONITOR, monitor);
}

pub fn rule(e: &Env, id: &Val) -> Option<StoredRule> {
    let [active_from_slot, owner, paused, spec, ..] = unpack(e, &stored(e, RULE, id)?, &RULE_KEYS);
    Some(StoredRule {
        active_from_slot: number(&active_from_slot),
        owner: typed(e, &owner),
        paused: paused.is_true(),
        spec: Spec::unpack(e, &spec),
    })
}

pub fn set_rule(e: &Env, id: &Val, rule: &StoredRule) {
    let values = [
        rule.active_from_slot.into_val(e),
        rule.owner.to_val(),
        rule.paused.into_val(e),
        rule.spec.pack(e),
    ];
    set(e, RULE, id, &pack(e, &RULE_KEYS, &values));
}

/// The levels and the owner of a policy.
pub fn policy(e: &Env, id: &Val) -> Option<(Val, Val)> {
    let [levels, _, owner, ..] = unpack(e, &stored(e, POLICY, id)?, &POLICY_KEYS);
    Some((levels, owner))
}

pub fn set_policy(e: &Env, id: &BytesN<32>, owner: &Address, name: &String, levels: &Vec<Val>) {
    let values = [levels.to_val(), name.to_val(), owner.to_val()];
    set(e, POLICY, id.as_val(), &pack(e, &POLICY_KEYS, &values));
}

pub fn created(e: &Env, owner: &Address) -> u32 {
    stored(e, CREATED, owner.as_val()).map_or(0, |created| number(&created))
}

pub fn set_created(e: &Env, owner: &Address, created: u32) {
    set(e, CREATED, owner.as_val(), &created.into_val(e));
}

/// A list of ids or addresses.
pub fn list(e: &Env, of: Symbol, address: &Address) -> Vec<Val> {
    match stored(e, of, address.as_val()) {
        Some(list) => typed(e, &list),
        None => Vec::new(e),
    }
}

pub fn set_list(e: &Env, of: Symbol, address: &Address, list: &Vec<Val>) {
    set(e, of, address.as_val(), list.as_val());
}

/// The policy that an alert's episode runs on, and its state.
pub fn alert(e: &Env, fingerprint: &BytesN<16>) -> Option<(Val, BytesN<STATE_BYTES>)> {
    let stored = stored(e, ALERT, fingerprint.as_val())?;
    let [policy, state, ..] = unpack(e, &stored, &ALERT_KEYS);
    Some((policy, typed(e, &state)))
}

pub fn set_alert(e: &Env, target: &Target, policy: Val, state: &BytesN<STATE_BYTES>) {
    let values = [policy, state.to_val(), target.map];
    set(e, ALERT, target.fingerprint.as_val(), &pack(e, &ALERT_KEYS, &values));
}

pub fn summary(e: &Env, contract: &Val) -> Summary {
    match stored(e, SUMMARY, contract) {
        Some(map) => Summary::unpack(e, &map),
        None => Summary::new(e),
    }
}

/// Stores a summary. What fires counts at once by what the guard was told.
pub fn set_summary(e: &Env, contract: &Val, summary: &mut Summary) {
    summary.settle(e);
    set(e, SUMMARY, contract, &summary.pack(e));
}
