//! The very slot in which something begins, ends, or is still to be known.

mod support;

use lumenscope_rules::transition::FAULT_SERIES;
use lumenscope_rules::{
    Baseline, Condition, Handling, Kind, Operator, Phase, Reading, Rule, Slot, State, slot::end_s,
    step,
};
use support::{FIRST, World, above, above_zero, ladder};

fn stepped(rule: &Rule, state: &State, reading: Reading) -> (State, Vec<(Kind, bool)>) {
    let slot = Slot { index: state.through + 1, reading, last_data: 0 };
    let (state, out) = step(rule, state, &slot).expect("the next slot");
    (state, out.as_slice().iter().map(|told| (told.kind, told.notify)).collect())
}

fn firing(rule: &Rule) -> State {
    let mut state = State::new(rule);
    (state.phase, state.fired, state.notified, state.episode) = (Phase::Firing, true, true, 1);
    (state.since, state.pending_since, state.through) = (FIRST, FIRST, FIRST + 10);
    state
}

#[test]
fn a_rule_that_skips_no_slot_lets_its_clocks_run() {
    let mut world = World::new(Rule { for_s: 120, ..above_zero() });
    assert_eq!(world.kinds(&[1]), [Kind::Pending]);
    world.rule.active_from = world.state.through + 1;
    assert_eq!(world.kinds(&[1]), []);
    assert_eq!(world.kinds(&[1]), [Kind::Firing]);
    // One that skips a slot knows nothing of it.
    let mut world = World::new(Rule { for_s: 120, ..above_zero() });
    assert_eq!(world.kinds(&[1]), [Kind::Pending]);
    world.rule.active_from = world.state.through + 2;
    world.minutes.record(world.state.through + 2, &[1]);
    world.evaluate_through(world.state.through + 2);
    assert_eq!((world.state.pending_since, world.state.phase), (FIRST + 2, Phase::Pending));
}

#[test]
fn an_absence_that_cannot_be_complete_yet_is_none_and_one_that_may_be_is_unknown() {
    let condition = Condition::Absence { slots: 5 };
    let rule = Rule { condition, keep_firing_for_s: 60, ..above_zero() };
    let at = |through: u32| {
        let mut state = firing(&rule);
        state.phase = Phase::Recovering;
        (state.last_data, state.last_lost) = (FIRST + 20, FIRST + 22);
        (state.recovering_since, state.through) = (FIRST + 20, through);
        state
    };
    // Five slots after the last sample; after the one that may have been lost, seven.
    for (slot, expected) in [
        (FIRST + 24, Phase::Inactive),
        (FIRST + 25, Phase::Recovering),
        (FIRST + 26, Phase::Recovering),
        (FIRST + 27, Phase::Firing),
    ] {
        let (state, _) = stepped(&rule, &at(slot - 1), Reading::Empty);
        assert_eq!(state.phase, expected, "{}", slot - FIRST);
        if expected == Phase::Recovering {
            assert_eq!(state.recovering_since, slot + 1, "nothing is proved of that slot");
        }
    }
}

#[test]
fn who_has_fired_long_enough_for_a_new_wait_goes_on_firing() {
    let mut state = firing(&above_zero());
    state.pending_since = state.through - 1;
    let value = Reading::Value {
        figure: lumenscope_rules::Figure { numerator: 1, denominator: 1 },
        points: 1,
    };
    // Two slots at the next one.
    for (for_s, expected) in [(119, Phase::Firing), (120, Phase::Firing), (121, Phase::Pending)] {
        let (after, _) = stepped(&Rule { for_s, ..above_zero() }, &state, value);
        assert_eq!(after.phase, expected, "{for_s}");
    }
}

#[test]
fn an_anomaly_that_never_fired_quiets_none() {
    let baseline = Baseline { smoothing: 4, warm_up: 10, quiet_slots: 30 };
    let compare = lumenscope_rules::Compare { operator: Operator::Gt, ..above(1_000) };
    let condition = Condition::Anomaly { compare, baseline };
    let mut world = World::new(Rule { condition, for_s: 180, ..above_zero() });
    for minute in 0..20 {
        assert_eq!(world.kinds(&[100 + minute % 3]), []);
    }
    assert_eq!(world.kinds(&[100_000]), [Kind::Pending]);
    assert_eq!(world.kinds(&[101]), [Kind::Cleared]);
    assert_eq!(world.state.quiet_through, 0);
    // One that fired does.
    world.rule.for_s = 0;
    world.rule.condition = Condition::Anomaly { compare: above(300), baseline };
    let until = (0..40).find(|_| world.kinds(&[1_000_000]).contains(&Kind::Firing));
    assert!(until.is_some());
    while world.state.phase != Phase::Inactive {
        world.minute(&[100]);
    }
    assert_eq!(world.state.quiet_through, world.state.through + 30);
}

#[test]
fn an_acknowledgement_that_expires_tells_those_who_know_and_waits_a_slot() {
    let ladder = ladder(&[(0, 0, 0)]);
    let rule = Rule { ladder, cooldown_s: 3_600, ..above_zero() };
    let value = Reading::Value {
        figure: lumenscope_rules::Figure { numerator: 1, denominator: 1 },
        points: 1,
    };
    let held = |notified| {
        let mut state = firing(&rule);
        (state.ladder, state.notified) = (ladder, notified);
        // Within the cooldown of an earlier episode's message.
        state.last_notified = state.through;
        state.handling = Handling::Acknowledged;
        state.handling_until_s = end_s(state.through + 1);
        state
    };
    let (told, came) = stepped(&rule, &held(true), value);
    assert_eq!(came, [(Kind::HandlingExpired, true)]);
    assert_eq!((told.due, told.level), (told.through + 1, 0), "the first level, in the next slot");
    let (_, came) = stepped(&rule, &told, value);
    assert_eq!(came, [(Kind::Escalated, true)]);
    // Nobody was told that it fires.
    let (untold, came) = stepped(&rule, &held(false), value);
    assert_eq!(came, [(Kind::HandlingExpired, false)]);
    assert_eq!(untold.due, 0);
}

#[test]
fn faults_are_numbered_in_a_series_of_their_own() {
    assert_eq!(FAULT_SERIES, 0x8000_0000, "as released");
}
