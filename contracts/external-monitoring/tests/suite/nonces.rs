use std::collections::BTreeSet;

use external_monitoring::nonces::NonceWindow;
use lumenscope_interfaces::external_monitoring::{ConnectionError, NONCE_WINDOW};
use proptest::prelude::*;

#[test]
fn the_first_nonce_may_be_any_and_is_used_once() {
    for first in [0, 1, 127, 128, u64::MAX] {
        let mut window = NonceWindow::default();
        assert_eq!(window.accept(first), Ok(()), "{first}");
        assert_eq!(window.accept(first), Err(ConnectionError::NonceUsed), "{first}");
    }
}

#[test]
fn a_request_may_be_overtaken_by_127_others_and_no_more() {
    let mut window = NonceWindow::default();
    assert_eq!(window.accept(1_000), Ok(()));
    assert_eq!(window.accept(1_000 - 127), Ok(()));
    assert_eq!(window.accept(1_000 - 128), Err(ConnectionError::NonceTooOld));
    assert_eq!(window.accept(1_001), Ok(()));
    assert_eq!(window.accept(1_000 - 127), Err(ConnectionError::NonceTooOld));
    assert_eq!(window.accept(1_000 - 126), Ok(()));
}

/// Nonces near each other, with jumps, as several programs that share a key make them.
fn nonces() -> impl Strategy<Value = Vec<u64>> {
    let near = prop_oneof![8 => 0..300_u64, 1 => any::<u64>(), 1 => u64::MAX - 300..=u64::MAX];
    prop::collection::vec(near, 0..200)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_window_is_the_set_of_all_nonces_used_as_far_as_it_reaches(nonces in nonces()) {
        let mut window = NonceWindow::default();
        let mut used = BTreeSet::new();
        for nonce in nonces {
            let highest = used.last().copied().unwrap_or(0).max(nonce);
            let expected = if highest - nonce >= NONCE_WINDOW {
                Err(ConnectionError::NonceTooOld)
            } else if used.contains(&nonce) {
                Err(ConnectionError::NonceUsed)
            } else {
                used.insert(nonce);
                Ok(())
            };
            let before = window;
            prop_assert_eq!(window.accept(nonce), expected);
            if expected.is_err() {
                prop_assert_eq!(window, before);
            }
        }
    }
}
