//! Rate limits: at most so many messages in so many seconds.
//!
//! The window slides exactly: the times of the last messages are kept, and one more may go when the
//! oldest that counts is out. A leaky bucket (GCRA) would need one number, but lets up to twice as
//! many through in the seconds after a pause; "at most 10 in an hour" should be true of every hour.
//! The price is [`MESSAGES_MAX`] times of 8 bytes for each rule and owner that sent something.
//!
//! What must not be missed passes always: a rise in severity, which counts, and the resolve of a
//! firing that was told, which does not (each answers a message that counted).

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Most messages that a limit counts: bounds what is kept. Nobody reads more in a day.
pub const MESSAGES_MAX: u32 = 60;
/// Shortest window, a minute: alerts are evaluated once in each.
pub const WITHIN_MIN_S: u64 = 60;
/// Longest window, a day.
pub const WITHIN_MAX_S: u64 = 86_400;

/// At most `messages` within any `within_s` seconds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limit {
    /// How many; 1 to [`MESSAGES_MAX`].
    pub messages: u32,
    /// In how many seconds; [`WITHIN_MIN_S`] to [`WITHIN_MAX_S`].
    pub within_s: u64,
}

/// Why a limit is not valid.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum LimitFault {
    /// No message, or more than [`MESSAGES_MAX`].
    #[error("messages: expected 1 to {MESSAGES_MAX}, came {came}")]
    Messages {
        /// How many came.
        came: u32,
    },
    /// A window too short or too long.
    #[error("within_s: expected {WITHIN_MIN_S} to {WITHIN_MAX_S} seconds, came {came_s}")]
    Within {
        /// The seconds that came.
        came_s: u64,
    },
}

impl Limit {
    /// Checks both bounds.
    ///
    /// # Errors
    ///
    /// The first [`LimitFault`] found.
    pub fn check(&self) -> Result<(), LimitFault> {
        if self.messages == 0 || self.messages > MESSAGES_MAX {
            return Err(LimitFault::Messages { came: self.messages });
        }
        if !(WITHIN_MIN_S..=WITHIN_MAX_S).contains(&self.within_s) {
            return Err(LimitFault::Within { came_s: self.within_s });
        }
        Ok(())
    }
}

/// What was sent and withheld under one limit: of a rule, or of an owner. Kept by the caller.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Sent {
    /// When the last messages were sent, unix seconds, oldest first; at most [`MESSAGES_MAX`].
    at_s: Vec<u64>,
    /// Messages that the limit withheld since the last one.
    withheld: u32,
}

impl Sent {
    /// When the next message may go, if not now; unix seconds. A limit that was changed counts what
    /// was sent before.
    pub fn blocked_until_s(&self, limit: Limit, now_s: u64) -> Option<u64> {
        let messages = limit.messages.max(1) as usize;
        let oldest = self.at_s.len().checked_sub(messages).and_then(|at| self.at_s.get(at))?;
        let free_s = oldest.saturating_add(limit.within_s);
        (free_s > now_s).then_some(free_s)
    }

    /// Notes a message. A clock that went back does not make it older than the one before.
    pub fn record(&mut self, now_s: u64) {
        let at_s = now_s.max(self.at_s.last().copied().unwrap_or(0));
        self.at_s.retain(|sent_s| sent_s.saturating_add(WITHIN_MAX_S) > at_s);
        if self.at_s.len() >= MESSAGES_MAX as usize {
            self.at_s.remove(0);
        }
        self.at_s.push(at_s);
    }

    /// Counts a message that the limit withheld.
    pub fn withhold(&mut self) {
        self.withheld = self.withheld.saturating_add(1);
    }

    /// How many were withheld since this was asked last: what the next message says.
    pub fn take_withheld(&mut self) -> u32 {
        std::mem::take(&mut self.withheld)
    }

    /// How many were withheld since the last message.
    pub fn withheld(&self) -> u32 {
        self.withheld
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LIMIT: Limit = Limit { messages: 3, within_s: 600 };

    #[test]
    fn one_more_may_go_when_the_oldest_is_out_of_the_window() {
        let mut sent = Sent::default();
        for now_s in [1_000, 1_100, 1_200] {
            assert_eq!(sent.blocked_until_s(LIMIT, now_s), None);
            sent.record(now_s);
        }
        assert_eq!(sent.blocked_until_s(LIMIT, 1_201), Some(1_600));
        assert_eq!(sent.blocked_until_s(LIMIT, 1_599), Some(1_600));
        assert_eq!(sent.blocked_until_s(LIMIT, 1_600), None);
        let wider = Limit { messages: 4, ..LIMIT };
        assert_eq!(sent.blocked_until_s(wider, 1_201), None);
        let narrower = Limit { messages: 1, ..LIMIT };
        assert_eq!(sent.blocked_until_s(narrower, 1_600), Some(1_800));
    }

    #[test]
    fn the_number_withheld_is_told_once() {
        let mut sent = Sent::default();
        sent.withhold();
        sent.withhold();
        assert_eq!((sent.withheld(), sent.take_withheld(), sent.take_withheld()), (2, 2, 0));
    }

    #[test]
    fn a_clock_that_goes_back_frees_nothing() {
        let mut sent = Sent::default();
        for now_s in [5_000, 1_000, 1_000] {
            sent.record(now_s);
        }
        assert_eq!(sent.blocked_until_s(LIMIT, 1_000), Some(5_600));
    }

    #[test]
    fn what_is_a_day_old_is_not_kept() {
        let mut sent = Sent::default();
        for now_s in [1_000, 1_001, 1_000 + WITHIN_MAX_S] {
            sent.record(now_s);
        }
        assert_eq!(sent.at_s, [1_001, 1_000 + WITHIN_MAX_S]);
    }

    #[test]
    fn every_bound_of_a_limit_has_its_own_fault() {
        assert_eq!(Limit { messages: 1, within_s: WITHIN_MIN_S }.check(), Ok(()));
        assert_eq!(Limit { messages: MESSAGES_MAX, within_s: WITHIN_MAX_S }.check(), Ok(()));
        for came in [0, MESSAGES_MAX + 1] {
            let limit = Limit { messages: came, ..LIMIT };
            assert_eq!(limit.check(), Err(LimitFault::Messages { came }));
        }
        for came_s in [WITHIN_MIN_S - 1, WITHIN_MAX_S + 1] {
            let limit = Limit { within_s: came_s, ..LIMIT };
            assert_eq!(limit.check(), Err(LimitFault::Within { came_s }));
        }
    }

    proptest! {
        #[test]
        fn no_window_holds_more_than_the_limit_and_none_is_withheld_below_it(
            messages in 1u32..6, within_s in 60u64..300,
            pauses in prop::collection::vec(0u64..90, 1..60),
        ) {
            let limit = Limit { messages, within_s };
            let (mut sent, mut told, mut now_s) = (Sent::default(), Vec::<u64>::new(), 1_000);
            for pause_s in pauses {
                now_s += pause_s;
                let within = told.iter().filter(|at_s| **at_s + within_s > now_s).count();
                let is_blocked = sent.blocked_until_s(limit, now_s).is_some();
                prop_assert_eq!(is_blocked, within >= messages as usize);
                if !is_blocked {
                    sent.record(now_s);
                    told.push(now_s);
                }
            }
        }

        #[test]
        fn what_is_kept_is_bounded_and_survives_being_stored(
            times in prop::collection::vec(0u64..200_000, 0..200),
        ) {
            let mut sent = Sent::default();
            for at_s in times {
                sent.record(at_s);
            }
            prop_assert!(sent.at_s.len() <= MESSAGES_MAX as usize);
            let stored = serde_json::to_string(&sent).unwrap();
            prop_assert!(stored.len() < 1_024);
            prop_assert_eq!(serde_json::from_str::<Sent>(&stored).unwrap(), sent);
        }
    }
}
