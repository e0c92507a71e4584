//! Whoever reports, evaluates, handles and administers: what an alert does with them and without.

use lumenscope_interfaces::alerting::{
    AlertingError, GuardVerdict, RuleCondition, RuleSpec, RuleTarget, Severity,
};
use lumenscope_interfaces::performance_monitor::{FLUSH_DELAY_S, ReporterRole};
use lumenscope_rules::slot::RING_SLOTS;
use lumenscope_rules::{Handling, Kind, Phase, Status, Transition};
use lumenscope_sdk::{Disagreement, Reading};
use soroban_sdk::testutils::Address as _;
use soroban_sdk::{Address, vec};

use super::watched::{
    CLOSES_S, FUNCTION, LOUD, METRIC, QUIET, evaluate, minute, record, spec, state, transitions,
    watched,
};
use super::world::{World, refused};

/// Seconds between two ledgers.
const LEDGER_S: u64 = 5;
const MINUTE_S: u64 = 60;
/// In a minute.
const LATE_S: u64 = 50;

fn reading(world: &World, target: &RuleTarget) -> Reading {
    let metric = world.symbol(METRIC);
    Reading::of(&world.e, &world.monitor, &target.stream, &metric).expect("watched")
}

/// An alert on what the primary source says, when a witness saw something else; and how far apart
/// the two are.
fn with_a_witness(says: i128, saw: i128) -> (Status, GuardVerdict, Option<Disagreement>) {
    let (world, target) = watched(spec);
    let [primary, witness] = [(); 2].map(|()| Address::generate(&world.e));
    for (who, role) in [(&primary, ReporterRole::Primary), (&witness, ReporterRole::Witness)] {
        let args = (world.pool.clone(), who.clone(), role);
        world.must(&world.owner, &world.monitor, "set_reporter", args);
    }
    for (who, value) in [(&witness, saw), (&primary, says)] {
        let (stream, metric, now_s) = (target.stream.clone(), world.symbol(METRIC), world.now_s());
        let args = (who.clone(), stream, metric, value, now_s, 1_u64);
        world.must(who, &world.monitor, "report", args);
    }
    world.advance(CLOSES_S);
    let condition = evaluate(&world, &world.admin, &[&target])[0].condition;
    let known = world.monitor().monitored_contract(&world.pool).expect("registered");
    let witness = known.reporters.get_unchecked(witness);
    let apart = reading(&world, &target).disagreement(witness);
    (condition, world.alerting().guard(&world.pool), apart)
}

#[test]
fn an_alert_follows_the_primary_source_and_a_reporter_that_lies_is_seen_to() {
    use GuardVerdict::{Clear, Tripped};
    let apart = |sum| Some(Disagreement { count: 0, sum });
    assert_eq!(with_a_witness(LOUD, LOUD), (Status::Firing, Tripped, apart(0)));
    assert_eq!(with_a_witness(QUIET, LOUD), (Status::Inactive, Clear, apart(LOUD - QUIET)));
    assert_eq!(with_a_witness(LOUD, QUIET), (Status::Firing, Tripped, apart(QUIET - LOUD)));
}

#[test]
fn an_hour_without_a_keeper_loses_no_count_and_the_guard_does_then_what_its_owner_chose() {
    for (fail_closed, verdict) in
        [(false, GuardVerdict::StaleAllowed), (true, GuardVerdict::StaleRefused)]
    {
        let (world, target) = watched(spec);
        let (owner, pool, alerting) = (&world.owner, &world.pool, world.alerting());
        let args = (owner.clone(), pool.clone(), Severity::High, 600_u32, fail_closed, 86_400_u32);
        world.must(owner, &world.alerting, "configure_guard", args);
        assert_eq!(minute(&world, &target, LOUD).condition, Status::Firing);
        assert_eq!(alerting.guard(pool), GuardVerdict::Tripped);
        let summary = alerting.summary(pool);
        an_hour(&world, &target);
        assert_eq!(alerting.guard(pool), verdict);
        assert_eq!(alerting.summary(pool), summary, "nobody wrote it");
        let (totals, sum) = (reading(&world, &target).totals(), 61 * LOUD);
        assert_eq!((totals.count, totals.sum), (61, sum));

        let late = evaluate(&world, &world.admin, &[&target]).remove(0);
        assert_eq!((late.condition, late.episode), (Status::Firing, 1));
        assert_eq!(alerting.guard(pool), GuardVerdict::Tripped);
        world.advance(FLUSH_DELAY_S);
        assert_eq!(world.flush(FUNCTION), Ok(1));
        let kept = world.history().aggregate(&world.query(FUNCTION, METRIC, true));
        assert_eq!((kept.count, kept.sum), (61, sum));
    }
}

/// An hour passes with an amount in every minute, and nobody evaluates it.
fn an_hour(world: &World, target: &RuleTarget) {
    for _ in 0..60 {
        record(world, &target.stream, LOUD);
        world.advance(MINUTE_S);
    }
}

#[test]
fn minutes_that_left_the_ring_without_a_keeper_are_marked_and_end_no_episode() {
    // Loud in one of two minutes; and pending for an hour.
    let pattern: fn(&World) -> RuleSpec = |world| RuleSpec {
        condition: RuleCondition::Pattern,
        parameters: vec![&world.e, 1_u32, 2],
        ..spec(world)
    };
    let pending: fn(&World) -> RuleSpec = |world| RuleSpec { for_s: 3_600, ..spec(world) };
    for (rule, phase) in [(pattern, Phase::Firing), (pending, Phase::Pending)] {
        let (world, target) = watched(rule);
        minute(&world, &target, LOUD);
        let before = state(&world, &target);
        an_hour(&world, &target);
        assert_eq!(evaluate(&world, &world.admin, &[&target])[0].transitions, 0);
        let now = state(&world, &target);
        let lost = 60 - RING_SLOTS;
        assert_eq!((before.unwitnessed, before.last_lost), (0, 0));
        assert_eq!((now.unwitnessed, now.last_lost), (lost, before.through + lost));
        assert_eq!((now.phase, now.episode, now.since), (phase, 1, before.since));
    }
}

/// What an alert does within twelve minutes with a keeper that comes so often. Each minute says the
/// opposite until late in it.
fn evaluated_every(seconds: u64) -> Vec<Transition> {
    let (world, target) = watched(|world| RuleSpec {
        for_s: 60,
        keep_firing_for_s: 60,
        cooldown_s: 300,
        ..spec(world)
    });
    let mut came = Vec::new();
    for value in [QUIET, LOUD, LOUD, LOUD, QUIET, LOUD, QUIET, QUIET, LOUD, LOUD, QUIET, QUIET] {
        record(&world, &target.stream, LOUD + QUIET - value);
        for ledger in 1..=MINUTE_S / LEDGER_S {
            world.advance(LEDGER_S);
            if (ledger * LEDGER_S).is_multiple_of(seconds) {
                evaluate(&world, &world.admin, &[&target]);
                came.extend(transitions(&world));
            }
            if ledger * LEDGER_S == LATE_S {
                record(&world, &target.stream, value);
            }
        }
    }
    came
}

#[test]
fn a_keeper_of_every_ledger_and_one_of_every_minute_come_to_the_same() {
    let came = evaluated_every(MINUTE_S);
    let kinds: Vec<Kind> = came.iter().map(|transition| transition.kind).collect();
    use Kind::*;
    let once = [Pending, Firing, Recovering, Refiring, Recovering, Resolved];
    let again = [Pending, Firing, Recovering];
    assert_eq!(kinds, [once.as_slice(), &again].concat());
    assert_eq!(evaluated_every(LEDGER_S), came);
}

#[test]
fn the_second_of_two_acknowledgements_is_refused_and_the_first_stands() {
    let (world, target) = watched(spec);
    assert_eq!(minute(&world, &target, LOUD).condition, Status::Firing);
    let (owner, operator) = (&world.owner, Address::generate(&world.e));
    world.must(owner, &world.alerting, "set_operator", (owner.clone(), operator.clone(), true));
    let until_s = world.now_s() + 600;
    let acknowledge = |who: &Address, until_s: u64| (who.clone(), target.clone(), 1_u32, until_s);
    world.must(owner, &world.alerting, "acknowledge", acknowledge(owner, until_s));
    let twice = refused(AlertingError::AlreadyHandled as u32);
    for _ in 0..2 {
        for (who, until_s) in [(owner, until_s), (owner, until_s + 60), (&operator, until_s + 60)] {
            let args = acknowledge(who, until_s);
            world.must_refuse("acknowledged twice", who, "acknowledge", args, twice);
        }
        // Also a minute later, when there is something to evaluate.
        record(&world, &target.stream, LOUD);
        world.advance(MINUTE_S);
    }
    let now = state(&world, &target);
    assert_eq!((now.handling, now.handling_until_s), (Handling::Acknowledged, until_s));
}

#[test]
fn an_episode_goes_on_as_it_was_when_the_admin_changes_in_the_middle_of_it() {
    let (world, target) = watched(spec);
    assert_eq!(minute(&world, &target, LOUD).condition, Status::Firing);
    let stored = || {
        let (alerting, rule) = (world.alerting(), &target.rule);
        (alerting.alert(&target), alerting.rule(rule), alerting.summary(&world.pool))
    };
    let before = stored();
    let successor = Address::generate(&world.e);
    for contract in [&world.alerting, &world.monitor] {
        let args = (successor.clone(), world.e.ledger().sequence() + 100);
        world.must(&world.admin, contract, "transfer_admin", args);
        world.must(&successor, contract, "accept_admin", ());
    }
    assert_eq!(stored(), before);
    let acknowledge = |who: &Address| (who.clone(), target.clone(), 1_u32, world.now_s() + 600);
    let former = refused(AlertingError::NotTheRuleOwner as u32);
    let args = acknowledge(&world.admin);
    world.must_refuse("the former admin", &world.admin, "acknowledge", args, former);

    let goes_on = minute(&world, &target, LOUD);
    assert_eq!((goes_on.condition, goes_on.episode, goes_on.transitions), (Status::Firing, 1, 0));
    world.must(&successor, &world.alerting, "acknowledge", acknowledge(&successor));
    let ends = minute(&world, &target, QUIET);
    assert_eq!((ends.condition, ends.episode, ends.transitions), (Status::Inactive, 1, 1));
    assert_eq!(minute(&world, &target, LOUD).episode, 2);
}
