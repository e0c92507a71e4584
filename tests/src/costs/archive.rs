//! What it costs to bring back a contract that nobody extended.

use anyhow::{Context, Result};
use serde::Serialize;

use crate::stage::{encoded_bytes, on_stage};
use crate::suite::Suite;

/// Longer than anything lives that nobody extends: 120 days and an hour.
const LIFE_S: u64 = 120 * 86_400 + 3_600;
const LEDGER_S: u64 = 5;

/// One line of the table of archived contracts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ArchiveRow {
    /// The contract's package.
    pub contract: &'static str,
    /// Entries: code, instance, and what linking the suite stored.
    pub entries: usize,
    /// Their bytes.
    pub bytes: usize,
    /// Fee without rent: that of one restoring transaction.
    pub fee_stroops: i64,
    /// Rent, for the network's minimum of 120 days again.
    pub rent_stroops: i64,
}

/// Lets a suite be archived, and restores it.
///
/// # Errors
/// When a contract is not built, or something is not archived, or cannot be restored.
pub fn archive() -> Result<Vec<ArchiveRow>> {
    on_stage(|stage| {
        let mut suite = Suite::new(stage)?;
        suite.stage.pass(LIFE_S, u32::try_from(LIFE_S / LEDGER_S)?)?;
        let contracts = [
            ("performance-monitor", suite.performance_monitor.clone()),
            ("analytics-storage", suite.analytics_storage.clone()),
            ("alerting", suite.alerting.clone()),
            ("dashboard", suite.dashboard.clone()),
            ("external-monitoring", suite.external_monitoring.clone()),
        ];
        let mut rows = Vec::new();
        for (contract, address) in contracts {
            let keys = suite.stage.everything_of(&address)?;
            let mut bytes = 0;
            for key in &keys {
                let stored = suite.stage.ledger().entry(key).context("an entry that is gone")?;
                bytes += encoded_bytes(stored.entry.as_ref())?;
            }
            let fees = suite.stage.restore_entries(&keys)?;
            let (rent_stroops, entries) = (fees.rent_stroops, keys.len());
            let fee_stroops = fees.charged_stroops - rent_stroops;
            rows.push(ArchiveRow { contract, entries, bytes, fee_stroops, rent_stroops });
        }
        Ok(rows)
    })
}
