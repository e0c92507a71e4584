//! Whatever happens, no stroop is made or lost, and the ledgers form a chain.

mod support;

use lumenscope_localnet::xdr::{Hash, LedgerEntryData, ScVal};
use lumenscope_localnet::{AuthMode, Unsigned};
use proptest::prelude::*;
use support::{Bench, XLM, bytes, symbol};

/// A hundred billion XLM.
const TOTAL_STROOPS: i64 = 100_000_000_000 * XLM;

#[derive(Clone, Debug)]
enum Action {
    Fund(u8, i64),
    Put {
        key: u8,
        length: usize,
    },
    PutTemporary(u8),
    Delete(u8),
    /// Applied with this share of the simulated resource fee, in percent.
    Starved {
        key: u8,
        length: usize,
        percent: i64,
    },
    Fail,
    Advance(u64),
    Skip(u32),
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        (0..4_u8, 1..5_000_i64).prop_map(|(account, xlm)| Action::Fund(account, xlm * XLM)),
        (0..3_u8, 0..400_usize).prop_map(|(key, length)| Action::Put { key, length }),
        (0..3_u8).prop_map(Action::PutTemporary),
        (0..3_u8).prop_map(Action::Delete),
        (0..3_u8, 0..400_usize, 20..120_i64).prop_map(|(key, length, percent)| Action::Starved {
            key,
            length,
            percent
        }),
        Just(Action::Fail),
        (1..100_000_u64).prop_map(Action::Advance),
        prop_oneof![1..50_u32, 17_000..18_000_u32, 2_000_000..2_100_000_u32].prop_map(Action::Skip),
    ]
}

fn name(key: u8) -> ScVal {
    symbol(["a", "b", "c"][usize::from(key)])
}

/// Does it; refusals are as good as successes.
fn run(bench: &mut Bench, action: &Action) {
    let alice = bench.alice.clone();
    let call = match action {
        Action::Fund(account, stroops) => {
            let account = lumenscope_localnet::account_id([*account; 32]);
            let _refused = bench.ledger.fund(&account, *stroops).err();
            return;
        }
        Action::Advance(seconds) => return bench.ledger.advance_time(*seconds),
        Action::Skip(ledgers) => {
            bench.ledger.skip_ledgers(*ledgers).unwrap();
            return;
        }
        Action::Put { key, length } | Action::Starved { key, length, .. } => {
            bench.call("put", vec![name(*key), bytes(*length)])
        }
        Action::PutTemporary(key) => bench.call("put_temporary", vec![name(*key), ScVal::U32(1)]),
        Action::Delete(key) => bench.call("delete", vec![name(*key)]),
        Action::Fail => bench.call("fail", vec![]),
    };
    let Ok(simulation) = bench.ledger.simulate(&alice, call.clone(), AuthMode::Record) else {
        return;
    };
    let mut unsigned = Unsigned::simulated(alice, call, &simulation).unwrap();
    if let Action::Starved { percent, .. } = action {
        unsigned.data.resource_fee = unsigned.data.resource_fee * percent / 100;
    }
    let Ok(outcome) = bench.ledger.apply_unsigned(&unsigned) else { return };
    let fees = outcome.fees;
    let parts = [
        fees.inclusion_stroops,
        fees.non_refundable_stroops,
        fees.rent_stroops,
        fees.events_stroops,
    ];
    assert_eq!(parts.iter().sum::<i64>(), fees.charged_stroops);
    assert_eq!(outcome.result.fee_charged, fees.charged_stroops);
    assert_eq!(
        fees.charged_stroops + fees.refund_stroops,
        unsigned.data.resource_fee + fees.inclusion_stroops
    );
    assert!(fees.refund_stroops >= 0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn stroops_are_conserved_and_ledgers_chained(actions in prop::collection::vec(action(), 1..12)) {
        let mut bench = Bench::new();
        for action in &actions {
            run(&mut bench, action);
            let accounts = bench.ledger.world().iter().map(|(_, stored)| match &stored.entry.data {
                LedgerEntryData::Account(account) => account.balance,
                _ => 0,
            });
            let latest = bench.ledger.history().latest().unwrap();
            prop_assert_eq!(accounts.sum::<i64>() + latest.header.header.fee_pool, TOTAL_STROOPS);
        }
        let ledgers: Vec<_> = bench.ledger.history().from_ledger(0).collect();
        for pair in ledgers.windows(2) {
            prop_assert_eq!(pair[1].sequence, pair[0].sequence + 1);
            prop_assert!(pair[1].close_time_s > pair[0].close_time_s);
            prop_assert_eq!(&pair[1].header.header.previous_ledger_hash, &Hash(pair[0].hash));
        }
    }
}
