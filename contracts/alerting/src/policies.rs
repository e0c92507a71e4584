//! Escalation policies.

use lumenscope_interfaces::alerting::{AlertingError, PolicyLevel, PolicyView};
use lumenscope_interfaces::governance::require_not_paused;
use soroban_sdk::{Address, BytesN, Env, String, Val, Vec, symbol_short};

use crate::access::{require, tell};
use crate::registry::next_id;
use crate::rules::{check_name, ladder};
use crate::storage;

pub fn create(e: &Env, owner: Address, name: String, levels: Vec<PolicyLevel>) -> BytesN<32> {
    owner.require_auth();
    require_not_paused(e);
    check_name(e, &name);
    require(e, ladder(&levels).is_some(), AlertingError::PolicyInvalid);

    let id = next_id(e, &owner);
    storage::set_policy(e, &id, &PolicyView { owner: owner.clone(), name, levels });
    tell(e, owner, symbol_short!("policy"), id.as_val(), &Val::VOID.into());
    id
}
