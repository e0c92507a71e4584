//! Closed buckets come in: hours to their day's sheet, everything else to where it fits.

use lumenscope_bucket::calendar::END_HOUR;
use lumenscope_bucket::packed::PackedBucket;
use lumenscope_hot::{EXPORT_BYTES_MAX, Export, Span};
use lumenscope_interfaces::analytics_storage::{AnalyticsError, PAST_DAYS_MAX};
use lumenscope_interfaces::common::StreamKey;
use soroban_sdk::{Address, Bytes, Env, Symbol, Val, Vec, symbol_short};

use crate::calendar::{day_of, hour_of_day, month_of};
use crate::events::changed;
use crate::history::{HELD, History, Mark};
use crate::sheet::{Sheet, copy, refuse, rewrite};
use crate::sketches::{self, bin};
use crate::storage;
use crate::timeline::Timeline;

/// Reads an export that performance-monitor made, into `room`; no bytes are one without buckets.
#[inline(never)]
pub fn exported<'a>(e: &Env, bytes: &Bytes, room: &'a mut [u8]) -> Export<'a> {
    if bytes.is_empty() {
        return Export::default();
    }
    // Sketches lie behind what there is room for.
    let len = bytes.len().min(room.len() as u32);
    copy(e, bytes, 0, len, room);
    parsed(e, room.get(..len as usize).unwrap_or_default())
}

#[inline(never)]
pub fn parsed<'a>(e: &Env, bytes: &'a [u8]) -> Export<'a> {
    match Export::parse(bytes) {
        Ok(export) => export,
        Err(_) => refuse(e),
    }
}

/// Hours of a bucket in an export.
#[inline(never)]
fn span(e: &Env, export: &Export, index: usize) -> Span {
    let span = export.span(index);
    if span.start_hour > span.end_hour || span.end_hour >= END_HOUR {
        refuse(e);
    }
    span
}

/// The bucket of a metric in an export.
#[inline(never)]
pub fn bucket(e: &Env, export: &Export, metric: usize, index: usize) -> PackedBucket {
    let Span { start_hour, end_hour } = span(e, export, index);
    PackedBucket {
        start_hour,
        hours: end_hour.wrapping_sub(start_hour).wrapping_add(1),
        statistics: export.statistics(metric, index),
    }
}

/// What is added to a sheet: buckets that come in, and hours that are kept.
pub struct Added<'a> {
    pub export: &'a Export<'a>,
    /// The export's metrics.
    pub names: &'a Vec<Val>,
    /// The first of its buckets to add, and the first not to.
    pub from: usize,
    pub to: usize,
    /// Whether they are older than what is there.
    pub is_earlier: bool,
    /// The first day whose hours to add, and the first not to.
    pub from_day: u32,
    pub to_day: u32,
    /// The counters of a sketch, where it is one that comes, with the day that they are of; the range is
    /// one of bins then.
    pub counters: &'a [u8],
    pub day: u32,
}

impl Added<'_> {
    /// Adds what there is of a metric.
    #[inline(never)]
    pub fn add_to(&self, metric: usize, timeline: &mut Timeline) {
        let history = timeline.history;
        if let Some(place) = self.names.first_index_of(history.name(metric)) {
            for index in self.from..self.to {
                timeline.add(&if self.counters.is_empty() {
                    bucket(&history.e, self.export, place as usize, index)
                } else {
                    bin(self.counters, index, self.day)
                });
            }
        }
        for day in self.from_day..self.to_day {
            history.hours_of(day).read(metric, timeline);
        }
    }
}

/// Adds to the sheet of the month that holds an hour.
#[inline(never)]
pub fn update_month(history: &History, hour: u32, added: &Added) {
    let month = month_of(hour);
    let number = storage::DAYS | month;
    rewrite(history, number, &Sheet::load(history, number), month, 0, added);
}

/// Adds the hours of days of one month, the last not included, to the month's sheet.
#[inline(never)]
pub fn make(history: &History, from_day: u32, to_day: u32) {
    let export = &Export::default();
    let names = &Vec::new(&history.e);
    let added = Added {
        export,
        names,
        from: 0,
        to: 0,
        is_earlier: false,
        from_day,
        to_day,
        counters: &[],
        day: 0,
    };
    update_month(history, hour_of_day(from_day), &added);
}

/// Stores an export of performance-monitor, which has authorised the call. Returns the spans.
/// Without spans, only the names take their places.
pub fn ingest(
    e: &Env,
    monitor: &Address,
    stream: &StreamKey,
    names: &Vec<Symbol>,
    closed: &Bytes,
) -> u32 {
    let mut room = [0; EXPORT_BYTES_MAX];
    store(e, monitor, stream, names, closed, &exported(e, closed, &mut room))
}

/// A function of its own: with the room on its stack every variable would be farther away.
#[inline(never)]
fn store(
    e: &Env,
    monitor: &Address,
    stream: &StreamKey,
    names: &Vec<Symbol>,
    closed: &Bytes,
    export: &Export,
) -> u32 {
    let spans = export.len();
    let mut history = History::load(stream);
    let lane = stream.lane.unwrap_or(0).max(history.get(Mark::Lanes));
    history.set(Mark::Lanes, lane);
    if spans == 0 {
        // Named before it has a sample: what a stream and its lanes hold has a place when it comes.
        for metric in 0..names.len() {
            history.add_metric(names.get_unchecked(metric));
        }
        if history.save() {
            changed(&history, symbol_short!("named"), monitor, 0, names.len());
        }
        return 0;
    }
    if export.metrics() != names.len() as usize {
        refuse(e);
    }
    let first_hour = span(e, export, 0).start_hour;
    let last_hour = span(e, export, spans.wrapping_sub(1)).end_hour;
    if !history.is_known() {
        history.start(day_of(first_hour), names.len());
    }
    for metric in 0..names.len() {
        // Where the link was set after the stream was opened. Places are never given back.
        if (0..spans).any(|index| export.statistics(metric as usize, index).count > 0) {
            history.add_metric(names.get_unchecked(metric));
        }
    }
    let names = &names.to_vals();
    let mut from = 0;
    while from < spans {
        let Span { start_hour, end_hour } = span(e, export, from);
        let (day, end_day) = (day_of(start_hour), day_of(end_hour));
        if day.wrapping_add(PAST_DAYS_MAX) < history.get(Mark::LatestDay) {
            storage::fail(e, AnalyticsError::RangeInvalid);
        }
        // Spans of one day are stored together, longer ones each for itself.
        let mut to = from.wrapping_add(1);
        while to < spans && end_day == day && day_of(span(e, export, to).end_hour) == day {
            to = to.wrapping_add(1);
        }
        let mut added = Added {
            export,
            names,
            from,
            to,
            is_earlier: false,
            from_day: 0,
            to_day: 0,
            counters: &[],
            day: 0,
        };
        let is_kept = end_day == day && store_hours(&mut history, &added, day);
        added.is_earlier = day < history.get(Mark::LatestDay);
        history.set(Mark::FirstDay, day.min(history.get(Mark::FirstDay)));
        history.set(Mark::LatestDay, end_day.max(history.get(Mark::LatestDay)));
        if !is_kept || day < history.get(Mark::DaysMade) {
            history.revise();
            update_month(&history, start_hour, &added);
        }
        from = to;
    }
    sketches::store(&mut history, names, closed, export.sketches_at() as u32, day_of(last_hour));
    history.save();
    changed(&history, symbol_short!("ingested"), monitor, first_hour, last_hour);
    spans as u32
}

/// Adds the spans to the sheet of their day's hours. Returns whether there is one: its place may
/// belong to a later day already.
fn store_hours(history: &mut History, added: &Added, day: u32) -> bool {
    let mut number = history.hours_number(day);
    let mut held = Sheet::load(history, number);
    if number == storage::HISTORY || held.time() > day {
        // Its place is a later day's; but its hours may have been copied out of the ring.
        number = storage::HELD | day;
        held = history.hours_of(day);
        if !held.is_stored() {
            return false;
        }
    }
    if month_of(hour_of_day(day)) < history.get(Mark::Folded) {
        return false;
    }
    let held_day = held.time();
    if held_day < day {
        // Of a ring that was given up, its days are made.
        let is_of_ring = history.hours_number(held_day) == number;
        if held.is_stored() && is_of_ring && history.get(Mark::Hold) == HELD {
            // Its hours stay; so they are in its day, or will be.
            held.copy_to(history, storage::HELD | held_day);
            history.count_beside(&held, true);
        } else if held.is_stored() && held_day >= history.get(Mark::DaysMade) {
            make(history, held_day, held_day.wrapping_add(1));
        }
        held.clear();
    }
    let bytes_min = held.byte_len().max(history.get(Mark::HoursBytes));
    let bytes = rewrite(history, number, &held, day, bytes_min, added);
    if number >= storage::HELD {
        history.count_beside(&held, false);
        history.count_beside(&Sheet::load(history, number), true);
    }
    history.set(Mark::HoursBytes, bytes.max(history.get(Mark::HoursBytes)));
    true
}
