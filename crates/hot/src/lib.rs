//! The hot entry: everything a stream has not yet moved to history, in one blob whose width is
//! fixed when its owner opens it.
//!
//! A monitored contract writes this entry inside its own calls, so between simulation and
//! application nothing about it may change that the simulation promised. Its size is constant,
//! and so is the work: the move into the next hour, and the merging of hours that nobody came to
//! flush, are computed on every call and then chosen or not. Nothing here looks at a clock;
//! [`Moment`] carries the time in.
//!
//! The parts of one entry: a header; for each metric running totals and up to [`SLOTS`] *slots*,
//! each a span of whole hours that all metrics share, oldest first; for watched metrics a *ring*
//! of one-minute slots, which alert rules read; where asked for, sums of *witnesses* and
//! *sketches*. [`layout`] gives every byte.
//!
//! Invariants:
//! - every recorded sample is in the totals, and either in exactly one slot or in exactly one
//!   export;
//! - spans are sorted and disjoint; a sample's hour lies within the span of its slot;
//! - nothing enters an hour before [`View::flushed_before`].
#![no_std]
#![forbid(unsafe_code)]

mod bytes;
mod create;
mod export;
mod inline;
pub mod layout;
mod plan;
mod record;
mod ring;
mod sketches;
mod view;
mod witness;

pub use lumenscope_bucket::Statistics;

pub use create::{MetricShape, create, with_inline_rules};
pub use export::{
    EXPORT_BYTES_MAX, Export, ExportedBucket, METRIC_EXPORT_BYTES, SKETCH_HEAD_BYTES,
};
pub use layout::{
    BYTES_MAX, INLINE_BYTES, INLINE_RULES_MAX, METRICS_MAX, RING_GRACE_S, RING_MINUTES,
    SKETCHES_MAX, SLOTS, VERSION, WITNESSES,
};
pub use plan::Span;
pub use record::{Moment, Recorder, Sample};
pub use ring::{
    MinuteSlot, ONE_RING_BYTES, known_through, minutes, newest_minute, ring_of_one, unpacked,
    window,
};
pub use view::{Slot, View};
pub use witness::Reporter;

/// Why the blob or a sample is refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum HotError {
    /// The blob is of another version, or is not as long as it says.
    BlobInvalid,
    /// No metrics, more than [`METRICS_MAX`], or more sketches than [`SKETCHES_MAX`].
    ShapeInvalid,
    /// The hour was flushed: what it holds is history.
    HourFlushed,
    /// The reporter's sequence number is not above its last one.
    SequenceSeen,
    /// The stream keeps no sums of witnesses.
    NoWitnesses,
}
