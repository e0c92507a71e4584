use lumenscope_interfaces::alerting::{
    AlertingError, GuardOverride, GuardVerdict, RuleSpec, RuleTarget, Severity,
};
use soroban_sdk::Address;
use soroban_sdk::testutils::Address as _;

use super::world::{GuardConfig, START_SLOT, World, done, refused_with, signed};

const CONFIG: GuardConfig = GuardConfig {
    min_severity: Severity::High,
    stale_after_s: 600,
    fail_closed: false,
    trip_max_s: 1_800,
};

fn configure(world: &World, config: GuardConfig) {
    done(world.configure(&world.owner, &world.pool, config));
}

fn verdict(world: &World) -> GuardVerdict {
    world.alerting().guard(&world.pool)
}

#[test]
fn a_contract_without_rules_is_unwatched_and_goes_on() {
    let world = World::new();
    assert_eq!(verdict(&world), GuardVerdict::Unwatched);
    assert!(verdict(&world).allows());
    assert_eq!(world.alerting().guard(&Address::generate(&world.e)), GuardVerdict::Unwatched);
    assert!(!world.alerting().is_firing(&world.pool, &Severity::Info));
}

#[test]
fn the_guard_trips_while_something_severe_enough_fires() {
    let world = World::new();
    let high = world.target(&world.spec());
    let medium = world.target(&RuleSpec { severity: Severity::Medium, ..world.spec() });
    world.step(&high, 0, 50);
    world.evaluate(&[&medium]);
    assert_eq!(verdict(&world), GuardVerdict::Clear);
    world.minute(1, 150);
    world.evaluate(&[&medium]);
    assert_eq!(verdict(&world), GuardVerdict::Clear, "medium is not enough");
    assert!(world.alerting().is_firing(&world.pool, &Severity::Medium));
    assert!(!world.alerting().is_firing(&world.pool, &Severity::High));
    world.evaluate(&[&high]);
    assert_eq!(verdict(&world), GuardVerdict::Tripped);
    assert!(!verdict(&world).allows());
    world.minute(2, 50);
    world.evaluate(&[&high, &medium]);
    assert_eq!(verdict(&world), GuardVerdict::Clear);
}

#[test]
fn a_trip_expires_and_the_next_one_counts_anew() {
    let world = World::new();
    configure(&world, CONFIG);
    let target = world.target(&world.spec());
    world.step(&target, 0, 150);
    assert_eq!(world.alerting().summary(&world.pool).unwrap().tripped_since_s, world.now_s());
    for minute in 1..31 {
        world.step(&target, minute, 150);
        assert_eq!(verdict(&world), GuardVerdict::Tripped, "{minute}");
    }
    world.step(&target, 31, 150);
    assert_eq!(verdict(&world), GuardVerdict::TripExpired);
    assert!(verdict(&world).allows());
    world.step(&target, 32, 50);
    world.step(&target, 33, 150);
    assert_eq!(verdict(&world), GuardVerdict::Tripped);
}

#[test]
fn what_nobody_evaluates_any_more_takes_nothing_from_the_next_trip() {
    let world = World::new();
    configure(&world, CONFIG);
    let [left, kept] = [world.target(&world.spec()), world.target(&world.spec())];
    let since_s = || world.alerting().summary(&world.pool).unwrap().tripped_since_s;
    world.step(&left, 0, 150);
    let first_s = world.now_s();
    // Another that begins while the first is known starts no new trip.
    world.step(&kept, 1, 150);
    assert_eq!(since_s(), first_s);
    for minute in 2..33 {
        world.step(&kept, minute, 50);
    }
    assert_eq!(verdict(&world), GuardVerdict::StaleAllowed);
    // The first is still up, as far as anybody knows, for longer than a trip may last.
    assert!(world.alerting().is_firing(&world.pool, &Severity::High));
    world.step(&kept, 33, 150);
    assert_eq!(since_s(), world.now_s());
    assert_eq!(verdict(&world), GuardVerdict::Tripped);
}

/// Or whoever evaluates now and then, a stranger even, could keep a contract locked.
#[test]
fn an_episode_that_is_evaluated_again_has_no_second_trip() {
    let world = World::new();
    configure(&world, CONFIG);
    let target = world.target(&world.spec());
    world.step(&target, 0, 150);
    let since_s = world.now_s();
    for minute in 1..80 {
        world.minute(minute, 150);
        if minute % 13 == 0 {
            assert_eq!(verdict(&world), GuardVerdict::StaleAllowed, "{minute}");
            world.evaluate(&[&target]);
            let expected =
                if minute > 30 { GuardVerdict::TripExpired } else { GuardVerdict::Tripped };
            assert_eq!(verdict(&world), expected, "{minute}");
        }
        assert_eq!(world.alerting().summary(&world.pool).unwrap().tripped_since_s, since_s);
    }
}

#[test]
fn a_stale_summary_allows_or_refuses_as_the_owner_chose() {
    let world = World::new();
    configure(&world, CONFIG);
    let target = world.target(&world.spec());
    world.step(&target, 0, 150);
    assert_eq!(verdict(&world), GuardVerdict::Tripped);
    world.at(60 + 600);
    assert_eq!(verdict(&world), GuardVerdict::Tripped);
    world.at(60 + 601);
    assert_eq!(verdict(&world), GuardVerdict::StaleAllowed, "a dead keeper locks nothing");
    configure(&world, GuardConfig { fail_closed: true, ..CONFIG });
    assert_eq!(verdict(&world), GuardVerdict::StaleRefused);
    world.evaluate(&[&target]);
    assert_eq!(verdict(&world), GuardVerdict::Tripped);
}

#[test]
fn a_guard_that_fails_closed_refuses_while_nothing_was_ever_evaluated() {
    let world = World::new();
    configure(&world, GuardConfig { fail_closed: true, ..CONFIG });
    assert_eq!(verdict(&world), GuardVerdict::StaleRefused);
}

#[test]
fn evaluating_one_alert_does_not_make_up_for_another() {
    let world = World::new();
    configure(&world, CONFIG);
    let (kept, forgotten) = (world.target(&world.spec()), world.target(&world.spec()));
    world.minute(0, 50);
    world.evaluate(&[&kept, &forgotten]);
    for minute in 1..12 {
        world.step(&kept, minute, 50);
    }
    assert_eq!(world.through_slot(&forgotten), START_SLOT);
    assert!(world.through_slot(&kept) > START_SLOT);
    assert_eq!(verdict(&world), GuardVerdict::StaleAllowed);
    world.evaluate(&[&forgotten]);
    world.evaluate(&[&kept]);
    assert_eq!(verdict(&world), GuardVerdict::Clear);
}

#[test]
fn heartbeats_at_half_the_bound_keep_the_guard_fresh() {
    let world = World::new();
    configure(&world, GuardConfig { stale_after_s: 300, ..CONFIG });
    let target = world.target(&world.spec());
    let mut written = 0;
    for minute in 0..60 {
        written += usize::from(world.step(&target, minute, 50).heartbeat);
        assert_eq!(verdict(&world), GuardVerdict::Clear, "{minute}");
    }
    assert_eq!(written, 30, "every second minute");
}

#[test]
fn the_owner_overrides_whatever_fires_for_a_while() {
    let world = World::new();
    configure(&world, CONFIG);
    let target = world.target(&world.spec());
    world.step(&target, 0, 150);
    let (owner, pool) = (&world.owner, &world.pool);
    let force = |forced: GuardOverride, until_s: u64| {
        let name = owner;
        signed!(
            world,
            name,
            alerting,
            override_guard,
            try_override_guard(owner, pool, forced, until_s)
        )
    };
    let until_s = world.now_s() + 120;
    done(force(GuardOverride::Open, until_s));
    assert_eq!(verdict(&world), GuardVerdict::OverriddenOpen);
    world.at(90 + 120);
    assert_eq!(verdict(&world), GuardVerdict::Tripped, "it ends by itself");
    done(force(GuardOverride::Closed, world.now_s() + 120));
    assert_eq!(verdict(&world), GuardVerdict::OverriddenClosed);
    assert!(!verdict(&world).allows());
    done(force(GuardOverride::None, 0));
    assert_eq!(verdict(&world), GuardVerdict::Tripped);
    let now_s = world.now_s();
    for until_s in [0, now_s, now_s + 30 * 86_400 + 1] {
        refused_with(force(GuardOverride::Open, until_s), AlertingError::ExpiryInvalid);
    }
}

#[test]
fn only_the_contracts_owner_and_the_admin_decide_about_its_guard() {
    let world = World::new();
    let (stranger, admin, pool) = (&world.stranger, &world.admin, &world.pool);
    refused_with(world.configure(stranger, pool, CONFIG), AlertingError::NotTheRuleOwner);
    let (open, until_s) = (GuardOverride::Open, world.now_s() + 60);
    refused_with(
        signed!(
            world,
            stranger,
            alerting,
            override_guard,
            try_override_guard(stranger, pool, open, until_s)
        ),
        AlertingError::NotTheRuleOwner,
    );
    let unknown = Address::generate(&world.e);
    refused_with(world.configure(stranger, &unknown, CONFIG), AlertingError::ContractUnmonitored);
    done(world.configure(admin, pool, CONFIG));
    assert_eq!(world.changes("guard").len(), 1);
    assert_eq!(GuardConfig::of(&world.alerting().summary(pool).unwrap()), CONFIG);
}

#[test]
fn a_guard_out_of_bounds_is_refused() {
    let world = World::new();
    let (owner, pool) = (&world.owner, &world.pool);
    for config in [
        GuardConfig { stale_after_s: 299, ..CONFIG },
        GuardConfig { stale_after_s: 604_801, ..CONFIG },
        GuardConfig { trip_max_s: 59, ..CONFIG },
        GuardConfig { trip_max_s: 2_592_001, ..CONFIG },
    ] {
        refused_with(world.configure(owner, pool, config), AlertingError::GuardInvalid);
    }
}

#[test]
fn a_lower_bar_trips_the_guard_at_once_for_what_fires_already() {
    let world = World::new();
    let target = world.target(&RuleSpec { severity: Severity::Low, ..world.spec() });
    world.step(&target, 0, 150);
    assert_eq!(verdict(&world), GuardVerdict::Clear);
    configure(&world, GuardConfig { min_severity: Severity::Low, ..CONFIG });
    assert_eq!(verdict(&world), GuardVerdict::Tripped);
}

#[test]
fn active_alerts_come_in_pages() {
    let world = World::new();
    let targets: std::vec::Vec<RuleTarget> = (0..5).map(|_| world.target(&world.spec())).collect();
    let calm = world.target(&RuleSpec { threshold: 1_000, ..world.spec() });
    world.minute(0, 150);
    let mut refs: std::vec::Vec<_> = targets.iter().collect();
    refs.insert(2, &calm);
    world.evaluate(&refs);
    let mut seen = std::vec::Vec::new();
    loop {
        let page = world.alerting().active_alerts(&world.pool, &(seen.len() as u32), &2);
        seen.extend(page.iter().map(|alert| alert.target));
        match page.len() {
            2 => {}
            last => break assert_eq!(last, 1),
        }
    }
    let mut expected = targets.clone();
    expected.sort_by_key(|target| world.fingerprint(target).to_array());
    assert_eq!(seen, expected);
    assert!(world.alerting().active_alerts(&world.pool, &5, &2).is_empty());
    let first = world.alert(&seen[0]);
    assert_eq!((first.since, first.value, first.episode), (START_SLOT, 150, 1));
}
