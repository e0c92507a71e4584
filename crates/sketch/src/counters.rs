//! Counting values, merging sketches, reading quantiles.

use crate::{SketchError, SketchLayout};

/// A quantile, or why there is none.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Quantile {
    /// Within the layout's relative error of the true quantile.
    Value(i64),
    /// The quantile lies below the declared range.
    BelowRange,
    /// The quantile lies above the declared range.
    AboveRange,
    /// Nothing was counted.
    Empty,
    /// Several counters are at their limit of 65,535: the distribution is no longer known.
    Saturated,
}

impl SketchLayout {
    /// Counts `value`. A counter at its limit stays there.
    ///
    /// # Errors
    ///
    /// [`SketchError::LengthInvalid`]; then nothing is counted.
    pub fn add(&self, counters: &mut [u8], value: i64) -> Result<(), SketchError> {
        self.add_many(counters, value, 1)
    }

    /// Counts `value` `count` times.
    ///
    /// # Errors
    ///
    /// [`SketchError::LengthInvalid`]; then nothing is counted.
    pub fn add_many(&self, counters: &mut [u8], value: i64, count: u16) -> Result<(), SketchError> {
        self.check_len(counters)?;
        let bin = usize::from(self.bin_of(value));
        if let Some([low, high]) = counters.as_chunks_mut::<2>().0.get_mut(bin) {
            let sum = u16::from_le_bytes([*low, *high]).saturating_add(count);
            [*low, *high] = sum.to_le_bytes();
        }
        Ok(())
    }

    /// Adds the counts of `other`, a sketch of the same layout, to `counters`. The same work
    /// whatever is counted.
    ///
    /// # Errors
    ///
    /// [`SketchError::LengthInvalid`]; then nothing is added.
    pub fn merge(&self, counters: &mut [u8], other: &[u8]) -> Result<(), SketchError> {
        self.check_len(counters)?;
        self.check_len(other)?;
        let (into, _) = counters.as_chunks_mut::<2>();
        let (from, _) = other.as_chunks::<2>();
        for (into, from) in into.iter_mut().zip(from) {
            *into =
                u16::from_le_bytes(*into).saturating_add(u16::from_le_bytes(*from)).to_le_bytes();
        }
        Ok(())
    }

    /// The value below or at which `per_mille` thousandths of what was counted lie (nearest rank:
    /// the smallest value with at least that share at or below it). Above 1,000 counts as 1,000.
    ///
    /// # Errors
    ///
    /// [`SketchError::LengthInvalid`].
    pub fn quantile(&self, counters: &[u8], per_mille: u16) -> Result<Quantile, SketchError> {
        self.check_len(counters)?;
        let count = |bin| flagged(count_at(counters, bin));
        Ok(self.quantile_of(&count, per_mille))
    }

    /// As [`SketchLayout::quantile`], of counts that `count` gives for each bin, 0 to `bins + 1`,
    /// with [`AT_LIMIT`] where more may have been meant.
    pub fn quantile_of(&self, count: &dyn Fn(usize) -> u64, per_mille: u16) -> Quantile {
        let flag = |bin| count(bin) & AT_LIMIT != 0;
        let count = |bin| count(bin) & !AT_LIMIT;
        let bins = usize::from(self.bins()) + 2;
        let (mut total, mut at_limit) = (0, 0);
        for bin in 0..bins {
            total += count(bin);
            at_limit += u32::from(flag(bin));
        }
        if total == 0 {
            return Quantile::Empty;
        }
        let share = u64::from(per_mille.min(1_000));
        let rank = (total * share).div_ceil(1_000).max(1);
        let (mut seen, mut found, mut start) = (count(0), 0, self.min() as u64);
        while seen < rank {
            if found > 0 {
                start = self.end_of(start);
            }
            found += 1;
            seen += count(found);
        }
        // One counter at its limit can only have held more: the quantile it already holds stays.
        if at_limit > u32::from(flag(found)) {
            Quantile::Saturated
        } else if found == 0 {
            Quantile::BelowRange
        } else if start > self.max() as u64 || found > self.bins().into() {
            Quantile::AboveRange
        } else {
            Quantile::Value(self.representative_from(start))
        }
    }

    /// How much was counted below the range, inside it, and above it.
    ///
    /// # Errors
    ///
    /// [`SketchError::LengthInvalid`].
    pub fn coverage(&self, counters: &[u8]) -> Result<Coverage, SketchError> {
        self.check_len(counters)?;
        let mut coverage = Coverage { below: 0, inside: 0, above: 0 };
        for (bin, count) in counts(counters).enumerate() {
            let part = match bin {
                0 => &mut coverage.below,
                bin if bin <= usize::from(self.bins()) => &mut coverage.inside,
                _ => &mut coverage.above,
            };
            *part += count;
        }
        Ok(coverage)
    }

    fn check_len(&self, counters: &[u8]) -> Result<(), SketchError> {
        if counters.len() == self.byte_len() {
            return Ok(());
        }
        Err(SketchError::LengthInvalid { expected: self.byte_len(), came: counters.len() })
    }
}

/// How much of what was counted lies in the declared range. Counters at their limit count as
/// their limit.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Coverage {
    /// Below the range.
    pub below: u64,
    /// Inside the range.
    pub inside: u64,
    /// Above the range.
    pub above: u64,
}

/// Where a counter stays.
pub const LIMIT: u64 = u16::MAX as u64;

/// What is added to a count that [`SketchLayout::quantile_of`] is given when a counter was at its limit.
pub const AT_LIMIT: u64 = 1 << 63;

/// A counter as [`SketchLayout::quantile_of`] takes it.
pub fn flagged(counter: u16) -> u64 {
    u64::from(counter) | if u64::from(counter) == LIMIT { AT_LIMIT } else { 0 }
}

fn count_at(counters: &[u8], bin: usize) -> u16 {
    counters.as_chunks::<2>().0.get(bin).map_or(0, |bytes| u16::from_le_bytes(*bytes))
}

fn counts(counters: &[u8]) -> impl Iterator<Item = u64> {
    counters.as_chunks::<2>().0.iter().map(|bytes| u64::from(u16::from_le_bytes(*bytes)))
}
