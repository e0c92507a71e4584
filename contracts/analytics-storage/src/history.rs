//! What is known about a stream's history as a whole, and where its hours are.

use lumenscope_interfaces::analytics_storage::{
    AnalyticsError, HISTORY_METRICS_MAX, HOUR_RETENTION_DAYS_DEFAULT,
};
use lumenscope_interfaces::common::StreamKey;
use soroban_sdk::{Env, Symbol, Vec, panic_with_error};

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

/// How far a stream's history goes, and where its hours are. Days are numbered from 1970-01-01.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Marks {
    /// Day of the earliest bucket.
    pub first_day: u32,
    /// Day that the latest bucket ends in.
    pub latest_day: u32,
    /// Days before this one are in the sheets of their months.
    pub days_made: u32,
    /// Bytes that a sheet of hours has needed.
    pub hours_bytes: u32,
    /// Sheets in the ring.
    pub ring_days: u32,
    /// First day of the ring; days before are in the former one.
    pub ring_since_day: u32,
    /// Sheets in the ring before the last change; 0 for none.
    pub former_ring_days: u32,
    /// First day of the former ring; of days before, no hours are left.
    pub former_since_day: u32,
}

/// Bytes that a new stream's sheet of hours has for each metric: 24 buckets of 10 bytes. A sheet
/// that needs more grows once, and those after it start with what it needed.
const HOURS_BYTES_PER_METRIC: u32 = 256;

impl StreamHistory {
    /// Of a stream whose first bucket starts in `first_day`.
    pub fn new(e: &Env, first_day: u32, metrics: u32) -> Self {
        let marks = Marks {
            first_day,
            latest_day: first_day,
            days_made: first_day,
            hours_bytes: metrics.wrapping_mul(HOURS_BYTES_PER_METRIC),
            ring_days: HOUR_RETENTION_DAYS_DEFAULT,
            ring_since_day: 0,
            former_ring_days: 0,
            former_since_day: 0,
        };
        Self { metrics: Vec::new(e), marks }
    }

    /// Place of a metric.
    #[inline(never)]
    pub fn metric(&self, name: &Symbol) -> Option<u8> {
        self.metrics.first_index_of(name).map(|place| place as u8)
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

    /// Number of the sheet of a day's hours; `None` for a day before the rings.
    pub fn hours_sheet_of(&self, day: u32) -> Option<u32> {
        let marks = &self.marks;
        let days = if day >= marks.ring_since_day {
            marks.ring_days
        } else if day >= marks.former_since_day {
            marks.former_ring_days
        } else {
            return None;
        };
        Some(ring_place(days, day.checked_rem(days)?))
    }

    /// Hands the numbers of all sheets of hours that there may be to `visit`.
    pub fn each_hours_sheet(&self, visit: &mut dyn FnMut(u32)) {
        let Marks { ring_days, former_ring_days, .. } = self.marks;
        (0..ring_days).for_each(|place| visit(ring_place(ring_days, place)));
        if former_ring_days != ring_days {
            (0..former_ring_days).for_each(|place| visit(ring_place(former_ring_days, place)));
        }
    }

    /// The hours of a day, if they are kept.
    #[inline(never)]
    pub fn hours_of(&self, e: &Env, stream: &StreamKey, day: u32) -> Option<Sheet> {
        if day < self.marks.first_day || day > self.marks.latest_day {
            return None;
        }
        let sheet = storage::sheet(e, stream, storage::HOURS, self.hours_sheet_of(day)?)?;
        (sheet.time() == day).then_some(sheet)
    }
}

/// Rings of different lengths share no sheet.
fn ring_place(days: u32, place: u32) -> u32 {
    days << 8 | place
}
