//! The sum over functions equals the sum over transactions, to the stroop.

mod common;

use std::collections::BTreeSet;

use common::{FIRST, PASSPHRASE};
use lumenscope_meta::testing::{Chain, Invocation, SubCall, contract};
use lumenscope_meta::{Network, decode_ledger};
use lumenscope_observer::{
    FunctionNames, ObservedLedger, Row, Summary, Totals, WatchList, measure,
};
use proptest::prelude::*;

const FUNCTIONS: [&str; 4] = ["deposit", "withdraw", "claim", "price"];

fn sub_call() -> impl Strategy<Value = SubCall> {
    (1_u8..5, 0..FUNCTIONS.len(), prop::option::of(0_u32..4)).prop_map(
        |(contract, function, error)| SubCall {
            contract: [contract; 32],
            function: FUNCTIONS[function].to_owned(),
            error,
        },
    )
}

prop_compose! {
    fn invocation()(
        (source, contract) in (1_u8..4, 1_u8..5),
        function in 0..FUNCTIONS.len(),
        error in prop::option::weighted(0.2, 0_u32..4),
        sub_calls in prop::collection::vec(sub_call(), 0..4),
        instructions in 0_u32..100_000_000,
        fees in (0_i64..1_000_000, 0_i64..100_000, 0_i64..1_000_000),
        (diagnostics, fee_parts) in (prop::bool::weighted(0.8), prop::bool::weighted(0.8)),
    ) -> Invocation {
        // A contract is on the stack once.
        let sub_calls = sub_calls.into_iter().filter(|call| call.contract != [contract; 32]);
        Invocation {
            source,
            contract: [contract; 32],
            function: FUNCTIONS[function].to_owned(),
            error,
            sub_calls: sub_calls.collect(),
            instructions,
            non_refundable_stroops: fees.0,
            refundable_stroops: fees.1,
            rent_stroops: fees.2,
            overcharged_stroops: 0,
            diagnostics,
            fee_parts,
        }
    }
}

fn ledgers() -> impl Strategy<Value = Vec<ObservedLedger>> {
    prop::collection::vec(prop::collection::vec(invocation(), 0..6), 1..5).prop_map(|ledgers| {
        let mut chain = Chain::new(PASSPHRASE, FIRST, 0);
        let network = Network::new(PASSPHRASE);
        ledgers
            .iter()
            .map(|invocations| {
                let ledger = chain.close(invocations);
                decode_ledger(&ledger.meta, &network).expect("decodes").into()
            })
            .collect()
    })
}

fn rows(ledgers: &[ObservedLedger], watch: &WatchList) -> Vec<Row> {
    let mut names = FunctionNames::default();
    ledgers.iter().flat_map(|ledger| measure(ledger, watch, &mut names).rows).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn the_sum_over_functions_is_the_sum_over_transactions(ledgers in ledgers()) {
        let totals = Summary::of(&rows(&ledgers, &WatchList::network())).totals();
        let transactions: Vec<_> =
            ledgers.iter().flat_map(|ledger| &ledger.transactions).collect();
        let charged: i128 = transactions
            .iter()
            .map(|tx| i128::from(tx.fees.exact().expect("exact").charged_stroops))
            .sum();
        let instructions: u128 = transactions
            .iter()
            .map(|tx| u128::from(tx.soroban.as_ref().expect("soroban").usage().instructions))
            .sum();
        prop_assert_eq!(totals.calls, transactions.len() as u64);
        prop_assert_eq!(totals.charged_stroops, charged);
        prop_assert_eq!(totals.instructions, instructions);
        prop_assert_eq!(
            totals.inclusion_stroops
                + totals.non_refundable_stroops
                + totals.refundable_stroops
                + totals.rent_stroops
                + totals.unattributed_stroops,
            charged
        );
        let failed = transactions.iter().filter(|tx| !tx.succeeded).count();
        prop_assert_eq!(totals.failed, failed as u64);
    }

    #[test]
    fn watching_each_contract_apart_adds_up_to_watching_all(ledgers in ledgers()) {
        let all = rows(&ledgers, &WatchList::network());
        let contracts: BTreeSet<_> = all.iter().filter_map(|row| row.contract.clone()).collect();
        let mut apart = Totals::default();
        let mut apart_rows = Vec::new();
        for contract in contracts {
            let watch = WatchList::contracts([contract]).expect("one contract");
            let rows = rows(&ledgers, &watch);
            apart.merge(&Summary::of(&rows).totals());
            apart_rows.extend(rows);
        }
        apart_rows.sort_by(|a, b| a.key.cmp(&b.key));
        prop_assert_eq!(apart, Summary::of(&all).totals());
        prop_assert_eq!(apart_rows, all);
    }
}

#[test]
fn a_sub_call_takes_nothing_from_its_root() {
    let call = Invocation {
        sub_calls: vec![SubCall { contract: [2; 32], function: "price".to_owned(), error: None }],
        ..Invocation::default()
    };
    let ledger = Chain::new(PASSPHRASE, FIRST, 0).close(&[call]);
    let ledger = decode_ledger(&ledger.meta, &Network::new(PASSPHRASE)).expect("decodes").into();
    let callee = WatchList::contracts([contract([2; 32])]).expect("one contract");
    let rows = rows(&[ledger], &callee);
    let summary = Summary::of(&rows);
    let price = summary.functions().next().expect("called");
    assert_eq!((price.sub_calls, price.root.calls), (1, 0));
    assert_eq!(price.root.charged_stroops, 0);
    let json = serde_json::to_value(&rows[0]).expect("JSON");
    assert_eq!(json["cost"], "not_measurable");
}
