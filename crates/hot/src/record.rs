//! Recording into a hot entry.

use lumenscope_bucket::Statistics;
use lumenscope_bucket::calendar::{END_S, hour_of};
use lumenscope_bucket::{clamp, fixed};

use crate::bytes::{put, put_statistics, slide, statistics_at, u8_at};
use crate::layout::{
    AT_CLAMPED, AT_FLUSHED, AT_METRIC_SLOTS, AT_SEQUENCE, AT_SLOTS, AT_SPANS, AT_TOTAL_LAST,
    AT_TOTAL_SUM, RING_GRACE_S, SLOTS, SPAN, Shape,
};
use crate::plan::{Plan, merged};
use crate::view::{Totals, View};
use crate::{HotError, Span};

const MINUTE_S: u64 = 60;
const COUNT_MAX: u64 = (1 << 48) - 1;
const SUM_MAX: i128 = (1 << 95) - 1;

/// When a sample was, as far as a hot entry cares.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Moment {
    /// Hour since 1970-01-01.
    pub hour: u32,
    /// Minute since 1970-01-01.
    pub minute: u32,
    /// Whether the minute's slot of a ring may still change.
    pub minute_is_open: bool,
}

impl Moment {
    /// Of a sample at `at_s` that is recorded at `now_s`, in seconds since 1970-01-01. A sample
    /// of the future is the caller's to refuse.
    pub fn new(at_s: u64, now_s: u64) -> Self {
        let minute = at_s.min(END_S - 1) / MINUTE_S;
        let closes_s = (minute + 1) * MINUTE_S + RING_GRACE_S;
        Self { hour: hour_of(at_s), minute: minute as u32, minute_is_open: now_s < closes_s }
    }
}

/// What is added to one metric: a sample, or several already aggregated.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Sample {
    /// Its values lie within [`lumenscope_bucket::VALUE_LIMIT`].
    pub statistics: Statistics,
    /// How many of its values had to be clamped to that.
    pub clamped: u32,
}

impl Sample {
    /// One value, clamped.
    pub fn of(value: i128) -> Self {
        let (value, clamped) = clamp(value);
        Self { statistics: Statistics::of(value), clamped: clamped.into() }
    }

    /// Values that were aggregated before, all within the limit.
    pub fn aggregate(statistics: Statistics) -> Self {
        Self { statistics, clamped: 0 }
    }
}

/// A hot entry, open for recording.
///
/// One recording call is [`Recorder::next_sequence`], [`Recorder::place`] for each hour that it
/// brings samples of, and [`Recorder::add`] for each sample.
#[derive(Debug)]
pub struct Recorder<'a> {
    pub(crate) bytes: &'a mut [u8],
    pub(crate) shape: Shape,
}

impl<'a> Recorder<'a> {
    /// Reads the header.
    ///
    /// # Errors
    ///
    /// [`HotError::BlobInvalid`].
    pub fn parse(bytes: &'a mut [u8]) -> Result<Self, HotError> {
        let shape = Shape::parse(bytes)?;
        Ok(Self { bytes, shape })
    }

    /// The same entry, readable.
    pub fn view(&self) -> View<'_> {
        View { bytes: self.bytes, shape: self.shape }
    }

    /// The same entry, for as long as its bytes are there.
    pub fn into_view(self) -> View<'a> {
        View { bytes: self.bytes, shape: self.shape }
    }

    /// The bytes as they are now.
    pub fn bytes(&self) -> &[u8] {
        self.bytes
    }

    /// Counts one recording call.
    pub fn next_sequence(&mut self) -> u64 {
        let sequence = self.view().sequence().saturating_add(1);
        put(self.bytes, AT_SEQUENCE, &sequence.to_le_bytes());
        sequence
    }

    /// Makes room for samples of `hour`, and says in which slot it is. All metrics move.
    ///
    /// When no slot is free, two are merged: the first neighbours of one UTC day, else of one
    /// civil month, else the oldest two. The same work for every hour.
    ///
    /// # Errors
    ///
    /// [`HotError::HourFlushed`]; then nothing has changed.
    pub fn place(&mut self, hour: u32) -> Result<usize, HotError> {
        let view = self.view();
        if hour < view.flushed_before() {
            return Err(HotError::HourFlushed);
        }
        let spans = view.spans();
        let plan = Plan::new(&spans, view.used(), hour);
        for metric in 0..self.shape.metrics {
            self.rearrange(metric, &plan);
        }
        self.roll_sketches(plan.rolled);
        let records = &mut self.bytes[AT_SPANS..AT_SPANS + SLOTS * SPAN];
        plan.arrange(records, SPAN, &merged(&spans, plan.pair).encode());
        if plan.opens {
            let span = Span { start_hour: hour, end_hour: hour };
            put(records, plan.target * SPAN, &span.encode());
        }
        self.bytes[AT_SLOTS] = plan.used as u8;
        Ok(plan.target)
    }

    /// Adds a sample to the slot that [`Recorder::place`] gave for its hour.
    pub fn add(&mut self, metric: usize, slot: usize, moment: Moment, sample: &Sample) {
        let newest = slot + 1 == usize::from(u8_at(self.bytes, AT_SLOTS));
        let at = self.shape.slots_at(metric) + slot * fixed::BYTES;
        let mut statistics = statistics_at(self.bytes, at, fixed::BYTES);
        statistics.merge(&sample.statistics);
        put_statistics(self.bytes, at, fixed::BYTES, &statistics);
        self.add_to_totals(metric, newest, sample);
        self.add_to_ring(metric, moment, &sample.statistics);
        self.add_to_sketches(metric, newest, &sample.statistics);
    }

    /// Drops the slots that end by `through_hour`, which were exported, and closes their hours.
    /// Returns how many.
    pub fn remove_through(&mut self, through_hour: u32) -> usize {
        let view = self.view();
        let (used, before) = (view.used(), view.flushed_before());
        let gone = view.slots_through(through_hour);
        for metric in 0..self.shape.metrics {
            let at = self.shape.slots_at(metric);
            drop_first(&mut self.bytes[at..at + SLOTS * fixed::BYTES], fixed::BYTES, gone);
        }
        drop_first(&mut self.bytes[AT_SPANS..AT_SPANS + SLOTS * SPAN], SPAN, gone);
        self.bytes[AT_SLOTS] = (used - gone) as u8;
        self.forget_sketches(gone, used);
        // A span that reaches beyond `through_hour` stays whole, and open to late samples.
        let mut first_open = through_hour.saturating_add(1);
        if gone < used {
            first_open = first_open.min(Span::decode(self.bytes, AT_SPANS).start_hour);
        }
        put(self.bytes, AT_FLUSHED, &first_open.max(before).to_le_bytes());
        gone
    }

    fn rearrange(&mut self, metric: usize, plan: &Plan) {
        let at = self.shape.slots_at(metric);
        let pair = at + plan.pair * fixed::BYTES;
        // Also when nothing merges: the same work for every hour.
        let mut merged = statistics_at(self.bytes, pair, fixed::BYTES);
        merged.merge(&statistics_at(self.bytes, pair + fixed::BYTES, fixed::BYTES));
        let slots = &mut self.bytes[at..at + SLOTS * fixed::BYTES];
        plan.arrange(slots, fixed::BYTES, &fixed::encode(&merged));
    }

    fn add_to_totals(&mut self, metric: usize, newest: bool, sample: &Sample) {
        let at = self.shape.metric_at(metric);
        let view = self.view();
        let Totals { count, sum, last } = view.totals(metric);
        let clamped = view.clamped(metric).saturating_add(sample.clamped);
        let Statistics { count: more, sum: amount, last: value, .. } = sample.statistics;
        let count = (count + more).min(COUNT_MAX);
        let sum = (sum + amount).clamp(-SUM_MAX - 1, SUM_MAX);
        let last = if newest { value } else { last };
        let mut totals = [0; AT_METRIC_SLOTS];
        put(&mut totals, 0, &count.to_le_bytes());
        put(&mut totals, AT_TOTAL_SUM, &sum.to_le_bytes());
        put(&mut totals, AT_TOTAL_LAST, &last.to_le_bytes());
        put(&mut totals, AT_CLAMPED, &clamped.to_le_bytes());
        put(self.bytes, at, &totals);
    }
}

/// Drops the records of the first slots, of `width` bytes each; the others move up.
#[inline(never)]
fn drop_first(records: &mut [u8], width: usize, slots: usize) {
    slide(records, slots * width, 0);
    let left = (SLOTS - slots) * width;
    records[left..].fill(0);
}
