//! When the next ledger closes.

use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds between two ledgers of the public network.
pub const LEDGER_SECONDS: u64 = 5;

/// Where close times come from. Each is later than the one before, whatever the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeSource {
    /// Every ledger closes this many seconds after the one before: the same on every run.
    Stepped {
        /// Seconds, at least 1.
        seconds_per_ledger: u64,
    },
    /// The system's clock, put off by `offset_s`, plus what was advanced. Ledgers closed within
    /// one second still get a second each, so a busy ledger's time runs ahead.
    System {
        /// Seconds to add to the system's clock; 0 for the real time.
        offset_s: i64,
    },
}

/// The clock of a ledger.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    source: TimeSource,
    /// How far ahead of its source the clock was put.
    advanced_s: u64,
    /// An exact time for the next close.
    next_s: Option<u64>,
}

impl Clock {
    pub fn new(source: TimeSource) -> Self {
        Self { source, advanced_s: 0, next_s: None }
    }

    /// Puts the clock ahead.
    pub fn advance(&mut self, seconds: u64) {
        self.advanced_s = self.advanced_s.saturating_add(seconds);
    }

    /// Fixes the time of the next close.
    pub fn set_next(&mut self, time_s: u64) {
        self.next_s = Some(time_s);
    }

    /// Puts the clock to a time: the next ledger closes then, and later ones follow from there.
    /// The time is fixed, not reached by going ahead from what the clock shows: it shows another
    /// second by the time the ledger closes, and less than the last close where a busy ledger's
    /// time ran ahead.
    pub fn set(&mut self, time_s: u64) {
        if let TimeSource::System { offset_s } = self.source {
            self.advance(time_s.saturating_sub(self.system_time_s(offset_s)));
        }
        self.set_next(time_s);
    }

    /// When the next ledger closes, given when the last one did.
    pub fn next_close_s(&self, last_s: u64) -> u64 {
        let earliest = last_s.saturating_add(1);
        let by_source = match self.source {
            TimeSource::Stepped { seconds_per_ledger } => {
                last_s.saturating_add(seconds_per_ledger).saturating_add(self.advanced_s)
            }
            TimeSource::System { offset_s } => self.system_time_s(offset_s),
        };
        self.next_s.unwrap_or(by_source).max(earliest)
    }

    /// What a simulation is told the time is.
    pub fn now_s(&self, last_s: u64) -> u64 {
        match self.source {
            TimeSource::Stepped { .. } => last_s,
            TimeSource::System { offset_s } => self.system_time_s(offset_s).max(last_s),
        }
    }

    fn system_time_s(&self, offset_s: i64) -> u64 {
        system_time_s().saturating_add_signed(offset_s).saturating_add(self.advanced_s)
    }

    /// A ledger has closed.
    pub fn closed(&mut self) {
        self.next_s = None;
        if matches!(self.source, TimeSource::Stepped { .. }) {
            // The step starts from the close that included the advance.
            self.advanced_s = 0;
        }
    }
}

/// The system's time in seconds; 0 on a machine whose clock stands before 1970.
fn system_time_s() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_set_closes_at_that_second_although_the_ledgers_ran_ahead() {
        let mut clock = Clock::new(TimeSource::System { offset_s: 0 });
        let now_s = clock.next_close_s(0);
        // Three ledgers within a second: the last is ahead of the clock.
        let last_s = now_s + 3;
        let set_s = now_s + 86_400;
        clock.set(set_s);
        assert_eq!(clock.next_close_s(last_s), set_s);
        clock.closed();
        let after_s = clock.next_close_s(set_s);
        assert!((set_s + 1..set_s + 60).contains(&after_s), "{after_s} follows {set_s}");
    }

    #[test]
    fn a_stepped_clock_that_was_set_goes_on_in_steps() {
        let mut clock = Clock::new(TimeSource::Stepped { seconds_per_ledger: 5 });
        clock.set(1_000);
        assert_eq!(clock.next_close_s(100), 1_000);
        clock.closed();
        assert_eq!(clock.next_close_s(1_000), 1_005);
    }
}
