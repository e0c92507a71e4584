//! Moments just before the boundaries of the calendar, in seconds UTC.

pub const MINUTE_S: u64 = 60;
pub const HOUR_S: u64 = 3_600;
const DAY_S: u64 = 86_400;
/// A ledger closes every five seconds: simulated two seconds before a boundary, applied after.
const BEFORE_S: u64 = 2;

/// Friday 2027-01-22, 00:00: a week after the stage begins.
const FRIDAY_S: u64 = 1_800_576_000;

/// Friday, half past noon.
pub const MID_HOUR_S: u64 = FRIDAY_S + 12 * HOUR_S + HOUR_S / 2;
/// The last moment of an hour.
pub const HOUR_ENDS_S: u64 = FRIDAY_S + 12 * HOUR_S - BEFORE_S;
/// The last moment of Friday.
pub const DAY_ENDS_S: u64 = FRIDAY_S + DAY_S - BEFORE_S;
/// The last moment of Sunday 24 January.
pub const WEEK_ENDS_S: u64 = FRIDAY_S + 3 * DAY_S - BEFORE_S;
/// The last moment of January.
pub const MONTH_ENDS_S: u64 = FRIDAY_S + 10 * DAY_S - BEFORE_S;
/// The last moment of 2027.
pub const YEAR_ENDS_S: u64 = FRIDAY_S + 344 * DAY_S - BEFORE_S;

#[test]
fn the_moments_are_what_they_are_called() {
    use lumenscope_bucket::calendar::Period::{self, Day, Hour, Month, Week};
    let year_start = |end_s: u64| Month.of(end_s + BEFORE_S).is_multiple_of(12);
    let starts = |period: Period, end_s: u64| {
        period.start_s(period.of(end_s + BEFORE_S)) == end_s + BEFORE_S
    };
    let ends = [HOUR_ENDS_S, DAY_ENDS_S, WEEK_ENDS_S, MONTH_ENDS_S, YEAR_ENDS_S];
    let found = ends.map(|end| [Hour, Day, Week, Month].map(|period| starts(period, end)));
    assert_eq!(
        found,
        [
            [true, false, false, false],
            [true, true, false, false],
            [true, true, true, false],
            [true, true, true, true],
            [true, true, false, true],
        ]
    );
    assert!(year_start(YEAR_ENDS_S) && !year_start(MONTH_ENDS_S));
    assert!(!starts(Hour, MID_HOUR_S));
}
