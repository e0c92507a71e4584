//! alerting to performance-monitor, and the pool to alerting.

use insurance_pool::PoolError;
use lumenscope_interfaces::alerting::{
    ALERTS_PER_CONTRACT_MAX, AlertingError, Evaluation, GuardVerdict, NoDataPolicy, Outcome,
    RuleCondition, RuleOperator, RuleSpec, RuleStatistic, RuleTarget, Severity, TARGETS_MAX,
};
use soroban_sdk::{Address, BytesN, Error, IntoVal as _, Val, Vec, vec};

use super::watched;
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

/// Lets the open minute close, and evaluates, as a keeper does.
fn evaluate(world: &World, target: &RuleTarget) -> Evaluation {
    world.advance(90);
    let through = world.alerting().closed_slot();
    let args = (world.admin.clone(), vec![&world.e, target.clone()], through);
    let answers = world.call::<Vec<u64>>(&world.admin, &world.alerting, "evaluate", args, &[]);
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
    let by_anybody = watched::evaluate(&world, &world.stranger, &[&target]).remove(0);
    assert_eq!(by_anybody.outcome, Outcome::NotAKeeper);
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

#[test]
fn more_alerts_than_a_contract_may_have_are_refused_by_name_and_leave_the_others_as_they_are() {
    let (world, _) = watched::watched(watched::spec);
    let streams = [watched::FUNCTION, "claim"].map(|function| world.stream(function));
    watched::open(&world, &world.owner, &streams[1]);
    let everywhere = RuleSpec { function: None, ..watched::spec(&world) };
    let rules = (0..ALERTS_PER_CONTRACT_MAX / 2 + 1)
        .map(|_| watched::create(&world, &world.owner, &everywhere));
    let rules: std::vec::Vec<BytesN<32>> = rules.collect();
    let targets = |rules: &[BytesN<32>]| -> std::vec::Vec<RuleTarget> {
        let on = |rule: &BytesN<32>| {
            streams.clone().map(|stream| RuleTarget { rule: rule.clone(), stream })
        };
        rules.iter().flat_map(on).collect()
    };
    let evaluate = |targets: &[RuleTarget]| -> std::vec::Vec<Evaluation> {
        let batches = targets.chunks(TARGETS_MAX as usize / 4);
        let evaluate = |batch: &[RuleTarget]| {
            watched::evaluate(&world, &world.owner, &batch.iter().collect::<std::vec::Vec<_>>())
        };
        batches.flat_map(evaluate).collect()
    };
    let is = |outcome: Outcome| move |answer: &Evaluation| answer.outcome == outcome;
    world.advance(watched::CLOSES_S);
    let (one_too_many, all) = rules.split_last().expect("some");
    assert!(evaluate(&targets(all)).iter().all(is(Outcome::Evaluated)));
    let before = world.stored_by_the_suite();
    let too_many = targets(std::slice::from_ref(one_too_many));
    assert!(evaluate(&too_many).iter().all(is(Outcome::TooManyAlerts)));
    assert!(world.stored_by_the_suite() == before);

    for stream in &streams {
        watched::record(&world, stream, watched::LOUD);
    }
    world.advance(watched::CLOSES_S);
    assert!(evaluate(&targets(all)).iter().all(|answer| answer.transitions == 2));
    assert!(evaluate(&too_many).iter().all(is(Outcome::TooManyAlerts)));
    // Two alerts go with their rule, and leave two places.
    let args = (world.owner.clone(), all[0].clone());
    world.must(&world.owner, &world.alerting, "delete_rule", args);
    assert!(evaluate(&targets(&all[..1])).iter().all(is(Outcome::RuleUnknown)));
    assert!(evaluate(&too_many).iter().all(is(Outcome::Evaluated)));
}
