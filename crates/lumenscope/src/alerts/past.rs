//! Which states an alert was in, slot by slot: as far as a composite reads them, and as far as what
//! was published and what is stored tell. Pure.

use lumenscope_rules::transition::{Kind, Reason};
use lumenscope_rules::{Coverage, Phase, State, Status, Transition};

/// An alert in one slot.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Moment {
    /// Its condition; when its episode began and whether it has fired.
    pub state: State,
    /// Whether the latter two are known. Otherwise the episode began at `since`, or before.
    pub is_begin_known: bool,
}

/// How far an alert is known.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Reach {
    /// The first slot of which every transition is known.
    pub start: u32,
    /// The first slot that its rule evaluates, since its creation or its last pause.
    pub active_from: u32,
    /// The last slot of which anything may be said.
    pub through: u32,
}

/// An alert's past.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Past {
    /// From which slot on, in rising order; of several in one slot the last counts.
    changes: Vec<(u32, Option<Moment>)>,
    through: u32,
}

impl Past {
    /// The past of an alert, whose transitions are all that were published since some ledger, in
    /// order. `stored` is its state, read before them; `None` if it never did anything.
    pub fn new(transitions: &[Transition], stored: Option<&State>, reach: Reach) -> Past {
        let Reach { start, active_from, through } = reach;
        let Some(first) = transitions.first() else {
            let state = stored.copied().unwrap_or(State::EMPTY);
            let moment = Moment { state, is_begin_known: true };
            return Past { changes: vec![(active_from, Some(moment))], through };
        };
        let mut moment = before(first, stored, start);
        let mut changes =
            vec![(if first.slot < active_from { 0 } else { active_from }, Some(moment))];
        let mut slot = 0;
        for transition in transitions {
            // It was paused since, nobody knows when.
            if slot != 0 && slot < active_from && transition.slot >= active_from {
                changes.extend([(slot + 1, None), (active_from, Some(moment))]);
            }
            slot = slot.max(transition.slot);
            moment = after(moment, transition, stored);
            let is_retired = matches!(transition.reason, Reason::RulePaused | Reason::RuleDeleted);
            changes.push((slot, (!is_retired).then_some(moment)));
        }
        if slot < active_from {
            changes.extend([(slot + 1, None), (active_from, Some(moment))]);
        }
        Past { changes, through }
    }

    /// The alert in a slot; `None` where nothing is known of it.
    pub fn at(&self, slot: u32) -> Option<Moment> {
        if slot > self.through {
            return None;
        }
        let next = self.changes.partition_point(|(from, _)| *from <= slot);
        self.changes.get(next.checked_sub(1)?)?.1
    }
}

/// The alert before the first transition that is known.
fn before(first: &Transition, stored: Option<&State>, start: u32) -> Moment {
    let is_new = first.kind == Kind::Pending;
    let episode = if is_new { first.episode.saturating_sub(1) } else { first.episode };
    let mut state = State::EMPTY;
    // Before the first episode there was none.
    let is_begin_known = episode == 0;
    if !is_begin_known {
        (state.episode, state.since) = (episode, start.saturating_sub(1));
    }
    shows(Moment { state, is_begin_known }, first.from, stored)
}

fn after(before: Moment, transition: &Transition, stored: Option<&State>) -> Moment {
    let mut moment = before;
    moment.state.episode = transition.episode;
    match transition.kind {
        Kind::Pending => {
            (moment.state.since, moment.state.fired) = (transition.slot, false);
            moment.is_begin_known = true;
        }
        Kind::Resolved => moment.state.fired = true,
        _ => {}
    }
    shows(moment, transition.to, stored)
}

/// The alert with another status; what covers a phase keeps it.
fn shows(mut moment: Moment, status: Status, stored: Option<&State>) -> Moment {
    let state = &mut moment.state;
    state.coverage = match status {
        Status::NoData => Coverage::NoData,
        Status::Error => Coverage::Error,
        _ => Coverage::Present,
    };
    state.phase = match status {
        Status::Inactive => Phase::Inactive,
        Status::Pending => Phase::Pending,
        Status::Firing => Phase::Firing,
        Status::Recovering => Phase::Recovering,
        Status::NoData | Status::Error => state.phase,
    };
    state.fired |= state.is_firing();
    // What is stored is the latest episode as it stood; this one, if it has fired.
    let stored = stored.filter(|stored| stored.episode == state.episode && state.fired);
    if let Some(stored) = stored.filter(|_| !moment.is_begin_known) {
        state.since = stored.since;
        moment.is_begin_known = true;
    }
    moment
}

#[cfg(test)]
pub mod tests {
    use lumenscope_rules::{
        Compare, Condition, Figure, Ladder, NoData, Operator, Reading, Rule, Severity, Slot,
        Statistic, step,
    };
    use proptest::prelude::*;

    use super::*;

    pub const START: u32 = 30_000_000;

    pub fn rule(for_s: u32, keep_firing_for_s: u32) -> Rule {
        let compare = Compare {
            statistic: Statistic::Last,
            operator: Operator::Gt,
            threshold: 0,
            threshold_high: 0,
            window_slots: 1,
        };
        Rule {
            condition: Condition::Threshold(compare),
            min_points: 1,
            for_s,
            keep_firing_for_s,
            severity: Severity::Low,
            cooldown_s: 0,
            no_data: NoData::NoData,
            ladder: Ladder::EMPTY,
            active_from: START,
        }
    }

    /// The states of an alert after each slot, and what it published.
    pub fn lived(rule: &Rule, values: &[Option<i128>]) -> (Vec<State>, Vec<Transition>) {
        let mut state = State::new(rule);
        let (mut states, mut published) = (Vec::new(), Vec::new());
        for (index, value) in (START..).zip(values) {
            let reading = value.map_or(Reading::Empty, |numerator| Reading::Value {
                figure: Figure { numerator, denominator: 1 },
                points: 1,
            });
            let (after, transitions) =
                step(rule, &state, &Slot { index, reading, last_data: index }).expect("in order");
            state = after;
            states.push(state);
            published.extend_from_slice(transitions.as_slice());
        }
        (states, published)
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: 2_000, failure_persistence: None, ..ProptestConfig::default()
        })]

        #[test]
        fn what_was_published_since_any_slot_tells_every_state_from_then_on(
            values in prop::collection::vec(prop::option::weighted(0.9, 0..2_i128), 1..60),
            forgotten in 0_u32..60,
            (for_s, keep_firing_for_s) in (0_u32..3, 0_u32..3),
        ) {
            let rule = rule(for_s * 60, keep_firing_for_s * 60);
            let (states, published) = lived(&rule, &values);
            let forgotten = forgotten.min(values.len() as u32 - 1);
            let since: Vec<_> =
                published.iter().copied().filter(|of| of.slot >= START + forgotten).collect();
            let through = START + values.len() as u32 - 1;
            let reach = Reach { start: START + forgotten, active_from: START, through };
            let stored = (!published.is_empty()).then(|| states.last().expect("one"));
            let past = Past::new(&since, stored, reach);
            for (slot, lived) in (START..).zip(&states).skip(forgotten as usize) {
                let moment = past.at(slot).expect("known");
                prop_assert_eq!(moment.state.status(), lived.status());
                if lived.coverage == Coverage::Present {
                    prop_assert_eq!(moment.state.phase, lived.phase);
                }
                if moment.is_begin_known {
                    prop_assert_eq!(moment.state.since, lived.since);
                    prop_assert_eq!(moment.state.fired, lived.fired);
                } else {
                    prop_assert!(lived.since <= moment.state.since);
                }
            }
            prop_assert_eq!(past.at(through + 1), None);
        }
    }

    fn published(slot: u32, kind: Kind, reason: Reason, from: Status, to: Status) -> Transition {
        let (_, mut made) = lived(&rule(0, 0), &[Some(1)]);
        let mut made = made.remove(0);
        (made.slot, made.kind, made.reason, made.from, made.to) = (slot, kind, reason, from, to);
        made
    }

    #[test]
    fn nothing_is_known_while_a_rule_is_paused_or_before_it_was_made() {
        let reach = Reach { start: START, active_from: START + 50, through: START + 90 };
        let quiet = Past::new(&[], None, reach);
        assert_eq!(quiet.at(START + 49), None);
        assert_eq!(quiet.at(START + 50).map(|of| of.state.phase), Some(Phase::Inactive));
        let (condition, paused) = (Reason::Condition, Reason::RulePaused);
        let up = [
            published(START + 10, Kind::Pending, condition, Status::Inactive, Status::Pending),
            published(START + 10, Kind::Firing, condition, Status::Pending, Status::Firing),
        ];
        let ended = published(START + 20, Kind::Resolved, paused, Status::Firing, Status::Inactive);
        let past = Past::new(&[&up[..], &[ended]].concat(), None, reach);
        let phase = |at| past.at(START + at).map(|of| of.state.phase);
        assert_eq!(
            [9, 10, 19].map(phase),
            [Phase::Inactive, Phase::Firing, Phase::Firing].map(Some)
        );
        assert_eq!([20, 30, 49].map(phase), [None; 3]);
        assert_eq!(phase(50), Some(Phase::Inactive));
        // A pause that left no trace.
        let past = Past::new(&up, None, reach);
        let phase = |at| past.at(START + at).map(|of| of.state.phase);
        assert_eq!(
            [10, 11, 49, 50].map(phase),
            [Some(Phase::Firing), None, None, Some(Phase::Firing)]
        );
    }
}
