//! Mute windows: times of day, week, month and year at which an owner is not told.

use jiff::civil::Date;
use thiserror::Error;

use crate::alert::Alert;
use crate::calendar::{MonthDays, Months, TimeRange, Weekdays, time};
use crate::matcher::Matchers;
use crate::name::{NameFault, check_name};
use crate::zone::Zone;

/// Mute windows of one owner: each is tried for each message.
pub const WINDOWS_MAX: usize = 32;
/// Ranges of one kind in one window.
pub const RANGES_MAX: usize = 32;
/// How far the end of a window is looked for, a year and a day: who has not been told in a year will
/// not wait for the exact date.
pub const END_DAYS_MAX: u32 = 366;

/// One window. A time is in it if each list holds it; an empty list holds every time. Ranges of
/// times of day that go past midnight belong to the day on which they start.
///
/// It follows the clock on the wall: what happens twice when clocks are turned back is muted twice,
/// what never happens is not.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MuteWindow {
    /// Its name, by which a withheld message names it.
    pub name: String,
    /// Which of its owner's alerts it is about; none: all.
    pub matchers: Matchers,
    /// Where its times are local.
    pub zone: Zone,
    /// Times of day.
    pub times: Vec<TimeRange>,
    /// Days of the week.
    pub weekdays: Vec<Weekdays>,
    /// Days of the month.
    pub days_of_month: Vec<MonthDays>,
    /// Months.
    pub months: Vec<Months>,
}

/// Why a mute window is not valid.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum MuteFault {
    /// Its name is none.
    #[error("name: {0}")]
    Name(NameFault),
    /// More ranges of one kind than [`RANGES_MAX`].
    #[error("{field}: expected at most {RANGES_MAX} ranges, came {came}")]
    TooMany {
        /// Which kind.
        field: &'static str,
        /// How many came.
        came: usize,
    },
    /// It says no time at all, and would mute for ever.
    #[error("expected times, weekdays, days_of_month or months, came none: it would never end")]
    NoTime,
}

impl MuteWindow {
    /// Checks every bound.
    ///
    /// # Errors
    ///
    /// The first [`MuteFault`] found.
    pub fn check(&self) -> Result<(), MuteFault> {
        check_name(&self.name).map_err(MuteFault::Name)?;
        let fields = [
            ("times", self.times.len()),
            ("weekdays", self.weekdays.len()),
            ("days_of_month", self.days_of_month.len()),
            ("months", self.months.len()),
        ];
        if let Some((field, came)) = fields.into_iter().find(|(_, came)| *came > RANGES_MAX) {
            return Err(MuteFault::TooMany { field, came });
        }
        if fields.iter().all(|(_, came)| *came == 0) {
            return Err(MuteFault::NoTime);
        }
        Ok(())
    }

    /// Whether it is about the alert: its owner's configuration holds it, so that the owner is the
    /// same.
    pub fn is_about(&self, alert: &Alert) -> bool {
        self.matchers.match_alert(alert)
    }

    /// Whether a second, unix time, is in the window.
    pub fn holds(&self, now_s: u64) -> bool {
        let local = self.zone.local(now_s);
        let minute = local.hour() as u16 * 60 + local.minute() as u16;
        let (today, yesterday) = (local.date(), local.date().yesterday());
        let (is_today, is_yesterday) =
            (self.holds_day(today), yesterday.is_ok_and(|day| self.holds_day(day)));
        self.ranges().iter().any(|range| {
            (is_today && range.holds(minute)) || (is_yesterday && range.holds_of_next_day(minute))
        })
    }

    fn ranges(&self) -> &[TimeRange] {
        if self.times.is_empty() { &[TimeRange::DAY] } else { &self.times }
    }

    fn holds_day(&self, day: Date) -> bool {
        let weekday = day.weekday().to_monday_zero_offset();
        let is_any = |weekdays: &[Weekdays]| weekdays.iter().any(|days| days.hold(weekday));
        (self.weekdays.is_empty() || is_any(&self.weekdays))
            && (self.days_of_month.is_empty()
                || self.days_of_month.iter().any(|of| of.hold(day.day(), day.days_in_month())))
            && (self.months.is_empty() || self.months.iter().any(|of| of.hold(day.month())))
    }

    /// The first second after `now_s` that is not in the window; `None` beyond [`END_DAYS_MAX`].
    /// `now_s` is in it.
    pub fn ends_s(&self, now_s: u64) -> Option<u64> {
        let mut day = self.zone.local(now_s).date();
        for _ in 0..=END_DAYS_MAX {
            let end = self.changes_s(day).into_iter().find(|at| *at > now_s && !self.holds(*at));
            if end.is_some() {
                return end;
            }
            day = day.tomorrow().ok()?;
        }
        None
    }

    /// The seconds of a local day at which the window can begin or end, in order.
    fn changes_s(&self, day: Date) -> Vec<u64> {
        let ranges = self.ranges().iter();
        let minutes = ranges.flat_map(|range| [range.from, range.to]).chain([0]);
        let at = minutes.flat_map(|minute| self.zone.all_at_s(day.to_datetime(time(minute))));
        let start_s = self.zone.first_at_s(day.to_datetime(time(0)));
        let end_s =
            day.tomorrow().map_or(start_s, |next| self.zone.first_at_s(next.to_datetime(time(0))));
        let turns = std::iter::successors(Some(start_s), |at_s| self.zone.next_turn_s(*at_s));
        let turns = turns.take_while(|at_s| *at_s < end_s);
        let mut changes: Vec<_> = at.chain(turns).collect();
        changes.sort_unstable();
        changes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::s;

    const NAMES_MAX_PLUS_ONE: usize = crate::name::NAME_BYTES_MAX + 1;

    fn window(zone: &str, times: &[&str], weekdays: &[&str]) -> MuteWindow {
        MuteWindow {
            name: "night".to_owned(),
            matchers: Matchers::default(),
            zone: Zone::named(zone).unwrap(),
            times: times.iter().map(|text| text.parse().unwrap()).collect(),
            weekdays: weekdays.iter().map(|text| text.parse().unwrap()).collect(),
            days_of_month: Vec::new(),
            months: Vec::new(),
        }
    }

    #[test]
    fn a_night_belongs_to_the_day_on_which_it_starts() {
        let night = window("Europe/Berlin", &["22:00-06:00"], &["friday"]);
        for (at, expected) in [
            ("2027-01-15T20:59:59Z", false),
            ("2027-01-15T21:00:00Z", true),
            ("2027-01-16T04:59:59Z", true),
            ("2027-01-16T05:00:00Z", false),
            ("2027-01-16T21:00:00Z", false),
            ("2027-01-15T03:00:00Z", false),
        ] {
            assert_eq!(night.holds(s(at)), expected, "{at}");
        }
        assert_eq!(night.ends_s(s("2027-01-15T21:00:00Z")), Some(s("2027-01-16T05:00:00Z")));
    }

    #[test]
    fn the_window_ends_by_the_wall_clock_when_clocks_are_turned() {
        let night = window("Europe/Berlin", &["22:00-06:00"], &[]);
        assert_eq!(night.ends_s(s("2027-03-27T21:00:00Z")), Some(s("2027-03-28T04:00:00Z")));
        assert_eq!(night.ends_s(s("2027-10-30T20:00:00Z")), Some(s("2027-10-31T05:00:00Z")));
        let in_gap = window("America/New_York", &["01:00-02:30"], &[]);
        let turned = s("2027-03-14T07:00:00Z");
        assert_eq!(in_gap.ends_s(turned - 60), Some(turned), "02:30 never comes");
        let twice = window("America/New_York", &["01:15-01:45"], &[]);
        let held = ["2027-11-07T05:30:00Z", "2027-11-07T06:30:00Z"];
        assert!(held.iter().all(|at| twice.holds(s(at))));
        assert!(!twice.holds(s("2027-11-07T06:00:00Z")));
        let ends = held.map(|at| twice.ends_s(s(at)));
        assert_eq!(ends, [Some(s("2027-11-07T05:45:00Z")), Some(s("2027-11-07T06:45:00Z"))]);
    }

    #[test]
    fn every_list_has_to_hold_the_day() {
        let closing = MuteWindow {
            days_of_month: vec!["-3:-1".parse().unwrap()],
            months: vec!["march".parse().unwrap(), "12".parse().unwrap()],
            ..window("UTC", &[], &["monday:friday"])
        };
        for (at, expected) in [
            ("2027-03-29T12:00:00Z", true),
            ("2027-03-28T12:00:00Z", false),
            ("2027-04-29T12:00:00Z", false),
            ("2027-12-31T23:59:59Z", true),
            ("2028-01-01T00:00:00Z", false),
        ] {
            assert_eq!(closing.holds(s(at)), expected, "{at}");
        }
        assert_eq!(closing.ends_s(s("2027-12-31T12:00:00Z")), Some(s("2028-01-01T00:00:00Z")));
    }

    #[test]
    fn an_end_beyond_a_year_is_not_looked_for() {
        let always = window("UTC", &["00:00-24:00"], &[]);
        assert_eq!(always.ends_s(s("2027-01-01T00:00:00Z")), None);
        assert!(always.holds(u64::MAX));
        assert_eq!(always.ends_s(u64::MAX), None);
    }

    #[test]
    fn every_bound_of_a_window_has_its_own_fault() {
        assert_eq!(window("UTC", &[], &["sunday"]).check(), Ok(()));
        assert_eq!(window("UTC", &[], &[]).check(), Err(MuteFault::NoTime));
        assert_eq!(window("UTC", &["00:00-01:00"; RANGES_MAX], &[]).check(), Ok(()));
        let many = window("UTC", &["00:00-01:00"; RANGES_MAX + 1], &[]);
        let came = RANGES_MAX + 1;
        assert_eq!(many.check(), Err(MuteFault::TooMany { field: "times", came }));
        let name = "n".repeat(NAMES_MAX_PLUS_ONE);
        let unnamed = MuteWindow { name, ..window("UTC", &[], &["sunday"]) };
        assert!(matches!(unnamed.check(), Err(MuteFault::Name(_))));
    }
}
