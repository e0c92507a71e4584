//! Days are made from their hours when they are over.

use lumenscope_bucket::calendar::Period;
use lumenscope_interfaces::analytics_storage::{COMPACT_DAYS_MAX, COMPACT_METRIC_DAYS_MAX};
use soroban_sdk::{Address, symbol_short};

use crate::calendar::{day_of, hour_now, hour_of_day, month_of, start_hour};
use crate::events::changed;
use crate::history::{History, Mark};
use crate::ingest::make;

/// What a day of few metrics takes of the budget: its entry has to be read.
const DAY_TAKES_MIN: u32 = COMPACT_METRIC_DAYS_MAX / COMPACT_DAYS_MAX;

/// Makes the days that are over, for each of their metrics at most `budget`, which is what remains of
/// it afterwards. Returns how many days were passed.
pub fn compact(history: &mut History, caller: &Address, budget: &mut u32) -> u32 {
    let before = history.get(Mark::DaysMade);
    let today = day_of(hour_now(&history.e));
    // Days after the latest have no samples: none of them is looked at.
    let end = today.min(history.get(Mark::LatestDay).wrapping_add(1));
    let mut day = before;
    // What a day takes grows with the metrics that it has.
    let takes = (history.metrics() as u32).max(DAY_TAKES_MIN);
    while day < end && *budget >= takes {
        let next_month = month_of(hour_of_day(day)).wrapping_add(1);
        let month_end = day_of(start_hour(Period::Month, next_month));
        let to = end.min(month_end).min(day.wrapping_add(*budget / takes));
        make(history, day, to);
        *budget = budget.wrapping_sub(to.wrapping_sub(day).wrapping_mul(takes));
        day = to;
    }
    if day >= end {
        day = day.max(today);
    }
    if day != before {
        history.set(Mark::DaysMade, day);
        history.save();
        changed(history, symbol_short!("compacted"), caller, before, day);
    }
    day.wrapping_sub(before)
}
