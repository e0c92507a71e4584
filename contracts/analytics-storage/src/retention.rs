//! How long hours are kept, how long entries live, and what they take.

use lumenscope_interfaces::analytics_storage::{
    AnalyticsError, HOUR_RETENTION_DAYS_MAX, HOUR_RETENTION_DAYS_MIN, RETENTION_MONTHS_MAX,
    RETENTION_MONTHS_MIN, Retention, SKETCH_WEEKS_KEPT, StorageStatistics,
};
use lumenscope_interfaces::common::StreamKey;
use soroban_sdk::xdr::ToXdr;
use soroban_sdk::{Address, Env, Map, Symbol, TryFromVal, Val, Vec, symbol_short};

use crate::calendar::{day_of, hour_now, hour_of_day, month_of};
use crate::events::changed;
use crate::history::{HELD, History, Mark, RELEASED};
use crate::query::ask;
use crate::sheet::Sheet;
use crate::sketches::WEEK_DAYS;
use crate::storage;

/// Whether months may be kept for so long.
fn is_allowed(months: u32) -> bool {
    months == 0 || (RETENTION_MONTHS_MIN..=RETENTION_MONTHS_MAX).contains(&months)
}

/// Changes how long days and months are kept, and, if their number of days is another one, the ring
/// of hours from the day after the newest on. Days before stay where they are; the ring before the
/// last one is given up, so its days must have been made.
pub fn set(
    e: &Env,
    stream: &StreamKey,
    hour_days: u32,
    day_months: u32,
    months: u32,
    legal_hold: Option<bool>,
) {
    let owner = require_owner(e, &stream.contract);
    if !(HOUR_RETENTION_DAYS_MIN..=HOUR_RETENTION_DAYS_MAX).contains(&hour_days)
        || !is_allowed(day_months)
        || !is_allowed(months)
    {
        storage::fail(e, AnalyticsError::RetentionInvalid);
    }
    let mut history = History::require(stream);
    let (days, since) = (history.get(Mark::RingDays), history.get(Mark::RingSince));
    let hold = history.get(Mark::Hold);
    let holds = legal_hold.unwrap_or(hold == HELD);
    // A ring that is succeeded gives its former one up: nothing goes in the call that holds.
    if (holds || hold == HELD) && hour_days != days {
        storage::fail(e, AnalyticsError::OnHold);
    }
    let mut change = symbol_short!("retained");
    if holds != (hold == HELD) {
        history.set(Mark::Hold, if holds { HELD } else { RELEASED });
        change = if holds { symbol_short!("held") } else { symbol_short!("released") };
    }
    history.set(Mark::DayMonths, day_months);
    history.set(Mark::Months, months);
    let latest_day = history.get(Mark::LatestDay);
    // Without hours in the present ring it is replaced and not succeeded.
    if latest_day >= since && hour_days != days {
        if history.get(Mark::FormerRingDays) > 0 && history.get(Mark::DaysMade) < since {
            storage::fail(e, AnalyticsError::NotCompacted);
        }
        let former = history.get(Mark::FormerRingDays);
        if former != days {
            // Given up: its days are made.
            for place in 0..former {
                storage::remove_sheet(e, stream, storage::hours(former, place));
            }
        }
        history.set(Mark::FormerRingDays, days);
        history.set(Mark::FormerSince, since);
        history.set(Mark::RingSince, latest_day.max(day_of(hour_now(e))).wrapping_add(1));
    }
    history.set(Mark::RingDays, hour_days);
    history.save();
    changed(&history, change, &owner, days, hour_days);
}

/// How long the history is kept.
pub fn of(history: &History) -> Retention {
    Retention {
        hour_days: history.get(Mark::RingDays),
        day_months: history.get(Mark::DayMonths),
        months: history.get(Mark::Months),
        legal_hold: history.get(Mark::Hold) == HELD,
    }
}

/// Has the owner that performance-monitor knows authorise the call.
fn require_owner(e: &Env, contract: &Address) -> Address {
    // Only the owner is taken out of what comes: all of it would cost a kilobyte of code.
    let mut arguments = Vec::new(e);
    arguments.push_back(contract.to_val());
    let known = ask(e, Symbol::new(e, "monitored_contract"), arguments);
    let known = known.ok().and_then(|known| Map::<Symbol, Val>::try_from_val(e, &known).ok());
    let owner = known.map(|known| known.get_unchecked(symbol_short!("owner")));
    let Some(Ok(owner)) = owner.map(|owner| Address::try_from_val(e, &owner)) else {
        storage::fail(e, AnalyticsError::NotTheOwner)
    };
    owner.require_auth();
    owner
}

/// What a stream's history takes. Extends the life of all of it, if so asked.
#[inline(never)]
pub fn statistics(history: &History, extends: bool) -> StorageStatistics {
    let e = &history.e;
    let bytes = history.record().to_xdr(e).len();
    let mut statistics = StorageStatistics {
        entries: history.get(Mark::Beside).wrapping_add(1),
        bytes: bytes.wrapping_add(history.get(Mark::BesideBytes)),
        buckets: history.get(Mark::BesideBuckets),
    };
    let ring = |days: u32| storage::hours(days, 0)..storage::hours(days, days);
    let (days, mut former) = (history.get(Mark::RingDays), history.get(Mark::FormerRingDays));
    if former == days {
        former = 0;
    }
    let month = |hour: u32| storage::DAYS | month_of(hour);
    let months =
        month(hour_of_day(history.get(Mark::FirstDay)))..month(hour_now(e)).wrapping_add(1);
    let since = history.get(Mark::SketchesSince).max(history.get(Mark::FirstDay));
    let end_week = (history.get(Mark::LatestDay) / WEEK_DAYS).wrapping_add(1);
    let mut weeks = storage::SKETCHES..storage::SKETCHES;
    // Beside rings and months they are counted already.
    if extends && history.get(Mark::SketchesSince) > 0 {
        let first_week = (since / WEEK_DAYS).max(end_week.saturating_sub(SKETCH_WEEKS_KEPT));
        weeks = storage::SKETCHES | first_week..storage::SKETCHES | end_week;
    }
    for numbers in [storage::HISTORY..1, ring(days), ring(former), months, weeks] {
        for number in numbers {
            if extends {
                storage::keep_alive(e, history.stream, number);
                continue;
            }
            let sheet = Sheet::load(history, number);
            statistics.entries = statistics.entries.wrapping_add(sheet.is_stored().into());
            statistics.bytes = statistics.bytes.wrapping_add(sheet.byte_len());
            statistics.buckets = statistics.buckets.wrapping_add(sheet.buckets());
        }
    }
    statistics
}
