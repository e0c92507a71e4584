//! Nonces for a program that signs, from several threads and after restarts.

use std::sync::atomic::{AtomicU64, Ordering};

/// Nonces that rise by one, from the clock's microseconds at the start on.
///
/// Why not the clock each time: requests may overtake each other by [`crate::NONCE_WINDOW`]
/// nonces. Of nonces that follow each other that is 128 requests in flight; of nonces a
/// millisecond apart it would be an eighth of a second, less than a ledger takes.
///
/// Why the clock at the start: nothing needs to be stored. A signature takes longer than a
/// microsecond, so the nonces of one run stay behind the clock, and the next run begins above all
/// of them.
///
/// - One key, one source. Two programs with one key would begin far apart, and the one that began
///   first would be refused ([`crate::Refusal::NonceTooOld`]): give each program a key of its own.
/// - Requests that a run left in flight are refused once the next run's first one is verified.
/// - A clock that was set back is made good by the ledger's highest nonce, where it is asked.
#[derive(Debug)]
pub struct NonceSource(AtomicU64);

impl NonceSource {
    /// Begins at `now_us`, microseconds since 1970, and above `highest`: `nonce_highest` of the
    /// key's usage, or 0 where it was not asked.
    #[must_use]
    pub fn starting(now_us: u64, highest: u64) -> Self {
        NonceSource(AtomicU64::new(now_us.max(highest.saturating_add(1))))
    }

    /// The next nonce: no other call is given the same.
    pub fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{NONCE_WINDOW, NonceWindow, Refusal};

    const NOW_US: u64 = 1_800_000_000_000_000;

    #[test]
    fn threads_are_given_nonces_that_differ_and_follow_each_other() {
        const THREADS: u64 = 8;
        const EACH: u64 = 1_000;
        let source = NonceSource::starting(NOW_US, 0);
        let taken = std::thread::scope(|scope| {
            let take = || (0..EACH).map(|_| source.next()).collect::<Vec<_>>();
            let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(take)).collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect::<BTreeSet<_>>()
        });
        assert_eq!(taken, (NOW_US..NOW_US + THREADS * EACH).collect());
    }

    #[test]
    fn a_window_of_requests_in_flight_arrives_in_any_order() {
        let source = NonceSource::starting(NOW_US, 0);
        let mut nonces: Vec<_> = (0..NONCE_WINDOW).map(|_| source.next()).collect();
        nonces.reverse();
        let all =
            nonces.iter().try_fold(NonceWindow::default(), |window, nonce| window.with(*nonce));
        assert_eq!(all.map(|window| window.used), Ok(u128::MAX));
    }

    #[test]
    fn a_restart_continues_above_everything_used_even_after_the_clock_was_set_back() {
        let before = NonceSource::starting(NOW_US, 0);
        let mut window = NonceWindow::default();
        for _ in 0..10 {
            window = window.with(before.next()).expect("new");
        }
        let later = NonceSource::starting(NOW_US + 1_000, 0);
        assert!(window.with(later.next()).is_ok());
        let set_back = NonceSource::starting(NOW_US - 1_000_000, 0).next();
        assert!(matches!(window.with(set_back), Err(Refusal::NonceTooOld { .. })));
        let asked = NonceSource::starting(NOW_US - 1_000_000, window.highest);
        assert_eq!(asked.next(), window.highest + 1);
    }
}
