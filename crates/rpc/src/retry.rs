//! How often and how soon a request is tried again.

use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBuilder};

/// Bounded retries with exponential backoff and jitter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Attempts after the first; 0 tries once.
    pub retries: usize,
    /// Pause before the first retry.
    pub delay_min: Duration,
    /// Pause at most.
    pub delay_max: Duration,
}

impl Default for RetryPolicy {
    /// Four retries within about two seconds: rides over a restarting node and a rate limit of
    /// seconds, while a dead one is reported before anyone wonders.
    fn default() -> Self {
        RetryPolicy {
            retries: 4,
            delay_min: Duration::from_millis(100),
            delay_max: Duration::from_secs(2),
        }
    }
}

impl RetryPolicy {
    /// One attempt.
    #[must_use]
    pub fn never() -> Self {
        RetryPolicy { retries: 0, ..RetryPolicy::default() }
    }

    /// The pauses before the retries.
    pub(crate) fn delays(&self) -> impl Iterator<Item = Duration> + Send + use<> {
        ExponentialBuilder::default()
            .with_min_delay(self.delay_min)
            .with_max_delay(self.delay_max)
            .with_max_times(self.retries)
            .with_jitter()
            .build()
    }
}
