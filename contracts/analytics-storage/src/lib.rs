//! analytics-storage: what happened, by hour, day, week and month.
//!
//! performance-monitor hands over the hours that closed ([`ingest`]). They live in *sheets*: one
//! entry for a day's hours of all metrics of a stream, each metric a packed series. Sheets of
//! hours form a *ring*: a sheet is written over when its place in the retention comes round, at
//! the width it already has, so that the usual flush pays no rent. Sheets of days, weeks and
//! months are made by [`compact`] and kept.
//!
//! A bucket spans whole hours. At each granularity it either *fits* a period, or, where nobody
//! flushed in time, is wider and stands for itself. Invariants, which the model test holds
//! against random operations:
//! - at each granularity every sample that came in is in exactly one bucket;
//! - a period before the stream's `made` mark is complete in its own sheet; one from the mark on
//!   is the sum of the finer buckets that fit it;
//! - hours leave the ring only when their day is in its sheet.
//!
//! Nothing here is on the path of a monitored contract's call.
#![no_std]

mod calendar;
mod compact;
mod contract;
mod events;
mod history;
mod ingest;
mod query;
mod reply;
mod retention;
mod sheet;
mod storage;
mod timeline;

#[cfg(test)]
mod test;

pub use contract::{AnalyticsStorageContract, AnalyticsStorageContractClient};
