//! The table of conditions, one test for each row.

mod support;

use lumenscope_rules::handling::{HandlingFault, put_off, resolve, retire, set_fault};
use lumenscope_rules::slot::end_s;
use lumenscope_rules::transition::FAULT_SERIES;
use lumenscope_rules::{
    Compare, Condition, Coverage, Handling, Kind, MinuteSlot, NoData, Phase, Reading, Reason, Ring,
    Rule, Severity, Slot, State, Statistic, Status, Transitions, step,
};
use support::{FIRST, World, above, above_zero, ladder};

#[test]
fn inactive_becomes_pending_with_a_new_episode_when_the_condition_is_true() {
    let mut world = World::new(Rule { for_s: 120, ..above_zero() });
    assert_eq!(world.minute(&[0]), []);
    let came = world.minute(&[1]);
    assert_eq!(came.len(), 1);
    assert_eq!((came[0].kind, came[0].episode, came[0].notify), (Kind::Pending, 1, false));
    assert_eq!((came[0].from, came[0].to), (Status::Inactive, Status::Pending));
    assert_eq!((came[0].slot, came[0].value, came[0].points), (FIRST + 1, 1, 1));
}

#[test]
fn pending_becomes_firing_once_held_for_long_enough() {
    let mut world = World::new(Rule { for_s: 90, ..above_zero() });
    assert_eq!(world.kinds(&[1]), [Kind::Pending]);
    assert_eq!(world.kinds(&[1]), [], "60 s held of 90");
    let came = world.minute(&[1]);
    assert_eq!((came[0].kind, came[0].notify), (Kind::Firing, true), "120 s held");
}

#[test]
fn pending_becomes_firing_in_the_same_evaluation_when_no_time_is_asked() {
    let mut world = World::new(above_zero());
    assert_eq!(world.kinds(&[1]), [Kind::Pending, Kind::Firing]);
}

#[test]
fn pending_becomes_inactive_silently_after_one_false_evaluation() {
    let mut world = World::new(Rule { for_s: 300, ..above_zero() });
    world.minute(&[1]);
    let came = world.minute(&[0]);
    assert_eq!(
        (came[0].kind, came[0].notify, came[0].to),
        (Kind::Cleared, false, Status::Inactive)
    );
}

#[test]
fn firing_becomes_recovering_and_fires_again_in_the_same_episode() {
    let mut world = World::new(Rule { keep_firing_for_s: 120, ..above_zero() });
    world.minute(&[1]);
    assert_eq!(world.kinds(&[0]), [Kind::Recovering]);
    assert!(world.state.is_firing());
    let came = world.minute(&[1]);
    assert_eq!((came[0].kind, came[0].episode, came[0].notify), (Kind::Refiring, 1, false));
}

#[test]
fn firing_resolves_at_once_when_nothing_is_asked_to_be_kept() {
    let mut world = World::new(above_zero());
    world.minute(&[1]);
    let came = world.minute(&[0]);
    assert_eq!(came.len(), 1, "one durable event");
    assert_eq!(
        (came[0].kind, came[0].notify, came[0].to),
        (Kind::Resolved, true, Status::Inactive)
    );
}

#[test]
fn recovering_resolves_once_the_condition_was_gone_for_long_enough() {
    let mut world = World::new(Rule { keep_firing_for_s: 120, ..above_zero() });
    world.minute(&[1]);
    assert_eq!(world.kinds(&[0]), [Kind::Recovering]);
    assert_eq!(world.kinds(&[0]), []);
    assert_eq!(world.kinds(&[0]), [Kind::Resolved]);
}

#[test]
fn resolved_becomes_pending_with_a_new_episode_when_true_again() {
    let mut world = World::new(above_zero());
    world.minute(&[1]);
    world.minute(&[0]);
    let came = world.minute(&[1]);
    assert_eq!((came[0].kind, came[0].episode), (Kind::Pending, 2));
}

#[test]
fn any_becomes_error_when_the_source_fails_and_nothing_resolves() {
    let mut world = World::new(above_zero());
    world.minute(&[1]);
    let mut out = Transitions::new();
    assert!(set_fault(&mut world.state, FIRST + 1, &mut out));
    assert!(!set_fault(&mut world.state, FIRST + 2, &mut out), "said once");
    assert_eq!(out.as_slice().len(), 1);
    let failed = out.as_slice()[0];
    assert_eq!(
        (failed.kind, failed.to, failed.ordinal),
        (Kind::Failed, Status::Error, FAULT_SERIES)
    );
    assert!(world.state.is_firing() && world.state.through == FIRST, "the slots wait");
    let told = world.trace.len();
    world.evaluate_through(FIRST);
    assert!(world.state.fault && world.trace.len() == told, "nothing is due, so nothing was read");

    let came = world.minute(&[1]);
    assert_eq!((came[0].kind, came[0].reason), (Kind::DataReturned, Reason::SourceFailed));
    assert_eq!((came[0].to, came[0].ordinal), (Status::Firing, FAULT_SERIES | 1));
    assert_eq!(world.kinds(&[0]), [Kind::Resolved]);
    assert_eq!(world.trace.last().unwrap().ordinal, 2, "faults do not shift the others' ordinals");
}

#[test]
fn any_becomes_error_when_the_figure_does_not_fit_and_nothing_resolves() {
    let rule = Rule {
        condition: Condition::Threshold(Compare {
            statistic: Statistic::Sum,
            window_slots: 2,
            ..above(0)
        }),
        ..above_zero()
    };
    let slot = |minute, sum| MinuteSlot { minute, count: 1, sum, ..Default::default() };
    let slots = [slot(FIRST, 1), slot(FIRST + 1, i128::MAX)];
    let ring = Ring::new(&slots);
    let (state, out) = step(&rule, &State::new(&rule), &ring.slot(&rule, FIRST)).unwrap();
    assert_eq!(out.as_slice().len(), 2);
    let (state, out) = step(&rule, &state, &ring.slot(&rule, FIRST + 1)).unwrap();
    assert_eq!(
        (out.as_slice()[0].kind, out.as_slice()[0].reason),
        (Kind::Failed, Reason::Overflow)
    );
    assert!(state.status() == Status::Error && state.is_firing());
}

#[test]
fn no_data_counts_as_true_by_the_alert_policy_with_the_reason() {
    let mut world = World::new(Rule { no_data: NoData::Alert, ..above_zero() });
    world.minute(&[0]);
    let came = world.minute(&[]);
    assert_eq!((came[1].kind, came[1].reason), (Kind::Firing, Reason::NoSamples));
    assert_eq!((came[1].value, came[1].points), (0, 0));
}

#[test]
fn no_data_counts_as_false_by_the_normal_policy_with_the_reason() {
    let mut world = World::new(Rule { no_data: NoData::Normal, ..above_zero() });
    world.minute(&[1]);
    let came = world.minute(&[]);
    assert_eq!((came[0].kind, came[0].reason), (Kind::Resolved, Reason::NoSamples));
}

#[test]
fn no_data_is_a_status_of_its_own_by_the_no_data_policy_and_resolves_nothing() {
    let mut world = World::new(Rule { no_data: NoData::NoData, ..above_zero() });
    world.minute(&[1]);
    let came = world.minute(&[]);
    assert_eq!((came[0].kind, came[0].to, came[0].notify), (Kind::DataLost, Status::NoData, false));
    assert!(world.state.is_firing());
    assert_eq!(world.kinds(&[]), [], "said once");
    assert_eq!(world.kinds(&[0]), [Kind::DataReturned, Kind::Resolved]);
}

#[test]
fn no_data_keeps_the_last_by_the_keep_last_policy() {
    let mut world = World::new(Rule { for_s: 120, keep_firing_for_s: 60, ..above_zero() });
    assert_eq!(world.kinds(&[]), []);
    world.minute(&[1]);
    assert_eq!(world.kinds(&[]), []);
    let came = world.minute(&[]);
    assert_eq!(
        (came[0].kind, came[0].reason),
        (Kind::Firing, Reason::NoSamples),
        "pending goes on"
    );
    assert_eq!(world.kinds(&[]), [], "firing stays");
    world.minute(&[0]);
    for _ in 0..20 {
        assert_eq!(world.kinds(&[]), [], "recovering does not resolve without data");
    }
    assert_eq!(world.kinds(&[0]), []);
    assert_eq!(world.kinds(&[0]), [Kind::Resolved]);
}

#[test]
fn fewer_points_than_the_minimum_are_no_data_with_a_reason_of_their_own() {
    let rule = Rule { min_points: 2, no_data: NoData::NoData, ..above_zero() };
    let mut world = World::new(rule);
    let came = world.minute(&[1]);
    assert_eq!((came[0].kind, came[0].reason), (Kind::DataLost, Reason::TooFewPoints));
    assert_eq!(world.kinds(&[1, 1]), [Kind::DataReturned, Kind::Pending, Kind::Firing]);
}

#[test]
fn firing_goes_back_to_pending_when_the_rule_asks_for_more_time_than_elapsed() {
    let mut world = World::new(above_zero());
    world.minute(&[1]);
    world.rule.for_s = 120;
    let came = world.minute(&[1]);
    assert_eq!((came[0].kind, came[0].reason), (Kind::Demoted, Reason::ConfigChanged));
    let came = world.minute(&[1]);
    assert_eq!((came[0].kind, came[0].episode, came[0].notify), (Kind::Refiring, 1, false));

    world.rule.for_s = 600;
    assert_eq!(world.kinds(&[1]), [Kind::Demoted]);
    let came = world.minute(&[0]);
    assert_eq!((came[0].kind, came[0].notify), (Kind::Resolved, true), "its firing was notified");
}

#[test]
fn a_restart_has_nothing_to_restore_because_the_state_is_all_there_is() {
    use lumenscope_rules::codec::{decode, encode};
    let rule = Rule { for_s: 60, ladder: ladder(&[(1, 2, 1), (2, 0, 0)]), ..above_zero() };
    let mut kept = World::new(rule);
    let mut restarted = World::new(rule);
    for value in [1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0] {
        let came = kept.minute(&[value]);
        restarted.state = decode(&encode(&restarted.state)).unwrap();
        assert_eq!(restarted.minute(&[value]), came);
    }
    assert!(kept.trace.len() >= 10, "{}", kept.trace.len());
}

#[test]
fn absence_fires_after_its_time_without_samples_and_resolves_with_the_first() {
    let rule = Rule { condition: Condition::Absence { slots: 3 }, ..above_zero() };
    let mut world = World::new(rule);
    world.minute(&[5]);
    assert_eq!(world.kinds(&[]), []);
    assert_eq!(world.kinds(&[]), []);
    assert_eq!(world.kinds(&[]), [Kind::Pending, Kind::Firing]);
    assert_eq!(world.kinds(&[]), []);
    assert_eq!(world.kinds(&[-1]), [Kind::Resolved]);
}

#[test]
fn absence_counts_from_the_rules_first_slot_when_no_sample_ever_came() {
    let rule = Rule { condition: Condition::Absence { slots: 1_000 }, ..above_zero() };
    let mut world = World::new(rule);
    world.evaluate_through(FIRST + 998);
    assert_eq!(world.trace, []);
    world.evaluate_through(FIRST + 5_000);
    assert_eq!(world.trace[1].slot, FIRST + 999);
}

#[test]
fn what_fell_out_of_the_ring_is_counted_and_resolves_and_fires_nothing() {
    for no_data in NoData::ALL {
        let mut world = World::new(Rule { no_data: *no_data, ..above_zero() });
        world.minute(&[1]);
        let before = world.trace.len();
        for minute in 1..=40 {
            world.minutes.record(FIRST + minute, &[1]);
        }
        world.evaluate_through(FIRST + 40);
        assert_eq!(world.state.unwitnessed, 28, "{no_data:?}");
        assert_eq!(world.trace.len(), before, "{no_data:?}");
        assert!(world.state.is_firing());
    }
}

#[test]
fn what_fell_out_of_the_ring_starts_the_clock_of_pending_again() {
    let mut world = World::new(Rule { for_s: 1_200, ..above_zero() });
    world.minute(&[1]);
    for minute in 1..=40 {
        world.minutes.record(FIRST + minute, &[1]);
    }
    world.evaluate_through(FIRST + 40);
    assert_eq!(world.state.phase, Phase::Pending);
    assert_eq!(world.state.pending_since, FIRST + 29, "the first slot that the ring still held");
}

#[test]
fn slots_are_stepped_in_order_and_once() {
    let rule = above_zero();
    let state = State::new(&rule);
    let slot = |index| Slot { index, reading: Reading::Empty, last_data: 0 };
    let (after, _) = step(&rule, &state, &slot(FIRST)).unwrap();
    for wrong in [FIRST, FIRST + 2] {
        let refused = step(&rule, &after, &slot(wrong)).unwrap_err();
        assert_eq!((refused.expected, refused.came), (FIRST + 1, wrong));
    }
}

#[test]
fn a_cooldown_withholds_the_message_and_the_next_one_says_how_many() {
    let mut world = World::new(Rule { cooldown_s: 600, ..above_zero() });
    for _ in 0..3 {
        world.minute(&[1]);
        world.minute(&[0]);
    }
    let fired: Vec<_> =
        world.trace.iter().filter(|transition| transition.kind == Kind::Firing).collect();
    assert_eq!(fired.iter().map(|firing| firing.notify).collect::<Vec<_>>(), [true, false, false]);
    while world.state.through < FIRST + 9 {
        world.minute(&[0]);
    }
    let came = world.minute(&[1]);
    assert_eq!((came[1].notify, came[1].suppressed), (true, 2));
}

#[test]
fn an_episode_that_outlasts_the_cooldown_is_told_then() {
    let mut world = World::new(Rule { cooldown_s: 300, ..above_zero() });
    world.minute(&[1]);
    world.minute(&[0]);
    for _ in 0..3 {
        world.minute(&[1]);
    }
    let came = world.minute(&[1]);
    assert_eq!((came[0].kind, came[0].suppressed), (Kind::CooldownOver, 1));
    assert_eq!(came[0].slot, FIRST + 5);
    assert!(world.minute(&[0])[0].notify);
}

#[test]
fn a_risen_severity_is_told_within_the_cooldown() {
    let mut world = World::new(Rule { cooldown_s: 3_600, ..above_zero() });
    world.minute(&[1]);
    world.minute(&[0]);
    world.minute(&[1]);
    world.rule.severity = Severity::Critical;
    let came = world.minute(&[1]);
    assert_eq!((came[0].kind, came[0].notify, came[0].suppressed), (Kind::SeverityRaised, true, 1));
    assert_eq!(came[0].severity, Severity::Critical);
    world.rule.severity = Severity::Info;
    assert_eq!(world.kinds(&[1]), [], "it does not fall within an episode");
}

#[test]
fn escalation_climbs_until_acknowledged_and_goes_on_when_that_expires() {
    let policy = ladder(&[(0, 2, 1), (3, 0, 0), (3, 0, 0)]);
    let mut world = World::new(Rule { ladder: policy, ..above_zero() });
    assert_eq!(world.kinds(&[1]), [Kind::Pending, Kind::Firing, Kind::Escalated]);
    assert_eq!(world.kinds(&[1]), []);
    assert_eq!(world.kinds(&[1]), [Kind::Escalated], "the level's repeat");
    assert_eq!(world.state.level, 1);

    let (at_s, until_s) = (end_s(FIRST + 2) + 40, end_s(FIRST + 9));
    let mut out = Transitions::new();
    put_off(&mut world.state, 1, false, at_s, until_s, &mut out).unwrap();
    assert_eq!(
        put_off(&mut world.state, 1, false, at_s, until_s, &mut out),
        Err(HandlingFault::AlreadyHandled)
    );
    for _ in 3..9 {
        assert_eq!(world.kinds(&[1]), []);
    }
    let came = world.minute(&[1]);
    assert_eq!((came[0].kind, came[0].notify, came[0].level), (Kind::HandlingExpired, true, 1));
    assert_eq!(world.state.due, FIRST + 12, "the next level's wait starts again");
    world.minute(&[1]);
    world.minute(&[1]);
    assert_eq!(world.kinds(&[1]), [Kind::Escalated]);
    assert_eq!(world.state.level, 2);
    world.minute(&[0]);
    for _ in 0..30 {
        assert_eq!(world.kinds(&[0]), []);
    }
}

#[test]
fn a_running_escalation_keeps_the_ladder_it_started_with() {
    let mut world = World::new(Rule { ladder: ladder(&[(1, 0, 0)]), ..above_zero() });
    world.minute(&[1]);
    world.rule.ladder = ladder(&[(5, 0, 0), (1, 0, 0)]);
    assert_eq!(world.kinds(&[1]), [Kind::Escalated]);
    for _ in 0..20 {
        assert_eq!(world.kinds(&[1]), []);
    }
}

#[test]
fn a_person_resolves_the_current_episode_and_no_other() {
    let mut world = World::new(above_zero());
    world.minute(&[1]);
    let at_s = end_s(FIRST) + 40;
    let mut out = Transitions::new();
    let before = world.state;
    assert_eq!(resolve(&mut world.state, 2, at_s, &mut out), Err(HandlingFault::NotCurrent));
    assert_eq!(world.state, before);
    resolve(&mut world.state, 1, at_s, &mut out).unwrap();
    let resolved = out.as_slice()[0];
    assert_eq!((resolved.kind, resolved.reason), (Kind::Resolved, Reason::Operator));
    assert_eq!((resolved.notify, world.state.handling), (true, Handling::Resolved));
    assert_eq!(resolve(&mut world.state, 1, at_s, &mut out), Err(HandlingFault::NotCurrent));
    let came = world.minute(&[1]);
    assert_eq!((came[0].kind, came[0].episode), (Kind::Pending, 2), "still true: a new one");
}

#[test]
fn an_expiry_must_lie_ahead_and_within_bounds() {
    let mut world = World::new(above_zero());
    world.minute(&[1]);
    let at_s = end_s(FIRST) + 40;
    let mut out = Transitions::new();
    for until_s in [0, at_s, at_s + 30 * 86_400 + 1] {
        let refused = put_off(&mut world.state, 1, false, at_s, until_s, &mut out);
        assert_eq!(refused, Err(HandlingFault::Expiry));
    }
    put_off(&mut world.state, 1, false, at_s, at_s + 1, &mut out).unwrap();
    put_off(&mut world.state, 1, true, at_s, at_s + 600, &mut out).unwrap();
    assert_eq!(world.state.handling, Handling::Snoozed, "a snooze overrides");
}

#[test]
fn thirty_days_are_the_longest_and_over_is_over_at_its_second() {
    let mut world = World::new(above_zero());
    world.minute(&[1]);
    let at_s = end_s(FIRST) + 40;
    let (mut out, days_s) = (Transitions::new(), 30 * 86_400);
    put_off(&mut world.state, 1, true, at_s, at_s + days_s, &mut out).unwrap();
    let again = |state: &mut State, at_s, out: &mut Transitions| {
        put_off(state, 1, true, at_s, at_s + 60, out)
    };
    let early = again(&mut world.state, at_s + days_s - 1, &mut out);
    assert_eq!(early, Err(HandlingFault::AlreadyHandled));
    assert_eq!(again(&mut world.state, at_s + days_s, &mut out), Ok(()));
}

#[test]
fn pausing_a_rule_ends_what_is_up_and_its_slots_are_never_evaluated() {
    let mut world = World::new(above_zero());
    world.minute(&[1]);
    let mut out = Transitions::new();
    assert!(retire(&mut world.state, Reason::RulePaused, &mut out));
    assert_eq!((out.as_slice()[0].kind, out.as_slice()[0].notify), (Kind::Resolved, true));
    assert!(!retire(&mut world.state, Reason::RulePaused, &mut out), "nothing is up");
    for minute in 1..5 {
        world.minutes.record(FIRST + minute, &[1]);
    }
    world.rule.active_from = FIRST + 5;
    world.evaluate_through(FIRST + 4);
    assert_eq!(world.trace.len(), 2, "only the first episode");
    assert_eq!(world.minute(&[1])[0].slot, FIRST + 5);
}

#[test]
fn an_alert_counts_the_episodes_that_fired() {
    let mut world = World::new(above_zero());
    for _ in 0..5 {
        world.minute(&[1]);
        world.minute(&[0]);
    }
    assert_eq!(world.state.fired_total, 5);
    assert_eq!(world.state.coverage, Coverage::Present);
}
