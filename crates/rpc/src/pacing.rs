//! When to ask for the next ledger.

use std::time::Duration;

/// Asks soon after a ledger is due, and ever less often while it is late.
///
/// The interval between ledgers is learnt from their close times, so that a network that closes
/// every second and one that closes every five are both followed within a fraction of a ledger,
/// and a development ledger that closes on demand is still noticed.
#[derive(Clone, Debug)]
pub struct TipPacer {
    last_close_ms: Option<u64>,
    interval_ms: u64,
    misses: u32,
}

/// Mainnet's interval at the time of writing, until a better one is learnt.
const INTERVAL_FIRST_MS: u64 = 5_000;
/// A node needs about this long between closing a ledger and serving it.
const SERVE_DELAY_MS: u64 = 250;
/// Never asks more often.
const DELAY_MIN_MS: u64 = 250;
/// Never waits longer: a node that restarted, or a ledger closed on demand, is noticed by then.
const DELAY_MAX_MS: u64 = 2_000;
/// Weight of the newest interval is one of this many.
const SMOOTHING: u64 = 8;

impl Default for TipPacer {
    fn default() -> Self {
        TipPacer { last_close_ms: None, interval_ms: INTERVAL_FIRST_MS, misses: 0 }
    }
}

impl TipPacer {
    /// A ledger came that closed at that time.
    pub fn closed(&mut self, close_ms: u64) {
        if let Some(last) = self.last_close_ms
            && close_ms > last
        {
            let interval = (close_ms - last).min(INTERVAL_FIRST_MS * 2);
            self.interval_ms =
                (self.interval_ms * (SMOOTHING - 1) + interval).div_ceil(SMOOTHING).max(1);
        }
        self.last_close_ms = Some(close_ms);
        self.misses = 0;
    }

    /// Nothing new came.
    pub fn missed(&mut self) {
        self.misses = self.misses.saturating_add(1);
    }

    /// How long to wait before asking again.
    #[must_use]
    pub fn delay(&self, now_ms: u64) -> Duration {
        let due_ms = self
            .last_close_ms
            .map_or(now_ms, |last| last.saturating_add(self.interval_ms + SERVE_DELAY_MS));
        let until_due_ms = due_ms.saturating_sub(now_ms);
        let backoff_ms = DELAY_MIN_MS << self.misses.min(3);
        Duration::from_millis(until_due_ms.max(backoff_ms).clamp(DELAY_MIN_MS, DELAY_MAX_MS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: u64 = 1_800_000_000_000;

    #[test]
    fn it_learns_the_interval_and_asks_when_the_next_ledger_is_due() {
        let mut pacer = TipPacer::default();
        for ledger in 0..100 {
            pacer.closed(NOW_MS + ledger * 1_000);
        }
        let last = NOW_MS + 99 * 1_000;
        let delay = pacer.delay(last + 300).as_millis();
        assert!((900..=1_100).contains(&delay), "{delay}");
    }

    #[test]
    fn a_late_ledger_is_asked_for_less_and_less_often_but_always_within_two_seconds() {
        let mut pacer = TipPacer::default();
        pacer.closed(NOW_MS);
        let mut last = Duration::ZERO;
        for _ in 0..50 {
            pacer.missed();
            let delay = pacer.delay(NOW_MS + 60_000);
            assert!(delay >= last && delay <= Duration::from_millis(DELAY_MAX_MS));
            last = delay;
        }
        pacer.closed(NOW_MS + 60_000);
        assert!(pacer.delay(NOW_MS + 70_000) < last);
    }
}
