//! Rules: creation, change, lists.

use lumenscope_interfaces::alerting::{
    AlertingError, OPERATORS_MAX, RULES_PAGE_MAX, RULES_PER_CONTRACT_MAX, RulePage, RuleSpec,
    RuleView,
};
use lumenscope_interfaces::common::PAGE_ITEMS_MAX;
use lumenscope_interfaces::governance::require_not_paused;
use lumenscope_interfaces::performance_monitor::PerformanceMonitorClient;
use lumenscope_rules::slot::slot_of;
use soroban_sdk::xdr::ToXdr;
use soroban_sdk::{Address, BytesN, Env, IntoVal, Symbol, Val, Vec, symbol_short, vec};

use crate::access::{is_admin, refuse, require, require_owner_of, require_rule_owner};
use crate::events::{AlertOperatorChanged, RuleChanged, RuleCreated};
use crate::rules::{check, names};
use crate::storage;
use crate::summary::Summary;

/// An id that no other owner can take: a hash of what it is for, its owner and the owner's count.
pub fn identify(e: &Env, of: Symbol, owner: &Address, number: u32) -> BytesN<32> {
    let parts: Vec<Val> = vec![e, of.to_val(), owner.to_val(), number.into_val(e)];
    e.crypto().sha256(&parts.to_xdr(e)).to_bytes()
}

pub fn create(e: &Env, owner: Address, spec: RuleSpec) -> BytesN<32> {
    match &spec.contract {
        Some(contract) => require_owner_of(e, &owner, contract),
        None => owner.require_auth(),
    }
    require_not_paused(e);
    require_valid(e, &owner, &spec);

    let mut counts = storage::owner(e, &owner);
    counts.rules += 1;
    let id = identify(e, symbol_short!("rule"), &owner, counts.rules);
    if let Some(contract) = &spec.contract {
        let mut rules = storage::rules_on(e, contract);
        require(e, rules.len() < RULES_PER_CONTRACT_MAX, AlertingError::TooManyRules);
        rules.push_back(id.clone());
        storage::set_rules_on(e, contract, &rules);
        if storage::header(e, contract).is_none() {
            storage::set_summary(e, contract, &Summary::NEW);
        }
    }
    storage::set_owner(e, &owner, &counts);
    RuleCreated { owner: owner.clone(), rule: id.clone(), contract: spec.contract.clone() }
        .publish(e);
    let active_from_slot = slot_of(e.ledger().timestamp());
    let number = counts.rules;
    let rule = RuleView { id: id.clone(), owner, number, spec, active_from_slot, paused: false };
    storage::set_rule(e, &rule);
    id
}

pub fn update(e: &Env, caller: Address, id: BytesN<32>, spec: RuleSpec) {
    let mut rule = storage::require_rule(e, &id);
    require_rule_owner(e, &caller, &rule);
    let same_scope = spec.contract == rule.spec.contract
        && spec.function == rule.spec.function
        && spec.subject == rule.spec.subject;
    require(e, same_scope, AlertingError::ScopeChanged);
    require_valid(e, &rule.owner, &spec);
    rule.spec = spec;
    storage::set_rule(e, &rule);
    RuleChanged { caller, rule: id, change: symbol_short!("updated") }.publish(e);
}

pub fn set_paused(e: &Env, caller: Address, id: BytesN<32>, paused: bool) {
    let mut rule = storage::require_rule(e, &id);
    require_rule_owner(e, &caller, &rule);
    require(e, rule.paused != paused, AlertingError::PauseUnchanged);
    rule.paused = paused;
    let change = if paused {
        symbol_short!("paused")
    } else {
        rule.active_from_slot = slot_of(e.ledger().timestamp());
        symbol_short!("resumed")
    };
    storage::set_rule(e, &rule);
    RuleChanged { caller, rule: id, change }.publish(e);
}

pub fn delete(e: &Env, caller: Address, id: BytesN<32>) {
    let rule = storage::require_rule(e, &id);
    require_rule_owner(e, &caller, &rule);
    if let Some(contract) = &rule.spec.contract {
        let mut rules = storage::rules_on(e, contract);
        if let Some(place) = rules.first_index_of(&id) {
            rules.remove(place);
            storage::set_rules_on(e, contract, &rules);
        }
    }
    storage::remove_rule(e, &id);
    RuleChanged { caller, rule: id, change: symbol_short!("deleted") }.publish(e);
}

fn require_valid(e: &Env, owner: &Address, spec: &RuleSpec) {
    if let Some(policy) = &spec.policy {
        let known = storage::policy(e, policy).is_some_and(|policy| policy.owner == *owner);
        require(e, known, AlertingError::PolicyUnknown);
    }
    if let Err(error) = check(e, spec) {
        refuse(e, error);
    }
    if let Some(contract) = &spec.contract {
        require(e, is_watched(e, contract, spec), AlertingError::MetricUnwatched);
    }
}

/// Whether a stream that the rule covers watches its metric.
fn is_watched(e: &Env, contract: &Address, spec: &RuleSpec) -> bool {
    let monitor = PerformanceMonitorClient::new(e, &storage::monitor(e));
    let mut start = 0;
    loop {
        let streams = monitor.streams(contract, &start, &PAGE_ITEMS_MAX);
        for stream in streams.iter().filter(|stream| names(spec, stream)) {
            let definition = monitor.stream_definition(&stream);
            if definition.is_some_and(|definition| definition.watches(&spec.metric)) {
                return true;
            }
        }
        start += streams.len();
        if streams.len() < PAGE_ITEMS_MAX {
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
    AlertOperatorChanged { owner, operator, allowed }.publish(e);
}

pub fn rules_of(e: &Env, owner: &Address, cursor: u32, limit: u32) -> RulePage {
    let count = storage::owner(e, owner).rules;
    page(e, cursor, limit, count, |place| {
        Some(identify(e, symbol_short!("rule"), owner, place + 1))
    })
}

pub fn rules_on(e: &Env, contract: &Address, cursor: u32, limit: u32) -> RulePage {
    let rules = storage::rules_on(e, contract);
    page(e, cursor, limit, rules.len(), |place| rules.get(place))
}

fn page(
    e: &Env,
    cursor: u32,
    limit: u32,
    count: u32,
    id: impl Fn(u32) -> Option<BytesN<32>>,
) -> RulePage {
    let end = cursor.saturating_add(limit.clamp(1, RULES_PAGE_MAX)).min(count);
    let mut rules = Vec::new(e);
    for rule in (cursor..end).filter_map(id).filter_map(|id| storage::rule(e, &id)) {
        rules.push_back(rule);
    }
    RulePage { rules, next: if end < count { Some(end) } else { None } }
}

/// Whether the rule covers a stream that its words name.
pub fn covers(e: &Env, rule: &RuleView, contract: &Address) -> bool {
    rule.spec.contract.is_some()
        || is_admin(e, &rule.owner)
        || crate::access::owner_of(e, contract).as_ref() == Some(&rule.owner)
}
