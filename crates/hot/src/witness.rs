//! Reporters: what was seen of each, and the sums of those whose figures are only compared.

use lumenscope_bucket::Statistics;

use crate::HotError;
use crate::bytes::{grow, put_statistics, set, statistics_at, u16_at, u64_at};
use crate::layout::{AT_PRIMARY, REPORTER, WITNESS_SUM, WITNESSES};
use crate::record::Recorder;
use crate::view::View;

/// Who reports, and which of its reports this is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Reporter {
    /// 0 for the primary reporter, from 1 to [`WITNESSES`] for a witness.
    pub seat: usize,
    /// Tells this reporter from the one that had its place before: a new number for each, so
    /// that nothing has to be cleared in every stream when the owner replaces one.
    pub generation: u16,
    /// The reporter's own number for this report, above its last one and above 0.
    pub sequence: u64,
}

impl<B: AsRef<[u8]> + ?Sized> View<'_, B> {
    /// The last sequence number of a reporter of that generation; 0 if it never reported.
    pub fn last_sequence(&self, witness: Option<usize>, generation: u16) -> u64 {
        match self.head(witness) {
            Some(at) if u16_at(self.bytes(), at) == generation => u64_at(self.bytes(), at + 2),
            _ => 0,
        }
    }

    /// The last sequence number of the primary reporter, whoever had its place: where a reporter
    /// whose numbers mean the same goes on.
    pub fn primary_sequence(&self) -> u64 {
        u64_at(self.bytes(), AT_PRIMARY + 2)
    }

    /// Count and sum that a witness of that generation reported of a metric, on top of the totals
    /// when it began: beside the totals of now, they say how far the two are apart.
    pub fn witnessed(&self, metric: usize, witness: usize, generation: u16) -> Statistics {
        match self.head(Some(witness)) {
            Some(at) if u16_at(self.bytes(), at) == generation => {
                statistics_at(self.bytes(), self.sum_at(metric, witness), WITNESS_SUM)
            }
            _ => Statistics::EMPTY,
        }
    }

    /// Where a reporter is, whom the entry keeps.
    fn head(&self, witness: Option<usize>) -> Option<usize> {
        self.seat_at(witness.map_or(0, |witness| witness + 1))
    }

    fn seat_at(&self, seat: usize) -> Option<usize> {
        if seat == 0 {
            Some(AT_PRIMARY)
        } else if self.shape.witnesses && seat <= WITNESSES {
            Some(self.shape.witnesses_at() + (seat - 1) * REPORTER)
        } else {
            None
        }
    }

    fn sum_at(&self, metric: usize, witness: usize) -> usize {
        self.shape.witness_sums_at(metric) + witness * WITNESS_SUM
    }
}

impl<B: AsRef<[u8]> + AsMut<[u8]> + ?Sized> Recorder<'_, B> {
    /// Takes note of a report, once.
    ///
    /// # Errors
    ///
    /// [`HotError::SequenceSeen`] and [`HotError::NoWitnesses`]; then nothing has changed.
    pub fn accept(&mut self, reporter: Reporter) -> Result<(), HotError> {
        let Reporter { seat, generation, sequence } = reporter;
        let at = self.view().seat_at(seat).ok_or(HotError::NoWitnesses)?;
        let is_known = u16_at(self.room.as_mut(), at) == generation;
        let last = if is_known { u64_at(self.room.as_mut(), at + 2) } else { 0 };
        if sequence <= last {
            return Err(HotError::SequenceSeen);
        }
        if !is_known && seat > 0 {
            // A witness begins where the totals are, so that what they differ by later is what it
            // saw and the primary source did not, or the other way round.
            for metric in 0..self.shape.metrics {
                let sum_at = self.view().sum_at(metric, seat - 1);
                let totals = self.view().totals(metric);
                put_statistics(self.room.as_mut(), sum_at, WITNESS_SUM, &totals);
            }
        }
        set(self.room.as_mut(), at, 2, generation.into());
        set(self.room.as_mut(), at + 2, 8, sequence);
        Ok(())
    }

    /// Adds to the sums of a witness, above seat 0, whose report was accepted.
    pub fn add_witnessed(&mut self, metric: usize, seat: usize, sample: &Statistics) {
        let at = self.view().sum_at(metric, seat - 1);
        grow(self.room.as_mut(), at, WITNESS_SUM, sample, true);
    }
}
