//! An alert's state and its transitions in a fixed number of bytes, so that the entry that holds
//! the one never changes size, and the event that tells of the other has no type for each code.
//!
//! Little endian, first byte the version. Both lie in memory as they are stored and published, so
//! that taking one from its bytes is one check of its codes and one copy. A released version never
//! changes meaning: a new layout takes a new number and is read beside the old one.

use core::fmt;

use zerocopy::TryFromBytes;

use crate::state::State;
use crate::transition::Transition;

/// The version written.
pub const VERSION: u8 = 1;
/// Bytes of an encoded state.
pub const STATE_BYTES: usize = size_of::<State>();
/// Bytes of an encoded transition.
pub const TRANSITION_BYTES: usize = size_of::<Transition>();

/// Why bytes are not a state.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum CodecFault {
    /// Written by another version.
    Version(u8),
    /// A code that no variant has.
    Code,
}

impl fmt::Display for CodecFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CodecFault::Version(came) => {
                write!(f, "expected version {VERSION}, came {came}")
            }
            CodecFault::Code => f.write_str("a code that means nothing"),
        }
    }
}

impl core::error::Error for CodecFault {}

#[cfg(target_endian = "big")]
compile_error!("a state is stored as it lies in the memory of a little-endian machine");

/// Packs a state.
pub fn encode(state: &State) -> [u8; STATE_BYTES] {
    zerocopy::transmute!(*state)
}

/// Unpacks a state.
///
/// # Errors
///
/// [`CodecFault`] for another version or a code that means nothing.
pub fn decode(bytes: &[u8; STATE_BYTES]) -> Result<State, CodecFault> {
    look_at(&Aligned(*bytes)).copied()
}

/// The bytes of a state at an address that a state may have.
#[repr(C, align(16))]
pub struct Aligned(pub [u8; STATE_BYTES]);

/// The state that these bytes are, where they are.
///
/// # Errors
///
/// As [`decode`].
#[inline(always)]
pub fn look_at(bytes: &Aligned) -> Result<&State, CodecFault> {
    if bytes.0[0] != VERSION {
        return Err(CodecFault::Version(bytes.0[0]));
    }
    State::try_ref_from_bytes(&bytes.0).map_err(|_| CodecFault::Code)
}

/// Packs a transition.
pub fn encode_transition(from: &Transition) -> [u8; TRANSITION_BYTES] {
    zerocopy::transmute!(*from)
}

/// Unpacks a transition.
///
/// # Errors
///
/// [`CodecFault`] for another version or a code that means nothing.
pub fn decode_transition(bytes: &[u8; TRANSITION_BYTES]) -> Result<Transition, CodecFault> {
    if bytes[0] != VERSION {
        return Err(CodecFault::Version(bytes[0]));
    }
    Transition::try_read_from_bytes(bytes).map_err(|_| CodecFault::Code)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::escalation::{Ladder, Level};
    use crate::rule::Severity;
    use crate::state::{Coverage, Handling, Phase, Status};
    use crate::transition::{Kind, NOTHING, Reason};

    /// Every field different from every other and from its default.
    fn some_state() -> State {
        let mut ladder = Ladder { len: 2, ..Ladder::EMPTY };
        ladder.levels[0] = Level { delay_slots: 0x0102, repeat_slots: 0x0304, repeats: 5 };
        ladder.levels[3] = Level { delay_slots: 0x0607, repeat_slots: 0x0809, repeats: 10 };
        State {
            through: 30_000_001,
            episode: 4,
            ordinal: 10,
            fault_ordinal: 11,
            phase: Phase::Firing,
            coverage: Coverage::NoData,
            fault: true,
            fired: true,
            notified: false,
            severity: Severity::Critical,
            handling: Handling::Snoozed,
            handling_until_s: 1_800_000_000,
            since: 30_000_002,
            pending_since: 30_000_003,
            recovering_since: 30_000_004,
            last_notified: 30_000_005,
            suppressed: 6,
            level: 1,
            repeated: 2,
            due: 30_000_006,
            ladder,
            last_data: 30_000_007,
            last_lost: 30_000_008,
            value: i128::MIN,
            points: 12,
            unwitnessed: 13,
            fired_total: 14,
            remembers: 0x0001_0203,
            variance: u128::MAX - 1,
            memory: -15,
            seen: 16,
            quiet_through: 30_000_009,
            ..State::EMPTY
        }
    }

    #[test]
    fn the_released_layout_is_what_it_was() {
        let hex: std::string::String =
            encode(&some_state()).iter().map(|byte| std::format!("{byte:02x}")).collect();
        assert_eq!(hex, include_str!("../golden/state-v1.hex").trim_end());
        assert_eq!(decode(&encode(&some_state())), Ok(some_state()));
    }

    fn some_transition() -> Transition {
        Transition {
            slot: 30_000_001,
            episode: 4,
            ordinal: 0x8000_0009,
            kind: Kind::Escalated,
            reason: Reason::Elapsed,
            from: Status::NoData,
            to: Status::Error,
            severity: Severity::Critical,
            notify: true,
            suppressed: 6,
            level: 3,
            handling_until_s: 1_800_000_000,
            value: -2,
            points: 12,
            ..NOTHING
        }
    }

    #[test]
    fn the_released_layout_of_a_transition_is_what_it_was() {
        let hex: std::string::String = encode_transition(&some_transition())
            .iter()
            .map(|byte| std::format!("{byte:02x}"))
            .collect();
        assert_eq!(hex, include_str!("../golden/transition-v1.hex").trim_end());
        assert_eq!(
            decode_transition(&encode_transition(&some_transition())),
            Ok(some_transition())
        );
    }

    #[test]
    fn another_version_is_refused_with_its_number() {
        let mut bytes = encode(&some_state());
        bytes[0] = 2;
        assert_eq!(decode(&bytes), Err(CodecFault::Version(2)));
        let mut bytes = encode_transition(&some_transition());
        bytes[0] = 3;
        assert_eq!(decode_transition(&bytes), Err(CodecFault::Version(3)));
    }

    #[test]
    fn the_last_byte_of_each_layout_is_used() {
        let last = State { quiet_through: u32::MAX, ..some_state() };
        assert_ne!(encode(&last)[STATE_BYTES - 1], encode(&some_state())[STATE_BYTES - 1]);
        let last = Transition { points: u32::MAX, ..some_transition() };
        let (changed, came) = (encode_transition(&last), encode_transition(&some_transition()));
        // Twelve bytes are kept for what comes.
        assert_ne!(changed[TRANSITION_BYTES - 13], came[TRANSITION_BYTES - 13]);
    }

    proptest! {
        #[test]
        fn whatever_decodes_encodes_to_the_same_bytes(
            bytes in proptest::collection::vec(0u8..6, STATE_BYTES),
        ) {
            let mut bytes: [u8; STATE_BYTES] = bytes.try_into().unwrap();
            bytes[0] = VERSION;
            if let Ok(state) = decode(&bytes) {
                prop_assert_eq!(encode(&state), bytes);
            }
        }

        #[test]
        fn no_bytes_break_the_decoder(bytes in any::<[u8; 32]>(), at in 0..STATE_BYTES - 32) {
            let mut all = encode(&some_state());
            all[at..at + 32].copy_from_slice(&bytes);
            let _ = decode(&all);
        }
    }
}
