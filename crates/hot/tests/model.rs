//! Random operations on a hot entry against a plain model: no count or sum is ever lost or
//! doubled, whatever the time, whoever reports late or twice, however long no keeper comes.
//!
//! 10,000 cases by default, in half a minute; `PROPTEST_CASES=1000000 cargo test -p lumenscope-hot
//! --release` for a long run.

use std::collections::BTreeMap;

use lumenscope_bucket::{Statistics, VALUE_LIMIT, calendar::HOUR_S};
use lumenscope_hot::{
    BYTES_MAX, Export, HotError, MetricShape, Moment, Recorder, Reporter, SLOTS, Sample, Span,
    View, create, minutes,
};
use lumenscope_sketch::SketchLayout;
use proptest::prelude::*;

const METRICS: usize = 3;
/// 2027-01-15T08:00Z.
const START_S: u64 = 1_800_000_000;
const RING_MINUTES: u32 = 12;

#[derive(Clone, Debug)]
enum Operation {
    /// Time passes.
    Wait { seconds: u64 },
    /// The monitored contract records the metrics of `mask` now.
    Record { mask: u8, value: i128 },
    /// A reporter brings an aggregate of `copies` equal values observed `ago_s` seconds ago.
    Report { witness: Option<usize>, ago_s: u64, metric: usize, value: i64, copies: u32, step: i8 },
    /// The primary reporter brings an aggregate of an hour so many before those that are flushed.
    Backfill { hours: u32, metric: usize, value: i64, copies: u32, step: i8 },
    /// The owner replaces a reporter.
    Replace { witness: Option<usize> },
    /// A keeper flushes all but the last `keep` closed hours.
    Flush { keep: u32 },
    /// The owner reverses the metrics' order.
    Reshape,
}

fn operation() -> impl Strategy<Value = Operation> {
    let value = prop_oneof![
        4 => 0i64..1_000,
        1 => Just(-VALUE_LIMIT),
        1 => Just(VALUE_LIMIT),
        1 => -VALUE_LIMIT..VALUE_LIMIT
    ];
    let any_value = prop_oneof![8 => value.clone().prop_map(i128::from), 1 => any::<i128>()];
    let witness = prop_oneof![3 => Just(None), 1 => (0usize..3).prop_map(Some)];
    let seconds = prop_oneof![
        4 => 0u64..40,
        3 => 30u64..600,
        3 => 600u64..2 * HOUR_S,
        2 => HOUR_S..30 * HOUR_S,
        1 => 86_400u64..45 * 86_400
    ];
    let ago_s = prop_oneof![
        2 => 0u64..120,
        2 => 0u64..2 * HOUR_S,
        1 => 0u64..10 * 86_400
    ];
    prop_oneof![
        4 => seconds.prop_map(|seconds| Operation::Wait { seconds }),
        5 => (1u8..8, any_value).prop_map(|(mask, value)| Operation::Record { mask, value }),
        1 => (1u32..300, 0..METRICS, value.clone(), 1u32..1_000, -1i8..3).prop_map(
            |(hours, metric, value, copies, step)| Operation::Backfill {
                hours, metric, value, copies, step
            }
        ),
        4 => (witness.clone(), ago_s, 0..METRICS, value, 1u32..1_000, -1i8..3).prop_map(
            |(witness, ago_s, metric, value, copies, step)| Operation::Report {
                witness, ago_s, metric, value, copies, step
            }
        ),
        1 => witness.prop_map(|witness| Operation::Replace { witness }),
        1 => (0u32..6).prop_map(|keep| Operation::Flush { keep }),
        1 => Just(Operation::Reshape),
    ]
}

fn cases() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig { cases: cases.unwrap_or(10_000), ..ProptestConfig::default() }
}

type ByMetric = [Statistics; METRICS];

/// The plain way: a map of hours, a map of minutes, and sums.
#[derive(Default)]
struct Model {
    now_s: u64,
    sequence: u64,
    flushed_before: u32,
    unflushed: BTreeMap<u32, ByMetric>,
    /// Most hours that were unflushed at once.
    hours_most: usize,
    history: ByMetric,
    totals: ByMetric,
    clamped: [u32; METRICS],
    minutes: [BTreeMap<u32, Statistics>; METRICS],
    late: [u32; METRICS],
    generations: [u16; 4],
    next_generation: u16,
    last_sequences: [u64; 4],
    witnessed: [ByMetric; 3],
    /// Which metric is at each place of the entry.
    order: Vec<usize>,
}

impl Model {
    fn add(&mut self, metric: usize, at_s: u64, sample: &Sample) {
        let hour = (at_s / HOUR_S) as u32;
        self.unflushed.entry(hour).or_default()[metric].merge(&sample.statistics);
        self.hours_most = self.hours_most.max(self.unflushed.len());
        self.totals[metric].merge(&sample.statistics);
        self.clamped[metric] += sample.clamped;
        let minute = (at_s / 60) as u32;
        if self.now_s < (u64::from(minute) + 1) * 60 + 30 {
            self.minutes[metric].entry(minute).or_default().merge(&sample.statistics);
        } else {
            self.late[metric] += sample.statistics.count as u32;
        }
    }
}

struct Run {
    blob: Vec<u8>,
    model: Model,
}

fn watched(order: &[usize]) -> u16 {
    (0..).zip(order).map(|(place, metric)| u16::from(*metric != 1) << place).sum()
}

fn shapes(order: &[usize]) -> Vec<MetricShape> {
    let sketch = SketchLayout::new(1, 1_000, 64).ok();
    let of = |metric: &usize| MetricShape {
        code: *metric as u16 + 1,
        sketch: sketch.filter(|_| *metric == 1),
        continues: order.len() - order.iter().position(|m| m == metric).unwrap(),
    };
    order.iter().map(of).collect()
}

impl Run {
    fn new() -> Self {
        let mut blob = vec![0xaa; BYTES_MAX];
        let hour = (START_S / HOUR_S) as u32;
        let order: Vec<usize> = (0..METRICS).collect();
        let bytes =
            create(None::<&View>, &shapes(&order), watched(&order), true, hour, &mut blob).unwrap();
        blob.truncate(bytes);
        let model = Model {
            now_s: START_S,
            flushed_before: hour,
            generations: [1, 2, 3, 4],
            next_generation: 5,
            order,
            ..Model::default()
        };
        Self { blob, model }
    }

    fn place_of(&self, metric: usize) -> usize {
        self.model.order.iter().position(|m| *m == metric).unwrap()
    }

    fn apply(&mut self, operation: &Operation) {
        let bytes = self.blob.len();
        match operation.clone() {
            Operation::Wait { seconds } => self.model.now_s += seconds,
            Operation::Record { mask, value } => self.record(mask, value),
            Operation::Report { witness, ago_s, metric, value, copies, step } => {
                let last = self.model.last_sequences[witness.map_or(0, |w| w + 1)];
                let sequence = last.saturating_add_signed(step.into());
                self.report(witness, ago_s, metric, value, copies, sequence);
            }
            Operation::Backfill { hours, metric, value, copies, step } => {
                let last = self.model.last_sequences[0];
                self.backfill(
                    hours,
                    metric,
                    value,
                    copies,
                    last.saturating_add_signed(step.into()),
                );
            }
            Operation::Replace { witness } => {
                let reporter = witness.map_or(0, |w| w + 1);
                self.model.generations[reporter] = self.model.next_generation;
                self.model.next_generation += 1;
                self.model.last_sequences[reporter] = 0;
                if let Some(witness) = witness {
                    self.model.witnessed[witness] = Default::default();
                }
            }
            Operation::Flush { keep } => self.flush(keep),
            Operation::Reshape => {
                self.model.order.reverse();
                let former = self.blob.clone();
                let former = View::parse(&former).unwrap();
                let order = &self.model.order;
                create(Some(&former), &shapes(order), watched(order), true, 0, &mut self.blob)
                    .unwrap();
            }
        }
        assert_eq!(self.blob.len(), bytes);
    }

    fn record(&mut self, mask: u8, value: i128) {
        let now_s = self.model.now_s;
        let moment = Moment::new(now_s, now_s);
        let sample = Sample::of(value);
        let places: Vec<usize> = (0..METRICS).map(|metric| self.place_of(metric)).collect();
        let mut recorder = Recorder::parse(&mut self.blob).unwrap();
        let slot = recorder.place(moment.hour).unwrap();
        for metric in (0..METRICS).filter(|metric| mask >> metric & 1 == 1) {
            recorder.add(places[metric], slot, moment, &sample);
            self.model.add(metric, now_s, &sample);
        }
        // An hour that was placed has a slot, also when nothing was added for some metric.
        self.model.unflushed.entry(moment.hour).or_default();
        self.model.sequence += 1;
        assert_eq!(recorder.next_sequence(), self.model.sequence);
    }

    fn report(
        &mut self,
        witness: Option<usize>,
        ago_s: u64,
        metric: usize,
        value: i64,
        copies: u32,
        sequence: u64,
    ) {
        let at_s = self.model.now_s - ago_s;
        let moment = Moment::new(at_s, self.model.now_s);
        let mut statistics = Statistics::EMPTY;
        (0..copies).for_each(|_| statistics.record(value));
        let sample = Sample::aggregate(statistics);
        let reporter = witness.map_or(0, |w| w + 1);
        let place = self.place_of(metric);
        let generation = self.model.generations[reporter];
        let before = self.blob.clone();
        let mut recorder = Recorder::parse(&mut self.blob).unwrap();
        let flushed = moment.hour < self.model.flushed_before;
        if witness.is_none() && flushed {
            assert_eq!(recorder.place(moment.hour), Err(HotError::HourFlushed));
            assert_eq!(self.blob, before);
            return;
        }
        let accepted = recorder.accept(Reporter { seat: reporter, generation, sequence });
        if sequence <= self.model.last_sequences[reporter] {
            assert_eq!(accepted, Err(HotError::SequenceSeen));
            assert_eq!(self.blob, before);
            return;
        }
        accepted.unwrap();
        if let Some(witness) = witness
            && self.model.last_sequences[reporter] == 0
        {
            // It begins where the totals are.
            self.model.witnessed[witness] = self.model.totals;
        }
        self.model.last_sequences[reporter] = sequence;
        match witness {
            Some(witness) => {
                recorder.add_witnessed(place, reporter, &sample.statistics);
                let sums = &mut self.model.witnessed[witness][metric];
                sums.count += statistics.count;
                sums.sum += statistics.sum;
            }
            None => {
                let slot = recorder.place(moment.hour).unwrap();
                recorder.add(place, slot, moment, &sample);
                self.model.add(metric, at_s, &sample);
            }
        }
    }

    fn backfill(&mut self, hours: u32, metric: usize, value: i64, copies: u32, sequence: u64) {
        let hour = self.model.flushed_before - hours;
        let at_s = u64::from(hour) * HOUR_S;
        let mut statistics = Statistics::EMPTY;
        (0..copies).for_each(|_| statistics.record(value));
        let place = self.place_of(metric);
        let last = self.place_totals_last(place);
        let mut room = self.blob.clone();
        let mut apart = Recorder::parse(&mut room).unwrap();
        let generation = self.model.generations[0];
        let accepted = apart.accept(Reporter { seat: 0, generation, sequence });
        if sequence <= self.model.last_sequences[0] {
            return assert_eq!(accepted, Err(HotError::SequenceSeen));
        }
        self.model.last_sequences[0] = sequence;
        apart.set_apart();
        let slot = apart.place(hour).unwrap();
        let moment = Moment::new(at_s, self.model.now_s);
        apart.add(place, slot, moment, &Sample::aggregate(statistics));
        self.model.sequence += 1;
        assert_eq!(apart.next_sequence(), self.model.sequence);
        let export = Export::parse(apart.to_export()).unwrap();
        assert_eq!((export.len(), export.span(0)), (1, Span { start_hour: hour, end_hour: hour }));
        assert_eq!(export.statistics(place, 0), statistics);
        let mut kept = Recorder::parse(&mut self.blob).unwrap();
        assert!(kept.count_in(&apart.view()));
        assert_eq!(self.place_totals_last(place), last);
        self.model.history[metric].merge(&statistics);
        self.model.totals[metric].merge(&statistics);
    }

    fn place_totals_last(&self, place: usize) -> i64 {
        View::parse(&self.blob).unwrap().totals(place).last
    }

    fn flush(&mut self, keep: u32) {
        let through_hour = (self.model.now_s / HOUR_S) as u32 - 1 - keep;
        let mut recorder = Recorder::parse(&mut self.blob).unwrap();
        let mut out = Vec::new();
        let slots = recorder.view().slots_through(through_hour);
        recorder.export(slots, |export, sketches| out = [export, sketches].concat());
        let export = Export::parse(&out).unwrap();
        assert_eq!(export.metrics(), METRICS);
        assert_eq!(recorder.remove_through(through_hour), export.buckets().count());
        let blob = self.blob.clone();
        let again = View::parse(&blob).unwrap().slots_through(through_hour);
        assert_eq!(again, 0, "a second flush moves nothing");
        for bucket in export.buckets() {
            let (start, end) = (bucket.span.start_hour, bucket.span.end_hour);
            assert!(end <= through_hour);
            let hours: Vec<u32> = self.model.unflushed.range(start..=end).map(|h| *h.0).collect();
            let moved = hours.iter().map(|hour| self.model.unflushed.remove(hour).unwrap());
            let moved = moved.reduce(merged).unwrap();
            for (metric, moved) in moved.iter().enumerate() {
                let place = self.place_of(metric);
                same(&bucket.statistics(place), moved, start == end);
                self.model.history[metric].merge(moved);
            }
        }
        let flushed_before = View::parse(&self.blob).unwrap().flushed_before();
        assert!(flushed_before >= self.model.flushed_before);
        assert!(flushed_before <= (through_hour + 1).max(self.model.flushed_before));
        self.model.flushed_before = flushed_before;
    }

    fn check(&self) {
        let view = View::parse(&self.blob).unwrap();
        let model = &self.model;
        assert_eq!(view.sequence(), model.sequence);
        assert_eq!(view.flushed_before(), model.flushed_before);
        let slots: Vec<_> = view.slots().collect();
        assert!(slots.len() <= SLOTS);
        let first = slots.first().map_or(u32::MAX, |slot| slot.span.start_hour);
        assert!(view.flushed_before() <= first, "late samples of an unflushed hour are refused");
        for pair in slots.windows(2) {
            assert!(pair[0].span.end_hour < pair[1].span.start_hour, "{slots:?}");
        }
        let mut hours = 0;
        for slot in &slots {
            let (start, end) = (slot.span.start_hour, slot.span.end_hour);
            assert!(start <= end);
            assert!(start == end || model.hours_most > SLOTS, "coarse without need");
            let held: Vec<_> = model.unflushed.range(start..=end).collect();
            hours += held.len();
            let held = held.into_iter().map(|(_, statistics)| *statistics).reduce(merged);
            let held = held.expect("a slot of no sample");
            for (metric, held) in held.iter().enumerate() {
                let statistics = view.statistics(self.place_of(metric), slot.index);
                same(&statistics, held, start == end);
            }
        }
        assert_eq!(hours, model.unflushed.len(), "an hour is in no slot or in two");
        for metric in 0..METRICS {
            let place = self.place_of(metric);
            let totals = view.totals(place);
            let mut all = view.unflushed(place);
            all.merge(&model.history[metric]);
            let expected = model.totals[metric];
            assert_eq!((totals.count, totals.sum), (expected.count, expected.sum));
            assert_eq!((all.count, all.sum), (expected.count, expected.sum));
            assert_eq!(all.sum_of_squares, expected.sum_of_squares);
            assert_eq!(view.clamped(place), model.clamped[metric]);
            assert_eq!(usize::from(view.code(place)), metric + 1);
            self.check_ring(&view, metric);
            for witness in 0..3 {
                let generation = model.generations[witness + 1];
                let seen = view.witnessed(place, witness, generation);
                let expected = model.witnessed[witness][metric];
                assert_eq!((seen.count, seen.sum), (expected.count, expected.sum));
            }
        }
        for reporter in 0..4usize {
            let last = view.last_sequence(reporter.checked_sub(1), model.generations[reporter]);
            assert_eq!(last, model.last_sequences[reporter]);
        }
    }

    fn check_ring(&self, view: &View, metric: usize) {
        let place = self.place_of(metric);
        let Some(ring) = view.ring(place) else { return assert!(!view.is_watched(place)) };
        let minutes: Vec<_> = minutes(ring).collect();
        assert_eq!(view.late(place), self.model.late[metric]);
        let model = &self.model.minutes[metric];
        let Some((newest, _)) = model.last_key_value() else { return assert!(minutes.is_empty()) };
        let kept = model.range(newest - (RING_MINUTES - 1)..);
        let kept = kept.map(|(minute, held)| (*minute, Statistics { sum_of_squares: 0, ..*held }));
        let minutes: Vec<_> = minutes.iter().map(|slot| (slot.minute, slot.statistics)).collect();
        assert_eq!(minutes, kept.collect::<Vec<_>>());
    }
}

fn merged(mut earlier: ByMetric, later: ByMetric) -> ByMetric {
    earlier.iter_mut().zip(&later).for_each(|(earlier, later)| earlier.merge(later));
    earlier
}

/// In a span of several hours, the last of the newest hour may have been overtaken by a late one.
fn same(came: &Statistics, expected: &Statistics, of_one_hour: bool) {
    let last = if of_one_hour { expected.last } else { came.last };
    assert_eq!(*came, Statistics { last, ..*expected });
    assert!(came.count == 0 || (came.min <= came.last && came.last <= came.max));
}

proptest! {
    #![proptest_config(cases())]
    #[test]
    fn nothing_is_lost_or_doubled(operations in prop::collection::vec(operation(), 1..60)) {
        let mut run = Run::new();
        run.check();
        for operation in &operations {
            run.apply(operation);
            run.check();
        }
    }
}
