//! An alert's state in a fixed number of bytes, so that the entry that holds it never changes size.
//!
//! Big endian, fields in the order of [`encode`], first byte the version. A released version never
//! changes meaning: a new layout takes a new number and is read beside the old one.

use core::fmt;

use crate::escalation::{Ladder, Level};
use crate::rule::Severity;
use crate::state::{Coverage, HISTORY, Handling, Phase, Record, State, Status};
use crate::transition::{Kind, Reason};

/// The version written.
pub const VERSION: u8 = 1;
/// Bytes of an encoded state.
pub const STATE_BYTES: usize = 361;

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
                write!(f, "expected an alert state of version {VERSION}, came {came}")
            }
            CodecFault::Code => f.write_str("an alert state with an unknown code"),
        }
    }
}

impl core::error::Error for CodecFault {}

struct Writer {
    bytes: [u8; STATE_BYTES],
    at: usize,
}

impl Writer {
    fn put(&mut self, value: u64, width: usize) {
        for place in (0..width).rev() {
            if let Some(byte) = self.bytes.get_mut(self.at) {
                *byte = (value >> (8 * place)) as u8;
            }
            self.at += 1;
        }
    }

    fn put_i128(&mut self, value: i128) {
        self.put((value >> 64) as u64, 8);
        self.put(value as u64, 8);
    }
}

struct Reader<'a> {
    bytes: &'a [u8; STATE_BYTES],
    at: usize,
}

impl Reader<'_> {
    fn take(&mut self, width: usize) -> u64 {
        let mut value = 0;
        for _ in 0..width {
            value = (value << 8) | u64::from(self.bytes.get(self.at).copied().unwrap_or(0));
            self.at += 1;
        }
        value
    }

    fn u32(&mut self) -> u32 {
        self.take(4) as u32
    }

    fn u16(&mut self) -> u16 {
        self.take(2) as u16
    }

    fn u8(&mut self) -> u8 {
        self.take(1) as u8
    }

    fn i128(&mut self) -> i128 {
        let high = self.take(8);
        (i128::from(high as i64) << 64) | i128::from(self.take(8))
    }

    fn coded<T>(&mut self, from_code: fn(u8) -> Option<T>) -> Result<T, CodecFault> {
        from_code(self.u8()).ok_or(CodecFault::Code)
    }
}

/// Packs a state.
pub fn encode(state: &State) -> [u8; STATE_BYTES] {
    let mut to = Writer { bytes: [0; STATE_BYTES], at: 0 };
    let flags = u8::from(state.fault) | u8::from(state.fired) << 1 | u8::from(state.notified) << 2;
    for byte in [
        VERSION,
        state.phase.code(),
        state.coverage.code(),
        flags,
        state.severity.code(),
        state.handling.code(),
        state.level,
        state.repeated,
        state.ladder.len,
    ] {
        to.put(u64::from(byte), 1);
    }
    for word in [
        state.through,
        state.episode,
        state.ordinal,
        state.fault_ordinal,
        state.since,
        state.pending_since,
        state.recovering_since,
        state.last_notified,
        state.suppressed,
        state.due,
        state.last_data,
        state.last_lost,
        state.points,
        state.unwitnessed,
        state.fired_total,
    ] {
        to.put(u64::from(word), 4);
    }
    to.put(state.handling_until_s, 8);
    to.put_i128(state.value);
    for level in &state.ladder.levels {
        to.put(u64::from(level.delay_slots), 2);
        to.put(u64::from(level.repeat_slots), 2);
        to.put(u64::from(level.repeats), 1);
    }
    for record in &state.history {
        to.put(u64::from(record.slot), 4);
        to.put(u64::from(record.episode), 4);
        to.put(u64::from(record.ordinal), 4);
        to.put(u64::from(record.kind.code()), 1);
        to.put(u64::from(record.reason.code()), 1);
        to.put(u64::from(record.to.code()), 1);
        to.put_i128(record.value);
    }
    to.bytes
}

/// Unpacks a state.
///
/// # Errors
///
/// [`CodecFault`] for another version or a code that means nothing.
pub fn decode(bytes: &[u8; STATE_BYTES]) -> Result<State, CodecFault> {
    let mut from = Reader { bytes, at: 0 };
    let version = from.u8();
    if version != VERSION {
        return Err(CodecFault::Version(version));
    }
    let phase = from.coded(Phase::from_code)?;
    let coverage = from.coded(Coverage::from_code)?;
    let flags = from.u8();
    let severity = from.coded(Severity::from_code)?;
    let handling = from.coded(Handling::from_code)?;
    let level = from.u8();
    let repeated = from.u8();
    let mut ladder = Ladder { len: from.u8(), ..Ladder::EMPTY };
    let mut state = State {
        phase,
        coverage,
        fault: flags & 1 != 0,
        fired: flags & 2 != 0,
        notified: flags & 4 != 0,
        severity,
        handling,
        level,
        repeated,
        through: from.u32(),
        episode: from.u32(),
        ordinal: from.u32(),
        fault_ordinal: from.u32(),
        since: from.u32(),
        pending_since: from.u32(),
        recovering_since: from.u32(),
        last_notified: from.u32(),
        suppressed: from.u32(),
        due: from.u32(),
        last_data: from.u32(),
        last_lost: from.u32(),
        points: from.u32(),
        unwitnessed: from.u32(),
        fired_total: from.u32(),
        handling_until_s: from.take(8),
        value: from.i128(),
        ladder: Ladder::EMPTY,
        history: [Record::EMPTY; HISTORY],
    };
    for level in &mut ladder.levels {
        *level = Level { delay_slots: from.u16(), repeat_slots: from.u16(), repeats: from.u8() };
    }
    state.ladder = ladder;
    for record in &mut state.history {
        *record = Record {
            slot: from.u32(),
            episode: from.u32(),
            ordinal: from.u32(),
            kind: from.coded(Kind::from_code)?,
            reason: from.coded(Reason::from_code)?,
            to: from.coded(Status::from_code)?,
            value: from.i128(),
        };
    }
    Ok(state)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Every field different from every other and from its default.
    fn state() -> State {
        let mut ladder = Ladder { len: 2, ..Ladder::EMPTY };
        ladder.levels[0] = Level { delay_slots: 0x0102, repeat_slots: 0x0304, repeats: 5 };
        ladder.levels[3] = Level { delay_slots: 0x0607, repeat_slots: 0x0809, repeats: 10 };
        let mut history = [Record::EMPTY; HISTORY];
        history[0] = Record {
            slot: 30_000_000,
            episode: 4,
            ordinal: 9,
            kind: Kind::Firing,
            reason: Reason::TooFewPoints,
            to: Status::Firing,
            value: -2,
        };
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
            history,
        }
    }

    #[test]
    fn the_released_layout_is_what_it_was() {
        let hex: std::string::String =
            encode(&state()).iter().map(|byte| std::format!("{byte:02x}")).collect();
        assert_eq!(hex, include_str!("../golden/state-v1.hex").trim_end());
        assert_eq!(decode(&encode(&state())), Ok(state()));
    }

    #[test]
    fn another_version_is_refused_with_its_number() {
        let mut bytes = encode(&state());
        bytes[0] = 2;
        assert_eq!(decode(&bytes), Err(CodecFault::Version(2)));
    }

    #[test]
    fn the_last_byte_of_the_layout_is_used() {
        let mut last = state();
        last.history[HISTORY - 1].value = 1;
        assert_ne!(encode(&last)[STATE_BYTES - 1], encode(&state())[STATE_BYTES - 1]);
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
