use lumenscope_interfaces::governance::GovernanceError;
use lumenscope_interfaces::performance_monitor::{MonitorError, MonitoredContract, ReporterRole};
use soroban_sdk::testutils::{Address as _, Events as _, MockAuth, MockAuthInvoke};
use soroban_sdk::{Address, Error, Event, IntoVal as _, Map};

use super::world::{HOUR_S, Host, START_HOUR, World, error, unauthorised};
use crate::events::ContractChanged;

#[test]
fn the_admin_registers_a_contract_for_its_owner() {
    let world = World::bare();
    let World { e, admin, host, owner, .. } = &world;
    world.by(admin, "register", (admin.clone(), host.clone(), owner.clone()));
    world.client().register(admin, host, &Some(owner.clone()));
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
            owner: Some(owner.clone()),
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
    world.client().register(host, host, &Some(owner.clone()));
    let again = world.refused(|| {
        world.by(host, "register", (host.clone(), host.clone(), owner.clone()));
        world.client().try_register(host, host, &Some(owner.clone()))
    });
    assert_eq!(again, error(MonitorError::Twice));

    let other = world.e.register(Host, ());
    let not_allowed = world.refused(|| {
        world.by(&world.admin, "register", (stranger.clone(), other.clone(), owner.clone()));
        world.client().try_register(stranger, &other, &Some(owner.clone()))
    });
    assert_eq!(not_allowed, error(MonitorError::NotAllowed));
    let unsigned = world.refused(|| {
        world.by(stranger, "register", (stranger.clone(), other.clone(), owner.clone()));
        world.client().try_register(stranger, &other, &Some(owner.clone()))
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

impl World {
    /// `register` with the authorisations of all of these.
    fn hand(
        &self,
        signers: &[&Address],
        caller: &Address,
        owner: Option<&Address>,
    ) -> Result<(), Error> {
        let args = (caller.clone(), self.host.clone(), owner.cloned());
        let args: soroban_sdk::Vec<soroban_sdk::Val> = args.into_val(&self.e);
        let invoke =
            MockAuthInvoke { contract: &self.monitor, fn_name: "register", args, sub_invokes: &[] };
        let auths: std::vec::Vec<_> =
            signers.iter().map(|address| MockAuth { address, invoke: &invoke }).collect();
        self.e.mock_auths(&auths);
        match self.client().try_register(caller, &self.host, &owner.cloned()) {
            Ok(answer) => answer.map_err(|_| unreachable!("it answers nothing")),
            Err(refused) => Err(refused.unwrap()),
        }
    }

    fn told(&self, change: &str, caller: &Address, whom: &Address) -> ContractChanged {
        let (contract, change) = (self.host.clone(), self.symbol(change));
        ContractChanged { contract, change, caller: caller.clone(), whom: whom.clone() }
    }
}

#[test]
fn an_owner_hands_a_contract_to_another_who_agrees() {
    let world = World::new();
    let World { e, host, owner, stranger: heir, .. } = &world;
    world.pay(100);
    let before = world.stored();
    assert_eq!(world.hand(&[owner], owner, Some(heir)), Err(unauthorised()), "the heir did not");
    assert_eq!(world.hand(&[heir], heir, Some(heir)), Err(error(MonitorError::Twice)));
    assert_eq!(world.hand(&[heir], owner, Some(heir)), Err(unauthorised()));
    let admin = &world.admin;
    assert_eq!(world.hand(&[admin, heir], admin, Some(heir)), Err(error(MonitorError::Twice)));
    assert_eq!(world.stored(), before);

    assert_eq!(world.hand(&[owner, heir], owner, Some(heir)), Ok(()));
    let told = world.told("owner", owner, heir).to_xdr(e, &world.monitor);
    assert_eq!(e.events().all().events(), [told]);
    let handed = world.client().monitored_contract(host).unwrap();
    assert_eq!((handed.owner, handed.streams), (Some(heir.clone()), 1));
    assert_eq!(handed.reporters.len(), 1, "who reports is the new owner's to change");
    world.pay(50);
    let refused = world.refused(|| {
        world.by(owner, "open_stream", (world.stream("claim"), world.plain()));
        world.client().try_open_stream(&world.stream("claim"), &world.plain())
    });
    assert_eq!(refused, unauthorised());
    world.by(heir, "open_stream", (world.stream("claim"), world.plain()));
    world.client().open_stream(&world.stream("claim"), &world.plain());
    assert_eq!(world.totals(&world.stream("pay"), &world.symbol("premium")).sum, 150);
}

#[test]
fn a_contract_that_is_let_go_keeps_its_history_and_can_come_back() {
    let world = World::new();
    let World { e, host, owner, stranger, .. } = &world;
    world.pay(100);
    assert_eq!(world.hand(&[stranger], stranger, None), Err(error(MonitorError::Twice)));
    assert_eq!(world.hand(&[owner], owner, None), Ok(()));
    let told = world.told("gone", owner, owner).to_xdr(e, &world.monitor);
    assert_eq!(e.events().all().events(), [told]);
    let unknown = error(MonitorError::ContractUnknown);
    assert_eq!(world.record_refused("premium", "stroops", "pay", None), unknown);
    assert_eq!(world.hand(&[owner], owner, Some(owner)), Err(unauthorised()), "it is nobody's");
    let admin = &world.admin;
    assert_eq!(world.hand(&[admin], admin, None), Err(unknown));
    let reopened = world.refused(|| {
        world.by(owner, "open_stream", (world.stream("pay"), world.plain()));
        world.client().try_open_stream(&world.stream("pay"), &world.plain())
    });
    assert_eq!(reopened, unknown);

    // What was recorded is there, and its hours still move.
    assert_eq!(world.totals(&world.stream("pay"), &world.symbol("premium")).sum, 100);
    world.advance(2 * HOUR_S);
    let streams = soroban_sdk::vec![e, world.stream("pay")];
    world.by(stranger, "flush", (stranger.clone(), streams.clone(), START_HOUR));
    assert_eq!(world.client().flush(stranger, &streams, &START_HOUR), 1);

    let before = world.client().monitored_contract(host).unwrap();
    assert_eq!((before.owner, before.next, before.streams), (None, 2, 1));
    assert_eq!(world.hand(&[admin], admin, Some(stranger)), Ok(()));
    let back = world.client().monitored_contract(host).unwrap();
    assert_eq!((back.owner, back.next, back.streams), (Some(stranger.clone()), 2, 1));
    assert_eq!(back.reporters.len(), 0, "the former owner chose them");
    assert_eq!(world.pay(50), 2);
}
