//! Transactions simulated in one world and applied in another.

use anyhow::{Context, Result, ensure};
use lumenscope_localnet::xdr::{HostFunction, ScVal};
use lumenscope_localnet::{Failure, Simulation, resource_fee};

use super::{Change, Dimension, Expectation, Monitored, Needs};
use crate::costs::price;
use crate::stage::Stage;

/// A transaction with a smart wallet's signatures, in bytes. What a simulation adds for its size
/// is used up by them: nothing is left to pay for an event that it did not see.
const LARGE_TRANSACTION_BYTES: u32 = 3_000;
/// Margin of a simulation on rent and events, in per cent.
const REFUNDABLE_MARGIN_PERCENT: i64 = 15;
/// How many calls a transaction makes: they share one margin.
const CALLS: [u32; 4] = [1, 2, 4, 8];

/// How large a transaction is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// The calls it makes.
    pub calls: u32,
    /// Its size in bytes, where its fee leaves nothing for more than that.
    pub size_bytes: Option<u32>,
}

/// What became of a transaction.
#[derive(Clone, Debug)]
pub struct Applied {
    /// Its load.
    pub load: Load,
    /// Why it failed, if it did.
    pub failure: Option<Failure>,
    /// How many of its calls succeeded.
    pub succeeded: u32,
    /// Whether, where a failure is allowed, the same calls succeeded when simulated again.
    pub succeeds_again: Option<bool>,
}

impl Applied {
    /// Whether it did what its simulation promised.
    #[must_use]
    pub fn as_simulated(&self) -> bool {
        self.failure.is_none() && self.succeeded == self.load.calls
    }
}

/// What a change did.
#[derive(Clone, Debug)]
pub struct Trial {
    /// What happened between simulation and application.
    pub change: &'static str,
    /// What may come of it.
    pub expectation: Expectation,
    /// What the largest transaction was promised to need.
    pub promised: Needs,
    /// What it needs after the change; none when it fails even in simulation.
    pub needed: Option<Needs>,
    /// What became of each transaction.
    pub applied: Vec<Applied>,
}

impl Trial {
    pub(super) fn of<M: Monitored>(world: &M, change: &Change<M>) -> Result<Self> {
        let mut before = world.clone();
        (change.before)(&mut before).context("preparing")?;
        let promises: Result<Vec<Promise>> =
            CALLS.iter().map(|calls| Promise::of(&mut before, *calls)).collect();
        let promises = promises.context("simulating")?;
        let largest = promises.last().context("expected at least one load")?;
        let promised = needs(before.stage(), &largest.function)?;
        let mut after = before;
        (change.between)(&mut after).context("changing")?;
        let needed = needs(after.stage(), &largest.function).ok();
        let mut applied = Vec::new();
        for promise in &promises {
            for size_bytes in [None, Some(LARGE_TRANSACTION_BYTES)] {
                let world = after.clone();
                applied.push(promise.keep(world, size_bytes, change.expectation)?);
            }
        }
        let Change { name, expectation, .. } = *change;
        Ok(Self { change: name, expectation, promised, needed, applied })
    }

    /// The dimensions that moved.
    #[must_use]
    pub fn moved(&self) -> Vec<Dimension> {
        self.needed.as_ref().map_or_else(Vec::new, |needed| self.promised.moved(needed))
    }

    /// What is wrong, a line each; empty when the expectation held.
    #[must_use]
    pub fn violations(&self) -> Vec<String> {
        match self.expectation {
            Expectation::Stable | Expectation::Applies => self.instabilities(),
            Expectation::MayFailOnce => {
                let again = |applied: &&Applied| applied.succeeds_again != Some(true);
                let failing = self.applied.iter().filter(again);
                failing
                    .map(|applied| format!("{}: fails again: {applied:?}", self.change))
                    .collect()
            }
        }
    }

    fn instabilities(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let needed = self.needed.as_ref().map_or("a failure".to_owned(), Needs::to_string);
        let mut moved = self.moved();
        if self.expectation == Expectation::Applies {
            moved.retain(|dimension| *dimension != Dimension::Cpu);
        }
        if self.needed.is_none() || !moved.is_empty() {
            lines.push(format!(
                "{}: moved {:?}: promised {}, needed {needed}",
                self.change, moved, self.promised,
            ));
        }
        let failed = self.applied.iter().filter(|applied| !applied.as_simulated());
        lines.extend(failed.map(|applied| format!("{}: {applied:?}", self.change)));
        lines
    }
}

/// A simulated transaction.
struct Promise {
    calls: u32,
    function: HostFunction,
    simulation: Simulation,
    /// Rent and events, with the simulation's margin.
    refundable_stroops: i64,
}

impl Promise {
    fn of<M: Monitored>(world: &mut M, calls: u32) -> Result<Self> {
        let function = host_function(world, calls)?;
        let stage = world.stage();
        let simulation = stage.simulate(&function)?;
        let used = stage.record(&function)?;
        let price = price(stage.ledger(), &used);
        let refundable_stroops =
            (price.events_stroops + price.rent_stroops) * (100 + REFUNDABLE_MARGIN_PERCENT) / 100;
        Ok(Self { calls, function, simulation, refundable_stroops })
    }

    fn keep<M: Monitored>(
        &self,
        mut world: M,
        size_bytes: Option<u32>,
        expectation: Expectation,
    ) -> Result<Applied> {
        let stage = world.stage();
        let mut simulation = self.simulation.clone();
        if let Some(size_bytes) = size_bytes {
            let configuration = stage.ledger().configuration();
            let fee = resource_fee(configuration, &simulation.data, size_bytes, 0, false);
            simulation.data.resource_fee = fee.non_refundable_stroops + self.refundable_stroops;
        }
        let outcome = stage.apply(&self.function, &simulation, size_bytes)?;
        let failure = outcome.failure();
        let succeeded = match (&failure, outcome.return_value()) {
            (None, Some(ScVal::U32(succeeded))) => *succeeded,
            _ => 0,
        };
        let succeeds_again = match expectation {
            Expectation::Stable | Expectation::Applies => None,
            Expectation::MayFailOnce => Some(again(&mut world, self.calls)?),
        };
        let load = Load { calls: self.calls, size_bytes };
        Ok(Applied { load, failure, succeeded, succeeds_again })
    }
}

fn host_function<M: Monitored>(world: &mut M, count: u32) -> Result<HostFunction> {
    let calls = world.calls(count)?;
    ensure!(calls.len() == count as usize, "expected {count} calls, not {}", calls.len());
    world.stage().through("call", &calls)
}

fn needs(stage: &Stage, function: &HostFunction) -> Result<Needs> {
    let used = stage.record(function)?;
    Ok(Needs::new(&used, &price(stage.ledger(), &used)))
}

/// Simulates and applies again with nothing in between.
fn again<M: Monitored>(world: &mut M, count: u32) -> Result<bool> {
    let calls = world.calls(count)?;
    Ok(world.stage().act(&calls).is_ok())
}
