//! Escalation policies.

use lumenscope_interfaces::alerting::AlertingError;
use lumenscope_interfaces::governance::require_not_paused;
use lumenscope_rules::Ladder;
use soroban_sdk::{Address, BytesN, Env, String, Val, Vec, symbol_short};

use crate::access::require;
use crate::events::alerting_changed;
use crate::registry::next_id;
use crate::rules::{check_name, read_ladder};
use crate::storage;

pub fn create(e: &Env, owner: Address, name: String, levels: Vec<Val>) -> BytesN<32> {
    owner.require_auth();
    require_not_paused(e);
    check_name(e, &name);
    let is_valid = read_ladder(e, &levels, &mut { Ladder::EMPTY });
    require(e, is_valid, AlertingError::PolicyInvalid);

    let id = next_id(e, &owner);
    storage::set_policy(e, &id, &owner, &name, &levels);
    alerting_changed(e, owner, symbol_short!("policy"), id.to_val(), Val::VOID.into());
    id
}
