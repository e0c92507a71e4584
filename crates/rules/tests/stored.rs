//! What has to be stored of an alert that only moves on: as little as the rule allows, and nothing
//! of one at rest, because a transaction is paid for each time.

mod support;

use lumenscope_rules::slot::RING_SLOTS;
use lumenscope_rules::{
    Baseline, Compare, Condition, Phase, Rule, State, is_at_rest, needs_checkpoint,
};
use support::{FIRST, above, above_zero};

const PHASES: [Phase; 4] = [Phase::Inactive, Phase::Pending, Phase::Firing, Phase::Recovering];

fn of(condition: Condition) -> Rule {
    let rule = Rule { condition, ..above_zero() };
    assert_eq!(rule.check(), Ok(()));
    rule
}

fn over(window_slots: u32) -> Rule {
    of(Condition::Threshold(Compare { window_slots, ..above(0) }))
}

fn in_phase(rule: &Rule, phase: Phase, through: u32) -> State {
    let mut state = State::new(rule);
    (state.phase, state.through) = (phase, through);
    state
}

#[test]
fn an_alert_rests_where_its_next_steps_depend_on_its_phase_alone() {
    let pattern = Condition::Pattern { compare: above(0), at_least: 2, of_slots: 5 };
    let baseline = Baseline { smoothing: 3, warm_up: 10, quiet_slots: 0 };
    let anomaly = Condition::Anomaly { compare: above(300), baseline };
    for (rule, rests) in [
        (above_zero(), [true, false, true, false]),
        (of(Condition::Absence { slots: 5 }), [false, false, true, false]),
        (of(pattern), [false; 4]),
        (of(anomaly), [false; 4]),
    ] {
        let came = PHASES.map(|phase| is_at_rest(&rule, &in_phase(&rule, phase, FIRST)));
        assert_eq!(came, rests, "{:?}", rule.condition);
    }
}

#[test]
fn progress_is_stored_before_the_minutes_behind_it_leave_the_ring() {
    for (window_slots, room) in [(1, 5), (2, 5), (5, 3), (8, 2), (9, 1), (10, 1)] {
        let rule = over(window_slots);
        for phase in PHASES {
            for ahead in 0..2 * RING_SLOTS {
                let state = in_phase(&rule, phase, FIRST + ahead);
                let expected = matches!(phase, Phase::Pending | Phase::Recovering) && ahead >= room;
                let came = needs_checkpoint(&rule, &state, FIRST);
                assert_eq!(came, expected, "{window_slots} slots, {phase:?}, {ahead} ahead");
            }
        }
    }
}

#[test]
fn a_window_that_history_holds_is_never_in_a_hurry() {
    let rule = over(120);
    assert!(rule.is_long());
    for phase in PHASES {
        let state = in_phase(&rule, phase, FIRST + 10_000);
        assert!(!needs_checkpoint(&rule, &state, FIRST), "{phase:?}");
    }
}

#[test]
fn what_the_ring_still_shows_of_a_silence_is_not_stored() {
    let rule = of(Condition::Absence { slots: 30 });
    let with = |phase, last_data| {
        let mut state = in_phase(&rule, phase, FIRST + 20);
        state.last_data = last_data;
        state
    };
    assert!(!needs_checkpoint(&rule, &with(Phase::Inactive, FIRST + 16), FIRST));
    assert!(needs_checkpoint(&rule, &with(Phase::Inactive, FIRST + 15), FIRST));
    // An episode is not told by the ring.
    assert!(needs_checkpoint(&rule, &with(Phase::Pending, FIRST + 16), FIRST));
    // What is stored counts where it is newer.
    assert!(!needs_checkpoint(&rule, &with(Phase::Inactive, FIRST + 2), FIRST + 16));
    // A sample says nothing about how far a threshold's clocks came.
    assert!(needs_checkpoint(&above_zero(), &with(Phase::Pending, FIRST + 20), FIRST));
}
