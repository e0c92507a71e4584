//! What is known about a stream's history as a whole, and where its hours are.

use lumenscope_bucket::calendar::Period;
use lumenscope_interfaces::analytics_storage::{
    AnalyticsError, HISTORY_METRICS_MAX, HOUR_RETENTION_DAYS_DEFAULT, HOUR_RETENTION_DAYS_MAX,
};
use lumenscope_interfaces::common::StreamKey;
use soroban_sdk::{Env, Symbol, Vec, panic_with_error};

use crate::calendar::{hour_of_day, number_of};
use crate::sheet::Sheet;
use crate::storage;

/// A stream's history.
#[derive(Clone, Debug)]
pub struct StreamHistory {
    /// The metrics, in order of appearance; a sheet names them by their place here.
    pub metrics: Vec<Symbol>,
    /// How far it goes, and where.
    pub marks: Marks,
}

/// How far a stream's history goes, and where its hours are. Periods are numbered from the one
/// that holds 1970-01-01.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Marks {
    /// Day of the earliest bucket.
    pub first_day: u32,
    /// Day that the latest bucket ends in.
    pub latest_day: u32,
    /// Days before this one are in their own sheets.
    pub days_made: u32,
    /// Weeks before this one are in their own sheets.
    pub weeks_made: u32,
    /// Months before this one are in their own sheets.
    pub months_made: u32,
    /// Bytes that a sheet of hours has needed.
    pub hours_bytes: u32,
    /// Sheets in the ring.
    pub ring_days: u32,
    /// Which of the two rings it is, 0 or 1: the other is the one before the last change.
    pub ring: u32,
    /// First day of the ring; days before are in the other one.
    pub ring_since_day: u32,
    /// Sheets in the other ring.
    pub other_ring_days: u32,
    /// First day of the other ring; of days before, no hours are left.
    pub other_ring_since_day: u32,
}

/// Bytes that a new stream's sheet of hours has for each metric: 24 buckets of 10 bytes. A sheet
/// that needs more grows once, and those after it start with what it needed.
const HOURS_BYTES_PER_METRIC: u32 = 256;

impl StreamHistory {
    /// Of a stream whose first bucket starts in `first_day`.
    pub fn new(e: &Env, first_day: u32, metrics: u32) -> Self {
        let first_hour = hour_of_day(first_day);
        let marks = Marks {
            first_day,
            latest_day: first_day,
            days_made: first_day,
            weeks_made: number_of(Period::Week, first_hour),
            months_made: number_of(Period::Month, first_hour),
            hours_bytes: metrics.wrapping_mul(HOURS_BYTES_PER_METRIC),
            ring_days: HOUR_RETENTION_DAYS_DEFAULT,
            ring: 0,
            ring_since_day: 0,
            other_ring_days: 0,
            other_ring_since_day: 0,
        };
        Self { metrics: Vec::new(e), marks }
    }

    /// The first period of a width that is not in its own sheet yet.
    pub fn made(&self, period: Period) -> u32 {
        match period {
            Period::Hour => 0,
            Period::Day => self.marks.days_made,
            Period::Week => self.marks.weeks_made,
            Period::Month => self.marks.months_made,
        }
    }

    /// The first period that was not made is made now.
    pub fn made_one(&mut self, period: Period) {
        let made = match period {
            Period::Hour => return,
            Period::Day => &mut self.marks.days_made,
            Period::Week => &mut self.marks.weeks_made,
            Period::Month => &mut self.marks.months_made,
        };
        *made = made.wrapping_add(1);
    }

    /// Place of a metric.
    #[inline(never)]
    pub fn metric(&self, name: &Symbol) -> Option<u8> {
        let place = (0..self.metrics.len())
            .find(|place| self.metrics.get(*place).as_ref() == Some(name))?;
        Some(place as u8)
    }

    /// Place of a metric, which is added if it is new.
    pub fn metric_or_new(&mut self, e: &Env, name: &Symbol) -> u8 {
        if let Some(place) = self.metric(name) {
            return place;
        }
        let place = self.metrics.len();
        if place >= HISTORY_METRICS_MAX {
            panic_with_error!(e, AnalyticsError::TooManyMetrics);
        }
        self.metrics.push_back(name.clone());
        place as u8
    }

    /// Number of the sheet of a day's hours; `None` for a day before the rings that are left.
    pub fn hours_sheet_of(&self, day: u32) -> Option<u32> {
        let marks = &self.marks;
        let (ring, days) = if day >= marks.ring_since_day {
            (marks.ring, marks.ring_days)
        } else if day >= marks.other_ring_since_day {
            (marks.other_ring(), marks.other_ring_days)
        } else {
            return None;
        };
        Some(ring_place(ring, day.checked_rem(days)?))
    }

    /// Hands the numbers of all sheets of hours that there may be to `visit`.
    pub fn each_hours_sheet(&self, visit: &mut dyn FnMut(u32)) {
        let marks = &self.marks;
        let rings = [(marks.ring, marks.ring_days), (marks.other_ring(), marks.other_ring_days)];
        for (ring, days) in rings {
            (0..days).for_each(|place| visit(ring_place(ring, place)));
        }
    }

    /// The hours of a day, if they are kept.
    #[inline(never)]
    pub fn hours_of(&self, e: &Env, stream: &StreamKey, day: u32) -> Option<Sheet> {
        if day < self.marks.first_day || day > self.marks.latest_day {
            return None;
        }
        let sheet = storage::sheet(e, stream, Period::Hour, self.hours_sheet_of(day)?)?;
        (sheet.time() == day).then_some(sheet)
    }
}

impl Marks {
    /// The ring that is not in use for new days.
    pub fn other_ring(&self) -> u32 {
        self.ring ^ 1
    }
}

fn ring_place(ring: u32, place: u32) -> u32 {
    ring.wrapping_mul(HOUR_RETENTION_DAYS_MAX).wrapping_add(place)
}
