//! A series of buckets in few bytes, without loss: what history stores and what a packed reply
//! carries. Rent is paid on every byte, so it is worth bits.
//!
//! | bytes | |
//! |---|---|
//! | 0 | version, 1 |
//! | 1..3 | number of buckets, little endian |
//! | 3.. | the buckets, bit after bit, the highest bit of a byte first; the last byte is filled with 0 |
//!
//! A bucket is told by how it differs from the one before it (the first from a bucket of zeros).
//! In this order:
//!
//! | bits | |
//! |---|---|
//! | 1 | 0: starts where the one before ended, is as long, and is *modelled* |
//! | if 1: 1 | 1: is *plain* |
//! | .. *a* | hours between the end of the one before and the start, signed |
//! | .. *a* | hours |
//! | *a* | count, difference, signed |
//! | *a* | mean rounded down, difference, signed |
//! | *a* | mean - min |
//! | *a* | max - mean; where both are 0 the bucket ends here: all samples are equal |
//! | of count - 1 | sum - mean x count |
//! | of max - min | last - min |
//! | *a* | sum of the squares of the samples' distances from the mean |
//!
//! "of n" is as many bits as n has. *a* is adaptive: the number of bits of the value, told by how
//! it differs from that of the same field of the last modelled bucket, then the value's bits below
//! its highest. A difference of 0, -1, 1, -2, 2, -3, 3 takes 1 to 7 bits (zeros, then a one); any
//! other seven zeros and the number of bits in 8. A signed value `v` is sent as `2v`, or as
//! `-2v - 1` when negative.
//!
//! A plain bucket follows in full: count (64), sum (128), min, max, last (64 each), sum of squares
//! (128). Only values beyond [`VALUE_LIMIT`], sums beyond 64 bits and statistics that contradict
//! themselves need it.

mod bits;

use crate::statistics::{Statistics, VALUE_LIMIT};
use bits::{Bits, bit_len};

/// Version of the encoding that [`Encoder`] writes.
pub const VERSION: u8 = 1;
/// Most buckets of one series.
pub const BUCKETS_MAX: u16 = u16::MAX;
/// Bytes of a series without buckets.
pub const HEADER_BYTES: usize = 3;
/// No bucket takes more bytes than this.
pub const BUCKET_BYTES_MAX: usize = 86;

/// Longest sum of squared distances that a modelled bucket holds: 2^32 samples within 2^44.
const SQUARES_BITS_MAX: u32 = 120;

/// A span of whole hours and the statistics of its samples.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct PackedBucket {
    /// First hour, since 1970-01-01T00:00Z.
    pub start_hour: u32,
    /// Number of hours.
    pub hours: u32,
    /// The samples.
    pub statistics: Statistics,
}

impl PackedBucket {
    /// First hour after the span.
    pub const fn end_hour(&self) -> u32 {
        self.start_hour.saturating_add(self.hours)
    }
}

/// Why a series cannot be written or read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PackedError {
    /// Written by a newer version, or no series.
    VersionUnknown {
        /// The first byte that came.
        came: u8,
    },
    /// The bytes end within a bucket.
    Truncated,
    /// The bits describe no bucket.
    Corrupt,
    /// The output is full, or the series holds [`BUCKETS_MAX`].
    Full,
}

/// What the next bucket is told against.
#[derive(Clone, Copy, Debug, Default)]
struct Model {
    start_hour: i64,
    hours: i64,
    count: u64,
    mean: i64,
    /// Bits of the last value of each adaptive field.
    widths: [u8; FIELDS],
}

const GAP: usize = 0;
const HOURS: usize = 1;
const COUNT: usize = 2;
const MEAN: usize = 3;
const BELOW: usize = 4;
const ABOVE: usize = 5;
const SQUARES: usize = 6;
const FIELDS: usize = 7;

/// Statistics, taken apart as a modelled bucket sends them.
#[derive(Default)]
struct Parts {
    count: u64,
    mean: i64,
    below: u64,
    above: u64,
    rest: u64,
    last_above_min: u64,
    squares: u128,
}

impl Parts {
    /// Takes statistics apart. Parts that do not give them back are of no use: such statistics need
    /// a plain bucket.
    #[inline(always)]
    fn of(statistics: &Statistics) -> Self {
        let Statistics { count, sum, min, max, last, sum_of_squares } = *statistics;
        let sum = sum as i64;
        // A count that is cut here is refused by `give`.
        let divisor = i64::from((count as u32).max(1));
        let mut mean = sum / divisor;
        if mean.wrapping_mul(divisor) > sum {
            mean = mean.wrapping_sub(1);
        }
        let rest = sum.wrapping_sub(mean.wrapping_mul(divisor));
        // Summed (x - mean)^2, with sum = mean x count + rest.
        let squares = sum_of_squares.wrapping_sub(centre(mean, sum.into(), rest));
        Self {
            count,
            mean,
            below: mean.wrapping_sub(min) as u64,
            above: max.wrapping_sub(mean) as u64,
            rest: rest as u64,
            last_above_min: last.wrapping_sub(min) as u64,
            squares: squares as u128,
        }
    }

    /// Puts statistics together; `false` when there are none of such parts.
    #[inline(never)]
    fn give(&self, statistics: &mut Statistics) -> bool {
        let limit = VALUE_LIMIT as u64;
        let Self { count, mean, below, above, rest, last_above_min, squares } = *self;
        let range = below.wrapping_add(above);
        let (min, max) = (mean.wrapping_sub_unsigned(below), mean.wrapping_add_unsigned(above));
        if min < -VALUE_LIMIT
            || max > VALUE_LIMIT
            || below > 2 * limit
            || above > 2 * limit
            || count.wrapping_sub(1) >= u64::from(u32::MAX)
            || rest >= count
            || last_above_min > range
            || squares >> SQUARES_BITS_MAX != 0
            || (range == 0 && (rest, squares) != (0, 0))
        {
            return false;
        }
        let sum = i128::from(mean).wrapping_mul(count.into()).wrapping_add(rest.into());
        *statistics = Statistics {
            count,
            sum,
            min,
            max,
            last: min.wrapping_add_unsigned(last_above_min),
            sum_of_squares: centre(mean, sum, rest as i64).wrapping_add_unsigned(squares),
        };
        true
    }
}

/// What the squares of `count` samples exceed those of their distances from `mean` by.
///
/// Below 2^120: a mean is within [`VALUE_LIMIT`], a sum below 2^76.
#[inline(never)]
fn centre(mean: i64, sum: i128, rest: i64) -> i128 {
    i128::from(mean).wrapping_mul(sum.wrapping_add(rest.into()))
}

/// Writes buckets, or reads them: what is where in a series is told once, for both.
#[derive(Debug)]
struct Coder<'a> {
    bits: Bits<'a>,
    model: Model,
}

impl<'a> Coder<'a> {
    fn new(bits: Bits<'a>) -> Self {
        Self { bits, model: Model::default() }
    }

    /// Writes the bucket, or reads it into `bucket`. `None` for bits that no bucket has.
    #[inline(never)]
    fn code(&mut self, bucket: &mut PackedBucket) -> Option<()> {
        let Self { bits, model } = self;
        let mut parts = Parts::default();
        let mut plain = false;
        if bits.writes {
            parts = Parts::of(&bucket.statistics);
            let mut given = Statistics::EMPTY;
            // Of a sum beyond 64 bits only a part was taken. Whatever else is given is what was
            // taken.
            plain = !parts.give(&mut given) || given.sum != bucket.statistics.sum;
        }
        let before_end = model.start_hour.wrapping_add(model.hours);
        let mut gap = i64::from(bucket.start_hour).wrapping_sub(before_end);
        let mut hours = i64::from(bucket.hours);
        let differs = plain || gap != 0 || hours != model.hours;
        if bits.code(differs.into(), 1) != 0 {
            plain = bits.code(plain.into(), 1) != 0;
            gap = bits.code_signed(gap, &mut model.widths[GAP]);
            hours = bits.code_adaptive(hours as u64, &mut model.widths[HOURS]) as i64;
        } else {
            (plain, gap, hours) = (false, 0, model.hours);
        }
        model.start_hour = before_end.wrapping_add(gap);
        model.hours = hours;
        bucket.start_hour = model.start_hour.try_into().ok()?;
        bucket.hours = hours.try_into().ok()?;
        if plain {
            code_plain(bits, &mut bucket.statistics);
        } else {
            code_modelled(bits, model, &mut parts)?;
            if !parts.give(&mut bucket.statistics) {
                return None;
            }
        }
        Some(())
    }
}

#[inline(always)]
fn code_modelled(bits: &mut Bits, model: &mut Model, parts: &mut Parts) -> Option<()> {
    let widths = &mut model.widths;
    let more = (parts.count as i64).wrapping_sub_unsigned(model.count);
    model.count = model.count.wrapping_add_signed(bits.code_signed(more, &mut widths[COUNT]));
    let further = parts.mean.wrapping_sub(model.mean);
    model.mean = model.mean.wrapping_add(bits.code_signed(further, &mut widths[MEAN]));
    (parts.count, parts.mean) = (model.count, model.mean);
    parts.below = bits.code_adaptive(parts.below, &mut widths[BELOW]);
    parts.above = bits.code_adaptive(parts.above, &mut widths[ABOVE]);
    let range = parts.below.checked_add(parts.above)?;
    if range != 0 {
        parts.rest = bits.code(parts.rest, bit_len(parts.count.checked_sub(1)?));
        parts.last_above_min = bits.code(parts.last_above_min, bit_len(range));
        parts.squares = bits.code_adaptive_wide(parts.squares, &mut widths[SQUARES]);
    }
    Some(())
}

#[inline(always)]
fn code_plain(bits: &mut Bits, statistics: &mut Statistics) {
    let of = statistics;
    of.count = bits.code(of.count, 64);
    of.sum = code_wide(bits, of.sum);
    of.min = bits.code(of.min as u64, 64) as i64;
    of.max = bits.code(of.max as u64, 64) as i64;
    of.last = bits.code(of.last as u64, 64) as i64;
    of.sum_of_squares = code_wide(bits, of.sum_of_squares);
}

#[inline(always)]
fn code_wide(bits: &mut Bits, value: i128) -> i128 {
    let high = bits.code((value >> 64) as u64, 64);
    let low = bits.code(value as u64, 64);
    (u128::from(high) << 64 | u128::from(low)) as i128
}

/// A series that is written or read bucket by bucket, where its number of buckets is known: what a
/// contract links, because both go through the same code. [`Encoder`] and [`Decoder`] tell more of
/// what is wrong.
#[derive(Debug)]
pub struct Series<'a> {
    coder: Coder<'a>,
    left: u16,
}

impl<'a> Series<'a> {
    /// Starts to write a series of so many buckets at the start of `out`.
    pub fn writer(out: &'a mut [u8], buckets: u16) -> Self {
        Self::start(&[], out, true, buckets)
    }

    /// Starts to read a series.
    pub fn reader(bytes: &'a [u8]) -> Self {
        Self::start(bytes, &mut [], false, 0)
    }

    #[inline(never)]
    fn start(input: &'a [u8], output: &'a mut [u8], writes: bool, buckets: u16) -> Self {
        let coder = Coder::new(Bits::new(input, output, writes));
        let mut series = Self { coder, left: 0 };
        let bits = &mut series.coder.bits;
        let version = bits.code(VERSION.into(), 8);
        let low = bits.code(buckets.into(), 8);
        series.left = (bits.code((buckets >> 8).into(), 8) << 8 | low) as u16;
        bits.ended |= version != u64::from(VERSION);
        series
    }

    /// Writes the bucket, or reads the next one into `bucket`. Not after the last one.
    ///
    /// Returns whether it fitted, or was one. The first time this returns `false`, the series is of
    /// no use.
    #[must_use]
    pub fn code(&mut self, bucket: &mut PackedBucket) -> bool {
        self.left = self.left.wrapping_sub(1);
        self.coder.code(bucket).is_some() && !self.coder.bits.ended
    }

    /// Buckets not written or read yet.
    pub fn left(&self) -> u16 {
        self.left
    }

    /// Ends a series that was written; returns its length in bytes, `None` when it did not fit.
    pub fn finish(&mut self) -> Option<usize> {
        let len = self.coder.bits.finish();
        if self.coder.bits.ended { None } else { Some(len) }
    }
}

/// Writes a series into bytes that the caller provides.
#[derive(Debug)]
pub struct Encoder<'a> {
    header: &'a mut [u8; HEADER_BYTES],
    coder: Coder<'a>,
    buckets: u16,
}

impl<'a> Encoder<'a> {
    /// Starts an empty series at the start of `out`.
    ///
    /// # Errors
    ///
    /// [`PackedError::Full`] when not even [`HEADER_BYTES`] fit.
    pub fn new(out: &'a mut [u8]) -> Result<Self, PackedError> {
        let (header, rest) = out.split_first_chunk_mut().ok_or(PackedError::Full)?;
        let coder = Coder::new(Bits::new(&[], rest, true));
        Ok(Self { header, coder, buckets: 0 })
    }

    /// Appends a bucket. Those in order and without a gap take the fewest bits.
    ///
    /// # Errors
    ///
    /// [`PackedError::Full`]; the series is then of no use.
    pub fn push(&mut self, bucket: &PackedBucket) -> Result<(), PackedError> {
        if self.buckets == BUCKETS_MAX {
            return Err(PackedError::Full);
        }
        self.buckets = self.buckets.wrapping_add(1);
        let mut bucket = *bucket;
        match self.coder.code(&mut bucket) {
            Some(()) if !self.coder.bits.ended => Ok(()),
            _ => Err(PackedError::Full),
        }
    }

    /// Ends the series; returns its length in bytes.
    pub fn finish(mut self) -> usize {
        let [low, high] = self.buckets.to_le_bytes();
        *self.header = [VERSION, low, high];
        self.coder.bits.finish().saturating_add(HEADER_BYTES)
    }
}

/// Reads a series, bucket by bucket. The work is bounded by the length of the input.
#[derive(Debug)]
pub struct Decoder<'a> {
    coder: Coder<'a>,
    left: u16,
}

impl<'a> Decoder<'a> {
    /// Reads the header. What follows the last bucket is another series, and read as well: a reply
    /// may be series after series.
    ///
    /// # Errors
    ///
    /// [`PackedError::VersionUnknown`], [`PackedError::Truncated`].
    pub fn new(bytes: &'a [u8]) -> Result<Self, PackedError> {
        let Some(([version, low, high], rest)) = bytes.split_first_chunk::<HEADER_BYTES>() else {
            return Err(PackedError::Truncated);
        };
        if *version != VERSION {
            return Err(PackedError::VersionUnknown { came: *version });
        }
        let left = u16::from_le_bytes([*low, *high]);
        Ok(Self { coder: Coder::new(Bits::new(rest, &mut [], false)), left })
    }

    /// Buckets of this series that were not read yet.
    pub fn buckets_left(&self) -> u16 {
        self.left
    }

    /// Reads the next bucket into `bucket`. Returns whether there was one.
    ///
    /// # Errors
    ///
    /// [`PackedError::Truncated`], [`PackedError::Corrupt`]; nothing is left to read then.
    pub fn read(&mut self, bucket: &mut PackedBucket) -> Result<bool, PackedError> {
        while self.left == 0 {
            let rest = self.coder.bits.rest();
            if rest.is_empty() {
                return Ok(false);
            }
            *self = Self::new(rest)?;
        }
        self.left = self.left.wrapping_sub(1);
        let coded = self.coder.code(bucket);
        if !self.coder.bits.ended && coded.is_some() {
            return Ok(true);
        }
        let error =
            if self.coder.bits.ended { PackedError::Truncated } else { PackedError::Corrupt };
        *self = Self { coder: Coder::new(Bits::new(&[], &mut [], false)), left: 0 };
        Err(error)
    }
}

impl Iterator for Decoder<'_> {
    type Item = Result<PackedBucket, PackedError>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut bucket = PackedBucket::default();
        match self.read(&mut bucket) {
            Ok(true) => Some(Ok(bucket)),
            Ok(false) => None,
            Err(error) => Some(Err(error)),
        }
    }
}
