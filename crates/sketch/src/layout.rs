//! Which values fall into which bin.

use crate::SketchError;

/// Most bins of one sketch: they cover a range of 14,000 : 1 within 5 % (11,493 : 1 at worst,
/// where a range starts at 10 and a bin cannot be narrower than one integer).
pub const BINS_MAX: u16 = 96;

/// Largest relative error of a quantile inside the range, in basis points: 5 %.
pub const RELATIVE_ERROR_MAX_BP: u16 = 500;

/// Largest value of a range: the width to which samples are clamped on the ledger.
pub const VALUE_MAX: i64 = 1 << 43;

/// Bytes of [`SketchLayout::encode`].
pub const ENCODED_BYTES: usize = 20;

const ONE_BP: u64 = 10_000;

/// The bins of a sketch: a range, how many, and the relative error that they keep to.
///
/// Bins follow each other from the range's first value. The bin that starts at `a` is represented
/// by `m`, the largest integer within the relative error of `a`, and ends at the largest integer
/// that `m` is still within the error of. So the error holds by construction, also where bins
/// are a few integers wide, and no layout of fewer bins keeps to it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SketchLayout {
    min: u64,
    max: u64,
    bins: u16,
    relative_error_bp: u16,
}

impl SketchLayout {
    /// A layout of `bins` bins over `min..=max`, with the smallest error that they can keep to.
    ///
    /// This searches; where a layout is needed on every call, keep [`SketchLayout::encode`].
    ///
    /// # Errors
    ///
    /// [`SketchError::RangeInvalid`], [`SketchError::BinsInvalid`], and
    /// [`SketchError::TooFewBins`] when the error would exceed [`RELATIVE_ERROR_MAX_BP`].
    pub const fn new(min: i64, max: i64, bins: u16) -> Result<Self, SketchError> {
        if let Err(error) = check(min, max, bins) {
            return Err(error);
        }
        match Self::fit(min, max, bins) {
            Some(layout) => Ok(layout),
            None => {
                let needed = bins_for(min as u64, max as u64, RELATIVE_ERROR_MAX_BP);
                Err(SketchError::TooFewBins { bins, needed })
            }
        }
    }

    /// As [`SketchLayout::new`], without a reason.
    pub const fn fit(min: i64, max: i64, bins: u16) -> Option<Self> {
        if min < 1 || max <= min || max > VALUE_MAX || bins == 0 || bins > BINS_MAX {
            return None;
        }
        let (first, last) = (min as u64, max as u64);
        let (mut low, mut high) = (0, RELATIVE_ERROR_MAX_BP + 1);
        while low < high {
            let middle = (low + high) / 2;
            if bins_for(first, last, middle) <= bins {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        if high > RELATIVE_ERROR_MAX_BP {
            return None;
        }
        Some(Self { min: first, max: last, bins, relative_error_bp: high })
    }

    /// How many bins `min..=max` needs to stay within [`RELATIVE_ERROR_MAX_BP`]; at most 287.
    ///
    /// # Errors
    ///
    /// [`SketchError::RangeInvalid`].
    pub const fn bins_needed(min: i64, max: i64) -> Result<u16, SketchError> {
        if let Err(error) = check(min, max, 1) {
            return Err(error);
        }
        Ok(bins_for(min as u64, max as u64, RELATIVE_ERROR_MAX_BP))
    }

    /// The range's first value.
    pub const fn min(&self) -> i64 {
        self.min as i64
    }

    /// The range's last value.
    pub const fn max(&self) -> i64 {
        self.max as i64
    }

    /// Number of bins inside the range.
    pub const fn bins(&self) -> u16 {
        self.bins
    }

    /// The relative error of any quantile inside the range is at most this, in basis points.
    pub const fn relative_error_bp(&self) -> u16 {
        self.relative_error_bp
    }

    /// Bytes of the counters: one of 16 bits for each bin, one below and one above the range.
    pub const fn byte_len(&self) -> usize {
        (self.bins as usize + 2) * 2
    }

    /// The counter that `value` belongs to: 0 is below the range, 1 to `bins` are the bins,
    /// `bins + 1` is above. The same work for every value.
    pub const fn bin_of(&self, value: i64) -> u16 {
        let mut start = self.min;
        let mut bin = (value >= start as i64) as u16;
        let mut left = self.bins;
        while left > 0 {
            start = self.end_of(start);
            bin += (value >= start as i64) as u16;
            left -= 1;
        }
        bin
    }

    /// First and last value of a bin, numbered as by [`SketchLayout::bin_of`]; `None` outside the
    /// range, and for a bin that the range does not need.
    pub const fn bounds(&self, bin: u16) -> Option<(i64, i64)> {
        if bin == 0 || bin > self.bins {
            return None;
        }
        let mut start = self.min;
        let mut left = bin;
        while left > 1 {
            start = self.end_of(start);
            left -= 1;
        }
        if start > self.max {
            return None;
        }
        Some((start as i64, self.end_of(start) as i64 - 1))
    }

    /// The value that stands for a bin; `None` as for [`SketchLayout::bounds`].
    pub const fn representative(&self, bin: u16) -> Option<i64> {
        match self.bounds(bin) {
            Some((first, _)) => Some(self.representative_from(first as u64)),
            None => None,
        }
    }

    /// The value that stands for the bin that starts at `first`.
    pub(crate) const fn representative_from(&self, first: u64) -> i64 {
        let (middle, end) = (middle_of(first, self.relative_error_bp), self.end_of(first));
        (if middle < end { middle } else { end - 1 }) as i64
    }

    /// The layout in 20 bytes: first and last value (8 bytes each), bins and error in basis
    /// points (2 bytes each), little-endian.
    pub fn encode(&self) -> [u8; ENCODED_BYTES] {
        let mut bytes = [0; ENCODED_BYTES];
        bytes[..8].copy_from_slice(&self.min.to_le_bytes());
        bytes[8..16].copy_from_slice(&self.max.to_le_bytes());
        bytes[16..18].copy_from_slice(&self.bins.to_le_bytes());
        bytes[18..].copy_from_slice(&self.relative_error_bp.to_le_bytes());
        bytes
    }

    /// Reads [`SketchLayout::encode`] without searching. Whether the bins reach the range's end
    /// at that error is checked.
    ///
    /// # Errors
    ///
    /// As [`SketchLayout::new`], and [`SketchError::EncodingInvalid`] for an error that the bins
    /// cannot keep to.
    pub fn decode(bytes: &[u8; ENCODED_BYTES]) -> Result<Self, SketchError> {
        let layout = Self::read(bytes);
        let Self { min, max, bins, relative_error_bp } = layout;
        check(min as i64, max as i64, bins)?;
        if relative_error_bp > RELATIVE_ERROR_MAX_BP || layout.reach() <= max {
            return Err(SketchError::EncodingInvalid);
        }
        Ok(layout)
    }

    /// The layout of what [`SketchLayout::encode`] wrote, for whoever kept it from change: without
    /// the search through all bins. Its numbers are within the bounds of a layout's.
    pub fn stored(min: u64, max: u64, bins: u16, relative_error_bp: u16) -> Self {
        Self { min, max, bins, relative_error_bp }
    }

    /// Reads [`SketchLayout::encode`] that was kept from change, without any check.
    pub fn read(bytes: &[u8; ENCODED_BYTES]) -> Self {
        let [a, b, c, d, e, f, g, h, rest @ ..] = *bytes;
        let min = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
        let [a, b, c, d, e, f, g, h, bins_low, bins_high, error_low, error_high] = rest;
        let max = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
        let bins = u16::from_le_bytes([bins_low, bins_high]);
        let relative_error_bp = u16::from_le_bytes([error_low, error_high]);
        Self { min, max, bins, relative_error_bp }
    }

    /// First value after the bin that starts at `start`; never beyond the end of the range.
    pub(crate) const fn end_of(&self, start: u64) -> u64 {
        let end = end_of(start, self.relative_error_bp);
        if end > self.max { self.max + 1 } else { end }
    }

    fn reach(&self) -> u64 {
        let mut start = self.min;
        for _ in 0..self.bins {
            start = self.end_of(start);
        }
        start
    }
}

const fn check(min: i64, max: i64, bins: u16) -> Result<(), SketchError> {
    if min < 1 || max <= min || max > VALUE_MAX {
        return Err(SketchError::RangeInvalid { min, max });
    }
    if bins == 0 || bins > BINS_MAX {
        return Err(SketchError::BinsInvalid { bins });
    }
    Ok(())
}

/// The largest integer within the relative error of `first`.
const fn middle_of(first: u64, relative_error_bp: u16) -> u64 {
    first + first * relative_error_bp as u64 / ONE_BP
}

/// First integer that the middle of the bin starting at `first` is not within the error of.
const fn end_of(first: u64, relative_error_bp: u16) -> u64 {
    let middle = middle_of(first, relative_error_bp);
    middle * ONE_BP / (ONE_BP - relative_error_bp as u64) + 1
}

/// Bins over `first..=last`, counted no further than a range could need at the largest error.
const fn bins_for(first: u64, last: u64, relative_error_bp: u16) -> u16 {
    const COUNTED_MAX: u16 = 512;
    let mut start = first;
    let mut bins = 0;
    // An exact layout has as many bins as values: counting them all would not end.
    while start <= last && bins < COUNTED_MAX {
        start = end_of(start, relative_error_bp);
        bins += 1;
    }
    bins
}
