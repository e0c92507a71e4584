//! Recording into a hot entry.

use lumenscope_bucket::Statistics;
use lumenscope_bucket::calendar::{END_S, hour_of};
use lumenscope_bucket::{clamp, fixed};

use crate::bytes::{count_up, grow, put, set, statistics_at, u8_at};
use crate::export::leave_sketches;
use crate::layout::{
    AT_CLAMPED, AT_FLUSHED, AT_METRIC_SLOTS, AT_PRIMARY, AT_SEQUENCE, AT_SLOTS, AT_SPANS,
    BYTES_MAX, RING_GRACE_S, SPAN, Shape, TOTALS, VERSION,
};
use crate::plan::{Plan, SCRATCH_BYTES, Scratch, arrange, pack, without_first};
use crate::view::View;
use crate::{HotError, Span};

const MINUTE_S: u64 = 60;

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
pub struct Recorder<'a, B: ?Sized = [u8]> {
    pub(crate) room: &'a mut B,
    pub(crate) shape: Shape,
    len: usize,
}

impl<'a> Recorder<'a> {
    /// Reads the header.
    ///
    /// # Errors
    ///
    /// [`HotError::BlobInvalid`].
    pub fn parse(bytes: &'a mut [u8]) -> Result<Self, HotError> {
        let shape = Shape::parse(bytes)?;
        let len = bytes.len();
        Ok(Self { room: bytes, shape, len })
    }
}

impl<'a> Recorder<'a, [u8; BYTES_MAX]> {
    /// As [`Recorder::parse`], of a blob that [`crate::create`] wrote and nobody else could change:
    /// only its version is looked at. It is `len` long and lies in room for any entry, so that the
    /// compiler knows what is within.
    ///
    /// # Errors
    ///
    /// [`HotError::BlobInvalid`].
    pub fn stored(room: &'a mut [u8; BYTES_MAX], len: usize) -> Result<Self, HotError> {
        if room[0] != VERSION {
            return Err(HotError::BlobInvalid);
        }
        let shape = Shape::read(room);
        Ok(Self { room, shape, len })
    }
}

impl<'a, B: AsRef<[u8]> + AsMut<[u8]> + ?Sized> Recorder<'a, B> {
    /// The same entry, readable.
    pub fn view(&self) -> View<'_, B> {
        View { room: self.room, shape: self.shape }
    }

    /// The same entry, for as long as its bytes are there.
    pub fn into_view(self) -> View<'a, B> {
        View { room: self.room, shape: self.shape }
    }

    /// The bytes as they are now.
    pub fn bytes(&self) -> &[u8] {
        &self.room.as_ref()[..self.len]
    }

    /// Counts one recording call.
    pub fn next_sequence(&mut self) -> u64 {
        let sequence = self.view().sequence().saturating_add(1);
        set(self.room.as_mut(), AT_SEQUENCE, 8, sequence);
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
        let used = view.used();
        let plan = Plan::new(self.room.as_ref(), used, hour);
        let mut scratch = [0; SCRATCH_BYTES];
        let bytes = self.room.as_mut();
        // The narrowest first: the empty record lies behind all others.
        let merged = Span::of_pair(bytes, plan.pair).to_le_bytes();
        arrange(bytes, AT_SPANS, SPAN, plan.from, &merged, &mut scratch);
        if plan.opens {
            set(bytes, AT_SPANS + plan.target * SPAN, SPAN, pack(hour, hour));
        }
        bytes[AT_SLOTS] = plan.used as u8;
        for metric in 0..self.shape.metrics {
            self.rearrange(metric, &plan, &mut scratch);
        }
        Ok(plan.target)
    }

    /// Adds a sample to the slot that [`Recorder::place`] gave for its hour.
    pub fn add(&mut self, metric: usize, slot: usize, moment: Moment, sample: &Sample) {
        let metric_at = self.shape.metric_at(metric);
        let slot_at = self.shape.slots_at(metric) + slot * fixed::BYTES;
        grow(self.room.as_mut(), slot_at, fixed::BYTES, &sample.statistics, true);
        let mut of_all = sample.statistics;
        // Of an entry that was set apart, no hour is the newest.
        let is_newest = slot + 1 == usize::from(u8_at(self.room.as_mut(), AT_SLOTS));
        if !is_newest || self.view().flushed_before() == 0 {
            of_all.last = self.view().totals(metric).last;
        }
        grow(self.room.as_mut(), metric_at, TOTALS, &of_all, true);
        count_up(self.room.as_mut(), metric_at + AT_CLAMPED, sample.clamped.into());
        self.add_to_ring(metric, moment, &sample.statistics);
        self.add_to_sketches(metric, &sample.statistics);
    }

    /// Drops the slots that end by `through_hour`, which were exported, and closes their hours.
    /// Returns how many.
    pub fn remove_through(&mut self, through_hour: u32) -> usize {
        let view = self.view();
        let (used, before) = (view.used(), view.flushed_before());
        let gone = view.slots_through(through_hour);
        let (from, mut scratch) = (without_first(gone), [0; SCRATCH_BYTES]);
        arrange(self.room.as_mut(), AT_SPANS, SPAN, from, &[], &mut scratch);
        for metric in 0..self.shape.metrics {
            let at = self.shape.slots_at(metric);
            arrange(self.room.as_mut(), at, fixed::BYTES, from, &[], &mut scratch);
        }
        self.room.as_mut()[AT_SLOTS] = (used - gone) as u8;
        if leave_sketches(gone, used) {
            self.turn_sketches();
        }
        // A span that reaches beyond `through_hour` stays whole, and open to late samples.
        let mut first_open = through_hour.saturating_add(1);
        if gone < used {
            first_open = first_open.min(Span::start_of(self.room.as_ref(), 0));
        }
        set(self.room.as_mut(), AT_FLUSHED, 4, first_open.max(before).into());
        gone
    }

    /// Empties it of hours and takes samples of any hour: a place apart for hours that were flushed
    /// already. They leave by [`Recorder::export`], and [`Recorder::count_in`] counts them.
    pub fn set_apart(&mut self) {
        self.room.as_mut()[AT_SLOTS] = 0;
        set(self.room.as_mut(), AT_FLUSHED, 4, 0);
    }

    /// Takes over from this same entry, which was set apart and recorded into since: the sequence,
    /// the primary reporter's, and how many samples there ever were, and their sum. The most recent
    /// sample stays. Returns whether what was recorded apart are single hours that were flushed;
    /// otherwise nothing that came of it may be kept.
    #[inline(never)]
    pub fn count_in(&mut self, apart: &View<'_, B>) -> bool {
        let (from, before) = (apart.bytes(), self.view().flushed_before());
        for part in [AT_SEQUENCE..AT_FLUSHED, AT_PRIMARY..AT_SPANS] {
            put(self.room.as_mut(), part.start, &from[part]);
        }
        for metric in 0..self.shape.metrics {
            let at = self.shape.metric_at(metric);
            put(self.room.as_mut(), at, &from[at..at + AT_METRIC_SLOTS]);
        }
        (0..apart.used()).all(|slot| {
            let Span { start_hour, end_hour } = Span::of(from, slot);
            start_hour == end_hour && end_hour < before
        })
    }

    fn rearrange(&mut self, metric: usize, plan: &Plan, scratch: &mut Scratch) {
        let at = self.shape.slots_at(metric);
        let pair = at + plan.pair * fixed::BYTES;
        // Also when nothing merges: the same work for every hour.
        let mut merged = statistics_at(self.room.as_mut(), pair, fixed::BYTES);
        merged.merge(&statistics_at(self.room.as_mut(), pair + fixed::BYTES, fixed::BYTES));
        let merged = fixed::encode(&merged);
        arrange(self.room.as_mut(), at, fixed::BYTES, plan.from, &merged, scratch);
    }
}
