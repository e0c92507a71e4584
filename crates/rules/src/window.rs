//! From the minutes that a ring holds to what one slot reads.

use zerocopy::FromZeros;

use crate::condition::{Condition, Per, Statistic};
use crate::rule::Rule;
use crate::slot::{RING_SLOTS, SLOT_S};

/// The samples of one minute. A minute without samples has no slot.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, FromZeros)]
pub struct MinuteSlot {
    /// Minutes since 1970-01-01T00:00Z.
    pub minute: u32,
    /// Number of samples, at least 1.
    pub count: u64,
    /// Their sum, in the metric's unit.
    pub sum: i128,
    /// The smallest.
    pub min: i64,
    /// The largest.
    pub max: i64,
    /// The most recent.
    pub last: i64,
}

/// A figure as an exact fraction, so that a mean is compared without rounding.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Figure {
    /// Numerator.
    pub numerator: i128,
    /// Denominator, at least 1.
    pub denominator: u32,
}

impl Figure {
    /// The figure rounded toward zero.
    pub fn rounded(&self) -> i128 {
        // Long division by 32-bit limbs: a general 128-bit division takes over a kilobyte of wasm.
        let divisor = u64::from(self.denominator.max(1));
        let magnitude = self.numerator.unsigned_abs();
        let (high, low) = ((magnitude >> 64) as u64, magnitude as u64);
        let mut limbs = [(high >> 32) as u32, high as u32, (low >> 32) as u32, low as u32];
        let mut rest: u64 = 0;
        for limb in &mut limbs {
            let part = (rest << 32) | u64::from(*limb);
            *limb = (part / divisor) as u32;
            rest = part % divisor;
        }
        let pair = |high: u32, low: u32| (u64::from(high) << 32) | u64::from(low);
        let quotient =
            (u128::from(pair(limbs[0], limbs[1])) << 64) | u128::from(pair(limbs[2], limbs[3]));
        if self.numerator < 0 { (quotient as i128).wrapping_neg() } else { quotient as i128 }
    }
}

/// What the window that ends with a slot says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Reading {
    /// The figure over the window's samples.
    Value {
        /// The figure.
        figure: Figure,
        /// Samples in the window.
        points: u32,
    },
    /// The window held no sample.
    Empty,
    /// Part of the window left the ring before it was read: nothing is known.
    Lost,
    /// The figure does not fit.
    Overflow,
    /// The window before, which a change is a share of, reads 0.
    NoBase,
}

/// One closed slot, as a rule sees it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Slot {
    /// Which minute.
    pub index: u32,
    /// What the rule's window, ending here, reads.
    pub reading: Reading,
    /// The latest minute up to this one that is known to have had samples; 0: none is.
    pub last_data: u32,
}

/// The minutes that a ring of [`RING_SLOTS`] holds for one metric, oldest first. It may leave out
/// minutes older than the first one needed; never newer ones.
#[derive(Clone, Copy, Debug)]
pub struct Ring<'a> {
    slots: &'a [MinuteSlot],
    /// Whether there is only one, of all minutes of the window.
    is_total: bool,
}

/// Room for the minutes of a ring.
pub fn no_minutes() -> [MinuteSlot; RING_SLOTS as usize] {
    FromZeros::new_zeroed()
}

impl<'a> Ring<'a> {
    /// A view of `slots`, which are in rising order of minutes.
    pub fn new(slots: &'a [MinuteSlot]) -> Self {
        Ring { slots, is_total: false }
    }

    /// A window of hours, whose samples history has added up to one slot: every slot reads that, from
    /// its minute to the end of the next hour.
    pub fn of_history(total: &'a MinuteSlot) -> Self {
        Ring { slots: core::slice::from_ref(total), is_total: true }
    }

    fn newest(&self) -> u32 {
        self.slots.last().map_or(0, |slot| slot.minute)
    }

    /// The last minute whose place in the ring a newer one has taken, or may have taken.
    fn lost_through(&self) -> u32 {
        if self.is_total { 0 } else { self.newest().saturating_sub(RING_SLOTS) }
    }

    /// What `rule` reads in the slot `index`.
    pub fn slot(&self, rule: &Rule, index: u32) -> Slot {
        let compare = rule.condition.compare();
        let (statistic, window) =
            compare.map_or((Statistic::Count, 1), |of| (of.statistic, of.window_slots));
        let reach = rule.window_slots().saturating_sub(1);
        let first = index.saturating_sub(window.saturating_sub(1));
        let reading = if index.saturating_sub(reach) <= self.lost_through() {
            Reading::Lost
        } else {
            let now = read(self.slots, first, index, statistic);
            match rule.condition {
                Condition::Rate { per, .. } => {
                    let end = first.saturating_sub(1);
                    let start = index.saturating_sub(reach);
                    change(read(self.slots, start, end, statistic), now, per, window)
                }
                _ => now,
            }
        };
        Slot { index, reading, last_data: self.last_data(index) }
    }

    /// The latest minute up to `index` that is known to have had samples; 0: none is.
    pub(crate) fn last_data(&self, index: u32) -> u32 {
        let known = self.slots.iter().rev().find(|slot| slot.minute <= index);
        known.map_or(0, |slot| slot.minute)
    }

    /// The last slot up to which `rule` reads the same as in `index`, or `index` itself.
    pub(crate) fn same_through(&self, rule: &Rule, index: u32) -> u32 {
        let reach = rule.window_slots().saturating_sub(1);
        if self.is_total || index.saturating_sub(reach) > self.newest() {
            u32::MAX
        } else {
            self.lost_through().saturating_add(reach).max(index)
        }
    }
}

/// How a figure changed from one window of so many slots to the next.
fn change(before: Reading, now: Reading, per: Per, window_slots: u32) -> Reading {
    let (Reading::Value { figure: from, points: before_points }, Reading::Value { figure, points }) =
        (before, now)
    else {
        // What is not known of one of them is not known of their difference.
        let overflows = before == Reading::Overflow || now == Reading::Overflow;
        return if overflows { Reading::Overflow } else { Reading::Empty };
    };
    let (from, to) = (from.rounded(), figure.rounded());
    // Both are below 2^108 (`read`), so that neither the difference nor its multiple overflows.
    let difference = to.wrapping_sub(from);
    let points = points.min(before_points);
    let figure = match per {
        Per::Second => Figure {
            numerator: difference.wrapping_mul(1_000),
            denominator: window_slots.wrapping_mul(SLOT_S),
        },
        Per::Base => {
            let mut base = from.unsigned_abs();
            let mut numerator = difference.wrapping_mul(10_000);
            if base == 0 {
                return Reading::NoBase;
            }
            // A denominator has 32 bits; a larger base is rounded to them, and the difference with it.
            while base > u128::from(u32::MAX) {
                base >>= 8;
                numerator >>= 8;
            }
            Figure { numerator, denominator: base as u32 }
        }
    };
    Reading::Value { figure, points }
}

/// The statistic over the samples of the minutes `first..=last`.
#[inline(never)]
pub fn read(slots: &[MinuteSlot], first: u32, last: u32, statistic: Statistic) -> Reading {
    let mut total = MinuteSlot { min: i64::MAX, max: i64::MIN, ..MinuteSlot::default() };
    for slot in slots {
        if slot.minute < first || slot.minute > last || slot.count == 0 {
            continue;
        }
        // Checked sums and products of 128 bits take half a kilobyte of wasm: of 12 sums within
        // 2^108 neither can overflow.
        if (slot.sum >> 64) as i64 >> 44 != (slot.sum >> 127) as i64 {
            return Reading::Overflow;
        }
        total.sum = total.sum.wrapping_add(slot.sum);
        total.count += slot.count;
        total.min = total.min.min(slot.min);
        total.max = total.max.max(slot.max);
        total.last = slot.last;
    }
    total.minute = last.wrapping_sub(first).wrapping_add(1);
    figure(&total, statistic)
}

/// The statistic of a window, whose samples are one `MinuteSlot`; its `minute` says how many they
/// are, and its sum is within 2^111.
#[inline(always)]
pub(crate) fn figure(total: &MinuteSlot, statistic: Statistic) -> Reading {
    if total.count == 0 {
        return Reading::Empty;
    }
    let Ok(points) = u32::try_from(total.count) else { return Reading::Overflow };
    let one = match statistic {
        Statistic::Minimum => total.min,
        Statistic::Maximum => total.max,
        Statistic::Count => i64::from(points),
        _ => total.last,
    };
    let (sum, factor, denominator) = match statistic {
        Statistic::Average => (total.sum, 1, points),
        Statistic::Sum => (total.sum, 1, 1),
        Statistic::ErrorRatio => (total.sum, 10_000, points),
        Statistic::PerSecond => (total.sum, 1_000, total.minute * SLOT_S),
        _ => (i128::from(one), 1, 1),
    };
    let figure = Figure { numerator: sum.wrapping_mul(factor), denominator };
    Reading::Value { figure, points }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn minute(minute: u32, values: &[i64]) -> MinuteSlot {
        MinuteSlot {
            minute,
            count: values.len() as u64,
            sum: values.iter().map(|value| i128::from(*value)).sum(),
            min: *values.iter().min().unwrap(),
            max: *values.iter().max().unwrap(),
            last: *values.last().unwrap(),
        }
    }

    fn rounded(statistic: Statistic) -> i128 {
        let slots = [minute(100, &[1_000]), minute(102, &[7, -8]), minute(104, &[3])];
        match read(&slots, 102, 104, statistic) {
            Reading::Value { figure, points } => {
                assert_eq!(points, 3);
                figure.rounded()
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_statistic_is_taken_over_the_window_alone() {
        assert_eq!(rounded(Statistic::Average), 0);
        assert_eq!(rounded(Statistic::Sum), 2);
        assert_eq!(rounded(Statistic::Minimum), -8);
        assert_eq!(rounded(Statistic::Maximum), 7);
        assert_eq!(rounded(Statistic::Count), 3);
        assert_eq!(rounded(Statistic::Last), 3);
        assert_eq!(rounded(Statistic::ErrorRatio), 6_666);
        assert_eq!(rounded(Statistic::PerSecond), 2_000 / 180);
    }

    fn value(numerator: i128) -> Reading {
        Reading::Value { figure: Figure { numerator, denominator: 1 }, points: 1 }
    }

    #[test]
    fn a_change_is_unknown_where_one_of_both_is() {
        let of = |before, now| change(before, now, Per::Base, 1);
        for (before, now, expected) in [
            (Reading::Overflow, value(1), Reading::Overflow),
            (value(1), Reading::Overflow, Reading::Overflow),
            (Reading::Overflow, Reading::Empty, Reading::Overflow),
            (Reading::Empty, value(1), Reading::Empty),
            (value(1), Reading::Empty, Reading::Empty),
            (value(0), value(1), Reading::NoBase),
        ] {
            assert_eq!(of(before, now), expected, "{before:?}, {now:?}");
        }
    }

    #[test]
    fn a_base_of_32_bits_is_taken_as_it_is_and_a_larger_one_is_rounded() {
        let of = |base: i128| match change(value(base), value(base + 1), Per::Base, 1) {
            Reading::Value { figure, .. } => (figure.numerator, figure.denominator),
            other => panic!("{other:?}"),
        };
        let last = i128::from(u32::MAX);
        assert_eq!(of(last), (10_000, u32::MAX));
        assert_eq!(of(last + 1), (39, 1 << 24));
        assert_eq!(of(-last), (10_000, u32::MAX));
    }

    #[test]
    fn a_window_without_samples_is_empty() {
        assert_eq!(read(&[minute(100, &[1])], 101, 104, Statistic::Sum), Reading::Empty);
    }

    #[test]
    fn a_sum_beyond_what_a_ring_adds_up_is_an_overflow_and_not_a_number() {
        let full = |sum: i128| {
            let slot = |minute| MinuteSlot { minute, count: 1, sum, ..Default::default() };
            let slots: std::vec::Vec<_> = (1..=RING_SLOTS).map(slot).collect();
            read(&slots, 1, RING_SLOTS, Statistic::ErrorRatio)
        };
        const SUM_MAX: i128 = 1 << 108;
        for sum in [SUM_MAX, -SUM_MAX - 1, i128::MAX, i128::MIN] {
            assert_eq!(full(sum), Reading::Overflow);
        }
        for sum in [SUM_MAX - 1, -SUM_MAX] {
            let Reading::Value { figure, .. } = full(sum) else { panic!("{sum} fits") };
            let expected = sum.checked_mul(i128::from(RING_SLOTS) * 10_000).unwrap();
            assert_eq!(figure.numerator, expected);
        }
    }

    proptest! {
        #[test]
        fn rounding_equals_128_bit_division(
            numerator in any::<i128>(), denominator in 1..=u32::MAX,
        ) {
            let figure = Figure { numerator, denominator };
            prop_assert_eq!(figure.rounded(), numerator / i128::from(denominator));
        }
    }
}
