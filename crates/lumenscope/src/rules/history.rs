//! What a rule reads in the slots of past hours. Pure.
//!
//! Over hours it is what alerting reads: at the end of a slot the latest hours that are over. What
//! history no longer tells by the hour is unknown, not empty.

use std::ops::Range;

use lumenscope_bucket::Statistics;
use lumenscope_bucket::calendar::DAY_HOURS;
use lumenscope_bucket::packed::PackedBucket;
use lumenscope_rules::rule::HOUR_SLOTS;
use lumenscope_rules::{Figure, MinuteSlot, Reading, Ring, Rule};

/// Windows of more hours than this begin with a whole day, as in analytics-storage's `window`.
const HOURS_KEPT_LEAST: u32 = 2 * DAY_HOURS;

/// Slots in a row that read the same.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Run {
    /// The first slot.
    pub first: u32,
    /// The last slot.
    pub last: u32,
    /// What each of them reads.
    pub reading: Reading,
    /// Whether each of them had samples of its own, as far as an absence asks.
    pub has_samples: bool,
}

/// What is known of a stream's hours.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// By their start.
    buckets: Vec<PackedBucket>,
    /// Hours of the longest.
    longest: u32,
}

/// What is known of one hour.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Hour {
    Samples(u64),
    Empty,
    /// Samples of a longer span, of which nobody knows the hour.
    Merged,
}

impl History {
    /// Of buckets in any order.
    pub fn new(mut buckets: Vec<PackedBucket>) -> Self {
        buckets.sort_by_key(|bucket| (bucket.start_hour, bucket.hours));
        let longest = buckets.iter().map(|bucket| bucket.hours).max().unwrap_or(0);
        History { buckets, longest }
    }

    /// All samples of the hours; none if some of them may be of hours outside.
    fn sum(&self, hours: Range<u32>) -> Option<Statistics> {
        let mut sum = Statistics::EMPTY;
        let reach = hours.start.saturating_sub(self.longest);
        let first = self.buckets.partition_point(|bucket| bucket.start_hour < reach);
        let within = self.buckets.iter().skip(first);
        for bucket in within.take_while(|bucket| bucket.start_hour < hours.end) {
            let (start, end) = (bucket.start_hour, bucket.end_hour());
            if hours.start <= start && end <= hours.end {
                sum.merge(&bucket.statistics);
            } else if start < hours.end && hours.start < end {
                return None;
            }
        }
        Some(sum)
    }

    fn hour(&self, hour: u32) -> Hour {
        match self.sum(hour..hour + 1) {
            Some(sum) if sum.is_empty() => Hour::Empty,
            Some(sum) => Hour::Samples(sum.count),
            None => Hour::Merged,
        }
    }

    /// How many of the hours hold no samples, and of how many that is not known.
    pub fn gaps(&self, mut hours: Range<u32>) -> (u32, u32) {
        hours.by_ref().fold((0, 0), |(empty, merged), hour| match self.hour(hour) {
            Hour::Samples(_) => (empty, merged),
            Hour::Empty => (empty + 1, merged),
            Hour::Merged => (empty, merged + 1),
        })
    }

    /// What a threshold over whole hours reads from the end of each hour to the end of the next.
    pub fn windows(&self, rule: &Rule, hours: Range<u32>, through: u32) -> Vec<Run> {
        let length = rule.window_slots() / HOUR_SLOTS;
        let run = |hour: u32| {
            let (first, last) = slots_after(hour);
            let end = hour + 1;
            let reading = match self.sum(window_start(end, length)..end) {
                Some(sum) => Ring::of_history(&total(first, &sum)).slot(rule, first).reading,
                None => Reading::Lost,
            };
            Run { first, last, reading, has_samples: false }
        };
        until(hours.map(run), through)
    }

    /// What an absence reads: in an hour with samples any minute may have had one.
    pub fn presence(&self, hours: Range<u32>, through: u32) -> Vec<Run> {
        let run = |hour: u32| {
            let (first, last) = (hour * HOUR_SLOTS, (hour + 1) * HOUR_SLOTS - 1);
            let (reading, has_samples) = match self.hour(hour) {
                Hour::Samples(count) => (value(i128::from(count), count), true),
                Hour::Empty => (Reading::Empty, false),
                Hour::Merged => (Reading::Lost, false),
            };
            Run { first, last, reading, has_samples }
        };
        until(hours.map(run), through)
    }
}

/// How the samples of some days are distributed, and one quantile of them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Distribution {
    /// The sketch's range: its smallest value.
    pub min: i64,
    /// Its largest.
    pub max: i64,
    /// Samples below the range, inside, and above.
    pub below: u64,
    pub inside: u64,
    pub above: u64,
    /// Which quantile, in thousandths.
    pub per_mille: u32,
    /// The quantile, where it lies inside and is known.
    pub quantile: Option<i64>,
}

impl Distribution {
    /// The quantile as a figure; of one outside the range the value next to it, which is on the same
    /// side of every threshold inside.
    pub fn reading(&self) -> Reading {
        let total = self.below + self.inside + self.above;
        if total == 0 {
            return Reading::Empty;
        }
        let place = (total * u64::from(self.per_mille)).div_ceil(1_000).max(1);
        let found = match self.quantile {
            Some(value) => value,
            None if place <= self.below => self.min - 1,
            None if place > self.below + self.inside => self.max + 1,
            // Counters were at their limit.
            None => return Reading::Lost,
        };
        value(found.into(), total)
    }
}

/// The hours of the days that a window which ends with a day covers.
pub fn days_before(end_hour: u32, window_days: u32) -> (u32, u32) {
    (end_hour.saturating_sub(window_days * DAY_HOURS), end_hour)
}

/// What windows of days read, one for each day, from its end to the end of the next.
pub fn days(days: &[(u32, Distribution)], through: u32) -> Vec<Run> {
    let run = |(end_hour, distribution): &(u32, Distribution)| {
        let first = slots_after(end_hour - 1).0;
        let last = first + DAY_HOURS * HOUR_SLOTS - 1;
        Run { first, last, reading: distribution.reading(), has_samples: false }
    };
    until(days.iter().map(run), through)
}

/// The first hour of a window of so many that ends before an hour.
pub fn window_start(end: u32, length: u32) -> u32 {
    let start = end.saturating_sub(length);
    if length > HOURS_KEPT_LEAST { start - start % DAY_HOURS } else { start }
}

/// The slots at whose end an hour is the last one that is over.
fn slots_after(hour: u32) -> (u32, u32) {
    let first = (hour + 1) * HOUR_SLOTS - 1;
    (first, first + HOUR_SLOTS - 1)
}

fn until(runs: impl Iterator<Item = Run>, through: u32) -> Vec<Run> {
    let runs = runs.take_while(|run| run.first <= through);
    runs.map(|run| Run { last: run.last.min(through), ..run }).collect()
}

fn total(minute: u32, sum: &Statistics) -> MinuteSlot {
    let Statistics { count, sum, min, max, last, .. } = *sum;
    MinuteSlot { minute, count, sum, min, max, last }
}

fn value(numerator: i128, points: u64) -> Reading {
    let points = u32::try_from(points).unwrap_or(u32::MAX);
    Reading::Value { figure: Figure { numerator, denominator: 1 }, points }
}

#[cfg(test)]
mod tests {
    use super::super::compile::compile;
    use super::super::spec::Spec;
    use super::super::spec::tests::spec;
    use super::*;

    fn bucket(start_hour: u32, hours: u32, value: i64) -> PackedBucket {
        PackedBucket { start_hour, hours, statistics: Statistics::of(value) }
    }

    #[test]
    fn an_hour_of_a_longer_span_is_unknown_and_a_window_that_holds_the_span_is_not() {
        let history = History::new(vec![bucket(48, 24, 7), bucket(72, 1, 1), bucket(74, 1, 2)]);
        assert_eq!(history.sum(48..72).map(|sum| sum.sum), Some(7));
        assert_eq!(history.sum(47..75).map(|sum| sum.count), Some(3));
        assert_eq!(history.sum(60..75), None);
        assert_eq!(history.gaps(47..76), (3, 24));
    }

    #[test]
    fn a_window_is_read_from_the_end_of_its_last_hour_to_the_end_of_the_next() {
        let rule = compile(&Spec { window_s: 7_200, ..spec() }, 0).expect("a rule");
        let history = History::new(vec![bucket(100, 1, 10), bucket(102, 1, 40)]);
        let runs = history.windows(&rule, 100..104, 104 * 60 + 5);
        let read: Vec<_> = runs.iter().map(|run| (run.first, run.last, mean(run))).collect();
        let expected = [
            (101 * 60 - 1, 102 * 60 - 2, Some(10)),
            (102 * 60 - 1, 103 * 60 - 2, Some(10)),
            (103 * 60 - 1, 104 * 60 - 2, Some(40)),
            (104 * 60 - 1, 104 * 60 + 5, Some(40)),
        ];
        assert_eq!(read, expected);
    }

    fn mean(run: &Run) -> Option<i128> {
        match run.reading {
            Reading::Value { figure, .. } => Some(figure.rounded()),
            _ => None,
        }
    }

    #[test]
    fn windows_of_more_than_two_days_begin_with_a_whole_one() {
        assert_eq!(window_start(100, 48), 52);
        assert_eq!(window_start(100, 49), 48);
        assert_eq!(window_start(100, 72), 24);
    }

    #[test]
    fn a_quantile_outside_the_range_stays_on_its_side() {
        let of = |quantile, per_mille| Distribution {
            min: 10,
            max: 6_000,
            below: 2,
            inside: 6,
            above: 2,
            per_mille,
            quantile,
        };
        let figure = |distribution: Distribution| match distribution.reading() {
            Reading::Value { figure, points: 10 } => Some(figure.numerator),
            _ => None,
        };
        assert_eq!(figure(of(Some(192), 500)), Some(192));
        assert_eq!(figure(of(None, 100)), Some(9));
        assert_eq!(figure(of(None, 900)), Some(6_001));
        assert_eq!(of(None, 500).reading(), Reading::Lost);
        let none = Distribution { below: 0, inside: 0, above: 0, ..of(None, 500) };
        assert_eq!(none.reading(), Reading::Empty);
    }
}
