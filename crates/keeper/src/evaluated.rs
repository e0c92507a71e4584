//! What alerting answers.

use lumenscope_invoke::{ScVal, ValueError};

/// What one target's evaluation gave.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Evaluated {
    /// Index of the target in the list that was asked for.
    pub target: usize,
    /// Number of alerting's `Outcome`; 0: evaluated.
    pub outcome: u32,
    /// Number of the condition: the code of a `Status` of `lumenscope-rules`.
    pub condition: u32,
    /// The latest episode.
    pub episode: u32,
    /// Transitions published.
    pub transitions: u32,
    /// Whether progress was written although nothing changed.
    pub heartbeat: bool,
}

impl Evaluated {
    /// From the number that `evaluate` answers for a target: `Evaluation` of the interfaces says
    /// what its bits mean.
    fn unpacked(target: usize, number: u64) -> Self {
        let bits = |from: u32, len: u32| (number >> from) as u32 & (u32::MAX >> (32 - len));
        Self {
            target,
            outcome: bits(0, 8),
            condition: bits(8, 8),
            episode: bits(24, 32),
            transitions: bits(16, 7),
            heartbeat: bits(23, 1) == 1,
        }
    }

    pub(crate) fn all(places: &[usize], answer: &ScVal) -> Result<Vec<Self>, ValueError> {
        let numbers = <Vec<u64> as lumenscope_invoke::FromVal>::from_val(answer)?;
        let read = |(place, number): (&usize, &u64)| Self::unpacked(*place, *number);
        Ok(places.iter().zip(&numbers).map(read).collect())
    }

    /// Whether it has something to publish or to write.
    pub(crate) fn changes(&self) -> bool {
        self.transitions > 0 || self.heartbeat
    }
}
