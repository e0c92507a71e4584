//! What calls add to a transaction, and what the floor adds in their place.

use anyhow::{Result, ensure};
use lumenscope_localnet::xdr::ScVal;
use serde::Serialize;

use super::floor;
use super::price::{Price, price};
use crate::stage::{Call, Recording, Stage};

/// What calls add to a transaction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// CPU instructions.
    pub instructions: i64,
    /// Ledger entries written.
    pub entries_written: i64,
    /// Encoded size of those entries, in bytes.
    pub written_bytes: i64,
    /// Encoded size of the events, in bytes.
    pub event_bytes: i64,
    /// The fee without transaction size, inclusion and rent.
    pub stroops: i64,
    /// Rent that the call pays at once.
    pub rent_stroops: i64,
    /// The same at ten times today's rate.
    pub rent_10x_stroops: i64,
    /// A year's rent of the persistent entries written.
    pub year_rent_stroops: i64,
    /// The same at ten times today's rate.
    pub year_rent_10x_stroops: i64,
}

/// Measures calls and their floor. The calls must succeed; nothing of them stays on the stage.
///
/// # Errors
/// When a call fails, or something cannot be encoded.
pub fn measure(stage: &mut Stage, calls: &[Call]) -> Result<(Figures, Option<Figures>)> {
    let (figures, used) = added(stage, calls)?;
    let floor = match floor::prepare(stage, &used)? {
        Some(floor_calls) => Some(added(stage, &floor_calls)?.0),
        None => None,
    };
    Ok((figures, floor))
}

/// The calls' figures over those of a transaction that takes the same arguments and calls nothing.
fn added(stage: &Stage, calls: &[Call]) -> Result<(Figures, Recording)> {
    let base = stage.record(&stage.through("noop", calls)?)?;
    let used = stage.record(&stage.through("call", calls)?)?;
    let expected = ScVal::U32(u32::try_from(calls.len())?);
    if used.return_value != expected {
        // Says what the host said.
        stage.clone().act(calls)?;
    }
    ensure!(used.return_value == expected, "expected every call to succeed");
    let figures =
        difference((&used, price(stage.ledger(), &used)), (&base, price(stage.ledger(), &base)));
    Ok((figures, used))
}

fn difference((used, cost): (&Recording, Price), (base, free): (&Recording, Price)) -> Figures {
    let between = |used: u32, base: u32| i64::from(used) - i64::from(base);
    Figures {
        instructions: between(used.instructions, base.instructions),
        entries_written: used.written.len() as i64 - base.written.len() as i64,
        written_bytes: between(used.written_bytes, base.written_bytes),
        event_bytes: between(used.events_bytes, base.events_bytes),
        stroops: cost.resources_stroops() - free.resources_stroops(),
        rent_stroops: cost.rent_stroops - free.rent_stroops,
        rent_10x_stroops: cost.rent_stress_stroops - free.rent_stress_stroops,
        year_rent_stroops: cost.year_stroops - free.year_stroops,
        year_rent_10x_stroops: cost.year_stress_stroops - free.year_stress_stroops,
    }
}
