//! The invariants, each over random rules, samples, people and keepers. Together 10,000 histories.

mod support;

use lumenscope_rules::handling::{put_off, resolve};
use lumenscope_rules::slot::{RING_SLOTS, closed_through};
use lumenscope_rules::{
    Baseline, Compare, Condition, Handling, Kind, NoData, Operator, Per, Phase, Reason, Ring, Rule,
    Severity, State, Statistic, Transition, Transitions, advance, step,
};
use proptest::prelude::*;
use support::{FIRST, Minutes, World, above, above_zero, cases, ladder};

const MINUTES: usize = 80;
/// Eight invariants, 1,250 histories each.
const CASES: u32 = 1_250;

/// What a person does, some seconds into a minute.
#[derive(Clone, Copy, Debug)]
enum Act {
    Acknowledge { minutes: u64 },
    Snooze { minutes: u64 },
    Resolve,
    Raise,
}

/// One minute of history.
#[derive(Clone, Debug)]
struct Minute {
    values: Vec<i64>,
    act: Option<(u64, Act)>,
    /// When in this minute somebody evaluates.
    keepers_s: Vec<u64>,
}

fn compare(window_slots: core::ops::RangeInclusive<u32>) -> impl Strategy<Value = Compare> {
    let operator = prop::sample::select(Operator::ALL.to_vec());
    let statistic = prop::sample::select(Statistic::ALL.to_vec());
    (statistic, operator, -2i128..3, 0i128..3, window_slots).prop_map(
        |(statistic, operator, threshold, width, window_slots)| Compare {
            statistic,
            operator,
            threshold,
            threshold_high: threshold + width,
            window_slots,
        },
    )
}

fn anomaly() -> impl Strategy<Value = Condition> {
    let operator = prop::sample::select(vec![Operator::Gt, Operator::Lt, Operator::Ne]);
    (compare(1..=10), operator, 1i128..400, 2u32..5, 1u32..10, 0u32..20).prop_map(
        |(compare, operator, threshold, smoothing, warm_up, quiet_slots)| Condition::Anomaly {
            compare: Compare { operator, threshold, ..compare },
            baseline: Baseline { smoothing, warm_up, quiet_slots },
        },
    )
}

fn condition() -> impl Strategy<Value = Condition> {
    let per = prop::sample::select(Per::ALL.to_vec());
    prop_oneof![
        4 => compare(1..=10).prop_map(Condition::Threshold),
        2 => (compare(1..=5), per)
            .prop_map(|(compare, per)| Condition::Rate { compare, per }),
        2 => anomaly(),
        2 => (compare(1..=10), 1u32..8, 0u32..20).prop_map(|(compare, at_least, more)| {
            Condition::Pattern { compare, at_least, of_slots: at_least + more }
        }),
        1 => (1u32..25).prop_map(|slots| Condition::Absence { slots }),
    ]
}

prop_compose! {
    fn rule()(
        condition in condition(),
        min_points in 1u32..4,
        for_s in prop_oneof![2 => Just(0u32), 1 => 1u32..700],
        keep_firing_for_s in prop_oneof![1 => Just(0u32), 1 => 1u32..500],
        cooldown_s in prop_oneof![1 => Just(0u32), 2 => 1u32..2_400],
        no_data in prop::sample::select(NoData::ALL.to_vec()),
        levels in prop::collection::vec((1u16..8, 1u16..5, 0u8..3), 0..=4),
        at_once in any::<bool>(),
    ) -> Rule {
        let mut levels = levels;
        if at_once && let Some(first) = levels.first_mut() {
            first.0 = 0;
        }
        Rule {
            condition,
            min_points,
            for_s,
            keep_firing_for_s,
            cooldown_s,
            no_data,
            severity: Severity::Low,
            ladder: ladder(&levels),
            active_from: FIRST,
        }
    }
}

fn act() -> impl Strategy<Value = Option<(u64, Act)>> {
    let act = prop_oneof![
        3 => (1u64..20).prop_map(|minutes| Act::Acknowledge { minutes }),
        1 => (1u64..20).prop_map(|minutes| Act::Snooze { minutes }),
        1 => Just(Act::Resolve),
        1 => Just(Act::Raise),
    ];
    prop_oneof![8 => Just(None), 1 => (11u64..60, act).prop_map(Some)]
}

fn history() -> impl Strategy<Value = Vec<Minute>> {
    // Runs of the same kind of minute, so that timers get to their end.
    let values = prop_oneof![
        Just(vec![]),
        prop::collection::vec(-3i64..4, 1..4),
        Just(vec![1, 1, 1]),
        Just(vec![0, 0, 0]),
    ];
    let run = (values, 1usize..12).prop_map(|(values, minutes)| vec![values; minutes]);
    let runs = prop::collection::vec(run, MINUTES / 3).prop_map(|runs| runs.concat());
    let acts = prop::collection::vec(act(), MINUTES);
    let keepers = prop::collection::vec(prop::collection::vec(11u64..60, 0..3), MINUTES);
    (runs, acts, keepers).prop_map(|(runs, acts, keepers)| {
        let minutes = runs.into_iter().zip(acts).zip(keepers);
        minutes.map(|((values, act), keepers_s)| Minute { values, act, keepers_s }).collect()
    })
}

/// Who evaluates.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Keepers {
    /// One that comes at once, every minute, and stores its progress.
    Punctual,
    /// Anyone, at any time, at least once before the ring loses what is due; all progress stored.
    Anyone,
    /// As anyone, but sends only what changes something.
    OnlyChanges,
}

/// Runs a history to its end, plus time for what is under way.
fn run(rule: &Rule, history: &[Minute], keepers: Keepers) -> World {
    let mut world = World::new(*rule);
    // From here on somebody has to come: beyond it the window of the first slot due is lost.
    let mut patience = RING_SLOTS - 1 - rule.window_slots().min(RING_SLOTS - 2);
    if keepers == Keepers::OnlyChanges {
        // A running clock may be this many slots ahead of what is stored.
        patience -= ((RING_SLOTS - rule.window_slots()) / 2).max(1) - 1;
    }
    let mut last_come = FIRST;
    for (minute, now) in (FIRST..).zip(history) {
        let start_s = u64::from(minute) * 60;
        let mut moments: Vec<(u64, Option<Act>)> =
            now.act.iter().map(|a| (a.0, Some(a.1))).collect();
        if keepers == Keepers::Punctual {
            moments.push((30, None));
        } else {
            moments.extend(now.keepers_s.iter().map(|second| (*second, None)));
            if minute - last_come >= patience {
                moments.push((31, None));
            }
        }
        moments.sort_by_key(|moment| moment.0);
        world.minutes.record(minute, &now.values);
        for (second, act) in moments {
            let at_s = start_s + second;
            last_come = minute;
            // An act stores the alert, brought up to date.
            world.lazy = act.is_none() && keepers == Keepers::OnlyChanges;
            world.evaluate(at_s);
            if let Some(act) = act {
                perform(&mut world, act, at_s);
            }
        }
    }
    let end = FIRST + history.len() as u32;
    world.evaluate(u64::from(end) * 60 + 30);
    world
}

fn perform(world: &mut World, act: Act, at_s: u64) {
    let mut out = Transitions::new();
    let episode = world.state.episode;
    let before = world.state;
    let done = match act {
        Act::Acknowledge { minutes } => {
            put_off(&mut world.state, episode, false, at_s, at_s + minutes * 60, &mut out)
        }
        Act::Snooze { minutes } => {
            put_off(&mut world.state, episode, true, at_s, at_s + minutes * 60, &mut out)
        }
        Act::Resolve => resolve(&mut world.state, episode, at_s, &mut out),
        Act::Raise => {
            let next = Severity::from_code(world.rule.severity.code() + 1);
            world.rule.severity = next.unwrap_or(Severity::Critical);
            Ok(())
        }
    };
    if done.is_err() {
        assert_eq!(world.state, before, "a refused act changes nothing");
    }
    world.trace.extend_from_slice(out.as_slice());
}

fn episodes(trace: &[Transition]) -> Vec<Vec<Transition>> {
    let mut episodes: Vec<Vec<Transition>> = Vec::new();
    for transition in trace.iter().filter(|transition| transition.episode > 0) {
        match episodes.last_mut() {
            Some(last) if last[0].episode == transition.episode => last.push(*transition),
            _ => episodes.push(vec![*transition]),
        }
    }
    episodes
}

fn is_about_firing(kind: Kind) -> bool {
    matches!(kind, Kind::Firing | Kind::SeverityRaised | Kind::CooldownOver)
}

proptest! {
    #![proptest_config(cases(CASES))]

    #[test]
    fn every_firing_has_exactly_one_later_resolved_or_is_current(
        rule in rule(), history in history(),
    ) {
        let world = run(&rule, &history, Keepers::Anyone);
        let episodes = episodes(&world.trace);
        for (at, episode) in episodes.iter().enumerate() {
            prop_assert_eq!(episode[0].episode as usize, at + 1, "numbered without gaps");
            let position = |kind| episode.iter().position(|came| came.kind == kind);
            let count = |kind| episode.iter().filter(|came| came.kind == kind).count();
            let fired = count(Kind::Firing);
            let is_current = at + 1 == episodes.len() && world.state.phase != Phase::Inactive;
            prop_assert!(fired <= 1);
            prop_assert_eq!(count(Kind::Resolved), usize::from(fired == 1 && !is_current));
            prop_assert_eq!(count(Kind::Cleared), usize::from(fired == 0 && !is_current));
            if fired == 1 && !is_current {
                prop_assert!(position(Kind::Firing) < position(Kind::Resolved));
            }
        }
    }

    #[test]
    fn a_cooldown_withholds_messages_never_state_and_the_next_message_counts_them(
        rule in rule(), history in history(),
    ) {
        let history: Vec<_> =
            history.into_iter().map(|minute| Minute { act: None, ..minute }).collect();
        let with = run(&rule, &history, Keepers::Punctual);
        let without = run(&Rule { cooldown_s: 0, ..rule }, &history, Keepers::Punctual);
        let states = |world: &World| -> Vec<_> {
            let changes = world.trace.iter().filter(|came| came.from != came.to);
            changes.map(|came| (came.slot, came.kind, came.from, came.to, came.reason)).collect()
        };
        prop_assert_eq!(states(&with), states(&without));
        let mut withheld = 0;
        for came in &with.trace {
            if came.notify {
                prop_assert_eq!(came.suppressed, withheld);
                withheld = 0;
            } else {
                prop_assert_eq!(came.suppressed, 0);
                withheld += u32::from(is_about_firing(came.kind));
            }
        }
        prop_assert_eq!(with.state.suppressed, withheld);
    }

    #[test]
    fn a_resolve_is_delivered_wherever_the_firing_of_its_episode_was(
        rule in rule(), history in history(),
    ) {
        let world = run(&rule, &history, Keepers::Anyone);
        for episode in episodes(&world.trace) {
            let told = episode.iter().any(|came| is_about_firing(came.kind) && came.notify);
            for came in episode.iter().filter(|came| came.kind == Kind::Resolved) {
                prop_assert_eq!(came.notify, told);
            }
        }
    }

    #[test]
    fn an_acknowledgement_ends_with_its_episode(rule in rule(), history in history()) {
        let world = run(&rule, &history, Keepers::Anyone);
        for episode in episodes(&world.trace) {
            let end = episode.iter().position(|came| came.kind == Kind::Resolved);
            let after = &episode[end.map_or(episode.len(), |end| end + 1)..];
            let late = [Kind::Acknowledged, Kind::Snoozed, Kind::HandlingExpired];
            prop_assert!(!after.iter().any(|came| late.contains(&came.kind)));
        }
        if world.state.phase == Phase::Inactive {
            prop_assert!(matches!(world.state.handling, Handling::Open | Handling::Resolved));
            prop_assert_eq!(world.state.handling_until_s, 0);
        }
        // A new episode is nobody's yet, whatever became of the one before.
        let mut world = world;
        let before = world.state.episode;
        for _ in 0..30 {
            world.minute(&[3, 3, 3]);
            if world.state.episode > before {
                prop_assert_eq!(world.state.handling, Handling::Open);
                break;
            }
        }
    }

    #[test]
    fn the_level_never_falls_within_an_episode_and_stops_on_acknowledge_and_resolve(
        rule in rule(), history in history(),
    ) {
        let world = run(&rule, &history, Keepers::Anyone);
        for episode in episodes(&world.trace) {
            let mut level = 0;
            let mut is_stopped = false;
            for came in episode {
                prop_assert!(came.level >= level && u16::from(came.level) <= rule.ladder.len);
                level = came.level;
                match came.kind {
                    Kind::Escalated => prop_assert!(!is_stopped, "{came:?}"),
                    Kind::Acknowledged | Kind::Snoozed | Kind::Resolved => is_stopped = true,
                    Kind::HandlingExpired => is_stopped = false,
                    _ => {}
                }
            }
        }
    }

    #[test]
    fn the_result_depends_neither_on_who_evaluates_nor_how_often_nor_when(
        rule in rule(), history in history(),
    ) {
        let punctual = run(&rule, &history, Keepers::Punctual);
        let anyone = run(&rule, &history, Keepers::Anyone);
        let only_changes = run(&rule, &history, Keepers::OnlyChanges);
        prop_assert_eq!(&punctual.trace, &anyone.trace);
        prop_assert_eq!(&punctual.trace, &only_changes.trace);
        prop_assert_eq!(punctual.state, anyone.state);
        prop_assert_eq!(punctual.state.unwitnessed, 0);
        let slots: Vec<_> = punctual.trace.iter().filter(|came| came.reason != Reason::Operator)
            .map(|came| came.slot).collect();
        prop_assert!(slots.is_sorted(), "in order");
        let ordinals = punctual.trace.iter().map(|came| came.ordinal);
        prop_assert!(ordinals.eq(0..punctual.trace.len() as u32), "each once");
    }

    #[test]
    fn nothing_goes_from_error_or_no_data_to_resolved_unless_the_policy_says_so(
        rule in rule(), history in history(), lost_from in 0..MINUTES,
    ) {
        // For a while nobody comes, so that minutes leave the ring.
        let mut world = World::new(rule);
        for (minute, now) in (FIRST..).zip(&history) {
            world.minutes.record(minute, &now.values);
            let at = (minute - FIRST) as usize;
            if at < lost_from || at > lost_from + 25 {
                world.evaluate(u64::from(minute) * 60 + 30);
            }
        }
        for came in world.trace.iter().filter(|came| came.kind == Kind::Resolved) {
            let reach = match rule.condition {
                Condition::Absence { slots } => slots,
                _ => rule.window_slots(),
            };
            let samples: usize = (0..reach)
                .filter_map(|back| history.get((came.slot - FIRST).checked_sub(back)? as usize))
                .map(|minute| minute.values.len()).sum();
            match (rule.condition, came.reason) {
                (Condition::Absence { .. }, reason) => {
                    prop_assert!(reason == Reason::Condition && samples > 0);
                }
                (_, Reason::Condition) => prop_assert!(samples >= rule.min_points as usize),
                (_, Reason::NoSamples | Reason::TooFewPoints | Reason::NoBase) => {
                    prop_assert_eq!(rule.no_data, NoData::Normal);
                    // Of two windows either may have too few, or read 0.
                    let is_rate = matches!(rule.condition, Condition::Rate { .. });
                    prop_assert!(is_rate || samples < rule.min_points as usize);
                }
                (_, reason) => prop_assert!(false, "resolved for {reason:?}"),
            }
        }
    }

    #[test]
    fn a_rise_in_severity_within_an_episode_breaks_the_cooldown(
        rule in rule(), history in history(),
    ) {
        let world = run(&rule, &history, Keepers::Anyone);
        for episode in episodes(&world.trace) {
            let mut is_put_off = false;
            let mut severity = episode[0].severity;
            for came in episode {
                match came.kind {
                    Kind::Acknowledged | Kind::Snoozed => is_put_off = true,
                    Kind::HandlingExpired => is_put_off = false,
                    Kind::SeverityRaised => {
                        prop_assert!(came.severity > severity);
                        prop_assert_eq!(came.notify, !is_put_off);
                    }
                    _ => {}
                }
                prop_assert!(came.severity >= severity);
                severity = came.severity;
            }
        }
    }
}

proptest! {
    #![proptest_config(cases(1_000))]

    #[test]
    fn jumping_over_runs_of_slots_equals_stepping_each(
        rule in rule(),
        history in history(),
        start in 0..MINUTES,
        quiet in 0u32..400,
        acknowledged_minutes in prop::option::of(1u64..200),
    ) {
        let mut minutes = Minutes::default();
        for (minute, now) in (FIRST..).zip(&history) {
            minutes.record(minute, &now.values);
        }
        let held = minutes.held();
        let ring = Ring::new(&held);
        let mut jumping = State::new(&rule);
        let mut stepping = jumping;
        let end = FIRST + history.len() as u32 + quiet;
        let mut came = [Vec::new(), Vec::new()];
        for through in [FIRST + start as u32, end] {
            loop {
                let mut out = Transitions::new();
                let done = advance(&rule, &mut jumping, &ring, through, &mut out);
                came[0].extend_from_slice(out.as_slice());
                if done {
                    break;
                }
            }
            while stepping.through < through {
                let slot = ring.slot(&rule, stepping.through + 1);
                let (next, out) = step(&rule, &stepping, &slot).unwrap();
                stepping = next;
                came[1].extend_from_slice(out.as_slice());
            }
            prop_assert_eq!(&came[0], &came[1]);
            prop_assert_eq!(jumping, stepping);
            if let Some(minutes) = acknowledged_minutes {
                let at_s = u64::from(through) * 60 + 90;
                for state in [&mut jumping, &mut stepping] {
                    let mut out = Transitions::new();
                    let until_s = at_s + minutes * 60;
                    let _ = put_off(state, state.episode, false, at_s, until_s, &mut out);
                }
            }
        }
    }
}

#[test]
fn the_histories_reach_every_kind_of_transition() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut seen = std::collections::BTreeMap::new();
    for _ in 0..400 {
        let rule = rule().new_tree(&mut runner).unwrap().current();
        let history = history().new_tree(&mut runner).unwrap().current();
        for came in run(&rule, &history, Keepers::Anyone).trace {
            *seen.entry(came.kind).or_insert(0) += 1;
        }
    }
    let by_other_tests = [Kind::Failed, Kind::Demoted];
    for kind in Kind::ALL.iter().filter(|kind| !by_other_tests.contains(kind)) {
        assert!(seen.get(kind).is_some_and(|count| *count >= 10), "{kind:?} in {seen:?}");
    }
}

/// Stepped one by one, two thousand million slots take longer than a test may (.config/nextest.toml).
#[test]
fn a_run_of_slots_is_not_stepped_one_by_one_however_long_it_is() {
    let pattern = Condition::Pattern { compare: above(0), at_least: 2, of_slots: 3 };
    for condition in [above_zero().condition, Condition::Absence { slots: 5 }, pattern] {
        for no_data in [NoData::Alert, NoData::Normal, NoData::NoData, NoData::KeepLast] {
            let mut world = World::new(Rule { condition, no_data, for_s: 600, ..above_zero() });
            world.evaluate_through(FIRST + (1 << 31));
            assert!(world.trace.len() <= 3, "{:?}", world.trace);
        }
    }
}

#[test]
fn nobody_coming_for_a_year_takes_bounded_work() {
    let rule = Rule {
        no_data: NoData::Alert,
        ladder: ladder(&[(1, 1, 10), (60_000, 60_000, 10)]),
        ..above_zero()
    };
    let mut world = World::new(rule);
    let through = FIRST + 365 * 1_440;
    let mut calls = 0;
    while world.state.through < through {
        let mut out = Transitions::new();
        advance(&rule, &mut world.state, &Ring::new(&[]), through, &mut out);
        world.trace.extend_from_slice(out.as_slice());
        calls += 1;
    }
    assert_eq!(world.trace.len(), 2 + 11 + 8);
    assert!(calls <= 4, "{calls}");
    assert_eq!(closed_through(u64::from(through) * 60 + 90), through);
}
