//! analytics-storage: what happened, by hour, day, week and month.
//!
//! performance-monitor hands over the hours that closed ([`ingest`]). They live in *sheets*: one
//! entry for a day's hours of all metrics of a stream, each metric a packed series. Sheets of
//! hours form a *ring*: a sheet is written over when its place in the retention comes round, at
//! the width it already has, so that the usual flush pays no rent. Days are made by [`compact`],
//! into one sheet for each month. Weeks and months are added up when they are asked for: a month is
//! one entry to read. Everything is kept for good, unless the stream's owner gives days or months a
//! retention: then [`prune`] *folds* the days of a month into one bucket, or drops the month. On
//! *legal hold* nothing goes, and hours are copied out of the ring before it is written over.
//! What a metric's sketch counted comes with the hours, is kept by day, seven days in one sheet
//! ([`sketches`]), and goes with its months.
//!
//! A bucket spans whole hours. It *fits* a day, or, where nobody flushed in time, is wider and
//! stands for itself among the days. Invariants, which the model test holds against random
//! operations:
//! - at each granularity every sample that came in is in exactly one bucket;
//! - a day before the stream's `days_made` mark is complete in its month's sheet; one from the
//!   mark on is that and the sum of its hours;
//! - hours leave the ring only when they are in their day, or as a copy;
//! - of a month before the `folded` mark there are no hours.
//!
//! Nothing here is on the path of a monitored contract's call.
#![no_std]

mod cache;
mod calendar;
mod compact;
mod contract;
mod events;
mod history;
mod ingest;
mod prune;
mod query;
mod reply;
mod retention;
mod sheet;
mod sketches;
mod storage;
mod timeline;
mod top;

#[cfg(test)]
mod test;

pub use contract::{AnalyticsStorageContract, AnalyticsStorageContractClient};
