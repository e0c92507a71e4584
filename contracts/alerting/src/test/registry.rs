use lumenscope_interfaces::alerting::{
    AlertingError, NoDataPolicy, PolicyLevel, RuleCondition, RuleOperator, RuleSpec, RuleStatistic,
    Severity,
};
use soroban_sdk::testutils::Address as _;
use soroban_sdk::{Address, Bytes, BytesN, Error, FromVal, IntoVal, Map, Symbol, Val, Vec, vec};

use super::world::{START_SLOT, World, done, refused_with, signed, unauthorised};

#[test]
fn the_short_form_creates_a_rule_on_the_average_over_all_streams_of_the_contract() {
    let world = World::new();
    let (owner, name) = (&world.owner, world.name("fees"));
    let contract = Some(world.pool.clone());
    let (metric, operator, severity) = (world.symbol("fee"), RuleOperator::Gte, Severity::Critical);
    let (threshold, window_s, min_points, cooldown_s) = (500i128, 300u32, 3u32, 900u32);
    let id = done(signed!(
        world,
        owner,
        alerting,
        create_alert_rule,
        try_create_alert_rule(
            owner, name, contract, metric, operator, threshold, window_s, min_points, severity,
            cooldown_s
        )
    ));
    let told = world.changes("rule");
    assert_eq!(world.field::<BytesN<32>>(&told[0], "object"), id);
    let rule = world.alerting().rule(&id).unwrap();
    assert_eq!(&rule.owner, owner);
    assert_eq!((rule.active_from_slot, rule.paused), (START_SLOT, false));
    let expected = RuleSpec {
        name,
        contract,
        function: None,
        statistic: RuleStatistic::Average,
        operator,
        threshold,
        threshold_high: threshold,
        window_s,
        min_points,
        severity,
        cooldown_s,
        no_data: NoDataPolicy::KeepLast,
        ..world.spec()
    };
    assert_eq!(rule.spec, expected);
}

#[test]
fn each_bad_field_of_a_rule_has_an_error_of_its_own_and_changes_nothing() {
    let world = World::new();
    let spec = || world.spec();
    let absence = |window_s| RuleSpec { condition: RuleCondition::Absence, window_s, ..spec() };
    let band = |threshold, threshold_high| RuleSpec {
        operator: RuleOperator::OutsideBand,
        threshold,
        threshold_high,
        ..spec()
    };
    let with = |condition, parameters: &[u32]| RuleSpec {
        condition,
        parameters: soroban_sdk::Vec::from_slice(&world.e, parameters),
        ..spec()
    };
    let anomaly = |parameters: &[u32], operator, threshold| RuleSpec {
        operator,
        threshold,
        ..with(RuleCondition::Anomaly, parameters)
    };
    let texts = |number: usize, bytes: usize| {
        let mut texts = soroban_sdk::Map::new(&world.e);
        for name in 0..number {
            texts.set(world.symbol(&std::format!("label{name}")), world.name(&"x".repeat(bytes)));
        }
        texts
    };
    let subject = Some(world.symbol("eu"));
    let long = "x".repeat(65);
    use AlertingError::*;
    let cases = [
        (RuleSpec { name: world.name(""), ..spec() }, NameInvalid),
        (RuleSpec { name: world.name(&long), ..spec() }, NameInvalid),
        (RuleSpec { window_s: 0, ..spec() }, WindowInvalid),
        (RuleSpec { window_s: 90, ..spec() }, WindowInvalid),
        (RuleSpec { window_s: 660, ..spec() }, WindowInvalid),
        (absence(0), WindowInvalid),
        (absence(30 * 86_400 + 60), WindowInvalid),
        (RuleSpec { window_s: 360, ..with(RuleCondition::Rate, &[0]) }, WindowInvalid),
        (with(RuleCondition::Threshold, &[1]), ParametersInvalid),
        (with(RuleCondition::Absence, &[1]), ParametersInvalid),
        (with(RuleCondition::Rate, &[]), ParametersInvalid),
        (with(RuleCondition::Rate, &[2]), ParametersInvalid),
        (with(RuleCondition::Rate, &[0, 0]), ParametersInvalid),
        (with(RuleCondition::Pattern, &[3]), ParametersInvalid),
        (with(RuleCondition::Pattern, &[0, 5]), ParametersInvalid),
        (with(RuleCondition::Pattern, &[6, 5]), ParametersInvalid),
        (with(RuleCondition::Pattern, &[1, 61]), ParametersInvalid),
        (anomaly(&[5, 30], RuleOperator::Gt, 300), ParametersInvalid),
        (anomaly(&[1, 30, 0], RuleOperator::Gt, 300), ParametersInvalid),
        (anomaly(&[11, 30, 0], RuleOperator::Gt, 300), ParametersInvalid),
        (anomaly(&[5, 0, 0], RuleOperator::Gt, 300), ParametersInvalid),
        (anomaly(&[5, 10_081, 0], RuleOperator::Gt, 300), ParametersInvalid),
        (anomaly(&[5, 30, 43_201], RuleOperator::Gt, 300), ParametersInvalid),
        (anomaly(&[5, 30, 0], RuleOperator::Gte, 300), ParametersInvalid),
        (anomaly(&[5, 30, 0], RuleOperator::Gt, 0), ParametersInvalid),
        (anomaly(&[5, 30, 0], RuleOperator::Gt, 10_001), ParametersInvalid),
        (RuleSpec { labels: texts(17, 1), ..spec() }, LabelsInvalid),
        (RuleSpec { labels: texts(1, 0), ..spec() }, LabelsInvalid),
        (RuleSpec { annotations: texts(1, 129), ..spec() }, LabelsInvalid),
        (RuleSpec { annotations: texts(17, 128), ..spec() }, LabelsInvalid),
        (RuleSpec { min_points: 0, ..spec() }, MinPointsInvalid),
        (RuleSpec { threshold: i128::MAX, ..spec() }, ThresholdInvalid),
        (RuleSpec { threshold: i128::MIN, ..spec() }, ThresholdInvalid),
        (band(1, 0), BandInvalid),
        (band(0, i128::MAX), ThresholdInvalid),
        (RuleSpec { for_s: 2_592_001, ..spec() }, DurationInvalid),
        (RuleSpec { keep_firing_for_s: 2_592_001, ..spec() }, DurationInvalid),
        (RuleSpec { cooldown_s: u32::MAX, ..spec() }, DurationInvalid),
        (RuleSpec { function: None, subject: subject.clone(), ..spec() }, SubjectWithoutFunction),
        (RuleSpec { metric: world.symbol("missing"), ..spec() }, MetricUnwatched),
        (RuleSpec { metric: world.symbol("size"), ..spec() }, MetricUnwatched),
        (RuleSpec { function: Some(world.symbol("missing")), ..spec() }, MetricUnwatched),
        (RuleSpec { subject, ..spec() }, MetricUnwatched),
        (
            RuleSpec { policy: Some(BytesN::from_array(&world.e, &[1; 32])), ..spec() },
            PolicyUnknown,
        ),
    ];
    let owner = &world.owner;
    let changed = world.changed_by(|| {
        for (spec, error) in &cases {
            refused_with(
                signed!(world, owner, alerting, create_rule, try_create_rule(owner, spec)),
                *error,
            );
        }
    });
    assert_eq!(changed, 0);
    let described = RuleSpec { labels: texts(16, 128), annotations: texts(16, 128), ..spec() };
    let rule = world.create(&described);
    assert_eq!(world.alerting().rule(&rule).unwrap().spec, described);
    let changed = world.changed_by(|| {
        for (spec, error) in &cases {
            let scope = spec.function == world.spec().function && spec.subject.is_none();
            let error = if scope { *error } else { ScopeChanged };
            refused_with(
                signed!(world, owner, alerting, update_rule, try_update_rule(owner, rule, spec)),
                error,
            );
        }
    });
    assert_eq!(changed, 0);
}

#[test]
fn only_a_contracts_owner_and_the_admin_create_rules_over_it() {
    let world = World::new();
    let (stranger, admin, spec) = (&world.stranger, &world.admin, world.spec());
    let create =
        |who: &Address| signed!(world, who, alerting, create_rule, try_create_rule(who, spec));
    refused_with(create(stranger), AlertingError::NotTheRuleOwner);
    done(create(admin));
    let unknown = RuleSpec { contract: Some(Address::generate(&world.e)), ..world.spec() };
    refused_with(
        signed!(world, stranger, alerting, create_rule, try_create_rule(stranger, unknown)),
        AlertingError::ContractUnmonitored,
    );
    let owner = &world.owner;
    unauthorised(signed!(world, stranger, alerting, create_rule, try_create_rule(owner, spec)));
}

#[test]
fn only_the_rules_owner_and_the_admin_change_it() {
    let world = World::new();
    let rule = world.create(&world.spec());
    let spec = RuleSpec { threshold: 200, ..world.spec() };
    let (stranger, admin, paused) = (&world.stranger, &world.admin, true);
    let error = AlertingError::NotTheRuleOwner;
    refused_with(
        signed!(world, stranger, alerting, update_rule, try_update_rule(stranger, rule, spec)),
        error,
    );
    refused_with(
        signed!(
            world,
            stranger,
            alerting,
            set_rule_paused,
            try_set_rule_paused(stranger, rule, paused)
        ),
        error,
    );
    refused_with(
        signed!(world, stranger, alerting, delete_rule, try_delete_rule(stranger, rule)),
        error,
    );
    done(signed!(world, admin, alerting, update_rule, try_update_rule(admin, rule, spec)));
    assert_eq!(world.changes("updated").len(), 1);
    assert_eq!(world.alerting().rule(&rule).unwrap().spec, spec);
    done(signed!(world, admin, alerting, delete_rule, try_delete_rule(admin, rule)));
    refused_with(
        signed!(world, admin, alerting, delete_rule, try_delete_rule(admin, rule)),
        AlertingError::RuleUnknown,
    );
}

#[test]
fn rules_are_listed_by_the_contract_they_name_and_by_owner_if_they_name_none() {
    let world = World::new();
    let (owner, pool) = (&world.owner, &world.pool);
    let mut created: std::vec::Vec<_> = (0..5).map(|_| world.create(&world.spec())).collect();
    let anywhere = world.create(&RuleSpec { contract: None, ..world.spec() });
    let deleted = created.remove(1);
    done(signed!(world, owner, alerting, delete_rule, try_delete_rule(owner, deleted)));
    let listed = |address| world.alerting().rules_on(address).iter().collect::<std::vec::Vec<_>>();
    assert_eq!(listed(pool), created);
    assert_eq!(listed(owner), std::slice::from_ref(&anywhere));
    assert!(listed(&world.stranger).is_empty());
    done(signed!(world, owner, alerting, delete_rule, try_delete_rule(owner, anywhere)));
    assert!(listed(owner).is_empty());
}

#[test]
fn a_contract_has_at_most_so_many_rules() {
    let world = World::new();
    world.e.as_contract(&world.alerting, || {
        let mut rules = Vec::new(&world.e);
        for number in 0..64 {
            rules.push_back(BytesN::from_array(&world.e, &[number; 32]));
        }
        crate::storage::set_list(&world.e, crate::storage::RULES, &world.pool, &rules.to_vals());
    });
    let (owner, spec) = (&world.owner, world.spec());
    refused_with(
        signed!(world, owner, alerting, create_rule, try_create_rule(owner, spec)),
        AlertingError::TooManyRules,
    );
}

#[test]
fn a_policy_is_checked_level_by_level() {
    let world = World::new();
    let good = || world.levels(&[(0, 5, 2), (10, 0, 0)]);
    let second = |change: fn(&mut PolicyLevel)| {
        let mut levels = good();
        let mut level = levels.get(1).unwrap();
        change(&mut level);
        levels.set(1, level);
        levels
    };
    let bad = [
        Vec::new(&world.e),
        world.levels(&[(0, 0, 0), (1, 0, 0), (1, 0, 0), (1, 0, 0), (1, 0, 0)]),
        second(|level| level.delay_s = 0),
        second(|level| level.delay_s = 90),
        second(|level| level.delay_s = 66_000 * 60),
        second(|level| level.repeats = 1),
        second(|level| {
            level.repeat_s = 60;
            level.repeats = 11;
        }),
        second(|level| level.channels = Vec::new(level.channels.env())),
        second(|level| {
            let channel = level.channels.get(0).unwrap();
            (0..8).for_each(|_| level.channels.push_back(channel.clone()));
        }),
    ];
    let owner = &world.owner;
    let name = world.name("on call");
    let create = |levels: &Vec<PolicyLevel>| {
        signed!(world, owner, alerting, create_policy, try_create_policy(owner, name, levels))
    };
    let changed = world.changed_by(|| {
        bad.iter().for_each(|levels| refused_with(create(levels), AlertingError::PolicyInvalid));
    });
    assert_eq!(changed, 0);
    let id = done(create(&good()));
    assert_eq!(world.changes("policy").len(), 1);
    let policy = world.alerting().policy(&id).unwrap();
    assert_eq!((&policy.owner, &policy.name, policy.levels), (owner, &name, good()));
    assert_ne!(done(create(&good())), id);
}

#[test]
fn another_owners_policy_cannot_be_used() {
    let world = World::new();
    let (stranger, name) = (&world.stranger, world.name("on call"));
    let levels = world.levels(&[(0, 0, 0)]);
    let policy = done(signed!(
        world,
        stranger,
        alerting,
        create_policy,
        try_create_policy(stranger, name, levels)
    ));
    let spec = RuleSpec { policy: Some(policy), ..world.spec() };
    let owner = &world.owner;
    refused_with(
        signed!(world, owner, alerting, create_rule, try_create_rule(owner, spec)),
        AlertingError::PolicyUnknown,
    );
}

#[test]
fn the_link_to_the_monitor_is_the_admins() {
    let world = World::new();
    let (admin, stranger, other) = (&world.admin, &world.stranger, Address::generate(&world.e));
    unauthorised(signed!(world, stranger, alerting, set_monitor, try_set_monitor(other)));
    done(signed!(world, admin, alerting, set_monitor, try_set_monitor(other)));
    assert_eq!(world.changes("monitor").len(), 1);
    assert_eq!(world.alerting().monitor(), other);
}

/// What is stored is passed on as it came, so what comes has to be of its type: also what the
/// rule's condition never reads.
#[test]
fn a_rule_or_a_policy_that_is_not_of_its_type_is_refused() {
    let world = World::new();
    let (e, owner) = (&world.e, &world.owner);
    let refuse = |function: &str, arguments: Vec<Val>, error: AlertingError| {
        world.authorise(owner, &world.alerting, function, arguments.clone());
        let name = Symbol::new(e, function);
        let answer = e.try_invoke_contract::<Val, Error>(&world.alerting, &name, arguments);
        let Err(Ok(came)) = answer else { panic!("expected {error:?}") };
        assert_eq!(came, Error::from_contract_error(error as u32));
    };
    let bytes = Bytes::from_array(e, &[7; 1_000]).to_val();

    let absence = RuleSpec { condition: RuleCondition::Absence, ..world.spec() };
    let rule: Val = absence.into_val(e);
    for field in ["threshold", "threshold_high", "name", "metric"] {
        let mut rule = Map::<Symbol, Val>::from_val(e, &rule);
        rule.set(Symbol::new(e, field), bytes);
        refuse("create_rule", vec![e, owner.to_val(), rule.to_val()], AlertingError::ShapeInvalid);
    }

    let level: Val = world.levels(&[(0, 5, 2)]).get_unchecked(0).into_val(e);
    let policy = |level: Map<Symbol, Val>| {
        vec![e, owner.to_val(), world.name("on call").to_val(), vec![e, level].to_val()]
    };
    let mut more = Map::<Symbol, Val>::from_val(e, &level);
    more.set(Symbol::new(e, "zzz"), bytes);
    refuse("create_policy", policy(more), AlertingError::PolicyInvalid);
    let mut other = Map::<Symbol, Val>::from_val(e, &level);
    other.set(Symbol::new(e, "channels"), vec![e, bytes].to_val());
    refuse("create_policy", policy(other), AlertingError::ShapeInvalid);
}
