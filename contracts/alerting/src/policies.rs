//! Escalation policies.

use lumenscope_interfaces::alerting::{
    AlertingError, LEVEL_CHANNELS_MAX, POLICY_LEVELS_MAX, PolicySpec, PolicyView,
};
use lumenscope_interfaces::governance::require_not_paused;
use lumenscope_rules::slot::SLOT_S;
use soroban_sdk::{Address, BytesN, Env, symbol_short};

use crate::access::{refuse, require};
use crate::events::PolicyCreated;
use crate::registry::identify;
use crate::rules::{check_name, ladder};
use crate::storage;

pub fn create(e: &Env, owner: Address, spec: PolicySpec) -> BytesN<32> {
    owner.require_auth();
    require_not_paused(e);
    if let Err(error) = check_name(&spec.name) {
        refuse(e, error);
    }
    require(e, is_valid(&spec), AlertingError::PolicyInvalid);

    let mut counts = storage::owner(e, &owner);
    counts.policies += 1;
    let id = identify(e, symbol_short!("policy"), &owner, counts.policies);
    storage::set_owner(e, &owner, &counts);
    storage::set_policy(e, &PolicyView { id: id.clone(), owner: owner.clone(), spec });
    PolicyCreated { owner, policy: id.clone() }.publish(e);
    id
}

fn is_valid(spec: &PolicySpec) -> bool {
    let whole = |duration_s: u32| {
        duration_s.is_multiple_of(SLOT_S) && duration_s / SLOT_S <= u32::from(u16::MAX)
    };
    (1..=POLICY_LEVELS_MAX).contains(&spec.levels.len())
        && spec.levels.iter().all(|level| {
            whole(level.delay_s)
                && whole(level.repeat_s)
                && (1..=LEVEL_CHANNELS_MAX).contains(&level.channels.len())
        })
        && ladder(spec).is_valid()
}
