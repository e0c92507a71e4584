//! Where a sample's hour goes, and what that does to the slots: decided on spans alone, in the
//! same work whatever the spans are but for moving bytes, and carried out by moving statistics.

use lumenscope_bucket::calendar::{DAY_HOURS, month_of_day};

use crate::bytes::{put, slide, u64_at};
use crate::layout::{SLOTS, SPAN};

/// Whole hours since 1970-01-01, both included.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Span {
    /// First hour.
    pub start_hour: u32,
    /// Last hour.
    pub end_hour: u32,
}

impl Span {
    pub(crate) fn decode(bytes: &[u8], at: usize) -> Self {
        let word = u64_at(bytes, at);
        Self { start_hour: word as u32, end_hour: (word >> 32) as u32 }
    }

    pub(crate) fn encode(self) -> [u8; SPAN] {
        (u64::from(self.start_hour) | u64::from(self.end_hour) << 32).to_le_bytes()
    }

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

/// How the slots are rearranged before a sample is added: first two neighbours may merge into
/// one, then an empty slot may open.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Plan {
    /// Slots in use afterwards.
    pub used: usize,
    /// Whether a pair merges.
    pub merges: bool,
    /// That pair is this slot and the next one.
    pub pair: usize,
    /// Whether a slot opens.
    pub opens: bool,
    /// The slot that takes the sample: the one that opens, if one does.
    pub target: usize,
    /// Whether the sample opened a slot that is newer than all others.
    pub rolled: bool,
}

impl Plan {
    pub fn new(spans: &[Span; SLOTS], used: usize, hour: u32) -> Self {
        let pair = pair_to_merge(spans);
        let mut holder = SLOTS;
        for (slot, span) in spans.iter().enumerate() {
            holder = if slot < used && span.contains(hour) { slot } else { holder };
        }
        let merges = used == SLOTS && holder == SLOTS;
        let mut older = 0;
        for (slot, span) in spans.iter().enumerate() {
            // The merged pair ends where its second slot does.
            let counts = slot < used && !(merges && slot == pair);
            older += usize::from(counts && span.end_hour < hour);
        }
        if merges && merged(spans, pair).contains(hour) {
            holder = pair;
        }
        let used = used - usize::from(merges);
        let opens = holder == SLOTS;
        let target = if opens { older } else { holder };
        let rolled = opens && older == used;
        Self { used: used + usize::from(opens), merges, pair, opens, target, rolled }
    }

    /// Moves the records of the slots, of `width` bytes each, as planned. `merged` is what the
    /// pair comes to.
    #[inline(never)]
    pub fn arrange(&self, records: &mut [u8], width: usize, merged: &[u8]) {
        let last = (SLOTS - 1) * width;
        if self.merges {
            let pair = self.pair * width;
            put(records, pair, merged);
            slide(records, pair + 2 * width, pair + width);
            records[last..].fill(0);
        }
        if self.opens {
            let target = self.target * width;
            slide(&mut records[..last + width], target, target + width);
            records[target..target + width].fill(0);
        }
    }
}

/// The span that a slot and the next one come to.
pub(crate) fn merged(spans: &[Span; SLOTS], pair: usize) -> Span {
    spans[pair].to(spans[(pair + 1) % SLOTS])
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

    /// Where the slots 1, 2, 3 and 4 are afterwards; 0 is an empty one, 9 the merged pair.
    fn moved(plan: &Plan) -> [u8; SLOTS] {
        let mut records = [1, 2, 3, 4];
        plan.arrange(&mut records, 1, &[9]);
        records
    }

    /// The spans afterwards.
    fn after(plan: &Plan, spans: &[Span; SLOTS], hour: u32) -> [Span; SLOTS] {
        let bytes = |span: Span| span.encode();
        let mut records = spans.map(bytes).concat();
        plan.arrange(&mut records, SPAN, &bytes(merged(spans, plan.pair)));
        if plan.opens {
            put(
                &mut records,
                plan.target * SPAN,
                &bytes(Span { start_hour: hour, end_hour: hour }),
            );
        }
        [0, 1, 2, 3].map(|slot| Span::decode(&records, slot * SPAN))
    }

    fn hour(day: u32, hour: u32) -> u32 {
        (DAY + day) * DAY_HOURS + hour
    }

    fn one(day: u32, at: u32) -> (u32, u32) {
        (hour(day, at), hour(day, at))
    }

    #[test]
    fn the_first_sample_opens_the_first_slot() {
        let spans = slots([(0, 0); 4]);
        let plan = Plan::new(&spans, 0, 7);
        assert_eq!((plan.used, plan.target, plan.rolled), (1, 0, true));
        assert_eq!(after(&plan, &spans, 7), slots([(7, 7), (0, 0), (0, 0), (0, 0)]));
    }

    #[test]
    fn a_contained_hour_moves_nothing() {
        let spans = slots([(5, 9), (11, 11), (12, 12), (13, 13)]);
        for (hour, target) in [(5, 0), (9, 0), (7, 0), (11, 1), (13, 3)] {
            let plan = Plan::new(&spans, 4, hour);
            assert_eq!(after(&plan, &spans, hour), spans);
            assert_eq!(moved(&plan), [1, 2, 3, 4]);
            assert_eq!((plan.used, plan.target, plan.rolled), (4, target, false));
        }
    }

    #[test]
    fn a_late_hour_is_inserted_in_order() {
        let spans = slots([(5, 5), (9, 9), (0, 0), (0, 0)]);
        let plan = Plan::new(&spans, 2, 7);
        assert_eq!(after(&plan, &spans, 7), slots([(5, 5), (7, 7), (9, 9), (0, 0)]));
        assert_eq!(moved(&plan)[..3], [1, 0, 2]);
        assert_eq!((plan.used, plan.target, plan.rolled), (3, 1, false));
    }

    #[test]
    fn full_slots_merge_within_the_day_first() {
        let spans = slots([one(0, 23), one(1, 0), one(1, 1), one(1, 2)]);
        let plan = Plan::new(&spans, 4, hour(1, 3));
        assert_eq!(
            after(&plan, &spans, hour(1, 3)),
            slots([one(0, 23), (hour(1, 0), hour(1, 1)), one(1, 2), one(1, 3)])
        );
        assert_eq!(moved(&plan), [1, 9, 4, 0]);
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
        assert_eq!(
            after(&plan, &spans, hour(120, 0))[0],
            Span { start_hour: hour(0, 0), end_hour: hour(31, 0) }
        );
    }

    #[test]
    fn an_hour_in_the_gap_of_the_merged_pair_joins_it() {
        let spans = slots([one(0, 2), one(0, 5), one(1, 0), one(2, 0)]);
        let plan = Plan::new(&spans, 4, hour(0, 3));
        assert_eq!(
            after(&plan, &spans, hour(0, 3)),
            slots([(hour(0, 2), hour(0, 5)), one(1, 0), one(2, 0), (0, 0)])
        );
        assert_eq!((plan.used, plan.target, plan.rolled), (3, 0, false));
    }

    #[test]
    fn an_hour_older_than_all_goes_first_when_full() {
        let spans = slots([one(1, 2), one(1, 5), one(2, 0), one(3, 0)]);
        let plan = Plan::new(&spans, 4, hour(0, 0));
        assert_eq!(
            after(&plan, &spans, hour(0, 0)),
            slots([one(0, 0), (hour(1, 2), hour(1, 5)), one(2, 0), one(3, 0)])
        );
        assert_eq!(moved(&plan), [0, 9, 3, 4]);
    }
}
