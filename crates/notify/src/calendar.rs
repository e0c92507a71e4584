//! Parts of the calendar as people write them: `22:00-06:00`, `monday:friday`, `-3:-1`, `12`.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Time;
use thiserror::Error;

/// Minutes in a day.
const DAY_MINUTES: u16 = 24 * 60;

const WEEKDAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Text that is no part of the calendar.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("expected {expected}, came {came:?}")]
pub struct CalendarFault {
    /// What was expected.
    pub expected: &'static str,
    /// What came, cut off after 64 characters.
    pub came: String,
}

fn fault(expected: &'static str, came: &str) -> CalendarFault {
    CalendarFault { expected, came: came.chars().take(64).collect() }
}

/// Both ends of `a:b`; those of `a` are the same.
fn ends(text: &str) -> (&str, &str) {
    let (first, last) = text.split_once(':').unwrap_or((text, text));
    (first.trim(), last.trim())
}

/// Minutes since midnight of `HH:MM`, up to 24:00.
fn minutes(text: &str) -> Option<u16> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let number = |text: &str| {
        let is_two_digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        is_two_digits.then(|| text.parse::<u16>().ok()).flatten()
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let total = hours * 60 + minutes;
    (minutes < 60 && total <= DAY_MINUTES).then_some(total)
}

/// A time of day, to the minute.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TimeOfDay {
    minute: u16,
}

impl TimeOfDay {
    /// As a time of the calendar.
    pub(crate) fn time(self) -> Time {
        time(self.minute)
    }
}

/// The time so many minutes after midnight; midnight for 24:00.
pub(crate) fn time(minute: u16) -> Time {
    let minute = minute % DAY_MINUTES;
    let (hours, minutes) = ((minute / 60) as i8, (minute % 60) as i8);
    Time::new(hours, minutes, 0, 0).unwrap_or(Time::midnight())
}

impl FromStr for TimeOfDay {
    type Err = CalendarFault;

    /// Reads `HH:MM`, 00:00 to 23:59.
    fn from_str(text: &str) -> Result<Self, CalendarFault> {
        let minute = minutes(text).filter(|minute| *minute < DAY_MINUTES);
        let minute = minute.ok_or_else(|| fault("a time of day such as 09:00", text))?;
        Ok(Self { minute })
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.minute / 60, self.minute % 60)
    }
}

/// A range of times of day, from a minute up to another one, that one not included. It may go past
/// midnight: then its second part belongs to the day before.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TimeRange {
    /// Minutes since midnight of its start, below 1,440.
    pub(crate) from: u16,
    /// Minutes since midnight of its end, 1 to 1,440.
    pub(crate) to: u16,
}

impl TimeRange {
    /// The whole day.
    pub(crate) const DAY: TimeRange = TimeRange { from: 0, to: DAY_MINUTES };

    /// Whether a minute of the day on which it starts is in it.
    pub(crate) fn holds(self, minute: u16) -> bool {
        minute >= self.from && (self.goes_past_midnight() || minute < self.to)
    }

    /// Whether a minute of the day after is in it.
    pub(crate) fn holds_of_next_day(self, minute: u16) -> bool {
        self.goes_past_midnight() && minute < self.to
    }

    pub(crate) fn goes_past_midnight(self) -> bool {
        self.to <= self.from
    }
}

impl FromStr for TimeRange {
    type Err = CalendarFault;

    /// Reads `HH:MM-HH:MM`; the end may be 24:00.
    fn from_str(text: &str) -> Result<Self, CalendarFault> {
        let range = || {
            let (from, to) = text.split_once('-')?;
            let (from, to) = (minutes(from)?, minutes(to)?);
            let is_range = from != to && from < DAY_MINUTES && to > 0;
            is_range.then_some(TimeRange { from, to })
        };
        let expected = "a range of times such as 09:00-17:30 or 22:00-06:00 (to midnight: 24:00)";
        range().ok_or_else(|| fault(expected, text))
    }
}

/// Weekdays from one to another, both included; it may go past Sunday.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Weekdays {
    /// Days since Monday.
    first: i8,
    last: i8,
}

impl Weekdays {
    /// Whether a day so many days after a Monday is one of them.
    pub(crate) fn hold(self, days_since_monday: i8) -> bool {
        if self.first <= self.last {
            (self.first..=self.last).contains(&days_since_monday)
        } else {
            days_since_monday >= self.first || days_since_monday <= self.last
        }
    }
}

fn index(names: &[&str], text: &str) -> Option<i8> {
    let text = text.to_ascii_lowercase();
    let is_it = |name: &&str| **name == text || (text.len() == 3 && name.starts_with(&text));
    names.iter().position(is_it).and_then(|at| i8::try_from(at).ok())
}

impl FromStr for Weekdays {
    type Err = CalendarFault;

    /// Reads `saturday` or `mon:fri`.
    fn from_str(text: &str) -> Result<Self, CalendarFault> {
        let (first, last) = ends(text);
        match (index(&WEEKDAYS, first), index(&WEEKDAYS, last)) {
            (Some(first), Some(last)) => Ok(Self { first, last }),
            _ => Err(fault("a weekday such as saturday, or monday:friday", text)),
        }
    }
}

/// Days of a month from one to another, both included; negative ones count from its end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct MonthDays {
    first: i8,
    last: i8,
}

impl MonthDays {
    /// Whether a day of a month of so many days is one of them. Days that the month does not have are
    /// left out.
    pub(crate) fn hold(self, day: i8, days_in_month: i8) -> bool {
        let counted = |day: i8| if day < 0 { days_in_month + 1 + day } else { day };
        (counted(self.first)..=counted(self.last)).contains(&day)
    }
}

impl FromStr for MonthDays {
    type Err = CalendarFault;

    /// Reads `15`, `1:7` or `-3:-1`.
    fn from_str(text: &str) -> Result<Self, CalendarFault> {
        let (first, last) = ends(text);
        let day = |text: &str| {
            text.parse::<i8>().ok().filter(|day| *day != 0 && (-31..=31).contains(day))
        };
        let days = || {
            let (first, last) = (day(first)?, day(last)?);
            let (is_same_way, is_from_start) = ((first < 0) == (last < 0), first > 0);
            (if is_same_way { first <= last } else { is_from_start })
                .then_some(Self { first, last })
        };
        let expected = "days of a month such as 15, 1:7 or -3:-1 (-1 is the last), in order";
        days().ok_or_else(|| fault(expected, text))
    }
}

/// Months from one to another, both included; it may go past December.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Months {
    first: i8,
    last: i8,
}

impl Months {
    /// Whether a month, from 1, is one of them.
    pub(crate) fn hold(self, month: i8) -> bool {
        if self.first <= self.last {
            (self.first..=self.last).contains(&month)
        } else {
            month >= self.first || month <= self.last
        }
    }
}

impl FromStr for Months {
    type Err = CalendarFault;

    /// Reads `12`, `december` or `november:jan`.
    fn from_str(text: &str) -> Result<Self, CalendarFault> {
        let month = |text: &str| {
            let by_number = text.parse().ok().filter(|month| (1..=12).contains(month));
            by_number.or_else(|| index(&MONTHS, text).map(|at| at + 1))
        };
        let (first, last) = ends(text);
        match (month(first), month(last)) {
            (Some(first), Some(last)) => Ok(Self { first, last }),
            _ => Err(fault("a month such as 12 or december, or november:january", text)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T: FromStr<Err = CalendarFault>>(text: &str) -> T {
        text.parse().unwrap_or_else(|fault| panic!("{fault}"))
    }

    #[test]
    fn a_range_of_times_may_go_past_midnight() {
        let night: TimeRange = read("22:00-06:00");
        assert!(night.holds(22 * 60) && night.holds(DAY_MINUTES - 1) && !night.holds(6 * 60 - 1));
        assert!(night.holds_of_next_day(6 * 60 - 1) && !night.holds_of_next_day(6 * 60));
        let day: TimeRange = read("09:00 - 24:00");
        assert!(day.holds(DAY_MINUTES - 1) && !day.holds_of_next_day(0));
        for wrong in [
            "",
            "9:00-17:00",
            "09:00",
            "09:00-09:00",
            "24:00-09:00",
            "09:00-00:00",
            "09:60-17:00",
            "09:75-17:00",
            "25:00-26:00",
        ] {
            assert!(wrong.parse::<TimeRange>().is_err(), "{wrong}");
        }
        assert_eq!(read::<TimeOfDay>("09:05").to_string(), "09:05");
        assert!("24:00".parse::<TimeOfDay>().is_err());
    }

    #[test]
    fn weekdays_and_months_have_names_and_go_around() {
        let held = |days: Weekdays| (0..7).filter(|day| days.hold(*day)).collect::<Vec<_>>();
        assert_eq!(held(read("Mon:Fri")), [0, 1, 2, 3, 4]);
        assert_eq!(held(read("saturday:monday")), [0, 5, 6]);
        assert_eq!(held(read("sunday")), [6]);
        let held = |months: Months| (1..13).filter(|month| months.hold(*month)).collect::<Vec<_>>();
        assert_eq!(held(read("november:1")), [1, 11, 12]);
        assert_eq!(held(read("may")), [5]);
        for wrong in ["", "mo", "monday:", "8", "mond"] {
            assert!(wrong.parse::<Weekdays>().is_err(), "{wrong}");
        }
        for wrong in ["", "0", "13", "ma", "june:"] {
            assert!(wrong.parse::<Months>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn days_of_a_month_count_from_either_end() {
        let held = |days: &str, length| {
            let days: MonthDays = read(days);
            (1..=length).filter(|day| days.hold(*day, length)).collect::<Vec<_>>()
        };
        assert_eq!(held("-3:-1", 28), [26, 27, 28]);
        assert_eq!(held("29:31", 30), [29, 30]);
        assert_eq!(held("31", 30), [0; 0]);
        assert_eq!(held("-31", 30), [0; 0]);
        assert_eq!(held("28:-2", 31), [28, 29, 30]);
        assert_eq!(held("28:-2", 28), [0; 0]);
        for wrong in ["", "0", "32", "-32", "7:1", "-1:-3", "-3:3", "a"] {
            assert!(wrong.parse::<MonthDays>().is_err(), "{wrong}");
        }
        let fault = "7:1".parse::<MonthDays>().unwrap_err();
        assert_eq!(
            fault.to_string(),
            "expected days of a month such as 15, 1:7 or -3:-1 (-1 is the last), in order, came \
             \"7:1\""
        );
    }
}
