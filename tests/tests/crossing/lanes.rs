//! Lanes: hot entries of their own, one history.

use lumenscope_interfaces::analytics_storage::AnalyticsError;
use lumenscope_interfaces::common::{LANES_MAX, StreamKey};
use lumenscope_interfaces::performance_monitor::{
    FLUSH_DELAY_S, MetricKind, MetricSpec, MonitorError, NO_SKETCH, RecordingMode, StreamSpec,
};
use soroban_sdk::{Error, vec};

use super::world::{HOUR_S, START_S, World, refused};

const FUNCTION: &str = "swap";

fn lane(world: &World, lane: u32) -> StreamKey {
    StreamKey { lane: Some(lane).filter(|lane| *lane > 0), ..world.stream(FUNCTION) }
}

fn open(world: &World, stream: StreamKey) -> Result<(), Error> {
    let metric = MetricSpec {
        name: world.symbol("amount"),
        unit: world.symbol("stroops"),
        kind: MetricKind::Timer,
        watched: false,
        sketch: NO_SKETCH,
    };
    let spec =
        StreamSpec { metrics: vec![&world.e, metric], mode: RecordingMode::Full, witnesses: false };
    world.call(&world.owner, &world.monitor, "open_stream", (stream, spec), &[])
}

/// The pool records one value.
fn record(world: &World, stream: StreamKey, value: i128) -> Result<u64, Error> {
    let samples = vec![&world.e, (world.symbol("amount"), value)];
    world.call(&world.pool, &world.monitor, "record_samples", (stream, samples), &[])
}

fn flush(world: &World, stream: StreamKey) -> Result<u32, Error> {
    let through_hour = u32::try_from((world.now_s() - FLUSH_DELAY_S) / HOUR_S - 1).expect("fits");
    let args = (world.stranger.clone(), vec![&world.e, stream], through_hour);
    world.call(&world.stranger, &world.monitor, "flush", args, &[])
}

/// First second, count and sum of each hour.
fn hours(world: &World, include_open: bool) -> Vec<(u64, u64, i128)> {
    let range = world.history().range(&world.query(FUNCTION, "amount", include_open));
    let hour = |bucket: lumenscope_interfaces::common::Bucket| {
        (bucket.start_s, bucket.statistics.count, bucket.statistics.sum)
    };
    range.buckets.iter().map(hour).collect()
}

#[test]
fn what_lanes_hold_apart_is_one_history() {
    let world = World::new();
    let streams = world.monitor().streams(&world.pool, &0, &50).len();
    for number in 0..3 {
        assert_eq!(open(&world, lane(&world, number)), Ok(()));
    }
    assert_eq!(record(&world, world.stream(FUNCTION), 1), Ok(1));
    assert_eq!(record(&world, lane(&world, 0), 2), Ok(2));
    assert_eq!(record(&world, lane(&world, 1), 10), Ok(1));
    assert_eq!(record(&world, lane(&world, 2), 100), Ok(1));
    assert_eq!(record(&world, lane(&world, 2), 200), Ok(2));

    let listed = world.monitor().streams(&world.pool, &streams, &50);
    let lanes: Vec<Option<u32>> = listed.iter().map(|stream| stream.lane).collect();
    assert_eq!(lanes, [None, Some(1), Some(2)]);

    world.advance(HOUR_S + 400);
    assert_eq!(record(&world, lane(&world, 1), 20), Ok(2));
    assert_eq!(flush(&world, lane(&world, 2)), Ok(1));
    assert_eq!(hours(&world, false), [(START_S, 2, 300)]);
    assert_eq!(flush(&world, lane(&world, 1)), Ok(1));
    assert_eq!(flush(&world, world.stream(FUNCTION)), Ok(1));
    assert_eq!(hours(&world, false), [(START_S, 5, 313)]);
    assert_eq!(record(&world, world.stream(FUNCTION), 3), Ok(3));
    assert_eq!(record(&world, lane(&world, 2), 300), Ok(3));
    let all = [(START_S, 5, 313), (START_S + HOUR_S, 3, 323)];
    assert_eq!(hours(&world, true), all, "the open hour of every lane");
    world.advance(HOUR_S);
    for number in 0..3 {
        assert_eq!(flush(&world, lane(&world, number)), Ok(1));
        assert_eq!(flush(&world, lane(&world, number)), Ok(0), "nothing is moved twice");
    }
    assert_eq!(hours(&world, false), all);
    assert_eq!(hours(&world, true), all);
    // Asked of a lane, history is the stream's.
    let mut query = world.query(FUNCTION, "amount", true);
    query.stream = lane(&world, 2);
    assert_eq!(world.history().aggregate(&query).sum, 313 + 323);
}

#[test]
fn a_lane_that_is_not_open_is_no_stream_and_there_are_seven_at_most() {
    let world = World::new();
    assert_eq!(open(&world, world.stream(FUNCTION)), Ok(()));
    let unknown = refused(MonitorError::StreamUnknown as u32);
    assert_eq!(record(&world, lane(&world, 1), 10), Err(unknown));
    // The stream itself has one name: by another, an alert on it would be two.
    let nought = StreamKey { lane: Some(0), ..world.stream(FUNCTION) };
    assert_eq!(record(&world, nought.clone(), 10), Err(unknown));
    let too_many = refused(MonitorError::TooMany as u32);
    assert_eq!(open(&world, nought), Err(too_many));
    assert_eq!(open(&world, lane(&world, LANES_MAX + 1)), Err(too_many));
    assert_eq!(open(&world, lane(&world, LANES_MAX)), Ok(()));
    assert_eq!(record(&world, lane(&world, LANES_MAX), 10), Ok(1));
    world.advance(HOUR_S + 400);
    assert_eq!(flush(&world, lane(&world, LANES_MAX)), Ok(1));
    // The lanes between were never opened.
    assert_eq!(record(&world, lane(&world, LANES_MAX), 20), Ok(2));
    assert_eq!(hours(&world, true), [(START_S, 1, 10), (START_S + HOUR_S, 1, 20)]);
}

#[test]
fn lanes_of_other_metrics_are_refused_when_they_are_opened_and_stop_no_flush() {
    let world = World::new();
    world.e.cost_estimate().budget().reset_unlimited();
    let names = |number: u32| (0..16).map(|name| format!("m{number}_{name}")).collect::<Vec<_>>();
    let open = |number: u32| {
        let names = names(number);
        let metrics: Vec<&str> = names.iter().map(String::as_str).collect();
        world.open_with(lane(&world, number), &metrics, NO_SKETCH)
    };
    for number in 0..4 {
        assert_eq!(open(number), Ok(()));
    }
    // All of them named 64.
    assert_eq!(open(4), Err(refused(AnalyticsError::TooManyMetrics as u32)));
    for number in 0..4 {
        let mut samples = vec![&world.e];
        names(number).iter().for_each(|name| samples.push_back((world.symbol(name), 1i128)));
        let args = (lane(&world, number), samples);
        world.must(&world.pool, &world.monitor, "record_samples", args);
    }
    world.advance(HOUR_S + 400);
    for number in 0..4 {
        assert_eq!(flush(&world, lane(&world, number)), Ok(1), "lane {number}");
    }
}

#[test]
fn the_open_hour_of_a_lane_that_was_never_flushed_counts() {
    let world = World::new();
    for number in 0..2 {
        assert_eq!(open(&world, lane(&world, number)), Ok(()));
    }
    assert_eq!(record(&world, lane(&world, 0), 1), Ok(1));
    world.advance(HOUR_S + 400);
    assert_eq!(flush(&world, lane(&world, 0)), Ok(1));
    assert_eq!(record(&world, lane(&world, 1), 100), Ok(1));
    assert_eq!(hours(&world, true), [(START_S, 1, 1), (START_S + HOUR_S, 1, 100)]);
}

#[test]
fn a_sketch_is_not_changed_while_closed_hours_wait_with_what_it_counted() {
    let world = World::new();
    let stream = world.stream(FUNCTION);
    let open = |last| world.open_with(stream.clone(), &["amount"], (50, last, 72));
    assert_eq!(open(60_000), Ok(()));
    assert_eq!(record(&world, stream.clone(), 1_000), Ok(1));
    world.advance(HOUR_S + 400);
    let waits = Err(refused(MonitorError::NotFlushed as u32));
    assert_eq!(open(50_000), waits);
    assert_eq!(world.open(FUNCTION, &["amount"]), waits, "nor taken away");
    assert_eq!(open(60_000), Ok(()), "the same is no change");
    assert_eq!(flush(&world, stream.clone()), Ok(1));
    assert_eq!(open(50_000), Ok(()));
    let said =
        world.history().quantiles(&world.query(FUNCTION, "amount", false), &vec![&world.e, 500]);
    assert_eq!((said.inside, said.max), (1, 60_000));
}
