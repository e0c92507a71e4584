//! Days, weeks and months are made from finer buckets when they close.

use lumenscope_bucket::calendar::Period;
use lumenscope_interfaces::analytics_storage::COMPACT_PERIODS_MAX;
use lumenscope_interfaces::common::StreamKey;
use soroban_sdk::{Address, Env};

use crate::calendar::{day_of, hour_of_day, number_of, sheet_of, start_hour};
use crate::events::HistoryCompacted;
use crate::history::StreamHistory;
use crate::query::{Stored, hour_now};
use crate::sheet::{Additions, rewrite};
use crate::storage;

/// Periods that one call looks at, those without samples included: two silent years.
const PERIODS_SEEN_MAX: u32 = 128;

/// What one call may still do.
pub struct Budget {
    made: u32,
    seen: u32,
}

impl Budget {
    /// Of a call that begins.
    pub fn new() -> Self {
        Self { made: COMPACT_PERIODS_MAX, seen: PERIODS_SEEN_MAX }
    }
}

/// Makes what closed before now, as far as the budget goes. Returns the buckets made.
pub fn compact(e: &Env, caller: &Address, stream: StreamKey, budget: &mut Budget) -> u32 {
    let mut history = storage::require_history(e, &stream);
    let before = history.marks;
    let mut buckets = 0u32;
    let today = day_of(hour_now(e));
    // Days after the latest have no samples: none of them is looked at.
    let days_end = today.min(before.latest_day.wrapping_add(1));
    for period in [Period::Day, Period::Week, Period::Month] {
        let end = match period {
            Period::Day => days_end,
            _ => number_of(period, hour_of_day(history.marks.days_made)),
        };
        while history.made(period) < end && budget.made > 0 && budget.seen > 0 {
            let made = make(e, &stream, &history, period, history.made(period));
            history.made_one(period);
            buckets = buckets.wrapping_add(made);
            budget.seen = budget.seen.wrapping_sub(1);
            budget.made = budget.made.wrapping_sub(u32::from(made > 0));
        }
        if period == Period::Day && history.marks.days_made >= end {
            history.marks.days_made = history.marks.days_made.max(today);
        }
    }
    if history.marks != before {
        storage::set_history(e, &stream, &history);
        let StreamKey { contract, function, subject } = stream;
        let (caller, days_made) = (caller.clone(), history.marks.days_made);
        HistoryCompacted { contract, function, subject, caller, days_made, buckets }.publish(e);
    }
    buckets
}

/// Adds up a period into its own sheet. Returns the buckets made, one for each metric.
#[inline(never)]
pub fn make(
    e: &Env,
    stream: &StreamKey,
    history: &StreamHistory,
    period: Period,
    number: u32,
) -> u32 {
    let mut made = 0u32;
    let sheet = sheet_of(period, start_hour(period, number));
    update_sheet(e, stream, history, period, sheet, &mut |metric, timeline| {
        let whole = Stored { e, stream, history, metric }.sum(period, number);
        made = made.wrapping_add(u32::from(!whole.statistics.is_empty()));
        timeline.add(&whole, true);
    });
    made
}

/// Adds to a sheet of days, weeks or months.
#[inline(never)]
pub fn update_sheet(
    e: &Env,
    stream: &StreamKey,
    history: &StreamHistory,
    period: Period,
    number: u32,
    additions: &mut Additions,
) {
    let held = storage::sheet(e, stream, period, number);
    let (bytes, buckets) = rewrite(e, held.as_ref(), number, history.metrics.len(), 0, additions);
    if buckets > 0 {
        storage::set_sheet(e, stream, period, number, &bytes);
    }
}
