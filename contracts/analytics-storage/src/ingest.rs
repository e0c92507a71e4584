//! Closed buckets come in: hours to their day's sheet, everything else to where it fits.

use lumenscope_bucket::calendar::{END_S, HOUR_S, Period};
use lumenscope_bucket::packed::PackedBucket;
use lumenscope_hot::{EXPORT_BYTES_MAX, Export, ExportedBucket, METRICS_MAX, SLOTS, Span};
use lumenscope_interfaces::common::StreamKey;
use soroban_sdk::{Bytes, Env, Symbol, Vec};

use crate::calendar::{day_of, fits, normalised, number_of, sheet_of};
use crate::compact::{make, update_sheet};
use crate::events::HistoryIngested;
use crate::history::StreamHistory;
use crate::sheet::{copy, refuse, rewrite};
use crate::storage;

/// Stores an export of performance-monitor, which has authorised the call. Returns the buckets.
pub fn ingest(e: &Env, stream: StreamKey, names: &Vec<Symbol>, closed: &Bytes) -> u32 {
    let mut room = [0; EXPORT_BYTES_MAX];
    copy(e, closed, 0, closed.len(), &mut room);
    let Some(Ok(export)) = room.get(..closed.len() as usize).map(Export::parse) else { refuse(e) };
    let mut run = Run {
        buckets: [None; SLOTS],
        metrics: [0; METRICS_MAX],
        metrics_len: export.metrics(),
        from: 0,
        to: 0,
    };
    if run.metrics_len != names.len() as usize
        || run.metrics_len > METRICS_MAX
        || export.buckets().nth(SLOTS).is_some()
    {
        refuse(e);
    }
    for (place, bucket) in run.buckets.iter_mut().zip(export.buckets()) {
        let Span { start_hour, end_hour } = bucket.span;
        if start_hour > end_hour || u64::from(end_hour) >= END_S / HOUR_S {
            refuse(e);
        }
        *place = Some(bucket);
    }
    let Some(first) = run.span(0) else { return 0 };

    let known = storage::history(e, &stream);
    let before = known.as_ref().map(|history| (history.marks, history.metrics.len()));
    let mut history = known.unwrap_or_else(|| {
        storage::index_stream(e, &stream);
        StreamHistory::new(e, day_of(first.start_hour), names.len())
    });
    for (place, metric) in (0..names.len()).zip(&mut run.metrics) {
        if let Some(name) = names.get(place) {
            *metric = history.metric_or_new(e, &name);
        }
    }
    let mut last = first;
    while let Some(span) = run.next() {
        run.store(e, &stream, &mut history, span);
        last = run.span(run.to.wrapping_sub(1)).unwrap_or(span);
    }
    if before != Some((history.marks, history.metrics.len())) {
        storage::set_history(e, &stream, &history);
    }
    run.from = 0;
    let mut buckets = 0u32;
    for metric in 0..history.metrics.len() as u8 {
        run.each(metric, &mut |bucket| {
            buckets = buckets.wrapping_add(u32::from(!bucket.statistics.is_empty()));
        });
    }
    let StreamKey { contract, function, subject } = stream;
    let (start_hour, end_hour) = (first.start_hour, last.end_hour);
    HistoryIngested { contract, function, subject, start_hour, end_hour, buckets }.publish(e);
    buckets
}

/// Spans of an export that are stored together: those of one day, or a single longer one.
struct Run<'a> {
    buckets: [Option<ExportedBucket<'a>>; SLOTS],
    /// Where the export's metrics are in the history.
    metrics: [u8; METRICS_MAX],
    metrics_len: usize,
    from: usize,
    to: usize,
}

impl Run<'_> {
    fn span(&self, place: usize) -> Option<Span> {
        let bucket = self.buckets.get(place)?.as_ref()?;
        Some(bucket.span)
    }

    /// Goes on to the next spans; returns the first of them.
    fn next(&mut self) -> Option<Span> {
        self.from = self.to;
        let first = self.span(self.from)?;
        let day = day_of(first.start_hour);
        self.to = self.to.wrapping_add(1);
        while let Some(span) = self.span(self.to) {
            if day_of(first.end_hour) != day || day_of(span.end_hour) != day {
                break;
            }
            self.to = self.to.wrapping_add(1);
        }
        Some(first)
    }

    /// Hands the bucket of a metric of the history in each of the spans to `visit`.
    #[inline(never)]
    fn each(&self, metric: u8, visit: &mut dyn FnMut(&PackedBucket)) {
        let mut places = self.metrics.iter().take(self.metrics_len);
        let Some(place) = places.position(|of| *of == metric) else { return };
        let buckets = self.buckets.get(self.from..self.to).unwrap_or_default();
        for bucket in buckets.iter().flatten() {
            let mut packed = whole(bucket.span);
            packed.statistics = bucket.statistics(place);
            visit(&packed);
        }
    }

    fn store(&self, e: &Env, stream: &StreamKey, history: &mut StreamHistory, span: Span) {
        let day = day_of(span.start_hour);
        let newest = day >= history.marks.latest_day;
        let is_kept = day_of(span.end_hour) == day && self.store_hours(e, stream, history, day);
        let marks = &mut history.marks;
        marks.first_day = marks.first_day.min(day);
        marks.latest_day = marks.latest_day.max(day_of(span.end_hour));
        for period in [Period::Day, Period::Week, Period::Month] {
            let whole = whole(span);
            let is_made = number_of(period, span.start_hour) < history.made(period);
            let is_nowhere = period == Period::Day && !is_kept;
            if fits(period, &whole) && !is_made && !is_nowhere {
                continue;
            }
            let number = sheet_of(period, span.start_hour);
            update_sheet(e, stream, history, period, number, &mut |metric, timeline| {
                self.each(metric, &mut |bucket| timeline.add(&normalised(period, bucket), newest));
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
        let mut held = storage::sheet(e, stream, Period::Hour, number);
        let mut bytes_min = history.marks.hours_bytes;
        if let Some(sheet) = &held {
            if sheet.time() > day {
                return false;
            }
            bytes_min = bytes_min.max(sheet.byte_len());
            if sheet.time() < day {
                if sheet.time() >= history.marks.days_made {
                    make(e, stream, history, Period::Day, sheet.time());
                }
                held = None;
            }
        }
        let metrics = history.metrics.len();
        let mut add = |metric, timeline: &mut crate::timeline::Timeline| {
            self.each(metric, &mut |bucket| timeline.add(bucket, true));
        };
        let (bytes, _) = rewrite(e, held.as_ref(), day, metrics, bytes_min, &mut add);
        storage::set_sheet(e, stream, Period::Hour, number, &bytes);
        history.marks.hours_bytes = history.marks.hours_bytes.max(bytes.len());
        true
    }
}

fn whole(span: Span) -> PackedBucket {
    PackedBucket {
        start_hour: span.start_hour,
        hours: span.end_hour.wrapping_sub(span.start_hour).wrapping_add(1),
        ..PackedBucket::default()
    }
}
