use lumenscope_interfaces::alerting::{
    AlertSummary, GuardVerdict, Severity, row, row_fires, row_through,
};
use lumenscope_rules::slot::end_s;
use proptest::prelude::*;
use soroban_sdk::testutils::Ledger as _;
use soroban_sdk::{BytesN, Env, IntoVal as _, TryFromVal as _};

use crate::summary::{Summary, verdict};

const SEVERITIES: [Severity; 5] =
    [Severity::Info, Severity::Low, Severity::Medium, Severity::High, Severity::Critical];

/// A summary with these rows: last slot, and severity while it is up.
fn with(e: &Env, rows: &[(u32, Option<usize>)]) -> AlertSummary {
    let mut summary = as_read(e, &Summary::new(e));
    for (number, (through, severity)) in rows.iter().enumerate() {
        let fingerprint = BytesN::from_array(e, &[number as u8; 16]);
        summary.rows.set(fingerprint, row(*through, severity.map(|place| SEVERITIES[place])));
    }
    summary
}

/// As its readers see it.
fn as_read(e: &Env, summary: &Summary) -> AlertSummary {
    AlertSummary::try_from_val(e, &summary.pack(e)).unwrap()
}

fn as_stored(e: &Env, summary: &AlertSummary) -> Summary {
    Summary::unpack(e, &summary.into_val(e))
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
        prop_assert_eq!(row_fires(row, min as u32), severity.is_some_and(|has| has >= min));
    }

    #[test]
    fn a_summary_trips_by_its_severest_row(
        rows in prop::collection::vec((1u32..60, prop::option::of(0usize..5)), 0..9),
        min in 0usize..5, now_s in 1u64..6_000, before_s in any::<u64>(), severity in 0usize..5,
    ) {
        let e = Env::default();
        e.ledger().set_timestamp(now_s);
        let mut summary = with(&e, &rows);
        summary.min_severity = SEVERITIES[min];
        summary.tripped_since_s = before_s;
        let fires = |row: &&(u32, Option<usize>)| row.1.is_some_and(|severity| severity >= min);
        let mut stored = as_stored(&e, &summary);
        prop_assert_eq!(stored.fires(min as u32), rows.iter().any(|row| fires(&row)));
        stored.settle(&e);
        let since_s = if before_s == 0 { now_s } else { before_s };
        let since_s = if rows.iter().any(|row| fires(&row)) { since_s } else { 0 };
        prop_assert_eq!(as_read(&e, &stored).tripped_since_s, since_s);

        // One more begins: its trip is its own where nothing fires that somebody evaluates.
        let stale_after_s = u64::from(summary.stale_after_s);
        let known = |row: &&(u32, _)| now_s <= end_s(row.0) + stale_after_s;
        let goes_on = rows.iter().filter(known).any(|row| fires(&row));
        let begun = row(now_s as u32 / 60, Some(SEVERITIES[severity]));
        stored.begin(&e, begun, now_s);
        stored.rows.set(BytesN::from_array(&e, &[99; 16]), begun);
        stored.settle(&e);
        let begins = severity >= min && !goes_on;
        prop_assert_eq!(as_read(&e, &stored).tripped_since_s, if begins { now_s } else { since_s });
    }

    /// A dead keeper locks nothing unless the owner chose so, whatever else is stored.
    #[test]
    fn what_is_stale_never_refuses_under_fail_open(
        rows in rows(), tripped_since_s in any::<u64>(), late_s in 1u64..1_000_000,
    ) {
        let e = Env::default();
        let mut summary = with(&e, &rows);
        summary.tripped_since_s = tripped_since_s;
        let newest = rows.iter().map(|row| row.0).max().unwrap_or(1);
        let now_s = end_s(newest) + u64::from(summary.stale_after_s) + late_s;
        prop_assert!(verdict(&e, &as_stored(&e, &summary), now_s).allows());
        summary.fail_closed = true;
        let verdict = verdict(&e, &as_stored(&e, &summary), now_s);
        prop_assert_eq!(verdict, GuardVerdict::StaleRefused);
    }
}
