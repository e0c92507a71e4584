//! What each entry point may cost: `tests/costs-budget.toml`. A scenario without a budget fails,
//! and so does a budget without a scenario.

use std::path::PathBuf;

use anyhow::{Context, Result};
use lumenscope_contract_wasm::repository_root;
use serde::Deserialize;

use super::Row;

/// The committed budgets.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budgets {
    /// One for each scenario.
    #[serde(default)]
    budget: Vec<Budget>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Budget {
    contract: String,
    entry_point: String,
    case: String,
    stroops: i64,
    instructions: i64,
    entries_written: i64,
    floor_ratio: Option<f64>,
}

/// What is wrong with a row or a budget, in a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excess(pub String);

impl Budgets {
    /// Reads the committed budgets.
    ///
    /// # Errors
    /// When the file is missing or is not what it should be.
    pub fn read() -> Result<Self> {
        let path = path();
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("reading {}", path.display()))?;
        Self::parse(&text).with_context(|| format!("reading {}", path.display()))
    }

    /// Reads budgets from text.
    ///
    /// # Errors
    /// When a field is missing, unknown or of the wrong type.
    pub fn parse(text: &str) -> Result<Self> {
        Ok(toml::from_str(text)?)
    }

    /// Everything that is beyond its budget, has none, or is a budget of nothing.
    #[must_use]
    pub fn excesses(&self, rows: &[Row]) -> Vec<Excess> {
        let mut excesses: Vec<Excess> = rows.iter().flat_map(|row| self.of(row)).collect();
        for budget in &self.budget {
            if !rows.iter().any(|row| budget.is_of(row)) {
                let Budget { contract, entry_point, case, .. } = budget;
                excesses.push(Excess(format!(
                    "{contract} {entry_point} ({case}): a budget of a case that is not measured"
                )));
            }
        }
        excesses
    }

    fn of(&self, row: &Row) -> Vec<Excess> {
        let name = format!("{} {} ({})", row.contract, row.entry_point, row.case);
        let Some(budget) = self.budget.iter().find(|budget| budget.is_of(row)) else {
            return vec![Excess(format!("{name}: no budget in {}", path().display()))];
        };
        let figures = &row.figures;
        let mut excesses = Vec::new();
        for (what, found, allowed) in [
            ("stroops", figures.stroops, budget.stroops),
            ("instructions", figures.instructions, budget.instructions),
            ("entries written", figures.entries_written, budget.entries_written),
        ] {
            if found > allowed {
                excesses.push(Excess(format!("{name}: {found} {what}, at most {allowed}")));
            }
        }
        if let (Some(found), Some(allowed)) = (row.floor_ratio(), budget.floor_ratio)
            && found > allowed
        {
            excesses.push(Excess(format!("{name}: {found:.2} x the floor, at most {allowed}")));
        }
        excesses
    }
}

impl Budget {
    fn is_of(&self, row: &Row) -> bool {
        self.contract == row.contract
            && self.entry_point == row.entry_point
            && self.case == row.case
    }
}

fn path() -> PathBuf {
    repository_root().join("tests/costs-budget.toml")
}
