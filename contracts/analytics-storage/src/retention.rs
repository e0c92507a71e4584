//! How long hours are kept, and how long entries live.

use lumenscope_interfaces::analytics_storage::{
    AnalyticsError, HOUR_RETENTION_DAYS_MAX, HOUR_RETENTION_DAYS_MIN,
};
use lumenscope_interfaces::common::{StreamKey, TTL_TARGET_LEDGERS};
use soroban_sdk::{
    Address, Env, Map, Symbol, TryFromVal, Val, panic_with_error, symbol_short, vec,
};

use crate::calendar::day_of;
use crate::events::changed;
use crate::query::hour_now;
use crate::reply::each_sheet;
use crate::storage;

/// Changes the ring from the day after the newest hours on. Days before stay where they are; the
/// ring before the last one is given up, so its days must have been made.
pub fn set_hour_days(e: &Env, stream: &StreamKey, hour_days: u32) {
    let owner = require_owner(e, &stream.contract);
    if !(HOUR_RETENTION_DAYS_MIN..=HOUR_RETENTION_DAYS_MAX).contains(&hour_days) {
        panic_with_error!(e, AnalyticsError::RetentionInvalid);
    }
    let mut history = storage::require_history(e, stream);
    let marks = &mut history.marks;
    let from_days = marks.ring_days;
    // Without hours in the present ring it is replaced and not succeeded.
    if marks.latest_day >= marks.ring_since_day {
        if marks.former_ring_days > 0 && marks.days_made < marks.ring_since_day {
            panic_with_error!(e, AnalyticsError::NotCompacted);
        }
        marks.former_ring_days = marks.ring_days;
        marks.former_since_day = marks.ring_since_day;
        marks.ring_since_day = marks.latest_day.max(day_of(hour_now(e))).wrapping_add(1);
    }
    marks.ring_days = hour_days;
    storage::set_history(e, stream, &history);
    changed(e, stream, symbol_short!("retained"), &owner, from_days, hour_days);
}

/// Has the owner that performance-monitor knows authorise the call.
fn require_owner(e: &Env, contract: &Address) -> Address {
    // Only the owner is taken out of what comes: all of it would cost a kilobyte of code.
    let known: Option<Map<Symbol, Val>> = e.invoke_contract(
        &storage::require_monitor(e),
        &Symbol::new(e, "monitored_contract"),
        vec![e, contract.to_val()],
    );
    let owner = known.and_then(|known| known.get(symbol_short!("owner")));
    let Some(Ok(owner)) = owner.map(|owner| Address::try_from_val(e, &owner)) else {
        panic_with_error!(e, AnalyticsError::NotTheOwner)
    };
    owner.require_auth();
    owner
}

/// Extends the life of all that a stream's history has.
pub fn keep_alive(e: &Env, caller: &Address, stream: &StreamKey) {
    let history = storage::require_history(e, stream);
    storage::keep_history_alive(e, stream);
    each_sheet(e, &history, &mut |kind, number| {
        storage::keep_sheet_alive(e, stream, kind, number);
    });
    changed(e, stream, symbol_short!("extended"), caller, 0, TTL_TARGET_LEDGERS);
}
