//! A rule that a stream steps while it records comes to what the whole machine makes of the same
//! minutes.

mod support;

use lumenscope_rules::slot::RING_SLOTS;
use lumenscope_rules::{
    Compare, Condition, Inline, Ladder, MinuteSlot, NoData, Operator, Phase, Ring, Rule, Severity,
    State, Statistic, Status, Transitions, advance,
};
use proptest::prelude::*;

const START: u32 = 30_000_000;
/// From a minute to the last one that is closed by then, at worst.
const CLOSED_AGO: u32 = 2;

fn rules() -> impl Strategy<Value = Rule> {
    let one_of = |codes: u8| 0..codes;
    (
        (one_of(8), one_of(7), -20..20_i128, 0..20_i128, 1..=10_u32),
        (1..4_u32, 0..5_u32, 0..5_u32, one_of(4)),
    )
        .prop_map(
            |(
                (statistic, operator, threshold, width, window_slots),
                (min_points, hold, keep, no_data),
            )| {
                Rule {
                    condition: Condition::Threshold(Compare {
                        statistic: Statistic::from_code(statistic).unwrap(),
                        operator: Operator::from_code(operator).unwrap(),
                        threshold,
                        threshold_high: threshold + width,
                        window_slots,
                    }),
                    min_points,
                    // Also of part of a minute.
                    for_s: hold * 50,
                    keep_firing_for_s: keep * 70,
                    severity: Severity::High,
                    cooldown_s: 0,
                    no_data: NoData::from_code(no_data).unwrap(),
                    ladder: Ladder::EMPTY,
                    active_from: START,
                }
            },
        )
}

/// Minutes of samples: how many minutes pass before each, and its values.
fn samples() -> impl Strategy<Value = Vec<(u32, Vec<i64>)>> {
    let gap = prop_oneof![8 => 0..3_u32, 3 => 3..20_u32, 1 => 20..100_000_u32];
    let values = prop::collection::vec(-25..25_i64, 1..4);
    prop::collection::vec((gap, values), 1..40)
}

/// The ring of a stream, as its entry keeps it.
#[derive(Default)]
struct Kept(Vec<MinuteSlot>);

impl Kept {
    fn newest(&self) -> u32 {
        self.0.last().map_or(0, |slot| slot.minute)
    }

    fn total(&self, first: u32, last: u32) -> MinuteSlot {
        let none = MinuteSlot { min: i64::MAX, max: i64::MIN, ..Default::default() };
        let within = self.0.iter().filter(|slot| (first..=last).contains(&slot.minute));
        within.fold(none, |total, slot| MinuteSlot {
            minute: 0,
            count: total.count + slot.count,
            sum: total.sum + slot.sum,
            min: total.min.min(slot.min),
            max: total.max.max(slot.max),
            last: slot.last,
        })
    }

    fn add(&mut self, minute: u32, values: &[i64]) {
        if self.0.last().is_none_or(|last| last.minute != minute) {
            let none = MinuteSlot { minute, min: i64::MAX, max: i64::MIN, ..Default::default() };
            self.0.push(none);
        }
        let slot = self.0.last_mut().unwrap();
        for value in values {
            slot.count += 1;
            slot.sum += i128::from(*value);
            slot.min = slot.min.min(*value);
            slot.max = slot.max.max(*value);
            slot.last = *value;
        }
        self.0.retain(|slot| minute - slot.minute < RING_SLOTS);
    }
}

proptest! {
    #![proptest_config(support::cases(10_000))]

    #[test]
    fn a_stream_comes_to_what_the_machine_comes_to(rule in rules(), samples in samples()) {
        let mut inline = Inline::of(&rule).unwrap();
        let mut state = State::new(&rule);
        let mut kept = Kept::default();
        let mut minute = START;
        for (gap, values) in samples {
            minute += gap;
            // As an entry does it: first what is closed, then the sample.
            let closed = minute - CLOSED_AGO.min(minute - START + 1);
            inline.advance(kept.newest(), closed, |first, last| kept.total(first, last));
            while !advance(
                &rule,
                &mut state,
                &Ring::new(&kept.0),
                closed,
                &mut Transitions::new(),
            ) {}
            let of_inline = (inline.status(), inline.is_firing(), inline.through);
            prop_assert_eq!(of_inline, (state.status(), state.is_firing(), state.through));
            prop_assert_eq!((inline.episode, inline.since), (state.episode, state.since));
            let clock = match state.phase {
                Phase::Pending => state.pending_since,
                Phase::Recovering => state.recovering_since,
                _ => inline.clock,
            };
            prop_assert_eq!(inline.clock, clock);
            kept.add(minute, &values);
        }
    }
}

#[test]
fn a_window_that_no_figure_holds_is_an_error_for_both() {
    let rule = support::above_zero();
    let rule = Rule { active_from: START, ..rule };
    let slot = |minute, count| MinuteSlot { minute, count, sum: 1, last: 1, ..Default::default() };
    let mut inline = Inline::of(&rule).unwrap();
    let mut state = State::new(&rule);
    for (minute, count, expected) in [
        (START, u64::from(u32::MAX), Status::Firing),
        (START + 1, u64::from(u32::MAX) + 1, Status::Error),
        (START + 2, 1, Status::Firing),
    ] {
        inline.advance(minute, minute, |_, last| slot(last, count));
        let ring = [slot(minute, count)];
        advance(&rule, &mut state, &Ring::new(&ring), minute, &mut Transitions::new());
        assert_eq!((inline.status(), state.status()), (expected, expected), "{count} samples");
        assert!(inline.is_firing() && state.is_firing(), "what cannot be read resolves nothing");
    }
}

#[test]
fn only_a_threshold_is_stepped_by_a_stream() {
    let rule = Rule {
        condition: Condition::Absence { slots: 3 },
        min_points: 1,
        for_s: 0,
        keep_firing_for_s: 0,
        severity: Severity::Info,
        cooldown_s: 0,
        no_data: NoData::KeepLast,
        ladder: Ladder::EMPTY,
        active_from: START,
    };
    assert_eq!(Inline::of(&rule), None);
}
