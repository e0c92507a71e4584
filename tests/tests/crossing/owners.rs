//! Alerts of one owner, and another owner who would reach them.

use std::collections::BTreeSet;

use lumenscope_interfaces::alerting::{
    AlertingError, GuardOverride, GuardVerdict, NoDataPolicy, Outcome, PolicyLevel, RuleOperator,
    RuleSpec, RuleTarget, Severity,
};
use lumenscope_interfaces::common::StreamKey;
use lumenscope_rules::Status;
use soroban_sdk::testutils::{Address as _, Events as _};
use soroban_sdk::xdr::ToXdr as _;
use soroban_sdk::{Address, Env, IntoVal, Map, Val, Vec as SdkVec};

use super::watched::{
    CLOSES_S, LOUD, METRIC, QUIET, create, evaluate, minute, open, record, spec, watched,
};
use super::world::{UNAUTHORISED, World, refused};

/// A contract of the stranger's, with a stream of the same name and metric as the pool's.
fn another_contract(world: &World, target: &RuleTarget) -> StreamKey {
    let (admin, other) = (&world.admin, &world.stranger);
    let contract = Address::generate(&world.e);
    let registration = (admin.clone(), contract.clone(), other.clone());
    world.must(admin, &world.monitor, "register", registration);
    let stream = StreamKey { contract, ..target.stream.clone() };
    open(world, other, &stream);
    stream
}

/// Fires whatever is recorded, and also when nothing is.
fn always(spec: RuleSpec) -> RuleSpec {
    RuleSpec {
        operator: RuleOperator::Gte,
        threshold: i64::MIN.into(),
        severity: Severity::Critical,
        no_data: NoDataPolicy::Alert,
        ..spec
    }
}

fn args(world: &World, args: impl IntoVal<Env, SdkVec<Val>>) -> SdkVec<Val> {
    args.into_val(&world.e)
}

#[test]
fn what_is_of_another_owner_is_refused_by_name_and_changes_nothing() {
    let (world, target) = watched(spec);
    let w = &world;
    assert_eq!(minute(w, &target, LOUD).condition, Status::Firing);
    let theirs = another_contract(w, &target);
    let (owner, other, pool, rule) = (&w.owner, &w.stranger, &w.pool, &target.rule);
    let their_rule = create(w, other, &RuleSpec { contract: Some(theirs.contract), ..spec(w) });
    let friend = Address::generate(&w.e);
    let allow = |owner: &Address, whom: &Address| args(w, (owner.clone(), whom.clone(), true));
    w.must(other, &w.alerting, "set_operator", allow(other, &friend));

    let until_s = w.now_s() + 600;
    let their_target = RuleTarget { rule: their_rule, ..target.clone() };
    let on =
        |target: &RuleTarget, who: &Address| args(w, (who.clone(), target.clone(), 1_u32, until_s));
    let resolve = args(w, (other.clone(), target.clone(), 1_u32, w.text("nothing to see")));
    let milder = RuleSpec { threshold: 2 * LOUD, ..spec(w) };
    let update = args(w, (other.clone(), rule.clone(), milder.clone()));
    let pause = args(w, (other.clone(), rule.clone(), true));
    let delete = args(w, (other.clone(), rule.clone()));
    let guard = (other.clone(), pool.clone(), Severity::Critical, 300_u32, false, 60_u32);
    let force = |forced: GuardOverride| args(w, (other.clone(), pool.clone(), forced, until_s));
    let create = |who: &Address| args(w, (who.clone(), milder.clone()));
    let (above, critical) = (RuleOperator::Gt, Severity::Critical);
    let (contract, metric) = (Some(pool.clone()), w.symbol(METRIC));
    let short = (
        other.clone(),
        w.text("x"),
        contract,
        metric,
        above,
        5_i128,
        60_u32,
        1_u32,
        critical,
        0_u32,
    );
    let policy = (owner.clone(), w.text("x"), SdkVec::<PolicyLevel>::new(&w.e));
    let not_theirs = refused(AlertingError::NotTheRuleOwner as u32);
    let no_alert = refused(AlertingError::AlertUnknown as u32);
    #[rustfmt::skip] // A line for each: whose signature it has, the call, the refusal.
    let rows = [
        (other, "acknowledge", on(&target, other), not_theirs),
        (&friend, "acknowledge", on(&target, &friend), not_theirs),
        (other, "acknowledge", on(&their_target, other), no_alert),
        (other, "snooze", on(&target, other), not_theirs),
        (other, "resolve", resolve, not_theirs),
        (other, "update_rule", update, not_theirs),
        (other, "set_rule_paused", pause, not_theirs),
        (other, "delete_rule", delete, not_theirs),
        (other, "configure_guard", args(w, guard), not_theirs),
        (other, "override_guard", force(GuardOverride::Open), not_theirs),
        (other, "override_guard", force(GuardOverride::Closed), not_theirs),
        (other, "create_rule", create(other), not_theirs),
        (other, "create_alert_rule", args(w, short), not_theirs),
        // In the owner's name, without the owner's signature.
        (other, "acknowledge", on(&target, owner), UNAUTHORISED),
        (other, "set_operator", allow(owner, other), UNAUTHORISED),
        (other, "create_rule", create(owner), UNAUTHORISED),
        (other, "create_policy", args(w, policy), UNAUTHORISED),
    ];
    for (who, function, args, expected) in rows {
        w.must_refuse(function, who, function, args, expected);
    }
    assert_eq!(w.alerting().guard(pool), GuardVerdict::Tripped);
    assert_eq!(minute(w, &target, QUIET).transitions, 1, "it ends as it would have");
}

/// Ten minutes of an owner's alert, as it and the summary and the guard are stored after each; at
/// will with another owner's alert beside it, which always fires, in the same batches.
fn ten_minutes(with_another: bool) -> Vec<[Vec<u8>; 3]> {
    let (world, target) = watched(labelled);
    let bytes = |value: Val| value.to_xdr(&world.e).iter().collect::<Vec<u8>>();
    let another = with_another.then(|| {
        let stream = another_contract(&world, &target);
        let spec = RuleSpec { contract: Some(stream.contract.clone()), ..always(labelled(&world)) };
        RuleTarget { rule: create(&world, &world.stranger, &spec), stream }
    });
    let mut seen = Vec::new();
    for value in [QUIET, LOUD, LOUD, QUIET, QUIET, LOUD, QUIET, LOUD, QUIET, QUIET] {
        record(&world, &target.stream, value);
        world.advance(CLOSES_S);
        let both: Vec<&RuleTarget> = another.iter().chain([&target]).collect();
        evaluate(&world, &world.admin, &both);
        if let Some(another) = &another {
            let verdict = world.alerting().guard(&another.stream.contract);
            assert_eq!(verdict, GuardVerdict::Tripped);
        }
        let (alerting, pool) = (world.alerting(), &world.pool);
        seen.push([
            bytes(alerting.alert(&target).into_val(&world.e)),
            bytes(alerting.summary(pool).into_val(&world.e)),
            bytes(alerting.guard(pool).into_val(&world.e)),
        ]);
    }
    seen
}

fn labelled(world: &World) -> RuleSpec {
    let mut labels = Map::new(&world.e);
    labels.set(world.symbol("team"), world.text("pool"));
    RuleSpec { labels, ..spec(world) }
}

#[test]
fn a_rule_of_another_owner_with_equal_name_and_labels_changes_nothing_of_this_owners() {
    let alone = ten_minutes(false);
    let different = alone.iter().collect::<BTreeSet<_>>().len();
    assert!(different > alone.len() / 2, "something happens");
    assert_eq!(ten_minutes(true), alone);
}

#[test]
fn rules_of_another_owner_do_not_reach_this_owners_streams() {
    let (world, target) = watched(spec);
    let theirs = another_contract(&world, &target);
    let over = |contract: Option<Address>| {
        let spec = RuleSpec { contract, function: None, ..always(spec(&world)) };
        create(&world, &world.stranger, &spec)
    };
    let rules = [over(None), over(Some(theirs.contract.clone()))];
    record(&world, &target.stream, LOUD);
    world.advance(CLOSES_S);
    let before = world.stored_by_the_suite();
    for rule in &rules {
        let reaching = RuleTarget { rule: rule.clone(), stream: target.stream.clone() };
        for who in [&world.stranger, &world.owner, &world.admin] {
            let outcome = evaluate(&world, who, &[&reaching])[0].outcome;
            assert_eq!(outcome, Outcome::NotCovered);
            assert!(world.e.events().all().events().is_empty());
        }
    }
    assert!(world.stored_by_the_suite() == before);
    for rule in rules {
        let own = RuleTarget { rule, stream: theirs.clone() };
        assert_eq!(evaluate(&world, &world.admin, &[&own])[0].outcome, Outcome::Evaluated);
    }
    assert_eq!(world.alerting().guard(&theirs.contract), GuardVerdict::Tripped);
    assert_eq!(world.alerting().guard(&world.pool), GuardVerdict::Unwatched);
}

#[test]
fn rules_that_name_a_contract_are_its_new_owners_and_others_no_longer_reach_it() {
    let (world, target) = watched(|world| always(spec(world)));
    let (former, owner, pool) = (&world.owner, &world.stranger, &world.pool);
    let everywhere = RuleSpec { contract: None, ..always(spec(&world)) };
    let begun = RuleTarget { rule: create(&world, former, &everywhere), ..target.clone() };
    let late = RuleTarget { rule: create(&world, former, &everywhere), ..target.clone() };
    record(&world, &target.stream, QUIET);
    world.advance(CLOSES_S);
    evaluate(&world, former, &[&target, &begun]);
    assert_eq!(world.alerting().guard(pool), GuardVerdict::Tripped);
    // Both of them sign it.
    world.e.mock_all_auths();
    world.monitor().register(former, pool, &Some(owner.clone()));
    world.advance(CLOSES_S);
    for target in [&begun, &late] {
        let ended = evaluate(&world, former, &[target])[0];
        let expected =
            if *target == begun { (Outcome::RuleUnknown, 1) } else { (Outcome::NotCovered, 0) };
        assert_eq!((ended.outcome, ended.transitions), expected);
        assert_eq!(world.alerting().alert(target), None);
    }
    let not_theirs = refused(AlertingError::NotTheRuleOwner as u32);
    for (function, args) in [
        ("update_rule", args(&world, (former.clone(), target.rule.clone(), always(spec(&world))))),
        ("delete_rule", args(&world, (former.clone(), target.rule.clone()))),
        ("set_rule_paused", args(&world, (former.clone(), target.rule.clone(), true))),
    ] {
        world.must_refuse("a former owner", former, function, args, not_theirs);
    }
    // What watches the contract goes on, and is the new owner's to change and to end.
    assert_eq!(evaluate(&world, former, &[&target])[0].outcome, Outcome::Evaluated);
    let paused = (owner.clone(), target.rule.clone(), true);
    world.must(owner, &world.alerting, "set_rule_paused", paused);
    assert_eq!(world.alerting().rule(&target.rule).expect("a rule").owner, *owner);
    world.must(owner, &world.alerting, "delete_rule", (owner.clone(), target.rule.clone()));
    evaluate(&world, owner, &[&target]);
    assert!(world.alerting().guard(pool).allows());
}
