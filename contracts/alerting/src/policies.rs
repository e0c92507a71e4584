//! Escalation policies.

use lumenscope_interfaces::alerting::AlertingError;
use lumenscope_interfaces::governance::require_not_paused;
use lumenscope_rules::Ladder;
use soroban_sdk::{Address, BytesN, Env, Map, String, Symbol, Val, Vec, symbol_short};

use crate::access::require;
use crate::events::alerting_changed;
use crate::raw::typed;
use crate::registry::next_id;
use crate::rules::{check_name, read_ladder};
use crate::storage;

/// Fields of a level.
const LEVEL_FIELDS: u32 = 4;

pub fn create(e: &Env, owner: Address, name: String, levels: Vec<Val>) -> BytesN<32> {
    owner.require_auth();
    require_not_paused(e);
    check_name(e, &name);
    let is_valid = read_ladder(e, &levels, &mut { Ladder::EMPTY });
    require(e, is_valid, AlertingError::PolicyInvalid);
    require_plain(e, &levels);

    let id = next_id(e, &owner);
    storage::set_policy(e, &id, &owner, &name, &levels);
    alerting_changed(e, owner, symbol_short!("policy"), id.to_val(), Val::VOID.into());
    id
}

/// Levels are stored as they came: with no other fields, and with channels that are ids.
fn require_plain(e: &Env, levels: &Vec<Val>) {
    for place in 0..levels.len() {
        let level: Map<Symbol, Val> = typed(e, &levels.get_unchecked(place));
        require(e, level.len() == LEVEL_FIELDS, AlertingError::PolicyInvalid);
        let channels: Vec<Val> = typed(e, &level.get_unchecked(symbol_short!("channels")));
        for number in 0..channels.len() {
            let _: BytesN<32> = typed(e, &channels.get_unchecked(number));
        }
    }
}
