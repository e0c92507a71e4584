//! Random histories against a plain model: what came in is in exactly one bucket at each width,
//! whatever came when, and whoever compacted or not.

extern crate std;

use lumenscope_bucket::Statistics;
use lumenscope_bucket::calendar::Period;
use lumenscope_bucket::packed::{Decoder, PackedBucket};
use lumenscope_interfaces::analytics_storage::Granularity;
use lumenscope_interfaces::common::StatisticsView;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::vec::Vec as StdVec;

use super::support::{Closed, Fixture, START_HOUR, statistics};

const WIDTHS: [(Granularity, Period); 4] = [
    (Granularity::Hour, Period::Hour),
    (Granularity::Day, Period::Day),
    (Granularity::Week, Period::Week),
    (Granularity::Month, Period::Month),
];

#[derive(Clone, Debug)]
enum Operation {
    /// Hours since the last push, then spans: hours to the span's start, hours it covers, values.
    Push(u32, StdVec<(u32, u32, StdVec<i64>)>),
    /// A span that starts this many hours before now.
    Late(u32, u32, StdVec<i64>),
    Wait(u32),
    Compact,
    Retain(u32),
}

fn values() -> impl Strategy<Value = StdVec<i64>> {
    prop::collection::vec(-1_000_000..1_000_000i64, 0..4)
}

fn length() -> impl Strategy<Value = u32> {
    prop_oneof![6 => Just(1u32), 2 => 2..24u32, 1 => 24..24 * 40u32]
}

fn operation() -> impl Strategy<Value = Operation> {
    let spans = prop::collection::vec((0..5u32, length(), values()), 1..4);
    prop_oneof![
        8 => (0..30u32, spans).prop_map(|(gap, spans)| Operation::Push(gap, spans)),
        2 => (1..24 * 40u32, 1..30u32, values()).prop_map(|(ago, len, v)| Operation::Late(ago, len, v)),
        2 => (1..24 * 12u32).prop_map(Operation::Wait),
        3 => Just(Operation::Compact),
        1 => (2..20u32).prop_map(Operation::Retain),
    ]
}

/// Spans of hours, first and one after the last, and all samples that came for them.
#[derive(Default)]
struct Model {
    spans: BTreeMap<(u32, u32), Statistics>,
}

impl Model {
    fn add(&mut self, start: u32, len: u32, values: &[i64]) {
        if !values.is_empty() {
            self.spans.entry((start, start + len)).or_default().merge(&statistics(values));
        }
    }

    /// What a width must show: each span in its period, or as itself.
    fn at(&self, period: Period) -> BTreeMap<(u32, u32), Statistics> {
        let mut at = BTreeMap::<_, Statistics>::new();
        for (&(start, end), statistics) in &self.spans {
            let number = |hour: u32| period.of(u64::from(hour) * 3_600);
            let hour = |number: u32| (period.start_s(number) / 3_600) as u32;
            let key = if number(start) == number(end - 1) {
                (hour(number(start)), hour(number(start) + 1))
            } else {
                (start, end)
            };
            at.entry(key).or_default().merge(statistics);
        }
        at
    }
}

/// Everything but the last value, which depends on the order in which late samples came.
fn exact(statistics: &StatisticsView) -> (u64, i128, i64, i64, i128) {
    let StatisticsView { count, sum, min, max, sum_of_squares, .. } = *statistics;
    (count, sum, min, max, sum_of_squares)
}

fn exact_model(statistics: &Statistics) -> (u64, i128, i64, i64, i128) {
    let Statistics { count, sum, min, max, sum_of_squares, .. } = *statistics;
    (count, sum, min, max, sum_of_squares)
}

fn check(fixture: &Fixture, model: &Model) -> Result<(), TestCaseError> {
    let days = model.at(Period::Day);
    for (granularity, period) in WIDTHS {
        let expected = model.at(period);
        let found = fixture.buckets(granularity);
        for pair in found.windows(2) {
            let order = |b: &lumenscope_interfaces::common::Bucket| (b.start_s, b.end_s);
            prop_assert!(order(&pair[0]) < order(&pair[1]), "sorted, and no span twice");
        }
        if granularity == Granularity::Hour {
            // Hours that left the ring are in their day: nothing else may differ.
            let mut left: BTreeMap<_, _> =
                expected.iter().map(|(span, of)| (*span, exact_model(of))).collect();
            for bucket in &found {
                let span = ((bucket.start_s / 3_600) as u32, (bucket.end_s / 3_600) as u32);
                if left.remove(&span) == Some(exact(&bucket.statistics)) {
                    continue;
                }
                prop_assert!(bucket.coarse && span.1 - span.0 == 24, "{span:?}");
                prop_assert_eq!(exact(&bucket.statistics), exact_model(&days[&span]));
                left.retain(|hours, _| hours.0 < span.0 || hours.1 > span.1);
            }
            prop_assert!(left.is_empty(), "hours that are nowhere: {left:?}");
        } else {
            let found: StdVec<_> = found
                .iter()
                .map(|b| {
                    (((b.start_s / 3_600) as u32, (b.end_s / 3_600) as u32), exact(&b.statistics))
                })
                .collect();
            let expected: StdVec<_> =
                expected.iter().map(|(span, of)| (*span, exact_model(of))).collect();
            prop_assert_eq!(found, expected, "{:?}", granularity);
        }
    }
    check_packed_and_sum(fixture, model)
}

fn check_packed_and_sum(fixture: &Fixture, model: &Model) -> Result<(), TestCaseError> {
    let Some((&(first, _), _)) = model.spans.first_key_value() else { return Ok(()) };
    let query = fixture.query(Granularity::Day, first, first + 24 * 500);
    let packed: StdVec<u8> = fixture.analytics.range_packed(&query).iter().collect();
    let packed: Result<StdVec<PackedBucket>, _> = Decoder::new(&packed).unwrap().collect();
    let packed: BTreeMap<_, _> = packed
        .unwrap()
        .iter()
        .map(|b| ((b.start_hour, b.end_hour()), exact_model(&b.statistics)))
        .collect();
    let days: BTreeMap<_, _> =
        model.at(Period::Day).iter().map(|(span, of)| (*span, exact_model(of))).collect();
    prop_assert_eq!(packed, days);

    let mut all = Statistics::EMPTY;
    model.spans.values().for_each(|of| all.merge(of));
    let whole = fixture.query(Granularity::Month, first, first + 24 * 500);
    prop_assert_eq!(exact(&fixture.analytics.aggregate(&whole)), exact_model(&all));
    Ok(())
}

fn run(operations: &[Operation]) -> Result<(), TestCaseError> {
    let fixture = Fixture::new();
    let mut model = Model::default();
    let mut now = START_HOUR;
    let push = |model: &mut Model, now: u32, spans: &[(u32, u32, &StdVec<i64>)]| {
        fixture.at_hour(now);
        let closed: StdVec<Closed> = spans
            .iter()
            .map(|(start, len, values)| {
                Closed::span(*start, start + len - 1, &[values.as_slice(), &[]])
            })
            .collect();
        fixture.push(&closed);
        spans.iter().for_each(|(start, len, values)| model.add(*start, *len, values));
    };
    for operation in operations {
        match operation {
            Operation::Push(gap, spans) => {
                let mut at = now + gap;
                let mut placed = StdVec::new();
                for (gap, len, values) in spans {
                    placed.push((at + gap, *len, values));
                    at += gap + len;
                }
                now = at;
                push(&mut model, now, &placed);
            }
            Operation::Late(ago, len, values) => {
                push(&mut model, now, &[(now - ago.max(len), *len, values)]);
            }
            Operation::Wait(hours) => now += hours,
            _ if model.spans.is_empty() => {}
            Operation::Compact => {
                fixture.at_hour(now);
                fixture.compact();
            }
            Operation::Retain(days) => {
                fixture.at_hour(now);
                while fixture.compact() > 0 {}
                fixture.set_retention(*days);
            }
        }
        // Entries live 120 days; what keeps them alive is another test.
        if now > START_HOUR + 24 * 110 {
            break;
        }
    }
    fixture.at_hour(now);
    if model.spans.is_empty() {
        return Ok(());
    }
    check(&fixture, &model)?;
    while fixture.compact() > 0 {}
    check(&fixture, &model)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_or_doubled(operations in prop::collection::vec(operation(), 1..40)) {
        run(&operations)?;
    }
}
