use lumenscope_bucket::Statistics;
use lumenscope_hot::{View, minutes};
use lumenscope_interfaces::common::StreamKey;
use lumenscope_interfaces::performance_monitor::{
    MonitorError, RecordingMode, ReporterRole, StreamSpec,
};
use lumenscope_sketch::Quantile;
use soroban_sdk::testutils::{Address as _, Events as _, Ledger as _};
use soroban_sdk::{Address, Error, Event, IntoVal as _, String, Symbol, Val, Vec, vec};

use super::world::{HOUR_S, Host, START_S, Totals, World, error, unauthorised};
use crate::events::SamplesRecorded;

fn of(values: &[i64]) -> Totals {
    let all = statistics(values);
    Totals { count: all.count, sum: all.sum, last: all.last }
}

fn statistics(values: &[i64]) -> Statistics {
    let mut all = Statistics::EMPTY;
    values.iter().for_each(|value| all.record(*value));
    all
}

#[test]
fn a_contract_records_into_the_open_hour() {
    let world = World::new();
    assert_eq!(world.pay(100), 1);
    let events = world.e.events().all();
    assert_eq!(world.pay(-40), 2);
    world.advance(HOUR_S);
    assert_eq!(world.pay(7), 3);
    let told = SamplesRecorded {
        contract: world.host.clone(),
        function: world.symbol("pay"),
        subject: None,
        samples: vec![&world.e, (world.symbol("premium"), 100)],
        sequence: 1,
        metadata: None,
    };
    assert_eq!(events.events(), [told.to_xdr(&world.e, &world.monitor)]);
    let (stream, premium) = (world.stream("pay"), world.symbol("premium"));
    let hour = (START_S / HOUR_S) as u32;
    let expected = [(hour, hour, statistics(&[100, -40])), (hour + 1, hour + 1, statistics(&[7]))];
    assert_eq!(world.unflushed(&stream, "premium"), expected);
    assert_eq!(world.totals(&stream, &premium), of(&[100, -40, 7]));
    assert_eq!(world.sequence(&stream), 3);
}

#[test]
fn hours_merge_when_nobody_flushes_and_nothing_is_lost() {
    let world = World::new();
    for _ in 0..50 {
        world.pay(3);
        world.advance(47 * HOUR_S);
    }
    let (stream, premium) = (world.stream("pay"), world.symbol("premium"));
    let buckets = world.unflushed(&stream, "premium");
    assert_eq!(buckets.len(), 4);
    assert_eq!(buckets.iter().map(|bucket| bucket.2.count).sum::<u64>(), 50);
    assert!(buckets[0].0 < buckets[0].1);
    assert_eq!(world.totals(&stream, &premium), of(&[3; 50]));
}

#[test]
fn each_refusal_of_a_recording_has_its_name() {
    let world = World::new();
    let refused = |metric, unit, function| world.record_refused(metric, unit, function, None);
    assert_eq!(refused("price", "stroops", "pay"), error(MonitorError::MetricUnknown));
    assert_eq!(refused("", "stroops", "pay"), error(MonitorError::MetricUnknown));
    assert_eq!(refused("stroops", "stroops", "pay"), error(MonitorError::MetricUnknown));
    assert_eq!(refused("premium", "s", "pay"), error(MonitorError::UnitMismatch));
    assert_eq!(refused("premium", "", "pay"), error(MonitorError::UnitMismatch));
    assert_eq!(refused("premium", "stroops", "claim"), error(MonitorError::StreamUnknown));
    let longest = "a_name_of_thirty_two_characters_";
    assert_eq!(refused(longest, "stroops", "pay"), error(MonitorError::MetricUnknown));
    let text = |bytes: usize| Some(String::from_str(&world.e, &"x".repeat(bytes)));
    assert_eq!(
        world.record_refused("premium", "stroops", "pay", text(129)),
        error(MonitorError::MetadataTooLong)
    );
    let [premium, stroops, pay] = ["premium", "stroops", "pay"].map(|name| world.symbol(name));
    let longest = world.host().record(&world.monitor, &premium, &1, &stroops, &pay, &text(128));
    assert_eq!(longest, 1);

    let stranger = world.e.register(Host, ());
    let unregistered = world.refused(|| {
        let client = super::world::HostClient::new(&world.e, &stranger);
        client.try_record(&world.monitor, &premium, &1, &stroops, &pay, &None)
    });
    assert_eq!(unregistered, error(MonitorError::ContractUnknown));
    // Another contract cannot record in the host's name.
    let stream = world.stream("pay");
    let in_its_name = world.refused(|| {
        world.nobody();
        let client = super::world::HostClient::new(&world.e, &stranger);
        let samples = vec![&world.e, (premium.clone(), 1)];
        client.try_record_many(&world.monitor, &stream, &samples)
    });
    assert_eq!(in_its_name, unauthorised());
}

#[test]
fn values_beyond_the_limit_are_clamped_and_counted() {
    let world = World::new();
    for value in [i128::MAX, i128::MIN, 1 << 43, -(1 << 43), (1 << 43) + 1] {
        world.pay(value);
    }
    let (stream, premium) = (world.stream("pay"), world.symbol("premium"));
    let clamped = |metric| {
        let (bytes, place) = world.hot(&stream, metric);
        View::parse(&bytes).unwrap().clamped(place)
    };
    assert_eq!(clamped("premium"), 3);
    let limit = 1 << 43;
    let expected = of(&[limit, -limit, limit, -limit, limit]);
    assert_eq!(world.totals(&stream, &premium), expected);
    assert_eq!(clamped("waited"), 0);
}

#[test]
fn functions_that_were_not_opened_go_to_the_stream_for_others() {
    let world = World::new();
    let other = world.open("other", &world.plain());
    assert_eq!(world.record("premium", 5, "stroops", "unheard_of"), 1);
    let told = SamplesRecorded {
        contract: world.host.clone(),
        function: world.symbol("unheard_of"),
        subject: None,
        samples: vec![&world.e, (world.symbol("premium"), 5)],
        sequence: 1,
        metadata: None,
    };
    assert_eq!(world.e.events().all().events(), [told.to_xdr(&world.e, &world.monitor)]);
    let premium = world.symbol("premium");
    assert_eq!(world.totals(&other, &premium), of(&[5]));
    let subject = Some(world.symbol("worker"));
    let asked = StreamKey { subject, ..world.stream("pay") };
    let samples = vec![&world.e, (premium.clone(), 6)];
    assert_eq!(world.host().record_many(&world.monitor, &asked, &samples), 2);
    assert_eq!(world.totals(&other, &premium), of(&[5, 6]));
    assert_eq!(world.sequence(&world.stream("pay")), 0);
}

#[test]
fn several_values_share_one_call() {
    let world = World::new();
    let [premium, waited] = ["premium", "waited"].map(|name| world.symbol(name));
    let stream = world.stream("pay");
    let sample = |metric: &Symbol, value: i128| (metric.clone(), value);
    let samples =
        vec![&world.e, sample(&premium, 5), sample(&waited, 60), sample(&premium, i128::MAX)];
    assert_eq!(world.host().record_many(&world.monitor, &stream, &samples), 1);
    let told = SamplesRecorded {
        contract: world.host.clone(),
        function: world.symbol("pay"),
        subject: None,
        samples: samples.clone(),
        sequence: 1,
        metadata: None,
    };
    assert_eq!(world.e.events().all().events(), [told.to_xdr(&world.e, &world.monitor)]);
    assert_eq!(world.totals(&stream, &premium), of(&[5, 1 << 43]));
    assert_eq!(world.totals(&stream, &waited), of(&[60]));

    let refused = |samples: &Vec<(Symbol, i128)>| {
        world.refused(|| world.host().try_record_many(&world.monitor, &stream, samples))
    };
    assert_eq!(refused(&vec![&world.e]), error(MonitorError::Empty));
    let unknown = vec![&world.e, sample(&premium, 5), sample(&world.symbol("price"), 5)];
    assert_eq!(refused(&unknown), error(MonitorError::MetricUnknown));
    let mut many = vec![&world.e];
    (0..65).for_each(|_| many.push_back(sample(&premium, 1)));
    assert_eq!(refused(&many), error(MonitorError::TooMany));
    many.pop_back();
    assert_eq!(world.host().record_many(&world.monitor, &stream, &many), 2);
}

#[test]
fn rollup_tells_nothing_and_event_only_writes_nothing() {
    let world = World::new();
    world.set_mode("pay", RecordingMode::Rollup);
    assert_eq!(world.pay(5), 1);
    assert!(world.e.events().all().events().is_empty());
    world.set_mode("pay", RecordingMode::EventOnly);
    let before = world.stored();
    assert_eq!(world.pay(6), 0);
    assert_eq!(world.e.events().all().events().len(), 1);
    assert_eq!(world.stored(), before);
    let samples = vec![&world.e, (world.symbol("premium"), 7)];
    assert_eq!(world.host().record_many(&world.monitor, &world.stream("pay"), &samples), 0);
    assert_eq!(world.e.events().all().events().len(), 1);
    assert_eq!(world.stored(), before);
    let unknown = vec![&world.e, (world.symbol("price"), 7)];
    let refused = world
        .refused(|| world.host().try_record_many(&world.monitor, &world.stream("pay"), &unknown));
    assert_eq!(refused, error(MonitorError::MetricUnknown));
    world.set_mode("pay", RecordingMode::Full);
    assert_eq!(world.pay(8), 2);
}

#[test]
fn a_recorder_that_the_owner_chose_records_for_the_contract() {
    let world = World::new();
    let recorder = Address::generate(&world.e);
    world.set_reporter(&recorder, ReporterRole::Recorder);
    let by_the_contract = world.record_refused("premium", "stroops", "pay", None);
    assert_eq!(by_the_contract, unauthorised());
    let [premium, stroops, pay] = ["premium", "stroops", "pay"].map(|name| world.symbol(name));
    let args =
        (world.host.clone(), premium.clone(), 9i128, stroops.clone(), pay.clone(), None::<String>);
    world.by(&recorder, "record_metric", args);
    let host = &world.host;
    assert_eq!(world.client().record_metric(host, &premium, &9, &stroops, &pay, &None), 1);
}

#[test]
fn watched_metrics_keep_their_last_minutes_and_sketched_ones_answer_quantiles() {
    let world = World::new();
    let mut metric = world.metric("latency", "us");
    metric.watched = true;
    metric.sketch = (10, 1_000, 64);
    let spec = StreamSpec { metrics: vec![&world.e, metric], ..world.plain() };
    let stream = world.open("claim", &spec);
    for minute in 0..15 {
        world.record("latency", 100 + minute, "us", "claim");
        world.record("latency", 500, "us", "claim");
        world.advance(60);
    }
    let latency = world.symbol("latency");
    let first = (START_S / 60) as u32;
    let minutes: std::vec::Vec<_> =
        world.read(&stream, &latency, |view| minutes(view.ring(0).unwrap()).collect());
    assert_eq!(minutes.len(), 12);
    assert_eq!(minutes[0].minute, first + 3);
    assert_eq!((minutes[0].statistics.count, minutes[0].statistics.sum), (2, 603));
    let quantile =
        |per_mille| world.read(&stream, &latency, |view| view.quantile(0, per_mille).unwrap());
    let is_about = |per_mille, low, high| matches!(quantile(per_mille), Quantile::Value(value) if (low..=high).contains(&value));
    assert!(is_about(0, 95, 120) && is_about(950, 475, 525));
    world.record("latency", 5_000, "us", "claim");
    assert_eq!(quantile(1_000), Quantile::AboveRange);
}

#[test]
fn recording_extends_no_life() {
    use soroban_sdk::testutils::storage::{Instance as _, Persistent as _};
    let world = World::new();
    let lives = || {
        world.e.as_contract(&world.monitor, || {
            let storage = world.e.storage().persistent();
            let entries = storage.all().into_iter().map(|(key, _)| storage.get_ttl(&key));
            (entries.collect::<std::vec::Vec<_>>(), world.e.storage().instance().get_ttl())
        })
    };
    // Almost archived: whoever extends, extends now.
    world.e.ledger().with_mut(|ledger| ledger.sequence_number += 2_073_000);
    let before = lives();
    world.pay(1);
    assert_eq!(lives(), before);
    let unknown: Error = world.record_refused("price", "stroops", "pay", None);
    assert_eq!(unknown, error(MonitorError::MetricUnknown));
    assert_eq!(lives(), before);
}

#[test]
fn samples_are_pairs_and_nothing_travels_with_them() {
    let world = World::new();
    let pair: Val = (world.symbol("premium"), 1i128).into_val(&world.e);
    let cases: [Val; 2] = [
        (world.symbol("premium"), 1i128, world.symbol("and_this")).into_val(&world.e),
        (world.symbol("premium"), 1i128, vec![&world.e, pair, pair]).into_val(&world.e),
    ];
    for sample in cases {
        let samples = vec![&world.e, pair, sample];
        let refused = world.refused(|| {
            world.host().try_record_any(&world.monitor, &world.stream("pay"), &samples)
        });
        assert_eq!(refused, error(MonitorError::Empty));
    }
}
