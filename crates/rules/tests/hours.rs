//! A window of hours reads the same in sixty slots: going through them at once comes to what going
//! through them one by one does.

mod support;

use lumenscope_rules::{
    Compare, Condition, Ladder, MinuteSlot, NoData, Operator, Ring, Rule, Severity, State,
    Statistic, Transitions, advance,
};
use proptest::prelude::*;

const START: u32 = 30_000_000;
const HOUR: u32 = 60;

fn rule(min_points: u32, for_s: u32, keep_firing_for_s: u32, no_data: u8) -> Rule {
    Rule {
        condition: Condition::Threshold(Compare {
            statistic: Statistic::Sum,
            operator: Operator::Gt,
            threshold: 10,
            threshold_high: 0,
            window_slots: 2 * HOUR,
        }),
        min_points,
        for_s,
        keep_firing_for_s,
        severity: Severity::High,
        cooldown_s: 0,
        no_data: NoData::from_code(no_data).unwrap(),
        ladder: Ladder::EMPTY,
        active_from: START,
    }
}

proptest! {
    #![proptest_config(support::cases(2_000))]

    #[test]
    fn an_hour_at_once_is_sixty_slots_one_by_one(
        (min_points, no_data) in (1..4_u32, 0..4_u8),
        (for_s, keep) in (0..6_000_u32, 0..6_000_u32),
        hours in prop::collection::vec((0..4_u64, 0..21_i128), 1..12),
    ) {
        let rule = rule(min_points, for_s, keep, no_data);
        let (mut whole, mut single) = (State::new(&rule), State::new(&rule));
        let (mut at_once, mut one_by_one) = (Vec::new(), Vec::new());
        for (hour, (count, sum)) in (0..).zip(hours) {
            let first = START + hour * HOUR;
            let total = MinuteSlot { minute: first, count, sum, ..MinuteSlot::default() };
            let go = |state: &mut State, through, seen: &mut Vec<_>| {
                let mut is_done = false;
                while !is_done {
                    let mut out = Transitions::new();
                    is_done = advance(&rule, state, &Ring::of_history(&total), through, &mut out);
                    seen.extend(out.as_slice().to_vec());
                }
            };
            go(&mut whole, first + HOUR - 1, &mut at_once);
            for slot in first..first + HOUR {
                go(&mut single, slot, &mut one_by_one);
            }
            prop_assert_eq!(whole, single);
        }
        prop_assert_eq!(at_once, one_by_one);
    }
}
