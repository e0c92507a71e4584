//! Rules: creation, change, lists.

use lumenscope_interfaces::alerting::{
    AlertingError, OPERATORS_MAX, RULES_PER_CONTRACT_MAX, RuleSpec, RuleView,
};
use lumenscope_interfaces::common::{PAGE_ITEMS_MAX, StreamKey};
use lumenscope_interfaces::governance::require_not_paused;
use lumenscope_interfaces::performance_monitor::PerformanceMonitorClient;
use lumenscope_rules::slot::slot_of;
use soroban_sdk::xdr::ToXdr;
use soroban_sdk::{Address, BytesN, Env, IntoVal, Val, symbol_short};

use crate::access::{is_admin, owner_of, refuse, require, require_owner_of, require_rule, tell};
use crate::rules::{check, names};
use crate::{source, storage};

/// An id that no other owner can take: a hash of its owner and the owner's count.
pub fn next_id(e: &Env, owner: &Address) -> BytesN<32> {
    let mut counts = storage::owner(e, owner);
    counts.created += 1;
    storage::set_owner(e, owner, &counts);
    e.crypto().sha256(&(owner.clone(), counts.created).to_xdr(e)).to_bytes()
}

pub fn create(e: &Env, owner: Address, spec: RuleSpec) -> BytesN<32> {
    match &spec.contract {
        Some(contract) => require_owner_of(e, &owner, contract),
        None => owner.require_auth(),
    }
    require_not_paused(e);
    require_valid(e, &owner, &spec);

    let id = next_id(e, &owner);
    let scope = spec.contract.as_ref().unwrap_or(&owner);
    let mut rules = storage::rules_on(e, scope);
    require(e, rules.len() < RULES_PER_CONTRACT_MAX, AlertingError::TooManyRules);
    rules.push_back(id.clone());
    storage::set_rules_on(e, scope, &rules);
    let active_from_slot = slot_of(e.ledger().timestamp());
    let rule = RuleView { owner, spec, active_from_slot, paused: false };
    storage::set_rule(e, &id, &rule);
    tell(e, rule.owner, symbol_short!("rule"), id.as_val(), &Val::VOID.into());
    id
}

pub fn update(e: &Env, caller: Address, id: BytesN<32>, spec: RuleSpec) {
    let mut rule = require_rule(e, &caller, &id, false);
    let same_scope = spec.contract == rule.spec.contract
        && spec.function == rule.spec.function
        && spec.subject == rule.spec.subject;
    require(e, same_scope, AlertingError::ScopeChanged);
    require_valid(e, &rule.owner, &spec);
    rule.spec = spec;
    storage::set_rule(e, &id, &rule);
    tell(e, caller, symbol_short!("updated"), id.as_val(), &Val::VOID.into());
}

pub fn set_paused(e: &Env, caller: Address, id: BytesN<32>, paused: bool) {
    let mut rule = require_rule(e, &caller, &id, false);
    require(e, rule.paused != paused, AlertingError::PauseUnchanged);
    rule.paused = paused;
    let change = if paused {
        symbol_short!("paused")
    } else {
        rule.active_from_slot = slot_of(e.ledger().timestamp());
        symbol_short!("resumed")
    };
    storage::set_rule(e, &id, &rule);
    tell(e, caller, change, id.as_val(), &Val::VOID.into());
}

pub fn delete(e: &Env, caller: Address, id: BytesN<32>) {
    let rule = require_rule(e, &caller, &id, false);
    let scope = rule.spec.contract.unwrap_or(rule.owner);
    let mut rules = storage::rules_on(e, &scope);
    if let Some(place) = rules.first_index_of(&id) {
        rules.remove(place);
        storage::set_rules_on(e, &scope, &rules);
    }
    storage::remove_rule(e, &id);
    tell(e, caller, symbol_short!("deleted"), id.as_val(), &Val::VOID.into());
}

fn require_valid(e: &Env, owner: &Address, spec: &RuleSpec) {
    if let Some(policy) = &spec.policy {
        let known = storage::policy(e, policy).is_some_and(|policy| policy.owner == *owner);
        require(e, known, AlertingError::PolicyUnknown);
    }
    check(e, spec);
    if let Some(contract) = &spec.contract {
        require(e, is_watched(e, contract, spec), AlertingError::MetricUnwatched);
    }
}

/// Whether a stream that the rule covers watches its metric.
fn is_watched(e: &Env, contract: &Address, spec: &RuleSpec) -> bool {
    let watches = |stream: &StreamKey| source::read(e, stream, &spec.metric).is_some();
    if let (Some(function), Some(_)) = (&spec.function, &spec.subject) {
        let (contract, subject) = (contract.clone(), spec.subject.clone());
        return watches(&StreamKey { contract, function: function.clone(), subject });
    }
    let monitor = PerformanceMonitorClient::new(e, &storage::monitor(e));
    let mut start = 0;
    loop {
        let streams = monitor.streams(contract, &start, &PAGE_ITEMS_MAX);
        start += streams.len();
        let is_last = streams.len() < PAGE_ITEMS_MAX;
        for stream in streams {
            if names(spec, &stream) && watches(&stream) {
                return true;
            }
        }
        if is_last {
            return false;
        }
    }
}

pub fn set_operator(e: &Env, owner: Address, operator: Address, allowed: bool) {
    owner.require_auth();
    let mut counts = storage::owner(e, &owner);
    match (counts.operators.first_index_of(&operator), allowed) {
        (None, true) if counts.operators.len() < OPERATORS_MAX => {
            counts.operators.push_back(operator.clone());
        }
        (Some(place), false) => {
            counts.operators.remove(place);
        }
        _ => refuse(e, AlertingError::OperatorsInvalid),
    }
    storage::set_owner(e, &owner, &counts);
    tell(e, owner, symbol_short!("operator"), operator.as_val(), &allowed.into_val(e));
}

/// Whether the rule covers a stream that its words name.
pub fn covers(e: &Env, rule: &RuleView, contract: &Address) -> bool {
    rule.spec.contract.is_some()
        || is_admin(e, &rule.owner)
        || owner_of(e, contract).as_ref() == Some(&rule.owner)
}
