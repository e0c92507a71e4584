//! What a bucket of samples is: its statistics, how they are stored, and the calendar that says
//! which bucket a moment belongs to. Shared by the contracts and the service, so that both count
//! and round alike.
#![no_std]
#![forbid(unsafe_code)]

pub mod calendar;
pub mod fixed;
pub mod packed;
pub mod statistics;

pub use calendar::Period;
pub use statistics::{Statistics, VALUE_LIMIT, clamp};
