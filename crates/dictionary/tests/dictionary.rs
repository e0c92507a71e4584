//! What is on a ledger cannot be renamed.

use std::collections::BTreeSet;

use lumenscope_dictionary::{
    EXECUTION_METRICS, EXECUTION_METRICS_PACKED, Kind, NAME_CHARS_MAX, STANDARD_METRICS, by_code,
    by_name, execution_index, prometheus,
};
use proptest::prelude::*;

/// Codes, names, units and kinds as first released. Lines are added, never changed.
const RELEASED: &str = "\
1 instructions insns Timer
2 time_us us Timer
3 fee_inclusion stroops Timer
4 fee_non_refundable stroops Timer
5 fee_refundable stroops Timer
6 fee_rent stroops Timer
7 entries_read entries Timer
8 entries_written entries Timer
9 bytes_read bytes Timer
10 bytes_written bytes Timer
11 event_bytes bytes Timer
12 failed ratio Ratio
13 calls count Counter
14 memory_bytes bytes Timer
15 fee_charged stroops Timer
16 fee_refund stroops Timer
17 fee_limit stroops Timer
18 transaction_bytes bytes Timer
19 sub_calls count Timer
20 ttl_ledgers ledgers Gauge
";

#[test]
fn codes_names_units_and_kinds_never_change() {
    let now: String = STANDARD_METRICS
        .iter()
        .map(|m| format!("{} {} {} {:?}\n", m.code, m.name, m.unit, m.kind))
        .collect();
    assert_eq!(now, RELEASED);
}

#[test]
fn the_metrics_of_an_execution_come_first_and_in_its_order() {
    for (index, (execution, metric)) in EXECUTION_METRICS.iter().zip(&STANDARD_METRICS).enumerate()
    {
        assert_eq!((execution.name, execution.unit), (metric.name, metric.unit));
        assert_eq!(usize::from(metric.code), index + 1);
        assert_eq!(execution_index(metric.name), Some(index));
    }
    assert_eq!(execution_index("calls"), None);
}

#[test]
fn names_are_symbols_and_unique() {
    let mut seen = BTreeSet::new();
    for metric in &STANDARD_METRICS {
        assert!((1..=NAME_CHARS_MAX).contains(&metric.name.len()), "{}", metric.name);
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        assert!(metric.name.chars().all(allowed), "{}", metric.name);
        assert!(seen.insert(metric.name) && seen.insert(metric.prometheus.name));
        assert!(metric.definition.ends_with('.') && !metric.definition.contains("  "));
    }
}

#[test]
fn prometheus_names_follow_its_conventions() {
    for metric in &STANDARD_METRICS {
        let name = metric.prometheus.name;
        let counts_up = matches!(metric.kind, Kind::Counter | Kind::Ratio);
        assert_eq!(name.ends_with("_total"), counts_up, "{name}");
        for suffix in ["_sum", "_count", "_bucket", "_us", "_ms"] {
            assert!(!name.ends_with(suffix), "{name}");
        }
        let allowed = |c: char| c.is_ascii_lowercase() || c == '_';
        assert!(name.starts_with("soroban_") && name.chars().all(allowed), "{name}");
        match metric.unit {
            "us" => assert!(name.ends_with("_seconds") && metric.prometheus.millionths == 1),
            unit => {
                assert_eq!(metric.prometheus.millionths, 1_000_000);
                let named = matches!(unit, "insns" | "entries" | "count" | "ratio");
                assert!(named || name.ends_with(&format!("_{unit}")), "{name} in {unit}");
            }
        }
    }
}

fn exported(metric: &str) -> [String; 3] {
    let prometheus::Exported { sum, count, last, .. } = prometheus::exported(metric);
    [sum, count, last].map(|series| series.map_or(String::new(), |series| series.to_string()))
}

#[test]
fn series_are_named_by_one_rule() {
    let of = |metric| exported(metric).join(" ");
    let executions = "soroban_execution_instructions";
    assert_eq!(of("instructions"), format!("{executions}_sum {executions}_count "));
    assert_eq!(of("calls"), "soroban_calls_total  ");
    assert_eq!(of("ttl_ledgers"), "  soroban_ttl_ledgers");
    assert_eq!(of("failed"), format!("soroban_execution_failures_total {executions}_count "));
    let own = "soroban_own_premium";
    assert_eq!(of("premium"), format!("{own}_sum {own}_count {own}_last"));
    let millionths = |metric| prometheus::exported(metric).millionths;
    assert_eq!([millionths("time_us"), millionths("premium")], [1, 1_000_000]);
}

#[test]
fn the_parts_of_a_fee_are_there_and_in_stroops() {
    let parts =
        ["fee_inclusion", "fee_non_refundable", "fee_refundable", "fee_rent", "fee_charged"];
    for name in parts {
        assert_eq!(by_name(name).map(|metric| metric.unit), Some("stroops"), "{name}");
    }
}

proptest! {
    /// No two metrics share a series but those of executions, which are counted once.
    #[test]
    fn own_series_are_nobody_elses(one in "[a-zA-Z0-9_]{0,32}", other in "[a-z_]{0,4}(_sum|_count)?") {
        prop_assume!(one != other && by_name(&one).is_none());
        for series in exported(&one) {
            prop_assert!(!exported(&other).contains(&series));
            for metric in &STANDARD_METRICS {
                prop_assert!(!exported(metric.name).contains(&series));
            }
        }
    }

    #[test]
    fn lookups_agree(code in 0..64u16) {
        let expected = STANDARD_METRICS.iter().find(|metric| metric.code == code);
        prop_assert_eq!(by_code(code), expected);
        if let Some(metric) = expected {
            prop_assert_eq!(by_name(metric.name), Some(metric));
        }
    }
}

#[test]
fn the_packed_metrics_of_an_execution_are_the_metrics_and_nothing_else() {
    let mut expected = Vec::new();
    for metric in EXECUTION_METRICS {
        for text in [metric.name, metric.unit] {
            expected.push(u8::try_from(text.len()).expect("a short text"));
            expected.extend_from_slice(text.as_bytes());
        }
    }
    assert_eq!(EXECUTION_METRICS_PACKED.as_slice(), expected);
}
