//! What others do, and what happens while an alert rests, changes nothing that was decided.

use lumenscope_interfaces::alerting::{
    Evaluation, GuardVerdict, Outcome, RuleSpec, RuleTarget, Severity,
};
use lumenscope_interfaces::common::StreamKey;
use soroban_sdk::{Address, vec};

use super::world::{GuardConfig, World, done, signed};

const CONFIG: GuardConfig = GuardConfig {
    min_severity: Severity::High,
    stale_after_s: 600,
    fail_closed: false,
    trip_max_s: 1_800,
};

fn configure(world: &World, config: GuardConfig) {
    done(world.configure(&world.owner, &world.pool, config));
}

#[test]
fn acknowledging_in_the_minute_of_a_heartbeat_keeps_the_guard_tripped() {
    let world = World::new();
    configure(&world, CONFIG);
    let target = world.target(&world.spec());
    for minute in 0..16 {
        world.step(&target, minute, 150);
    }
    assert_eq!(world.alerting().guard(&world.pool), GuardVerdict::Tripped);
    let (owner, t, episode, until_s) = (&world.owner, &target, 1u32, world.now_s() + 3600);
    done(signed!(world, owner, alerting, acknowledge, try_acknowledge(owner, t, episode, until_s)));
    assert_eq!(world.alerting().guard(&world.pool), GuardVerdict::Tripped);
}

#[test]
fn a_row_that_nobody_evaluates_any_more_does_not_hide_one_that_fires() {
    let world = World::new();
    configure(&world, CONFIG);
    let rule = world.create(&RuleSpec { function: None, ..world.spec() });
    let pay = RuleTarget { rule: rule.clone(), stream: world.stream("pay") };
    let claim = RuleTarget { rule, stream: world.stream("claim") };
    world.step(&pay, 0, 150);
    world.evaluate(&[&claim]);
    for minute in 1..13 {
        world.step(&pay, minute, 150);
    }
    assert_eq!(world.alerting().summary(&world.pool).unwrap().rows.len(), 2);
    assert_eq!(world.alerting().guard(&world.pool), GuardVerdict::Tripped);
}

#[test]
fn only_a_keeper_begins_an_alert_and_anybody_goes_on_with_it() {
    let world = World::new();
    configure(&world, GuardConfig { fail_closed: true, ..CONFIG });
    let rule = world.create(&RuleSpec { function: None, ..world.spec() });
    let pay = RuleTarget { rule: rule.clone(), stream: world.stream("pay") };
    let claim = RuleTarget { rule, stream: world.stream("claim") };
    for minute in 0..20 {
        world.step(&pay, minute, 50);
    }
    let by = |who: &Address, target: &RuleTarget, slot: u32| {
        let all = vec![&world.e, target.clone()];
        let came = done(signed!(world, who, alerting, evaluate, try_evaluate(who, all, slot)));
        Evaluation::unpacked(came.get_unchecked(0)).unwrap().outcome
    };
    let closed = world.alerting().closed_slot();
    assert_eq!(by(&world.stranger, &claim, 0), Outcome::NotAKeeper);
    assert_eq!(by(&world.stranger, &claim, closed), Outcome::NotAKeeper);
    assert_eq!(world.alerting().guard(&world.pool), GuardVerdict::Clear);
    assert_eq!(world.alerting().summary(&world.pool).unwrap().rows.len(), 1);
    assert_eq!(by(&world.stranger, &pay, closed), Outcome::Evaluated, "what is begun is anyone's");
    for who in [&world.keeper, &world.owner, &world.admin] {
        assert_eq!(by(who, &claim, closed), Outcome::Evaluated);
    }
    let named = world.target(&world.spec());
    assert_eq!(by(&world.stranger, &named, closed), Outcome::NotAKeeper);
    assert_eq!(by(&world.keeper, &named, closed), Outcome::Evaluated);
    assert_eq!(by(&world.stranger, &named, closed), Outcome::Evaluated);
    // A lane of a stream that a rule names is another stream: an alert of its own.
    let lane = StreamKey { lane: Some(1), ..named.stream.clone() };
    world.open(&lane);
    let lane = RuleTarget { rule: named.rule.clone(), stream: lane };
    assert_eq!(by(&world.stranger, &lane, closed), Outcome::NotAKeeper);
    assert_eq!(by(&world.keeper, &lane, closed), Outcome::Evaluated);
}

#[test]
fn a_resolution_is_final_for_slots_before_it() {
    let world = World::new();
    configure(&world, CONFIG);
    let policy = lumenscope_interfaces::alerting::NoDataPolicy::KeepLast;
    let target = world.target(&RuleSpec { no_data: policy, ..world.spec() });
    for minute in 0..9 {
        world.step(&target, minute, 150);
    }
    // No samples any more: the alert is kept firing.
    for minute in 9..16 {
        world.step(&target, minute, None);
    }
    let (owner, t, episode) = (&world.owner, &target, 1u32);
    let note = world.name("x");
    done(signed!(world, owner, alerting, resolve, try_resolve(owner, t, episode, note)));
    let came = world.step(&target, 16, None);
    assert_eq!(came.episode, 1);
}
