use lumenscope_interfaces::alerting::{AlertingError, RuleSpec, RuleTarget};
use lumenscope_rules::{Handling, Kind, Status};
use soroban_sdk::testutils::Address as _;
use soroban_sdk::{Address, BytesN, String};

use super::world::{World, done, refused_with, signed, unauthorised};

/// A firing alert with two levels five minutes apart.
fn firing() -> (World, RuleTarget) {
    let world = World::new();
    let policy = Some(world.create_policy(&[(0, 0, 0), (5, 0, 0)]));
    let target = world.target(&RuleSpec { policy, ..world.spec() });
    assert_eq!(world.step(&target, 0, 150).condition, Status::Firing);
    (world, target)
}

macro_rules! acknowledge {
    ($world:expr, $who:expr, $target:expr, $episode:expr, $until_s:expr) => {{
        let (who, target) = (&$who, &$target);
        let (episode, until_s): (u32, u64) = ($episode, $until_s);
        signed!($world, who, alerting, acknowledge, try_acknowledge(who, target, episode, until_s))
    }};
}

#[test]
fn an_acknowledgement_stops_escalation_until_it_expires() {
    let (world, target) = firing();
    let until_s = world.now_s() + 15 * 60;
    done(acknowledge!(world, world.owner, target, 1, until_s));
    let told = world.transitions();
    assert_eq!((told.len(), told[0].kind), (1, Kind::Acknowledged));
    assert_eq!(told[0].handling_until_s, until_s);
    let alert = world.alert(&target);
    assert_eq!((alert.handling, alert.handling_until_s), (Handling::Acknowledged, until_s));

    refused_with(
        acknowledge!(world, world.owner, target, 1, until_s + 1),
        AlertingError::AlreadyHandled,
    );
    for minute in 1..16 {
        assert_eq!(world.step(&target, minute, 150).transitions, 0, "{minute}");
    }
    assert_eq!(world.step(&target, 16, 150).transitions, 1);
    assert_eq!(world.alert(&target).handling, Handling::Open);
    for minute in 17..21 {
        assert_eq!(world.step(&target, minute, 150).transitions, 0, "{minute}");
    }
    assert_eq!(world.step(&target, 21, 150).transitions, 1);
    assert_eq!(world.alert(&target).level, 2);
}

#[test]
fn an_acknowledgement_ends_with_its_episode() {
    let (world, target) = firing();
    done(acknowledge!(world, world.owner, target, 1, world.now_s() + 86_400));
    world.step(&target, 1, 50);
    assert_eq!(world.step(&target, 2, 150).episode, 2);
    let alert = world.alert(&target);
    assert_eq!((alert.handling, alert.handling_until_s), (Handling::Open, 0));
    let until_s = world.now_s() + 60;
    refused_with(
        acknowledge!(world, world.owner, target, 1, until_s),
        AlertingError::EpisodeNotCurrent,
    );
}

#[test]
fn only_the_owner_its_operators_and_the_admin_handle_an_alert() {
    let (world, target) = firing();
    let until_s = world.now_s() + 600;
    let (owner, operator) = (&world.owner, Address::generate(&world.e));
    refused_with(acknowledge!(world, operator, target, 1, until_s), AlertingError::NotTheRuleOwner);
    let allow = |allowed: bool| {
        signed!(world, owner, alerting, set_operator, try_set_operator(owner, operator, allowed))
    };
    done(allow(true));
    refused_with(allow(true), AlertingError::OperatorsInvalid);
    assert_eq!(world.alerting().operators(owner), soroban_sdk::vec![&world.e, operator.clone()]);
    done(acknowledge!(world, operator, target, 1, until_s));
    done(allow(false));
    refused_with(allow(false), AlertingError::OperatorsInvalid);
    refused_with(acknowledge!(world, operator, target, 1, until_s), AlertingError::NotTheRuleOwner);
    refused_with(
        acknowledge!(world, world.admin, target, 1, until_s),
        AlertingError::AlreadyHandled,
    );

    // Naming the owner is not enough.
    let (stranger, episode) = (&world.stranger, 1u32);
    unauthorised(signed!(
        world,
        stranger,
        alerting,
        acknowledge,
        try_acknowledge(owner, target, episode, until_s)
    ));
}

#[test]
fn another_owners_operator_has_no_say() {
    let (world, target) = firing();
    let (stranger, friend) = (&world.stranger, Address::generate(&world.e));
    let yes = true;
    done(signed!(world, stranger, alerting, set_operator, try_set_operator(stranger, friend, yes)));
    let until_s = world.now_s() + 600;
    refused_with(acknowledge!(world, friend, target, 1, until_s), AlertingError::NotTheRuleOwner);
    assert_eq!(world.alert(&target).handling, Handling::Open);
}

#[test]
fn a_snooze_overrides_an_acknowledgement() {
    let (world, target) = firing();
    let owner = &world.owner;
    done(acknowledge!(world, world.owner, target, 1, world.now_s() + 600));
    let (episode, until_s) = (1u32, world.now_s() + 1_200);
    let snooze =
        || signed!(world, owner, alerting, snooze, try_snooze(owner, target, episode, until_s));
    done(snooze());
    assert_eq!(world.alert(&target).handling, Handling::Snoozed);
    refused_with(snooze(), AlertingError::AlreadyHandled);
}

#[test]
fn a_resolution_ends_the_episode_with_its_note_and_the_guard_sees_it() {
    let (world, target) = firing();
    let owner = &world.owner;
    let resolve = |episode: u32, note: String| {
        signed!(world, owner, alerting, resolve, try_resolve(owner, target, episode, note))
    };
    let note = world.name("rolled back");
    refused_with(resolve(2, note.clone()), AlertingError::EpisodeNotCurrent);
    let long = "x".repeat(257);
    refused_with(resolve(1, world.name(&long)), AlertingError::NoteTooLong);
    done(resolve(1, note.clone()));
    let told = world.told("alert_changed");
    assert_eq!(world.field::<Option<String>>(&told[0], "note"), Some(note.clone()));
    let alert = world.alert(&target);
    assert_eq!((alert.status(), alert.handling), (Status::Inactive, Handling::Resolved));
    assert_eq!(world.alerting().active_alerts(&world.pool, &0, &10).len(), 0);
    refused_with(resolve(1, note), AlertingError::EpisodeNotCurrent);
    assert_eq!(world.step(&target, 1, 150).episode, 2, "still true: a new episode");
}

#[test]
fn an_act_follows_every_slot_that_closed_before_it() {
    let (world, target) = firing();
    world.minute(1, 50);
    // Nobody has evaluated minute 1, in which the episode ended.
    let until_s = world.now_s() + 600;
    refused_with(
        acknowledge!(world, world.owner, target, 1, until_s),
        AlertingError::EpisodeNotCurrent,
    );
    world.minute(2, 150);
    world.minute(3, 150);
    done(acknowledge!(world, world.owner, target, 2, world.now_s() + 600));
    let kinds: std::vec::Vec<_> = world.transitions().iter().map(|came| came.kind).collect();
    use Kind::*;
    assert_eq!(kinds, [Resolved, Pending, Firing, Escalated, Acknowledged]);
    assert_eq!(world.through_slot(&target), super::world::START_SLOT + 3);
}

#[test]
fn an_act_needs_an_alert_that_fired_and_an_expiry_ahead() {
    let (world, target) = firing();
    let now_s = world.now_s();
    for until_s in [0, now_s, now_s + 30 * 86_400 + 1] {
        refused_with(
            acknowledge!(world, world.owner, target, 1, until_s),
            AlertingError::ExpiryInvalid,
        );
    }
    let elsewhere = RuleTarget { stream: world.stream("claim"), ..target.clone() };
    refused_with(
        acknowledge!(world, world.owner, elsewhere, 1, now_s + 60),
        AlertingError::AlertUnknown,
    );
    let nobodys = RuleTarget { rule: BytesN::from_array(&world.e, &[9; 32]), ..target };
    refused_with(
        acknowledge!(world, world.owner, nobodys, 1, now_s + 60),
        AlertingError::RuleUnknown,
    );
}

#[test]
fn an_admin_transfer_leaves_the_episode_alone() {
    use lumenscope_interfaces::governance::Governance as _;
    let (world, target) = firing();
    let before = world.alerting().alert(&target);
    let new_admin = Address::generate(&world.e);
    let client = crate::AlertingContractClient::new(&world.e, &world.alerting);
    use soroban_sdk::IntoVal as _;
    let until = 60_010_000u32;
    let args = (new_admin.clone(), until).into_val(&world.e);
    world.authorise(&world.admin, &world.alerting, "transfer_admin", args);
    client.transfer_admin(&new_admin, &until);
    world.authorise(&new_admin, &world.alerting, "accept_admin", soroban_sdk::vec![&world.e]);
    client.accept_admin();
    world.e.as_contract(&world.alerting, || {
        assert_eq!(crate::AlertingContract::admin(&world.e), new_admin);
    });
    assert_eq!(world.alerting().alert(&target), before);
    refused_with(
        acknowledge!(world, world.admin, target, 1, world.now_s() + 60),
        AlertingError::NotTheRuleOwner,
    );
    done(acknowledge!(world, new_admin, target, 1, world.now_s() + 60));
}
