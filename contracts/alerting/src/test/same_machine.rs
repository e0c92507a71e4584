//! The contract over the real ring comes to the same transitions as the pure state machine over
//! its own, whenever somebody evaluates.

use lumenscope_interfaces::alerting::{NoDataPolicy, RuleCondition, RuleSpec};
use lumenscope_rules::slot::closed_through;
use lumenscope_rules::{MinuteSlot, Ring, State, Transitions, advance};
use proptest::prelude::*;
use soroban_sdk::IntoVal as _;
use std::vec::Vec;

use super::world::{START_S, START_SLOT, World};
use crate::rules::Spec;

proptest! {
    // Each history is about 60 calls through the host.
    #![proptest_config(ProptestConfig {
        cases: 48, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn contract_and_pure_machine_take_the_same_steps(
        fees in prop::collection::vec(prop::option::weighted(0.7, prop::bool::ANY), 25),
        evaluated in prop::collection::vec(prop::bool::ANY, 25),
        (condition, parameters, threshold) in prop::sample::select(std::vec![
            (RuleCondition::Threshold, &[][..], 100i128),
            (RuleCondition::Rate, &[0][..], 5_000),
            (RuleCondition::Rate, &[1], 500),
            (RuleCondition::Anomaly, &[2, 5, 3], 50),
            (RuleCondition::Pattern, &[2, 4], 100),
            (RuleCondition::Absence, &[], 100),
        ]),
        window in 1u32..4,
        for_s in prop::sample::select(std::vec![0u32, 60, 180]),
        keep_firing_for_s in prop::sample::select(std::vec![0u32, 120]),
        cooldown_s in prop::sample::select(std::vec![0u32, 300]),
        no_data in prop::sample::select(std::vec![
            NoDataPolicy::Alert, NoDataPolicy::Normal, NoDataPolicy::NoData, NoDataPolicy::KeepLast,
        ]),
    ) {
        let world = World::new();
        let policy = Some(world.create_policy(&[(0, 0, 0), (2, 1, 1)]));
        let target = world.target(&RuleSpec {
            condition,
            parameters: soroban_sdk::Vec::from_slice(&world.e, parameters),
            threshold,
            window_s: window * 60,
            for_s,
            keep_firing_for_s,
            cooldown_s,
            no_data,
            policy,
            ..world.spec()
        });

        let rule = world.alerting().rule(&target.rule).unwrap();
        let machine = world.e.as_contract(&world.alerting, || {
            Spec::unpack(&world.e, &rule.spec.into_val(&world.e))
                .compile(&world.e, rule.active_from_slot)
        });
        let mut state = State::new(&machine);
        let mut expected = Vec::new();
        let mut held: Vec<MinuteSlot> = Vec::new();
        let mut came = Vec::new();
        let last = fees.len() - 1;
        let mut waited = 0;
        for (minute, (fee, evaluate)) in fees.iter().zip(&evaluated).enumerate() {
            let fee = fee.map(|high| if high { 150i64 } else { 50 });
            world.minute(minute as u64, fee.map(i128::from));
            if let Some(fee) = fee {
                held.push(MinuteSlot {
                    minute: START_SLOT + minute as u32,
                    count: 1,
                    sum: i128::from(fee),
                    min: fee,
                    max: fee,
                    last: fee,
                });
            }
            let now_s = START_S + minute as u64 * 60 + 90;
            let mut out = Transitions::new();
            let closed = closed_through(now_s);
            prop_assert!(advance(&machine, &mut state, &Ring::new(&held), closed, &mut out));
            expected.extend_from_slice(out.as_slice());
            waited += 1;
            if *evaluate || waited == 3 || minute == last {
                waited = 0;
                world.evaluate(&[&target]);
                came.extend(world.transitions());
            }
        }
        prop_assert_eq!(came, expected);
    }
}
