//! alerting to performance-monitor, and the pool to alerting.

use insurance_pool::PoolError;
use lumenscope_interfaces::alerting::{
    AlertingError, Evaluation, GuardVerdict, NoDataPolicy, Outcome, RuleCondition, RuleOperator,
    RuleSpec, RuleStatistic, RuleTarget, Severity,
};
use soroban_sdk::{Address, BytesN, Error, IntoVal as _, Val, Vec, vec};

use super::world::{PREMIUM, World, refused};

/// Fires while somebody deposits more than 100 in a minute.
fn rule(world: &World, contract: Option<Address>) -> RuleSpec {
    RuleSpec {
        name: world.text("large deposits"),
        contract,
        function: Some(world.symbol("deposit")),
        subject: None,
        metric: world.symbol("amount"),
        statistic: RuleStatistic::Maximum,
        condition: RuleCondition::Threshold,
        parameters: soroban_sdk::Vec::new(&world.e),
        operator: RuleOperator::Gt,
        threshold: 100,
        threshold_high: 0,
        window_s: 60,
        min_points: 1,
        for_s: 0,
        keep_firing_for_s: 0,
        severity: Severity::Critical,
        cooldown_s: 0,
        no_data: NoDataPolicy::KeepLast,
        policy: None,
        labels: soroban_sdk::Map::new(&world.e),
        annotations: soroban_sdk::Map::new(&world.e),
    }
}

fn create(world: &World, owner: &Address, spec: RuleSpec) -> RuleTarget {
    let args = (owner.clone(), spec);
    let rule = world.call::<BytesN<32>>(owner, &world.alerting, "create_rule", args, &[]);
    RuleTarget { rule: rule.expect("created"), stream: world.stream("deposit") }
}

/// Lets the open minute close, and evaluates, as anybody may.
fn evaluate(world: &World, target: &RuleTarget) -> Evaluation {
    world.advance(90);
    let through = world.alerting().closed_slot();
    let args = (world.stranger.clone(), vec![&world.e, target.clone()], through);
    let answers = world.call::<Vec<u64>>(&world.stranger, &world.alerting, "evaluate", args, &[]);
    Evaluation::unpacked(answers.expect("evaluated").get_unchecked(0)).expect("readable")
}

#[test]
fn what_the_pool_records_fires_and_stops_its_new_business_and_nothing_else() {
    let world = World::new();
    let target = create(&world, &world.owner, rule(&world, Some(world.pool.clone())));
    world.deposit(50).expect("deposited");
    assert_eq!(evaluate(&world, &target).transitions, 0);
    assert_eq!(world.alerting().guard(&world.pool), GuardVerdict::Clear);
    assert_eq!(world.buy(1), Ok(PREMIUM));

    world.deposit(500).expect("deposited");
    assert_eq!(evaluate(&world, &target).transitions, 2);
    assert_eq!(world.alerting().guard(&world.pool), GuardVerdict::Tripped);
    assert_eq!(world.buy(2), Err(refused(PoolError::GuardTripped as u32)));
    assert_eq!(world.deposit(20), Ok(()), "what is not new business goes on");

    world.advance(60);
    assert_eq!(evaluate(&world, &target).transitions, 1);
    assert_eq!(world.alerting().guard(&world.pool), GuardVerdict::Clear);
    assert_eq!(world.buy(2), Ok(PREMIUM));
}

#[test]
fn who_owns_a_contract_is_what_performance_monitor_says() {
    let world = World::new();
    let (pool, stranger) = (&world.pool, &world.stranger);
    let config = |caller: &Address| -> Vec<Val> {
        let args = (caller.clone(), pool.clone(), Severity::Info, 300u32, true, 3_600u32);
        args.into_val(&world.e)
    };
    let configure = |who: &Address| -> Result<(), Error> {
        world.call(who, &world.alerting, "configure_guard", config(who), &[])
    };
    assert_eq!(configure(stranger), Err(refused(AlertingError::NotTheRuleOwner as u32)));
    assert_eq!(configure(&world.owner), Ok(()));
    // A stranger's rule over all of their contracts has none to be about.
    let target = create(&world, stranger, rule(&world, None));
    world.deposit(500).expect("deposited");
    assert_eq!(evaluate(&world, &target).outcome, Outcome::NotCovered);
    let target = create(&world, &world.owner, rule(&world, None));
    world.deposit(500).expect("deposited");
    assert_eq!(evaluate(&world, &target).outcome, Outcome::NotAKeeper);
}

#[test]
fn a_source_that_does_not_answer_is_told_and_resolves_nothing() {
    let world = World::new();
    let target = create(&world, &world.owner, rule(&world, Some(world.pool.clone())));
    world.deposit(500).expect("deposited");
    assert_eq!(evaluate(&world, &target).transitions, 2);
    // A contract of the suite that has no minutes.
    world.must(&world.admin, &world.alerting, "set_monitor", (world.dashboard.clone(),));
    let evaluation = evaluate(&world, &target);
    assert_eq!((evaluation.outcome, evaluation.transitions), (Outcome::SourceFailed, 1));
    assert!(world.alerting().is_firing(&world.pool, &Severity::Critical));
}
