//! What a transaction needs, in the five dimensions in which a simulation promises it.

use std::collections::BTreeSet;
use std::fmt;

use lumenscope_localnet::xdr::LedgerKey;

use crate::costs::Price;
use crate::stage::Recording;

/// Margin of a simulation on instructions: the larger of this share, in per cent, ..
const INSTRUCTIONS_MARGIN_PERCENT: u32 = 4;
/// .. and this many.
const INSTRUCTIONS_MARGIN: u32 = 50_000;
/// A call may use this part of the margin: the rest is for whatever else the transaction does.
const MARGIN_PART: u32 = 2;

/// One of the five ways in which an application can differ from its simulation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dimension {
    /// Other keys are read or written.
    Keys,
    /// Written entries have another size.
    Size,
    /// Other rent is due.
    Rent,
    /// More instructions, beyond half of the simulation's margin.
    Cpu,
    /// Events of another size.
    Events,
}

/// What a transaction needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needs {
    read_only: BTreeSet<LedgerKey>,
    read_write: BTreeSet<LedgerKey>,
    written_bytes: u32,
    rent_stroops: i64,
    instructions: u32,
    event_bytes: u32,
}

impl Needs {
    pub(super) fn new(used: &Recording, price: &Price) -> Self {
        Self {
            read_only: used.footprint.read_only.iter().cloned().collect(),
            read_write: used.footprint.read_write.iter().cloned().collect(),
            written_bytes: used.written_bytes,
            rent_stroops: price.rent_stroops,
            instructions: used.instructions,
            event_bytes: used.events_bytes,
        }
    }

    /// The dimensions in which `now` differs from what this promised.
    #[must_use]
    pub fn moved(&self, now: &Self) -> Vec<Dimension> {
        let margin = (self.instructions / 100)
            .saturating_mul(INSTRUCTIONS_MARGIN_PERCENT)
            .max(INSTRUCTIONS_MARGIN);
        let allowed = self.instructions.saturating_add(margin / MARGIN_PART);
        let same_keys = self.read_only == now.read_only && self.read_write == now.read_write;
        let moved = [
            (Dimension::Keys, !same_keys),
            (Dimension::Size, self.written_bytes != now.written_bytes),
            (Dimension::Rent, self.rent_stroops != now.rent_stroops),
            (Dimension::Cpu, now.instructions > allowed),
            (Dimension::Events, self.event_bytes != now.event_bytes),
        ];
        moved.into_iter().filter(|(_, moved)| *moved).map(|(dimension, _)| dimension).collect()
    }

    /// How many more instructions `now` needs; negative when fewer.
    #[must_use]
    pub fn instructions_apart(&self, now: &Self) -> i64 {
        i64::from(now.instructions) - i64::from(self.instructions)
    }
}

impl fmt::Display for Needs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} keys read, {} written, {} bytes, {} stroops of rent, {} instructions, {} bytes of \
             events",
            self.read_only.len(),
            self.read_write.len(),
            self.written_bytes,
            self.rent_stroops,
            self.instructions,
            self.event_bytes
        )
    }
}
