//! A monitored contract to performance-monitor.

use insurance_pool::PoolError;
use lumenscope_interfaces::common::StreamKey;
use lumenscope_interfaces::performance_monitor::{MonitorError, PerformanceMonitorClient};
use lumenscope_sdk::Reading;
use soroban_sdk::testutils::Address as _;
use soroban_sdk::{Address, Env, Symbol, contract, contractimpl, symbol_short, vec};

use super::world::{COVER, PREMIUM, UNAUTHORISED, World, refused};

/// Count and sum of everything ever recorded.
fn totals(world: &World, function: &str, metric: &str) -> [i128; 2] {
    let (stream, metric) = (world.stream(function), world.symbol(metric));
    let totals = Reading::of(&world.e, &world.monitor, &stream, &metric).expect("held").totals();
    [totals.count.into(), totals.sum]
}

#[test]
fn the_pool_records_with_its_own_authorisation_and_nobody_elses() {
    let world = World::new();
    assert_eq!(world.buy(1), Ok(PREMIUM));
    assert_eq!(world.buy(2), Ok(PREMIUM));
    assert_eq!(world.deposit(5), Ok(()));
    assert_eq!(totals(&world, "buy_policy", "premium"), [2, 2 * PREMIUM]);
    assert_eq!(totals(&world, "buy_policy", "cover"), [2, 2 * COVER]);
    assert_eq!(totals(&world, "deposit", "amount"), [1, 5]);
}

/// Records in another contract's name.
#[contract]
struct Impostor;

#[contractimpl]
impl Impostor {
    pub fn record(e: Env, monitor: Address, stream: StreamKey, metric: Symbol) -> u64 {
        PerformanceMonitorClient::new(&e, &monitor).record_samples(&stream, &vec![&e, (metric, 1)])
    }
}

#[test]
fn nobody_records_in_the_pools_name() {
    let world = World::new();
    let impostor = world.e.register(Impostor, ());
    let premium = world.symbol("premium");
    let args = (world.monitor.clone(), world.stream("buy_policy"), premium.clone());
    for who in [&world.stranger, &world.holder, &world.admin] {
        let answer = world.call::<u64>(who, &impostor, "record", args.clone(), &[]);
        assert_eq!(answer, Err(UNAUTHORISED));
        let samples = vec![&world.e, (premium.clone(), 1i128)];
        let direct = (world.stream("buy_policy"), samples);
        let answer = world.call::<u64>(who, &world.monitor, "record_samples", direct, &[]);
        assert_eq!(answer, Err(UNAUTHORISED));
    }
    assert_eq!(totals(&world, "buy_policy", "premium"), [0, 0]);
}

#[test]
fn a_monitor_that_refuses_or_is_missing_stops_no_business() {
    let world = World::new();
    // Its streams are not what the pool's code records any more.
    assert_eq!(world.open("buy_policy", &["another"]), Ok(()));
    assert_eq!(world.buy(1), Ok(PREMIUM));
    // There is nothing where the pool believes performance-monitor to be.
    let nothing = Address::generate(&world.e);
    let links = (nothing.clone(), Some(world.alerting.clone()));
    world.must(&world.owner, &world.pool, "link_monitor", links);
    assert_eq!(world.buy(2), Ok(PREMIUM));
    // Nor where it asks its guard: what asks it stops, the rest goes on, and a switch ends it.
    world.must(&world.owner, &world.pool, "link_monitor", (nothing.clone(), Some(nothing)));
    assert_eq!(world.buy(3), Err(refused(PoolError::GuardTripped as u32)));
    assert_eq!(world.deposit(500), Ok(()));
    world.must(&world.owner, &world.pool, "switch_monitor", (false,));
    assert_eq!(world.buy(3), Ok(PREMIUM));
    // What is told of the stream still is what was recorded into it.
    let metric = symbol_short!("premium");
    let answer = world.monitor().try_metric(&world.stream("buy_policy"), &metric);
    assert_eq!(answer, Err(Ok(refused(MonitorError::MetricUnknown as u32))));
}
