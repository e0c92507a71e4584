//! What other contracts ask, and what a contract's owner decides about the answer.

use lumenscope_interfaces::alerting::{
    AlertSummary, AlertingError, GuardConfig, GuardOverride, GuardVerdict, Severity,
};
use lumenscope_interfaces::governance::require_not_paused;
use lumenscope_rules::handling::HANDLING_MAX_S;
use lumenscope_rules::rule::DURATION_MAX_S;
use soroban_sdk::{Address, Env, Vec};

use crate::access::{require, require_owner_of};
use crate::events::{GuardConfigured, GuardOverridden};
use crate::storage;
use crate::summary::Summary;

/// Shorter, and a summary would be stale between two heartbeats of a keeper that comes every
/// minute or two.
const STALE_AFTER_MIN_S: u32 = 300;
/// A week: longer, and fail-closed protects from nothing.
const STALE_AFTER_MAX_S: u32 = 604_800;
const TRIP_MIN_S: u32 = 60;

pub fn is_firing(e: &Env, contract: &Address, min_severity: Severity) -> bool {
    storage::header(e, contract).is_some_and(|header| header.is_firing(min_severity as u8))
}

pub fn verdict(e: &Env, contract: &Address) -> GuardVerdict {
    let header = storage::header(e, contract);
    header.map_or(GuardVerdict::Unwatched, |header| header.verdict(e.ledger().timestamp()))
}

pub fn configure(e: &Env, caller: Address, contract: Address, config: GuardConfig) {
    require_owner_of(e, &caller, &contract);
    require_not_paused(e);
    let valid = (STALE_AFTER_MIN_S..=STALE_AFTER_MAX_S).contains(&config.stale_after_s)
        && (TRIP_MIN_S..=DURATION_MAX_S).contains(&config.trip_max_s);
    require(e, valid, AlertingError::GuardInvalid);
    change(e, &contract, |summary, now_s| {
        let header = &mut summary.header;
        header.fail_closed = config.fail_closed;
        header.min_severity = config.min_severity as u8;
        header.stale_after_s = config.stale_after_s;
        header.trip_max_s = config.trip_max_s;
        // What fires already counts by the new severity at once.
        let updated_s = header.updated_s;
        summary.settle(now_s);
        summary.header.updated_s = updated_s;
    });
    GuardConfigured { contract, caller, config }.publish(e);
}

pub fn force(e: &Env, caller: Address, contract: Address, forced: GuardOverride, until_s: u64) {
    require_owner_of(e, &caller, &contract);
    let now_s = e.ledger().timestamp();
    let ahead_s = until_s.saturating_sub(now_s);
    let valid = forced == GuardOverride::None || (1..=HANDLING_MAX_S).contains(&ahead_s);
    require(e, valid, AlertingError::ExpiryInvalid);
    let until_s = if forced == GuardOverride::None { 0 } else { until_s };
    change(e, &contract, |summary, _| {
        summary.header.forced = forced as u8;
        summary.header.forced_until_s = until_s;
    });
    GuardOverridden { contract, caller, forced, until_s }.publish(e);
}

fn change(e: &Env, contract: &Address, change: impl FnOnce(&mut Summary, u64)) {
    let mut summary = storage::summary(e, contract).unwrap_or(Summary::NEW);
    change(&mut summary, e.ledger().timestamp());
    storage::set_summary(e, contract, &summary);
}

pub fn summary(e: &Env, contract: &Address) -> Option<AlertSummary> {
    let header = storage::header(e, contract)?;
    let mut firing = Vec::new(e);
    for count in header.firing {
        firing.push_back(u32::from(count));
    }
    Some(AlertSummary {
        alerts: u32::from(header.rows),
        firing,
        through_slot: header.oldest_slot,
        tripped_since_s: header.tripped_since_s,
        guard: GuardConfig {
            min_severity: severity(header.min_severity),
            stale_after_s: header.stale_after_s,
            fail_closed: header.fail_closed,
            trip_max_s: header.trip_max_s,
        },
        forced: match header.forced {
            1 => GuardOverride::Open,
            2 => GuardOverride::Closed,
            _ => GuardOverride::None,
        },
        forced_until_s: header.forced_until_s,
        updated_s: header.updated_s,
    })
}

fn severity(code: u8) -> Severity {
    lumenscope_rules::Severity::from_code(code).map_or(Severity::Critical, Severity::from)
}
