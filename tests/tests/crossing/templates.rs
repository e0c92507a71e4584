//! Rules to begin with: each fires on what it is for, and not on what is usual.

use std::collections::BTreeMap;

use lumenscope_interfaces::alerting::{
    NoDataPolicy, RuleCondition, RuleOperator, RuleSpec, RuleStatistic, RuleTarget, Severity,
};
use lumenscope_interfaces::performance_monitor::NO_SKETCH;
use lumenscope_templates::rules::{RULES, Records, RuleTemplate};
use soroban_sdk::{BytesN, IntoVal, Map, TryFromVal, Val, Vec as SdkVec, vec as list};

use super::world::World;

/// Minutes before anything happens: enough for a baseline.
const USUAL_MINUTES: usize = 40;
/// Minutes in which it happens.
const UNUSUAL_MINUTES: usize = 16;

/// The values of a minute, by its number.
type Values = fn(usize) -> Vec<i128>;

/// What is usual of a metric, and what it is there to tell.
fn values(rule: &RuleTemplate) -> (Values, Values) {
    match rule.metric {
        "admin_changes" | "upgrades" | "pauses" | "unknown_callers" => {
            (|_| vec![], |minute| if minute == 0 { vec![1] } else { vec![] })
        }
        // One call in twenty, and one in four.
        "failed" => (
            |minute| (0..4).map(|call| i128::from((minute * 4 + call) % 20 == 0)).collect(),
            |_| vec![0, 1, 0, 0],
        ),
        "fee_non_refundable" | "fee_rent" => {
            (|minute| vec![20_000 + minute as i128 % 3, 21_000], |_| vec![60_000, 61_000])
        }
        "instructions" => (|_| vec![3_000_000, 90_000_000], |_| vec![3_000_000, 350_000_000]),
        "event_bytes" => (|_| vec![400; 20], |_| vec![8_000; 20]),
        "ttl_ledgers" => (|_| vec![1_500_000], |_| vec![1_000_000]),
        "price" if rule.condition == RuleCondition::Absence as u32 => {
            (|_| vec![100_000], |_| vec![])
        }
        "price" => (
            |minute| vec![100_000 + 700 * (minute as i128 % 4)],
            |minute| vec![if minute == 0 { 109_000 } else { 108_000 }],
        ),
        "liquidity" => (|minute| vec![1_000_000 - 2_000 * minute as i128], |_| vec![700_000]),
        "minted" => (|minute| vec![1_000, 900 + 40 * (minute as i128 * 7 % 11)], |_| vec![90_000]),
        "rpc_lag_ledgers" | "indexer_lag_ledgers" => (|_| vec![1, 3, 2], |_| vec![14]),
        other => panic!("nothing is known of {other}"),
    }
}

/// A value of an enum of the contracts, by its number.
fn numbered<T: TryFromVal<soroban_sdk::Env, Val>>(world: &World, number: u32) -> T {
    let value: Val = number.into_val(&world.e);
    T::try_from_val(&world.e, &value).unwrap_or_else(|_| panic!("no variant {number}"))
}

fn spec(world: &World, rule: &RuleTemplate) -> RuleSpec {
    let mut parameters = SdkVec::new(&world.e);
    rule.parameters.iter().for_each(|parameter| parameters.push_back(*parameter));
    RuleSpec {
        name: world.text(rule.name),
        contract: Some(world.pool.clone()),
        function: Some(world.symbol("watched")),
        subject: None,
        metric: world.symbol(rule.metric),
        statistic: numbered::<RuleStatistic>(world, rule.statistic),
        condition: numbered::<RuleCondition>(world, rule.condition),
        parameters,
        operator: numbered::<RuleOperator>(world, rule.operator),
        threshold: rule.threshold,
        threshold_high: rule.threshold_high,
        window_s: rule.window_s,
        min_points: rule.min_points,
        for_s: rule.for_s,
        keep_firing_for_s: rule.keep_firing_for_s,
        severity: numbered::<Severity>(world, rule.severity),
        cooldown_s: rule.cooldown_s,
        no_data: numbered::<NoDataPolicy>(world, rule.no_data),
        policy: None,
        labels: Map::new(&world.e),
        annotations: Map::new(&world.e),
    }
}

/// A minute passes with these values in it; then it is evaluated, as a keeper does.
fn minute(world: &World, target: &RuleTarget, values: &[i128]) -> bool {
    for value in values {
        let samples = list![&world.e, (target_metric(world, target), *value)];
        let args = (target.stream.clone(), samples);
        world.must(&world.pool, &world.monitor, "record_samples", args);
    }
    world.advance(60);
    let through = world.alerting().closed_slot();
    let args = (world.admin.clone(), list![&world.e, target.clone()], through);
    world.must(&world.admin, &world.alerting, "evaluate", args);
    world.alerting().is_firing(&world.pool, &Severity::Info)
}

fn target_metric(world: &World, target: &RuleTarget) -> soroban_sdk::Symbol {
    world.alerting().rule(&target.rule).expect("a rule").spec.metric
}

#[test]
fn each_rule_fires_on_what_it_is_for_and_not_on_what_is_usual() {
    for rule in RULES {
        let world = World::new();
        world.e.cost_estimate().budget().reset_unlimited();
        let opened = world.open_with(world.stream("watched"), &[rule.metric], NO_SKETCH);
        // The dictionary's metrics have units of their own.
        let unit = lumenscope_dictionary::EXECUTION_METRICS
            .iter()
            .find(|metric| metric.name == rule.metric)
            .map(|metric| metric.unit);
        if unit.is_some_and(|unit| unit != "stroops") {
            world.open_of(world.stream("watched"), rule.metric, unit.unwrap_or_default());
        } else {
            assert_eq!(opened, Ok(()));
        }
        let args = (world.owner.clone(), spec(&world, &rule));
        let id = world.call::<BytesN<32>>(&world.owner, &world.alerting, "create_rule", args, &[]);
        let target = RuleTarget { rule: id.expect(rule.name), stream: world.stream("watched") };
        let (usual, unusual) = values(&rule);
        for number in 0..USUAL_MINUTES {
            let fires = minute(&world, &target, &usual(number));
            assert!(!fires, "{} on a usual minute {number}", rule.name);
        }
        let fired = (0..UNUSUAL_MINUTES).any(|number| minute(&world, &target, &unusual(number)));
        assert!(fired, "{} did not fire", rule.name);
    }
}

#[test]
fn each_rule_has_a_name_and_a_metric_of_whoever_it_says_records_it() {
    let mut names = BTreeMap::new();
    for rule in RULES {
        assert_eq!(names.insert(rule.name, rule.metric), None, "{} twice", rule.name);
        let is_standard =
            lumenscope_dictionary::STANDARD_METRICS.iter().any(|metric| metric.name == rule.metric);
        assert_eq!(is_standard, rule.records == Records::Keeper, "{}", rule.metric);
    }
}
