//! Keys and every access to storage.
//!
//! The link to performance-monitor is in the instance; everything else is persistent, created with
//! the network's minimum of 120 days and extended by `keep_alive_alerts`.

use lumenscope_interfaces::alerting::{
    AlertSummary, AlertView, AlertingError, PolicyView, RuleTarget, RuleView,
};
use lumenscope_interfaces::common::TTL_TARGET_LEDGERS;
use lumenscope_interfaces::governance::{KEEP_ALIVE_MAX_LEDGERS, KEEP_ALIVE_MIN_LEDGERS};
use soroban_sdk::{
    Address, BytesN, Env, IntoVal, Symbol, TryFromVal, Val, Vec, contracttype, symbol_short, vec,
};

use crate::access::refuse;
use crate::summary;

/// The link to performance-monitor.
const MONITOR: Symbol = symbol_short!("monitor");
/// By rule id.
const RULE: Symbol = symbol_short!("rule");
/// By policy id.
const POLICY: Symbol = symbol_short!("policy");
/// By the owner of rules and policies.
const OWNER: Symbol = symbol_short!("owner");
/// By contract: the ids of the rules that name it; by owner: of those that name none.
const RULES: Symbol = symbol_short!("rules");
/// By fingerprint.
const ALERT: Symbol = symbol_short!("alert");
/// By contract.
const SUMMARY: Symbol = symbol_short!("summary");

/// What an owner has: ids are counted by owner, so that owners never wait for each other.
#[contracttype]
#[derive(Clone)]
pub struct Owner {
    /// Rules and policies created so far.
    pub created: u32,
    pub operators: Vec<Address>,
}

fn key(e: &Env, of: Symbol, id: &Val) -> Vec<Val> {
    vec![e, of.to_val(), *id]
}

fn get<T: TryFromVal<Env, Val>>(e: &Env, of: Symbol, id: &Val) -> Option<T> {
    e.storage().persistent().get(&key(e, of, id))
}

fn set(e: &Env, of: Symbol, id: &Val, value: &Val) {
    e.storage().persistent().set(&key(e, of, id), value);
}

fn remove(e: &Env, of: Symbol, id: &Val) {
    e.storage().persistent().remove(&key(e, of, id));
}

pub fn monitor(e: &Env) -> Address {
    let monitor = e.storage().instance().get(&MONITOR);
    monitor.unwrap_or_else(|| refuse(e, AlertingError::SourceUnreadable))
}

pub fn set_monitor(e: &Env, monitor: &Address) {
    e.storage().instance().set(&MONITOR, monitor);
}

pub fn rule(e: &Env, id: &BytesN<32>) -> Option<RuleView> {
    get(e, RULE, id.as_val())
}

pub fn require_rule(e: &Env, id: &BytesN<32>) -> RuleView {
    rule(e, id).unwrap_or_else(|| refuse(e, AlertingError::RuleUnknown))
}

pub fn set_rule(e: &Env, id: &BytesN<32>, rule: &RuleView) {
    set(e, RULE, id.as_val(), &rule.into_val(e));
}

pub fn remove_rule(e: &Env, id: &BytesN<32>) {
    remove(e, RULE, id.as_val());
}

pub fn policy(e: &Env, id: &BytesN<32>) -> Option<PolicyView> {
    get(e, POLICY, id.as_val())
}

pub fn set_policy(e: &Env, id: &BytesN<32>, policy: &PolicyView) {
    set(e, POLICY, id.as_val(), &policy.into_val(e));
}

pub fn owner(e: &Env, owner: &Address) -> Owner {
    get(e, OWNER, owner.as_val()).unwrap_or_else(|| Owner { created: 0, operators: Vec::new(e) })
}

pub fn set_owner(e: &Env, address: &Address, owner: &Owner) {
    set(e, OWNER, address.as_val(), &owner.into_val(e));
}

pub fn rules_on(e: &Env, address: &Address) -> Vec<BytesN<32>> {
    get(e, RULES, address.as_val()).unwrap_or_else(|| Vec::new(e))
}

pub fn set_rules_on(e: &Env, address: &Address, rules: &Vec<BytesN<32>>) {
    set(e, RULES, address.as_val(), rules.as_val());
}

pub fn alert(e: &Env, fingerprint: &BytesN<16>) -> Option<AlertView> {
    get(e, ALERT, fingerprint.as_val())
}

pub fn set_alert(e: &Env, fingerprint: &BytesN<16>, alert: &AlertView) {
    set(e, ALERT, fingerprint.as_val(), &alert.into_val(e));
}

pub fn remove_alert(e: &Env, fingerprint: &BytesN<16>) {
    remove(e, ALERT, fingerprint.as_val());
}

pub fn stored_summary(e: &Env, contract: &Address) -> Option<AlertSummary> {
    get(e, SUMMARY, contract.as_val())
}

pub fn summary(e: &Env, contract: &Address) -> AlertSummary {
    stored_summary(e, contract).unwrap_or_else(|| summary::new(e))
}

pub fn set_summary(e: &Env, contract: &Address, summary: &AlertSummary) {
    set(e, SUMMARY, contract.as_val(), &summary.into_val(e));
}

fn keep(e: &Env, of: Symbol, id: &Val) {
    let (persistent, key) = (e.storage().persistent(), key(e, of, id));
    if persistent.has(&key) {
        let (least, most) = (KEEP_ALIVE_MIN_LEDGERS, KEEP_ALIVE_MAX_LEDGERS);
        persistent.extend_ttl_with_limits(&key, TTL_TARGET_LEDGERS, least, most);
    }
}

pub fn keep_alive(e: &Env, target: &RuleTarget, fingerprint: &BytesN<16>) {
    let contract = target.stream.contract.as_val();
    if let Some(rule) = rule(e, &target.rule) {
        keep(e, OWNER, rule.owner.as_val());
        if let Some(policy) = rule.spec.policy {
            keep(e, POLICY, policy.as_val());
        }
        keep(e, RULES, rule.owner.as_val());
    }
    keep(e, RULE, target.rule.as_val());
    keep(e, ALERT, fingerprint.as_val());
    keep(e, SUMMARY, contract);
    keep(e, RULES, contract);
}
