//! Opening a hot entry, and changing its width.

use lumenscope_sketch::SketchLayout;

use crate::HotError;
use crate::bytes::{put, set, u8_at};
use crate::layout::{
    AT_FLAGS, AT_FLUSHED, AT_INLINE, AT_INLINE_METRIC, AT_METRICS, AT_SKETCHES, AT_WATCHED, CODE,
    HEADER, INLINE_BYTES, INLINE_RULES_MAX, METRIC, METRICS_MAX, RING, SKETCH_HEAD, SKETCHES_MAX,
    Shape, VERSION, WITNESS_HEADS, WITNESS_SUMS,
};
use crate::record::Recorder;
use crate::view::View;

/// What a metric of an entry keeps.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct MetricShape {
    /// Code of the dictionary; 0 for a custom metric.
    pub code: u16,
    /// The layout of its sketch, if it has one.
    pub sketch: Option<SketchLayout>,
    /// One more than the metric of the former entry that it continues; 0 for none.
    pub continues: usize,
}

/// Writes an entry to `out` and returns its bytes. Bit i of `watched` is set where metric i has a ring
/// of minutes. A new one accepts samples from `hour` on. With
/// a former one it continues that: its sequence, reporters and slots, and of each continued metric
/// the totals, statistics, witnesses, and the ring, inline rules and sketch if the new shape has the
/// ring and the sketch too. What is not continued is lost: flush first.
///
/// # Errors
///
/// [`HotError::ShapeInvalid`].
///
/// # Panics
///
/// When `out` is too small; [`crate::BYTES_MAX`] is always enough.
pub fn create<B: AsRef<[u8]> + ?Sized>(
    former: Option<&View<B>>,
    metrics: &[MetricShape],
    watched: u16,
    witnesses: bool,
    hour: u32,
    out: &mut [u8],
) -> Result<usize, HotError> {
    if metrics.is_empty() || metrics.len() > METRICS_MAX {
        return Err(HotError::ShapeInvalid);
    }
    let mut sketches = 0;
    for metric in metrics {
        sketches += usize::from(metric.sketch.is_some());
    }
    if sketches > SKETCHES_MAX {
        return Err(HotError::ShapeInvalid);
    }
    out.fill(0);
    let mut inline = 0;
    let mut rules = [0; INLINE_RULES_MAX * INLINE_BYTES];
    if let Some(former) = former {
        for number in 0..former.shape.inline {
            let rule = former.inline_rule(number);
            let of = usize::from(u8_at(rule, AT_INLINE_METRIC)) + 1;
            let mut place = 0;
            while place < metrics.len() && metrics[place].continues != of {
                place += 1;
            }
            let is_watched = place < metrics.len() && watched >> place & 1 == 1;
            if is_watched && former.is_watched(of - 1) {
                let at = inline * INLINE_BYTES;
                put(&mut rules, at, rule);
                rules[at + AT_INLINE_METRIC] = place as u8;
                inline += 1;
            }
        }
    }
    let shape = Shape::new(metrics.len(), watched, witnesses, inline, sketches);
    set(out, AT_FLUSHED, 4, hour.into());
    if let Some(former) = former {
        put(out, 0, &former.bytes()[..AT_WATCHED]);
        if witnesses && former.shape.witnesses {
            copy(out, shape.witnesses_at(), former, former.shape.witnesses_at(), WITNESS_HEADS);
        }
    }
    out[0] = VERSION;
    out[AT_METRICS] = metrics.len() as u8;
    out[AT_FLAGS] = witnesses.into();
    out[AT_SKETCHES] = sketches as u8;
    out[AT_INLINE] = inline as u8;
    put(out, shape.inline_at(0), &rules[..inline * INLINE_BYTES]);
    set(out, AT_WATCHED, 2, watched.into());
    let mut at = shape.sketches_at;
    for (index, metric) in (0..).zip(metrics) {
        set(out, HEADER + index * CODE, CODE, metric.code.into());
        let from = metric.continues.wrapping_sub(1);
        let continued = former.filter(|former| from < former.shape.metrics);
        if let Some(layout) = metric.sketch {
            out[at] = index as u8;
            let sketch_at = at + 1;
            put(out, sketch_at, &layout.encode());
            at += SKETCH_HEAD + 2 * layout.byte_len();
            if let Some(former) = continued
                && let former_at = former.sketch_at(from)
                && former_at > 0
                && former.layout(former_at) == layout
            {
                // Without the byte that names the metric.
                copy(out, sketch_at, former, former_at + 1, at - sketch_at);
            }
        }
        let Some(former) = continued else { continue };
        let old = former.shape;
        copy(out, shape.metric_at(index), former, old.metric_at(from), METRIC);
        if shape.is_watched(index) && old.is_watched(from) {
            copy(out, shape.ring_at(index), former, old.ring_at(from), RING);
        }
        if witnesses && old.witnesses {
            let sums_at = old.witness_sums_at(from);
            copy(out, shape.witness_sums_at(index), former, sums_at, WITNESS_SUMS);
        }
    }
    Ok(at)
}

/// Writes the entry to `out` with other inline rules: all of them, each [`INLINE_BYTES`] long. Returns
/// its bytes.
///
/// # Errors
///
/// [`HotError::ShapeInvalid`]: more than [`INLINE_RULES_MAX`].
///
/// # Panics
///
/// When `out` is too small; [`crate::BYTES_MAX`] is always enough.
pub fn with_inline_rules<B: AsRef<[u8]> + AsMut<[u8]> + ?Sized>(
    entry: &Recorder<B>,
    rules: &[u8],
    out: &mut [u8],
) -> Result<usize, HotError> {
    let number = rules.len() / INLINE_BYTES;
    if number > INLINE_RULES_MAX {
        return Err(HotError::ShapeInvalid);
    }
    let (bytes, shape) = (entry.bytes(), entry.shape);
    let at = shape.inline_at(0);
    put(out, 0, &bytes[..at]);
    out[AT_INLINE] = number as u8;
    put(out, at, rules);
    let sketches = &bytes[shape.sketches_at..];
    put(out, at + rules.len(), sketches);
    Ok(at + rules.len() + sketches.len())
}

#[inline(never)]
fn copy<B: AsRef<[u8]> + ?Sized>(
    out: &mut [u8],
    to: usize,
    former: &View<B>,
    from: usize,
    width: usize,
) {
    put(out, to, &former.bytes()[from..from + width]);
}
