//! Who may do what, and the record of it.

use lumenscope_interfaces::alerting::{AlertingError, RuleView};
use lumenscope_interfaces::governance::{self, Governance, Role};
use soroban_sdk::{
    Address, BytesN, Env, Map, Symbol, TryFromVal, Val, panic_with_error, symbol_short, vec,
};

use crate::contract::AlertingContract;
use crate::events::AlertingChanged;
use crate::storage;

/// Ends the call with an error of this contract.
pub fn refuse(e: &Env, error: AlertingError) -> ! {
    panic_with_error!(e, error)
}

pub fn require(e: &Env, holds: bool, error: AlertingError) {
    if !holds {
        refuse(e, error);
    }
}

/// Tells of a change of anything but an alert.
pub fn tell(e: &Env, caller: Address, change: Symbol, object: &Val, value: &Val) {
    AlertingChanged { caller, change, object: *object, value: *value }.publish(e);
}

pub fn is_admin(e: &Env, address: &Address) -> bool {
    AlertingContract::admin(e) == *address
}

/// Whether `caller`, who has authorised the call, may begin alerts of this owner's rules.
pub fn is_keeper(e: &Env, caller: &Address, rule_owner: &Address) -> bool {
    caller == rule_owner || is_admin(e, caller) || governance::has_role(e, caller, Role::Keeper)
}

/// Who owns a contract, as performance-monitor knows it. Of what it answers only this is read.
pub fn owner_of(e: &Env, contract: &Address) -> Option<Address> {
    let function = Symbol::new(e, "monitored_contract");
    let arguments = vec![e, contract.to_val()];
    let registered: Option<Map<Symbol, Val>> =
        e.invoke_contract(&storage::monitor(e), &function, arguments);
    let owner = registered?.get(symbol_short!("owner"))?;
    Address::try_from_val(e, &owner).ok()
}

/// `caller` authorises, and owns the contract or is the admin.
pub fn require_owner_of(e: &Env, caller: &Address, contract: &Address) {
    caller.require_auth();
    if is_admin(e, caller) {
        return;
    }
    match owner_of(e, contract) {
        Some(owner) => require(e, owner == *caller, AlertingError::NotTheRuleOwner),
        None => refuse(e, AlertingError::ContractUnmonitored),
    }
}

/// The rule. `caller` authorises, and owns it, is one of its owner's operators if those may, or
/// the admin.
pub fn require_rule(e: &Env, caller: &Address, rule: &BytesN<32>, operators: bool) -> RuleView {
    caller.require_auth();
    let rule = storage::require_rule(e, rule);
    let allowed = rule.owner == *caller
        || (operators && storage::owner(e, &rule.owner).operators.contains(caller))
        || is_admin(e, caller);
    require(e, allowed, AlertingError::NotTheRuleOwner);
    rule
}
