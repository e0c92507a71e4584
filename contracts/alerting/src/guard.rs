//! What a contract's owner decides about its guard, and the alerts that are up on it.

use lumenscope_interfaces::alerting::{
    ACTIVE_PAGE_MAX, AlertSummary, AlertView, AlertingError, GuardConfig, GuardOverride, Severity,
    row_fires,
};
use lumenscope_interfaces::governance::require_not_paused;
use lumenscope_rules::handling::HANDLING_MAX_S;
use lumenscope_rules::rule::DURATION_MAX_S;
use soroban_sdk::{Address, Env, IntoVal, Symbol, Val, Vec, symbol_short};

use crate::access::{require, require_owner_of, tell};
use crate::storage;
use crate::summary::settle;

/// Shorter, and a summary would be stale between two heartbeats of a keeper that comes every
/// minute or two.
const STALE_AFTER_MIN_S: u32 = 300;
/// A week: longer, and fail-closed protects from nothing.
const STALE_AFTER_MAX_S: u32 = 604_800;
const TRIP_MIN_S: u32 = 60;

pub fn configure(e: &Env, caller: Address, contract: Address, config: GuardConfig) {
    require_owner_of(e, &caller, &contract);
    require_not_paused(e);
    let valid = (STALE_AFTER_MIN_S..=STALE_AFTER_MAX_S).contains(&config.stale_after_s)
        && (TRIP_MIN_S..=DURATION_MAX_S).contains(&config.trip_max_s);
    require(e, valid, AlertingError::GuardInvalid);
    let mut summary = storage::summary(e, &contract);
    summary.guard = config;
    // What fires already counts by the new severity at once.
    settle(&mut summary, e.ledger().timestamp());
    save(e, caller, &contract, &summary, symbol_short!("guard"), &config.into_val(e));
}

pub fn force(e: &Env, caller: Address, contract: Address, forced: GuardOverride, until_s: u64) {
    require_owner_of(e, &caller, &contract);
    let until_s = if forced == GuardOverride::None {
        0
    } else {
        let ahead_s = until_s.saturating_sub(e.ledger().timestamp());
        require(e, (1..=HANDLING_MAX_S).contains(&ahead_s), AlertingError::ExpiryInvalid);
        until_s
    };
    let mut summary = storage::summary(e, &contract);
    summary.forced = forced;
    summary.forced_until_s = until_s;
    save(e, caller, &contract, &summary, symbol_short!("forced"), &(forced, until_s).into_val(e));
}

fn save(
    e: &Env,
    caller: Address,
    contract: &Address,
    summary: &AlertSummary,
    change: Symbol,
    value: &Val,
) {
    storage::set_summary(e, contract, summary);
    tell(e, caller, change, contract.as_val(), value);
}

pub fn active_alerts(e: &Env, contract: &Address, skipped: u32, limit: u32) -> Vec<AlertView> {
    let limit = limit.clamp(1, ACTIVE_PAGE_MAX);
    let mut alerts = Vec::new(e);
    let mut to_skip = skipped;
    for (fingerprint, row) in storage::summary(e, contract).rows {
        if !row_fires(row, Severity::Info) || alerts.len() == limit {
            continue;
        }
        if to_skip > 0 {
            to_skip -= 1;
        } else if let Some(alert) = storage::alert(e, &fingerprint) {
            alerts.push_back(alert);
        }
    }
    alerts
}
