//! Composite rules against models that remember everything.

mod support;

use lumenscope_rules::compose::{Ask, Composite, check_acyclic, condition, slot};
use lumenscope_rules::{Phase, Rule, State, step};
use proptest::prelude::*;
use support::{FIRST, World, above_zero, cases};

const MINUTES: usize = 60;

/// A member: how long its condition holds and outlasts, and in which minutes it is met.
fn member() -> impl Strategy<Value = (u32, u32, Vec<bool>)> {
    let runs = prop::collection::vec((1usize..12, any::<bool>()), 20..30);
    (0u32..4, 0u32..4, runs).prop_map(|(for_slots, keep_slots, runs)| {
        let met = runs.into_iter().flat_map(|(length, met)| std::iter::repeat_n(met, length));
        (for_slots * 60, keep_slots * 60, met.take(MINUTES).collect())
    })
}

fn world((for_s, keep_firing_for_s, _): &(u32, u32, Vec<bool>)) -> World {
    World::new(Rule { for_s: *for_s, keep_firing_for_s: *keep_firing_for_s, ..above_zero() })
}

/// Takes the members through every minute, and the composite after them; calls `seen` with each
/// minute's states.
fn play(
    ask: Ask,
    members: &[(u32, u32, Vec<bool>)],
    mut seen: impl FnMut(u32, &[State], &State) -> Result<(), TestCaseError>,
) -> Result<(), TestCaseError> {
    let rule = Rule { condition: condition(ask, members.len()), ..above_zero() };
    prop_assert_eq!(rule.check(), Ok(()));
    let mut worlds: Vec<_> = members.iter().map(world).collect();
    let mut own = State::new(&rule);
    for minute in 0..MINUTES {
        for (world, (_, _, met)) in worlds.iter_mut().zip(members) {
            world.minute(&[i64::from(met[minute])]);
        }
        let states: Vec<_> = worlds.iter().map(|world| world.state).collect();
        let now = FIRST + minute as u32;
        let known: Vec<_> = states.iter().map(Some).collect();
        let reading = slot(ask, &own, &known, now).expect("all were taken through it");
        (own, _) = step(&rule, &own, &reading).expect("the next one");
        seen(now, &states, &own)?;
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn a_composite_fires_exactly_while_as_many_members_do(
        members in prop::collection::vec(member(), 1..5), needed in 1usize..5,
    ) {
        let needed = needed.min(members.len());
        for (ask, needed) in [
            (Ask::AtLeast(needed as u32), needed), (Ask::All, members.len()), (Ask::Any, 1),
        ] {
            play(ask, &members, |_, states, own| {
                let firing = states.iter().filter(|state| state.is_firing()).count();
                prop_assert_eq!(own.phase == Phase::Firing, firing >= needed);
                prop_assert_eq!(own.value, firing as i128);
                Ok(())
            })?;
        }
    }

    #[test]
    fn a_sequence_fires_as_a_model_with_all_episodes_says(
        first in member(), second in member(), within in 0u32..15,
    ) {
        // Each alert's episodes: when they began, and whether they have fired by now.
        let mut episodes: [Vec<(u32, bool)>; 2] = [Vec::new(), Vec::new()];
        let mut was_up = [false; 2];
        let mut held_since = None;
        play(Ask::Then { within_s: within * 60 }, &[first, second], |now, states, own| {
            for at in 0..2 {
                let is_up = states[at].phase != Phase::Inactive;
                if is_up && !was_up[at] {
                    episodes[at].push((now, false));
                }
                was_up[at] = is_up;
                if let Some(latest) = episodes[at].last_mut() {
                    latest.1 |= states[at].is_firing();
                }
            }
            let expected = states[1].is_firing() && {
                let (began, _) = *episodes[1].last().expect("it fires");
                let begins = episodes[0].last().is_some_and(|(first, fired)| {
                    *fired && *first <= began && began - *first <= within
                });
                begins || held_since == Some(began)
            };
            held_since = expected.then(|| episodes[1].last().expect("it fires").0);
            prop_assert_eq!(own.phase == Phase::Firing, expected, "{}", now - FIRST);
            Ok(())
        })?;
    }

    #[test]
    fn cycles_are_found_exactly_where_a_walk_comes_back(
        edges in prop::collection::vec(prop::collection::btree_set(0usize..10, 1..4), 1..7),
    ) {
        let members: Vec<Vec<usize>> =
            edges.iter().map(|of| of.iter().copied().collect()).collect();
        let composites: Vec<_> = members
            .iter()
            .enumerate()
            .map(|(rule, members)| Composite { rule, members })
            .collect();
        // Whether a composite reaches itself.
        let comes_back = |from: usize| {
            let mut reached = [false; 10];
            let mut waiting = members[from].clone();
            while let Some(at) = waiting.pop() {
                if !std::mem::replace(&mut reached[at], true) {
                    waiting.extend(members.get(at).into_iter().flatten());
                }
            }
            reached[from]
        };
        match check_acyclic(&composites) {
            Err(lumenscope_rules::compose::ComposeFault::Cycle { composite }) => {
                prop_assert!(comes_back(composite));
            }
            Err(other) => prop_assert!(false, "{other}"),
            Ok(order) => {
                prop_assert!(!(0..members.len()).any(comes_back));
                let place = |rule| order.as_slice().iter().position(|at| usize::from(*at) == rule);
                for (rule, of) in members.iter().enumerate() {
                    for member in of.iter().filter(|member| **member < members.len()) {
                        prop_assert!(place(*member) < place(rule));
                    }
                }
            }
        }
    }
}
