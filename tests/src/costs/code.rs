//! What the code itself costs: rent on every byte of wasm, and on the memory that its parsed form
//! takes.

use anyhow::{Context, Result};
use serde::Serialize;
use soroban_env_host::fees::{LedgerEntryRentChange, compute_rent_fee};

use super::price::{LEDGERS_PER_YEAR, price, stressed};
use crate::stage::on_stage;

/// The contracts whose code is deployed on a network.
const CONTRACTS: [&str; 5] =
    ["performance-monitor", "analytics-storage", "alerting", "dashboard", "external-monitoring"];

/// One line of the table of code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CodeRow {
    /// The contract's package.
    pub contract: &'static str,
    /// Bytes of wasm.
    pub wasm_bytes: usize,
    /// Bytes that rent is paid on.
    pub rent_bytes: u32,
    /// Rent of the upload, for the network's minimum of 120 days.
    pub upload_rent_stroops: i64,
    /// The same at ten times today's rate.
    pub upload_rent_10x_stroops: i64,
    /// A year's rent.
    pub year_rent_stroops: i64,
    /// The same at ten times today's rate.
    pub year_rent_10x_stroops: i64,
}

/// Measures the code of the five contracts.
///
/// # Errors
/// When one of them is not built, or the host refuses it.
pub fn code() -> Result<Vec<CodeRow>> {
    on_stage(|stage| {
        let row = |contract: &'static str| -> Result<CodeRow> {
            let wasm = lumenscope_contract_wasm::read(contract)?;
            let used = stage.record(&crate::stage::upload(&wasm)?)?;
            let changes = &used.rent_changes;
            let entry = changes.iter().find(|change| change.is_code_entry);
            let rent_bytes = entry.context("expected the upload to write code")?.new_size_bytes;
            let ledger = stage.ledger();
            let today = &ledger.configuration().network.rent_fee_configuration;
            let sequence = ledger.sequence();
            let year = [LedgerEntryRentChange {
                is_persistent: true,
                is_code_entry: true,
                old_size_bytes: rent_bytes,
                new_size_bytes: rent_bytes,
                old_live_until_ledger: sequence,
                new_live_until_ledger: sequence.saturating_add(LEDGERS_PER_YEAR),
            }];
            let upload = price(ledger, &used);
            Ok(CodeRow {
                contract,
                wasm_bytes: wasm.len(),
                rent_bytes,
                upload_rent_stroops: upload.rent_stroops,
                upload_rent_10x_stroops: upload.rent_stress_stroops,
                year_rent_stroops: compute_rent_fee(&year, today, sequence),
                year_rent_10x_stroops: compute_rent_fee(&year, &stressed(today), sequence),
            })
        };
        CONTRACTS.into_iter().map(row).collect()
    })
}
