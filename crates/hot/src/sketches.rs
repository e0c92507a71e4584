//! The sketches of a hot entry: for each, one set of counters of what came since the last flush,
//! which leave with the next one, and one of what left with the last, so that readers of the entry
//! are never without.
//!
//! Aggregates are left out: of their values only the extremes are known.

use lumenscope_bucket::Statistics;
use lumenscope_sketch::{Quantile, SketchLayout, flagged};

use crate::bytes::{put, set, u8_at, u16_at, word};
use crate::layout::{SKETCH_HEAD, Shape};
use crate::record::Recorder;
use crate::view::View;

impl<B: AsRef<[u8]> + ?Sized> View<'_, B> {
    /// The layout of a metric's sketch, if it has one.
    pub fn sketch(&self, metric: usize) -> Option<SketchLayout> {
        let at = self.sketch_at(metric);
        if at == 0 { None } else { Some(self.layout(at)) }
    }

    #[inline(never)]
    pub(crate) fn layout(&self, sketch_at: usize) -> SketchLayout {
        let word = |at| word(self.bytes(), sketch_at + 1 + at);
        let sizes = word(16);
        // Written by this crate from a layout, and searching it anew would double the work.
        SketchLayout::stored(word(0), word(8), sizes as u16, (sizes >> 16) as u16)
    }

    /// A quantile of a metric's samples since the last flush that left no closed hour behind, and
    /// between that and the one before, in parts per thousand. `None` without a sketch.
    pub fn quantile(&self, metric: usize, per_mille: u16) -> Option<Quantile> {
        let at = self.sketch_at(metric);
        if at == 0 {
            return None;
        }
        let recent = at + SKETCH_HEAD;
        let older = recent + Shape::sketch_counters(self.bytes(), at);
        // As if both were one counter of 16 bits.
        let count = |bin: usize| {
            let count = u16_at(self.bytes(), recent + 2 * bin);
            flagged(count.saturating_add(u16_at(self.bytes(), older + 2 * bin)))
        };
        Some(self.layout(at).quantile_of(&count, per_mille))
    }

    /// Where the sketch of a metric starts; 0 if it has none.
    #[inline(never)]
    pub(crate) fn sketch_at(&self, metric: usize) -> usize {
        let mut at = self.shape.sketches_at;
        for _ in 0..self.shape.sketches {
            if usize::from(u8_at(self.bytes(), at)) == metric {
                return at;
            }
            at += SKETCH_HEAD + 2 * Shape::sketch_counters(self.bytes(), at);
        }
        0
    }
}

impl<B: AsRef<[u8]> + AsMut<[u8]> + ?Sized> Recorder<'_, B> {
    pub(crate) fn add_to_sketches(&mut self, metric: usize, sample: &Statistics) {
        let view = self.view();
        let at = view.sketch_at(metric);
        if at == 0 {
            return;
        }
        let bin = usize::from(view.layout(at).bin_of(sample.last));
        let at = at + SKETCH_HEAD + 2 * bin;
        let count = u16_at(self.room.as_mut(), at).saturating_add((sample.count == 1).into());
        set(self.room.as_mut(), at, 2, count.into());
    }

    /// Forgets what came before the last flush, and takes what came since for it.
    pub(crate) fn turn_sketches(&mut self) {
        let mut at = self.shape.sketches_at;
        for _ in 0..self.shape.sketches {
            let counters = Shape::sketch_counters(self.room.as_mut(), at);
            let recent = at + SKETCH_HEAD;
            let older = recent + counters;
            at = older + counters;
            if let Some((former, latter)) = self.room.as_mut().split_at_mut_checked(older) {
                put(latter, 0, &former[recent..]);
                former[recent..].fill(0);
            }
        }
    }
}
