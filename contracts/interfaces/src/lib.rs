//! What the contracts of the suite share, and what other contracts need to call them: types,
//! error codes, `#[contractclient]` traits. Nothing here touches storage.
//!
//! Error codes are unique across the suite: performance-monitor 3000s, analytics-storage 3100s,
//! dashboard 3200s, alerting 3300s, external-monitoring 3400s, what all share 3500s.
#![no_std]

#[allow(
    ambiguous_associated_items,
    reason = "generated code says `Self::Error` of the condition that has a variant `Error`"
)]
pub mod alerting;
pub mod analytics_storage;
pub mod common;
pub mod dashboard;
pub mod external_monitoring;
#[cfg(feature = "governance")]
pub mod governance;
pub mod performance_monitor;
pub mod raw;
