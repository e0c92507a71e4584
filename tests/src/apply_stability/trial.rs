//! One transaction, simulated in one world and applied in another.

use anyhow::{Result, ensure};
use lumenscope_localnet::xdr::{HostFunction, ScVal};
use lumenscope_localnet::{Failure, Simulation, resource_fee};

use super::{Dimension, Expectation, Monitored, Needs};
use crate::costs::price;
use crate::stage::Stage;

/// A transaction with a smart wallet's signatures, in bytes. What a simulation adds for its size
/// is used up by them: nothing is left to pay for an event that it did not see.
const LARGE_TRANSACTION_BYTES: u32 = 3_000;
/// Margin of a simulation on rent and events, in per cent.
const REFUNDABLE_MARGIN_PERCENT: i64 = 15;

/// How large a transaction is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// The calls it makes: they share one margin.
    pub calls: u32,
    /// Its size, where that is not simply what it encodes to, in bytes.
    pub size_bytes: Option<u32>,
}

/// One, two, four and eight calls, each in a plain transaction and in a large one.
#[must_use]
pub fn loads() -> Vec<Load> {
    let sizes = [None, Some(LARGE_TRANSACTION_BYTES)];
    let load = |calls| sizes.map(|size_bytes| Load { calls, size_bytes });
    [1, 2, 4, 8].into_iter().flat_map(load).collect()
}

/// What became of a transaction after a change.
#[derive(Clone, Debug)]
pub struct Trial {
    /// What happened between simulation and application.
    pub change: &'static str,
    /// What may come of it.
    pub expectation: Expectation,
    /// The transaction's load.
    pub load: Load,
    /// What was promised.
    pub promised: Needs,
    /// What a simulation after the change would promise; none when it fails.
    pub needed: Option<Needs>,
    /// Why the application failed, if it did.
    pub failure: Option<Failure>,
    /// How many of its calls succeeded.
    pub succeeded: u32,
    /// Whether simulating and applying again succeeded with every call.
    pub succeeds_again: bool,
}

impl Trial {
    /// The dimensions that moved.
    #[must_use]
    pub fn moved(&self) -> Vec<Dimension> {
        self.needed.as_ref().map_or_else(Vec::new, |needed| self.promised.moved(needed))
    }

    /// Whether the transaction did what its simulation promised.
    #[must_use]
    pub fn applied(&self) -> bool {
        self.failure.is_none() && self.succeeded == self.load.calls
    }

    /// What is wrong, in a line; none when the expectation held.
    #[must_use]
    pub fn violation(&self) -> Option<String> {
        let held = match self.expectation {
            Expectation::Stable => {
                self.applied() && self.needed.is_some() && self.moved().is_empty()
            }
            Expectation::MayFailOnce => self.succeeds_again,
        };
        (!held).then(|| self.describe())
    }

    fn describe(&self) -> String {
        let Load { calls, size_bytes } = self.load;
        let size = size_bytes.map_or(String::new(), |bytes| format!(" of {bytes} bytes"));
        let outcome = match &self.failure {
            Some(failure) => format!("failed: {failure:?}"),
            None => format!("applied, {} of {calls} calls succeeded", self.succeeded),
        };
        let needed = self.needed.as_ref().map_or("a failure".to_owned(), Needs::to_string);
        let again = if self.succeeds_again { "" } else { "; fails again" };
        format!(
            "{}: a transaction{size} with {calls} calls {outcome}{again}; moved {:?}; promised {}; \
             needed {needed}",
            self.change,
            self.moved(),
            self.promised
        )
    }
}

/// A simulated transaction.
pub(super) struct Promise {
    load: Load,
    function: HostFunction,
    simulation: Simulation,
    needs: Needs,
}

impl Promise {
    pub(super) fn of<M: Monitored>(world: &mut M, load: Load) -> Result<Self> {
        let calls = world.calls(load.calls)?;
        let stage = world.stage();
        let function = stage.through("call", &calls)?;
        let mut simulation = stage.simulate(&function)?;
        let used = stage.record(&function)?;
        let price = price(stage.ledger(), &used);
        if let Some(size_bytes) = load.size_bytes {
            let refundable_stroops = price.events_stroops + price.rent_stroops;
            let configuration = stage.ledger().configuration();
            let fee = resource_fee(configuration, &simulation.data, size_bytes, 0, false);
            simulation.data.resource_fee = fee.non_refundable_stroops
                + refundable_stroops * (100 + REFUNDABLE_MARGIN_PERCENT) / 100;
        }
        Ok(Self { load, needs: Needs::new(&used, &price), function, simulation })
    }

    pub(super) fn keep<M: Monitored>(
        self,
        mut world: M,
        change: &'static str,
        expectation: Expectation,
    ) -> Result<Trial> {
        let stage = world.stage();
        let needed = needs(stage, &self.function).ok();
        let outcome = stage.apply(&self.function, &self.simulation, self.load.size_bytes)?;
        let failure = outcome.failure();
        let succeeded = match (&failure, outcome.return_value()) {
            (None, Some(ScVal::U32(succeeded))) => *succeeded,
            _ => 0,
        };
        let succeeds_again = again(&mut world, self.load)?;
        Ok(Trial {
            change,
            expectation,
            load: self.load,
            promised: self.needs,
            needed,
            failure,
            succeeded,
            succeeds_again,
        })
    }
}

fn needs(stage: &Stage, function: &HostFunction) -> Result<Needs> {
    let used = stage.record(function)?;
    Ok(Needs::new(&used, &price(stage.ledger(), &used)))
}

/// Simulates and applies again with nothing in between.
fn again<M: Monitored>(world: &mut M, load: Load) -> Result<bool> {
    let calls = world.calls(load.calls)?;
    ensure!(calls.len() == load.calls as usize, "expected {} calls", load.calls);
    Ok(world.stage().act(&calls).is_ok())
}
