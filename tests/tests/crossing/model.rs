//! Random operations on performance-monitor and analytics-storage against a plain sum and a plain
//! sketch: no count or sum is ever lost or doubled, whoever reports late or twice, however long no keeper comes, however
//! few hours are kept, whether months are folded or on legal hold, and after so long that every
//! entry was archived and is restored by who needs it next.
//!
//! 10,000 cases by default on native code and 300 on wasm: there are two halves, side by side. A
//! million, in some hours: `PROPTEST_CASES=500000 cargo test --workspace --test crossing -- model`.

use lumenscope_bucket::{Statistics, fixed};
use lumenscope_interfaces::analytics_storage::{AnalyticsError, Granularity, RangeQuery};
use lumenscope_interfaces::performance_monitor::{
    BatchSample, FLUSH_DELAY_S, MonitorError, ReporterRole, StreamBatch,
};
use lumenscope_sdk::Reading;
use lumenscope_sketch::{Coverage, Quantile, SketchLayout};
use proptest::prelude::*;
use soroban_sdk::{BytesN, Error, Symbol, vec};

use super::world::{HOUR_S, START_S, World, is_wasm, refused};

const DAY_S: u64 = 24 * HOUR_S;
/// Longer than the 120 days that an entry lives.
const SLEEP_S: u64 = 130 * DAY_S;
const FUNCTION: &str = "deposit";
const METRIC: &str = "amount";

#[derive(Clone, Debug)]
enum Operation {
    /// Time passes.
    Wait { seconds: u64 },
    /// The contract records a value now.
    Record { value: i64 },
    /// The reporter brings an aggregate of some seconds ago, with a number so far from its last.
    Report { ago_s: u64, value: i64, copies: u64, step: i8 },
    /// The reporter brings an aggregate of an hour so many before those that are flushed.
    Backfill { hours: u32, value: i64, copies: u64, step: i8 },
    /// A keeper moves all but the last closed hours.
    Flush { keep: u32 },
    /// A keeper makes days.
    Compact,
    /// The owner keeps the hours of so many days, and days for so many months.
    Retain { days: u32, day_months: u32, hold: bool },
    /// A keeper folds months.
    Prune,
    /// More ledgers pass than any entry lives.
    Sleep,
}

fn operation() -> impl Strategy<Value = Operation> {
    let seconds = prop_oneof![
        4 => 1u64..600,
        4 => 600..3 * HOUR_S,
        3 => HOUR_S..30 * HOUR_S,
        1 => DAY_S..40 * DAY_S,
    ];
    let value = prop_oneof![4 => 0i64..1_000, 1 => -(1i64 << 43)..(1 << 43)];
    let ago_s = prop_oneof![2 => 0..2 * HOUR_S, 1 => 0..3 * DAY_S];
    prop_oneof![
        5 => seconds.prop_map(|seconds| Operation::Wait { seconds }),
        5 => value.clone().prop_map(|value| Operation::Record { value }),
        3 => (ago_s, value.clone(), 1u64..50, -1i8..3)
            .prop_map(|(ago_s, value, copies, step)| Operation::Report { ago_s, value, copies, step }),
        2 => (1u32..2_000, value, 1u64..50, -1i8..3)
            .prop_map(|(hours, value, copies, step)| Operation::Backfill { hours, value, copies, step }),
        3 => (0u32..4).prop_map(|keep| Operation::Flush { keep }),
        2 => Just(Operation::Compact),
        1 => (2u32..20, prop_oneof![Just(0u32), 3u32..5], any::<bool>())
            .prop_map(|(days, day_months, hold)| Operation::Retain { days, day_months, hold }),
        2 => Just(Operation::Prune),
        1 => Just(Operation::Sleep),
    ]
}

/// The contracts, and what they have to hold.
struct Run {
    world: World,
    all: Statistics,
    /// Of what came one by one: in the sketch as it should be, and when it last left with a flush.
    sketch: Vec<u8>,
    flushed: Vec<u8>,
    sequence: u64,
    first_s: u64,
}

/// The range and the number of bins.
const SKETCH: (i64, i64, u32) = (10, 900, 64);

fn layout() -> SketchLayout {
    SketchLayout::new(SKETCH.0, SKETCH.1, 64).expect("a layout")
}

fn equal(value: i64, copies: u64) -> Statistics {
    let mut statistics = Statistics::EMPTY;
    (0..copies).for_each(|_| statistics.record(value));
    statistics
}

impl Run {
    fn new() -> Self {
        let world = World::new();
        for (account, role) in
            [(&world.stranger, ReporterRole::Primary), (&world.holder, ReporterRole::Recorder)]
        {
            let args = (world.pool.clone(), account.clone(), role);
            world.must(&world.owner, &world.monitor, "set_reporter", args);
        }
        let opened = world.open_with(world.stream(FUNCTION), &[METRIC], SKETCH);
        assert_eq!(opened, Ok(()));
        let sketch = std::vec![0; layout().byte_len()];
        let flushed = sketch.clone();
        Self { world, all: Statistics::EMPTY, sketch, flushed, sequence: 0, first_s: START_S }
    }

    fn metric(&self) -> Symbol {
        self.world.symbol(METRIC)
    }

    /// What is taken counts; what is refused has one of these reasons.
    fn take(
        &mut self,
        came: Result<u64, Error>,
        added: &Statistics,
        is_sketched: bool,
        reasons: &[MonitorError],
    ) {
        match came {
            Ok(_) => {
                self.all.merge(added);
                if added.count == 1 && is_sketched {
                    layout().add(&mut self.sketch, added.last).expect("counters");
                }
            }
            Err(error) => {
                let known = reasons.iter().any(|reason| refused(*reason as u32) == error);
                assert!(known, "{error:?}");
            }
        }
    }

    fn step(&mut self, operation: &Operation) {
        let world = &self.world;
        let reporter = world.stranger.clone();
        match *operation {
            Operation::Wait { seconds } => world.advance(seconds),
            Operation::Record { value } => {
                let samples = vec![&world.e, (self.metric(), i128::from(value))];
                let args = (world.stream(FUNCTION), samples);
                let came = world.call(&world.holder, &world.monitor, "record_samples", args, &[]);
                self.take(came, &equal(value, 1), true, &[]);
            }
            Operation::Report { ago_s, value, copies, step } => {
                let at_s = world.now_s().saturating_sub(ago_s).max(START_S - DAY_S);
                let batch = self.batch(at_s, &equal(value, copies), step);
                let is_new = batch.sequence > self.sequence;
                let sequence = batch.sequence;
                let args = (reporter.clone(), vec![&world.e, batch]);
                let came: Result<u32, Error> =
                    world.call(&reporter, &world.monitor, "record_batch", args, &[]);
                assert!(is_new || came.is_err(), "a report was taken twice");
                self.done(came.map(u64::from), sequence, at_s, &equal(value, copies), true);
            }
            Operation::Backfill { hours, value, copies, step } => {
                let entry = world.monitor().hot(&world.stream(FUNCTION));
                let entry: Vec<u8> = entry.iter().collect();
                let view = lumenscope_hot::View::parse(&entry).expect("an entry");
                let at_s = u64::from(view.flushed_before() - hours) * HOUR_S;
                let batch = self.batch(at_s, &equal(value, copies), step);
                let is_new = batch.sequence > self.sequence;
                let sequence = batch.sequence;
                let args = (reporter.clone(), batch);
                let came = world.call(&reporter, &world.monitor, "backfill", args, &[]);
                assert!(is_new || came.is_err(), "a backfill was taken twice");
                self.done(came, sequence, at_s, &equal(value, copies), false);
            }
            Operation::Flush { keep } => {
                let hour =
                    u32::try_from((world.now_s() - FLUSH_DELAY_S) / HOUR_S).expect("an hour");
                let streams = vec![&world.e, world.stream(FUNCTION)];
                let args = (reporter.clone(), streams, hour - 1 - keep);
                world.must(&reporter, &world.monitor, "flush", args);
                if self.recent().iter().all(|count| *count == 0) {
                    self.flushed.clone_from(&self.sketch);
                }
            }
            Operation::Sleep => world.advance(SLEEP_S),
            Operation::Compact | Operation::Prune => {
                let streams = vec![&world.e, world.stream(FUNCTION)];
                let args = (reporter.clone(), streams);
                let is_prune = matches!(operation, Operation::Prune);
                let function = if is_prune { "prune" } else { "compact" };
                let came: Result<u32, Error> =
                    world.call(&reporter, &world.history, function, args, &[]);
                let unknown = refused(AnalyticsError::HistoryUnknown as u32);
                assert!(came.is_ok() || came == Err(unknown), "{came:?}");
            }
            Operation::Retain { days, day_months, hold } => {
                let args = (world.stream(FUNCTION), days, day_months, 0u32, Some(hold));
                let came: Result<(), Error> =
                    world.call(&world.owner, &world.history, "set_retention", args, &[]);
                use AnalyticsError::{HistoryUnknown, NotCompacted, OnHold};
                let reasons = [HistoryUnknown, NotCompacted, OnHold];
                let known = reasons.map(|reason| Err(refused(reason as u32)));
                assert!(came.is_ok() || known.contains(&came), "{came:?}");
            }
        }
    }

    fn batch(&self, at_s: u64, statistics: &Statistics, step: i8) -> StreamBatch {
        let world = &self.world;
        let packed = BytesN::from_array(&world.e, &fixed::encode(statistics));
        let sample: BatchSample = (self.metric(), at_s, packed);
        let sequence = self.sequence.saturating_add_signed(step.into());
        StreamBatch { stream: world.stream(FUNCTION), sequence, samples: vec![&world.e, sample] }
    }

    fn done(
        &mut self,
        came: Result<u64, Error>,
        sequence: u64,
        at_s: u64,
        added: &Statistics,
        is_sketched: bool,
    ) {
        if came.is_ok() {
            self.sequence = sequence;
            self.first_s = self.first_s.min(at_s);
        }
        use MonitorError::{NotFlushed, SequenceSeen, TimeFlushed};
        self.take(came, added, is_sketched, &[SequenceSeen, TimeFlushed, NotFlushed]);
    }

    /// The counters since the last flush that took them, as the hot entry ends: before those that left.
    fn recent(&self) -> Vec<u8> {
        let entry: Vec<u8> =
            self.world.monitor().hot(&self.world.stream(FUNCTION)).iter().collect();
        let counters = layout().byte_len();
        entry[entry.len() - 2 * counters..entry.len() - counters].to_vec()
    }

    /// Every sample that came one by one is in one sketch: in the entry's, or in history's.
    fn check_sketch(&self, query: &RangeQuery) {
        let (world, layout) = (&self.world, layout());
        let mut seen = self.flushed.clone();
        layout.merge(&mut seen, &self.recent()).expect("counters");
        assert_eq!(seen, self.sketch, "what did not leave is still there");
        let Ok(said) = world.history().try_quantiles(query, &vec![&world.e, 500, 950]) else {
            return assert!(self.flushed.iter().all(|count| *count == 0), "never flushed");
        };
        let said = said.expect("a distribution");
        let Coverage { below, inside, above } = layout.coverage(&self.flushed).expect("counters");
        assert_eq!((said.below, said.inside, said.above), (below, inside, above));
        let expected = [500, 950].map(|share| match layout.quantile(&self.flushed, share) {
            Ok(Quantile::Value(value)) => Some(value),
            _ => None,
        });
        assert_eq!(said.quantiles.iter().collect::<Vec<_>>(), expected);
    }

    /// Everything is somewhere, once.
    fn check(&self) {
        let world = &self.world;
        let (stream, metric) = (world.stream(FUNCTION), self.metric());
        let reading = Reading::of(&world.e, &world.monitor, &stream, &metric).expect("held");
        let totals = reading.totals();
        assert_eq!((totals.count, totals.sum), (self.all.count, self.all.sum));
        let mut query = RangeQuery {
            stream,
            metric,
            granularity: Granularity::Day,
            from_s: self.first_s / DAY_S * DAY_S - 40 * DAY_S,
            to_s: world.now_s() + 1,
            include_open: true,
        };
        let sum = world.history().aggregate(&query);
        assert_eq!((sum.count, sum.sum), (self.all.count, self.all.sum));
        let by_hour = RangeQuery { granularity: Granularity::Hour, ..query.clone() };
        let by_hour = world.history().aggregate(&by_hour);
        assert_eq!((by_hour.count, by_hour.sum), (self.all.count, self.all.sum), "by the hour");
        if self.all.count > 0 {
            assert_eq!((sum.min, sum.max), (self.all.min, self.all.max));
            assert_eq!(sum.sum_of_squares, self.all.sum_of_squares);
        }
        self.check_sketch(&query);
        let (mut count, mut total) = (0, 0);
        loop {
            let page = world.history().range(&query);
            for bucket in page.buckets.iter() {
                count += bucket.statistics.count;
                total += bucket.statistics.sum;
            }
            let Some(next_from_s) = page.next_from_s else { break };
            query.from_s = next_from_s;
        }
        assert_eq!((count, total), (self.all.count, self.all.sum), "in pages");
    }
}

/// Of each half.
fn cases() -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    let cases = asked.unwrap_or(if is_wasm() { 150 } else { 5_000 });
    ProptestConfig { cases, ..ProptestConfig::default() }
}

fn holds(operations: &[Operation]) {
    let mut run = Run::new();
    run.world.e.cost_estimate().budget().reset_unlimited();
    // Years of days that nobody made are more entries than one query may read.
    run.world.e.cost_estimate().disable_resource_limits();
    for operation in operations {
        run.step(operation);
    }
    run.check();
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn no_count_or_sum_is_lost_or_doubled(
        operations in prop::collection::vec(operation(), 1..40),
    ) {
        holds(&operations);
    }

    #[test]
    fn no_count_or_sum_is_lost_or_doubled_either(
        operations in prop::collection::vec(operation(), 1..40),
    ) {
        holds(&operations);
    }
}
