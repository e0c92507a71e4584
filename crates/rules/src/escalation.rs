//! Escalation: whom to tell next when nobody reacts.
//!
//! A ladder holds times only. Which channels a level notifies stays in the policy, which never
//! changes under its id; an alert keeps a copy of the ladder that its episode started with.

use zerocopy::{Immutable, IntoBytes, TryFromBytes};

/// Levels of a ladder: its copy in an alert's state has a fixed width.
pub const LEVELS_MAX: usize = 4;
/// Repeated messages of one level: bounds what a forgotten alert sends.
pub const REPEATS_MAX: u16 = 10;

/// One level.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Immutable, IntoBytes, TryFromBytes)]
#[repr(C)]
pub struct Level {
    /// Slots of waiting before this level, since the episode's first message or the level below.
    /// Only the first level may have 0.
    pub delay_slots: u16,
    /// Slots between repeated messages of this level; at least 1 with repeats.
    pub repeat_slots: u16,
    /// Repeated messages before the next level's wait begins.
    pub repeats: u16,
}

/// Levels in order.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Immutable, IntoBytes, TryFromBytes)]
#[repr(C)]
pub struct Ladder {
    /// How many levels there are.
    pub len: u16,
    /// The levels; those beyond `len` mean nothing.
    pub levels: [Level; LEVELS_MAX],
}

impl Ladder {
    /// No escalation.
    pub const EMPTY: Ladder =
        Ladder { len: 0, levels: [Level { delay_slots: 0, repeat_slots: 0, repeats: 0 }; 4] };

    /// Whether every level is within bounds.
    pub fn is_valid(&self) -> bool {
        let len = usize::from(self.len);
        let mut is_valid = len <= LEVELS_MAX;
        for (at, level) in self.levels.iter().enumerate() {
            let is_within = (at == 0 || level.delay_slots > 0)
                && level.repeats <= REPEATS_MAX
                && (level.repeats == 0 || level.repeat_slots > 0);
            is_valid &= is_within || at >= len;
        }
        is_valid
    }

    /// The level after `reached` levels, if there is one.
    fn level(&self, reached: u8) -> Option<&Level> {
        if u16::from(reached) < self.len { self.levels.get(usize::from(reached)) } else { None }
    }

    /// The level that was reached last, if another of its repeats is to come.
    fn repeating(&self, reached: u8, repeated: u8) -> Option<&Level> {
        let current = self.level(reached.wrapping_sub(1))?;
        (u16::from(repeated) < current.repeats).then_some(current)
    }

    /// The slot in which the next message is due: `now` is that of the last one, `reached` counts
    /// levels and `repeated` the repeats of the last. 0: the ladder is exhausted.
    pub(crate) fn due(&self, now: u32, reached: u8, repeated: u8) -> u32 {
        let wait = if let Some(current) = self.repeating(reached, repeated) {
            current.repeat_slots.max(1)
        } else if let Some(next) = self.level(reached) {
            next.delay_slots.max(u16::from(reached > 0))
        } else {
            return 0;
        };
        now + u32::from(wait)
    }

    /// Levels reached and repeats of the last, after one more message.
    pub(crate) fn after_message(&self, reached: u8, repeated: u8) -> (u8, u8) {
        match self.repeating(reached, repeated) {
            Some(_) => (reached, repeated + 1),
            None => ((u16::from(reached) + 1).min(self.len) as u8, 0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ladder() -> Ladder {
        let mut ladder = Ladder { len: 2, ..Ladder::EMPTY };
        ladder.levels[0] = Level { delay_slots: 0, repeat_slots: 5, repeats: 1 };
        ladder.levels[1] = Level { delay_slots: 10, repeat_slots: 0, repeats: 0 };
        ladder
    }

    #[test]
    fn a_ladder_is_climbed_level_by_level_with_its_repeats_and_then_ends() {
        let ladder = ladder();
        let mut due = ladder.due(100, 0, 0);
        let mut at = (0, 0);
        let mut messages = std::vec::Vec::new();
        while due != 0 {
            at = ladder.after_message(at.0, at.1);
            messages.push((due, at.0));
            due = ladder.due(due, at.0, at.1);
        }
        assert_eq!(messages, [(100, 1), (105, 1), (115, 2)]);
    }

    #[test]
    fn no_message_follows_another_in_its_own_slot() {
        let mut ladder = ladder();
        ladder.levels[0] = Level { delay_slots: 0, repeat_slots: 0, repeats: 1 };
        ladder.levels[1].delay_slots = 0;
        assert_eq!(
            [ladder.due(100, 0, 0), ladder.due(100, 1, 0), ladder.due(100, 1, 1)],
            [100, 101, 101]
        );
    }

    #[test]
    fn a_ladder_out_of_bounds_is_refused() {
        assert!(ladder().is_valid() && Ladder::EMPTY.is_valid());
        let mut no_delay = ladder();
        no_delay.levels[1].delay_slots = 0;
        let mut no_interval = ladder();
        no_interval.levels[0].repeat_slots = 0;
        let mut too_often = ladder();
        too_often.levels[0].repeats = REPEATS_MAX + 1;
        assert!(!no_delay.is_valid() && !no_interval.is_valid() && !too_often.is_valid());
        assert!(!Ladder { len: 5, ..Ladder::EMPTY }.is_valid());
    }
}
