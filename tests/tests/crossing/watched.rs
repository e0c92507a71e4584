//! The pool's function `swap`, watched by a rule of the pool's owner.

use std::vec::Vec;

use lumenscope_interfaces::alerting::{
    Evaluation, NoDataPolicy, RuleCondition, RuleOperator, RuleSpec, RuleStatistic, RuleTarget,
    Severity,
};
use lumenscope_interfaces::common::StreamKey;
use lumenscope_interfaces::performance_monitor::{
    MetricKind, MetricSpec, NO_SKETCH, RecordingMode, StreamSpec,
};
use lumenscope_rules::codec::{decode, decode_transition};
use lumenscope_rules::{State, Transition};
use soroban_sdk::testutils::Events as _;
use soroban_sdk::xdr::{ContractEventBody, ScVal};
use soroban_sdk::{Address, BytesN, Map, Vec as SdkVec, vec};

use super::world::World;

pub const FUNCTION: &str = "swap";
pub const METRIC: &str = "amount";
/// Recorded, and held by no rule; the stream does not watch it.
pub const UNWATCHED: &str = "other";
pub const LIMIT: i128 = 100;
pub const LOUD: i128 = 1_000;
pub const QUIET: i128 = 1;
/// Until a minute that has just begun is over and may be evaluated.
pub const CLOSES_S: u64 = 90;

/// Fires at once while the last amount of a minute is above the limit.
pub fn spec(world: &World) -> RuleSpec {
    RuleSpec {
        name: world.text("too high"),
        contract: Some(world.pool.clone()),
        function: Some(world.symbol(FUNCTION)),
        subject: None,
        metric: world.symbol(METRIC),
        statistic: RuleStatistic::Last,
        condition: RuleCondition::Threshold,
        parameters: SdkVec::new(&world.e),
        operator: RuleOperator::Gt,
        threshold: LIMIT,
        threshold_high: 0,
        window_s: 60,
        min_points: 1,
        for_s: 0,
        keep_firing_for_s: 0,
        severity: Severity::High,
        cooldown_s: 0,
        no_data: NoDataPolicy::KeepLast,
        policy: None,
        labels: Map::new(&world.e),
        annotations: Map::new(&world.e),
    }
}

pub fn create(world: &World, owner: &Address, spec: &RuleSpec) -> BytesN<32> {
    let args = (owner.clone(), spec.clone());
    world.call(owner, &world.alerting, "create_rule", args, &[]).expect("a rule")
}

/// Opens the stream of a contract's function, with witnesses.
pub fn open(world: &World, owner: &Address, stream: &StreamKey) {
    let metric = |name, watched| MetricSpec {
        name: world.symbol(name),
        unit: world.symbol("stroops"),
        kind: MetricKind::Timer,
        watched,
        sketch: NO_SKETCH,
    };
    let metrics = vec![&world.e, metric(METRIC, true), metric(UNWATCHED, false)];
    let spec = StreamSpec { metrics, mode: RecordingMode::Rollup, witnesses: true };
    world.must(owner, &world.monitor, "open_stream", (stream.clone(), spec));
}

/// A world whose pool is watched.
pub fn watched(spec: impl FnOnce(&World) -> RuleSpec) -> (World, RuleTarget) {
    let world = World::new();
    let stream = world.stream(FUNCTION);
    open(&world, &world.owner, &stream);
    let rule = create(&world, &world.owner, &spec(&world));
    (world, RuleTarget { rule, stream })
}

/// The stream's contract records an amount.
pub fn record(world: &World, stream: &StreamKey, value: i128) {
    let samples = vec![&world.e, (world.symbol(METRIC), value)];
    world.must(&stream.contract, &world.monitor, "record_samples", (stream.clone(), samples));
}

/// Evaluates what is closed.
pub fn evaluate(world: &World, caller: &Address, targets: &[&RuleTarget]) -> Vec<Evaluation> {
    let mut all = SdkVec::new(&world.e);
    targets.iter().for_each(|target| all.push_back((*target).clone()));
    let args = (caller.clone(), all, world.alerting().closed_slot());
    let answers = world.call::<SdkVec<u64>>(caller, &world.alerting, "evaluate", args, &[]);
    let unpacked = |answer| Evaluation::unpacked(answer).expect("readable");
    answers.expect("evaluated").iter().map(unpacked).collect()
}

/// A minute with this amount passes, and a keeper evaluates it.
pub fn minute(world: &World, target: &RuleTarget, value: i128) -> Evaluation {
    record(world, &target.stream, value);
    world.advance(CLOSES_S);
    evaluate(world, &world.admin, &[target]).remove(0)
}

/// What alerts did in the last call.
pub fn transitions(world: &World) -> Vec<Transition> {
    let events = world.e.events().all().filter_by_contract(&world.alerting);
    let came = events.events().iter().filter_map(|event| {
        let ContractEventBody::V0(body) = &event.body;
        let ScVal::Vec(Some(fields)) = &body.data else { panic!("{:?}", body.data) };
        // Only an alert has a transition to tell.
        let ScVal::Bytes(packed) = fields.get(2)? else { panic!("{fields:?}") };
        let packed = packed.as_slice().try_into().expect("a transition's width");
        Some(decode_transition(&packed).expect("a transition"))
    });
    came.collect()
}

/// An alert as stored.
pub fn state(world: &World, target: &RuleTarget) -> State {
    let alert = world.alerting().alert(target).expect("an alert");
    decode(&alert.state.to_array()).expect("a state")
}
