//! Who may do what.

use lumenscope_interfaces::alerting::{AlertingError, RuleView};
use lumenscope_interfaces::governance::Governance;
use lumenscope_interfaces::performance_monitor::PerformanceMonitorClient;
use soroban_sdk::{Address, Env, panic_with_error};

use crate::contract::AlertingContract;
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

pub fn is_admin(e: &Env, address: &Address) -> bool {
    AlertingContract::admin(e) == *address
}

/// Who owns a contract, as performance-monitor knows it.
pub fn owner_of(e: &Env, contract: &Address) -> Option<Address> {
    let monitor = PerformanceMonitorClient::new(e, &storage::monitor(e));
    monitor.monitored_contract(contract).map(|registered| registered.owner)
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

/// `caller` authorises, and owns the rule or is the admin.
pub fn require_rule_owner(e: &Env, caller: &Address, rule: &RuleView) {
    caller.require_auth();
    let allowed = rule.owner == *caller || is_admin(e, caller);
    require(e, allowed, AlertingError::NotTheRuleOwner);
}

/// `caller` authorises, and owns the rule, is one of its owner's operators, or the admin.
pub fn require_handler(e: &Env, caller: &Address, rule: &RuleView) {
    caller.require_auth();
    let allowed = rule.owner == *caller
        || storage::owner(e, &rule.owner).operators.contains(caller)
        || is_admin(e, caller);
    require(e, allowed, AlertingError::NotTheRuleOwner);
}
