use lumenscope_interfaces::alerting::GuardVerdict;
use lumenscope_rules::slot::end_s;
use proptest::prelude::*;

use crate::summary::{BYTES_MAX, HEADER_BYTES, Header, ROW_BYTES, ROWS_STEP, Row, Summary};

fn row(number: u8, through: u32, firing: bool) -> Row {
    Row { fingerprint: [number; 16], through, firing, severity: number % 5 }
}

#[test]
fn the_released_layout_is_what_it_was() {
    let mut summary = Summary::NEW;
    summary.header.fail_closed = true;
    summary.header.forced = 2;
    summary.header.forced_until_s = 0x0102_0304_0506_0708;
    summary.set(row(3, 30_000_001, true));
    summary.set(row(4, 30_000_000, false));
    summary.settle(1_800_000_000);
    let mut buffer = [0; BYTES_MAX];
    let hex: std::string::String = summary.write(&mut buffer)[..HEADER_BYTES + 2 * ROW_BYTES]
        .iter()
        .map(|byte| std::format!("{byte:02x}"))
        .collect();
    assert_eq!(
        hex,
        std::concat!(
            "01010302",
            "00000e10",
            "00015180",
            "0102030405060708",
            "000000006b49d200",
            "000000006b49d200",
            "01c9c380",
            "00000000000000010000",
            "0002",
            "03030303030303030303030303030303",
            "01c9c381",
            "0103",
            "04040404040404040404040404040404",
            "01c9c380",
            "0004",
        )
    );
}

#[test]
fn room_grows_in_steps_so_that_the_size_seldom_changes() {
    let mut sizes = std::collections::BTreeSet::new();
    let mut summary = Summary::NEW;
    for number in 0..64 {
        let mut buffer = [0; BYTES_MAX];
        sizes.insert(summary.write(&mut buffer).len());
        assert!(summary.has_room());
        summary.set(row(number, 1, false));
    }
    assert!(!summary.has_room());
    let step = ROWS_STEP * ROW_BYTES;
    assert!(sizes.into_iter().eq((1..=4).map(|steps| HEADER_BYTES + steps * step)));
}

#[test]
fn a_removed_row_leaves_the_others_in_order() {
    let mut summary = Summary::NEW;
    (0..5).for_each(|number| summary.set(row(number, 7, false)));
    summary.remove(1);
    summary.remove(9);
    let left = summary.rows().iter().map(|row| row.fingerprint[0]);
    assert!(left.eq([0, 2, 3, 4]));
    assert_eq!(summary.find(&[1; 16]), None);
}

#[test]
fn another_version_is_not_read() {
    let mut buffer = [0; BYTES_MAX];
    let mut bytes = Summary::NEW.write(&mut buffer).to_vec();
    assert!(Summary::read(&bytes).is_some());
    bytes[0] = 2;
    assert!(Summary::read(&bytes).is_none());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read(
        rows in prop::collection::vec(
            (any::<[u8; 16]>(), any::<u32>(), any::<bool>(), 0u8..5), 0..64,
        ),
        now_s in 1u64..u64::MAX,
    ) {
        let mut summary = Summary::NEW;
        for (fingerprint, through, firing, severity) in rows {
            summary.set(Row { fingerprint, through, firing, severity });
        }
        summary.settle(now_s);
        let mut buffer = [0; BYTES_MAX];
        let read = Summary::read(summary.write(&mut buffer)).unwrap();
        prop_assert_eq!(read.header, summary.header);
        prop_assert_eq!(read.rows(), summary.rows());
        let firing = summary.rows().iter().filter(|row| row.firing);
        prop_assert_eq!(
            firing.clone().count(),
            summary.header.firing.iter().map(|count| usize::from(*count)).sum::<usize>()
        );
        let oldest = summary.rows().iter().map(|row| row.through).min().unwrap_or(0);
        prop_assert_eq!(summary.header.oldest_slot, oldest);
        let trips = firing.filter(|row| row.severity >= summary.header.min_severity).count() > 0;
        prop_assert_eq!(summary.header.tripped_since_s, if trips { now_s } else { 0 });
    }

    /// A dead keeper locks nothing unless the owner chose so, whatever else is stored.
    #[test]
    fn what_is_stale_never_refuses_under_fail_open(
        tripped_since_s in any::<u64>(), oldest_slot in 1u32..40_000_000, late_s in 1u64..1_000_000,
        rows in 0u16..65, firing in any::<[u16; 5]>(),
    ) {
        let header = Header { tripped_since_s, oldest_slot, rows, firing, ..Header::NEW };
        let now_s = end_s(oldest_slot) + u64::from(header.stale_after_s) + late_s;
        prop_assert!(header.verdict(now_s).allows());
        let closed = Header { fail_closed: true, ..header };
        prop_assert_eq!(closed.verdict(now_s), GuardVerdict::StaleRefused);
    }
}
