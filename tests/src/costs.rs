//! What each entry point costs: measured on wasm, through a calling contract, with the network's
//! own fee functions, next to the least that the same writes and events can cost.
//!
//! A figure is what the call adds to a transaction: the calling contract with the call, less the
//! calling contract without it. Transaction size is left out; it depends on who signs.

mod archive;
mod budget;
mod capacity;
mod code;
mod document;
mod floor;
mod measure;
mod price;
pub mod scenarios;
mod spread;
pub mod year;

use anyhow::{Context, Result};
use serde::Serialize;

pub use archive::{ArchiveRow, archive};
pub use budget::{Budgets, Excess};
pub use capacity::{Capacity, capacities};
pub use code::{CodeRow, code};
pub use document::Document;
pub use measure::{Figures, measure};
pub use price::{LEDGERS_PER_YEAR, Price, RENT_STRESS_FACTOR, price};
pub use spread::{Spread, spreads};

use crate::costs::scenarios::Scenario;
use crate::stage::on_stage;
use crate::suite::Suite;

/// Everything that is measured.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Costs {
    /// What calls add to a transaction.
    pub calls: Vec<Row>,
    /// How far the branches of recording are apart.
    pub spreads: Vec<Spread>,
    /// How many records fit into a ledger.
    pub capacities: Vec<Capacity>,
    /// What the code costs.
    pub code: Vec<CodeRow>,
    /// What bringing back costs that nobody extended.
    pub archive: Vec<ArchiveRow>,
}

impl Costs {
    /// Measures.
    ///
    /// # Errors
    /// The first thing that cannot be measured, by name.
    pub fn measure() -> Result<Self> {
        let calls = run(&scenarios::all())?;
        let (spreads, capacities) = (spreads()?, capacities()?);
        Ok(Self { calls, spreads, capacities, code: code()?, archive: archive()? })
    }
}

/// One line of the table of calls.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// The contract's package.
    pub contract: &'static str,
    /// The entry point.
    pub entry_point: &'static str,
    /// In which case.
    pub case: &'static str,
    /// What the call adds.
    #[serde(flatten)]
    pub figures: Figures,
    /// What the floor adds; none where an entry is removed, which has no floor.
    pub floor: Option<Figures>,
}

impl Row {
    /// The call's fee over the floor's, rent apart.
    #[must_use]
    pub fn floor_ratio(&self) -> Option<f64> {
        let floor = self.floor.as_ref()?;
        (floor.stroops > 0).then(|| self.figures.stroops as f64 / floor.stroops as f64)
    }
}

/// Measures these scenarios, each in a world of its own.
///
/// # Errors
/// The first scenario that cannot be prepared or measured, by name.
pub fn run(scenarios: &[Scenario]) -> Result<Vec<Row>> {
    on_stage(|stage| {
        let suite = Suite::new(stage)?;
        scenarios.iter().map(|scenario| row(&suite, scenario)).collect()
    })
}

fn row(suite: &Suite, scenario: &Scenario) -> Result<Row> {
    let Scenario { contract, entry_point, case, prepare } = *scenario;
    let mut world = suite.clone();
    let name = || format!("{contract} {entry_point} ({case})");
    let call = prepare(&mut world).with_context(|| format!("preparing {}", name()))?;
    let (figures, floor) =
        measure(&mut world.stage, &[call]).with_context(|| format!("measuring {}", name()))?;
    Ok(Row { contract, entry_point, case, figures, floor })
}
