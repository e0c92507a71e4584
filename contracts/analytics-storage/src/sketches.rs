//! Sketches: what performance-monitor counted in the bins of a declared range.
//!
//! A metric whose sketch has another layout is, for history, another metric: its name is the pair
//! of the metric's name and the encoded layout. A week's bins are one sheet. A bin of a day is kept as
//! a bucket is: where a bucket has its hour, it has the day and the bin, and its statistics are those
//! of as many zeros as were counted; `max` is 1 where a counter that came was at its limit.

use lumenscope_bucket::Statistics;
use lumenscope_bucket::calendar::Period;
use lumenscope_bucket::packed::PackedBucket;
use lumenscope_hot::{Export, SKETCH_HEAD_BYTES};
use lumenscope_interfaces::analytics_storage::{AnalyticsError, Distribution, RangeQuery};
use lumenscope_sketch::{AT_LIMIT, BINS_MAX, ENCODED_BYTES, LIMIT, Quantile, SketchLayout};
use soroban_sdk::{Bytes, Env, FromVal, IntoVal, TryFromVal, Val, Vec};

use crate::calendar::{day_of, number_of, start_hour};
use crate::history::{History, Mark};
use crate::ingest::Added;
use crate::query::limit;
use crate::sheet::{Sheet, copy, refuse, rewrite};
use crate::storage;
use crate::timeline::Timeline;

/// Bins of a sketch, the counters below and above its range included.
const COUNTERS_MAX: usize = BINS_MAX as usize + 2;
const COUNTER_BYTES: usize = 2;
const COUNTERS_BYTES_MAX: usize = COUNTERS_MAX * COUNTER_BYTES;
/// Where a sketch has its number of bins, below 256: behind the place of its metric, first and last
/// value.
const AT_BINS: usize = 17;
/// Bits of a bin's number, behind the day's.
const BIN_BITS: u32 = 7;
/// The bin, of a day and a bin.
const BIN: usize = (1 << BIN_BITS) - 1;
/// Days whose sketches are one sheet.
pub const WEEK_DAYS: u32 = 7;

/// A bin of a sketch.
pub fn bin(counters: &[u8], bin: usize, day: u32) -> PackedBucket {
    let count = counters.as_chunks().0.get(bin).map_or(0, |count| u16::from_le_bytes(*count));
    let count = u64::from(count);
    let statistics = Statistics { count, max: (count == LIMIT).into(), ..Statistics::EMPTY };
    PackedBucket { start_hour: day << BIN_BITS | bin as u32, hours: 1, statistics }
}

/// Adds the sketches of an export, which begin at a place of it, to those of a day.
#[inline(never)]
pub fn store(history: &mut History, names: &Vec<Val>, closed: &Bytes, mut at: u32, day: u32) {
    let e = &history.e.clone();
    let mut sketch = [0; SKETCH_HEAD_BYTES + COUNTERS_BYTES_MAX];
    while at < closed.len() {
        let rest = closed.len().wrapping_sub(at);
        copy(e, closed, at, rest.min(sketch.len() as u32), &mut sketch);
        let Some(name) = names.get(sketch[0].into()) else { refuse(e) };
        let (layout_at, counters_at) =
            (at.wrapping_add(1), at.wrapping_add(SKETCH_HEAD_BYTES as u32));
        let layout = closed.slice(layout_at..counters_at);
        let pair = Vec::from_array(e, [name, layout.to_val()]).to_val();
        let counters = (usize::from(sketch[AT_BINS]) + 2) * COUNTER_BYTES;
        // Behind them are those of the time before, which came already.
        at = counters_at.wrapping_add(2 * counters as u32);
        let Some(counters) = sketch[SKETCH_HEAD_BYTES..].get(..counters) else { refuse(e) };
        if !history.add_name(pair, true) {
            continue;
        }
        let since = history.get(Mark::SketchesSince);
        history.set(Mark::SketchesSince, if since == 0 { day } else { since.min(day) });
        let added = Added {
            export: &Export::default(),
            names: &Vec::from_array(e, [pair]),
            from: 0,
            to: COUNTERS_MAX,
            is_earlier: false,
            from_day: 0,
            to_day: 0,
            counters,
            day,
        };
        let week = day / WEEK_DAYS;
        let number = storage::SKETCHES | week;
        let sheet = Sheet::load(history, number);
        history.count_beside(&sheet, false);
        rewrite(history, number, &sheet, week, 0, &added);
        history.count_beside(&Sheet::load(history, number), true);
    }
}

/// What is known of how a metric's samples were distributed.
pub fn distribution(e: &Env, query: &RangeQuery, per_mille: &Vec<u32>) -> Distribution {
    let history = History::require(&query.stream);
    let mut timeline = Timeline::new(&history);
    limit(&mut timeline, query);
    let period = timeline.period;
    let last = number_of(period, timeline.to.wrapping_sub(1));
    let from = day_of(start_hour(period, number_of(period, timeline.from)));
    let to = day_of(start_hour(period, last.wrapping_add(1)).wrapping_add(23));
    let from = from.max(history.get(Mark::FirstDay));
    let to = to.min(history.get(Mark::LatestDay).wrapping_add(1)).max(from);
    timeline.period = Period::Hour;
    timeline.from = from << BIN_BITS;
    timeline.to = to << BIN_BITS;
    timeline.mask = (BIN as u64) << 32;
    let mut found = None;
    for place in (0..history.metrics()).rev() {
        let Some(layout) = layout(e, &history.name(place), query) else { continue };
        for week in from / WEEK_DAYS..to.wrapping_add(WEEK_DAYS - 1) / WEEK_DAYS {
            Sheet::load(&history, storage::SKETCHES | week).read(place, &mut timeline);
        }
        found = Some(layout);
        if !timeline.buckets().is_empty() {
            break;
        }
    }
    let Some(layout) = found else { storage::fail(e, AnalyticsError::HistoryMetricUnknown) };
    let mut counts = [0u64; 1 << BIN_BITS];
    let mut inside = 0u64;
    for entry in timeline.buckets() {
        let PackedBucket { start_hour: bin, statistics, .. } = entry.bucket();
        inside = inside.wrapping_add(statistics.count);
        counts[bin as usize & BIN] = statistics.count | (statistics.max as u64) << 63;
    }
    let count = |bin: usize| counts[bin & BIN];
    let below = count(0) & !AT_LIMIT;
    let above = count(usize::from(layout.bins()).wrapping_add(1)) & !AT_LIMIT;
    let mut quantiles: Vec<Val> = Vec::new(e);
    for place in 0..per_mille.len() {
        let share = per_mille.get_unchecked(place);
        if share > 1_000 {
            storage::fail(e, AnalyticsError::RangeInvalid);
        }
        quantiles.push_back(match layout.quantile_of(&count, share as u16) {
            Quantile::Value(value) => value.into_val(e),
            _ => Val::VOID.into(),
        });
    }
    Distribution {
        min: layout.min(),
        max: layout.max(),
        below,
        inside: inside.wrapping_sub(below).wrapping_sub(above),
        above,
        quantiles: Vec::from_val(e, &quantiles.to_val()),
    }
}

/// The layout of a sketch of the query's metric, by its name.
fn layout(e: &Env, name: &Val, query: &RangeQuery) -> Option<SketchLayout> {
    let pair = Vec::<Val>::try_from_val(e, name).ok()?;
    pair.first_index_of(query.metric.to_val())?;
    let mut layout = [0; ENCODED_BYTES];
    copy(e, &Bytes::from_val(e, &pair.get_unchecked(1)), 0, ENCODED_BYTES as u32, &mut layout);
    Some(SketchLayout::read(&layout))
}
