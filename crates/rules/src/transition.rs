//! Transitions: what an alert did, each with a key that is the same whoever computes it.

use zerocopy::{FromZeros, Immutable, IntoBytes};

#[cfg(test)]
use crate::codec::VERSION;
use crate::coded;
use crate::rule::Severity;
use crate::state::Status;

/// Marks the ordinals of transitions that a failing source caused. They depend on who looked when,
/// so they are counted apart and never shift the ordinals of the others.
pub const FAULT_SERIES: u32 = 1 << 31;

/// Transitions that one slot can cause: data returned, pending, firing and a first level; or data
/// returned, refiring, handling expired, severity raised and a level. One to spare.
pub const PER_STEP_MAX: usize = 6;

/// Transitions that one call returns; the rest waits for the next call.
pub const PER_CALL_MAX: usize = 12;

coded! {
    /// What happened.
    pub enum Kind {
        /// The condition has become true; a new episode.
        Pending = 0,
        /// The alert fires.
        Firing = 1,
        /// The condition became false before the alert fired.
        Cleared = 2,
        /// The condition became false; the alert stays up for a while.
        Recovering = 3,
        /// Firing again within the episode.
        Refiring = 4,
        /// The episode ended.
        Resolved = 5,
        /// Too little data.
        DataLost = 6,
        /// Data again, after too little or an error.
        DataReturned = 7,
        /// The figure could not be had.
        Failed = 8,
        /// Firing went back to pending: the rule now asks for a longer time.
        Demoted = 9,
        /// The rule's severity rose within the episode.
        SeverityRaised = 10,
        /// The cooldown is over and the alert still fires.
        CooldownOver = 11,
        /// The next level of the ladder, or a repetition of the same one.
        Escalated = 12,
        /// An acknowledgement or a snooze expired; escalation goes on.
        HandlingExpired = 13,
        /// Somebody acknowledged the episode.
        Acknowledged = 14,
        /// Somebody snoozed the episode.
        Snoozed = 15,
    }
}

coded! {
    /// Why it happened.
    pub enum Reason {
        /// The condition, on data.
        Condition = 0,
        /// The window held no sample.
        NoSamples = 1,
        /// The window held fewer samples than the rule's minimum.
        TooFewPoints = 2,
        /// The rule was changed.
        ConfigChanged = 3,
        /// A person.
        Operator = 4,
        /// The rule was paused.
        RulePaused = 5,
        /// The rule was deleted.
        RuleDeleted = 6,
        /// The figure does not fit 128 bits.
        Overflow = 7,
        /// Reading the source failed.
        SourceFailed = 8,
        /// Time passed.
        Elapsed = 9,
        /// The window before, which a change is a share of, reads 0.
        NoBase = 10,
    }
}

/// One transition of one alert.
///
/// Its fields lie in memory as they are published ([`crate::codec`]): their order is the layout.
#[derive(Clone, Copy, Debug, Eq, PartialEq, FromZeros, Immutable, IntoBytes)]
#[repr(C)]
pub struct Transition {
    pub(crate) version: u8,
    /// What happened.
    pub kind: Kind,
    /// Why.
    pub reason: Reason,
    /// The status before.
    pub from: Status,
    /// The status after.
    pub to: Status,
    /// The episode's severity.
    pub severity: Severity,
    /// Whether somebody should be told. Handling, cooldown and a silent kind withhold it.
    pub notify: bool,
    /// Levels of the ladder reached.
    pub level: u8,
    /// When an acknowledgement or a snooze ends, seconds UTC; 0 without one.
    pub handling_until_s: u64,
    /// The figure of the slot, rounded toward zero; 0 without one, and for what came from outside
    /// the slots.
    pub value: i128,
    /// The slot that caused it; for a person's act, the slot it happened in.
    pub slot: u32,
    /// The episode; 0 before the first.
    pub episode: u32,
    /// Its number within the alert, from 0. With [`FAULT_SERIES`] set: within the faults.
    pub ordinal: u32,
    /// Messages withheld since the last one; nonzero only with `notify`.
    pub suppressed: u32,
    /// Samples behind the figure; 0 without one.
    pub points: u32,
    pub(crate) reserved: [u8; 12],
}

/// Bytes of a transition's key.
pub const KEY_BYTES: usize = 56;

impl Transition {
    /// The receiver's idempotency key: rule, fingerprint of the alert, episode and ordinal, big
    /// endian.
    pub fn key(&self, rule: &[u8; 32], fingerprint: &[u8; 16]) -> [u8; KEY_BYTES] {
        let mut key = [0; KEY_BYTES];
        key[..32].copy_from_slice(rule);
        key[32..48].copy_from_slice(fingerprint);
        key[48..52].copy_from_slice(&self.episode.to_be_bytes());
        key[52..].copy_from_slice(&self.ordinal.to_be_bytes());
        key
    }
}

#[cfg(test)]
pub(crate) const NOTHING: Transition = Transition {
    version: VERSION,
    kind: Kind::Pending,
    reason: Reason::Condition,
    from: Status::Inactive,
    to: Status::Inactive,
    severity: Severity::Info,
    notify: false,
    level: 0,
    handling_until_s: 0,
    value: 0,
    slot: 0,
    episode: 0,
    ordinal: 0,
    suppressed: 0,
    points: 0,
    reserved: [0; 12],
};

/// At most [`PER_CALL_MAX`] transitions, oldest first.
#[derive(Clone, Copy, Debug)]
pub struct Transitions {
    len: usize,
    limit: usize,
    items: [Transition; PER_CALL_MAX],
}

impl Transitions {
    /// None yet.
    pub fn new() -> Self {
        Transitions::limited(PER_CALL_MAX)
    }

    /// None yet, and room for `limit`: below [`PER_STEP_MAX`] there is none for a step.
    #[inline(never)]
    pub fn limited(limit: usize) -> Self {
        Transitions { len: 0, limit: limit.min(PER_CALL_MAX), items: FromZeros::new_zeroed() }
    }

    /// The transitions, oldest first.
    pub fn as_slice(&self) -> &[Transition] {
        self.items.get(..self.len).unwrap_or(&[])
    }

    /// Whether another step's transitions fit.
    pub(crate) fn has_room(&self) -> bool {
        self.len + PER_STEP_MAX <= self.limit
    }

    pub(crate) fn push(&mut self, transition: Transition) {
        if let Some(place) = self.items.get_mut(self.len) {
            *place = transition;
            self.len += 1;
        }
    }
}

impl Default for Transitions {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_of_rule_fingerprint_episode_and_ordinal() {
        let transition = Transition { episode: 3, ordinal: 7, ..NOTHING };
        let key = transition.key(&[1; 32], &[2; 16]);
        assert_eq!(key[..32], [1; 32]);
        assert_eq!(key[32..48], [2; 16]);
        assert_eq!(key[48..], [0, 0, 0, 3, 0, 0, 0, 7]);
    }

    #[test]
    fn codes_go_back_and_forth_and_unknown_ones_are_refused() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_code(kind.code()), Some(*kind));
        }
        assert_eq!(Kind::from_code(Kind::ALL.len() as u8), None);
        for reason in Reason::ALL {
            assert_eq!(Reason::from_code(reason.code()), Some(*reason));
        }
        assert_eq!(Reason::from_code(Reason::ALL.len() as u8), None);
    }
}
