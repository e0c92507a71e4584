//! Reporters: what was seen of each, and the sums of those whose figures are only compared.

use lumenscope_bucket::Statistics;

use crate::HotError;
use crate::bytes::{put, put_statistics, statistics_at, u16_at, u64_at};
use crate::layout::{AT_PRIMARY, REPORTER, WITNESS_SUM, WITNESSES};
use crate::record::Recorder;
use crate::view::View;

/// Who reports, and which of its reports this is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Reporter {
    /// Which witness, below [`WITNESSES`]; `None` for the primary reporter.
    pub witness: Option<usize>,
    /// Tells this reporter from the one that had its place before: a new number for each, so
    /// that nothing has to be cleared in every stream when the owner replaces one.
    pub generation: u16,
    /// The reporter's own number for this report, above its last one and above 0.
    pub sequence: u64,
}

impl View<'_> {
    /// The last sequence number of a reporter of that generation; 0 if it never reported.
    pub fn last_sequence(&self, witness: Option<usize>, generation: u16) -> u64 {
        match self.head(witness) {
            Some(at) if u16_at(self.bytes, at) == generation => u64_at(self.bytes, at + 2),
            _ => 0,
        }
    }

    /// The last sequence number of the primary reporter, whoever had its place: where a reporter
    /// whose numbers mean the same goes on.
    pub fn primary_sequence(&self) -> u64 {
        u64_at(self.bytes, AT_PRIMARY + 2)
    }

    /// Count and sum that a witness of that generation reported of a metric.
    pub fn witnessed(&self, metric: usize, witness: usize, generation: u16) -> Statistics {
        match self.head(Some(witness)) {
            Some(at) if u16_at(self.bytes, at) == generation => {
                statistics_at(self.bytes, self.sum_at(metric, witness), WITNESS_SUM)
            }
            _ => Statistics::EMPTY,
        }
    }

    fn head(&self, witness: Option<usize>) -> Option<usize> {
        match witness {
            None => Some(AT_PRIMARY),
            Some(witness) if self.has_witnesses() && witness < WITNESSES => {
                Some(self.shape.witnesses_at() + witness * REPORTER)
            }
            Some(_) => None,
        }
    }

    fn sum_at(&self, metric: usize, witness: usize) -> usize {
        self.shape.witness_sums_at(metric) + witness * WITNESS_SUM
    }
}

impl Recorder<'_> {
    /// Takes note of a report, once.
    ///
    /// # Errors
    ///
    /// [`HotError::SequenceSeen`] and [`HotError::NoWitnesses`]; then nothing has changed.
    pub fn accept(&mut self, reporter: Reporter) -> Result<(), HotError> {
        let Reporter { witness, generation, sequence } = reporter;
        let view = self.view();
        let at = view.head(witness).ok_or(HotError::NoWitnesses)?;
        if sequence <= view.last_sequence(witness, generation) {
            return Err(HotError::SequenceSeen);
        }
        if let Some(witness) = witness
            && u16_at(self.bytes, at) != generation
        {
            for metric in 0..self.shape.metrics {
                let sum_at = self.view().sum_at(metric, witness);
                self.bytes[sum_at..sum_at + WITNESS_SUM].fill(0);
            }
        }
        put(self.bytes, at, &generation.to_le_bytes());
        put(self.bytes, at + 2, &sequence.to_le_bytes());
        Ok(())
    }

    /// Adds to the sums of a witness whose report was accepted. Ignored without such sums.
    pub fn add_witnessed(&mut self, metric: usize, witness: usize, sample: &Statistics) {
        if self.view().head(Some(witness)).is_none() {
            return;
        }
        let at = self.view().sum_at(metric, witness);
        let mut sums = statistics_at(self.bytes, at, WITNESS_SUM);
        sums.count = sums.count.saturating_add(sample.count);
        sums.sum = sums.sum.saturating_add(sample.sum);
        put_statistics(self.bytes, at, WITNESS_SUM, &sums);
    }
}
