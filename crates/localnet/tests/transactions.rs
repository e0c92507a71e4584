//! Who may submit what, who pays, and what a ledger shows of it.

mod support;

use ed25519_dalek::{Signer, SigningKey};
use lumenscope_localnet::xdr::{
    Asset, CreateAccountOp, CreateAccountResult, DecoratedSignature, FeeBumpTransaction,
    FeeBumpTransactionEnvelope, FeeBumpTransactionExt, FeeBumpTransactionInnerTx, LedgerBounds,
    Memo, MuxedAccount, Operation, OperationBody, OperationResult, OperationResultTr, PaymentOp,
    PaymentResult, Preconditions, PreconditionsV2, ScVal, SequenceNumber, Signature, SignatureHint,
    TimeBounds, TimePoint, Transaction, TransactionEnvelope, TransactionExt,
    TransactionResultResult, TransactionV1Envelope, Uint256,
};
use lumenscope_localnet::{
    AuthMode, Failure, Localnet, Options, REFUND_TRANSACTION_INDEX, Submission, Unsigned,
    account_id, sign_transaction,
};
use support::{Bench, XLM, bytes, symbol};

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn account(seed: u8) -> lumenscope_localnet::xdr::AccountId {
    account_id(key(seed).verifying_key().to_bytes())
}

fn muxed(seed: u8) -> MuxedAccount {
    MuxedAccount::Ed25519(Uint256(key(seed).verifying_key().to_bytes()))
}

fn pay(to: u8, stroops: i64) -> OperationBody {
    OperationBody::Payment(PaymentOp {
        destination: muxed(to),
        asset: Asset::Native,
        amount: stroops,
    })
}

fn ledger_with(seeds: &[u8]) -> Localnet {
    let mut ledger = Localnet::new(&Options::mainnet().unwrap()).unwrap();
    for seed in seeds {
        ledger.fund(&account(*seed), 100 * XLM).unwrap();
    }
    ledger
}

fn balance(ledger: &Localnet, seed: u8) -> i64 {
    ledger.world().account(&account(seed)).map_or(0, |account| account.balance)
}

fn transaction(ledger: &Localnet, from: u8, bodies: Vec<OperationBody>) -> Transaction {
    let sequence = ledger.world().account(&account(from)).unwrap().seq_num.0 + 1;
    let operations: Vec<_> =
        bodies.into_iter().map(|body| Operation { source_account: None, body }).collect();
    Transaction {
        source_account: muxed(from),
        fee: 100 * u32::try_from(operations.len()).unwrap(),
        seq_num: SequenceNumber(sequence),
        cond: Preconditions::None,
        memo: Memo::None,
        operations: operations.try_into().unwrap(),
        ext: TransactionExt::V0,
    }
}

fn signed(ledger: &Localnet, transaction: Transaction, seeds: &[u8]) -> TransactionEnvelope {
    let keys: Vec<SigningKey> = seeds.iter().map(|seed| key(*seed)).collect();
    let keys: Vec<&SigningKey> = keys.iter().collect();
    sign_transaction(transaction, ledger.network_id(), &keys).unwrap()
}

/// The code a transaction is refused with.
fn refusal(ledger: &Localnet, envelope: TransactionEnvelope) -> TransactionResultResult {
    match ledger.clone().submit(envelope).unwrap() {
        Submission::Rejected { result, .. } => result.result,
        other => panic!("expected a refusal, came {other:?}"),
    }
}

#[test]
fn a_payment_moves_stroops_and_costs_the_base_fee() {
    let mut ledger = ledger_with(&[1, 2]);
    let envelope = signed(&ledger, transaction(&ledger, 1, vec![pay(2, 7)]), &[1]);
    let outcome = ledger.apply(envelope).unwrap();
    assert_eq!(outcome.failure(), None);
    assert_eq!(balance(&ledger, 1), 100 * XLM - 7 - 100);
    assert_eq!(balance(&ledger, 2), 100 * XLM + 7);
}

#[test]
fn a_failing_operation_undoes_the_others_but_not_the_fee() {
    let mut ledger = ledger_with(&[1, 2]);
    let bodies = vec![pay(2, 7), pay(2, 1_000 * XLM)];
    let envelope = signed(&ledger, transaction(&ledger, 1, bodies), &[1]);
    let outcome = ledger.apply(envelope).unwrap();
    let underfunded = OperationResultTr::Payment(PaymentResult::Underfunded);
    let underfunded = Box::new(OperationResult::OpInner(underfunded));
    assert_eq!(outcome.failure(), Some(Failure::Operation(underfunded)));
    assert_eq!(outcome.changes().count(), 0);
    assert_eq!(balance(&ledger, 1), 100 * XLM - 200);
    assert_eq!(balance(&ledger, 2), 100 * XLM);
}

#[test]
fn an_account_below_the_reserve_is_not_created() {
    let mut ledger = ledger_with(&[1]);
    let create = OperationBody::CreateAccount(CreateAccountOp {
        destination: account(9),
        starting_balance: XLM - 1,
    });
    let envelope = signed(&ledger, transaction(&ledger, 1, vec![create]), &[1]);
    let outcome = ledger.apply(envelope).unwrap();
    let low = OperationResultTr::CreateAccount(CreateAccountResult::LowReserve);
    let low = Box::new(OperationResult::OpInner(low));
    assert_eq!(outcome.failure(), Some(Failure::Operation(low)));
}

#[test]
fn signatures_must_be_enough_and_all_needed() {
    let ledger = ledger_with(&[1, 2]);
    let payment = transaction(&ledger, 1, vec![pay(2, 7)]);
    let by = |seeds: &[u8]| refusal(&ledger, signed(&ledger, payment.clone(), seeds));
    assert_eq!(by(&[]), TransactionResultResult::TxBadAuth);
    assert_eq!(by(&[2]), TransactionResultResult::TxBadAuth);
    assert_eq!(by(&[1, 2]), TransactionResultResult::TxBadAuthExtra);
    let mut of_another = payment;
    of_another.operations =
        vec![Operation { source_account: Some(muxed(2)), body: pay(1, 5) }].try_into().unwrap();
    let code = refusal(&ledger, signed(&ledger, of_another.clone(), &[1]));
    assert!(matches!(code, TransactionResultResult::TxFailed(results)
        if results[0] == OperationResult::OpBadAuth));
    let both = signed(&ledger, of_another, &[1, 2]);
    assert!(ledger.clone().apply(both).unwrap().is_success());
}

#[test]
fn time_and_ledger_bounds_hold_for_the_ledger_that_closes_next() {
    let ledger = ledger_with(&[1]);
    let (next_s, next) = (ledger.close_time_s() + 5, ledger.sequence() + 1);
    let bounded = |cond| {
        let payment = Transaction { cond, ..transaction(&ledger, 1, vec![pay(1, 1)]) };
        signed(&ledger, payment, &[1])
    };
    let time = |min, max| {
        bounded(Preconditions::Time(TimeBounds {
            min_time: TimePoint(min),
            max_time: TimePoint(max),
        }))
    };
    let ledgers = |min_ledger, max_ledger| {
        bounded(Preconditions::V2(PreconditionsV2 {
            time_bounds: None,
            ledger_bounds: Some(LedgerBounds { min_ledger, max_ledger }),
            min_seq_num: None,
            min_seq_age: lumenscope_localnet::xdr::Duration(0),
            min_seq_ledger_gap: 0,
            extra_signers: Default::default(),
        }))
    };
    for (envelope, code) in [
        (time(next_s + 1, 0), TransactionResultResult::TxTooEarly),
        (time(0, next_s - 1), TransactionResultResult::TxTooLate),
        (ledgers(next + 1, 0), TransactionResultResult::TxTooEarly),
        (ledgers(0, next), TransactionResultResult::TxTooLate),
    ] {
        assert_eq!(refusal(&ledger, envelope), code);
    }
    for envelope in [time(next_s, next_s), ledgers(next, next + 1)] {
        assert!(ledger.clone().apply(envelope).unwrap().is_success());
    }
}

#[test]
fn a_fee_bump_lets_another_account_pay() {
    let mut ledger = ledger_with(&[1, 2]);
    let inner = Transaction { fee: 0, ..transaction(&ledger, 1, vec![pay(2, 7)]) };
    let TransactionEnvelope::Tx(inner) = signed(&ledger, inner, &[1]) else { unreachable!() };
    let outer = FeeBumpTransaction {
        fee_source: muxed(2),
        fee: 200,
        inner_tx: FeeBumpTransactionInnerTx::Tx(inner),
        ext: FeeBumpTransactionExt::V0,
    };
    let hash = outer.hash(ledger.network_id()).unwrap();
    let signature = DecoratedSignature {
        hint: SignatureHint(key(2).verifying_key().to_bytes()[28..].try_into().unwrap()),
        signature: Signature(key(2).sign(&hash).to_bytes().to_vec().try_into().unwrap()),
    };
    let envelope = TransactionEnvelope::TxFeeBump(FeeBumpTransactionEnvelope {
        tx: outer,
        signatures: vec![signature].try_into().unwrap(),
    });
    let outcome = ledger.apply(envelope).unwrap();
    assert_eq!((outcome.failure(), outcome.hash), (None, hash));
    assert_eq!(balance(&ledger, 1), 100 * XLM - 7);
    assert_eq!(balance(&ledger, 2), 100 * XLM + 7 - 200);
}

#[test]
fn one_waiting_transaction_per_account_and_one_ledger_for_several_accounts() {
    let mut ledger = ledger_with(&[1, 2]);
    for seed in [1, 2] {
        let payment = transaction(&ledger, seed, vec![pay(3 - seed, 5)]);
        let submission = ledger.submit(signed(&ledger, payment, &[seed])).unwrap();
        assert!(matches!(submission, Submission::Pending { .. }), "{submission:?}");
    }
    let mut second = transaction(&ledger, 1, vec![pay(2, 6)]);
    second.seq_num.0 += 1;
    let submission = ledger.submit(signed(&ledger, second, &[1])).unwrap();
    assert!(matches!(submission, Submission::TryAgainLater { .. }), "{submission:?}");
    let closed = ledger.close_ledger().unwrap();
    assert_eq!(closed.transactions.len(), 2);
    assert_eq!(ledger.waiting(), 0);
}

#[test]
fn what_a_ledger_has_no_room_for_waits_for_the_next() {
    let mut options = Options::mainnet().unwrap();
    options.settings.ledger.transactions = 1;
    let mut bench = Bench::with(&options);
    let bob = account_id([8; 32]);
    bench.ledger.fund(&bob, 1_000 * XLM).unwrap();
    let emit = bench.call("emit", vec![symbol("topic"), ScVal::U32(1)]);
    // Through the public way in: signatures are needed, so both accounts are keyed.
    for seed in [1, 2] {
        bench.ledger.fund(&account(seed), 1_000 * XLM).unwrap();
    }
    for seed in [1, 2] {
        let simulation =
            bench.ledger.simulate(&account(seed), emit.clone(), AuthMode::Record).unwrap();
        let unsigned = Unsigned::simulated(account(seed), emit.clone(), &simulation).unwrap();
        let mut call = transaction(&bench.ledger, seed, vec![unsigned.operation]);
        call.fee = u32::try_from(simulation.data.resource_fee).unwrap() + 100;
        call.ext = TransactionExt::V1(simulation.data);
        let envelope = signed(&bench.ledger, call, &[seed]);
        let submission = bench.ledger.submit(envelope).unwrap();
        assert!(matches!(submission, Submission::Pending { .. }), "{submission:?}");
    }
    assert_eq!(bench.ledger.close_ledger().unwrap().transactions.len(), 1);
    assert_eq!(bench.ledger.close_ledger().unwrap().transactions.len(), 1);
}

#[test]
fn declared_resources_are_held_to_the_limits_of_the_network() {
    let mut bench = Bench::new();
    let put = bench.call("put", vec![symbol("key"), bytes(10)]);
    let simulation = bench.ledger.simulate(&bench.alice, put.clone(), AuthMode::Record).unwrap();
    let good = Unsigned::simulated(bench.alice.clone(), put, &simulation).unwrap();
    type Spoil = fn(&mut Unsigned);
    let cases: [(&str, Spoil); 5] = [
        ("instructions", |unsigned| unsigned.data.resources.instructions = 400_000_001),
        ("write bytes", |unsigned| unsigned.data.resources.write_bytes = 132_097),
        ("transaction bytes", |unsigned| unsigned.size_bytes = Some(132_097)),
        ("resource fee", |unsigned| unsigned.data.resource_fee = 1),
        ("twice", |unsigned| {
            let key = unsigned.data.resources.footprint.read_write[0].clone();
            unsigned.data.resources.footprint.read_only = vec![key].try_into().unwrap();
        }),
    ];
    for (reason, spoil) in cases {
        let mut bad = good.clone();
        spoil(&mut bad);
        let refused = bench.ledger.apply_unsigned(&bad).unwrap_err().to_string();
        assert!(refused.contains(reason), "{reason}: {refused}");
    }
    let mut memo = TransactionEnvelope::Tx(TransactionV1Envelope {
        tx: transaction(&ledger_with(&[1]), 1, vec![good.operation.clone()]),
        signatures: Default::default(),
    });
    if let TransactionEnvelope::Tx(envelope) = &mut memo {
        envelope.tx.memo = Memo::Id(1);
        envelope.tx.ext = TransactionExt::V1(good.data.clone());
    }
    assert_eq!(refusal(&ledger_with(&[1]), memo), TransactionResultResult::TxSorobanInvalid);
    assert!(bench.ledger.apply_unsigned(&good).unwrap().is_success());
}

#[test]
fn extending_pays_rent_and_skips_what_lives_longer() {
    let mut bench = Bench::new();
    let put = bench.call("put", vec![symbol("key"), bytes(100)]);
    bench.ledger.run(&bench.alice, put).unwrap();
    let entry = bench.persistent(symbol("key"));
    let extend_to = 3_000_000;
    let live_until =
        |bench: &Bench| bench.ledger.entry(&entry).unwrap().ttl.unwrap().live_until_ledger;
    let extend = |bench: &mut Bench| {
        let simulation =
            bench.ledger.simulator().extend(std::slice::from_ref(&entry), extend_to).unwrap();
        let unsigned = Unsigned::extension(bench.alice.clone(), extend_to, simulation.data);
        bench.ledger.apply_unsigned(&unsigned).unwrap()
    };
    let outcome = extend(&mut bench);
    assert_eq!(outcome.failure(), None);
    assert!(outcome.fees.rent_stroops > 0);
    assert_eq!(live_until(&bench), bench.ledger.sequence() + extend_to);
    let before = live_until(&bench);
    let simulation = bench.ledger.simulator().extend(std::slice::from_ref(&entry), 100).unwrap();
    assert!(simulation.data.resources.footprint.read_only.is_empty());
    assert_eq!(live_until(&bench), before);
}

#[test]
fn restoring_brings_an_archived_entry_back() {
    let mut bench = Bench::new();
    let put = bench.call("put", vec![symbol("key"), bytes(100)]);
    bench.ledger.run(&bench.alice, put).unwrap();
    let entry = bench.persistent(symbol("key"));
    bench.ledger.skip_ledgers(2_100_000).unwrap();
    let simulation = bench.ledger.simulator().restore(std::slice::from_ref(&entry)).unwrap();
    let unsigned = Unsigned::restoration(bench.alice.clone(), simulation.data);
    let outcome = bench.ledger.apply_unsigned(&unsigned).unwrap();
    assert_eq!(outcome.failure(), None);
    let ttl = bench.ledger.entry(&entry).unwrap().ttl.unwrap();
    assert_eq!(ttl.live_until_ledger, bench.ledger.sequence() + 2_073_600 - 1);
}

#[test]
fn events_stand_where_their_ids_say() {
    let mut bench = Bench::new();
    let emit = bench.call("emit", vec![symbol("topic"), ScVal::U32(1)]);
    let outcome = bench.ledger.run(&bench.alice, emit).unwrap();
    let closed = bench.ledger.history().ledger(outcome.ledger).unwrap();
    let places: Vec<_> = closed
        .events
        .iter()
        .map(|event| (event.transaction, event.operation, event.index))
        .collect();
    assert_eq!(places, [(0, 0, 0), (1, 0, 0), (REFUND_TRANSACTION_INDEX, 0, 0)]);
    let first = u64::from(outcome.ledger) << 32;
    assert_eq!(closed.events[0].id(), format!("{first:019}-0000000000"));
    assert_eq!(closed.events[1].position(), first + 4096);
}

#[test]
fn the_same_actions_give_the_same_ledger() {
    let run = || {
        let mut bench = Bench::new();
        let put = bench.call("put", vec![symbol("key"), bytes(100)]);
        bench.ledger.run(&bench.alice, put).unwrap();
        bench.ledger.history().latest().unwrap().hash
    };
    assert_eq!(run(), run());
}

#[test]
fn history_is_kept_as_long_as_told() {
    let options = Options { retention_ledgers: 3, ..Options::mainnet().unwrap() };
    let mut ledger = Localnet::new(&options).unwrap();
    let funded = ledger.fund(&account(1), 100 * XLM).unwrap();
    assert!(ledger.history().transaction(&funded.hash).is_some());
    for _ in 0..3 {
        ledger.close_ledger().unwrap();
    }
    assert!(ledger.history().transaction(&funded.hash).is_none());
    let oldest = ledger.history().oldest().unwrap().sequence;
    assert_eq!(oldest, ledger.sequence() - 2);
    assert!(ledger.history().ledger(oldest - 1).is_none());
    assert_eq!(ledger.history().ledger(oldest).unwrap().sequence, oldest);
}
