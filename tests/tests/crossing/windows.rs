//! Rules over hours and days: what history adds up.

use lumenscope_interfaces::alerting::{
    Evaluation, GuardVerdict, NoDataPolicy, Outcome, RuleOperator, RuleSpec, RuleStatistic,
    RuleTarget,
};
use lumenscope_rules::codec::decode;
use lumenscope_rules::{Phase, State, slot};
use proptest::prelude::*;
use soroban_sdk::vec;

use super::inline::{create, record, spec, watched};
use super::world::{HOUR_S, START_S, World};

const FUNCTION: &str = "swap";
/// Minutes after an hour's end in which a keeper flushes it.
const FLUSHED_AFTER_S: u64 = 400;

/// The sum of so many hours is above a limit.
fn target(world: &World, hours: u32, threshold: i128) -> RuleTarget {
    let spec = RuleSpec {
        statistic: RuleStatistic::Sum,
        operator: RuleOperator::Gt,
        threshold,
        window_s: hours * 3_600,
        no_data: NoDataPolicy::Normal,
        ..spec(world)
    };
    RuleTarget { rule: create(world, spec), stream: world.stream(FUNCTION) }
}

fn evaluate(world: &World, target: &RuleTarget) -> Evaluation {
    let slot = world.alerting().closed_slot();
    let args = (world.admin.clone(), vec![&world.e, target.clone()], slot);
    let answers: soroban_sdk::Vec<u64> =
        world.call(&world.admin, &world.alerting, "evaluate", args, &[]).expect("evaluated");
    Evaluation::unpacked(answers.get_unchecked(0)).expect("an evaluation")
}

fn state(world: &World, target: &RuleTarget) -> State {
    let alert = world.alerting().alert(target).expect("an alert");
    decode(&alert.state.to_array()).expect("a state")
}

/// To some seconds after the end of this hour.
fn hour_ends(world: &World) {
    let now_s = world.now_s();
    world.advance((now_s / HOUR_S + 1) * HOUR_S + FLUSHED_AFTER_S - now_s);
}

#[test]
fn a_day_of_hours_fires_once_the_hour_that_makes_it_is_in_history() {
    let world = watched();
    let target = target(&world, 24, 1_000);
    // 400 each six hours: the sum of a day is 1,600 with the fourth, and 1,200 with the third.
    let mut fired_after = Vec::new();
    for hour in 0..48 {
        if hour % 6 == 0 && hour < 24 {
            record(&world, 400);
        }
        hour_ends(&world);
        // Before the flush only an hour without samples is known.
        let is_loud = hour % 6 == 0 && hour < 24;
        let mut transitions = evaluate(&world, &target).transitions;
        assert!(transitions == 0 || !is_loud, "hour {hour} is not in history yet");
        let _ = world.flush(FUNCTION);
        transitions += evaluate(&world, &target).transitions;
        if transitions > 0 {
            fired_after.push((hour, state(&world, &target).phase));
        }
    }
    // Hours 0, 6 and 12 make 1,200; from 6 to 29 it is 1,200 again, and hour 30 drops the second.
    assert_eq!(fired_after, [(12, Phase::Firing), (30, Phase::Inactive)]);
    let state = state(&world, &target);
    let first_hour = u32::try_from(START_S / HOUR_S).expect("fits");
    assert_eq!(state.since, (first_hour + 13) * 60 - 1, "the last minute of the hour that made it");
}

#[test]
fn nobody_comes_for_days_and_no_hour_is_missed() {
    let world = watched();
    let target = target(&world, 2, 1_000);
    for hour in 0..60 {
        if hour % 10 == 0 {
            record(&world, 1_500);
        }
        hour_ends(&world);
        let _ = world.flush(FUNCTION);
    }
    // Twelve hours a call.
    let mut calls = 0;
    while evaluate(&world, &target).outcome == Outcome::Partial {
        calls += 1;
        assert!(calls < 10);
    }
    assert_eq!(calls, 5);
    let state = state(&world, &target);
    assert_eq!((state.episode, state.phase), (6, Phase::Inactive), "one for each loud hour");
}

#[test]
fn a_guard_grows_stale_when_hours_are_not_flushed() {
    let world = watched();
    let target = target(&world, 1, 1_000);
    record(&world, 1);
    evaluate(&world, &target);
    let guard = || world.alerting().guard(&world.pool);
    assert_eq!(guard(), GuardVerdict::Clear);
    for _ in 0..3 {
        hour_ends(&world);
        evaluate(&world, &target);
    }
    assert_eq!(guard(), GuardVerdict::StaleAllowed, "evaluated, and nothing is known");
    assert!(world.flush(FUNCTION).is_ok());
    evaluate(&world, &target);
    assert_eq!(guard(), GuardVerdict::Clear);
}

#[test]
fn thirty_days_are_read_in_one_evaluation() {
    let world = watched();
    let target = target(&world, 720, 30 * 1_000);
    for day in 0..31_i128 {
        record(&world, 1_000 + day);
        world.advance(24 * HOUR_S);
        assert!(world.flush(FUNCTION).is_ok());
        let args = (world.stranger.clone(), vec![&world.e, world.stream(FUNCTION)]);
        world.must(&world.stranger, &world.history, "compact", args);
        while evaluate(&world, &target).outcome == Outcome::Partial {}
    }
    let state = state(&world, &target);
    assert_eq!(state.phase, Phase::Firing);
    world.e.cost_estimate().budget().reset_default();
    hour_ends(&world);
    assert!(world.flush(FUNCTION).is_ok());
    world.e.cost_estimate().budget().reset_default();
    evaluate(&world, &target);
}

proptest! {
    // Each history is about two hundred calls through the host.
    #![proptest_config(ProptestConfig {
        cases: 12, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn who_comes_when_makes_no_difference(
        values in prop::collection::vec(prop::option::of(0..1_000_i128), 30),
        hours in 1_u32..6,
        comes in prop::collection::vec(prop::bool::ANY, 30),
    ) {
        let (often, rarely) = (watched(), watched());
        let targets = [&often, &rarely].map(|world| target(world, hours, 900));
        for (hour, (value, comes)) in values.iter().zip(&comes).enumerate() {
            for world in [&often, &rarely] {
                if let Some(value) = value {
                    record(world, *value);
                }
                hour_ends(world);
            }
            // A keeper that flushes may be late, as long as hours are kept apart.
            let _ = often.flush(FUNCTION);
            evaluate(&often, &targets[0]);
            if hour % 3 == 0 {
                let _ = rarely.flush(FUNCTION);
            }
            if *comes {
                while evaluate(&rarely, &targets[1]).outcome == Outcome::Partial {}
            }
        }
        for (world, target) in [(&often, &targets[0]), (&rarely, &targets[1])] {
            let _ = world.flush(FUNCTION);
            while evaluate(world, target).outcome == Outcome::Partial {}
        }
        let through = slot::closed_through(often.now_s());
        prop_assert!(through > slot::slot_of(START_S));
        let known = |world: &World, target| world.alerting().alert(target).map(|alert| {
            let state = decode(&alert.state.to_array()).expect("a state");
            (state.phase, state.episode, state.since, state.ordinal)
        });
        prop_assert_eq!(known(&often, &targets[0]), known(&rarely, &targets[1]));
    }
}
