//! What holds between simulation and apply.

mod support;

use lumenscope_localnet::xdr::{ContractDataDurability, LedgerEntryChange, ScVal};
use lumenscope_localnet::{AuthMode, Failure, Unsigned, code_key, instance_key};
use support::{Bench, bytes, symbol};

#[test]
fn a_call_applies_with_what_it_simulated() {
    let mut bench = Bench::new();
    let put = bench.call("put", vec![symbol("key"), ScVal::U32(5)]);
    let outcome = bench.ledger.run(&bench.alice, put).unwrap();
    assert_eq!(outcome.failure(), None, "{:#?}", outcome.diagnostic_events());
    let get = bench.call("get", vec![symbol("key")]);
    let outcome = bench.ledger.run(&bench.alice, get).unwrap();
    assert_eq!(outcome.return_value(), Some(&ScVal::U32(5)));
}

#[test]
fn fee_parts_add_up_to_what_the_account_paid() {
    let mut bench = Bench::new();
    let balance =
        |bench: &Bench| bench.ledger.world().account(&bench.alice).map(|a| a.balance).unwrap();
    let before = balance(&bench);
    let put = bench.call("put", vec![symbol("key"), bytes(100)]);
    let outcome = bench.ledger.run(&bench.alice, put).unwrap();
    let fees = outcome.fees;
    assert_eq!(before - balance(&bench), fees.charged_stroops);
    assert_eq!(
        fees.inclusion_stroops
            + fees.non_refundable_stroops
            + fees.rent_stroops
            + fees.events_stroops,
        fees.charged_stroops
    );
    assert_eq!(outcome.result.fee_charged, fees.charged_stroops);
    assert!(fees.rent_stroops > 0 && fees.refund_stroops > 0, "{fees:?}");
}

#[test]
fn a_key_derived_from_the_time_traps_at_apply() {
    let mut bench = Bench::new();
    let put_now = bench.call("put_now", vec![ScVal::U32(1)]);
    let simulation =
        bench.ledger.simulate(&bench.alice, put_now.clone(), AuthMode::Record).unwrap();
    bench.ledger.advance_time(60);
    let unsigned = Unsigned::simulated(bench.alice.clone(), put_now, &simulation).unwrap();
    let outcome = bench.ledger.apply_unsigned(&unsigned).unwrap();
    assert_eq!(outcome.failure(), Some(Failure::Trapped));
    assert_eq!(outcome.fees.rent_stroops, 0);
    assert_eq!(outcome.changes().count(), 0);
}

#[test]
fn a_value_that_grows_after_simulation_passes_its_written_bytes() {
    let mut bench = Bench::new();
    let small = bench.call("put", vec![symbol("key"), bytes(10)]);
    let large = bench.call("put", vec![symbol("key"), bytes(20)]);
    let simulation = bench.ledger.simulate(&bench.alice, small, AuthMode::Record).unwrap();
    let unsigned = Unsigned::simulated(bench.alice.clone(), large, &simulation).unwrap();
    let outcome = bench.ledger.apply_unsigned(&unsigned).unwrap();
    assert_eq!(outcome.failure(), Some(Failure::ResourceLimitExceeded));
}

#[test]
fn work_beyond_the_declared_instructions_fails_the_call() {
    let mut bench = Bench::new();
    let put = bench.call("put", vec![symbol("key"), bytes(1_000)]);
    let simulation = bench.ledger.simulate(&bench.alice, put.clone(), AuthMode::Record).unwrap();
    let mut unsigned = Unsigned::simulated(bench.alice.clone(), put, &simulation).unwrap();
    unsigned.data.resources.instructions /= 2;
    let outcome = bench.ledger.apply_unsigned(&unsigned).unwrap();
    assert_eq!(outcome.failure(), Some(Failure::ResourceLimitExceeded));
    let usage = outcome.usage.as_ref().unwrap();
    assert!(usage.instructions > u64::from(unsigned.data.resources.instructions));
}

#[test]
fn an_endless_loop_ends_with_its_instructions() {
    let mut bench = Bench::new();
    let emit = bench.call("emit", vec![symbol("topic"), ScVal::U32(1)]);
    let simulation = bench.ledger.simulate(&bench.alice, emit, AuthMode::Record).unwrap();
    let spin = bench.call("spin", vec![]);
    let unsigned = Unsigned::simulated(bench.alice.clone(), spin, &simulation).unwrap();
    let outcome = bench.ledger.apply_unsigned(&unsigned).unwrap();
    // The interpreter stops before it passes the limit, so the network calls it trapped.
    assert_eq!(outcome.failure(), Some(Failure::Trapped));
}

#[test]
fn rent_beyond_the_refundable_fee_fails_the_call() {
    let mut bench = Bench::new();
    let put = bench.call("put", vec![symbol("key"), bytes(1_000)]);
    let simulation = bench.ledger.simulate(&bench.alice, put.clone(), AuthMode::Record).unwrap();
    let mut unsigned = Unsigned::simulated(bench.alice.clone(), put, &simulation).unwrap();
    unsigned.data.resource_fee /= 2;
    let outcome = bench.ledger.apply_unsigned(&unsigned).unwrap();
    assert_eq!(outcome.failure(), Some(Failure::InsufficientRefundableFee));
}

#[test]
fn a_larger_transaction_leaves_less_for_rent() {
    let bench = Bench::new();
    let put = bench.call("emit", vec![symbol("topic"), bytes(100)]);
    let simulation = bench.ledger.simulate(&bench.alice, put.clone(), AuthMode::Record).unwrap();
    let mut unsigned = Unsigned::simulated(bench.alice.clone(), put, &simulation).unwrap();
    let small = bench.ledger.clone().apply_unsigned(&unsigned).unwrap();
    unsigned.size_bytes = Some(900);
    let large = bench.ledger.clone().apply_unsigned(&unsigned).unwrap();
    assert!(large.fees.non_refundable_stroops > small.fees.non_refundable_stroops);
    assert!(large.fees.refund_stroops < small.fees.refund_stroops);
}

#[test]
fn an_expired_temporary_entry_is_absent() {
    let mut bench = Bench::new();
    let put = bench.call("put_temporary", vec![symbol("key"), ScVal::U32(5)]);
    bench.ledger.run(&bench.alice, put.clone()).unwrap();
    let key = bench.key(symbol("key"), ContractDataDurability::Temporary);
    let ttl = bench.ledger.entry(&key).unwrap().ttl.unwrap();
    bench.ledger.skip_ledgers(ttl.live_until_ledger - bench.ledger.sequence()).unwrap();
    let outcome = bench.ledger.run(&bench.alice, put).unwrap();
    assert_eq!(outcome.failure(), None);
    assert!(outcome.changes().any(|change| matches!(change, LedgerEntryChange::Created(_))));
}

#[test]
fn an_archived_entry_fails_calls_simulated_before_and_is_restored_by_those_after() {
    let mut bench = Bench::new();
    let put = bench.call("put", vec![symbol("key"), ScVal::U32(5)]);
    bench.ledger.run(&bench.alice, put.clone()).unwrap();
    let before = bench.ledger.simulate(&bench.alice, put.clone(), AuthMode::Record).unwrap();
    let before = Unsigned::simulated(bench.alice.clone(), put.clone(), &before).unwrap();
    let key = bench.persistent(symbol("key"));
    let ttl = bench.ledger.entry(&key).unwrap().ttl.unwrap();
    bench.ledger.skip_ledgers(ttl.live_until_ledger + 1 - bench.ledger.sequence()).unwrap();
    for archived in [&key, &instance_key(&bench.probe), &code_key(code_hash(&bench))] {
        assert!(!bench.ledger.entry(archived).unwrap().is_live_in(bench.ledger.sequence()));
    }
    let outcome = bench.ledger.apply_unsigned(&before).unwrap();
    assert_eq!(outcome.failure(), Some(Failure::EntryArchived));

    let outcome = bench.ledger.run(&bench.alice, put).unwrap();
    assert_eq!(outcome.failure(), None, "{:#?}", outcome.diagnostic_events());
    let restored = outcome.changes().filter(|c| matches!(c, LedgerEntryChange::Restored(_)));
    assert_eq!(restored.count(), 6, "value, instance and code, each with its time to live");
    let usage = outcome.usage.as_ref().unwrap();
    assert!(usage.disk_read_bytes() > 0);
    assert!(bench.ledger.entry(&key).unwrap().is_live_in(bench.ledger.sequence()));
}

fn code_hash(bench: &Bench) -> [u8; 32] {
    let code = bench.ledger.world().iter().find_map(|(key, _)| match key {
        lumenscope_localnet::xdr::LedgerKey::ContractCode(code) => Some(code.hash.0),
        _ => None,
    });
    code.unwrap()
}

#[test]
fn a_clone_is_another_future() {
    let mut bench = Bench::new();
    let put = bench.call("put", vec![symbol("key"), ScVal::U32(5)]);
    let mut other = bench.ledger.clone();
    bench.ledger.run(&bench.alice, put).unwrap();
    let get = bench.call("get", vec![symbol("key")]);
    assert!(bench.ledger.run(&bench.alice, get.clone()).is_ok());
    assert!(other.run(&bench.alice, get).is_err(), "the other future has no such entry");
}
