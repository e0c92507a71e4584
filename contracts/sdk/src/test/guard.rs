//! The guard, as a contract asks it.

use lumenscope_interfaces::alerting::GuardVerdict;
use soroban_sdk::testutils::Address as _;
use soroban_sdk::{Address, Env, contract, contractimpl, symbol_short};

use super::world::{Broken, World};

/// Alerting, with the verdict it was told to give.
#[contract]
struct Alerts;

#[contractimpl]
impl Alerts {
    pub fn say(e: Env, verdict: GuardVerdict) {
        e.storage().instance().set(&symbol_short!("verdict"), &verdict);
    }

    pub fn guard(e: Env, _contract: Address) -> GuardVerdict {
        e.storage().instance().get(&symbol_short!("verdict")).unwrap_or(GuardVerdict::Unwatched)
    }
}

#[test]
fn the_guard_passes_on_what_alerting_says_and_stops_where_it_does_not_answer() {
    let world = World::new();
    assert_eq!(world.host().guarded(), (0, false));
    let alerts = world.e.register(Alerts, ());
    world.host().install(&world.monitor, &Some(alerts.clone()));
    let say = AlertsClient::new(&world.e, &alerts);
    assert_eq!(world.host().guarded(), (1, false));
    for verdict in [GuardVerdict::Tripped, GuardVerdict::StaleRefused] {
        say.say(&verdict);
        assert_eq!(world.host().guarded(), (2, true));
    }
    for verdict in [GuardVerdict::Clear, GuardVerdict::TripExpired, GuardVerdict::OverriddenOpen] {
        say.say(&verdict);
        assert_eq!(world.host().guarded(), (1, false));
    }
    for alerting in [Address::generate(&world.e), world.e.register(Broken, ())] {
        world.host().install(&world.monitor, &Some(alerting));
        assert_eq!(world.host().guarded(), (3, true));
        world.host().set_enabled(&false);
        assert_eq!(world.host().guarded(), (0, false), "the way out");
        world.host().set_enabled(&true);
    }
}
