//! Days are made from their hours when they are over.

use lumenscope_bucket::calendar::Period;
use soroban_sdk::{Address, symbol_short};

use crate::calendar::{day_of, hour_now, hour_of_day, month_of, start_hour};
use crate::events::changed;
use crate::history::{History, Mark};
use crate::ingest::make;

/// Makes the days that are over, at most `budget`, which is what remains of it afterwards. Returns
/// how many days were passed.
pub fn compact(history: &mut History, caller: &Address, budget: &mut u32) -> u32 {
    let before = history.get(Mark::DaysMade);
    let today = day_of(hour_now(&history.e));
    // Days after the latest have no samples: none of them is looked at.
    let end = today.min(history.get(Mark::LatestDay).wrapping_add(1));
    let mut day = before;
    while day < end && *budget > 0 {
        let next_month = month_of(hour_of_day(day)).wrapping_add(1);
        let month_end = day_of(start_hour(Period::Month, next_month));
        let to = end.min(month_end).min(day.wrapping_add(*budget));
        make(history, day, to);
        *budget = budget.wrapping_sub(to.wrapping_sub(day));
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
