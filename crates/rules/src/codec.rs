//! An alert's state and its transitions in a fixed number of bytes, so that the entry that holds
//! the one never changes size, and the event that tells of the other has no type for each code.
//!
//! Big endian, first byte the version, then the fields as `walk` and `walk_transition` meet them. A
//! released version never changes meaning: a new layout takes a new number and is read beside the
//! old one.

use core::fmt;

use crate::rule::Severity;
use crate::state::{Coverage, Handling, Phase, State, Status};
use crate::transition::{Kind, NOTHING, Reason, Transition};

/// The version written.
pub const VERSION: u8 = 1;
/// Bytes of an encoded state.
pub const STATE_BYTES: usize = 115;
/// Bytes of an encoded transition.
pub const TRANSITION_BYTES: usize = 52;

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

/// Reads or writes one field after the other: the layout is said once, in [`walk`].
struct Cursor<'a> {
    bytes: &'a mut [u8],
    at: usize,
    writes: bool,
    unknown: bool,
}

impl<'a> Cursor<'a> {
    /// Behind the version, which it writes.
    fn writing(bytes: &'a mut [u8]) -> Self {
        let mut cursor = Cursor { bytes, at: 0, writes: true, unknown: false };
        let mut version = VERSION;
        cursor.byte(&mut version);
        cursor
    }

    /// Behind the version, if it is known.
    fn reading(bytes: &'a mut [u8]) -> Result<Self, CodecFault> {
        let mut cursor = Cursor { bytes, at: 0, writes: false, unknown: false };
        let mut version = 0;
        cursor.byte(&mut version);
        if version == VERSION { Ok(cursor) } else { Err(CodecFault::Version(version)) }
    }

    fn number(&mut self, value: &mut u64, width: usize) {
        let mut read = 0;
        for place in (0..width).rev() {
            if let Some(byte) = self.bytes.get_mut(self.at) {
                if self.writes {
                    *byte = (*value >> (8 * place)) as u8;
                }
                read = (read << 8) | u64::from(*byte);
            }
            self.at += 1;
        }
        *value = read;
    }

    fn byte(&mut self, value: &mut u8) {
        let mut wide = u64::from(*value);
        self.number(&mut wide, 1);
        *value = wide as u8;
    }

    fn half(&mut self, value: &mut u16) {
        let mut wide = u64::from(*value);
        self.number(&mut wide, 2);
        *value = wide as u16;
    }

    fn word(&mut self, value: &mut u32) {
        let mut wide = u64::from(*value);
        self.number(&mut wide, 4);
        *value = wide as u32;
    }

    fn i128(&mut self, value: &mut i128) {
        let (mut high, mut low) = ((*value >> 64) as u64, *value as u64);
        self.number(&mut high, 8);
        self.number(&mut low, 8);
        *value = (i128::from(high as i64) << 64) | i128::from(low);
    }

    fn flag(&mut self, value: &mut bool) {
        let mut byte = u8::from(*value);
        self.byte(&mut byte);
        self.unknown |= byte > 1;
        *value = byte == 1;
    }

    fn code<T>(&mut self, value: &mut T, code: u8, from_code: fn(u8) -> Option<T>) {
        let mut code = code;
        self.byte(&mut code);
        match from_code(code) {
            Some(known) => *value = known,
            None => self.unknown = true,
        }
    }
}

fn walk(state: &mut State, cursor: &mut Cursor<'_>) {
    let code = state.phase.code();
    cursor.code(&mut state.phase, code, Phase::from_code);
    let code = state.coverage.code();
    cursor.code(&mut state.coverage, code, Coverage::from_code);
    let code = state.severity.code();
    cursor.code(&mut state.severity, code, Severity::from_code);
    let code = state.handling.code();
    cursor.code(&mut state.handling, code, Handling::from_code);
    for flag in [&mut state.fault, &mut state.fired, &mut state.notified] {
        cursor.flag(flag);
    }
    for byte in [&mut state.level, &mut state.repeated, &mut state.ladder.len] {
        cursor.byte(byte);
    }
    for word in [
        &mut state.through,
        &mut state.episode,
        &mut state.ordinal,
        &mut state.fault_ordinal,
        &mut state.since,
        &mut state.pending_since,
        &mut state.recovering_since,
        &mut state.last_notified,
        &mut state.suppressed,
        &mut state.due,
        &mut state.last_data,
        &mut state.last_lost,
        &mut state.points,
        &mut state.unwitnessed,
        &mut state.fired_total,
    ] {
        cursor.word(word);
    }
    cursor.number(&mut state.handling_until_s, 8);
    cursor.i128(&mut state.value);
    for level in &mut state.ladder.levels {
        cursor.half(&mut level.delay_slots);
        cursor.half(&mut level.repeat_slots);
        cursor.byte(&mut level.repeats);
    }
}

fn walk_transition(came: &mut Transition, cursor: &mut Cursor<'_>) {
    let code = came.kind.code();
    cursor.code(&mut came.kind, code, Kind::from_code);
    let code = came.reason.code();
    cursor.code(&mut came.reason, code, Reason::from_code);
    let code = came.from.code();
    cursor.code(&mut came.from, code, Status::from_code);
    let code = came.to.code();
    cursor.code(&mut came.to, code, Status::from_code);
    let code = came.severity.code();
    cursor.code(&mut came.severity, code, Severity::from_code);
    cursor.flag(&mut came.notify);
    cursor.byte(&mut came.level);
    for word in [
        &mut came.slot,
        &mut came.episode,
        &mut came.ordinal,
        &mut came.suppressed,
        &mut came.points,
    ] {
        cursor.word(word);
    }
    cursor.number(&mut came.handling_until_s, 8);
    cursor.i128(&mut came.value);
}

/// Packs a state.
pub fn encode(state: &State) -> [u8; STATE_BYTES] {
    let mut bytes = [0; STATE_BYTES];
    let mut state = *state;
    walk(&mut state, &mut Cursor::writing(&mut bytes));
    bytes
}

/// Unpacks a state.
///
/// # Errors
///
/// [`CodecFault`] for another version or a code that means nothing.
pub fn decode(bytes: &[u8; STATE_BYTES]) -> Result<State, CodecFault> {
    let mut bytes = *bytes;
    let mut cursor = Cursor::reading(&mut bytes)?;
    let mut state = State::EMPTY;
    walk(&mut state, &mut cursor);
    if cursor.unknown { Err(CodecFault::Code) } else { Ok(state) }
}

/// Packs a transition.
pub fn encode_transition(came: &Transition) -> [u8; TRANSITION_BYTES] {
    let mut bytes = [0; TRANSITION_BYTES];
    let mut came = *came;
    walk_transition(&mut came, &mut Cursor::writing(&mut bytes));
    bytes
}

/// Unpacks a transition.
///
/// # Errors
///
/// [`CodecFault`] for another version or a code that means nothing.
pub fn decode_transition(bytes: &[u8; TRANSITION_BYTES]) -> Result<Transition, CodecFault> {
    let mut bytes = *bytes;
    let mut cursor = Cursor::reading(&mut bytes)?;
    let mut came = NOTHING;
    walk_transition(&mut came, &mut cursor);
    if cursor.unknown { Err(CodecFault::Code) } else { Ok(came) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::escalation::{Ladder, Level};

    /// Every field different from every other and from its default.
    fn state() -> State {
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
        }
    }

    #[test]
    fn the_released_layout_is_what_it_was() {
        let hex: std::string::String =
            encode(&state()).iter().map(|byte| std::format!("{byte:02x}")).collect();
        assert_eq!(hex, include_str!("../golden/state-v1.hex").trim_end());
        assert_eq!(decode(&encode(&state())), Ok(state()));
    }

    fn transition() -> Transition {
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
        }
    }

    #[test]
    fn the_released_layout_of_a_transition_is_what_it_was() {
        let hex: std::string::String = encode_transition(&transition())
            .iter()
            .map(|byte| std::format!("{byte:02x}"))
            .collect();
        assert_eq!(hex, include_str!("../golden/transition-v1.hex").trim_end());
        assert_eq!(decode_transition(&encode_transition(&transition())), Ok(transition()));
    }

    #[test]
    fn another_version_is_refused_with_its_number() {
        let mut bytes = encode(&state());
        bytes[0] = 2;
        assert_eq!(decode(&bytes), Err(CodecFault::Version(2)));
        let mut bytes = encode_transition(&transition());
        bytes[0] = 3;
        assert_eq!(decode_transition(&bytes), Err(CodecFault::Version(3)));
    }

    #[test]
    fn the_last_byte_of_each_layout_is_used() {
        let mut last = state();
        last.ladder.levels[3].repeats = 1;
        assert_ne!(encode(&last)[STATE_BYTES - 1], encode(&state())[STATE_BYTES - 1]);
        let last = Transition { value: 1, ..transition() };
        let (changed, came) = (encode_transition(&last), encode_transition(&transition()));
        assert_ne!(changed[TRANSITION_BYTES - 1], came[TRANSITION_BYTES - 1]);
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
            let mut all = encode(&state());
            all[at..at + 32].copy_from_slice(&bytes);
            let _ = decode(&all);
        }
    }
}
