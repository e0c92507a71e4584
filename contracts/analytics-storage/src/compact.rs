//! Days are made from their hours when they are over.

use lumenscope_bucket::calendar::Period;
use lumenscope_interfaces::common::StreamKey;
use soroban_sdk::{Address, Env, symbol_short};

use crate::calendar::{day_of, end_hour, hour_of_day, month_of};
use crate::events::changed;
use crate::history::StreamHistory;
use crate::query::{Stored, hour_now};
use crate::sheet::{Additions, rewrite};
use crate::storage;

/// Makes the days that are over, at most `budget`, which is what remains of it afterwards. Returns
/// how many days were passed.
pub fn compact(e: &Env, caller: &Address, stream: &StreamKey, budget: &mut u32) -> u32 {
    let mut history = storage::require_history(e, stream);
    let before = history.marks.days_made;
    let today = day_of(hour_now(e));
    // Days after the latest have no samples: none of them is looked at.
    let end = today.min(history.marks.latest_day.wrapping_add(1));
    let mut day = before;
    while day < end && *budget > 0 {
        let month_end = day_of(end_hour(Period::Month, month_of(hour_of_day(day))));
        let to = end.min(month_end).min(day.wrapping_add(*budget));
        make(e, stream, &history, day, to);
        *budget = budget.wrapping_sub(to.wrapping_sub(day));
        day = to;
    }
    if day >= end {
        day = day.max(today);
    }
    if day != before {
        history.marks.days_made = day;
        storage::set_history(e, stream, &history);
        changed(e, stream, symbol_short!("compacted"), caller, before, day);
    }
    day.wrapping_sub(before)
}

/// Adds days of one month, the last not included, to the month's sheet.
#[inline(never)]
pub fn make(e: &Env, stream: &StreamKey, history: &StreamHistory, from: u32, to: u32) {
    let month = month_of(hour_of_day(from));
    update_month(e, stream, history, month, &mut |metric, timeline| {
        let stored = Stored { e, stream, history, metric };
        stored.add_hours(false, from, to.wrapping_sub(1), timeline);
    });
}

/// Adds to the sheet of a month.
#[inline(never)]
pub fn update_month(
    e: &Env,
    stream: &StreamKey,
    history: &StreamHistory,
    month: u32,
    additions: &mut Additions,
) {
    let held = storage::sheet(e, stream, storage::DAYS, month);
    let (bytes, buckets) = rewrite(e, held.as_ref(), month, history.metrics.len(), 0, additions);
    if buckets > 0 {
        storage::set_sheet(e, stream, storage::DAYS, month, &bytes);
    }
}
