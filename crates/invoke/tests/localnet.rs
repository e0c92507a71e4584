//! Transactions against the real host, over Stellar RPC.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use lumenscope_invoke::{
    Account, CallError, InvokeError, Invoker, InvokerOptions, Keypair, Operation, ScVal, args,
    symbol, vector,
};
use lumenscope_meta::{Fidelity, instance_key};
use lumenscope_rpc::{
    Client, Http, HttpOptions, Request, RetryPolicy, RpcError, SystemClock, Transport,
};
use support::{Bench, STROOPS_PER_XLM, probe_wasm};

#[tokio::test]
async fn a_contract_is_uploaded_created_called_and_read() {
    let bench = Bench::start().await;
    let alice = bench.account(1).await;
    let (hash, uploaded) = bench.invoker.upload(&alice, probe_wasm()).await.expect("uploaded");
    assert!(uploaded.is_some_and(|outcome| outcome.fee_charged_stroops > 0));
    let (again, outcome) = bench.invoker.upload(&alice, probe_wasm()).await.expect("there");
    assert_eq!((again, outcome.is_none()), (hash, true), "what is there is not paid for again");

    let probe = bench.probe(&alice, 1).await;
    let view = bench.invoker.view(&probe, "get", args![0_u32].expect("args")).await.expect("read");
    assert_eq!(view.value::<u32>(), Ok(42), "what the constructor was given");

    let args = args![7_u32, -5_i128].expect("args");
    let outcome = bench.invoker.invoke(&alice, &probe, "put", args).await.expect("applied");
    assert!(outcome.succeeded());
    let outcome = bench.invoker.invoke(&alice, &probe, "get", args![7_u32].expect("args")).await;
    let outcome = outcome.expect("applied");
    assert_eq!(outcome.value::<i128>(), Ok(-5));
    let soroban = outcome.transaction.soroban.expect("soroban");
    assert_eq!(soroban.usage().fidelity, Fidelity::Measured);
    assert_eq!(soroban.calls.calls[0].function, "get");
}

#[tokio::test]
async fn the_fee_of_an_outcome_is_what_the_account_lost() {
    let bench = Bench::start().await;
    let alice = bench.account(1).await;
    let probe = bench.probe(&alice, 1).await;
    let before = bench.invoker.balance_stroops(&alice.address()).await.expect("read");
    let args = args![9_u32, 1_u32].expect("args");
    let outcome = bench.invoker.invoke(&alice, &probe, "put", args).await.expect("applied");
    let after = bench.invoker.balance_stroops(&alice.address()).await.expect("read");
    assert_eq!(before.expect("exists") - after.expect("exists"), outcome.fee_charged_stroops);
    let fees = *outcome.transaction.fees.exact().expect("exact");
    let parts = fees.resource.expect("the node reports the parts");
    assert!(parts.rent_stroops > 0, "a new entry pays rent");
    assert_eq!(
        fees.inclusion_stroops.expect("known")
            + parts.non_refundable_stroops
            + parts.refundable_stroops
            + parts.rent_stroops,
        outcome.fee_charged_stroops
    );
}

#[tokio::test]
async fn what_would_fail_is_not_sent_and_says_the_contracts_code() {
    let bench = Bench::start().await;
    let alice = bench.account(1).await;
    let probe = bench.probe(&alice, 1).await;
    let before = bench.invoker.client().latest_ledger().await.expect("a ledger").sequence;
    let args = args![3_007_u32].expect("args");
    let error = bench.invoker.invoke(&alice, &probe, "fail", args).await.expect_err("fails");
    assert!(
        matches!(
            error,
            InvokeError::Simulation { error: Some(CallError::Contract { code: 3_007 }), .. }
        ),
        "{error}"
    );
    let after = bench.invoker.client().latest_ledger().await.expect("a ledger").sequence;
    assert_eq!(before, after, "nothing was sent");
}

#[tokio::test]
async fn a_call_that_fails_when_it_is_applied_is_an_outcome_with_the_contracts_code() {
    let bench = Bench::start().await;
    let (alice, bob) = (bench.account(1).await, bench.account(2).await);
    let probe = bench.probe(&alice, 1).await;
    let args = args![8_u32].expect("args");
    let operation = Operation::Invoke { contract: probe, function: "once".to_owned(), args };
    let first = bench.invoker.prepare(&alice.address(), &operation, &[]).await.expect("ready");
    let second = bench.invoker.prepare(&bob.address(), &operation, &[]).await.expect("ready");
    for (account, prepared, error) in
        [(&alice, &first, None), (&bob, &second, Some(CallError::Contract { code: 5 }))]
    {
        let pending = bench.invoker.submit(account, prepared).await.expect("taken");
        let outcome = bench.invoker.outcome(&pending).await.expect("applied");
        assert_eq!(outcome.error, error);
        assert!(outcome.fee_charged_stroops > 0, "a failure is paid for");
        assert_eq!(outcome.succeeded(), outcome.clone().require_success().is_ok());
    }
}

#[tokio::test]
async fn arguments_that_only_the_simulation_saw_fail_on_the_ledger() {
    let bench = Bench::start().await;
    let alice = bench.account(1).await;
    let probe = bench.probe(&alice, 1).await;
    let args = args![1_u32, 1_u32].expect("args");
    let operation = Operation::Invoke { contract: probe, function: "put".to_owned(), args };
    let prepared = bench.invoker.prepare(&alice.address(), &operation, &[]).await.expect("ready");
    let prepared = prepared.with_args(args![2_u32, 1_u32].expect("args")).expect("a call");
    let pending = bench.invoker.submit(&alice, &prepared).await.expect("taken");
    let outcome = bench.invoker.outcome(&pending).await.expect("applied");
    assert!(matches!(outcome.error, Some(CallError::Host { .. })), "{:?}", outcome.error);
}

#[tokio::test]
async fn another_accounts_authorisation_is_signed_with_its_key_or_refused() {
    let bench = Bench::start().await;
    let (alice, bob) = (bench.account(1).await, bench.account(2).await);
    let probe = bench.probe(&alice, 1).await;
    let operation = |who: &Account| Operation::Invoke {
        contract: probe.clone(),
        function: "as".to_owned(),
        args: args![who.address()].expect("args"),
    };
    let own = bench.invoker.run(&alice, operation(&alice)).await.expect("applied");
    assert!(own.succeeded(), "the source account's signature is enough");

    let error = bench.invoker.run(&alice, operation(&bob)).await.expect_err("refused");
    assert!(matches!(error, InvokeError::NoSigner(_)), "{error}");
    let stranger = Keypair::from_seed([9; 32]);
    let signers = [&stranger];
    let error = bench.invoker.run_signed(&alice, operation(&bob), &signers).await;
    assert!(matches!(error, Err(InvokeError::NoSigner(_))));

    let signers = [&stranger, bob.keypair()];
    let outcome = bench.invoker.run_signed(&alice, operation(&bob), &signers).await;
    assert!(outcome.expect("applied").succeeded());
}

#[tokio::test]
async fn many_transactions_of_several_accounts_are_in_flight_at_once() {
    const ACCOUNTS: u8 = 4;
    const EACH: u32 = 5;
    let bench = Bench::start().await;
    let owner = bench.account(1).await;
    let probe = bench.probe(&owner, 1).await;
    let mut calls = tokio::task::JoinSet::new();
    for index in 0..ACCOUNTS {
        let account = bench.account(10 + index).await;
        for number in 0..EACH {
            let (invoker, account) = (bench.invoker.clone(), account.clone());
            let key = u32::from(index) * 100 + number + 1;
            let args = args![key, number].expect("args");
            let probe = probe.clone();
            calls.spawn(async move { invoker.invoke(&account, &probe, "put", args).await });
        }
    }
    let outcomes = calls.join_all().await;
    let mut hashes: Vec<_> = outcomes
        .into_iter()
        .map(|outcome| outcome.expect("applied").require_success().expect("succeeded").hash)
        .collect();
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(hashes.len(), usize::from(ACCOUNTS) * EACH as usize);
}

#[tokio::test]
async fn a_sequence_number_that_somebody_else_used_is_looked_up_again() {
    let bench = Bench::start().await;
    let here = bench.account(1).await;
    let elsewhere = Account::new(here.keypair().clone());
    let probe = bench.probe(&here, 1).await;
    for (number, account) in [&here, &elsewhere, &here, &elsewhere].into_iter().enumerate() {
        let key = u32::try_from(number).expect("small") + 1;
        let args = args![key, 1_u32].expect("args");
        let outcome = bench.invoker.invoke(account, &probe, "put", args).await;
        assert!(outcome.expect("applied").succeeded());
    }
}

#[tokio::test]
async fn accounts_are_funded_created_and_paid() {
    let bench = Bench::start().await;
    let alice = bench.account(1).await;
    bench.invoker.fund(&alice.address()).await.expect("an account that exists is enough");
    let bob = Account::new(Keypair::from_seed([2; 32]));
    assert_eq!(bench.invoker.balance_stroops(&bob.address()).await.expect("read"), None);
    let error = bench.invoker.run(&bob, pay(&alice, 1)).await.expect_err("no account");
    assert!(matches!(error, InvokeError::NoAccount(_)), "{error}");

    let create = Operation::CreateAccount {
        destination: bob.address(),
        starting_balance_stroops: 5 * STROOPS_PER_XLM,
    };
    assert!(bench.invoker.run(&alice, create).await.expect("applied").succeeded());
    assert!(bench.invoker.run(&alice, pay(&bob, 3)).await.expect("applied").succeeded());
    let balance = bench.invoker.balance_stroops(&bob.address()).await.expect("read");
    assert_eq!(balance, Some(5 * STROOPS_PER_XLM + 3));

    let too_much = pay(&alice, 1_000_000 * STROOPS_PER_XLM);
    let outcome = bench.invoker.run(&bob, too_much).await.expect("applied");
    assert_eq!(outcome.error, Some(CallError::Operation { result: "Underfunded" }));
}

fn pay(to: &Account, amount_stroops: i64) -> Operation {
    Operation::Pay { destination: to.address(), amount_stroops }
}

#[tokio::test]
async fn the_time_to_live_of_an_entry_is_extended() {
    let bench = Bench::start().await;
    let alice = bench.account(1).await;
    let probe = bench.probe(&alice, 1).await;
    let key = instance_key(&probe).expect("a key");
    let live_until = async || {
        let entries = bench.invoker.client().entries(std::slice::from_ref(&key)).await;
        entries.expect("read").get(&key).and_then(|entry| entry.live_until_ledger)
    };
    let before = live_until().await.expect("lives");
    let operation = Operation::ExtendTtl { keys: vec![key.clone()], ledgers: 3_000_000 };
    let outcome = bench.invoker.run(&alice, operation).await.expect("applied");
    assert!(outcome.succeeded());
    let after = live_until().await.expect("lives");
    assert!(after > before && after >= outcome.ledger + 3_000_000, "{before} {after}");
}

#[tokio::test]
async fn a_sub_call_that_fails_is_seen_with_its_own_error() {
    let bench = Bench::start().await;
    let alice = bench.account(1).await;
    let (outer, inner) = (bench.probe(&alice, 1).await, bench.probe(&alice, 2).await);
    let relay = |code: u32| {
        args![inner.clone(), symbol("fail")?, vector(vec![ScVal::U32(code)])?,].expect("args")
    };
    let outcome = bench.invoker.invoke(&alice, &outer, "try_relay", relay(77)).await;
    let outcome = outcome.expect("applied");
    assert!(outcome.succeeded(), "the outer contract goes on");
    let calls = outcome.transaction.soroban.expect("soroban").calls.calls;
    let shown: Vec<_> = calls
        .iter()
        .map(|call| (call.path.to_string(), call.function.as_str(), format!("{:?}", call.outcome)))
        .collect();
    assert_eq!(shown.len(), 2, "{shown:?}");
    assert_eq!((shown[1].0.as_str(), shown[1].1), ("0.0", "fail"));
    assert!(shown[1].2.contains("77"), "{shown:?}");
    assert!(calls[1].reverted && !calls[0].reverted);
}

/// What happens to the next transactions that are sent.
#[derive(Clone, Copy)]
enum Meddling {
    /// The node never sees them, and this is the answer.
    Answer(&'static str),
    /// The node gets them, and its answer is lost.
    LoseAnswer,
}

struct Meddler {
    http: Http,
    meddling: Meddling,
    times: AtomicU32,
}

impl Transport for Meddler {
    async fn send(&self, request: Request) -> Result<Vec<u8>, RpcError> {
        let left = |times: u32| times.checked_sub(1);
        let meddles = request.method == "sendTransaction"
            && self.times.fetch_update(Ordering::Relaxed, Ordering::Relaxed, left).is_ok();
        if !meddles {
            return self.http.send(request).await;
        }
        let (method, body) = (request.method, request.body.clone());
        match self.meddling {
            Meddling::LoseAnswer => {
                self.http.send(request).await?;
                let reason = "the connection was reset".to_owned();
                Err(RpcError::Unreachable { method, reason })
            }
            Meddling::Answer(status) => {
                let body: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
                let answer = serde_json::json!({
                    "jsonrpc": "2.0",
                    "id": body["id"],
                    "result": { "hash": "00", "status": status, "latestLedger": 60_000_001 },
                });
                Ok(answer.to_string().into_bytes())
            }
        }
    }
}

async fn meddler(bench: &Bench, meddling: Meddling, times: u32) -> Invoker<Meddler> {
    let http = Http::new(&bench.url(), HttpOptions::default()).expect("a URL");
    let meddler = Meddler { http, meddling, times: AtomicU32::new(times) };
    let retry = RetryPolicy { delay_min: Duration::from_millis(1), ..RetryPolicy::default() };
    let client = Client::with(meddler, SystemClock, retry);
    let options = InvokerOptions { ledgers_valid: 5, ..InvokerOptions::default() };
    Invoker::over(Arc::new(client), options).await.expect("connected")
}

#[tokio::test]
async fn a_transaction_whose_answer_is_lost_is_applied_once() {
    let retries = u32::try_from(RetryPolicy::default().retries).expect("few");
    // Once: the same transaction is sent again after it was applied. Always: nobody ever answers.
    for lost_answers in [1, 1 + retries] {
        let bench = Bench::start().await;
        let (alice, bob) = (bench.account(1).await, bench.account(2).await);
        let before = bench.invoker.balance_stroops(&bob.address()).await.expect("read");
        let losing = meddler(&bench, Meddling::LoseAnswer, lost_answers).await;
        let outcome = losing.run(&alice, pay(&bob, 1)).await.expect("applied");
        assert!(outcome.succeeded());
        let after = bench.invoker.balance_stroops(&bob.address()).await.expect("read");
        assert_eq!(after, before.map(|balance| balance + 1), "{lost_answers} answers lost");
        assert!(losing.run(&alice, pay(&bob, 1)).await.expect("applied").succeeded());
    }
}

#[tokio::test]
async fn a_busy_node_is_tried_again() {
    let bench = Bench::start().await;
    let alice = bench.account(1).await;
    let busy = meddler(&bench, Meddling::Answer("TRY_AGAIN_LATER"), 2).await;
    assert!(busy.run(&alice, pay(&alice, 1)).await.expect("applied").succeeded());
}

#[tokio::test]
async fn a_transaction_that_the_node_lost_expires_and_frees_its_sequence_number() {
    let bench = Bench::start().await;
    let alice = bench.account(1).await;
    let losing = meddler(&bench, Meddling::Answer("PENDING"), 1).await;
    let operation = pay(&alice, 1);
    let prepared = losing.prepare(&alice.address(), &operation, &[]).await.expect("ready");
    let pending = losing.submit(&alice, &prepared).await.expect("taken, it says");
    bench.close_ledgers(6).await;
    let error = losing.outcome(&pending).await.expect_err("expired");
    assert!(matches!(error, InvokeError::Expired { .. }), "{error}");
    assert!(losing.run(&alice, operation).await.expect("applied").succeeded());
}
