//! What is known about a stream's history as a whole, and where its hours are.

use lumenscope_interfaces::analytics_storage::{
    AnalyticsError, HISTORY_METRICS_MAX, HISTORY_SKETCHES_MAX, HOUR_RETENTION_DAYS_DEFAULT,
};
use lumenscope_interfaces::common::StreamKey;
use soroban_sdk::{Bytes, Env, FromVal, Symbol, TryFromVal, Val, Vec};

use crate::sheet::{Sheet, copy};
use crate::storage;

/// The place of a metric that history does not hold.
pub const NOWHERE: usize = usize::MAX;

/// A stream's history; of one that was never flushed, empty.
pub struct History<'a> {
    pub e: Env,
    pub stream: &'a StreamKey,
    /// The entry as it is stored: the marks, then the names of the metrics in order of appearance.
    /// A sheet names a metric by its place among them.
    stored: Vec<Val>,
    record: Vec<Val>,
    marks: [u8; MARKS_BYTES],
}

/// How far a stream's history goes, and where its hours are: numbers of 4 bytes, little endian,
/// one after the other. Days are numbered from 1970-01-01.
#[derive(Clone, Copy)]
pub enum Mark {
    /// Day of the earliest bucket.
    FirstDay,
    /// Day that the latest bucket ends in.
    LatestDay,
    /// Days before this one are in the sheets of their months.
    DaysMade,
    /// Bytes that a sheet of hours has needed.
    HoursBytes,
    /// Sheets in the ring.
    RingDays,
    /// First day of the ring; days before are in the former one.
    RingSince,
    /// Sheets in the ring before the last change; 0 for none.
    FormerRingDays,
    /// First day of the former ring; of days before, no hours are left.
    FormerSince,
    /// The highest lane that hours came from.
    Lanes,
    /// Months that days are kept after their own; 0 for good.
    DayMonths,
    /// Months that a month is kept after its end; 0 for good.
    Months,
    /// Months before this one are one bucket each.
    Folded,
    /// Whether hours were ever held: [`HELD`] while they are.
    Hold,
    /// First day that a sketch came for; 0 without sketches.
    SketchesSince,
    /// Sheets beside the rings and the months: hours that were copied out of the ring, and sketches.
    Beside,
    /// Bytes of them.
    BesideBytes,
    /// Buckets in them.
    BesideBuckets,
    /// How often days that were made have changed since: answers kept from before are no longer true.
    Revision,
}

/// The history is on legal hold.
pub const HELD: u32 = 1;
/// It was: copies of hours may be there.
pub const RELEASED: u32 = 2;

const MARKS_BYTES: usize = 72;

/// Bytes that a new stream's sheet of hours has for each metric: 24 buckets of 10 bytes. A sheet
/// that needs more grows once, and those after it start with what it needed.
const HOURS_BYTES_PER_METRIC: u32 = 256;

impl<'a> History<'a> {
    #[inline(never)]
    pub fn load(stream: &'a StreamKey) -> Self {
        let e = stream.contract.env();
        let stored = storage::history(e, stream);
        let record = stored.clone();
        let mut history = Self { e: e.clone(), stream, record, stored, marks: [0; MARKS_BYTES] };
        if let Some(packed) = history.stored.get(0) {
            let packed = Bytes::from_val(e, &packed);
            copy(e, &packed, 0, MARKS_BYTES as u32, &mut history.marks);
        } else {
            history.record.push_back(Val::VOID.into());
        }
        history
    }

    /// The history of a stream that was flushed before.
    #[inline(never)]
    pub fn require(stream: &'a StreamKey) -> Self {
        let history = Self::load(stream);
        if !history.is_known() {
            storage::fail(&history.e, AnalyticsError::HistoryUnknown);
        }
        history
    }

    /// Whether the stream was flushed before; its metrics are named when it is opened.
    pub fn is_known(&self) -> bool {
        self.get(Mark::RingDays) > 0
    }

    /// Starts the history of a stream whose first bucket starts in `first_day`.
    pub fn start(&mut self, first_day: u32, metrics: u32) {
        self.set(Mark::FirstDay, first_day);
        self.set(Mark::LatestDay, first_day);
        self.set(Mark::DaysMade, first_day);
        self.set(Mark::HoursBytes, metrics.wrapping_mul(HOURS_BYTES_PER_METRIC));
        self.set(Mark::RingDays, HOUR_RETENTION_DAYS_DEFAULT);
    }

    /// Adds a sheet beside rings and months to what they take, or takes it away.
    #[inline(never)]
    pub fn count_beside(&mut self, sheet: &Sheet, is_there: bool) {
        for (mark, of_sheet) in [
            (Mark::Beside, sheet.is_stored().into()),
            (Mark::BesideBytes, sheet.byte_len()),
            (Mark::BesideBuckets, sheet.buckets()),
        ] {
            let more: u32 = if is_there { of_sheet } else { of_sheet.wrapping_neg() };
            self.set(mark, self.get(mark).wrapping_add(more));
        }
    }

    /// Days that were made are no longer what they were.
    pub fn revise(&mut self) {
        self.set(Mark::Revision, self.get(Mark::Revision).wrapping_add(1));
    }

    /// Stores what changed. Returns whether anything did.
    #[inline(never)]
    pub fn save(&mut self) -> bool {
        self.record.set(0, Bytes::from_slice(&self.e, &self.marks).to_val());
        let is_changed = self.record != self.stored;
        if is_changed {
            storage::set_history(&self.e, self.stream, &self.record);
        }
        is_changed
    }

    #[inline(always)]
    pub fn get(&self, mark: Mark) -> u32 {
        let numbers = self.marks.as_chunks().0;
        numbers.get(mark as usize).map_or(0, |number| u32::from_le_bytes(*number))
    }

    #[inline(always)]
    pub fn set(&mut self, mark: Mark, number: u32) {
        if let Some(place) = self.marks.as_chunks_mut().0.get_mut(mark as usize) {
            *place = number.to_le_bytes();
        }
    }

    /// The entry's value.
    pub fn record(&self) -> &Vec<Val> {
        &self.record
    }

    /// How many metrics there are, sketches among them.
    pub fn metrics(&self) -> usize {
        self.record.len().wrapping_sub(1) as usize
    }

    /// Place of a metric, or [`NOWHERE`].
    #[inline(never)]
    pub fn metric(&self, name: &Symbol) -> usize {
        match self.record.first_index_of(name.to_val()) {
            Some(place) => place.wrapping_sub(1) as usize,
            None => NOWHERE,
        }
    }

    /// Name of the metric of a place.
    pub fn name(&self, place: usize) -> Val {
        self.record.get_unchecked(place.wrapping_add(1) as u32)
    }

    /// Adds a metric by its name, or a sketch by its, if it is new and there is a place for it.
    /// Returns whether it has one.
    #[inline(never)]
    pub fn add_name(&mut self, name: Val, is_sketch: bool) -> bool {
        if self.record.first_index_of(name).is_some() {
            return true;
        }
        let mut others = 0u32;
        for place in 0..self.metrics() {
            let is_pair = Symbol::try_from_val(&self.e, &self.name(place)).is_err();
            others = others.wrapping_add((is_pair == is_sketch).into());
        }
        let has_place = others < if is_sketch { HISTORY_SKETCHES_MAX } else { HISTORY_METRICS_MAX };
        if has_place {
            self.record.push_back(name);
        }
        has_place
    }

    /// Adds a metric, which has to have a place.
    pub fn add_metric(&mut self, name: Symbol) {
        if !self.add_name(name.to_val(), false) {
            storage::fail(&self.e, AnalyticsError::TooManyMetrics);
        }
    }

    /// Number of the sheet of a day's hours; [`storage::HISTORY`] for a day before the rings.
    pub fn hours_number(&self, day: u32) -> u32 {
        let days = if day >= self.get(Mark::RingSince) {
            self.get(Mark::RingDays)
        } else if day >= self.get(Mark::FormerSince) {
            self.get(Mark::FormerRingDays)
        } else {
            0
        };
        day.checked_rem(days).map_or(storage::HISTORY, |place| storage::hours(days, place))
    }

    /// Drops the hours of a day, those copied out of the ring too.
    pub fn drop_hours(&mut self, day: u32) {
        for number in [self.hours_number(day), storage::HELD | day] {
            let is_copy = number >= storage::HELD;
            if is_copy && self.get(Mark::Hold) == 0 {
                continue;
            }
            let sheet = Sheet::load(self, number);
            if sheet.is_stored() && sheet.time() == day {
                storage::remove_sheet(&self.e, self.stream, number);
                if is_copy {
                    self.count_beside(&sheet, false);
                }
            }
        }
    }

    /// The hours of a day, if they are kept.
    #[inline(never)]
    pub fn hours_of(&self, day: u32) -> Sheet {
        let mut sheet = Sheet::load(self, self.hours_number(day));
        if sheet.time() != day {
            let is_held = self.get(Mark::Hold) != 0;
            sheet = Sheet::load(self, if is_held { storage::HELD | day } else { storage::HISTORY });
        }
        sheet
    }
}
