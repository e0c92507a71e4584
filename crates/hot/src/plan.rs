//! Where a sample's hour goes, and what that does to the slots: decided on spans alone, in the
//! same work whatever the spans are, and then carried out by moving statistics.

use lumenscope_bucket::calendar::{DAY_HOURS, month_of_day};

use crate::layout::SLOTS;

/// Whole hours since 1970-01-01, both included.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Span {
    /// First hour.
    pub start_hour: u32,
    /// Last hour.
    pub end_hour: u32,
}

impl Span {
    fn contains(self, hour: u32) -> bool {
        self.start_hour <= hour && hour <= self.end_hour
    }

    fn to(self, later: Self) -> Self {
        Self { start_hour: self.start_hour, end_hour: later.end_hour }
    }

    fn is_of_one_day(self) -> bool {
        self.start_hour / DAY_HOURS == self.end_hour / DAY_HOURS
    }

    fn is_of_one_month(self) -> bool {
        month_of_day(self.start_hour / DAY_HOURS) == month_of_day(self.end_hour / DAY_HOURS)
    }
}

/// In [`Plan::source`]: the slot becomes empty.
pub(crate) const NOTHING: usize = SLOTS;
/// In [`Plan::source`]: the slot takes the merged pair.
pub(crate) const MERGED: usize = SLOTS + 1;

/// How the slots are rearranged before a sample is added.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Plan {
    pub spans: [Span; SLOTS],
    pub used: usize,
    /// For each slot, which one it was; [`NOTHING`] or [`MERGED`].
    pub source: [usize; SLOTS],
    /// The pair that is merged is this slot and the next one.
    pub pair: usize,
    /// The slot that takes the sample.
    pub target: usize,
    /// Whether the sample opened a slot that is newer than all others.
    pub rolled: bool,
}

impl Plan {
    pub fn new(spans: &[Span; SLOTS], used: usize, hour: u32) -> Self {
        let pair = pair_to_merge(spans);
        let merge = used == SLOTS && holder(spans, used, hour) == SLOTS;
        let mut plan = Self {
            spans: *spans,
            used: used - usize::from(merge),
            source: [0, 1, 2, 3],
            pair,
            target: 0,
            rolled: false,
        };
        for slot in 0..SLOTS {
            let from = slot + usize::from(merge && slot > pair);
            let is_merged = merge && slot == pair;
            let kept = if from < SLOTS { spans[from] } else { Span::default() };
            let next = spans[(slot + 1) % SLOTS];
            plan.spans[slot] = if is_merged { kept.to(next) } else { kept };
            // Beyond the last slot, `from` is NOTHING.
            plan.source[slot] = if is_merged { MERGED } else { from };
        }
        plan.insert(hour);
        plan
    }

    /// Opens a slot for the hour, in order, unless a span contains it.
    fn insert(&mut self, hour: u32) {
        let (spans, source) = (self.spans, self.source);
        let holder = holder(&spans, self.used, hour);
        let opens = holder == SLOTS;
        let mut older = 0;
        for (slot, span) in spans.iter().enumerate() {
            older += usize::from(slot < self.used && span.end_hour < hour);
        }
        for slot in 0..SLOTS {
            let before = if slot == 0 { 0 } else { slot - 1 };
            let is_new = opens && slot == older;
            let from = if opens && slot > older { before } else { slot };
            let new = Span { start_hour: hour, end_hour: hour };
            self.spans[slot] = if is_new { new } else { spans[from] };
            self.source[slot] = if is_new { NOTHING } else { source[from] };
        }
        self.rolled = opens && older == self.used;
        self.target = if opens { older } else { holder };
        self.used += usize::from(opens);
    }
}

/// The slot whose span contains the hour, or [`SLOTS`].
fn holder(spans: &[Span; SLOTS], used: usize, hour: u32) -> usize {
    let mut holder = SLOTS;
    for (slot, span) in spans.iter().enumerate() {
        holder = if slot < used && span.contains(hour) { slot } else { holder };
    }
    holder
}

/// The first neighbours within one UTC day, else within one month, else the oldest two: what
/// loses least resolution. Meaningful when all slots are in use.
fn pair_to_merge(spans: &[Span; SLOTS]) -> usize {
    let (mut of_day, mut of_month) = (SLOTS, SLOTS);
    for slot in (0..SLOTS - 1).rev() {
        let both = spans[slot].to(spans[slot + 1]);
        of_day = if both.is_of_one_day() { slot } else { of_day };
        of_month = if both.is_of_one_month() { slot } else { of_month };
    }
    let of_any = if of_month < SLOTS { of_month } else { 0 };
    if of_day < SLOTS { of_day } else { of_any }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2027-01-15T00:00Z.
    const DAY: u32 = 20_833;

    fn slots(spans: [(u32, u32); SLOTS]) -> [Span; SLOTS] {
        spans.map(|(start_hour, end_hour)| Span { start_hour, end_hour })
    }

    fn hour(day: u32, hour: u32) -> u32 {
        (DAY + day) * DAY_HOURS + hour
    }

    fn one(day: u32, at: u32) -> (u32, u32) {
        (hour(day, at), hour(day, at))
    }

    #[test]
    fn the_first_sample_opens_the_first_slot() {
        let plan = Plan::new(&slots([(0, 0); 4]), 0, 7);
        assert_eq!((plan.used, plan.target, plan.rolled), (1, 0, true));
        assert_eq!(plan.spans, slots([(7, 7), (0, 0), (0, 0), (0, 0)]));
    }

    #[test]
    fn a_contained_hour_moves_nothing() {
        let spans = slots([(5, 9), (11, 11), (12, 12), (13, 13)]);
        for (hour, target) in [(5, 0), (9, 0), (7, 0), (11, 1), (13, 3)] {
            let plan = Plan::new(&spans, 4, hour);
            assert_eq!(plan.spans, spans);
            assert_eq!(plan.source, [0, 1, 2, 3]);
            assert_eq!((plan.used, plan.target, plan.rolled), (4, target, false));
        }
    }

    #[test]
    fn a_late_hour_is_inserted_in_order() {
        let plan = Plan::new(&slots([(5, 5), (9, 9), (0, 0), (0, 0)]), 2, 7);
        assert_eq!(plan.spans, slots([(5, 5), (7, 7), (9, 9), (0, 0)]));
        assert_eq!(plan.source[..3], [0, NOTHING, 1]);
        assert_eq!((plan.used, plan.target, plan.rolled), (3, 1, false));
    }

    #[test]
    fn full_slots_merge_within_the_day_first() {
        let spans = slots([one(0, 23), one(1, 0), one(1, 1), one(1, 2)]);
        let plan = Plan::new(&spans, 4, hour(1, 3));
        assert_eq!(plan.spans, slots([one(0, 23), (hour(1, 0), hour(1, 1)), one(1, 2), one(1, 3)]));
        assert_eq!(plan.source, [0, MERGED, 3, NOTHING]);
        assert_eq!((plan.pair, plan.target, plan.rolled), (1, 3, true));
    }

    #[test]
    fn then_within_the_month_then_the_oldest() {
        // 2027-01-31 is day 16.
        let spans = slots([one(15, 0), one(17, 0), one(18, 0), one(19, 0)]);
        assert_eq!(Plan::new(&spans, 4, hour(20, 0)).pair, 1);
        let spans = slots([one(0, 0), one(31, 0), one(60, 0), one(90, 0)]);
        let plan = Plan::new(&spans, 4, hour(120, 0));
        assert_eq!(plan.pair, 0);
        assert_eq!(plan.spans[0], Span { start_hour: hour(0, 0), end_hour: hour(31, 0) });
    }

    #[test]
    fn an_hour_in_the_gap_of_the_merged_pair_joins_it() {
        let spans = slots([one(0, 2), one(0, 5), one(1, 0), one(2, 0)]);
        let plan = Plan::new(&spans, 4, hour(0, 3));
        assert_eq!(plan.spans, slots([(hour(0, 2), hour(0, 5)), one(1, 0), one(2, 0), (0, 0)]));
        assert_eq!((plan.used, plan.target, plan.rolled), (3, 0, false));
    }

    #[test]
    fn an_hour_older_than_all_goes_first_when_full() {
        let spans = slots([one(1, 2), one(1, 5), one(2, 0), one(3, 0)]);
        let plan = Plan::new(&spans, 4, hour(0, 0));
        assert_eq!(plan.spans, slots([one(0, 0), (hour(1, 2), hour(1, 5)), one(2, 0), one(3, 0)]));
        assert_eq!(plan.source, [NOTHING, MERGED, 2, 3]);
    }
}
