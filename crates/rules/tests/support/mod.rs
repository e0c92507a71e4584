//! A ledger's worth of world for the state machine: a ring that overwrites, a clock, keepers.
#![allow(dead_code)]

use lumenscope_rules::slot::{RING_SLOTS, closed_through};
use lumenscope_rules::{
    Compare, Condition, Kind, Ladder, Level, MinuteSlot, NoData, Operator, Ring, Rule, Severity,
    State, Statistic, Transition, Transitions, advance, is_at_rest, needs_checkpoint,
};
use proptest::test_runner::Config as ProptestConfig;

/// How many cases of a property are tried: `PROPTEST_CASES`, or so many.
pub fn cases(usual: u32) -> ProptestConfig {
    let said = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig {
        cases: said.unwrap_or(usual),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// The first minute: mid-January 2027.
pub const FIRST: u32 = 30_000_000;

/// Whether the last value of a minute is above a threshold.
pub fn above(threshold: i128) -> Compare {
    Compare {
        statistic: Statistic::Last,
        operator: Operator::Gt,
        threshold,
        threshold_high: 0,
        window_slots: 1,
    }
}

/// A rule that fires at once while the last value is above 0.
pub fn above_zero() -> Rule {
    Rule {
        condition: Condition::Threshold(above(0)),
        min_points: 1,
        for_s: 0,
        keep_firing_for_s: 0,
        severity: Severity::Medium,
        cooldown_s: 0,
        no_data: NoData::KeepLast,
        ladder: Ladder::EMPTY,
        active_from: FIRST,
    }
}

pub fn ladder(levels: &[(u16, u16, u8)]) -> Ladder {
    let mut ladder = Ladder { len: levels.len() as u16, ..Ladder::EMPTY };
    for (place, &(delay_slots, repeat_slots, repeats)) in ladder.levels.iter_mut().zip(levels) {
        *place = Level { delay_slots, repeat_slots, repeats: repeats.into() };
    }
    ladder
}

/// The minutes of one metric as performance-monitor keeps them: slots reused modulo the ring.
#[derive(Clone, Default)]
pub struct Minutes {
    places: [MinuteSlot; RING_SLOTS as usize],
}

impl Minutes {
    pub fn record(&mut self, minute: u32, values: &[i64]) {
        for value in values {
            let place = &mut self.places[minute as usize % RING_SLOTS as usize];
            assert!(place.minute <= minute, "time runs forward");
            if place.minute != minute {
                *place = MinuteSlot { minute, min: *value, max: *value, ..Default::default() };
            }
            place.count += 1;
            place.sum += i128::from(*value);
            place.min = place.min.min(*value);
            place.max = place.max.max(*value);
            place.last = *value;
        }
    }

    pub fn held(&self) -> Vec<MinuteSlot> {
        let mut held: Vec<_> = self.places.iter().filter(|slot| slot.count > 0).copied().collect();
        held.sort_by_key(|slot| slot.minute);
        held
    }
}

/// One alert, its minutes, and everything it ever did.
#[derive(Clone)]
pub struct World {
    pub rule: Rule,
    pub minutes: Minutes,
    pub state: State,
    pub trace: Vec<Transition>,
    /// Whether progress without a transition is forgotten, as it is by a keeper that only sends
    /// what changes something.
    pub lazy: bool,
    stored_through: u32,
}

impl World {
    pub fn new(rule: Rule) -> World {
        assert_eq!(rule.check(), Ok(()));
        let state = State::new(&rule);
        World {
            rule,
            minutes: Minutes::default(),
            stored_through: state.through,
            state,
            trace: Vec::new(),
            lazy: false,
        }
    }

    /// Evaluates everything that is closed at `now_s`, as often as a full reply asks for.
    pub fn evaluate(&mut self, now_s: u64) {
        self.evaluate_through(closed_through(now_s));
    }

    pub fn evaluate_through(&mut self, through: u32) {
        let held = self.minutes.held();
        loop {
            let mut state = self.state;
            let mut out = Transitions::new();
            let done = advance(&self.rule, &mut state, &Ring::new(&held), through, &mut out);
            self.trace.extend_from_slice(out.as_slice());
            let changed = !out.as_slice().is_empty();
            if !self.lazy || changed || needs_checkpoint(&self.rule, &state, self.stored_through) {
                self.state = state;
                self.stored_through = state.through;
            } else if is_at_rest(&self.rule, &state) && state.through.is_multiple_of(3) {
                // A heartbeat: how far it came, and nothing else.
                self.state.through = state.through;
            }
            if done {
                return;
            }
        }
    }

    /// Records a minute's values and evaluates that minute once it is closed.
    pub fn minute(&mut self, values: &[i64]) -> Vec<Transition> {
        let minute = self.state.through + 1;
        self.minutes.record(minute, values);
        let before = self.trace.len();
        self.evaluate_through(minute);
        self.trace[before..].to_vec()
    }

    pub fn kinds(&mut self, values: &[i64]) -> Vec<Kind> {
        self.minute(values).iter().map(|transition| transition.kind).collect()
    }
}
