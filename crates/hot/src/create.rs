//! Opening a hot entry, and changing its width.

use lumenscope_sketch::SketchLayout;

use crate::HotError;
use crate::bytes::put;
use crate::layout::{
    AT_FLAGS, AT_FLUSHED, AT_METRICS, AT_SKETCHES, AT_WATCHED, CODE, FLAG_WITNESSES, HEADER,
    METRIC, METRICS_MAX, RING, SKETCH_HEAD, SKETCHES_MAX, Shape, VERSION, WITNESS_HEADS,
    WITNESS_SUMS,
};
use crate::view::View;

/// What a metric of an entry keeps.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct MetricShape {
    /// Code of the dictionary; 0 for a custom metric.
    pub code: u16,
    /// Whether it has a ring of minutes.
    pub watched: bool,
    /// The layout of its sketch, if it has one.
    pub sketch: Option<SketchLayout>,
    /// Which metric of the former entry it continues, when there is one.
    pub continues: Option<usize>,
}

/// Writes an entry without samples to `out`, whose first `hour` to accept samples is given.
/// Returns its bytes.
///
/// # Errors
///
/// [`HotError::ShapeInvalid`].
///
/// # Panics
///
/// When `out` is too small; [`crate::BYTES_MAX`] is always enough.
pub fn create(
    metrics: &[MetricShape],
    witnesses: bool,
    hour: u32,
    out: &mut [u8],
) -> Result<usize, HotError> {
    let sketches = metrics.iter().filter(|metric| metric.sketch.is_some()).count();
    if metrics.is_empty() || metrics.len() > METRICS_MAX || sketches > SKETCHES_MAX {
        return Err(HotError::ShapeInvalid);
    }
    let mut watched = 0;
    for (index, metric) in metrics.iter().enumerate() {
        watched |= u16::from(metric.watched) << index;
    }
    let shape = Shape::new(metrics.len(), watched, witnesses, sketches);
    out[..shape.sketches_at].fill(0);
    out[0] = VERSION;
    out[AT_METRICS] = metrics.len() as u8;
    out[AT_FLAGS] = if witnesses { FLAG_WITNESSES } else { 0 };
    out[AT_SKETCHES] = sketches as u8;
    put(out, AT_FLUSHED, &hour.to_le_bytes());
    put(out, AT_WATCHED, &watched.to_le_bytes());
    let mut at = shape.sketches_at;
    for (index, metric) in metrics.iter().enumerate() {
        put(out, HEADER + index * CODE, &metric.code.to_le_bytes());
        if let Some(layout) = metric.sketch {
            let end = at + SKETCH_HEAD + 2 * layout.byte_len();
            out[at..end].fill(0);
            out[at] = index as u8;
            put(out, at + 1, &layout.encode());
            at = end;
        }
    }
    Ok(at)
}

/// As [`create`], continuing a former entry: its sequence, reporters and slots, and of each
/// continued metric the totals, statistics, witnesses, and the ring and sketch if the new shape
/// has them too. What is not continued is lost: flush first.
///
/// # Errors
///
/// [`HotError::ShapeInvalid`].
pub fn reshape(
    former: &View,
    metrics: &[MetricShape],
    witnesses: bool,
    out: &mut [u8],
) -> Result<usize, HotError> {
    let bytes = create(metrics, witnesses, former.flushed_before(), out)?;
    // All between the slot count and the watched set: what does not depend on the shape.
    out[3..AT_WATCHED].copy_from_slice(&former.bytes[3..AT_WATCHED]);
    let shape = Shape::parse(&out[..bytes])?;
    let mut carry = |from: usize, to: usize, width: usize| {
        out[to..to + width].copy_from_slice(&former.bytes[from..from + width]);
    };
    let old = former.shape;
    let witnesses = old.witnesses && shape.witnesses;
    if witnesses {
        carry(old.witnesses_at(), shape.witnesses_at(), WITNESS_HEADS);
    }
    let mut sketch_at = shape.sketches_at;
    for (index, metric) in metrics.iter().enumerate() {
        let width = metric.sketch.map_or(0, |layout| 2 * layout.byte_len());
        let counters_at = sketch_at + SKETCH_HEAD;
        if metric.sketch.is_some() {
            sketch_at = counters_at + width;
        }
        let Some(from) = metric.continues.filter(|from| *from < old.metrics) else { continue };
        carry(old.metric_at(from), shape.metric_at(index), METRIC);
        if metric.watched && old.is_watched(from) {
            carry(old.ring_at(from), shape.ring_at(index), RING);
        }
        if witnesses {
            carry(old.witness_sums_at(from), shape.witness_sums_at(index), WITNESS_SUMS);
        }
        if metric.sketch.is_some()
            && metric.sketch == former.sketch(from)
            && let Some(section) = former.section(from)
        {
            carry(section.counters_at, counters_at, width);
        }
    }
    Ok(bytes)
}
