//! Quantiles of history, and functions by a metric, from what contracts recorded.

use lumenscope_interfaces::analytics_storage::{Granularity, Ranking};
use lumenscope_interfaces::common::StreamKey;
use lumenscope_interfaces::performance_monitor::{FLUSH_DELAY_S, NO_SKETCH};
use soroban_sdk::vec;

use super::world::{HOUR_S, START_S, World};

const DAY_S: u64 = 24 * HOUR_S;
const FUNCTION: &str = "swap";
const SHARES: [u32; 5] = [500, 750, 900, 950, 990];

/// Numbers that look random, above 0 and below 1.
fn random() -> impl FnMut() -> f64 {
    let mut state = 0x9E37_79B9_7F4A_7C15u64;
    move || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }
}

/// Many small values, and few that are large.
fn lognormal(random: &mut impl FnMut() -> f64) -> i64 {
    let normal = (-2.0 * random().ln()).sqrt() * (std::f64::consts::TAU * random()).cos();
    (normal.mul_add(0.7, 7.5)).exp() as i64
}

fn record(world: &World, stream: &StreamKey, value: i64) {
    let samples = vec![&world.e, (world.symbol("amount"), i128::from(value))];
    world.must(&world.pool, &world.monitor, "record_samples", (stream.clone(), samples));
}

fn flush(world: &World, streams: &[StreamKey]) {
    let through_hour = u32::try_from((world.now_s() - FLUSH_DELAY_S) / HOUR_S - 1).expect("fits");
    let mut all = vec![&world.e];
    streams.iter().for_each(|stream| all.push_back(stream.clone()));
    let args = (world.stranger.clone(), all, through_hour);
    world.must(&world.stranger, &world.monitor, "flush", args);
}

#[test]
fn quantiles_of_history_are_within_five_percent_of_those_of_the_samples() {
    let world = World::new();
    world.e.cost_estimate().budget().reset_unlimited();
    let base = world.stream(FUNCTION);
    let streams = [base.clone(), StreamKey { lane: Some(2), ..base }];
    for stream in &streams {
        let opened = world.open_with(stream.clone(), &["amount"], (50, 60_000, 72));
        assert_eq!(opened, Ok(()));
    }
    let (mut random, mut samples) = (random(), Vec::new());
    for hour in 0..48 {
        for number in 0..12 {
            let value = lognormal(&mut random);
            record(&world, &streams[number % 2], value);
            samples.push((START_S + hour * HOUR_S, value));
        }
        world.advance(HOUR_S);
        if hour == 0 {
            world.advance(FLUSH_DELAY_S);
        }
        flush(&world, &streams);
    }
    let first_day_s = START_S / DAY_S * DAY_S;
    for (from_day, to_day) in [(0, 1), (1, 2), (2, 3), (0, 3)] {
        let mut query = world.query(FUNCTION, "amount", false);
        query.granularity = Granularity::Day;
        query.from_s = first_day_s + from_day * DAY_S;
        query.to_s = first_day_s + to_day * DAY_S;
        let asked = samples.iter().filter(|(at_s, _)| (query.from_s..query.to_s).contains(at_s));
        let mut exact: Vec<i64> = asked.map(|(_, value)| *value).collect();
        exact.sort_unstable();
        let mut shares = vec![&world.e];
        SHARES.iter().for_each(|share| shares.push_back(*share));
        let said = world.history().quantiles(&query, &shares);
        assert_eq!(said.below + said.inside + said.above, exact.len() as u64, "{from_day}");
        for (share, quantile) in SHARES.iter().zip(said.quantiles.iter()) {
            let rank = (exact.len() * *share as usize).div_ceil(1_000);
            let (quantile, exact) = (quantile.expect("in range"), exact[rank - 1]);
            let error = (quantile - exact).abs() as f64 / exact as f64;
            assert!(error <= 0.05, "{share}: {quantile}, not {exact}");
        }
    }
}

#[test]
fn a_contracts_functions_are_ranked_by_what_history_and_the_open_hour_hold() {
    let world = World::new();
    let lane = StreamKey { lane: Some(1), ..world.stream(FUNCTION) };
    for stream in [world.stream(FUNCTION), lane.clone()] {
        assert_eq!(world.open_with(stream, &["amount"], NO_SKETCH), Ok(()));
    }
    world.buy(1).expect("bought");
    world.deposit(500).expect("deposited");
    // From here on the pool is only an address that authorises.
    record(&world, &world.stream(FUNCTION), 10);
    record(&world, &lane, 20);
    world.advance(HOUR_S + FLUSH_DELAY_S);
    flush(&world, &[world.stream(FUNCTION), lane.clone()]);
    record(&world, &lane, 300);
    let top = |metric: &str, by: Ranking| -> Vec<(String, u64, i128)> {
        let ranked = world.history().top_functions(
            &world.pool,
            &world.symbol(metric),
            &Granularity::Hour,
            &START_S,
            &(world.now_s() + 1),
            &by,
            &0,
            &50,
        );
        let row =
            |(name, of): (soroban_sdk::Symbol, lumenscope_interfaces::common::StatisticsView)| {
                (name.to_string(), of.count, of.sum)
            };
        ranked.iter().map(row).collect()
    };
    let [swap, deposit] = [("swap".into(), 3, 330), ("deposit".into(), 1, 500)];
    assert_eq!(top("amount", Ranking::Count), [swap, deposit]);
    let rows = top("amount", Ranking::Sum);
    assert_eq!(rows.iter().map(|row| row.0.as_str()).collect::<Vec<_>>(), ["deposit", "swap"]);
    assert_eq!(top("premium", Ranking::Mean).len(), 1);
    assert_eq!(top("unheard_of", Ranking::Mean), []);
}
