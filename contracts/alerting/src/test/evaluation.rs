use lumenscope_interfaces::alerting::{
    AlertingError, NoDataPolicy, Outcome, RuleCondition, RuleSpec, RuleTarget, Severity, row,
};
use lumenscope_rules::{Kind, Reason, Status};
use soroban_sdk::testutils::{Address as _, BytesN as _};
use soroban_sdk::{Address, BytesN};

use super::world::{START_S, START_SLOT, World, done, refused_with, signed};

#[test]
fn an_alert_goes_through_its_episode_on_recorded_samples() {
    let world = World::new();
    let policy = Some(world.create_policy(&[(0, 0, 0), (2, 0, 0)]));
    let spec =
        RuleSpec { for_s: 60, keep_firing_for_s: 60, policy: policy.clone(), ..world.spec() };
    let target = world.target(&spec);

    assert_eq!(world.step(&target, 0, 50).condition, Status::Inactive);
    assert_eq!(world.step(&target, 1, 150).condition, Status::Pending);
    assert_eq!(world.step(&target, 2, 160).condition, Status::Firing);
    let told = world.transitions();
    assert_eq!(told.len(), 2, "it fires, and the first level is told");
    assert_eq!((told[0].kind, told[0].slot, told[0].value), (Kind::Firing, START_SLOT + 2, 160));
    assert!(told[0].notify);
    assert_eq!((told[1].kind, told[1].level), (Kind::Escalated, 1));
    let event = &world.told("alert_changed")[1];
    assert_eq!(world.field::<Address>(event, "caller"), world.keeper);
    assert_eq!(Some(world.field::<BytesN<32>>(event, "policy")), policy);
    assert!(world.alerting().is_firing(&world.pool, &Severity::High));

    assert_eq!(world.step(&target, 3, 170).transitions, 0);
    assert_eq!(world.step(&target, 4, 170).transitions, 1, "the second level");
    assert_eq!(world.step(&target, 5, 10).condition, Status::Recovering);
    assert!(world.alerting().is_firing(&world.pool, &Severity::High));
    assert_eq!(world.step(&target, 6, 10).condition, Status::Inactive);
    assert!(!world.alerting().is_firing(&world.pool, &Severity::Info));
    use Kind::*;
    assert_eq!(world.kinds(&target), [Pending, Firing, Escalated, Escalated, Recovering, Resolved]);
    let alert = world.alert(&target);
    assert_eq!((alert.episode, alert.fired_total, alert.level), (1, 1, 2));
    assert_eq!(alert.policy, policy);
    assert!(world.traced(&target).iter().map(|came| came.ordinal).eq(0..6));
}

#[test]
fn a_transition_changes_the_alert_and_the_summary_and_nothing_else() {
    let world = World::new();
    let target = world.target(&world.spec());
    world.step(&target, 0, 50);
    world.minute(1, 150);
    let changed = world.changed_by(|| assert_eq!(world.evaluate(&[&target])[0].transitions, 2));
    assert_eq!(changed, 2);
    world.minute(2, 50);
    let changed = world.changed_by(|| assert_eq!(world.evaluate(&[&target])[0].transitions, 1));
    assert_eq!(changed, 2);
}

#[test]
fn an_alert_keeps_its_size_whatever_happens() {
    use soroban_sdk::xdr::ToXdr;
    let world = World::new();
    let policy = Some(world.create_policy(&[(0, 0, 0)]));
    let target = world.target(&RuleSpec { policy, ..world.spec() });
    let mut sizes = std::collections::BTreeSet::new();
    for (minute, fee) in [150, 50, 150, 150, 50].into_iter().enumerate() {
        world.step(&target, minute as u64, fee);
        sizes.insert(world.alerting().alert(&target).unwrap().to_xdr(&world.e).len());
    }
    assert_eq!(sizes.len(), 1, "{sizes:?}");
}

#[test]
fn nothing_is_written_when_nothing_changed() {
    let world = World::new();
    let target = world.target(&world.spec());
    assert!(world.step(&target, 0, 50).heartbeat, "its row is new");
    for minute in 1..20 {
        world.minute(minute, 50);
        let changed = world.changed_by(|| {
            let evaluation = world.evaluate(&[&target]).remove(0);
            assert_eq!((evaluation.transitions, evaluation.heartbeat), (0, false));
        });
        assert_eq!(changed, 0);
    }
}

#[test]
fn a_heartbeat_is_written_once_the_summary_is_half_as_old_as_it_may_be() {
    let world = World::new();
    let target = world.target(&world.spec());
    world.step(&target, 0, 50);
    world.at(90 + 1_799);
    assert!(!world.evaluate(&[&target])[0].heartbeat);
    world.at(90 + 1_800);
    let changed = world.changed_by(|| {
        assert!(world.evaluate(&[&target])[0].heartbeat);
    });
    assert_eq!(changed, 1, "the summary alone");
    assert_eq!(world.through_slot(&target), START_SLOT + 30);
}

#[test]
fn a_running_clock_is_kept_although_nothing_changed() {
    let world = World::new();
    let target = world.target(&RuleSpec { for_s: 20 * 60, ..world.spec() });
    for minute in 0..20 {
        let evaluation = world.step(&target, minute, 150);
        assert_eq!(evaluation.condition, Status::Pending, "{minute}");
    }
    assert_eq!(world.step(&target, 20, 150).condition, Status::Firing);
    assert_eq!(world.alert(&target).unwitnessed, 0);
}

#[test]
fn a_slot_is_evaluated_only_after_the_watermark() {
    let world = World::new();
    let target = world.target(&world.spec());
    world.at(5);
    world.record(&world.stream("pay"), 150);
    world.at(89);
    assert_eq!(world.alerting().closed_slot(), START_SLOT - 1);
    refused_with(world.try_evaluate(&[&target], START_SLOT), AlertingError::SlotOpen);
    assert_eq!(world.evaluate(&[&target])[0].episode, 0);
    world.at(90);
    assert_eq!(world.evaluate_through(&[&target], START_SLOT)[0].episode, 1);
}

#[test]
fn a_batch_is_bounded_and_not_empty() {
    let world = World::new();
    let target = world.target(&world.spec());
    let closed = world.alerting().closed_slot();
    refused_with(world.try_evaluate(&[], closed), AlertingError::TargetsInvalid);
    refused_with(world.try_evaluate(&[&target; 51], closed), AlertingError::TargetsInvalid);
    assert_eq!(done(world.try_evaluate(&[&target; 50], closed)).len(), 50);
}

#[test]
fn a_target_that_fails_does_not_stop_the_others() {
    let world = World::new();
    let target = world.target(&world.spec());
    let everywhere = world.create(&RuleSpec { function: None, ..world.spec() });
    let nobodys = BytesN::random(&world.e);
    let targets = [
        RuleTarget { rule: nobodys, stream: world.stream("pay") },
        RuleTarget { stream: world.stream("claim"), ..target.clone() },
        RuleTarget { rule: everywhere.clone(), stream: world.stream("missing") },
        RuleTarget {
            rule: everywhere,
            stream: world.stream_of(&Address::generate(&world.e), "pay"),
        },
        target,
    ];
    world.minute(0, 150);
    let refs: std::vec::Vec<_> = targets.iter().collect();
    let outcomes = world.evaluate(&refs).into_iter().map(|evaluation| evaluation.outcome);
    use Outcome::*;
    assert!(outcomes.eq([RuleUnknown, NotCovered, StreamUnknown, NotCovered, Evaluated]));
    assert_eq!(world.alert(&targets[4]).status(), Status::Firing);
    assert_eq!(world.alerting().summary(&world.pool).unwrap().rows.len(), 1, "one row");
}

#[test]
fn a_source_that_fails_shows_as_an_error_once_and_resolves_nothing() {
    let world = World::new();
    let target = world.target(&world.spec());
    world.step(&target, 0, 150);
    let (admin, good) = (&world.admin, &world.monitor);
    let broken = world.e.register(Broken, ());
    done(signed!(world, admin, alerting, set_monitor, try_set_monitor(broken)));
    world.at(3 * 60);
    let evaluation = world.evaluate(&[&target]).remove(0);
    assert_eq!(evaluation.outcome, Outcome::SourceFailed);
    assert_eq!((evaluation.condition, evaluation.transitions), (Status::Error, 1));
    assert!(world.alerting().is_firing(&world.pool, &Severity::High));
    assert_eq!(world.changed_by(|| assert_eq!(world.evaluate(&[&target])[0].transitions, 0)), 0);

    done(signed!(world, admin, alerting, set_monitor, try_set_monitor(good)));
    let evaluation = world.evaluate(&[&target]).remove(0);
    assert_eq!((evaluation.condition, evaluation.transitions), (Status::Firing, 1));
    let traced = world.traced(&target);
    use Reason::*;
    assert!(traced.iter().map(|came| came.reason).eq([
        Condition,
        Condition,
        SourceFailed,
        SourceFailed
    ]));
}

/// Refuses everything.
#[soroban_sdk::contract]
struct Broken;

#[test]
fn a_rule_without_a_function_has_an_alert_of_its_own_for_each_stream() {
    let world = World::new();
    let rule = world.create(&RuleSpec { function: None, ..world.spec() });
    let pay = RuleTarget { rule, stream: world.stream("pay") };
    let claim = RuleTarget { stream: world.stream("claim"), ..pay.clone() };
    world.at(5);
    world.record(&pay.stream, 150);
    world.record(&claim.stream, 50);
    world.at(90);
    let evaluations = world.evaluate(&[&pay, &claim]);
    assert_eq!(evaluations[0].condition, Status::Firing);
    assert_eq!(evaluations[1].condition, Status::Inactive);
    assert_eq!(world.alerting().summary(&world.pool).unwrap().rows.len(), 2);
}

#[test]
fn a_rule_without_a_contract_covers_its_owners_contracts_and_the_admins_covers_all() {
    let world = World::new();
    let other = Address::generate(&world.e);
    world.register(&other, &world.stranger);
    world.open(&world.stream_of(&other, "pay"));
    let spec = RuleSpec { contract: None, function: None, ..world.spec() };
    let (owner, admin) = (&world.owner, &world.admin);
    let owners = world.create(&spec);
    let admins = done(signed!(world, admin, alerting, create_rule, try_create_rule(admin, spec)));
    let mine = |rule: &BytesN<32>| RuleTarget { rule: rule.clone(), stream: world.stream("pay") };
    let others = |rule: &BytesN<32>| RuleTarget {
        rule: rule.clone(),
        stream: world.stream_of(&other, "pay"),
    };
    world.at(5);
    world.record(&world.stream("pay"), 150);
    world.record(&world.stream_of(&other, "pay"), 150);
    world.at(90);
    let targets = [mine(&owners), others(&owners), mine(&admins), others(&admins)];
    let refs: std::vec::Vec<_> = targets.iter().collect();
    let outcomes = world.evaluate(&refs).into_iter().map(|evaluation| evaluation.outcome);
    use Outcome::*;
    assert!(outcomes.eq([Evaluated, NotCovered, Evaluated, Evaluated]));
    assert_eq!(world.alerting().rules_on(owner), soroban_sdk::vec![&world.e, owners]);
}

#[test]
fn absence_fires_without_samples_and_resolves_with_the_next() {
    let world = World::new();
    let spec = RuleSpec { condition: RuleCondition::Absence, window_s: 1_200, ..world.spec() };
    let target = world.target(&spec);
    world.step(&target, 0, 1);
    for minute in 1..20 {
        let evaluation = world.step(&target, minute, None);
        assert_eq!(evaluation.condition, Status::Inactive, "{minute}");
    }
    assert_eq!(world.step(&target, 20, None).condition, Status::Firing);
    assert_eq!(world.step(&target, 21, 1).condition, Status::Inactive);
}

#[test]
fn no_data_shows_by_its_policy() {
    let world = World::new();
    let target = world.target(&RuleSpec { no_data: NoDataPolicy::NoData, ..world.spec() });
    world.step(&target, 0, 150);
    assert_eq!(world.step(&target, 1, None).condition, Status::NoData);
    assert!(world.alert(&target).is_firing());
    assert_eq!(world.step(&target, 2, 150).condition, Status::Firing);
}

#[test]
fn pausing_a_rule_resolves_its_alert_and_resuming_leaves_the_pause_out() {
    let world = World::new();
    let target = world.target(&world.spec());
    world.step(&target, 0, 150);
    let (owner, rule) = (&world.owner, &target.rule);
    let pause = |paused: bool| {
        signed!(world, owner, alerting, set_rule_paused, try_set_rule_paused(owner, rule, paused))
    };
    done(pause(true));
    refused_with(pause(true), AlertingError::PauseUnchanged);
    let evaluation = world.evaluate(&[&target]).remove(0);
    assert_eq!((evaluation.outcome, evaluation.transitions), (Outcome::RulePaused, 1));
    let told = world.transitions();
    assert_eq!((told[0].reason, told[0].notify), (Reason::RulePaused, true));
    assert!(!world.alerting().is_firing(&world.pool, &Severity::Info));
    assert_eq!(world.alerting().summary(&world.pool).unwrap().rows.len(), 0);

    world.minute(1, 150);
    assert_eq!(world.changed_by(|| assert_eq!(world.evaluate(&[&target])[0].transitions, 0)), 0);
    world.at(3 * 60);
    done(pause(false));
    assert_eq!(world.step(&target, 3, 150).episode, 2);
    assert_eq!(world.alert(&target).since, START_SLOT + 3);
}

#[test]
fn deleting_a_rule_resolves_its_alert_and_removes_it() {
    let world = World::new();
    let target = world.target(&world.spec());
    world.step(&target, 0, 150);
    let (owner, rule) = (&world.owner, &target.rule);
    done(signed!(world, owner, alerting, delete_rule, try_delete_rule(owner, rule)));
    let up = || world.alerting().active_alerts(&world.pool, &0, &10).len();
    assert_eq!(up(), 1, "until the next evaluation");
    let evaluation = world.evaluate(&[&target]).remove(0);
    assert_eq!((evaluation.outcome, evaluation.transitions), (Outcome::RuleUnknown, 1));
    assert_eq!(world.transitions()[0].reason, Reason::RuleDeleted);
    assert_eq!(world.alerting().alert(&target), None);
    assert_eq!(up(), 0);
    assert_eq!(world.alerting().rules_on(&world.pool).len(), 0);
}

#[test]
fn a_contract_with_as_many_alerts_as_it_may_have_keeps_them_and_refuses_another() {
    let world = World::new();
    let target = world.target(&world.spec());
    let mut full = crate::summary::Summary::new(&world.e);
    for place in 0..64 {
        let up = row(START_SLOT, Some(Severity::Critical));
        full.rows.set(BytesN::from_array(&world.e, &[place; 16]), up);
    }
    world.e.as_contract(&world.alerting, || {
        crate::storage::set_summary(&world.e, world.pool.as_val(), &mut full);
    });
    assert_eq!(world.step(&target, 0, 150).outcome, Outcome::TooManyAlerts);
    assert_eq!(world.alerting().summary(&world.pool).unwrap().rows, full.rows);
    assert_eq!(world.alerting().alert(&target), None);
}

#[test]
fn a_batch_that_publishes_too_much_goes_on_in_the_next_call() {
    let world = World::new();
    let targets: std::vec::Vec<_> = (0..20).map(|_| world.target(&world.spec())).collect();
    let refs: std::vec::Vec<_> = targets.iter().collect();
    world.minute(0, 150);
    let (mut calls, mut published) = (0, 0);
    loop {
        let came = world.evaluate(&refs);
        published += world.transitions().len();
        calls += 1;
        let done = came.iter().take_while(|one| one.outcome == Outcome::Evaluated).count();
        assert!(came[done..].iter().all(|one| one.outcome == Outcome::Partial));
        if done == came.len() {
            break;
        }
    }
    assert_eq!((calls, published), (2, 40));
    assert_eq!(world.alerting().active_alerts(&world.pool, &0, &24).len(), 20);
}

#[test]
fn whoever_evaluates_pays_and_signs_and_nobody_else() {
    let world = World::new();
    let target = world.target(&world.spec());
    world.step(&target, 0, 50);
    world.minute(1, 150);
    let targets = soroban_sdk::vec![&world.e, target.clone()];
    let closed = world.alerting().closed_slot();
    let (stranger, keeper) = (&world.stranger, &world.keeper);
    super::world::unauthorised(signed!(
        world,
        keeper,
        alerting,
        evaluate,
        try_evaluate(stranger, targets, closed)
    ));
    done(signed!(world, stranger, alerting, evaluate, try_evaluate(stranger, targets, closed)));
    assert_eq!(world.alert(&target).status(), Status::Firing);
}

#[test]
fn what_a_full_batch_publishes_and_returns_fits_a_transaction() {
    use lumenscope_interfaces::common::StreamKey;
    use soroban_sdk::xdr::{Limits, ToXdr, WriteXdr};
    let world = World::new();
    let longest = world.symbol("a2345678901234567890123456789012");
    let stream = StreamKey {
        function: longest.clone(),
        subject: Some(longest.clone()),
        ..world.stream("pay")
    };
    world.open(&stream);
    let policy = Some(world.create_policy(&[(0, 0, 0)]));
    let spec = RuleSpec { function: Some(longest), policy, ..world.spec() };
    let target = RuleTarget { rule: world.create(&spec), stream };
    world.at(5);
    let at_s = world.now_s();
    let (owner, reporter, pool) = (&world.owner, &world.stranger, &world.pool);
    let role = lumenscope_interfaces::performance_monitor::ReporterRole::Primary;
    done(signed!(world, owner, monitor, set_reporter, try_set_reporter(pool, reporter, role)));
    let (stream, metric, value, sequence) = (&target.stream, world.symbol("fee"), 150i128, 1u64);
    done(signed!(
        world,
        reporter,
        monitor,
        report,
        try_report(reporter, stream, metric, value, at_s, sequence)
    ));
    world.at(90);
    let closed = world.alerting().closed_slot();
    let evaluations = done(world.try_evaluate(&[&target], closed));
    let event = &world.told("alert_changed")[2];
    let event_bytes = event.to_xdr(Limits::none()).unwrap().len();
    assert!(event_bytes > 420 && event_bytes <= 430, "{event_bytes}");
    let evaluation_bytes = evaluations.get(0).unwrap().to_xdr(&world.e).len();
    assert_eq!(evaluation_bytes, 12);
    let evaluations_bytes = 50 * evaluation_bytes;
    let events_bytes = (16_000 - evaluations_bytes as usize) / event_bytes * event_bytes;
    let heartbeat_bytes = 300;
    assert!(evaluations_bytes as usize + events_bytes + heartbeat_bytes <= 16_384);
}

#[test]
fn a_call_that_leaves_alerts_behind_does_not_put_a_heartbeat_off() {
    let world = World::new();
    let target = world.target(&world.spec());
    world.step(&target, 0, 50);
    world.at(90 + 1_800);
    let old = START_SLOT;
    let changed = world.changed_by(|| {
        done(world.try_evaluate(&[&target], old));
    });
    assert_eq!(changed, 0);
    assert!(world.evaluate(&[&target])[0].heartbeat);
}

#[test]
fn a_late_report_counts_until_the_watermark_and_never_after_it() {
    use lumenscope_interfaces::performance_monitor::ReporterRole;
    let world = World::new();
    let target = world.target(&world.spec());
    let (owner, reporter, pool) = (&world.owner, &world.stranger, &world.pool);
    let role = ReporterRole::Primary;
    done(signed!(world, owner, monitor, set_reporter, try_set_reporter(pool, reporter, role)));
    let report = |value: i128, at_s: u64, sequence: u64| {
        let (stream, metric) = (&target.stream, world.symbol("fee"));
        done(signed!(
            world,
            reporter,
            monitor,
            report,
            try_report(reporter, stream, metric, value, at_s, sequence)
        ));
    };
    world.at(89);
    report(150, START_S + 5, 1);
    world.at(90);
    assert_eq!(world.evaluate(&[&target])[0].condition, Status::Firing);
    report(50, START_S + 50, 2);
    let entry = world.monitor().metric(&target.stream, &world.symbol("fee"));
    let entry: std::vec::Vec<u8> = entry.iter().collect();
    let minutes = lumenscope_hot::minutes(lumenscope_hot::ring_of_one(&entry).unwrap());
    let kept: std::vec::Vec<_> = minutes.map(|slot| (slot.minute, slot.statistics.last)).collect();
    assert_eq!(kept, [(START_SLOT, 150)], "what was evaluated never changes");
}

#[test]
fn a_fault_is_told_in_the_first_slot_that_could_not_be_read_whoever_asks_for_how_many() {
    let told_in = |minutes: u64, through_slot: u32| {
        let world = World::new();
        let target = world.target(&world.spec());
        world.step(&target, 0, 150);
        let (admin, broken) = (&world.admin, world.e.register(Broken, ()));
        done(signed!(world, admin, alerting, set_monitor, try_set_monitor(broken)));
        world.at(minutes * 60 + 30);
        let evaluation = world.evaluate_through(&[&target], through_slot).remove(0);
        assert_eq!(evaluation.outcome, Outcome::SourceFailed);
        let told = world.transitions();
        assert_eq!(told.len(), 1);
        told[0]
    };
    let first = told_in(2, START_SLOT + 1);
    assert_eq!((first.slot, first.reason), (START_SLOT + 1, Reason::SourceFailed));
    assert_eq!(told_in(9, START_SLOT + 1), first);
    assert_eq!(told_in(9, START_SLOT + 5), first);
}

#[test]
fn an_alert_begins_at_now_however_little_was_asked_for() {
    let world = World::new();
    let target = world.target(&world.spec());
    world.minute(5, 150);
    let closed = world.alerting().closed_slot();
    assert_eq!(closed, START_SLOT + 5);
    // Whoever begins it far back would make the summary, and with it the guard, stale.
    let evaluation = world.evaluate_through(&[&target], START_SLOT).remove(0);
    assert_eq!((evaluation.outcome, evaluation.condition), (Outcome::Evaluated, Status::Firing));
    assert_eq!(world.through_slot(&target), closed);
    assert!(world.alerting().is_firing(&world.pool, &Severity::High));
}

#[test]
fn alerts_of_deleted_rules_end_in_the_call_that_has_room_to_tell_of_them() {
    let world = World::new();
    let old: std::vec::Vec<_> = (0..20).map(|_| world.target(&world.spec())).collect();
    world.minute(0, 150);
    for part in old.chunks(10) {
        let refs: std::vec::Vec<_> = part.iter().collect();
        world.evaluate(&refs);
    }
    for target in &old {
        let (owner, rule) = (&world.owner, &target.rule);
        done(signed!(world, owner, alerting, delete_rule, try_delete_rule(owner, rule)));
    }
    let new: std::vec::Vec<_> = (0..14).map(|_| world.target(&world.spec())).collect();
    world.minute(1, 150);
    let refs: std::vec::Vec<_> = new.iter().chain(&old).collect();
    let (mut calls, mut ended) = (0, 0);
    while ended < old.len() {
        let came = world.evaluate(&refs);
        let told = world.transitions();
        assert!(told.len() <= 35, "{} events do not fit a transaction", told.len());
        ended += told.iter().filter(|came| came.reason == Reason::RuleDeleted).count();
        let partial = came.iter().filter(|one| one.outcome == Outcome::Partial).count();
        assert_eq!(partial > 0, ended < old.len());
        calls += 1;
        assert!(calls < 4);
    }
    assert_eq!(calls, 2);
    assert!(old.iter().all(|target| world.alerting().alert(target).is_none()));
}
