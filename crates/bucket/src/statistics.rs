//! Count, sum, extremes, last and sum of squares: what is kept of a set of samples.

/// Samples lie within plus and minus this (2^43, about 8.8 million million). The sum of 2^32 such
/// samples fits in 10 bytes and the sum of their squares in 15.
pub const VALUE_LIMIT: i64 = 1 << 43;

/// A value brought within [`VALUE_LIMIT`], and whether it was outside.
pub fn clamp(value: i128) -> (i64, bool) {
    let narrow = value as i64;
    let narrow =
        if i128::from(narrow) == value { narrow } else { (value >> 127) as i64 ^ i64::MAX };
    let clamped = narrow.clamp(-VALUE_LIMIT, VALUE_LIMIT);
    (clamped, clamped != narrow)
}

/// What is kept of a set of samples. With `count` 0 every other field is 0 and means nothing.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Statistics {
    /// Number of samples.
    pub count: u64,
    /// Sum of the samples.
    pub sum: i128,
    /// Smallest sample.
    pub min: i64,
    /// Largest sample.
    pub max: i64,
    /// Most recent sample.
    pub last: i64,
    /// Sum of the squares of the samples, exact.
    pub sum_of_squares: i128,
}

impl Statistics {
    /// Of no samples.
    pub const EMPTY: Self = Self { count: 0, sum: 0, min: 0, max: 0, last: 0, sum_of_squares: 0 };

    /// Of one sample, which lies within [`VALUE_LIMIT`].
    pub const fn of(value: i64) -> Self {
        Self {
            count: 1,
            sum: value as i128,
            min: value,
            max: value,
            last: value,
            sum_of_squares: (value as i128) * (value as i128),
        }
    }

    /// Adds one sample, which lies within [`VALUE_LIMIT`], as the most recent.
    pub fn record(&mut self, value: i64) {
        self.merge(&Self::of(value));
    }

    /// Adds samples that are all more recent than those already held.
    ///
    /// Sums and counts add as integers, so that neither the order nor the grouping of merges
    /// changes the result. Nothing overflows: of 2^40 buckets as full as [`crate::fixed`] holds
    /// them, not even the sum of squares would.
    pub fn merge(&mut self, later: &Self) {
        // Chosen, not branched: recording does the same work whatever is held.
        let (had, has) = (self.count != 0, later.count != 0);
        self.min = if !had || (has && later.min < self.min) { later.min } else { self.min };
        self.max = if !had || (has && later.max > self.max) { later.max } else { self.max };
        self.last = if has { later.last } else { self.last };
        self.count = self.count.wrapping_add(later.count);
        self.sum = self.sum.wrapping_add(later.sum);
        self.sum_of_squares = self.sum_of_squares.wrapping_add(later.sum_of_squares);
    }

    /// Adds all but the last of `other`. Neither is empty.
    pub fn merge_all_but_last(&mut self, other: &Self) {
        self.count = self.count.wrapping_add(other.count);
        self.sum = self.sum.wrapping_add(other.sum);
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        self.sum_of_squares = self.sum_of_squares.wrapping_add(other.sum_of_squares);
    }

    /// Adds samples that are all older than those already held.
    pub fn merge_earlier(&mut self, earlier: &Self) {
        let last = if self.count == 0 { earlier.last } else { self.last };
        self.merge(earlier);
        self.last = last;
    }

    /// Whether there are no samples.
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Whether some set of `count` samples within [`VALUE_LIMIT`] can have these statistics, as
    /// far as inequalities tell. An aggregate that a reporter sends is refused otherwise.
    ///
    /// `count` is at most `u32::MAX` in consistent statistics: that is what a bucket holds.
    pub fn is_consistent(&self) -> bool {
        if self.count == 0 {
            return *self == Self::EMPTY;
        }
        self.count <= u64::from(u32::MAX) && self.is_possible()
    }

    /// As [`Statistics::is_consistent`], of 1 to `u32::MAX` samples.
    pub fn is_possible(&self) -> bool {
        if self.min < -VALUE_LIMIT
            || self.max > VALUE_LIMIT
            || self.last < self.min
            || self.last > self.max
        {
            return false;
        }
        // One sample is the smallest and one the largest; the others lie between.
        let range = i128::from(self.max - self.min);
        if self.above(self.min) < range || -self.above(self.max) < range {
            return false;
        }
        // (x - min)(x - max) <= 0 for every sample: it bounds the squares from above.
        // (x - c)(x - c - 1) >= 0 for every integer x, whatever the integer c; near the mean it
        // bounds the squares most tightly from below.
        let c = self.near_mean();
        self.products(self.min, self.max) <= 0 && self.products(c, c + 1) >= 0
    }

    /// The sum of `x - a` over all samples.
    #[inline(never)]
    fn above(&self, a: i64) -> i128 {
        self.sum.wrapping_sub(times(self.count as i64, a.into()))
    }

    /// The sum of `(x - a)(x - b)` over all samples: below 2^121.
    #[inline(never)]
    fn products(&self, a: i64, b: i64) -> i128 {
        let rest = times(a, self.above(b)).wrapping_add(times(b, self.sum));
        self.sum_of_squares.wrapping_sub(rest)
    }

    /// The mean, exact to an integer while the sum fits in 64 bits and within 2^16 beyond: a
    /// division of 128 bits would take a kilobyte of every contract.
    fn near_mean(&self) -> i64 {
        let shift = if i64::try_from(self.sum).is_ok() { 0 } else { 16 };
        ((self.sum >> shift) as i64 / self.count as i64) << shift
    }
}

/// Checks of overflow would only take room in a contract.
fn times(a: i64, b: i128) -> i128 {
    i128::from(a).wrapping_mul(b)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of_all(values: &[i64]) -> Statistics {
        let mut statistics = Statistics::EMPTY;
        values.iter().for_each(|value| statistics.record(*value));
        statistics
    }

    fn value() -> impl Strategy<Value = i64> {
        prop_oneof![
            -5i64..5,
            -VALUE_LIMIT..=VALUE_LIMIT,
            Just(VALUE_LIMIT),
            Just(-VALUE_LIMIT),
            Just(0)
        ]
    }

    #[test]
    fn values_at_the_limit_are_kept_and_those_beyond_are_clamped_and_said() {
        let limit = i128::from(VALUE_LIMIT);
        assert_eq!(clamp(limit), (VALUE_LIMIT, false));
        assert_eq!(clamp(limit + 1), (VALUE_LIMIT, true));
        assert_eq!(clamp(-limit), (-VALUE_LIMIT, false));
        assert_eq!(clamp(-limit - 1), (-VALUE_LIMIT, true));
        assert_eq!(clamp(i128::MAX), (VALUE_LIMIT, true));
        assert_eq!(clamp(i128::MIN), (-VALUE_LIMIT, true));
    }

    #[test]
    fn contradictions_are_seen() {
        let good = of_all(&[3, -4, 10]);
        assert!(good.is_consistent());
        let bad = [
            Statistics { count: 0, ..good },
            Statistics { count: 2, ..good },
            Statistics { count: u64::from(u32::MAX) + 1, ..good },
            Statistics { sum: good.sum + 100, ..good },
            Statistics { min: 4, ..good },
            Statistics { min: -VALUE_LIMIT - 1, ..good },
            Statistics { max: VALUE_LIMIT + 1, ..good },
            Statistics { last: 11, ..good },
            Statistics { last: -5, ..good },
            Statistics { sum_of_squares: 26, ..good },
            Statistics { sum_of_squares: 1_000, ..good },
            Statistics { sum_of_squares: -1, ..good },
            Statistics { sum: i128::MAX, ..good },
            Statistics { sum: i128::MIN, ..good },
            Statistics { sum_of_squares: i128::MAX, ..good },
            Statistics { min: i64::MIN, max: i64::MAX, ..good },
            // Two integers with a mean of a half differ.
            Statistics { sum: 1, max: 1, sum_of_squares: 0, count: 2, ..Statistics::of(0) },
            Statistics::of(VALUE_LIMIT + 1),
            Statistics::of(-VALUE_LIMIT - 1),
        ];
        for statistics in bad {
            assert!(!statistics.is_consistent(), "{statistics:?}");
        }
    }

    #[test]
    fn the_extremes_of_a_full_bucket_are_consistent() {
        let count = u64::from(u32::MAX);
        for value in [VALUE_LIMIT, -VALUE_LIMIT, 0, 1] {
            let (n, v) = (i128::from(count), i128::from(value));
            let full = Statistics {
                count,
                sum: n * v,
                min: value,
                max: value,
                last: value,
                sum_of_squares: n * v * v,
            };
            assert!(full.is_consistent());
            assert!(!Statistics { sum: full.sum + 1, ..full }.is_consistent());
        }
    }

    #[test]
    fn squares_below_those_of_the_mean_are_seen_where_the_sum_is_beyond_64_bits() {
        let count = u64::from(u32::MAX);
        let (n, mean) = (i128::from(count), i128::from(VALUE_LIMIT / 2));
        for sign in [1, -1] {
            let (sum, sum_of_squares) = (n * mean * sign, n * mean * mean);
            let (min, max) = (-VALUE_LIMIT, VALUE_LIMIT);
            let whole = Statistics { count, sum, min, max, last: 0, sum_of_squares };
            let spread = Statistics { sum_of_squares: sum_of_squares / 10 * 11, ..whole };
            assert!(spread.is_consistent());
            let less = Statistics { sum_of_squares: sum_of_squares / 10 * 9, ..whole };
            assert!(!less.is_consistent());
        }
    }

    proptest! {
        #[test]
        fn recording_matches_the_definition(values in prop::collection::vec(value(), 1..40)) {
            let statistics = of_all(&values);
            let wide = values.iter().map(|value| i128::from(*value));
            prop_assert_eq!(statistics.count, values.len() as u64);
            prop_assert_eq!(statistics.sum, wide.clone().sum::<i128>());
            prop_assert_eq!(statistics.sum_of_squares, wide.map(|v| v * v).sum::<i128>());
            prop_assert_eq!(Some(&statistics.min), values.iter().min());
            prop_assert_eq!(Some(&statistics.max), values.iter().max());
            prop_assert_eq!(Some(&statistics.last), values.last());
            prop_assert!(statistics.is_consistent());
        }

        #[test]
        fn merging_parts_equals_recording_all(
            values in prop::collection::vec(value(), 0..40),
            cut in 0usize..40,
        ) {
            let (earlier, later) = values.split_at(cut.min(values.len()));
            let mut forwards = of_all(earlier);
            forwards.merge(&of_all(later));
            prop_assert_eq!(forwards, of_all(&values));
            let mut backwards = of_all(later);
            backwards.merge_earlier(&of_all(earlier));
            prop_assert_eq!(backwards, of_all(&values));
        }

        #[test]
        fn all_but_the_last_leaves_the_last(
            values in prop::collection::vec(value(), 2..40),
            cut in 1usize..39,
        ) {
            let (earlier, later) = values.split_at(cut.min(values.len() - 1));
            let mut merged = of_all(earlier);
            merged.merge_all_but_last(&of_all(later));
            let expected = Statistics { last: earlier[earlier.len() - 1], ..of_all(&values) };
            prop_assert_eq!(merged, expected);
        }
    }
}
