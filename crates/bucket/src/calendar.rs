//! Which hour, day, week and month a moment belongs to: UTC, weeks from Monday (ISO 8601), months
//! of the civil (proleptic Gregorian) calendar.
//!
//! Every period is numbered from the one that holds 1970-01-01, which is 0. That day was a
//! Thursday, so week 0 starts on Monday 1969-12-29, but its first second is given as 0: there is
//! no time before.

/// Seconds in an hour.
pub const HOUR_S: u64 = 3_600;
/// Seconds in a day. UTC as the ledger has it: no leap seconds.
pub const DAY_S: u64 = 86_400;
/// Hours in a day.
pub const DAY_HOURS: u32 = 24;
/// The calendar ends where the year 9999 does, and a later moment counts as its last second: day
/// numbers stay far inside 32 bits, and years have four digits.
pub const END_S: u64 = 253_402_300_800;

/// The hour, since 1970-01-01, that the calendar ends with.
pub const END_HOUR: u32 = (END_S / HOUR_S) as u32;

/// Days from 0000-03-01 to 1970-01-01. Years counted from March end with the leap day.
const DAYS_TO_1970: u32 = 719_468;
/// Days in 400 years, after which the calendar repeats.
const ERA_DAYS: u32 = 146_097;
/// Months in as many years.
const ERA_MONTHS: u32 = 4_800;
/// Days from the Monday before to 1970-01-01.
const THURSDAY: u32 = 3;

/// The width of a bucket.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Period {
    /// One hour.
    Hour,
    /// One day.
    Day,
    /// Monday to Sunday.
    Week,
    /// One civil month.
    Month,
}

impl Period {
    /// Number of the period that holds the second `at_s`.
    pub fn of(self, at_s: u64) -> u32 {
        self.of_hour(hour_of(at_s))
    }

    /// Number of the period that holds an hour since 1970-01-01, one before the calendar's end.
    pub fn of_hour(self, hour: u32) -> u32 {
        let day = hour / DAY_HOURS;
        match self {
            Self::Hour => hour,
            Self::Day => day,
            Self::Week => week_of_day(day),
            Self::Month => {
                // By the average month, and one more: never below. Then by the first days of months,
                // which `start_hour` needs as well: less code than [`month_of_day`].
                let months = u64::from(day) * u64::from(ERA_MONTHS) / u64::from(ERA_DAYS);
                let mut month = months as u32 + 1;
                while first_day_of_month(month) > day {
                    month -= 1;
                }
                month
            }
        }
    }

    /// First hour, since 1970-01-01, of the period of that number; the calendar's end for those
    /// beyond.
    pub fn start_hour(self, number: u32) -> u32 {
        let number = number.min(END_HOUR);
        let day = match self {
            Self::Hour => return number,
            Self::Day => number,
            Self::Week => (number * 7).saturating_sub(THURSDAY),
            Self::Month => first_day_of_month(number),
        };
        day.min(END_HOUR / DAY_HOURS) * DAY_HOURS
    }

    /// First second of the period of that number.
    pub fn start_s(self, number: u32) -> u64 {
        u64::from(self.start_hour(number)) * HOUR_S
    }

    /// First second after the period of that number.
    pub fn end_s(self, number: u32) -> u64 {
        self.start_s(number.saturating_add(1))
    }
}

/// Hours since 1970-01-01T00:00Z.
pub fn hour_of(at_s: u64) -> u32 {
    (at_s.min(END_S - 1) / HOUR_S) as u32
}

/// Number of the week that holds a day.
pub fn week_of_day(day: u32) -> u32 {
    (day + THURSDAY) / 7
}

/// Number of the month that holds a day: `(year - 1970) * 12 + month - 1`.
pub fn month_of_day(day: u32) -> u32 {
    let date = Date::of_day(day);
    (date.year - 1970) * 12 + date.month - 1
}

/// First day, since 1970-01-01, of the month of that number; the calendar's end for those beyond.
pub fn first_day_of_month(number: u32) -> u32 {
    let number = number.min((10_000 - 1970) * 12);
    Date { year: 1970 + number / 12, month: number % 12 + 1, day: 1 }.days()
}

/// A day of the civil calendar.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Date {
    /// 1970 to 9999.
    pub year: u32,
    /// 1 to 12.
    pub month: u32,
    /// 1 to 31.
    pub day: u32,
}

impl Date {
    /// The date of a day since 1970-01-01.
    pub fn of_day(day: u32) -> Self {
        let day = day + DAYS_TO_1970;
        let (era, day) = (day / ERA_DAYS, day % ERA_DAYS);
        // Leap days come every 4 years, not every 100, yet every 400: taken out, years are equal.
        let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
        let day = day - (year * 365 + year / 4 - year / 100);
        // March is month 0: from there on lengths repeat as 31 30 31 30 31, 153 days in 5 months.
        let month = (day * 5 + 2) / 153;
        let day = day - (month * 153 + 2) / 5 + 1;
        let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
        Self { year: era * 400 + year + next, month, day }
    }

    /// Days since 1970-01-01.
    pub fn days(self) -> u32 {
        let (year, month) = if self.month > 2 {
            (self.year, self.month - 3)
        } else {
            (self.year - 1, self.month + 9)
        };
        let (era, year) = (year / 400, year % 400);
        let day = (month * 153 + 2) / 5 + self.day - 1;
        era * ERA_DAYS + year * 365 + year / 4 - year / 100 + day - DAYS_TO_1970
    }
}

/// A week as ISO 8601 names it. It belongs to the year that holds its Thursday.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct IsoWeek {
    /// The week's year, which near New Year is not its days' year.
    pub year: u32,
    /// 1 to 53.
    pub week: u32,
}

impl IsoWeek {
    /// The name of a week number; of the calendar's last week for those beyond.
    pub fn of(number: u32) -> Self {
        let thursday = number.min(Period::Week.of(END_S)) * 7;
        let year = Date::of_day(thursday).year;
        let day_of_year = thursday - Date { year, month: 1, day: 1 }.days();
        Self { year, week: day_of_year / 7 + 1 }
    }

    /// The number of a week's name.
    pub fn number(self) -> u32 {
        // 4 January is always in week 1.
        week_of_day(Date { year: self.year, month: 1, day: 4 }.days()) + self.week - 1
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil;
    use proptest::prelude::*;

    use super::*;

    const LAST_DAY: u32 = (END_S / DAY_S) as u32 - 1;

    /// Counts days month by month, as one does on paper.
    fn every_day() -> impl Iterator<Item = (u32, Date)> {
        let leap = |year: u32| {
            year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
        };
        let dates = (1970..10_000).flat_map(move |year| {
            (1..=12u32).flat_map(move |month| {
                let days = match month {
                    2 if leap(year) => 29,
                    2 => 28,
                    4 | 6 | 9 | 11 => 30,
                    _ => 31,
                };
                (1..=days).map(move |day| Date { year, month, day })
            })
        });
        (0..).zip(dates)
    }

    #[test]
    fn every_day_to_the_end_of_the_calendar_has_its_date_and_month_and_back() {
        let mut seen = 0;
        for (day, date) in every_day() {
            assert_eq!(Date::of_day(day), date);
            assert_eq!(date.days(), day);
            assert_eq!(month_of_day(day), (date.year - 1970) * 12 + date.month - 1);
            if date.day == 1 {
                assert_eq!(first_day_of_month(month_of_day(day)), day);
            }
            seen = day;
        }
        assert_eq!(seen, LAST_DAY);
    }

    #[test]
    fn the_epoch_starts_every_period_at_zero() {
        for period in [Period::Hour, Period::Day, Period::Week, Period::Month] {
            assert_eq!(period.of(0), 0);
            assert_eq!(period.start_s(0), 0);
        }
        assert_eq!(Period::Week.end_s(0), 4 * DAY_S);
        assert_eq!(Period::Month.end_s(0), 31 * DAY_S);
    }

    #[test]
    fn moments_beyond_the_calendar_count_as_its_last_second() {
        for period in [Period::Hour, Period::Day, Period::Week, Period::Month] {
            let last = period.of(END_S - 1);
            assert_eq!(period.of(END_S), last);
            assert_eq!(period.of(u64::MAX), last);
            assert!(period.start_s(last) < END_S);
            assert_eq!(period.start_s(u32::MAX), END_S);
            assert_eq!(period.end_s(u32::MAX), END_S);
        }
        assert_eq!(u64::from(first_day_of_month(u32::MAX)), END_S / DAY_S);
    }

    #[test]
    fn known_days_are_where_a_printed_calendar_has_them() {
        let day = |year, month, day| Date { year, month, day }.days();
        assert_eq!(day(2024, 2, 29) + 1, day(2024, 3, 1));
        assert_eq!(day(2100, 2, 28) + 1, day(2100, 3, 1));
        assert_eq!(day(2000, 2, 29) + 1, day(2000, 3, 1));
        let week = |year, month, d| IsoWeek::of(week_of_day(day(year, month, d)));
        assert_eq!(week(2027, 1, 3), IsoWeek { year: 2026, week: 53 });
        assert_eq!(week(2027, 1, 4), IsoWeek { year: 2027, week: 1 });
        assert_eq!(week(2024, 12, 30), IsoWeek { year: 2025, week: 1 });
    }

    proptest! {
        #[test]
        fn a_moment_lies_within_its_period(at_s in 0..END_S) {
            for period in [Period::Hour, Period::Day, Period::Week, Period::Month] {
                let number = period.of(at_s);
                prop_assert!(period.start_s(number) <= at_s);
                prop_assert!(at_s < period.end_s(number));
                prop_assert_eq!(period.of(period.start_s(number)), number);
                prop_assert_eq!(period.of(period.end_s(number) - 1), number);
            }
        }

        #[test]
        fn dates_and_weeks_agree_with_jiff(day in 0..=LAST_DAY) {
            let theirs = civil::date(1970, 1, 1) + jiff::Span::new().days(day);
            let ours = Date::of_day(day);
            prop_assert_eq!(
                (ours.year as i16, ours.month as i8, ours.day as i8),
                (theirs.year(), theirs.month(), theirs.day())
            );
            let week = IsoWeek::of(week_of_day(day));
            let their_week = theirs.iso_week_date();
            prop_assert_eq!(week.year as i16, their_week.year());
            prop_assert_eq!(week.week as i8, their_week.week());
            prop_assert_eq!(week.number(), week_of_day(day));
        }
    }
}
