//! What a contract's owner decides about its guard, and the alerts that are up on it.

use lumenscope_interfaces::alerting::{
    ACTIVE_PAGE_MAX, AlertingError, GuardOverride, Severity, row_fires,
};
use lumenscope_interfaces::governance::require_not_paused;
use lumenscope_rules::handling::HANDLING_MAX_S;
use lumenscope_rules::rule::DURATION_MAX_S;
use soroban_sdk::{Address, Env, IntoVal, Symbol, Val, Vec, symbol_short};

use crate::access::{require, require_owner_of};
use crate::events::alerting_changed;
use crate::raw::{is_within, list, typed};
use crate::storage;
use crate::summary::Summary;

/// Shorter, and a summary would be stale between two heartbeats of a keeper that comes every
/// minute or two.
const STALE_AFTER_MIN_S: u32 = 300;
/// 22 hours. Half of it is a heartbeat, and an evaluation of a rule over hours comes at most 12 hours
/// further: were a heartbeat longer, nothing of that would be kept, and the next one would begin again.
const STALE_AFTER_MAX_S: u32 = 79_200;
const TRIP_MIN_S: u32 = 60;

/// Sets the least severity that trips, how old is stale, whether stale refuses, and how long a trip
/// may last.
pub fn configure(e: &Env, caller: Address, contract: Address, trips: [Val; 4]) {
    require_owner_of(e, &caller, &contract);
    require_not_paused(e);
    let [min_severity, stale_after_s, fail_closed, trip_max_s] = trips;
    let valid = typed::<u32>(e, &min_severity) <= Severity::Critical as u32
        && is_within(typed(e, &stale_after_s), STALE_AFTER_MIN_S, STALE_AFTER_MAX_S)
        && (fail_closed.is_true() || fail_closed.is_false())
        && is_within(typed(e, &trip_max_s), TRIP_MIN_S, DURATION_MAX_S);
    require(e, valid, AlertingError::GuardInvalid);
    let mut summary = storage::summary(e, contract.as_val());
    summary.configure(trips);
    save(e, caller, &contract, &mut summary, symbol_short!("guard"), list(e, &trips).to_val());
}

pub fn force(e: &Env, caller: Address, contract: Address, forced: Val, until_s: Val) {
    require_owner_of(e, &caller, &contract);
    let code: u32 = typed(e, &forced);
    require(e, code <= GuardOverride::Closed as u32, AlertingError::GuardInvalid);
    let mut until = [forced, until_s];
    if code == GuardOverride::None as u32 {
        until[1] = 0u64.into_val(e);
    } else {
        let ahead_s = typed::<u64>(e, &until_s).saturating_sub(e.ledger().timestamp());
        require(e, is_within(ahead_s, 1, HANDLING_MAX_S), AlertingError::ExpiryInvalid);
    }
    let mut summary = storage::summary(e, contract.as_val());
    summary.force(until);
    save(e, caller, &contract, &mut summary, symbol_short!("forced"), list(e, &until).to_val());
}

fn save(
    e: &Env,
    caller: Address,
    contract: &Address,
    summary: &mut Summary,
    change: Symbol,
    value: Val,
) {
    storage::set_summary(e, contract.as_val(), summary);
    alerting_changed(e, caller, change, contract.to_val(), value);
}

pub fn active_alerts(e: &Env, contract: &Address, skipped: u32, limit: u32) -> Vec<Val> {
    let limit = limit.clamp(1, ACTIVE_PAGE_MAX);
    let mut alerts = Vec::new(e);
    let mut to_skip = skipped;
    let rows = storage::summary(e, contract.as_val()).rows;
    let (fingerprints, rows) = (rows.keys(), rows.values());
    for place in 0..rows.len() {
        let (fingerprint, row) = (fingerprints.get_unchecked(place), rows.get_unchecked(place));
        if !row_fires(row, Severity::Info as u32) {
            continue;
        }
        if to_skip > 0 {
            to_skip -= 1;
        } else if alerts.len() < limit
            && let Some(alert) = storage::stored(e, storage::ALERT, fingerprint.as_val())
        {
            alerts.push_back(alert);
        }
    }
    alerts
}
