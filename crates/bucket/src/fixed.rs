//! Statistics in 47 bytes, always: what the hot entry holds, whose size must not depend on what
//! is recorded.
//!
//! | bytes | field | bound |
//! |---|---|---|
//! | 0..4 | count | below 2^32 |
//! | 4..14 | sum | 2^32 samples of 2^43: 2^75, below 2^79 |
//! | 14..20 | last | 2^43, below 2^47 |
//! | 20..26 | min | as last |
//! | 26..32 | max | as last |
//! | 32..47 | sum of squares | 2^32 squares of 2^86: 2^118, below 2^119 |
//!
//! Little endian, two's complement, sign-extended on reading.
//!
//! A bucket beyond 2^32 - 1 samples keeps that count, and its sums stop at their widths if they
//! get there: no error reaches the caller who records. A reader takes a count of 2^32 - 1 for "at
//! least". So do running totals, which have the same widths.

use crate::statistics::Statistics;

/// Bytes of [`encode`]d statistics.
pub const BYTES: usize = 47;
/// Largest count that is stored, and the mark of a saturated bucket.
pub const COUNT_MAX: u64 = u32::MAX as u64;

/// Largest high words of the sums.
const SUM_HIGH_MAX: i64 = (1 << 15) - 1;
const SQUARES_HIGH_MAX: i64 = (1 << 55) - 1;

/// Packs statistics whose values lie within [`crate::VALUE_LIMIT`].
pub fn encode(statistics: &Statistics) -> [u8; BYTES] {
    let mut bytes = [0; BYTES];
    encode_into(statistics, &mut bytes);
    bytes
}

/// As [`encode`], in place.
pub fn encode_into(statistics: &Statistics, bytes: &mut [u8; BYTES]) {
    let sum = saturated(statistics.sum, SUM_HIGH_MAX);
    let squares = saturated(statistics.sum_of_squares, SQUARES_HIGH_MAX);
    // Eight bytes at a time; those that overlap the next field are written over by it.
    put(bytes, 0, statistics.count.min(COUNT_MAX));
    put(bytes, 4, sum as u64);
    put(bytes, 12, (sum >> 64) as u64);
    put(bytes, 14, statistics.last as u64);
    put(bytes, 20, statistics.min as u64);
    put(bytes, 26, statistics.max as u64);
    put(bytes, 32, squares as u64);
    put(bytes, 39, (squares >> 56) as u64);
}

/// Unpacks statistics.
pub fn decode(bytes: &[u8; BYTES]) -> Statistics {
    let sum_high = eight(bytes, 6) as i64 >> 48;
    let squares_high = eight(bytes, 39) as i64 >> 8;
    Statistics {
        count: eight(bytes, 0) & COUNT_MAX,
        sum: i128::from(sum_high) << 64 | i128::from(eight(bytes, 4)),
        min: six(bytes, 20),
        max: six(bytes, 26),
        last: six(bytes, 14),
        sum_of_squares: i128::from(squares_high) << 64 | i128::from(eight(bytes, 32)),
    }
}

/// A sum whose high word stays within plus and minus a limit.
#[inline(never)]
fn saturated(sum: i128, high_max: i64) -> i128 {
    let high = (sum >> 64) as i64;
    if high > high_max {
        i128::from(high_max) << 64 | i128::from(u64::MAX)
    } else if high < !high_max {
        i128::from(!high_max) << 64
    } else {
        sum
    }
}

#[inline(always)]
fn put(bytes: &mut [u8; BYTES], at: usize, word: u64) {
    bytes[at..at + 8].copy_from_slice(&word.to_le_bytes());
}

#[inline(always)]
fn eight(bytes: &[u8; BYTES], at: usize) -> u64 {
    let mut word = [0; 8];
    word.copy_from_slice(&bytes[at..at + 8]);
    u64::from_le_bytes(word)
}

#[inline(always)]
fn six(bytes: &[u8; BYTES], at: usize) -> i64 {
    (eight(bytes, at) << 16) as i64 >> 16
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::statistics::VALUE_LIMIT;

    #[test]
    fn the_layout_is_this_one_for_ever() {
        let statistics = Statistics {
            count: 0x0403_0201,
            sum: -2,
            min: -VALUE_LIMIT,
            max: VALUE_LIMIT,
            last: -1,
            sum_of_squares: 0x000f_0e0d_0c0b_0a09_0807_0605_0403_0201,
        };
        let mut expected = [0u8; BYTES];
        expected[0..4].copy_from_slice(&[1, 2, 3, 4]);
        expected[4..14].copy_from_slice(&[0xfe, 255, 255, 255, 255, 255, 255, 255, 255, 255]);
        expected[14..20].copy_from_slice(&[0xff; 6]);
        expected[20..26].copy_from_slice(&[0, 0, 0, 0, 0, 0xf8]);
        expected[26..32].copy_from_slice(&[0, 0, 0, 0, 0, 0x08]);
        expected[32..47].copy_from_slice(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
        assert_eq!(encode(&statistics), expected);
        assert_eq!(decode(&expected), statistics);
    }

    #[test]
    fn a_full_bucket_of_extreme_values_is_exact() {
        for value in [VALUE_LIMIT, -VALUE_LIMIT] {
            let (n, v) = (i128::from(COUNT_MAX), i128::from(value));
            let full = Statistics {
                count: COUNT_MAX,
                sum: n * v,
                min: value,
                max: value,
                last: value,
                sum_of_squares: n * v * v,
            };
            assert_eq!(decode(&encode(&full)), full);
        }
    }

    #[test]
    fn an_overfull_bucket_keeps_the_largest_count_and_sums_that_fit() {
        let over = Statistics {
            count: COUNT_MAX + 1,
            sum: -(1 << 80),
            sum_of_squares: 1 << 120,
            ..Statistics::of(1)
        };
        let kept = decode(&encode(&over));
        assert_eq!(kept.count, COUNT_MAX);
        assert_eq!(kept.sum, -(1 << 79));
        assert_eq!(kept.sum_of_squares, (1 << 119) - 1);
        let over = Statistics { sum: 1 << 80, ..over };
        assert_eq!(decode(&encode(&over)).sum, (1 << 79) - 1);
    }

    #[test]
    fn sums_at_their_limits_are_exact() {
        for (sum, sum_of_squares) in [
            ((1 << 79) - 1, (1 << 119) - 1),
            ((1 << 79) - 7, (1 << 119) - 7),
            (-(1 << 79), -(1 << 119)),
            (-(1 << 79) + 7, -(1 << 119) + 7),
        ] {
            let statistics = Statistics { sum, sum_of_squares, ..Statistics::of(1) };
            assert_eq!(decode(&encode(&statistics)), statistics);
        }
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(
            values in prop::collection::vec(-VALUE_LIMIT..=VALUE_LIMIT, 0..20)
        ) {
            let mut statistics = Statistics::EMPTY;
            values.iter().for_each(|value| statistics.record(*value));
            prop_assert_eq!(decode(&encode(&statistics)), statistics);
        }

        #[test]
        fn every_pattern_of_bytes_has_one_meaning(bytes in prop::array::uniform32(any::<u8>())) {
            let mut all = [0u8; BYTES];
            all[..32].copy_from_slice(&bytes);
            all[32..].copy_from_slice(&bytes[..15]);
            prop_assert_eq!(encode(&decode(&all)), all);
        }
    }
}
