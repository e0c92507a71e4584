//! Slots: minutes of wall-clock time, and when one may be evaluated.

/// Seconds in a slot.
pub const SLOT_S: u32 = 60;

/// Seconds after its end in which reports of a slot may still come: an observer sees a ledger six
/// seconds after it closed, and reports within two more ledgers; the rest is for a slow node.
/// Whoever keeps the slots refuses to change one after that, so a result never has to be revised.
pub const GRACE_S: u32 = 30;

/// Slots that the ring of a watched metric holds. An older minute is overwritten by the newest.
pub const RING_SLOTS: u32 = 12;

/// The slot that a time lies in, in minutes since 1970-01-01T00:00Z.
pub const fn slot_of(at_s: u64) -> u32 {
    let slot = at_s / SLOT_S as u64;
    if slot > u32::MAX as u64 { u32::MAX } else { slot as u32 }
}

/// The first second after a slot.
pub const fn end_s(slot: u32) -> u64 {
    (slot as u64 + 1) * SLOT_S as u64
}

/// The watermark: the last slot that is closed and immutable at `now_s`. A slot is, once
/// `now_s` is at least its end and [`GRACE_S`].
pub const fn closed_through(now_s: u64) -> u32 {
    slot_of(now_s.saturating_sub(GRACE_S as u64)).saturating_sub(1)
}

/// The first slot whose end is at or after a time: where a deadline takes effect.
pub(crate) const fn slot_reaching(at_s: u64) -> u32 {
    slot_of(at_s.saturating_add(SLOT_S as u64 - 1)).saturating_sub(1)
}

/// Slots that a duration takes, rounded up.
// `div_ceil` cannot know that no duration is near the end of 32 bits, and costs twice the wasm.
#[allow(clippy::manual_div_ceil)]
pub(crate) const fn slots_for(duration_s: u32) -> u32 {
    (duration_s + SLOT_S - 1) / SLOT_S
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: u32 = 30_000_000;
    const START_S: u64 = MINUTE as u64 * 60;

    #[test]
    fn a_slot_is_closed_only_after_its_end_and_the_grace() {
        assert_eq!(closed_through(START_S + 59 + GRACE_S as u64), MINUTE - 1);
        assert_eq!(closed_through(START_S + 60 + GRACE_S as u64), MINUTE);
    }

    #[test]
    fn before_the_first_minutes_nothing_overflows() {
        assert_eq!(closed_through(0), 0);
        assert_eq!(slot_of(u64::MAX), u32::MAX);
    }

    #[test]
    fn a_deadline_takes_effect_in_the_first_slot_that_ends_at_or_after_it() {
        for at_s in START_S..START_S + 180 {
            let slot = slot_reaching(at_s);
            assert!(end_s(slot) >= at_s && end_s(slot - 1) < at_s, "{at_s}");
        }
    }
}
