//! Folding the days of a month into one bucket, and dropping months, once they are beyond their
//! retention.

use lumenscope_bucket::calendar::Period;
use soroban_sdk::{Address, symbol_short};

use crate::calendar::{day_of, hour_now, hour_of_day, month_of, start_hour};
use crate::events::changed;
use crate::history::{HELD, History, Mark};
use crate::ingest::make;
use crate::sheet::Sheet;
use crate::sketches::WEEK_DAYS;
use crate::storage;

/// Folds and drops, at most `budget` months, which is what remains of it afterwards. Returns how
/// many months were passed.
pub fn prune(history: &mut History, caller: &Address, budget: &mut u32) -> u32 {
    if history.get(Mark::Hold) == HELD {
        return 0;
    }
    let e = &history.e.clone();
    let now = month_of(hour_now(e));
    let minimum = storage::minimum_months(e);
    let first = month_of(hour_of_day(history.get(Mark::FirstDay)));
    let before = *budget;
    // Of the latest month is known where its days go; so it stays.
    let end = month_of(hour_of_day(history.get(Mark::LatestDay).min(history.get(Mark::DaysMade))));
    let keeps = |months: u32| months.max(minimum);
    for is_drop in [true, false] {
        let months = history.get(if is_drop { Mark::Months } else { Mark::DayMonths });
        if months == 0 {
            continue;
        }
        let mut month = month_of(hour_of_day(history.get(Mark::FirstDay)));
        if !is_drop {
            month = month.max(history.get(Mark::Folded));
        }
        while *budget > 0 && month < end && month.wrapping_add(keeps(months)) < now {
            *budget = budget.wrapping_sub(1);
            let next = month.wrapping_add(1);
            let first_day = day_of(start_hour(Period::Month, month));
            let next_day = day_of(start_hour(Period::Month, next));
            for day in first_day..next_day {
                history.drop_hours(day);
            }
            if is_drop {
                storage::remove_sheet(e, history.stream, storage::DAYS | month);
                history.set(Mark::FirstDay, next_day);
                let since = history.get(Mark::SketchesSince);
                if since > 0 {
                    for week in first_day.max(since) / WEEK_DAYS..next_day / WEEK_DAYS {
                        let number = storage::SKETCHES | week;
                        history.count_beside(&Sheet::load(history, number), false);
                        storage::remove_sheet(e, history.stream, number);
                    }
                }
            } else {
                history.set(Mark::Folded, next);
                make(history, first_day, first_day);
            }
            month = next;
        }
    }
    let passed = before.wrapping_sub(*budget);
    if passed > 0 {
        history.revise();
        history.save();
        changed(history, symbol_short!("pruned"), caller, first, passed);
    }
    passed
}
