//! A transaction applies with what its simulation promised: this simulates, changes the world,
//! and applies with the simulated footprint, bytes, instructions and fee enforced.
//!
//! Unit tests record while they run, so they cannot see a violation. A call is **apply-stable**
//! when it holds in five dimensions whatever happens in between ([`Dimension`]).

mod needs;
mod trial;

pub use needs::{Dimension, Needs};
pub use trial::{Applied, Load, Trial};

use anyhow::{Context, Result};

use crate::stage::{Call, Stage};

/// A world in which a contract makes the calls in question.
pub trait Monitored: Clone {
    /// The ledger.
    fn stage(&mut self) -> &mut Stage;

    /// The calls that one transaction makes, this many.
    ///
    /// # Errors
    /// When they cannot be encoded.
    fn calls(&mut self, count: u32) -> Result<Vec<Call>>;
}

/// What may come of a change between simulation and application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expectation {
    /// The transaction applies as simulated, and needs hardly more than it was promised to.
    Stable,
    /// The transaction applies as simulated; of the margin on instructions it may need more than a
    /// call's part.
    Applies,
    /// The transaction may fail; simulated again, it succeeds.
    MayFailOnce,
}

/// A change of the world between simulation and application.
pub struct Change<M> {
    /// What happens.
    pub name: &'static str,
    /// Brings about the world that the simulation sees.
    pub before: fn(&mut M) -> Result<()>,
    /// What happens between simulation and application.
    pub between: fn(&mut M) -> Result<()>,
    /// What may come of it.
    pub expectation: Expectation,
}

/// Tries every change, each in a world of its own, with transactions of one, two, four and eight
/// calls, each plain and large.
///
/// # Errors
/// When a world cannot be brought about, or the calls fail in simulation already. What an
/// application does is in the trials.
pub fn run<M: Monitored>(world: &M, changes: &[Change<M>]) -> Result<Vec<Trial>> {
    let trial = |change: &Change<M>| {
        Trial::of(world, change).with_context(|| format!("trying `{}`", change.name))
    };
    changes.iter().map(trial).collect()
}

/// What is wrong with the trials, a line each; empty when every expectation held.
#[must_use]
pub fn violations(trials: &[Trial]) -> Vec<String> {
    trials.iter().flat_map(Trial::violations).collect()
}
