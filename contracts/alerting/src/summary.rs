//! What a contract's summary says: it answers for all its alerts, with one row for each.

use lumenscope_interfaces::alerting::{
    GuardOverride, GuardVerdict, STALE_AFTER_DEFAULT_S, Severity, TRIP_MAX_DEFAULT_S, row_fires,
    row_through,
};
use lumenscope_rules::slot::end_s;
use soroban_sdk::{BytesN, Env, IntoVal, Map, Val};

use crate::raw::{FIELDS_MAX, number, pack, typed, unpack};

const KEYS: [&str; 8] = [
    "fail_closed",
    "forced",
    "forced_until_s",
    "min_severity",
    "rows",
    "stale_after_s",
    "trip_max_s",
    "tripped_since_s",
];
// Their places.
const FAIL_CLOSED: usize = 0;
const FORCED: usize = 1;
const FORCED_UNTIL_S: usize = 2;
const MIN_SEVERITY: usize = 3;
const ROWS: usize = 4;
const STALE_AFTER_S: usize = 5;
const TRIP_MAX_S: usize = 6;
const TRIPPED_SINCE_S: usize = 7;

/// What is known of the rows: something is not any more.
const STALE: u32 = 1;
/// Something fires of which something recent is known.
const FIRES: u32 = 2;

/// An `AlertSummary`: a value for each of its fields.
pub struct Summary {
    values: [Val; FIELDS_MAX],
    pub rows: Map<BytesN<16>, u64>,
}

impl Summary {
    /// A contract of which nothing is known.
    pub fn new(e: &Env) -> Summary {
        let mut values = [Val::VOID.into(); FIELDS_MAX];
        let none: Val = 0u64.into_val(e);
        values[FAIL_CLOSED] = Val::FALSE.into();
        values[FORCED] = Val::from_u32(0).into();
        values[FORCED_UNTIL_S] = none;
        values[MIN_SEVERITY] = Val::from_u32(Severity::High as u32).into();
        values[STALE_AFTER_S] = Val::from_u32(STALE_AFTER_DEFAULT_S).into();
        values[TRIP_MAX_S] = Val::from_u32(TRIP_MAX_DEFAULT_S).into();
        values[TRIPPED_SINCE_S] = none;
        Summary { values, rows: Map::new(e) }
    }

    pub fn unpack(e: &Env, map: &Val) -> Summary {
        let values = unpack(e, map, &KEYS);
        let rows = typed(e, &values[ROWS]);
        Summary { values, rows }
    }

    pub fn pack(&self, e: &Env) -> Val {
        let mut values = self.values;
        values[ROWS] = self.rows.to_val();
        pack(e, &KEYS, &values[..KEYS.len()])
    }

    pub fn stale_after_s(&self) -> u32 {
        number(&self.values[STALE_AFTER_S])
    }

    fn min_severity(&self) -> u32 {
        number(&self.values[MIN_SEVERITY])
    }

    fn forced_until_s(&self, e: &Env) -> u64 {
        typed(e, &self.values[FORCED_UNTIL_S])
    }

    fn tripped_since_s(&self, e: &Env) -> u64 {
        typed(e, &self.values[TRIPPED_SINCE_S])
    }

    /// What is forced, and until when.
    pub fn force(&mut self, [forced, until_s]: [Val; 2]) {
        self.values[FORCED] = forced;
        self.values[FORCED_UNTIL_S] = until_s;
    }

    /// The least severity, the age of what is stale, whether stale refuses, and the longest trip.
    pub fn configure(&mut self, [min_severity, stale_after_s, fail_closed, trip_max_s]: [Val; 4]) {
        self.values[FAIL_CLOSED] = fail_closed;
        self.values[MIN_SEVERITY] = min_severity;
        self.values[STALE_AFTER_S] = stale_after_s;
        self.values[TRIP_MAX_S] = trip_max_s;
    }

    /// Whether an alert of at least this severity is up, as far as anybody evaluated it.
    pub fn fires(&self, min_severity: u32) -> bool {
        // At the beginning of time nothing is stale.
        self.known(0, min_severity) & FIRES != 0
    }

    /// Whether something is not known any more at `now_s`, and whether something fires that is: a row
    /// that nobody evaluates neither hides another that fires, nor fires itself.
    #[inline(never)]
    fn known(&self, now_s: u64, min_severity: u32) -> u32 {
        let stale_after_s = u64::from(self.stale_after_s());
        let mut known = 0;
        let rows = self.rows.values();
        for place in 0..rows.len() {
            let row = rows.get_unchecked(place);
            if now_s.saturating_sub(end_s(row_through(row))) > stale_after_s {
                known |= STALE;
            } else if row_fires(row, min_severity) {
                known |= FIRES;
            }
        }
        known
    }

    /// Before an alert of that row begins to fire: it starts a trip of its own unless another fires of
    /// which something recent is known. One that nobody evaluates any more has had its trip.
    pub fn begin(&mut self, e: &Env, row: u64, now_s: u64) {
        let min_severity = self.min_severity();
        if row_fires(row, min_severity) && self.known(now_s, min_severity) & FIRES == 0 {
            self.values[TRIPPED_SINCE_S] = 0u64.into_val(e);
        }
    }

    /// Notes since when the guard is tripped, after a change of rows or of what trips it.
    pub fn settle(&mut self, e: &Env) {
        let trips = self.fires(self.min_severity());
        if trips != (self.tripped_since_s(e) != 0) {
            let since_s = if trips { e.ledger().timestamp() } else { 0 };
            self.values[TRIPPED_SINCE_S] = since_s.into_val(e);
        }
    }
}

/// What the guard says at `now_s`: what the owner forces, else whether something fires of which
/// something recent is known, else whether anything is not known. A row that nobody evaluates must
/// not hide another that fires.
pub fn verdict(e: &Env, summary: &Summary, now_s: u64) -> GuardVerdict {
    let forced = number(&summary.values[FORCED]);
    if forced != GuardOverride::None as u32 && now_s < summary.forced_until_s(e) {
        return if forced == GuardOverride::Open as u32 {
            GuardVerdict::OverriddenOpen
        } else {
            GuardVerdict::OverriddenClosed
        };
    }
    let known = summary.known(now_s, summary.min_severity());
    let fires = known & FIRES != 0;
    let tripped_s = now_s.saturating_sub(summary.tripped_since_s(e));
    let is_expired = tripped_s > u64::from(number(&summary.values[TRIP_MAX_S]));
    if fires && !is_expired {
        return GuardVerdict::Tripped;
    }
    let is_unknown = summary.rows.is_empty();
    match (known & STALE != 0 || is_unknown, summary.values[FAIL_CLOSED].is_true(), is_unknown) {
        (true, true, _) => GuardVerdict::StaleRefused,
        (true, false, true) => GuardVerdict::Unwatched,
        (true, false, false) => GuardVerdict::StaleAllowed,
        (false, ..) if fires => GuardVerdict::TripExpired,
        (false, ..) => GuardVerdict::Clear,
    }
}
