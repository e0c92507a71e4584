//! What every entry point costs, against its budget and against what the page says.

use std::collections::BTreeSet;

use anyhow::Result;
use lumenscope_tests::costs::{Budgets, Costs, Document, Spread, scenarios};

/// Never sent in a transaction of their own, so nobody pays for them: reads, which are simulated.
const READS: &[&str] = &[
    // Administration.
    "admin",
    "administration",
    // performance-monitor.
    "analytics",
    "hot",
    "inline_rules",
    "metric",
    "monitored_contract",
    "stream_definition",
    "streams",
    "window",
    // analytics-storage.
    "history_metrics",
    "monitor",
    "retention",
    "storage_statistics",
    // alerting.
    "active_alerts",
    "alert",
    "closed_slot",
    "operators",
    "policy",
    "rule",
    "rules_on",
    "summary",
    // dashboard.
    "dashboard",
    "dashboards",
    "history",
    "links",
    "preferences",
    "public_dashboards",
    "widgets",
    // external-monitoring.
    "api_key",
    "api_key_usage",
    "api_keys_of",
    "audit",
    "count_of",
    "delivery",
    "export",
    "exports_of",
    "health",
    "integration",
    "responders_of",
];

/// Measured as part of something else, or not measurable, and why.
const ELSEWHERE: [(&str, &str); 6] = [
    ("__constructor", "runs once, with the deployment"),
    ("ingest", "a part of performance-monitor's flush, which alone may call it"),
    ("integrations_of", "a read"),
    ("migrate", "there is no older schema to come from"),
    ("service_key", "a read"),
    ("set_links", "once for the suite, as set_analytics"),
];

const CONTRACTS: [&str; 5] =
    ["performance-monitor", "analytics-storage", "alerting", "dashboard", "external-monitoring"];

#[test]
fn every_entry_point_is_within_its_budget_and_the_page_is_true() -> Result<()> {
    let costs = Costs::measure()?;
    let excesses = Budgets::read()?.excesses(&costs.calls);
    let mut wrong: Vec<String> = excesses.into_iter().map(|excess| excess.0).collect();
    wrong.extend(costs.spreads.iter().filter_map(Spread::excess));
    wrong.extend(Document::read()?.stale(&costs)?);
    assert!(wrong.is_empty(), "{wrong:#?}\nto write the page anew: cargo xtask costs");
    Ok(())
}

#[test]
fn every_entry_point_that_anybody_pays_for_is_measured() -> Result<()> {
    let measured: BTreeSet<&str> = scenarios::all().iter().map(|s| s.entry_point).collect();
    let mut missing = Vec::new();
    for contract in CONTRACTS {
        let wasm = lumenscope_contract_wasm::read(contract)?;
        for name in functions(&wasm)? {
            let elsewhere = ELSEWHERE.iter().any(|(known, _)| *known == name);
            if !measured.contains(&*name) && !READS.contains(&&*name) && !elsewhere {
                missing.push(format!("{contract} {name}"));
            }
        }
    }
    assert!(missing.is_empty(), "not measured and not said to be free: {missing:#?}");
    Ok(())
}

fn functions(wasm: &[u8]) -> Result<Vec<String>> {
    let spec = soroban_spec::read::from_wasm(wasm)?;
    let names = spec.into_iter().filter_map(|entry| match entry {
        lumenscope_localnet::xdr::ScSpecEntry::FunctionV0(function) => {
            Some(function.name.to_utf8_string_lossy())
        }
        _ => None,
    });
    Ok(names.collect())
}
