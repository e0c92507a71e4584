//! Closed buckets come in: hours to their day's sheet, everything else to where it fits.

use lumenscope_bucket::calendar::{END_S, HOUR_S, Period};
use lumenscope_bucket::packed::PackedBucket;
use lumenscope_hot::{EXPORT_BYTES_MAX, Export, METRICS_MAX, SLOTS, Span};
use lumenscope_interfaces::common::StreamKey;
use soroban_sdk::{Address, Bytes, Env, Symbol, Vec, symbol_short};

use crate::calendar::{day_of, month_of, normalised};
use crate::compact::{make, update_month};
use crate::events::changed;
use crate::history::StreamHistory;
use crate::sheet::{copy, refuse, rewrite};
use crate::storage;
use crate::timeline::Timeline;

/// The place of a metric without samples: history has none for it.
const NOWHERE: u8 = u8::MAX;

/// Stores an export of performance-monitor, which has authorised the call. Returns the spans.
pub fn ingest(
    e: &Env,
    monitor: &Address,
    stream: &StreamKey,
    names: &Vec<Symbol>,
    closed: &Bytes,
) -> u32 {
    let mut room = [0; EXPORT_BYTES_MAX];
    copy(e, closed, 0, closed.len(), &mut room);
    let Some(Ok(export)) = room.get(..closed.len() as usize).map(Export::parse) else { refuse(e) };
    if export.metrics() != names.len() as usize || export.metrics() > METRICS_MAX {
        refuse(e);
    }
    let mut spans = 0u32;
    let mut first = None;
    let mut last_hour = 0;
    for Span { start_hour, end_hour } in export.buckets().map(|bucket| bucket.span) {
        spans = spans.wrapping_add(1);
        if start_hour > end_hour || u64::from(end_hour) >= END_S / HOUR_S || spans > SLOTS as u32 {
            refuse(e);
        }
        first = first.or(Some(start_hour));
        last_hour = end_hour;
    }
    let Some(first_hour) = first else { return 0 };

    let known = storage::history(e, stream);
    let before = known.as_ref().map(|history| (history.marks, history.metrics.len()));
    let mut history =
        known.unwrap_or_else(|| StreamHistory::new(e, day_of(first_hour), names.len()));
    let mut places = [NOWHERE; METRICS_MAX];
    for (number, place) in (0..names.len()).zip(&mut places) {
        // A metric that nobody recorded takes no place: places are never given back.
        let has_samples = export.buckets().any(|at| at.statistics(number as usize).count > 0);
        if let (Some(name), true) = (names.get(number), has_samples) {
            *place = history.metric_or_new(e, &name);
        }
    }
    let mut done = None;
    for span in export.buckets().map(|bucket| bucket.span) {
        let group = group(span);
        if done != Some(group) {
            Group { export, places, group }.store(e, stream, &mut history, span);
            done = Some(group);
        }
    }
    if before != Some((history.marks, history.metrics.len())) {
        storage::set_history(e, stream, &history);
    }
    changed(e, stream, symbol_short!("ingested"), monitor, first_hour, last_hour);
    spans
}

/// Spans that are stored together: those of one day, or a single longer one.
fn group(span: Span) -> (u32, u32) {
    let PackedBucket { start_hour, hours, .. } = normalised(Period::Day, &whole(span));
    (start_hour, hours)
}

/// The spans of a group in an export.
struct Group<'a> {
    export: Export<'a>,
    /// Where the export's metrics are in the history.
    places: [u8; METRICS_MAX],
    group: (u32, u32),
}

impl Group<'_> {
    /// Hands the bucket of a metric of the history in each of the spans to `visit`.
    #[inline(never)]
    fn each(&self, metric: u8, visit: &mut dyn FnMut(&PackedBucket)) {
        let mut places = self.places.iter().take(self.export.metrics());
        let Some(place) = places.position(|of| *of == metric) else { return };
        for bucket in self.export.buckets() {
            if group(bucket.span) == self.group {
                let mut packed = whole(bucket.span);
                packed.statistics = bucket.statistics(place);
                visit(&packed);
            }
        }
    }

    fn store(&self, e: &Env, stream: &StreamKey, history: &mut StreamHistory, span: Span) {
        let (day, end_day) = (day_of(span.start_hour), day_of(span.end_hour));
        let newest = day >= history.marks.latest_day;
        let is_kept = end_day == day && self.store_hours(e, stream, history, day);
        let marks = &mut history.marks;
        marks.first_day = marks.first_day.min(day);
        marks.latest_day = marks.latest_day.max(end_day);
        if !is_kept || day < marks.days_made {
            update_month(e, stream, history, month_of(span.start_hour), &mut |metric, timeline| {
                self.each(metric, &mut |bucket| {
                    timeline.add(&normalised(Period::Day, bucket), newest);
                });
            });
        }
    }

    /// Adds the spans to the sheet of their day's hours. Returns whether there is one: its place
    /// may belong to a later day already.
    fn store_hours(
        &self,
        e: &Env,
        stream: &StreamKey,
        history: &mut StreamHistory,
        day: u32,
    ) -> bool {
        let Some(number) = history.hours_sheet_of(day) else { return false };
        let mut held = storage::sheet(e, stream, storage::HOURS, number);
        let mut bytes_min = history.marks.hours_bytes;
        if let Some(sheet) = &held {
            let held_day = sheet.time();
            if held_day > day {
                return false;
            }
            bytes_min = bytes_min.max(sheet.byte_len());
            if held_day < day {
                if held_day >= history.marks.days_made {
                    make(e, stream, history, held_day, held_day.wrapping_add(1));
                }
                held = None;
            }
        }
        let metrics = history.metrics.len();
        let mut add = |metric, timeline: &mut Timeline| {
            self.each(metric, &mut |bucket| timeline.add(bucket, true));
        };
        let (bytes, _) = rewrite(e, held.as_ref(), day, metrics, bytes_min, &mut add);
        storage::set_sheet(e, stream, storage::HOURS, number, &bytes);
        history.marks.hours_bytes = history.marks.hours_bytes.max(bytes.len());
        true
    }
}

/// An empty bucket of a span.
pub fn whole(span: Span) -> PackedBucket {
    PackedBucket {
        start_hour: span.start_hour,
        hours: span.end_hour.wrapping_sub(span.start_hour).wrapping_add(1),
        ..PackedBucket::default()
    }
}
