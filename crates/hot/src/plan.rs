//! Where a sample's hour goes, and what that does to the slots: decided on spans alone, in about
//! the same work whatever they are, and carried out by moving statistics, in the same.

use lumenscope_bucket::calendar::{DAY_HOURS, month_of_day};
use lumenscope_bucket::fixed;

use crate::bytes::{put, u64_at};
use crate::layout::{AT_SPANS, SLOTS, SPAN};

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

    /// The first hour of a slot.
    pub(crate) fn start_of(blob: &[u8], slot: usize) -> u32 {
        u64_at(blob, AT_SPANS + slot * SPAN) as u32
    }

    /// The last hour of a slot.
    pub(crate) fn end_of(blob: &[u8], slot: usize) -> u32 {
        (u64_at(blob, AT_SPANS + slot * SPAN) >> 32) as u32
    }

    /// The span of a slot.
    pub(crate) fn of(blob: &[u8], slot: usize) -> Self {
        Self::decode(blob, AT_SPANS + slot * SPAN)
    }

    /// The span that a slot and the next one come to, packed.
    pub(crate) fn of_pair(blob: &[u8], slot: usize) -> u64 {
        pack(Self::start_of(blob, slot), Self::end_of(blob, slot + 1))
    }
}

/// A span as it is stored.
pub(crate) fn pack(start_hour: u32, end_hour: u32) -> u64 {
    u64::from(start_hour) | u64::from(end_hour) << 32
}

/// How much resolution hours have lost that are held as one: 0 within one UTC day, 1 within one
/// month, 2 beyond. Both questions are asked of all hours: the same work for each.
fn loss(start_hour: u32, end_hour: u32) -> u32 {
    let (start, end) = (start_hour / DAY_HOURS, end_hour / DAY_HOURS);
    u32::from(start != end) + u32::from(month_of_day(start) != month_of_day(end))
}

/// Room to rearrange the records of the slots in: those there are, then what a pair comes to, then
/// an empty one, which stays so.
pub(crate) type Scratch = [u8; SCRATCH_BYTES];
pub(crate) const SCRATCH_BYTES: usize = (SLOTS + 2) * fixed::BYTES;

/// Places in [`Scratch`], beside those of the slots.
const MERGED: u32 = SLOTS as u32;
const EMPTY: u32 = MERGED + 1;
/// Bits that the place of a slot's record takes.
const PLACE_BITS: usize = 4;
/// Every slot keeps its record.
const ALL_STAY: u32 = 0x3210;
/// None does.
const ALL_EMPTY: u32 = 0x1111 * EMPTY;

/// How the slots are rearranged before a sample is added: first two neighbours may merge into
/// one, then an empty slot may open.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Plan {
    /// Slots in use afterwards.
    pub used: usize,
    /// The pair that merges, if one does: this slot and the next one.
    pub pair: usize,
    /// Whether a slot opens.
    pub opens: bool,
    /// The slot that takes the sample: the one that opens, if one does.
    pub target: usize,
    /// Where in [`Scratch`] each slot's record comes from, the first slot's in the lowest bits.
    pub from: u32,
}

impl Plan {
    /// A plan for samples of `hour`, given the entry, of whose slots some are in use.
    pub fn new(blob: &[u8], used: usize, hour: u32) -> Self {
        // The first neighbours within one day, else within one month, else the oldest two.
        // Meaningful when all slots are in use.
        let (mut pair, mut least) = (0, u32::MAX);
        for slot in (0..SLOTS - 1).rev() {
            let loss = loss(Span::start_of(blob, slot), Span::end_of(blob, slot + 1));
            if loss <= least {
                (pair, least) = (slot, loss);
            }
        }
        let mut target = 0;
        while target < used && Span::end_of(blob, target) < hour {
            target += 1;
        }
        let is_held = target < used && Span::start_of(blob, target) <= hour;
        let merges = !is_held && used == SLOTS;
        // An hour in the gap of the merged pair joins it.
        let joins = merges && target == pair + 1;
        if merges && target > pair {
            target -= 1;
        }
        let opens = !is_held && !joins;
        let used = used - usize::from(merges) + usize::from(opens);
        let mut from = ALL_STAY;
        if merges {
            let at = PLACE_BITS * pair;
            let (before, after) = (from & ((1 << at) - 1), from >> (at + 2 * PLACE_BITS));
            let last = EMPTY << (PLACE_BITS * (SLOTS - 1));
            from = before | MERGED << at | after << (at + PLACE_BITS) | last;
        }
        if opens {
            let at = PLACE_BITS * target;
            let (before, after) = (from & ((1 << at) - 1), from >> at);
            from = before | EMPTY << at | after << (at + PLACE_BITS);
        }
        Self { used, pair, opens, target, from }
    }
}

/// Where the records come from when the first slots' are dropped.
pub(crate) fn without_first(slots: usize) -> u32 {
    (ALL_STAY | ALL_EMPTY << (PLACE_BITS * SLOTS)) >> (PLACE_BITS * slots)
}

/// Moves the records of the slots, of `width` bytes each from `at` on, by way of `scratch`, to
/// where `from` says. `merged` is what a pair comes to. The same bytes move whatever it says.
#[inline(never)]
pub(crate) fn arrange(
    bytes: &mut [u8],
    at: usize,
    width: usize,
    from: u32,
    merged: &[u8],
    scratch: &mut Scratch,
) {
    put(scratch, 0, &bytes[at..at + SLOTS * width]);
    put(scratch, MERGED as usize * width, merged);
    let mut from = from;
    for slot in 0..SLOTS {
        let record = (from as usize % (1 << PLACE_BITS)) * width;
        put(bytes, at + slot * width, &scratch[record..record + width]);
        from >>= PLACE_BITS;
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use crate::bytes::set;

    /// 2027-01-15T00:00Z.
    const DAY: u32 = 20_833;

    fn packed(spans: &[Span; SLOTS]) -> std::vec::Vec<u8> {
        [
            std::vec![0; AT_SPANS],
            spans.map(|span| pack(span.start_hour, span.end_hour).to_le_bytes()).concat(),
        ]
        .concat()
    }

    fn plan_of(spans: &[Span; SLOTS], used: usize, hour: u32) -> Plan {
        Plan::new(&packed(spans), used, hour)
    }

    fn slots(spans: [(u32, u32); SLOTS]) -> [Span; SLOTS] {
        spans.map(|(start_hour, end_hour)| Span { start_hour, end_hour })
    }

    /// Where the slots 1, 2, 3 and 4 are afterwards; 0 is an empty one, 9 the merged pair.
    fn moved(plan: &Plan) -> [u8; SLOTS] {
        let mut records = [1, 2, 3, 4];
        arrange(&mut records, 0, 1, plan.from, &[9], &mut [0; SCRATCH_BYTES]);
        records
    }

    /// The spans afterwards.
    fn after(plan: &Plan, spans: &[Span; SLOTS], hour: u32) -> [Span; SLOTS] {
        let mut records = packed(spans);
        let merged = Span::of_pair(&records, plan.pair).to_le_bytes();
        arrange(&mut records, AT_SPANS, SPAN, plan.from, &merged, &mut [0; SCRATCH_BYTES]);
        if plan.opens {
            set(&mut records, AT_SPANS + plan.target * SPAN, SPAN, pack(hour, hour));
        }
        [0, 1, 2, 3].map(|slot| Span::of(&records, slot))
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
        let plan = plan_of(&spans, 0, 7);
        assert_eq!((plan.used, plan.target), (1, 0));
        assert_eq!(after(&plan, &spans, 7), slots([(7, 7), (0, 0), (0, 0), (0, 0)]));
    }

    #[test]
    fn a_contained_hour_moves_nothing() {
        let spans = slots([(5, 9), (11, 11), (12, 12), (13, 13)]);
        for (hour, target) in [(5, 0), (9, 0), (7, 0), (11, 1), (13, 3)] {
            let plan = plan_of(&spans, 4, hour);
            assert_eq!(after(&plan, &spans, hour), spans);
            assert_eq!(moved(&plan), [1, 2, 3, 4]);
            assert_eq!((plan.used, plan.target), (4, target));
        }
    }

    #[test]
    fn a_late_hour_is_inserted_in_order() {
        let spans = slots([(5, 5), (9, 9), (0, 0), (0, 0)]);
        let plan = plan_of(&spans, 2, 7);
        assert_eq!(after(&plan, &spans, 7), slots([(5, 5), (7, 7), (9, 9), (0, 0)]));
        assert_eq!(moved(&plan)[..3], [1, 0, 2]);
        assert_eq!((plan.used, plan.target), (3, 1));
    }

    #[test]
    fn full_slots_merge_within_the_day_first() {
        let spans = slots([one(0, 23), one(1, 0), one(1, 1), one(1, 2)]);
        let plan = plan_of(&spans, 4, hour(1, 3));
        assert_eq!(
            after(&plan, &spans, hour(1, 3)),
            slots([one(0, 23), (hour(1, 0), hour(1, 1)), one(1, 2), one(1, 3)])
        );
        assert_eq!(moved(&plan), [1, 9, 4, 0]);
        assert_eq!((plan.pair, plan.target), (1, 3));
    }

    #[test]
    fn then_within_the_month_then_the_oldest() {
        // 2027-01-31 is day 16.
        let spans = slots([one(15, 0), one(17, 0), one(18, 0), one(19, 0)]);
        assert_eq!(plan_of(&spans, 4, hour(20, 0)).pair, 1);
        let spans = slots([one(0, 0), one(31, 0), one(60, 0), one(90, 0)]);
        let plan = plan_of(&spans, 4, hour(120, 0));
        assert_eq!(plan.pair, 0);
        assert_eq!(
            after(&plan, &spans, hour(120, 0))[0],
            Span { start_hour: hour(0, 0), end_hour: hour(31, 0) }
        );
    }

    #[test]
    fn an_hour_in_the_gap_of_the_merged_pair_joins_it() {
        let spans = slots([one(0, 2), one(0, 5), one(1, 0), one(2, 0)]);
        let plan = plan_of(&spans, 4, hour(0, 3));
        assert_eq!(
            after(&plan, &spans, hour(0, 3)),
            slots([(hour(0, 2), hour(0, 5)), one(1, 0), one(2, 0), (0, 0)])
        );
        assert_eq!((plan.used, plan.target), (3, 0));
    }

    #[test]
    fn an_hour_older_than_all_goes_first_when_full() {
        let spans = slots([one(1, 2), one(1, 5), one(2, 0), one(3, 0)]);
        let plan = plan_of(&spans, 4, hour(0, 0));
        assert_eq!(
            after(&plan, &spans, hour(0, 0)),
            slots([one(0, 0), (hour(1, 2), hour(1, 5)), one(2, 0), one(3, 0)])
        );
        assert_eq!(moved(&plan), [0, 9, 3, 4]);
    }
}
