//! What becomes of what a contract records.

extern crate std;

use std::panic::AssertUnwindSafe;

use lumenscope_interfaces::performance_monitor::MonitorError;
use soroban_sdk::testutils::Address as _;
use soroban_sdk::{Address, Env, String, Symbol, contract, contractimpl};

use super::world::{Broken, Host, HostClient, World};

/// A monitor that burns whatever budget there is.
#[contract]
struct Spinning;

#[contractimpl]
impl Spinning {
    pub fn record_metric(
        e: Env,
        _contract_address: Address,
        _metric: Symbol,
        _value: i128,
        _unit: Symbol,
        _function: Symbol,
        _metadata: Option<String>,
    ) -> u64 {
        loop {
            let _ = e.crypto().sha256(&soroban_sdk::Bytes::from_array(&e, &[7; 4_096]));
        }
    }
}

fn refused(error: MonitorError) -> i64 {
    -(error as i64)
}

#[test]
fn what_a_contract_records_arrives() {
    let world = World::new();
    assert_eq!(world.pay("pay", "stroops"), 1);
    assert_eq!(world.host().pay_and_wait(), 2);
    assert_eq!(world.host().count_and_gauge(), 4);
    let sums = ["premium", "waited", "calls", "reserve"].map(|name| world.recorded(name, None));
    assert_eq!(sums, [14, 60, 1, 1_000]);
    assert_eq!(world.host().work_of(&String::from_str(&world.e, "worker_1")), 1);
    assert_eq!(world.recorded("premium", Some("worker_1")), 7);
    assert_eq!(world.recorded("premium", None), 14);
}

#[test]
fn a_subject_that_the_caller_names_has_its_stream_or_none() {
    let world = World::new();
    assert_eq!(world.host().work_named(&Symbol::new(&world.e, "worker_1")), 1);
    assert_eq!(world.recorded("premium", Some("worker_1")), 7);
    let unknown = world.host().work_named(&Symbol::new(&world.e, "worker_2"));
    assert_eq!(unknown, refused(MonitorError::StreamUnknown));
    assert_eq!(world.recorded("premium", None), 0);
}

#[test]
fn without_a_link_or_switched_off_nothing_is_called() {
    let world = World::new();
    world.host().uninstall();
    assert_eq!(world.pay("pay", "stroops"), 0);
    assert!(!world.host().set_enabled(&true));
    world.link(&world.monitor);
    assert_eq!(world.pay("pay", "stroops"), 1);
    assert!(world.host().set_enabled(&false));
    assert_eq!(world.pay("pay", "stroops"), 0);
    assert_eq!((world.host().pay_and_wait(), world.host().guarded()), (0, (0, false)));
    assert!(world.host().set_enabled(&true));
    assert_eq!(world.pay("pay", "stroops"), 2);
}

#[test]
fn a_missing_monitor_is_survived() {
    let world = World::new();
    world.link(&Address::generate(&world.e));
    assert_eq!(world.pay("pay", "stroops"), i64::MIN);
    assert_eq!(world.host().pay_and_wait(), i64::MIN);
}

#[test]
fn a_monitor_that_panics_is_survived() {
    let world = World::new();
    world.link(&world.e.register(Broken, ()));
    assert_eq!(world.pay("pay", "stroops"), i64::MIN);
    // It does not even know this function.
    assert_eq!(world.host().pay_and_wait(), i64::MIN);
}

#[test]
fn a_monitor_that_refuses_is_survived_and_says_why() {
    let world = World::new();
    assert_eq!(world.pay("pay", "seconds"), refused(MonitorError::UnitMismatch));
    assert_eq!(world.pay("claim", "stroops"), refused(MonitorError::StreamUnknown));
    let nobody = world.host().work_of(&String::from_str(&world.e, "worker_2"));
    assert_eq!(nobody, refused(MonitorError::StreamUnknown));
    let unregistered = world.e.register(Host, ());
    let stranger = HostClient::new(&world.e, &unregistered);
    stranger.install(&world.monitor, &None);
    assert_eq!(stranger.pay_and_wait(), refused(MonitorError::ContractUnknown));
}

#[test]
fn a_monitor_that_exhausts_the_budget_takes_the_call_along_until_it_is_switched_off() {
    let world = World::new();
    world.link(&world.e.register(Spinning, ()));
    let pay = |world: &World| {
        world.e.cost_estimate().budget().reset_default();
        let [function, unit] = ["pay", "stroops"].map(|text| String::from_str(&world.e, text));
        world.host().try_pay(&function, &unit)
    };
    // No `try` catches an exhausted budget; outside wasm the host says so by unwinding.
    assert!(std::panic::catch_unwind(AssertUnwindSafe(|| pay(&world))).is_err());
    world.e.cost_estimate().budget().reset_default();
    assert_eq!(world.host().worked(), 0);
    assert!(world.host().set_enabled(&false));
    assert_eq!(pay(&world), Ok(Ok(0)));
    assert_eq!(world.host().worked(), 1);
}

#[test]
fn a_name_that_is_no_symbol_fails_the_call() {
    let world = World::new();
    world.link(&world.monitor);
    let [function, unit] = ["pay", "not a unit"].map(|text| String::from_str(&world.e, text));
    assert!(world.host().try_pay(&function, &unit).is_err());
    assert_eq!(world.host().worked(), 0);
}
