//! Every entry point of the suite, in the cases that are measured.

mod alerting;
mod analytics_storage;
pub mod dashboard;
mod external_monitoring;
mod governance;
mod performance_monitor;

use anyhow::Result;
use lumenscope_interfaces::performance_monitor::{MetricSpec, StreamSpec};
use soroban_sdk::vec;

use crate::stage::Call;
use crate::suite::Suite;

/// An entry point in one case.
#[derive(Clone, Copy)]
pub struct Scenario {
    /// The contract's package.
    pub contract: &'static str,
    /// The entry point.
    pub entry_point: &'static str,
    /// In which case.
    pub case: &'static str,
    /// Brings the world about and gives the call to measure.
    pub prepare: fn(&mut Suite) -> Result<Call>,
}

pub use external_monitoring::{keyed, request};
pub(super) use performance_monitor::SKETCH;

const HOUR_S: u64 = 3_600;
/// A keeper comes some minutes into the next hour, when late reports are in.
const LATE_S: u64 = 600;
/// The function whose stream is measured.
const FUNCTION: &str = "pay_premium";

/// All of them, in the order of the table.
#[must_use]
pub fn all() -> Vec<Scenario> {
    let contracts: [&[Scenario]; 6] = [
        &performance_monitor::SCENARIOS,
        &analytics_storage::SCENARIOS,
        &alerting::SCENARIOS,
        &dashboard::SCENARIOS,
        &external_monitoring::SCENARIOS,
        &governance::SCENARIOS,
    ];
    contracts.concat()
}

/// Changes the first metric of a stream.
pub(super) fn first_metric(suite: &Suite, spec: &mut StreamSpec, change: impl Fn(&mut MetricSpec)) {
    let mut metrics = vec![suite.env()];
    for (place, mut metric) in spec.metrics.iter().enumerate() {
        if place == 0 {
            change(&mut metric);
        }
        metrics.push_back(metric);
    }
    spec.metrics = metrics;
}
