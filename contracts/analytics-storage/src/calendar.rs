//! Spans of hours and the periods that they fit. Hours end with the calendar's year 9999, far
//! below 2^32: sums of them do not overflow.

use lumenscope_bucket::calendar::{DAY_HOURS, Period};
use lumenscope_bucket::packed::PackedBucket;
use lumenscope_interfaces::analytics_storage::Granularity;
use soroban_sdk::Env;

/// The period of a granularity.
pub fn period_of(granularity: Granularity) -> Period {
    match granularity {
        Granularity::Hour => Period::Hour,
        Granularity::Day => Period::Day,
        Granularity::Week => Period::Week,
        Granularity::Month => Period::Month,
    }
}

/// The day that holds an hour.
pub fn day_of(hour: u32) -> u32 {
    hour / DAY_HOURS
}

/// The first hour of a day.
pub fn hour_of_day(day: u32) -> u32 {
    day.wrapping_mul(DAY_HOURS)
}

/// Number of the period that holds an hour.
#[inline(never)]
pub fn number_of(period: Period, hour: u32) -> u32 {
    period.of_hour(hour)
}

/// First hour of a period.
#[inline(never)]
pub fn start_hour(period: Period, number: u32) -> u32 {
    period.start_hour(number)
}

/// The hours of a bucket, widened to the period that it fits: their first in the upper half, how many
/// in the lower, so that they sort by start, then by length.
#[inline(never)]
pub fn span_in(period: Period, bucket: &PackedBucket) -> u64 {
    let (mut start, mut hours) = (bucket.start_hour, bucket.hours);
    if fits(period, bucket) {
        let number = number_of(period, start);
        start = start_hour(period, number);
        hours = start_hour(period, number.wrapping_add(1)).wrapping_sub(start);
    }
    u64::from(start) << 32 | u64::from(hours)
}

/// Whether a bucket lies within one period.
#[inline(never)]
pub fn fits(period: Period, bucket: &PackedBucket) -> bool {
    let last_hour = bucket.end_hour().wrapping_sub(1).max(bucket.start_hour);
    number_of(period, bucket.start_hour) == number_of(period, last_hour)
}

/// The month that holds an hour: the number of the sheet that its day is in.
pub fn month_of(hour: u32) -> u32 {
    number_of(Period::Month, hour)
}

/// The hour that is not over yet.
#[inline(never)]
pub fn hour_now(e: &Env) -> u32 {
    Period::Hour.of(e.ledger().timestamp())
}
