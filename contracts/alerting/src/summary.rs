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

/// What the guard says at `now_s`: what the owner forces, else whether something fires of which
/// something recent is known, else whether anything is not known. A row that nobody evaluates must
/// not hide another that fires.
pub fn verdict(summary: &AlertSummary, now_s: u64) -> GuardVerdict {
    if now_s < summary.forced_until_s {
        match summary.forced {
            GuardOverride::None => {}
            GuardOverride::Open => return GuardVerdict::OverriddenOpen,
            GuardOverride::Closed => return GuardVerdict::OverriddenClosed,
        }
    }
    let guard = &summary.guard;
    let is_stale = |through| now_s.saturating_sub(end_s(through)) > u64::from(guard.stale_after_s);
    let (mut any_stale, mut fires) = (summary.rows.is_empty(), false);
    for row in summary.rows.values() {
        let stale = is_stale(row_through(row));
        any_stale |= stale;
        fires |= !stale && row_fires(row, guard.min_severity);
    }
    let tripped_s = now_s.saturating_sub(summary.tripped_since_s);
    let is_expired = tripped_s > u64::from(guard.trip_max_s);
    if fires && !is_expired {
        return GuardVerdict::Tripped;
    }
    match (any_stale, guard.fail_closed, summary.rows.is_empty()) {
        (true, true, _) => GuardVerdict::StaleRefused,
        (true, false, true) => GuardVerdict::Unwatched,
        (true, false, false) => GuardVerdict::StaleAllowed,
        (false, ..) if fires => GuardVerdict::TripExpired,
        (false, ..) => GuardVerdict::Clear,
    }
}
