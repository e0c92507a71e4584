//! Rules that a stream steps, with everything against them: rules that it cannot step, an alerting
//! contract that makes them up.

use lumenscope_interfaces::alerting::{NoDataPolicy, RuleSpec};
use lumenscope_interfaces::common::StreamKey;
use lumenscope_interfaces::performance_monitor::{
    MetricKind, MetricSpec, MonitorError, NO_SKETCH, RecordingMode, StreamSpec,
};
use soroban_sdk::{
    Address, BytesN, Env, Error, IntoVal, Map, Symbol, Val, contract, contractimpl, symbol_short,
    vec,
};

use super::inline::{create, record, spec, watched};
use super::world::{World, refused};

const FUNCTION: &str = "swap";
const METRIC: &str = "amount";

fn set(
    world: &World,
    alerting: &Address,
    stream: StreamKey,
    rules: &[&BytesN<32>],
) -> Result<(), Error> {
    let mut ids = vec![&world.e];
    rules.iter().for_each(|rule| ids.push_back((*rule).clone()));
    let args = (stream, alerting.clone(), ids);
    world.call(&world.owner, &world.monitor, "set_inline_rules", args, &[])
}

fn unfit() -> Result<(), Error> {
    Err(refused(MonitorError::RuleUnfit as u32))
}

#[test]
fn a_rule_over_hours_is_none_that_a_ring_of_minutes_can_step() {
    let world = watched();
    let rule = create(&world, RuleSpec { window_s: 3_600, ..spec(&world) });
    assert_eq!(set(&world, &world.alerting, world.stream(FUNCTION), &[&rule]), unfit());
}

#[contract]
struct Hostile;

#[contractimpl]
impl Hostile {
    pub fn set(e: Env, spec: Val) {
        e.storage().instance().set(&symbol_short!("a"), &spec);
    }

    pub fn rule(e: Env, _id: BytesN<32>) -> Val {
        let spec: Val = e.storage().instance().get(&symbol_short!("a")).unwrap();
        let mut view = Map::<Symbol, Val>::new(&e);
        view.set(symbol_short!("spec"), spec);
        view.to_val()
    }
}

#[test]
fn a_hostile_window_of_90_seconds() {
    let world = watched();
    let hostile = world.e.register(Hostile, ());
    let spec: Val = RuleSpec { window_s: 90, ..spec(&world) }.into_val(&world.e);
    world.must(&world.stranger, &hostile, "set", (spec,));
    let id = BytesN::from_array(&world.e, &[9; 32]);
    assert_eq!(set(&world, &hostile, world.stream(FUNCTION), &[&id]), unfit());
}

#[test]
fn a_hostile_window_of_0() {
    let world = watched();
    let hostile = world.e.register(Hostile, ());
    let spec: Val = RuleSpec { window_s: 0, ..spec(&world) }.into_val(&world.e);
    world.must(&world.stranger, &hostile, "set", (spec,));
    let id = BytesN::from_array(&world.e, &[9; 32]);
    assert_eq!(set(&world, &hostile, world.stream(FUNCTION), &[&id]), unfit());
}

#[test]
fn a_stream_of_16_metrics_takes_no_rule_of_one_that_it_drops() {
    let world = watched();
    let rule = create(&world, spec(&world));
    assert_eq!(set(&world, &world.alerting, world.stream(FUNCTION), &[&rule]), Ok(()));
    let names: Vec<String> = (0..16).map(|number| format!("m{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    assert_eq!(world.open(FUNCTION, &names), Ok(()));
    assert!(world.monitor().inline_rules(&world.stream(FUNCTION)).is_empty());
}

#[test]
fn a_stream_that_keeps_nothing_steps_no_rule() {
    let world = watched();
    let metric = MetricSpec {
        name: world.symbol(METRIC),
        unit: world.symbol("stroops"),
        kind: MetricKind::Timer,
        watched: true,
        sketch: NO_SKETCH,
    };
    let stream_spec = StreamSpec {
        metrics: vec![&world.e, metric],
        mode: RecordingMode::EventOnly,
        witnesses: false,
    };
    let rule = create(&world, spec(&world));
    let args = (world.stream(FUNCTION), stream_spec);
    world.must(&world.owner, &world.monitor, "open_stream", args);
    assert_eq!(set(&world, &world.alerting, world.stream(FUNCTION), &[&rule]), unfit());
}

/// In wasm: a monitored call cannot catch what exceeds the budget.
#[test]
fn a_rule_over_a_day_stops_no_monitored_call() {
    let world = watched();
    let premium = RuleSpec {
        function: Some(world.symbol("buy_policy")),
        metric: world.symbol("premium"),
        window_s: 86_400,
        ..spec(&world)
    };
    let rule = create(&world, premium);
    let _ = set(&world, &world.alerting, world.stream("buy_policy"), &[&rule]);
    world.advance(120);
    world.e.cost_estimate().budget().reset_default();
    assert!(world.buy(1).is_ok());
}

/// In wasm: what was set by mistake can be taken back.
#[test]
fn a_rule_over_a_day_can_be_taken_back() {
    let world = watched();
    let rule = create(&world, RuleSpec { window_s: 86_400, ..spec(&world) });
    let _ = set(&world, &world.alerting, world.stream(FUNCTION), &[&rule]);
    world.e.cost_estimate().budget().reset_default();
    assert_eq!(set(&world, &world.alerting, world.stream(FUNCTION), &[]), Ok(()));
}

/// In wasm: a window that a hostile alerting contract makes up.
#[test]
fn a_made_up_window_stops_no_recording() {
    let world = watched();
    let hostile = world.e.register(Hostile, ());
    let spec: Val = RuleSpec { window_s: 0, ..spec(&world) }.into_val(&world.e);
    world.must(&world.stranger, &hostile, "set", (spec,));
    let id = BytesN::from_array(&world.e, &[9; 32]);
    let _ = set(&world, &hostile, world.stream(FUNCTION), &[&id]);
    world.e.cost_estimate().budget().reset_default();
    record(&world, 1);
}

/// In wasm, where shifts do not trap: the rule stays, with a metric that there is not.
#[test]
fn a_stream_of_16_metrics_works_after_it_dropped_a_rules_metric() {
    let world = watched();
    let loud = RuleSpec { no_data: NoDataPolicy::Normal, ..spec(&world) };
    let rule = create(&world, loud);
    assert_eq!(set(&world, &world.alerting, world.stream(FUNCTION), &[&rule]), Ok(()));
    let names: Vec<String> = (0..16).map(|number| format!("m{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    assert_eq!(world.open(FUNCTION, &names), Ok(()));
    let mut seen = Vec::new();
    for _ in 0..5 {
        let samples = vec![&world.e, (world.symbol("m0"), 1_000_i128)];
        let args = (world.stream(FUNCTION), samples);
        let recorded: Result<u64, Error> =
            world.call(&world.pool, &world.monitor, "record_samples", args, &[]);
        seen.push(format!("{recorded:?}"));
        world.advance(90);
        let states = world.monitor().try_inline_rules(&world.stream(FUNCTION));
        seen.push(format!("{states:?}"));
    }
    let hot = world.monitor().hot(&world.stream(FUNCTION));
    let bytes: Vec<u8> = hot.iter().collect();
    let mut copy = bytes.clone();
    seen.push(format!(
        "{} bytes; parses: {:?}",
        bytes.len(),
        lumenscope_hot::Recorder::parse(&mut copy).is_ok()
    ));
    println!("{seen:#?}");
    assert!(world.monitor().inline_rules(&world.stream(FUNCTION)).is_empty(), "{seen:#?}");
}
