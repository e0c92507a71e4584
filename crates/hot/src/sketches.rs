//! The sketches of a hot entry: for each, one set of counters of the newest slot and one of all
//! older slots, so that a flush takes the older ones while the newest hour goes on.
//!
//! Aggregates are left out: of their values only the extremes are known.

use lumenscope_bucket::Statistics;
use lumenscope_sketch::{ENCODED_BYTES, Quantile, SketchLayout};

use crate::bytes::{put, u8_at, u16_at};
use crate::layout::{SKETCH_HEAD, Shape};
use crate::record::Recorder;
use crate::view::View;

/// A sketch within a blob.
#[derive(Clone, Copy)]
pub(crate) struct Section {
    pub metric: usize,
    pub layout_at: usize,
    /// Where the newest slot's counters start; the older slots' follow.
    pub counters_at: usize,
    pub counters: usize,
}

/// The sketches of a blob, whose length was checked.
pub(crate) fn sections(bytes: &[u8], shape: Shape) -> impl Iterator<Item = Section> + use<'_> {
    let mut at = shape.sketches_at;
    (0..shape.sketches).map(move |_| {
        let counters = Shape::sketch_counters(bytes, at);
        let metric = u8_at(bytes, at).into();
        let section =
            Section { metric, layout_at: at + 1, counters_at: at + SKETCH_HEAD, counters };
        at += SKETCH_HEAD + 2 * counters;
        section
    })
}

impl View<'_> {
    /// The layout of a metric's sketch, if it has one.
    pub fn sketch(&self, metric: usize) -> Option<SketchLayout> {
        Some(self.layout(&self.section(metric)?))
    }

    fn layout(&self, section: &Section) -> SketchLayout {
        let mut encoded = [0; ENCODED_BYTES];
        let at = section.layout_at;
        put(&mut encoded, 0, &self.bytes[at..at + ENCODED_BYTES]);
        // Written by this crate from a layout, and searching it anew would double the work.
        SketchLayout::stored(&encoded)
    }

    /// A quantile of a metric's samples since the last flush that left no closed hour behind, in
    /// parts per thousand. `None` without a sketch.
    pub fn quantile(&self, metric: usize, per_mille: u16) -> Option<Quantile> {
        let section = self.section(metric)?;
        let layout = self.layout(&section);
        let newest = section.counters_at;
        let older = newest + section.counters;
        // As if both were one counter of 16 bits.
        let count = |bin: usize| {
            let count = u16_at(self.bytes, newest + 2 * bin);
            count.saturating_add(u16_at(self.bytes, older + 2 * bin)).into()
        };
        Some(layout.quantile_of(&count, per_mille))
    }

    pub(crate) fn section(&self, metric: usize) -> Option<Section> {
        sections(self.bytes, self.shape).find(|section| section.metric == metric)
    }
}

impl Recorder<'_> {
    /// Moves the newest slot's counters to the older ones if there is a newer slot now. The same
    /// work either way.
    pub(crate) fn roll_sketches(&mut self, rolled: bool) {
        let keep = if rolled { 0 } else { u16::MAX };
        let mut at = self.shape.sketches_at;
        for _ in 0..self.shape.sketches {
            let counters = Shape::sketch_counters(self.bytes, at);
            let newest = at + SKETCH_HEAD;
            for counter in (newest..newest + counters).step_by(2) {
                let count = u16_at(self.bytes, counter);
                let older = u16_at(self.bytes, counter + counters).saturating_add(count & !keep);
                put(self.bytes, counter, &(count & keep).to_le_bytes());
                put(self.bytes, counter + counters, &older.to_le_bytes());
            }
            at = newest + 2 * counters;
        }
    }

    pub(crate) fn add_to_sketches(&mut self, metric: usize, newest: bool, sample: &Statistics) {
        let Some(section) = self.view().section(metric) else { return };
        let layout = self.view().layout(&section);
        let bin = usize::from(layout.bin_of(sample.last)) * 2;
        let at = section.counters_at + bin + if newest { 0 } else { section.counters };
        let count = u16_at(self.bytes, at).saturating_add((sample.count == 1).into());
        put(self.bytes, at, &count.to_le_bytes());
    }

    /// Clears the counters of the `gone` slots of `used`. Older slots share theirs: they go when
    /// none of those slots is left.
    pub(crate) fn forget_sketches(&mut self, gone: usize, used: usize) {
        let mut at = self.shape.sketches_at;
        for _ in 0..self.shape.sketches {
            let counters = Shape::sketch_counters(self.bytes, at);
            let newest = at + SKETCH_HEAD;
            let older = newest + counters;
            if gone > 0 && gone == used {
                self.bytes[newest..older].fill(0);
            }
            if gone > 0 && gone + 1 >= used {
                self.bytes[older..older + counters].fill(0);
            }
            at = older + counters;
        }
    }
}
