//! The data of a dashboard.

use soroban_sdk::{Bytes, Map, Val, Vec, contracttype};

#[allow(unused_imports, reason = "what the documentation names")]
use super::*;
use crate::common::StreamKey;

/// A range of time.
#[contracttype]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TimeRange {
    /// First second, UTC.
    pub from_s: u64,
    /// First second after it, UTC; after `from_s`. May lie in the future.
    pub to_s: u64,
}

/// A widget's data, as their sources gave them.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum WidgetData {
    /// Streams, the buckets of each in the packed encoding of `lumenscope-bucket`, from which
    /// any figure of any bucket is had without loss, and those of each as much earlier as the widget
    /// says: none, if it does not compare.
    Metric(Vec<StreamKey>, Vec<Bytes>, Vec<Bytes>),
    /// For alert lists: alerting's [`AlertView`](crate::alerting::AlertView), passed on as they came,
    /// [`ALERTS_PER_WIDGET_MAX`] to a page.
    Alerts(Vec<Val>),
    /// An error code of the suite: one of [`DashboardError`], or as analytics-storage or alerting
    /// gave it. The other widgets are not touched.
    Failed(u32),
}

/// The data of a dashboard, or of a part of it.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RenderedPage {
    /// The version of the dashboard: whether widgets that the caller knows are still right.
    pub version: u32,
    /// By slot, without texts. A widget of many streams or alerts is in several pages, a part in
    /// each: the last of one and the first of the next. A part without a stream to show is `Failed`
    /// too, with [`DashboardError::StreamsUnknown`], or as one of its streams said that it lacks the
    /// metric, by a code up to 3101: the other parts stand, and the widget failed if all did. Any other
    /// code says that a stream was refused, and that what it has is not known. Alerts that begin or
    /// end between two pages may be missed or told twice; streams are not.
    pub widgets: Map<u32, WidgetData>,
    /// The cursor to go on with, if there is more than one call may hold.
    pub next: Option<u32>,
}
