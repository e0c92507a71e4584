use lumenscope_bucket::{Statistics, fixed};
use lumenscope_hot::{Export, ExportedBucket, View};
use lumenscope_interfaces::common::StreamKey;
use lumenscope_interfaces::performance_monitor::{
    BatchSample, MonitorError, RecordingMode, ReporterRole, StreamBatch, StreamSpec,
};
use soroban_sdk::testutils::{Address as _, Events as _};
use soroban_sdk::{Address, Bytes, BytesN, Env, Error, Event, Symbol, Vec, symbol_short, vec};

use super::world::{HOUR_S, START_HOUR, START_S, Totals, World, error, unauthorised};
use crate::events::SamplesReported;

impl World {
    fn report(
        &self,
        reporter: &Address,
        value: i128,
        at_s: u64,
        sequence: u64,
    ) -> Result<u64, Error> {
        let stream = self.stream("pay");
        let metric = self.symbol("premium");
        let args = (reporter.clone(), stream.clone(), metric.clone(), value, at_s, sequence);
        self.by(reporter, "report", args);
        match self.client().try_report(reporter, &stream, &metric, &value, &at_s, &sequence) {
            Ok(Ok(sequence)) => Ok(sequence),
            Err(Ok(error)) => Err(error),
            other => panic!("{other:?}"),
        }
    }

    fn report_refused(&self, reporter: &Address, at_s: u64, sequence: u64) -> Error {
        let before = self.stored();
        let refused = self.report(reporter, 1, at_s, sequence).unwrap_err();
        assert_eq!(self.stored(), before);
        refused
    }

    fn execute(&self, stream: &StreamKey, sequence: u64) -> u64 {
        let reporter = &self.reporter;
        let (now_s, values) = (self.now_s(), values(&self.e));
        let args = (reporter.clone(), stream.clone(), now_s, values.clone(), sequence);
        self.by(reporter, "record_execution", args);
        self.client().record_execution(reporter, stream, &now_s, &values, &sequence)
    }

    fn execution_refused(
        &self,
        stream: &StreamKey,
        at_s: u64,
        values: &Vec<i64>,
        sequence: u64,
    ) -> Error {
        self.refused(|| {
            let reporter = &self.reporter;
            let args = (reporter.clone(), stream.clone(), at_s, values.clone(), sequence);
            self.by(reporter, "record_execution", args);
            self.client().try_record_execution(reporter, stream, &at_s, values, &sequence)
        })
    }

    fn batch(&self, batches: &Vec<StreamBatch>) -> u32 {
        self.by(&self.reporter, "record_batch", (self.reporter.clone(), batches.clone()));
        self.client().record_batch(&self.reporter, batches)
    }

    fn batch_refused(&self, batches: &Vec<StreamBatch>) -> Error {
        self.refused(|| {
            self.by(&self.reporter, "record_batch", (self.reporter.clone(), batches.clone()));
            self.client().try_record_batch(&self.reporter, batches)
        })
    }

    fn sample(&self, values: &[i64], at_s: u64) -> BatchSample {
        let mut all = Statistics::EMPTY;
        values.iter().for_each(|value| all.record(*value));
        self.aggregate(&all, at_s)
    }

    fn aggregate(&self, statistics: &Statistics, at_s: u64) -> BatchSample {
        let packed = BytesN::from_array(&self.e, &fixed::encode(statistics));
        (self.symbol("premium"), at_s, packed)
    }

    fn premium(&self, function: &str) -> Totals {
        self.totals(&self.stream(function), &self.symbol("premium"))
    }
}

const METRICS: [(&str, &str, i64); 12] = [
    ("instructions", "insns", 1_000_001),
    ("time_us", "us", 1_002),
    ("fee_inclusion", "stroops", 103),
    ("fee_non_refundable", "stroops", 20_004),
    ("fee_refundable", "stroops", 1_005),
    ("fee_rent", "stroops", 6),
    ("entries_read", "entries", 7),
    ("entries_written", "entries", 8),
    ("bytes_read", "bytes", 900),
    ("bytes_written", "bytes", 1_000),
    ("event_bytes", "bytes", 110),
    ("failed", "ratio", 1),
];

fn values(e: &Env) -> Vec<i64> {
    let mut values = vec![e];
    METRICS.iter().for_each(|(_, _, value)| values.push_back(*value));
    values
}

#[test]
fn a_report_is_counted_once_in_order() {
    let world = World::new();
    let now_s = world.now_s();
    assert_eq!(world.report(&world.reporter, 10, now_s, 7), Ok(1));
    let told = SamplesReported {
        contract: world.host.clone(),
        function: world.symbol("pay"),
        subject: None,
        reporter: world.reporter.clone(),
        sequence: 7,
        samples: 1,
        values: vec![&world.e],
    };
    assert_eq!(world.e.events().all().events(), [told.to_xdr(&world.e, &world.monitor)]);
    let seen = error(MonitorError::SequenceSeen);
    assert_eq!(world.report_refused(&world.reporter, now_s, 7), seen);
    assert_eq!(world.report_refused(&world.reporter, now_s, 6), seen);
    assert_eq!(world.report_refused(&world.reporter, now_s, 0), seen);
    assert_eq!(world.report(&world.reporter, 20, now_s, 9), Ok(2));
    assert_eq!((world.premium("pay").count, world.premium("pay").sum), (2, 30));
}

#[test]
fn the_time_of_a_report_is_neither_future_nor_flushed() {
    let world = World::new();
    let now_s = world.now_s();
    let reporter = &world.reporter;
    let refused = |at_s| world.report_refused(reporter, at_s, 1);
    assert_eq!(refused(now_s + 1), error(MonitorError::TimeInFuture));
    assert_eq!(refused(u64::MAX), error(MonitorError::TimeInFuture));
    assert_eq!(refused(now_s - 1), error(MonitorError::TimeFlushed));
    assert_eq!(refused(0), error(MonitorError::TimeFlushed));
    world.advance(10 * HOUR_S);
    assert_eq!(world.report(reporter, 5, now_s, 1), Ok(1));
    assert_eq!(world.report(reporter, 5, now_s + 4 * HOUR_S, 2), Ok(2));
    let buckets = world.unflushed(&world.stream("pay"), "premium");
    assert_eq!(buckets.len(), 2);
    assert_eq!(u64::from(buckets[0].0) * HOUR_S, now_s);
}

#[test]
fn only_reporters_report_each_for_itself() {
    let world = World::new();
    let now_s = world.now_s();
    let unknown = world.report_refused(&world.stranger, now_s, 1);
    assert_eq!(unknown, error(MonitorError::ReporterUnknown));
    let premium = world.symbol("premium");
    let stream = world.stream("pay");
    let forged = world.refused(|| {
        let args = (world.reporter.clone(), stream.clone(), premium.clone(), 1i128, now_s, 1u64);
        world.by(&world.stranger, "report", args);
        world.client().try_report(&world.reporter, &stream, &premium, &1, &now_s, &1)
    });
    assert_eq!(forged, unauthorised());
    let metric = world.symbol("price");
    let unknown = world.refused(|| {
        let args = (world.reporter.clone(), stream.clone(), metric.clone(), 1i128, now_s, 1u64);
        world.by(&world.reporter, "report", args);
        world.client().try_report(&world.reporter, &stream, &metric, &1, &now_s, &1)
    });
    assert_eq!(unknown, error(MonitorError::MetricUnknown));
}

#[test]
fn a_new_primary_reporter_starts_its_own_numbers() {
    let world = World::new();
    let now_s = world.now_s();
    assert_eq!(world.report(&world.reporter, 10, now_s, 1_000_000), Ok(1));
    let successor = Address::generate(&world.e);
    world.set_reporter(&successor, ReporterRole::Primary);
    let dismissed = world.report_refused(&world.reporter, now_s, 1_000_001);
    assert_eq!(dismissed, error(MonitorError::ReporterUnknown));
    assert_eq!(world.report(&successor, 10, now_s, 1), Ok(2));
}

#[test]
fn witnesses_are_kept_beside_and_counted_nowhere() {
    let world = World::new();
    let witness = Address::generate(&world.e);
    world.set_reporter(&witness, ReporterRole::Witness);
    let now_s = world.now_s();
    let not_kept = world.report_refused(&witness, now_s, 1);
    assert_eq!(not_kept, error(MonitorError::NotKept));
    let spec = StreamSpec { witnesses: true, ..world.plain() };
    let stream = world.stream("pay");
    world.open("pay", &spec);
    assert_eq!(world.report(&world.reporter, 10, now_s, 1), Ok(1));
    assert_eq!(world.report(&witness, 11, now_s, 1), Ok(2));
    assert_eq!(world.report(&witness, 12, now_s, 2), Ok(3));
    assert_eq!(world.report_refused(&witness, now_s, 2), error(MonitorError::SequenceSeen));
    assert_eq!(world.premium("pay").sum, 10);
    // The primary reporter was the first of the contract's reporters, the witness the second.
    let seen = |generation| {
        let (bytes, place) = world.hot(&stream, "premium");
        let seen = View::parse(&bytes).unwrap().witnessed(place, 0, generation);
        (seen.count, seen.sum)
    };
    // On top of what the primary reporter had when the witness began.
    assert_eq!(seen(2), (3, 33));
    world.set_reporter(&witness, ReporterRole::None);
    let successor = Address::generate(&world.e);
    world.set_reporter(&successor, ReporterRole::Witness);
    assert_eq!(seen(3), (0, 0));
    assert_eq!(world.report(&successor, 1, now_s, 1), Ok(4));
    assert_eq!(seen(3), (2, 11));
}

#[test]
fn an_execution_fills_the_standard_metrics_that_the_stream_holds() {
    let world = World::new();
    let mut metrics = vec![&world.e, world.metric("premium", "stroops")];
    for (name, unit, _) in METRICS.iter().rev() {
        metrics.push_back(world.metric(name, unit));
    }
    let stream = world.open("claim", &StreamSpec { metrics, ..world.plain() });
    assert_eq!(world.execute(&stream, 5), 1);
    let told = SamplesReported {
        contract: world.host.clone(),
        function: world.symbol("claim"),
        subject: None,
        reporter: world.reporter.clone(),
        sequence: 5,
        samples: 12,
        values: values(&world.e),
    };
    assert_eq!(world.e.events().all().events(), [told.to_xdr(&world.e, &world.monitor)]);
    for (name, _, value) in METRICS {
        let totals = world.totals(&stream, &world.symbol(name));
        assert_eq!((totals.count, totals.sum), (1, value.into()), "{name}");
    }
    assert_eq!(world.premium("claim").count, 0);
    // A stream of none of them counts the call all the same.
    assert_eq!(world.execute(&world.stream("pay"), 1), 1);
    world.set_mode("claim", RecordingMode::EventOnly);
    let before = world.stored();
    assert_eq!(world.execute(&stream, 6), 0);
    assert_eq!(world.e.events().all().events().len(), 1);
    assert_eq!(world.stored(), before);
    let mut values = values(&world.e);
    let refused = world.execution_refused(&stream, world.now_s() + 1, &values, 7);
    assert_eq!(refused, error(MonitorError::TimeInFuture));
    values.pop_back();
    let refused = world.execution_refused(&stream, world.now_s(), &values, 7);
    assert_eq!(refused, error(MonitorError::Empty));
}

#[test]
fn a_batch_brings_samples_and_aggregates_of_several_streams() {
    let world = World::new();
    world.open("claim", &world.plain());
    world.advance(2 * HOUR_S);
    let now_s = world.now_s();
    let samples =
        vec![&world.e, world.sample(&[5], now_s - HOUR_S), world.sample(&[6, 7, 8], now_s)];
    let batches = vec![
        &world.e,
        StreamBatch { stream: world.stream("pay"), sequence: 3, samples: samples.clone() },
        StreamBatch { stream: world.stream("claim"), sequence: 1, samples },
    ];
    assert_eq!(world.batch(&batches), 4);
    let told = |function, sequence| {
        SamplesReported {
            contract: world.host.clone(),
            function: world.symbol(function),
            subject: None,
            reporter: world.reporter.clone(),
            sequence,
            samples: 2,
            values: vec![&world.e],
        }
        .to_xdr(&world.e, &world.monitor)
    };
    assert_eq!(world.e.events().all().events(), [told("pay", 3), told("claim", 1)]);
    for function in ["pay", "claim"] {
        assert_eq!((world.premium(function).count, world.premium(function).sum), (4, 26));
    }
    assert_eq!(world.batch_refused(&batches), error(MonitorError::SequenceSeen));
}

#[test]
fn a_batch_is_taken_whole_or_not_at_all() {
    let world = World::new();
    world.open("claim", &world.plain());
    let now_s = world.now_s();
    let good = world.sample(&[5], now_s);
    let part = |function, sample: &BatchSample| StreamBatch {
        stream: world.stream(function),
        sequence: 1,
        samples: vec![&world.e, good.clone(), sample.clone()],
    };
    let wrong = |change: fn(&mut Statistics)| {
        let mut statistics = Statistics::of(5);
        statistics.record(6);
        change(&mut statistics);
        world.aggregate(&statistics, now_s)
    };
    let cases = [
        ((world.symbol("price"), good.1, good.2.clone()), MonitorError::MetricUnknown),
        (world.sample(&[5], now_s + 1), MonitorError::TimeInFuture),
        (world.sample(&[5], now_s - 1), MonitorError::TimeFlushed),
        (world.sample(&[], now_s), MonitorError::StatisticsInvalid),
        (wrong(|statistics| statistics.sum = 100), MonitorError::StatisticsInvalid),
        (wrong(|statistics| statistics.min = 7), MonitorError::StatisticsInvalid),
        (wrong(|statistics| statistics.count = u64::MAX), MonitorError::StatisticsInvalid),
        (wrong(|statistics| statistics.max = i64::MAX), MonitorError::StatisticsInvalid),
        (wrong(|statistics| statistics.sum_of_squares = -1), MonitorError::StatisticsInvalid),
    ];
    for (sample, expected) in cases {
        let batches = vec![&world.e, part("pay", &good), part("claim", &sample)];
        assert_eq!(world.batch_refused(&batches), error(expected), "{sample:?}");
    }
    let unknown = vec![&world.e, part("pay", &good), part("nothing", &good)];
    assert_eq!(world.batch_refused(&unknown), error(MonitorError::StreamUnknown));
    assert_eq!(world.batch_refused(&vec![&world.e]), error(MonitorError::Empty));
    let empty = StreamBatch { samples: vec![&world.e], ..part("pay", &good) };
    assert_eq!(world.batch_refused(&vec![&world.e, empty.clone()]), error(MonitorError::Empty));
    let empty_beside = vec![&world.e, part("pay", &good), empty];
    assert_eq!(world.batch_refused(&empty_beside), error(MonitorError::Empty));
    let mut samples = vec![&world.e];
    (0..65).for_each(|_| samples.push_back(good.clone()));
    let many = |samples: &Vec<BatchSample>| {
        let samples = samples.clone();
        vec![&world.e, StreamBatch { samples, ..part("pay", &good) }]
    };
    assert_eq!(world.batch_refused(&many(&samples)), error(MonitorError::TooMany));
    samples.pop_back();
    assert_eq!(world.batch(&many(&samples)), 64);
    assert_eq!(world.premium("pay").count, 64);
}

impl World {
    fn backfill(&self, samples: Vec<BatchSample>, sequence: u64) -> Result<u64, Error> {
        let batch = StreamBatch { stream: self.stream("pay"), sequence, samples };
        self.backfill_as(&self.reporter, batch)
    }

    fn backfill_as(&self, reporter: &Address, batch: StreamBatch) -> Result<u64, Error> {
        self.by(reporter, "backfill", (reporter.clone(), batch.clone()));
        match self.client().try_backfill(reporter, &batch) {
            Ok(Ok(sequence)) => Ok(sequence),
            Err(Ok(error)) => Err(error),
            other => panic!("{other:?}"),
        }
    }

    /// The buckets that history was handed last: hour, count and sum.
    fn handed(&self) -> std::vec::Vec<(u32, u64, i128)> {
        let (_, _, closed): (StreamKey, Vec<Symbol>, Bytes) =
            self.e.as_contract(&self.history, || {
                self.e.storage().instance().get(&symbol_short!("last")).unwrap()
            });
        let closed: std::vec::Vec<u8> = closed.iter().collect();
        let bucket = |bucket: ExportedBucket| {
            assert_eq!(bucket.span.start_hour, bucket.span.end_hour);
            (bucket.span.start_hour, bucket.statistics(0).count, bucket.statistics(0).sum)
        };
        Export::parse(&closed).unwrap().buckets().map(bucket).collect()
    }
}

#[test]
fn what_came_too_late_for_its_hour_is_added_to_history_and_counted_once() {
    let world = World::new();
    world.pay(100);
    world.advance(3 * HOUR_S);
    world.pay(50);
    world.advance(300);
    let streams = vec![&world.e, world.stream("pay")];
    let through = START_HOUR + 1;
    world.by(&world.stranger, "flush", (world.stranger.clone(), streams.clone(), through));
    world.client().flush(&world.stranger, &streams, &through);
    let late = |hour: u64, values: &[i64]| world.sample(values, START_S + hour * HOUR_S);
    assert_eq!(world.report_refused(&world.reporter, START_S, 1), error(MonitorError::TimeFlushed));
    let open = world.unflushed(&world.stream("pay"), "premium");
    let entry = world.hot(&world.stream("pay"), "premium").0.len();

    let samples = vec![&world.e, late(1, &[7]), late(0, &[1, 2]), late(1, &[9])];
    assert_eq!(world.backfill(samples.clone(), 5), Ok(3));
    let told = world.e.events().all().filter_by_contract(&world.monitor);
    let reported = SamplesReported {
        contract: world.host.clone(),
        function: world.symbol("pay"),
        subject: None,
        reporter: world.reporter.clone(),
        sequence: 5,
        samples: 3,
        values: Vec::new(&world.e),
    };
    assert_eq!(told.events(), [reported.to_xdr(&world.e, &world.monitor)]);
    assert_eq!(world.handed(), [(START_HOUR, 2, 3), (START_HOUR + 1, 2, 16)]);
    let all = world.premium("pay");
    assert_eq!((all.count, all.sum, all.last), (6, 169, 50), "the newest stays the newest");
    assert_eq!(world.unflushed(&world.stream("pay"), "premium"), open);
    assert_eq!(world.hot(&world.stream("pay"), "premium").0.len(), entry);
    assert_eq!(world.backfill(samples, 5), Err(error(MonitorError::SequenceSeen)));
    assert_eq!(
        world.report(&world.reporter, 1, world.now_s(), 5).unwrap_err(),
        error(MonitorError::SequenceSeen)
    );
    assert_eq!(world.report(&world.reporter, 1, world.now_s(), 6), Ok(4));
    assert_eq!(world.premium("pay").sum, 170);
}

#[test]
fn each_refusal_of_a_backfill_has_its_name_and_changes_nothing() {
    let world = World::new();
    world.open("pay", &StreamSpec { witnesses: true, ..world.plain() });
    world.pay(100);
    world.advance(12 * HOUR_S);
    world.pay(50);
    let streams = vec![&world.e, world.stream("pay")];
    world.advance(HOUR_S);
    let through = START_HOUR + 11;
    world.by(&world.stranger, "flush", (world.stranger.clone(), streams.clone(), through));
    world.client().flush(&world.stranger, &streams, &through);
    let witness = Address::generate(&world.e);
    world.set_reporter(&witness, ReporterRole::Witness);
    let hours = |hours: &[u64]| {
        let mut samples = Vec::new(&world.e);
        for hour in hours {
            samples.push_back(world.sample(&[1], START_S + hour * HOUR_S));
        }
        StreamBatch { stream: world.stream("pay"), sequence: 9, samples }
    };
    let unknown = StreamBatch { stream: world.stream("claim"), ..hours(&[0]) };
    let cases = [
        (&world.reporter, hours(&[12]), MonitorError::NotFlushed),
        (&world.reporter, hours(&[0, 12]), MonitorError::NotFlushed),
        (&world.reporter, hours(&[0, 1, 2, 3, 4]), MonitorError::NotFlushed),
        (&world.reporter, hours(&[14]), MonitorError::TimeInFuture),
        (&world.reporter, hours(&[]), MonitorError::Empty),
        (&world.reporter, unknown, MonitorError::StreamUnknown),
        (&world.stranger, hours(&[0]), MonitorError::ReporterUnknown),
        (&witness, hours(&[0]), MonitorError::NotKept),
    ];
    let before = world.stored();
    for (reporter, batch, expected) in cases {
        assert_eq!(world.backfill_as(reporter, batch), Err(error(expected)), "{expected:?}");
        assert_eq!(world.stored(), before, "{expected:?}");
    }
    assert_eq!(world.backfill_as(&world.reporter, hours(&[0, 1, 2, 3])), Ok(3));
    assert_eq!(world.handed().len(), 4);
}
