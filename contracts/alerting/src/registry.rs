//! Rules: creation, change, lists.

use lumenscope_interfaces::alerting::{AlertingError, OPERATORS_MAX, RULES_PER_CONTRACT_MAX};
use lumenscope_interfaces::common::PAGE_ITEMS_MAX;
use lumenscope_interfaces::governance::require_not_paused;
use lumenscope_rules::slot::slot_of;
use soroban_sdk::xdr::ToXdr;
use soroban_sdk::{Address, BytesN, Env, IntoVal, Symbol, Val, Vec, symbol_short};

use crate::access::{is_admin, owner_of, refuse, require, require_owner_of, require_rule};
use crate::events::alerting_changed;
use crate::raw::{list, same};
use crate::rules::{Spec, field};
use crate::source::{self, Minutes};
use crate::storage::{self, OPERATORS, RULE, RULES, StoredRule};
use crate::target::Stream;

/// An id that no other owner can take: a hash of its owner and the owner's count.
pub fn next_id(e: &Env, owner: &Address) -> BytesN<32> {
    let created = storage::created(e, owner) + 1;
    storage::set_created(e, owner, created);
    e.crypto().sha256(&list(e, &[owner.to_val(), created.into_val(e)]).to_xdr(e)).to_bytes()
}

pub fn create(e: &Env, owner: Address, spec: Spec) -> BytesN<32> {
    let contract = spec.contract(e);
    match &contract {
        Some(contract) => require_owner_of(e, &owner, contract),
        None => owner.require_auth(),
    }
    require_not_paused(e);
    require_valid(e, &owner, &spec);

    let id = next_id(e, &owner);
    let scope = contract.as_ref().unwrap_or(&owner);
    let mut rules = storage::list(e, RULES, scope);
    require(e, rules.len() < RULES_PER_CONTRACT_MAX, AlertingError::TooManyRules);
    rules.push_back(id.to_val());
    storage::set_list(e, RULES, scope, &rules);
    let active_from_slot = slot_of(e.ledger().timestamp());
    let rule = StoredRule { owner: owner.clone(), spec, active_from_slot, paused: false };
    save(e, owner, id.to_val(), &rule, symbol_short!("rule"));
    id
}

fn save(e: &Env, caller: Address, id: Val, rule: &StoredRule, change: Symbol) {
    storage::set_rule(e, &id, rule);
    alerting_changed(e, caller, change, id, Val::VOID.into());
}

pub fn update(e: &Env, caller: Address, id: Val, spec: Spec) {
    let mut rule = require_rule(e, &caller, &id, false);
    let same_scope = list(e, &spec.scope()) == list(e, &rule.spec.scope());
    require(e, same_scope, AlertingError::ScopeChanged);
    require_valid(e, &rule.owner, &spec);
    rule.spec = spec;
    save(e, caller, id, &rule, symbol_short!("updated"));
}

pub fn set_paused(e: &Env, caller: Address, id: Val, paused: bool) {
    let mut rule = require_rule(e, &caller, &id, false);
    require(e, rule.paused != paused, AlertingError::PauseUnchanged);
    rule.paused = paused;
    let change = if paused {
        symbol_short!("paused")
    } else {
        rule.active_from_slot = slot_of(e.ledger().timestamp());
        symbol_short!("resumed")
    };
    save(e, caller, id, &rule, change);
}

pub fn delete(e: &Env, caller: Address, id: Val) {
    let rule = require_rule(e, &caller, &id, false);
    let scope = rule.spec.contract(e).unwrap_or(rule.owner);
    let mut rules = storage::list(e, RULES, &scope);
    if let Some(place) = rules.first_index_of(id) {
        rules.remove(place);
        storage::set_list(e, RULES, &scope, &rules);
    }
    storage::remove(e, RULE, &id);
    alerting_changed(e, caller, symbol_short!("deleted"), id, Val::VOID.into());
}

fn require_valid(e: &Env, owner: &Address, spec: &Spec) {
    let policy = &spec.0[field::POLICY];
    if !policy.is_void() {
        let known = storage::policy(e, policy).is_some_and(|(_, of)| same(e, &of, owner.as_val()));
        require(e, known, AlertingError::PolicyUnknown);
    }
    spec.check(e);
    if !spec.0[field::CONTRACT].is_void() {
        require(e, is_watched(e, spec), AlertingError::MetricUnwatched);
    }
}

/// Whether a stream that the rule covers watches its metric.
fn is_watched(e: &Env, spec: &Spec) -> bool {
    let watches = |stream: &Stream| {
        spec.names(e, stream)
            && source::minutes(e, stream, &spec.0[field::METRIC], &mut Minutes::new())
    };
    let monitor = storage::monitor(e);
    let mut start = 0;
    loop {
        let arguments = [spec.0[field::CONTRACT], start.into_val(e), PAGE_ITEMS_MAX.into_val(e)];
        let streams: Vec<Val> =
            e.invoke_contract(&monitor, &symbol_short!("streams"), list(e, &arguments));
        if streams.is_empty() {
            return false;
        }
        start += streams.len();
        for place in 0..streams.len() {
            if watches(&Stream::unpack(e, &streams.get_unchecked(place))) {
                return true;
            }
        }
    }
}

pub fn set_operator(e: &Env, owner: Address, operator: Address, allowed: bool) {
    owner.require_auth();
    let mut operators = storage::list(e, OPERATORS, &owner);
    match operators.first_index_of(operator.to_val()) {
        None if allowed && operators.len() < OPERATORS_MAX => {
            operators.push_back(operator.to_val());
        }
        Some(place) if !allowed => {
            operators.remove(place);
        }
        _ => refuse(e, AlertingError::OperatorsInvalid),
    }
    storage::set_list(e, OPERATORS, &owner, &operators);
    alerting_changed(e, owner, symbol_short!("operator"), operator.to_val(), allowed.into_val(e));
}

/// Whether the rule covers a stream that its words name.
pub fn covers(e: &Env, rule: &StoredRule, contract: &Val) -> bool {
    !rule.spec.0[field::CONTRACT].is_void()
        || is_admin(e, &rule.owner)
        || same(e, &owner_of(e, contract), rule.owner.as_val())
}
