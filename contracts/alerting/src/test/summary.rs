use lumenscope_interfaces::alerting::{
    AlertSummary, GuardConfig, GuardVerdict, Severity, row, row_fires, row_through,
};
use lumenscope_rules::slot::end_s;
use proptest::prelude::*;
use soroban_sdk::{BytesN, Env};

use crate::summary::{new, settle, survey, verdict};

const SEVERITIES: [Severity; 5] =
    [Severity::Info, Severity::Low, Severity::Medium, Severity::High, Severity::Critical];

/// A summary with these rows: last slot, and severity while it is up.
fn with(e: &Env, rows: &[(u32, Option<usize>)]) -> AlertSummary {
    let mut summary = new(e);
    for (number, (through, severity)) in rows.iter().enumerate() {
        let fingerprint = BytesN::from_array(e, &[number as u8; 16]);
        summary.rows.set(fingerprint, row(*through, severity.map(|place| SEVERITIES[place])));
    }
    summary
}

fn rows() -> impl Strategy<Value = std::vec::Vec<(u32, Option<usize>)>> {
    prop::collection::vec((1u32..40_000_000, prop::option::of(0usize..5)), 0..64)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_row_holds_its_slot_and_its_severity(
        through in any::<u32>(), severity in prop::option::of(0usize..5), min in 0usize..5,
    ) {
        let row = row(through, severity.map(|place| SEVERITIES[place]));
        prop_assert_eq!(row_through(row), through);
        prop_assert_eq!(row_fires(row, SEVERITIES[min]), severity.is_some_and(|has| has >= min));
    }

    #[test]
    fn a_summary_is_as_old_as_its_oldest_row_and_trips_by_its_severest(
        rows in rows(), min in 0usize..5, now_s in 1u64..u64::MAX, before_s in any::<u64>(),
    ) {
        let mut summary = with(&Env::default(), &rows);
        summary.guard.min_severity = SEVERITIES[min];
        summary.tripped_since_s = before_s;
        let oldest = rows.iter().map(|row| row.0).min().unwrap_or(u32::MAX);
        let fires = rows.iter().any(|row| row.1.is_some_and(|severity| severity >= min));
        prop_assert_eq!(survey(&summary, SEVERITIES[min]), (oldest, fires));
        settle(&mut summary, now_s);
        let since_s = if before_s == 0 { now_s } else { before_s };
        prop_assert_eq!(summary.tripped_since_s, if fires { since_s } else { 0 });
    }

    /// A dead keeper locks nothing unless the owner chose so, whatever else is stored.
    #[test]
    fn what_is_stale_never_refuses_under_fail_open(
        rows in rows(), tripped_since_s in any::<u64>(), late_s in 1u64..1_000_000,
    ) {
        let mut summary = with(&Env::default(), &rows);
        summary.tripped_since_s = tripped_since_s;
        let newest = rows.iter().map(|row| row.0).max().unwrap_or(1);
        let now_s = end_s(newest) + u64::from(summary.guard.stale_after_s) + late_s;
        prop_assert!(verdict(&summary, now_s).allows());
        summary.guard = GuardConfig { fail_closed: true, ..summary.guard };
        prop_assert_eq!(verdict(&summary, now_s), GuardVerdict::StaleRefused);
    }
}
