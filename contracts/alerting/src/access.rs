//! Who may do what, and the record of it.

use lumenscope_interfaces::alerting::AlertingError;
use lumenscope_interfaces::governance::{self, Governance, Role};
use soroban_sdk::{Address, Env, Symbol, TryFromVal, Val, panic_with_error};

use crate::contract::AlertingContract;
use crate::raw::{list, same, unpack};
use crate::rules::field;
use crate::storage::{self, OPERATORS, StoredRule};

/// Ends the call with an error of this contract.
pub fn refuse(e: &Env, error: AlertingError) -> ! {
    panic_with_error!(e, error)
}

#[inline(never)]
pub fn require(e: &Env, holds: bool, error: AlertingError) {
    if !holds {
        refuse(e, error);
    }
}

pub fn is_admin(e: &Env, address: &Address) -> bool {
    AlertingContract::admin(e) == *address
}

/// Whether `caller`, who has authorised the call, may begin alerts of this owner's rules.
pub fn is_keeper(e: &Env, caller: &Address, rule_owner: &Address) -> bool {
    caller == rule_owner || is_admin(e, caller) || governance::has_role(e, caller, Role::Keeper)
}

/// Who owns a contract, as performance-monitor knows it, or void. Of what it answers only this is
/// read.
pub fn owner_of(e: &Env, contract: &Val) -> Val {
    let function = Symbol::new(e, "monitored_contract");
    let registered: Val = e.invoke_contract(&storage::monitor(e), &function, list(e, &[*contract]));
    if registered.is_void() { registered } else { unpack(e, &registered, &["owner"])[0] }
}

/// `caller` authorises, and owns the contract or is the admin.
pub fn require_owner_of(e: &Env, caller: &Address, contract: &Address) {
    caller.require_auth();
    if is_admin(e, caller) {
        return;
    }
    let owner = owner_of(e, contract.as_val());
    require(e, !owner.is_void(), AlertingError::ContractUnmonitored);
    require(e, same(e, &owner, caller.as_val()), AlertingError::NotTheRuleOwner);
}

/// The rule. `caller` authorises, and owns it, is one of its owner's operators if those may, or
/// the admin. Who owns a contract owns the rules that name it: when it is handed over, they are as
/// well.
pub fn require_rule(e: &Env, caller: &Address, rule: &Val, operators: bool) -> StoredRule {
    caller.require_auth();
    let Some(mut rule) = storage::rule(e, rule) else { refuse(e, AlertingError::RuleUnknown) };
    let contract = &rule.spec.0[field::CONTRACT];
    if !contract.is_void() {
        // Nobody's rule stays its author's.
        rule.owner = Address::try_from_val(e, &owner_of(e, contract)).unwrap_or(rule.owner);
    }
    let allowed = rule.owner == *caller
        || (operators && storage::list(e, OPERATORS, &rule.owner).contains(caller.to_val()))
        || is_admin(e, caller);
    require(e, allowed, AlertingError::NotTheRuleOwner);
    rule
}
