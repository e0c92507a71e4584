//! Ledgers made here: what every checkout can test.

use lumenscope_meta::testing::{Chain, Invocation, SubCall, closed_in_milliseconds, contract};
use lumenscope_meta::{
    CallError, CallOutcome, FeeAccount, FeeMismatch, Fidelity, Ledger, MetaError, Network,
    Transaction, TransactionXdr, Visibility, decode_batch, decode_framed, decode_ledger,
    decode_transaction,
};
use proptest::prelude::*;

const PASSPHRASE: &str = "Standalone Network ; February 2017";
const FIRST: u32 = 60_000_000;

fn decode(invocations: &[Invocation]) -> Ledger {
    let ledger = Chain::new(PASSPHRASE, FIRST, 0).close(invocations);
    decode_ledger(&ledger.meta, &Network::new(PASSPHRASE)).expect("decodes")
}

fn only(invocation: Invocation) -> Transaction {
    decode(&[invocation]).transactions.remove(0)
}

#[test]
fn a_ledger_names_itself_its_predecessor_and_its_time() {
    let mut chain = Chain::new(PASSPHRASE, FIRST, 7);
    let network = Network::new(PASSPHRASE);
    let first = decode_ledger(&chain.close(&[]).meta, &network).expect("decodes");
    let second = decode_ledger(&chain.close(&[]).meta, &network).expect("decodes");
    assert_eq!(first.header.sequence, FIRST);
    assert_eq!(second.header.previous_hash, first.header.hash);
    assert_eq!(first.header.closed_at_ms, 1_800_000_000_000);
    assert_eq!(first.header.protocol, 28);
}

#[test]
fn a_header_of_protocol_30_closes_on_the_millisecond() {
    let ledger = Chain::new(PASSPHRASE, FIRST, 0).close(&[]);
    let bytes = closed_in_milliseconds(&ledger, 1_800_000_000_250);
    let decoded = decode_ledger(&bytes, &Network::new(PASSPHRASE)).expect("decodes");
    assert_eq!(decoded.header.closed_at_ms, 1_800_000_000_250);
    assert_eq!(decoded.header.protocol, 30);
}

#[test]
fn an_invocation_has_its_call_its_resources_and_its_fee_parts() {
    let transaction = only(Invocation::default());
    assert!(transaction.succeeded);
    let fees = *transaction.fees.exact().expect("exact");
    assert_eq!(fees.charged_stroops, 100 + 20_000 + 300 + 700);
    let soroban = transaction.soroban.expect("soroban");
    assert_eq!(soroban.usage().fidelity, Fidelity::Measured);
    assert_eq!(soroban.usage().instructions, 1_000_000);
    assert_eq!(soroban.calls.calls.len(), 1);
    assert_eq!(soroban.calls.calls[0].contract, Some(contract([1; 32])));
    assert_eq!(soroban.calls.calls[0].function, "deposit");
}

#[test]
fn a_failed_invocation_has_the_contracts_error_code() {
    let transaction = only(Invocation { error: Some(3_007), ..Invocation::default() });
    assert!(!transaction.succeeded);
    assert_eq!(transaction.operations[0].result, Some("Trapped"));
    let root = &transaction.soroban.expect("soroban").calls.calls[0];
    assert_eq!(root.outcome, CallOutcome::Failed(CallError::Contract { code: 3_007 }));
    assert_eq!(transaction.fees.exact().expect("exact").charged_stroops, 20_100);
}

#[test]
fn a_node_without_diagnostics_gives_declared_resources_and_the_root_call_only() {
    let sub_call = SubCall { contract: [2; 32], function: "f".to_owned(), error: None };
    let transaction =
        only(Invocation { diagnostics: false, sub_calls: vec![sub_call], ..Invocation::default() });
    let soroban = transaction.soroban.expect("soroban");
    assert_eq!(soroban.usage().fidelity, Fidelity::Declared);
    assert_eq!(soroban.usage().instructions, 1_100_000);
    assert_eq!(soroban.usage().memory_bytes, None);
    assert_eq!(soroban.calls.visibility, Visibility::RootOnly);
    assert_eq!(soroban.calls.calls.len(), 1);
}

#[test]
fn a_fee_that_contradicts_itself_fails_the_transaction_and_not_the_ledger() {
    let wrong = Invocation { overcharged_stroops: 1, ..Invocation::default() };
    let ledger = decode(&[wrong, Invocation::default()]);
    assert!(matches!(ledger.transactions[0].fees, FeeAccount::Failed(FeeMismatch::Balance { .. })));
    assert!(ledger.transactions[1].fees.exact().is_some());
}

#[test]
fn a_transaction_without_its_ledger_gives_the_same_facts() {
    let invocation = Invocation {
        sub_calls: vec![SubCall { contract: [2; 32], function: "f".to_owned(), error: Some(5) }],
        ..Invocation::default()
    };
    let network = Network::new(PASSPHRASE);
    let ledger = Chain::new(PASSPHRASE, FIRST, 0).close(&[invocation]);
    let whole = decode_ledger(&ledger.meta, &network).expect("decodes").transactions.remove(0);
    let parts = &ledger.transactions[0];
    let alone = decode_transaction(
        TransactionXdr {
            envelope: &parts.envelope,
            result: &parts.result,
            meta: &parts.meta,
            application_order: 1,
        },
        &network,
    )
    .expect("decodes");
    assert_eq!(alone, whole);
}

#[test]
fn what_was_changed_after_the_ledger_closed_is_refused() {
    let ledger = Chain::new(PASSPHRASE, FIRST, 0).close(&[Invocation::default()]);
    let network = Network::new(PASSPHRASE);
    let charged = (20_000_i64 + 100 + 300 + 700).to_be_bytes();
    let position = ledger
        .meta
        .windows(8)
        .position(|window| window == charged)
        .expect("the charge is in the results");
    let mut changed = ledger.meta.clone();
    changed[position + 7] ^= 1;
    let error = decode_ledger(&changed, &network).expect_err("refused");
    assert!(matches!(error, MetaError::HashMismatch { what: "the result set", .. }), "{error}");
}

#[test]
fn another_network_is_refused() {
    let ledger = Chain::new(PASSPHRASE, FIRST, 0).close(&[Invocation::default()]);
    let error = decode_ledger(&ledger.meta, &Network::new("another")).expect_err("refused");
    assert!(matches!(error, MetaError::UnknownTransaction { sequence: FIRST, .. }), "{error}");
}

#[test]
fn what_is_not_a_ledger_says_so() {
    let network = Network::new(PASSPHRASE);
    for bytes in [&[][..], &[0, 0, 0, 9], &[0xff; 100]] {
        let error = decode_ledger(bytes, &network).expect_err("refused");
        assert!(matches!(error, MetaError::UnsupportedXdr { .. }), "{error}");
    }
    assert!(decode_batch(b"not zstd", &network).is_err());
    assert!(decode_framed(&[0x80, 0, 0, 9, 1], &network).is_err());
    assert!(decode_framed(&[0x80, 0], &network).is_err());
}

#[test]
fn values_nested_as_deep_as_the_decoder_allows_do_not_exhaust_a_small_stack() {
    // A vector within a vector within a vector, as bytes: SCV_VEC, present, one item.
    let level = [0, 0, 0, 16, 0, 0, 0, 1, 0, 0, 0, 1];
    let nested: Vec<u8> = level.iter().copied().cycle().take(level.len() * 10_000).collect();
    let ledger = Chain::new(PASSPHRASE, FIRST, 0).close(&[Invocation::default()]);
    let return_value = [0, 0, 0, 1, 0, 0, 0, 1];
    let network = Network::new(PASSPHRASE);
    // Somewhere in the ledger a value is expected: there it nests until the decoder refuses.
    let mut refused_for_depth = 0;
    for position in (0..ledger.meta.len()).step_by(4) {
        let mut bytes = ledger.meta[..position].to_vec();
        bytes.extend(return_value);
        bytes.extend(&nested);
        let error = decode_ledger(&bytes, &network).expect_err("refused").to_string();
        refused_for_depth += u32::from(error.contains("depth limit"));
    }
    assert!(refused_for_depth > 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_bytes_make_the_decoder_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
        cut in any::<prop::sample::Index>(),
    ) {
        let sub_call = SubCall { contract: [2; 32], function: "f".to_owned(), error: Some(1) };
        let invocation = Invocation { sub_calls: vec![sub_call], ..Invocation::default() };
        let mut bytes = Chain::new(PASSPHRASE, FIRST, 0).close(&[invocation]).meta;
        for (position, value) in changes {
            let position = position.index(bytes.len());
            bytes[position] = value;
        }
        let network = Network::new(PASSPHRASE);
        let _ = decode_ledger(&bytes, &network);
        bytes.truncate(cut.index(bytes.len()));
        prop_assert!(decode_ledger(&bytes, &network).is_err());
    }

    #[test]
    fn the_parts_of_every_fee_add_up(
        parts in prop::collection::vec(
            (0_i64..1_000_000, 0_i64..100_000, 0_i64..1_000_000, prop::option::of(0_u32..9)),
            1..8,
        )
    ) {
        let invocations: Vec<_> = parts
            .iter()
            .map(|(non_refundable, refundable, rent, error)| Invocation {
                non_refundable_stroops: *non_refundable,
                refundable_stroops: *refundable,
                rent_stroops: *rent,
                error: *error,
                ..Invocation::default()
            })
            .collect();
        let ledger = decode(&invocations);
        for (transaction, (non_refundable, refundable, rent, error)) in
            ledger.transactions.iter().zip(parts)
        {
            let fees = transaction.fees.exact().expect("exact");
            let kept = if error.is_some() { (0, 0) } else { (refundable, rent) };
            let resource = fees.resource.expect("parts");
            prop_assert_eq!(fees.inclusion_stroops, Some(100));
            prop_assert_eq!(resource.non_refundable_stroops, non_refundable);
            prop_assert_eq!((resource.refundable_stroops, resource.rent_stroops), kept);
            prop_assert_eq!(fees.charged_stroops, 100 + non_refundable + kept.0 + kept.1);
        }
    }
}
