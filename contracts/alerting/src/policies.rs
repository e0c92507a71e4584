//! Escalation policies.

use lumenscope_interfaces::alerting::{
    AlertingError, LEVEL_CHANNELS_MAX, POLICY_LEVELS_MAX, PolicyLevel, PolicyView,
};
use lumenscope_interfaces::governance::require_not_paused;
use lumenscope_rules::slot::SLOT_S;
use soroban_sdk::{Address, BytesN, Env, String, Val, Vec, symbol_short};

use crate::access::{require, tell};
use crate::registry::next_id;
use crate::rules::{check_name, ladder};
use crate::storage;

pub fn create(e: &Env, owner: Address, name: String, levels: Vec<PolicyLevel>) -> BytesN<32> {
    owner.require_auth();
    require_not_paused(e);
    check_name(e, &name);
    require(e, is_valid(&levels), AlertingError::PolicyInvalid);

    let id = next_id(e, &owner);
    storage::set_policy(e, &id, &PolicyView { owner: owner.clone(), name, levels });
    tell(e, owner, symbol_short!("policy"), id.as_val(), &Val::VOID.into());
    id
}

fn is_valid(levels: &Vec<PolicyLevel>) -> bool {
    let whole = |duration_s: u32| {
        duration_s.is_multiple_of(SLOT_S) && duration_s / SLOT_S <= u32::from(u16::MAX)
    };
    (1..=POLICY_LEVELS_MAX).contains(&levels.len())
        && levels.iter().all(|level| {
            whole(level.delay_s)
                && whole(level.repeat_s)
                && (1..=LEVEL_CHANNELS_MAX).contains(&level.channels.len())
        })
        && ladder(levels).is_valid()
}
