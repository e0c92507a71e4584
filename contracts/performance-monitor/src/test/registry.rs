use lumenscope_interfaces::governance::GovernanceError;
use lumenscope_interfaces::performance_monitor::{MonitorError, MonitoredContract, ReporterRole};
use soroban_sdk::testutils::{Address as _, Events as _};
use soroban_sdk::{Address, Error, Event, Map};

use super::world::{Host, World, error, unauthorised};
use crate::events::ContractChanged;

#[test]
fn the_admin_registers_a_contract_for_its_owner() {
    let world = World::bare();
    let World { e, admin, host, owner, .. } = &world;
    world.by(admin, "register", (admin.clone(), host.clone(), owner.clone()));
    world.client().register(admin, host, owner);
    let told = ContractChanged {
        contract: host.clone(),
        change: world.symbol("owner"),
        caller: admin.clone(),
        whom: owner.clone(),
    };
    assert_eq!(e.events().all().events(), [told.to_xdr(e, &world.monitor)]);
    assert_eq!(
        world.client().monitored_contract(host),
        Some(MonitoredContract {
            owner: owner.clone(),
            recorder: host.clone(),
            reporters: Map::new(e),
            next: 1,
            streams: 0,
        })
    );
}

#[test]
fn a_contract_registers_itself_and_nobody_else_does_it_for_it() {
    let world = World::bare();
    let World { host, owner, stranger, .. } = &world;
    world.by(host, "register", (host.clone(), host.clone(), owner.clone()));
    world.client().register(host, host, owner);
    let again = world.refused(|| {
        world.by(host, "register", (host.clone(), host.clone(), owner.clone()));
        world.client().try_register(host, host, owner)
    });
    assert_eq!(again, error(MonitorError::Twice));

    let other = world.e.register(Host, ());
    let not_allowed = world.refused(|| {
        world.by(&world.admin, "register", (stranger.clone(), other.clone(), owner.clone()));
        world.client().try_register(stranger, &other, owner)
    });
    assert_eq!(not_allowed, error(MonitorError::NotAllowed));
    let unsigned = world.refused(|| {
        world.by(stranger, "register", (stranger.clone(), other.clone(), owner.clone()));
        world.client().try_register(stranger, &other, owner)
    });
    assert_eq!(unsigned, unauthorised());
}

#[test]
fn only_the_owner_chooses_recorder_and_reporters() {
    let world = World::new();
    let World { e, host, owner, stranger, .. } = &world;
    let refused = world.refused(|| {
        world.by(
            stranger,
            "set_reporter",
            (host.clone(), stranger.clone(), ReporterRole::Recorder),
        );
        world.client().try_set_reporter(host, stranger, &ReporterRole::Recorder)
    });
    assert_eq!(refused, unauthorised());
    world.by(owner, "set_reporter", (host.clone(), stranger.clone(), ReporterRole::Recorder));
    world.client().set_reporter(host, stranger, &ReporterRole::Recorder);
    let told = ContractChanged {
        contract: host.clone(),
        change: world.symbol("recorder"),
        caller: owner.clone(),
        whom: stranger.clone(),
    };
    assert_eq!(e.events().all().events(), [told.to_xdr(e, &world.monitor)]);
    let refused = world.refused(|| {
        world.by(stranger, "set_reporter", (host.clone(), stranger.clone(), ReporterRole::Primary));
        world.client().try_set_reporter(host, stranger, &ReporterRole::Primary)
    });
    assert_eq!(refused, unauthorised());
    let unknown = world.refused(|| {
        world.by(
            owner,
            "set_reporter",
            (stranger.clone(), stranger.clone(), ReporterRole::Recorder),
        );
        world.client().try_set_reporter(stranger, stranger, &ReporterRole::Recorder)
    });
    assert_eq!(unknown, error(MonitorError::ContractUnknown));
}

#[test]
fn there_is_one_primary_reporter_and_at_most_three_witnesses() {
    let world = World::new();
    let World { e, host, owner, .. } = &world;
    let people: [Address; 5] = [(); 5].map(|()| Address::generate(e));
    world.set_reporter(&people[0], ReporterRole::Primary);
    let told = ContractChanged {
        contract: host.clone(),
        change: world.symbol("primary"),
        caller: owner.clone(),
        whom: people[0].clone(),
    };
    assert_eq!(e.events().all().events(), [told.to_xdr(e, &world.monitor)]);
    for witness in &people[1..4] {
        world.set_reporter(witness, ReporterRole::Witness);
    }
    let many = world.refused(|| {
        let args = (host.clone(), people[4].clone(), ReporterRole::Witness);
        world.by(owner, "set_reporter", args);
        world.client().try_set_reporter(host, &people[4], &ReporterRole::Witness)
    });
    assert_eq!(many, error(MonitorError::TooMany));
    // Once more changes nothing: its numbers go on.
    let before = world.stored();
    world.set_reporter(&people[2], ReporterRole::Witness);
    assert_eq!(world.stored(), before);
    assert!(e.events().all().events().is_empty());
    world.set_reporter(&people[2], ReporterRole::Primary);
    let seat = |person: &Address| {
        let reporters = world.client().monitored_contract(host).unwrap().reporters;
        reporters.get(person.clone()).map(|number| number & 3)
    };
    let seats = || people.each_ref().map(seat);
    assert_eq!(seats(), [None, Some(1), Some(0), Some(3), None]);
    world.set_reporter(&people[4], ReporterRole::Witness);
    assert_eq!(seats(), [None, Some(1), Some(0), Some(3), Some(2)]);

    world.set_reporter(&people[2], ReporterRole::None);
    assert_eq!(seats(), [None, Some(1), None, Some(3), Some(2)]);
    let unknown = world.refused(|| {
        let args = (host.clone(), people[2].clone(), ReporterRole::None);
        world.by(owner, "set_reporter", args);
        world.client().try_set_reporter(host, &people[2], &ReporterRole::None)
    });
    assert_eq!(unknown, error(MonitorError::ReporterUnknown));
}

#[test]
fn a_pause_stops_what_owners_set_up_and_neither_recording_nor_taking_rights_away() {
    let world = World::new();
    let World { host, owner, stranger, .. } = &world;
    world.by(&world.admin, "pause", ());
    crate::PerformanceMonitorContractClient::new(&world.e, &world.monitor).pause();
    let paused = Error::from_contract_error(GovernanceError::Paused as u32);
    let spec = world.plain();
    let refused = world.refused(|| {
        world.by(owner, "open_stream", (world.stream("claim"), spec.clone()));
        world.client().try_open_stream(&world.stream("claim"), &spec)
    });
    assert_eq!(refused, paused);
    let refused = world.refused(|| {
        world.by(owner, "set_reporter", (host.clone(), stranger.clone(), ReporterRole::Recorder));
        world.client().try_set_reporter(host, stranger, &ReporterRole::Recorder)
    });
    assert_eq!(refused, paused);
    assert_eq!(world.pay(5), 1);
    world.set_reporter(&world.reporter, ReporterRole::None);
}

#[test]
fn only_the_admin_says_where_history_is_kept() {
    let world = World::new();
    let refused = world.refused(|| {
        world.by(&world.owner, "set_analytics", (world.stranger.clone(),));
        world.client().try_set_analytics(&world.stranger)
    });
    assert_eq!(refused, unauthorised());
    assert_eq!(world.client().analytics(), Some(world.history.clone()));
    assert_eq!(World::bare().client().analytics(), None);
}
