//! performance-monitor to analytics-storage and back: closed hours, and the open one.

use lumenscope_interfaces::analytics_storage::{AnalyticsError, HISTORY_METRICS_MAX};
use lumenscope_interfaces::common::Bucket;
use lumenscope_interfaces::performance_monitor::ReporterRole;
use soroban_sdk::Bytes;

use super::world::{HOUR_S, PREMIUM, START_S, UNAUTHORISED, World};

/// First second, count and sum, and whether it is open.
type Point = (u64, u64, i128, bool);

fn points(world: &World, include_open: bool) -> Vec<Point> {
    let query = world.query("buy_policy", "premium", include_open);
    let point = |bucket: Bucket| {
        let statistics = bucket.statistics;
        (bucket.start_s, statistics.count, statistics.sum, bucket.open)
    };
    world.history().range(&query).buckets.iter().map(point).collect()
}

#[test]
fn every_sample_is_in_history_or_in_the_hot_entry_and_never_in_both() {
    let world = World::new();
    world.buy(1).expect("bought");
    world.advance(HOUR_S);
    world.buy(2).expect("bought");
    world.buy(3).expect("bought");
    let unflushed = world.history().try_range(&world.query("buy_policy", "premium", false));
    assert_eq!(unflushed, Err(Ok(AnalyticsError::HistoryUnknown.into())));

    world.advance(400);
    assert_eq!(world.flush("buy_policy"), Ok(1));
    assert_eq!(world.flush("buy_policy"), Ok(0), "nothing is moved twice");
    let first = (START_S, 1, PREMIUM, false);
    assert_eq!(points(&world, false), [first]);
    assert_eq!(points(&world, true), [first, (START_S + HOUR_S, 2, 2 * PREMIUM, true)]);

    world.advance(HOUR_S);
    assert_eq!(world.flush("buy_policy"), Ok(1));
    let all = [first, (START_S + HOUR_S, 2, 2 * PREMIUM, false)];
    assert_eq!(points(&world, false), all);
    assert_eq!(points(&world, true), all);
}

#[test]
fn nobody_but_performance_monitor_hands_hours_over() {
    let world = World::new();
    world.buy(1).expect("bought");
    world.advance(HOUR_S + 400);
    let metrics = world.monitor().stream_definition(&world.stream("buy_policy")).expect("open");
    let closed = world.monitor().metric(&world.stream("buy_policy"), &world.symbol("premium"));
    let args = (world.stream("buy_policy"), metrics.metrics, closed);
    for who in [&world.stranger, &world.admin] {
        let answer = world.call::<u32>(who, &world.history, "ingest", args.clone(), &[]);
        assert_eq!(answer, Err(UNAUTHORISED));
    }
    let asked = (world.stream("buy_policy"), args.1.clone(), Bytes::new(&world.e));
    let answer = world.call::<u32>(&world.stranger, &world.history, "ingest", asked, &[]);
    assert_eq!(answer, Err(UNAUTHORISED));
}

#[test]
fn a_metric_that_history_has_no_place_for_is_refused_before_it_is_recorded() {
    let world = World::new();
    let reporter = (world.pool.clone(), world.stranger.clone(), ReporterRole::Primary);
    world.must(&world.owner, &world.monitor, "set_reporter", reporter);
    let mut sequence = 0u64;
    let names: Vec<String> = (0..HISTORY_METRICS_MAX).map(|n| format!("metric_{n}")).collect();
    for part in names.chunks(16) {
        let part: Vec<&str> = part.iter().map(String::as_str).collect();
        assert_eq!(world.open("swap", &part), Ok(()), "there is a place for each");
        for metric in &part {
            sequence += 1;
            let report = (
                world.stranger.clone(),
                world.stream("swap"),
                world.symbol(metric),
                7i128,
                world.now_s(),
                sequence,
            );
            world.must(&world.stranger, &world.monitor, "report", report);
        }
        world.advance(HOUR_S + 400);
        assert_eq!(world.flush("swap"), Ok(1));
    }
    assert_eq!(world.history().history_metrics(&world.stream("swap")).len(), 64);

    // The 65th could never be flushed, and with closed hours never be dropped.
    let refused = Err(AnalyticsError::TooManyMetrics.into());
    assert_eq!(world.open("swap", &["metric_1", "one_more"]), refused);
    assert_eq!(world.open("swap", &["metric_1", "metric_40"]), Ok(()));
    assert_eq!(world.open("another", &["one_more"]), Ok(()));
    assert_eq!(world.flush("swap"), Ok(0));
}
