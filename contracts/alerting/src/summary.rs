//! What a contract's summary says: it answers for all its alerts, with one row for each.

use lumenscope_interfaces::alerting::{
    AlertSummary, GuardConfig, GuardOverride, GuardVerdict, STALE_AFTER_DEFAULT_S, Severity,
    TRIP_MAX_DEFAULT_S, row_fires, row_through,
};
use lumenscope_rules::slot::end_s;
use soroban_sdk::{Env, Map};

/// A contract of which nothing is known.
pub fn new(e: &Env) -> AlertSummary {
    AlertSummary {
        forced: GuardOverride::None,
        forced_until_s: 0,
        guard: GuardConfig {
            min_severity: Severity::High,
            stale_after_s: STALE_AFTER_DEFAULT_S,
            fail_closed: false,
            trip_max_s: TRIP_MAX_DEFAULT_S,
        },
        rows: Map::new(e),
        tripped_since_s: 0,
    }
}

/// The slot through which every alert has been evaluated, and whether one of at least this
/// severity is up.
pub fn survey(summary: &AlertSummary, min_severity: Severity) -> (u32, bool) {
    let (mut oldest, mut fires) = (u32::MAX, false);
    for row in summary.rows.values() {
        oldest = oldest.min(row_through(row));
        fires |= row_fires(row, min_severity);
    }
    (oldest, fires)
}

/// Notes since when the guard is tripped, after a change of rows or of what trips it.
pub fn settle(summary: &mut AlertSummary, now_s: u64) {
    let (_, fires) = survey(summary, summary.guard.min_severity);
    if !fires {
        summary.tripped_since_s = 0;
    } else if summary.tripped_since_s == 0 {
        summary.tripped_since_s = now_s;
    }
}

/// What the guard says at `now_s`: what the owner forces, else whether anything recent is known,
/// else whether something fires.
pub fn verdict(summary: &AlertSummary, now_s: u64) -> GuardVerdict {
    if now_s < summary.forced_until_s {
        match summary.forced {
            GuardOverride::None => {}
            GuardOverride::Open => return GuardVerdict::OverriddenOpen,
            GuardOverride::Closed => return GuardVerdict::OverriddenClosed,
        }
    }
    let guard = &summary.guard;
    let (oldest, fires) = survey(summary, guard.min_severity);
    let is_unwatched = summary.rows.is_empty();
    if is_unwatched || now_s.saturating_sub(end_s(oldest)) > u64::from(guard.stale_after_s) {
        return match (guard.fail_closed, is_unwatched) {
            (true, _) => GuardVerdict::StaleRefused,
            (false, true) => GuardVerdict::Unwatched,
            (false, false) => GuardVerdict::StaleAllowed,
        };
    }
    if !fires {
        GuardVerdict::Clear
    } else if now_s.saturating_sub(summary.tripped_since_s) > u64::from(guard.trip_max_s) {
        GuardVerdict::TripExpired
    } else {
        GuardVerdict::Tripped
    }
}
