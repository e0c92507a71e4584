use lumenscope_hot::View;
use lumenscope_interfaces::common::StreamKey;
use lumenscope_interfaces::performance_monitor::{
    MetricKind, MetricSpec, MonitorError, RecordingMode, StreamSpec,
};
use soroban_sdk::testutils::Events as _;
use soroban_sdk::{Bytes, EnvBase as _, Event, Symbol, TryFromVal as _, symbol_short, vec};

use super::world::{START_HOUR, World, error, unauthorised};
use crate::events::StreamDefined;

fn hot(world: &World, stream: &StreamKey) -> std::vec::Vec<u8> {
    world.client().hot(stream).iter().collect()
}

#[test]
fn a_stream_keeps_what_its_owner_asked_for() {
    let world = World::new();
    let mut spec = world.plain();
    let mut standard = world.metric("instructions", "insns");
    standard.watched = true;
    standard.sketch = (1_000, 10_000_000, 96);
    let mut ratio = world.metric("failed", "ratio");
    ratio.kind = MetricKind::Ratio;
    spec.metrics = vec![&world.e, world.metric("premium", "stroops"), standard, ratio];
    spec.mode = RecordingMode::Rollup;
    spec.witnesses = true;
    let stream = world.open("claim", &spec);
    let events = world.e.events().all();
    let told = StreamDefined {
        contract: world.host.clone(),
        function: world.symbol("claim"),
        subject: None,
        owner: world.owner.clone(),
        metrics: vec![
            &world.e,
            world.symbol("premium"),
            world.symbol("instructions"),
            world.symbol("failed"),
        ],
        mode: RecordingMode::Rollup,
        bytes: world.client().hot(&stream).len(),
    };
    assert_eq!(events.events(), [told.to_xdr(&world.e, &world.monitor)]);
    assert_eq!(world.spec_of(&stream), spec);
    assert_eq!(world.client().stream_definition(&world.stream("nothing")), None);
    let blob = hot(&world, &stream);
    let view = View::parse(&blob).unwrap();
    assert_eq!((view.code(0), view.code(1), view.code(2)), (0, 1, 12));
    assert_eq!(view.flushed_before(), START_HOUR);
    assert_eq!(world.client().monitored_contract(&world.host).unwrap().streams, 2);
    let streams = world.client().streams(&world.host, &0, &50);
    assert_eq!(streams, vec![&world.e, world.stream("pay"), stream.clone()]);
    assert_eq!(world.client().streams(&world.host, &1, &1), vec![&world.e, stream]);
    assert_eq!(world.client().streams(&world.host, &2, &u32::MAX).len(), 0);
}

#[test]
fn a_default_stream_of_four_metrics_is_920_bytes_and_keeps_its_size() {
    let world = World::new();
    let mut spec = world.plain();
    for name in ["deductible", "payout"] {
        spec.metrics.push_back(world.metric(name, "stroops"));
    }
    let stream = world.open("claim", &spec);
    assert_eq!(world.client().hot(&stream).len(), 920);
    for _ in 0..40 {
        world.record("payout", 7, "stroops", "claim");
        world.advance(47_000);
        assert_eq!(world.client().hot(&stream).len(), 920);
    }
}

#[test]
fn specifications_that_cannot_be_kept_are_refused_by_name() {
    let world = World::new();
    let sketched = |min, max, bins| {
        let mut metric = world.metric("premium", "stroops");
        metric.sketch = (min, max, bins);
        metric
    };
    let named = |name: &str, unit: &str| world.metric(name, unit);
    // The host has two forms of a short name; contracts can make either.
    let nothing = world.e.symbol_new_from_slice(b"").unwrap();
    let nothing = Symbol::try_from_val(&world.e, &nothing.to_val()).unwrap();
    assert!(nothing.to_val().is_object());
    let good = (10, 100, 30);
    let three = ["a", "b", "c"].map(|name| {
        let mut metric = named(name, "s");
        metric.sketch = good;
        metric
    });
    let mut many = vec![&world.e];
    for index in 0..17 {
        let name = std::format!("metric_{index}");
        many.push_back(named(&name, "s"));
    }
    let cases = [
        (vec![&world.e], MonitorError::Empty),
        (vec![&world.e, named("", "s")], MonitorError::Empty),
        (vec![&world.e, named("a", "")], MonitorError::Empty),
        (
            vec![&world.e, MetricSpec { name: nothing.clone(), ..named("a", "s") }],
            MonitorError::Empty,
        ),
        (vec![&world.e, MetricSpec { unit: nothing, ..named("a", "s") }], MonitorError::Empty),
        (vec![&world.e, named("a", "s"), named("a", "s")], MonitorError::Twice),
        (vec![&world.e, named("instructions", "s")], MonitorError::UnitMismatch),
        (vec![&world.e, sketched(0, 10, 10)], MonitorError::SketchInvalid),
        (vec![&world.e, sketched(10, 10, 10)], MonitorError::SketchInvalid),
        (vec![&world.e, sketched(1, 1_000_000, 10)], MonitorError::SketchInvalid),
        (vec![&world.e, sketched(1, 10, 97)], MonitorError::SketchInvalid),
        (vec![&world.e, sketched(1, 10, 65_546)], MonitorError::SketchInvalid),
        (vec![&world.e, sketched(5, 0, 0)], MonitorError::SketchInvalid),
        (
            vec![&world.e, three[0].clone(), three[1].clone(), three[2].clone()],
            MonitorError::SketchInvalid,
        ),
        (many, MonitorError::TooMany),
    ];
    for (metrics, expected) in cases {
        let spec = StreamSpec { metrics, ..world.plain() };
        for function in ["claim", "pay"] {
            let stream = world.stream(function);
            let refused = world.refused(|| {
                world.by(&world.owner, "open_stream", (stream.clone(), spec.clone()));
                world.client().try_open_stream(&stream, &spec)
            });
            assert_eq!(refused, error(expected), "{spec:?}");
        }
    }
}

#[test]
fn streams_have_names_and_are_opened_by_their_owner() {
    let world = World::new();
    let spec = world.plain();
    let open = |stream: &StreamKey| {
        world.refused(|| {
            world.by(&world.owner, "open_stream", (stream.clone(), spec.clone()));
            world.client().try_open_stream(stream, &spec)
        })
    };
    assert_eq!(open(&world.stream("")), error(MonitorError::Empty));
    let nameless = Some(world.symbol(""));
    let subject = StreamKey { subject: nameless, ..world.stream("claim") };
    assert_eq!(open(&subject), error(MonitorError::Empty));
    let unknown = StreamKey { contract: world.stranger.clone(), ..world.stream("claim") };
    assert_eq!(open(&unknown), error(MonitorError::ContractUnknown));
    let by_stranger = world.refused(|| {
        world.by(&world.stranger, "open_stream", (world.stream("claim"), spec.clone()));
        world.client().try_open_stream(&world.stream("claim"), &spec)
    });
    assert_eq!(by_stranger, unauthorised());
}

#[test]
fn a_contract_opens_at_most_256_streams() {
    let world = World::new();
    let spec =
        StreamSpec { metrics: vec![&world.e, world.metric("premium", "stroops")], ..world.plain() };
    world.e.cost_estimate().budget().reset_unlimited();
    for index in 1..256 {
        world.open(&std::format!("function_{index}"), &spec);
    }
    let stream = world.stream("one_more");
    let refused = world.refused(|| {
        world.by(&world.owner, "open_stream", (stream.clone(), spec.clone()));
        world.client().try_open_stream(&stream, &spec)
    });
    assert_eq!(refused, error(MonitorError::TooMany));
    assert_eq!(world.client().streams(&world.host, &0, &u32::MAX).len(), 50);
    assert_eq!(world.client().streams(&world.host, &250, &50).len(), 6);
}

#[test]
fn reshaping_keeps_the_figures_of_the_metrics_that_stay() {
    let world = World::new();
    world.pay(100);
    world.advance(3_600);
    world.pay(50);
    let mut waited = world.metric("waited", "s");
    waited.watched = true;
    let metrics = vec![
        &world.e,
        world.metric("refund", "stroops"),
        waited,
        world.metric("premium", "stroops"),
    ];
    let spec = StreamSpec { metrics, witnesses: true, ..world.plain() };
    let stream = world.stream("pay");
    world.by(&world.owner, "open_stream", (stream.clone(), spec.clone()));
    world.client().open_stream(&stream, &spec);
    assert_eq!(world.spec_of(&stream), spec);
    let totals = world.totals(&stream, &world.symbol("premium"));
    assert_eq!((totals.count, totals.sum, totals.last), (2, 150, 50));
    assert_eq!(world.totals(&stream, &world.symbol("refund")).count, 0);
    assert_eq!(world.sequence(&stream), 2);
    assert_eq!(world.pay(1), 3);
}

#[test]
fn a_metric_is_dropped_once_its_closed_hours_are_flushed() {
    let world = World::new();
    world.pay(100);
    let only = vec![&world.e, world.metric("waited", "s")];
    let spec = StreamSpec { metrics: only, ..world.plain() };
    let stream = world.stream("pay");
    world.advance(3_600);
    let refused = world.refused(|| {
        world.by(&world.owner, "open_stream", (stream.clone(), spec.clone()));
        world.client().try_open_stream(&stream, &spec)
    });
    assert_eq!(refused, error(MonitorError::NotFlushed));
    world.advance(3_600);
    let streams = vec![&world.e, stream.clone()];
    world.by(&world.stranger, "flush", (world.stranger.clone(), streams.clone(), START_HOUR));
    assert_eq!(world.client().flush(&world.stranger, &streams, &START_HOUR), 1);
    world.by(&world.owner, "open_stream", (stream.clone(), spec.clone()));
    world.client().open_stream(&stream, &spec);
    assert_eq!(
        world.record_refused("premium", "stroops", "pay", None),
        error(MonitorError::MetricUnknown)
    );
}

#[test]
fn what_is_unknown_cannot_be_read() {
    let world = World::new();
    let (pay, claim) = (world.stream("pay"), world.stream("claim"));
    let (premium, other) = (world.symbol("premium"), world.symbol("other"));
    let client = world.client();
    let unknown = || error(MonitorError::StreamUnknown);
    assert_eq!(world.refused(|| client.try_hot(&claim)), unknown());
    assert_eq!(world.refused(|| client.try_metric(&claim, &premium)), unknown());
    let unknown = || error(MonitorError::MetricUnknown);
    assert_eq!(world.refused(|| client.try_metric(&pay, &other)), unknown());
    world.read(&pay, &premium, |view| {
        assert_eq!((view.ring(0), view.quantile(0, 500)), (None, None));
    });
    let stranger = &world.stranger;
    assert_eq!(client.monitored_contract(stranger), None);
    assert_eq!(client.streams(stranger, &0, &10).len(), 0);
}

#[test]
fn an_entry_of_a_newer_version_is_left_alone() {
    let world = World::new();
    let stream = world.stream("pay");
    world.e.as_contract(&world.monitor, || {
        let stream = crate::shapes::StreamKey::of(
            &world.e,
            stream.contract.to_val(),
            stream.function.to_val(),
        );
        let blob = crate::storage::hot(&world.e, &stream);
        let mut blob: Bytes = crate::shapes::typed(&world.e, blob);
        blob.set(0, 2);
        let blob: std::vec::Vec<u8> = Bytes::iter(&blob).collect();
        crate::storage::set_hot(&world.e, &stream, &blob);
    });
    let refused = world.record_refused("premium", "stroops", "pay", None);
    assert_eq!(refused, error(MonitorError::NumberUnknown));
}

#[test]
fn history_is_asked_whether_it_has_a_place_for_every_metric() {
    let world = World::new();
    let stream = world.open("claim", &world.plain());
    let asked = |key| {
        let history = &world.history;
        world.e.as_contract(history, || world.e.storage().instance().get::<_, Asked>(&key))
    };
    type Asked = (StreamKey, soroban_sdk::Vec<Symbol>);
    let names = vec![&world.e, world.symbol("premium"), world.symbol("waited")];
    assert_eq!(asked(symbol_short!("asked")), Some((stream.clone(), names)));
    world.e.as_contract(&world.history, || {
        world.e.storage().instance().set(&symbol_short!("refuse"), &true);
    });
    for function in ["claim", "renew"] {
        let stream = world.stream(function);
        let spec = StreamSpec { mode: RecordingMode::Rollup, ..world.plain() };
        let refused = world.refused(|| {
            world.by(&world.owner, "open_stream", (stream.clone(), spec.clone()));
            world.client().try_open_stream(&stream, &spec)
        });
        assert_eq!(refused, unauthorised());
    }
}
