//! Which buckets answer for a range: the finest granularity that a widget's points, and the ledger
//! entries it may read, allow.

use lumenscope_interfaces::dashboard::{DashboardError, TimeRange};

/// The number of a `Granularity`.
type Code = u32;

const HOUR_S: u64 = 3_600;
const DAY_S: u64 = 86_400;
const WEEK_S: u64 = 7 * DAY_S;
/// The shortest month: no range touches more months than it would if all were so short.
const MONTH_S: u64 = 28 * DAY_S;
/// Days whose hours one widget may read: a day of hours is an entry, and 20 widgets of four entries
/// each stay within a simulation of 150 keys.
const HOUR_DAYS_MAX: u64 = 4;

/// The finest granularity, none finer than `finest`, of which a range touches at most `points_max`
/// buckets.
///
/// # Errors
///
/// * [`DashboardError::TimeRangeInvalid`]: the range ends before it begins.
/// * [`DashboardError::TimeRangeTooLong`]: it may touch more months than points.
pub fn granularity(
    range: &TimeRange,
    points_max: u32,
    finest: Code,
) -> Result<Code, DashboardError> {
    let TimeRange { from_s, to_s } = *range;
    if from_s >= to_s {
        return Err(DashboardError::TimeRangeInvalid);
    }
    // Hours and days are counted as they lie; of weeks and months as many as may be touched.
    let last_s = to_s.wrapping_sub(1);
    let touched = |bucket_s: u64| (last_s / bucket_s).wrapping_sub(from_s / bucket_s) + 1;
    let most = |bucket_s: u64| last_s.wrapping_sub(from_s) / bucket_s + 2;
    let points_max = u64::from(points_max);
    let hours = touched(HOUR_S) <= points_max && touched(DAY_S) <= HOUR_DAYS_MAX;
    let fits = [
        hours,
        touched(DAY_S) <= points_max,
        most(WEEK_S) <= points_max,
        most(MONTH_S) <= points_max,
    ];
    // The numbers of granularities are in the order of their lengths.
    for (code, fits) in (0..).zip(fits) {
        if fits && code >= finest {
            return Ok(code);
        }
    }
    Err(DashboardError::TimeRangeTooLong)
}

#[cfg(test)]
mod tests {
    extern crate std;

    use lumenscope_bucket::Period;
    use lumenscope_interfaces::analytics_storage::Granularity;
    use lumenscope_interfaces::dashboard::POINTS_MAX;
    use proptest::prelude::*;

    use super::*;

    /// 2027-01-15T08:00Z.
    const START_S: u64 = 1_800_000_000;

    const ALL: [Granularity; 4] =
        [Granularity::Hour, Granularity::Day, Granularity::Week, Granularity::Month];

    fn chosen(range: &TimeRange, points_max: u32) -> Result<Granularity, DashboardError> {
        granularity(range, points_max, 0).map(|code| ALL[code as usize])
    }

    fn touched(range: &TimeRange, granularity: Granularity) -> u64 {
        let period = match granularity {
            Granularity::Hour => Period::Hour,
            Granularity::Day => Period::Day,
            Granularity::Week => Period::Week,
            Granularity::Month => Period::Month,
        };
        u64::from(period.of(range.to_s - 1) - period.of(range.from_s) + 1)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn no_range_has_more_points_than_asked_for(
            from_s in START_S..START_S + 100 * DAY_S,
            length_s in prop_oneof![1..5 * DAY_S, 1..200 * DAY_S, 1..9_000 * DAY_S],
            points_max in 1..=POINTS_MAX,
        ) {
            let range = TimeRange { from_s, to_s: from_s + length_s };
            match chosen(&range, points_max) {
                Ok(chosen) => {
                    prop_assert!(touched(&range, chosen) <= points_max.into());
                    if chosen == Granularity::Hour {
                        prop_assert!(touched(&range, Granularity::Day) <= HOUR_DAYS_MAX);
                    }
                }
                // At most two more are counted than a range of so many short months touches.
                Err(error) => {
                    prop_assert_eq!(error, DashboardError::TimeRangeTooLong);
                    prop_assert!(length_s / MONTH_S + 2 > points_max.into());
                }
            }
        }

        #[test]
        fn a_finer_granularity_would_have_had_too_many_points_or_entries(
            from_s in START_S..START_S + 100 * DAY_S,
            days in 1..90u64,
        ) {
            let range = TimeRange { from_s, to_s: from_s + days * DAY_S };
            if chosen(&range, 60) == Ok(Granularity::Day) {
                let hours = touched(&range, Granularity::Hour) <= 60;
                prop_assert!(!hours || touched(&range, Granularity::Day) > HOUR_DAYS_MAX);
            }
            if chosen(&range, 60) == Ok(Granularity::Week) {
                prop_assert!(touched(&range, Granularity::Day) > 60);
            }
        }
    }

    #[test]
    fn usual_ranges_have_the_granularity_that_people_expect() {
        let of = |days: u64, points| {
            chosen(&TimeRange { from_s: START_S - days * DAY_S, to_s: START_S }, points)
        };
        assert_eq!(of(1, 60), Ok(Granularity::Hour));
        assert_eq!(of(3, 96), Ok(Granularity::Hour));
        assert_eq!(of(7, 60), Ok(Granularity::Day));
        assert_eq!(of(30, 60), Ok(Granularity::Day));
        assert_eq!(of(365, 60), Ok(Granularity::Week));
        assert_eq!(of(4 * 365, 60), Ok(Granularity::Month));
        assert_eq!(of(9 * 365, 60), Err(DashboardError::TimeRangeTooLong));
    }

    #[test]
    fn none_is_finer_than_the_widget_wants() {
        let of = |days: u64, finest: Granularity| {
            let range = TimeRange { from_s: START_S - days * DAY_S, to_s: START_S };
            granularity(&range, 60, finest as Code)
        };
        assert_eq!(of(1, Granularity::Day), Ok(Granularity::Day as Code));
        assert_eq!(of(1, Granularity::Month), Ok(Granularity::Month as Code));
        assert_eq!(of(365, Granularity::Day), Ok(Granularity::Week as Code));
        let (range, none) =
            (TimeRange { from_s: 0, to_s: 1 }, Err(DashboardError::TimeRangeTooLong));
        assert_eq!(granularity(&range, 60, 4), none);
    }

    #[test]
    fn a_range_that_ends_before_it_begins_is_none() {
        for (from_s, to_s) in [(5, 5), (5, 4), (u64::MAX, 0)] {
            let range = TimeRange { from_s, to_s };
            assert_eq!(chosen(&range, 60), Err(DashboardError::TimeRangeInvalid));
        }
        assert!(chosen(&TimeRange { from_s: u64::MAX - 1, to_s: u64::MAX }, 1).is_ok());
        let all = TimeRange { from_s: 0, to_s: u64::MAX };
        assert_eq!(chosen(&all, POINTS_MAX), Err(DashboardError::TimeRangeTooLong));
    }
}
