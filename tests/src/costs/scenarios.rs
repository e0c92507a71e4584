//! Every entry point of the suite, in the cases that are measured.

mod performance_monitor;

use anyhow::Result;

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

/// All of them, in the order of the table.
#[must_use]
pub fn all() -> Vec<Scenario> {
    performance_monitor::SCENARIOS.to_vec()
}
