//! The observer against the real host, over Stellar RPC.

#[path = "../../invoke/tests/support/mod.rs"]
mod support;

use std::sync::Arc;

use lumenscope_invoke::{Account, Address, Operation, Outcome, ScVal, args, symbol, vector};
use lumenscope_meta::{Executable, Fidelity, Visibility};
use lumenscope_observer::{
    ContractReader, FunctionNames, MemoryStore, Observer, Row, SpanState, Step, Store as _,
    Subject, Summary, UNKNOWN_FUNCTION, WatchList,
};
use lumenscope_rpc::{Client, LedgerPage, LedgerSource, Page, RpcError, TransactionPage};
use support::Bench;

const FIRST: u32 = 60_000_000;

/// What was sent, by what the sender was told.
struct Traffic {
    bench: Bench,
    alice: Account,
    outer: Address,
    inner: Address,
    /// Of calls of `outer`.
    outcomes: Vec<Outcome>,
}

impl Traffic {
    /// Successes, a failure of its own, a sub-call that fails and is survived, and a name that the
    /// spec does not have.
    async fn sent() -> Self {
        let bench = Bench::start().await;
        let (alice, bob) = (bench.account(1).await, bench.account(2).await);
        let outer = bench.probe(&alice, 1).await;
        let inner = bench.probe(&alice, 2).await;
        let mut traffic = Traffic { bench, alice, outer, inner, outcomes: Vec::new() };
        for key in 1..=3 {
            traffic.call("once", args![key * 10_u32].expect("args")).await;
        }
        traffic.lose_a_race(&bob).await;
        let relayed = vector(vec![ScVal::U32(77)]).expect("a vector");
        let args = args![traffic.inner.clone(), symbol("fail")?, relayed].expect("args");
        traffic.call("try_relay", args).await;
        traffic.call("put", args![5_u32, 5_u32].expect("args")).await;
        traffic
    }

    async fn call(&mut self, function: &str, args: Vec<ScVal>) {
        let sent = self.bench.invoker.invoke(&self.alice, &self.outer, function, args).await;
        self.outcomes.push(sent.expect("applied"));
    }

    /// Two calls that both succeed in simulation, and only one on the ledger.
    async fn lose_a_race(&mut self, bob: &Account) {
        let invoker = &self.bench.invoker;
        let operation = Operation::Invoke {
            contract: self.outer.clone(),
            function: "once".to_owned(),
            args: args![99_u32].expect("args"),
        };
        let mut prepared = Vec::new();
        for account in [&self.alice, bob] {
            let ready = invoker.prepare(&account.address(), &operation, &[]).await;
            prepared.push((account, ready.expect("ready")));
        }
        for (account, prepared) in prepared {
            let pending = invoker.submit(account, &prepared).await.expect("taken");
            self.outcomes.push(invoker.outcome(&pending).await.expect("applied"));
        }
    }

    async fn observed<S: LedgerSource>(&self, source: S, watch: WatchList) -> Observed {
        let client = Client::new(&self.bench.url()).expect("a URL");
        let facts = ContractReader::new(&client).facts(&self.outer).await.expect("read");
        let spec = facts.expect("exists").spec.expect("a spec");
        let mut names = FunctionNames::default();
        names.set_spec(self.outer.clone(), spec.functions);
        let store = Arc::new(MemoryStore::default());
        let mut observer =
            Observer::open(source, store.clone(), watch, names, FIRST, false).await.expect("opens");
        while !matches!(observer.step(u32::MAX).await.expect("a step"), Step::AtTip { .. }) {}
        let rows = store.rows(0, u32::MAX, None).await.expect("rows");
        Observed { store, rows, last: observer.next() - 1 }
    }

    fn client(&self) -> Client {
        Client::new(&self.bench.url()).expect("a URL")
    }
}

struct Observed {
    store: Arc<MemoryStore>,
    rows: Vec<Row>,
    last: u32,
}

fn of(contract: &Address) -> WatchList {
    WatchList::contracts([contract.clone()]).expect("one contract")
}

#[tokio::test]
async fn what_was_observed_is_what_the_senders_were_told() {
    let traffic = Traffic::sent().await;
    let observed = traffic.observed(traffic.client(), of(&traffic.outer)).await;
    let roots: Vec<_> = observed
        .rows
        .iter()
        .filter(|row| row.depth == 0 && row.function != "@create_contract")
        .collect();
    assert_eq!(roots.len(), traffic.outcomes.len());
    for (row, outcome) in roots.iter().zip(&traffic.outcomes) {
        let cost = row.root_cost().expect("a root call");
        let fees = cost.fees.exact().expect("exact");
        assert_eq!((row.transaction, row.key.ledger), (outcome.hash, outcome.ledger));
        assert_eq!(row.returned(), outcome.succeeded());
        assert_eq!(fees.charged_stroops, outcome.fee_charged_stroops);
        assert_eq!(cost.usage.fidelity, Fidelity::Measured);
        assert!(cost.usage.instructions > 10_000);
        assert_eq!(row.visibility, Visibility::Full);
    }
    let subject = Subject::Contract(traffic.outer.clone());
    let coverage = observed.store.coverage(&subject).await.expect("coverage");
    assert_eq!(coverage.missing(FIRST, observed.last), []);
    assert_eq!(
        coverage.at(observed.last),
        SpanState::Indexed { fidelity: Some(Fidelity::Measured) }
    );
}

#[tokio::test]
async fn functions_errors_and_sub_calls_are_counted_by_name() {
    let traffic = Traffic::sent().await;
    let watch = WatchList::contracts([traffic.outer.clone(), traffic.inner.clone()]);
    let observed = traffic.observed(traffic.client(), watch.expect("two contracts")).await;
    let summary = Summary::of(&observed.rows);
    let function = |contract: &Address, name: &str| {
        summary
            .functions()
            .find(|function| {
                function.contract.as_ref() == Some(contract) && function.function == name
            })
            .unwrap_or_else(|| panic!("{name} was not called"))
            .clone()
    };
    let once = function(&traffic.outer, "once");
    assert_eq!((once.root.calls, once.root.failed), (5, 1));
    assert_eq!((once.errors[0].error.contract_code(), once.errors[0].count), (Some(5), 1));
    assert_eq!(function(&traffic.outer, "try_relay").root.failed, 0);
    let failed = function(&traffic.inner, "fail");
    assert_eq!((failed.root.calls, failed.sub_calls, failed.sub_calls_failed), (0, 1, 1));
    assert_eq!(failed.errors[0].error.contract_code(), Some(77));
    assert_eq!(failed.root.charged_stroops, 0, "its cost is its caller's");
    let undeclared = function(&traffic.outer, UNKNOWN_FUNCTION);
    assert_eq!(undeclared.root.calls, 1, "the spec does not know put");
    assert_eq!(function(&traffic.outer, "__constructor").sub_calls, 1);
}

#[tokio::test]
async fn the_whole_network_adds_up_to_what_its_transactions_paid() {
    let traffic = Traffic::sent().await;
    let observed = traffic.observed(traffic.client(), WatchList::network()).await;
    let totals = Summary::of(&observed.rows).totals();
    assert_eq!((totals.fee_mismatches, totals.unattributed_stroops), (0, 0));
    let page = traffic.client().transactions(&Page::From(FIRST), 200).await.expect("a page");
    let mut charged = 0;
    let mut calls = 0;
    for record in page.transactions {
        let result = xdr::result(&record.result_xdr);
        if xdr::is_soroban(&record.envelope_xdr) {
            charged += i128::from(result);
            calls += 1;
        }
    }
    assert_eq!((totals.calls, totals.charged_stroops), (calls, charged));
    assert!(calls >= 9, "{calls}");
}

/// A second way to read transactions, without the decoder that is tested.
mod xdr {
    use stellar_xdr_30::{
        Limits, OperationBody, ReadXdr as _, TransactionEnvelope, TransactionResult,
    };

    pub fn result(text: &str) -> i64 {
        TransactionResult::from_xdr_base64(text, Limits::none()).expect("decodes").fee_charged
    }

    pub fn is_soroban(text: &str) -> bool {
        let envelope = TransactionEnvelope::from_xdr_base64(text, Limits::none()).expect("decodes");
        let TransactionEnvelope::Tx(envelope) = envelope else { return false };
        matches!(envelope.tx.operations[0].body, OperationBody::InvokeHostFunction(_))
    }
}

/// A node that offers transactions only.
struct WithoutLedgers(Client);

impl LedgerSource for WithoutLedgers {
    async fn network(&self) -> Result<lumenscope_rpc::NetworkInfo, RpcError> {
        self.0.network().await
    }

    async fn health(&self) -> Result<lumenscope_rpc::Health, RpcError> {
        self.0.health().await
    }

    async fn ledgers(&self, _page: &Page, _limit: u32) -> Result<LedgerPage, RpcError> {
        Err(RpcError::MethodNotFound { method: "getLedgers" })
    }

    async fn transactions(&self, page: &Page, limit: u32) -> Result<TransactionPage, RpcError> {
        self.0.transactions(page, limit).await
    }

    async fn entries(&self, keys: &[String]) -> Result<lumenscope_rpc::LedgerEntries, RpcError> {
        self.0.entries(keys).await
    }
}

#[tokio::test]
async fn transactions_give_the_same_rows_as_ledgers() {
    let traffic = Traffic::sent().await;
    let by_ledgers = traffic.observed(traffic.client(), of(&traffic.outer)).await;
    let by_transactions =
        traffic.observed(WithoutLedgers(traffic.client()), of(&traffic.outer)).await;
    assert_eq!(by_transactions.rows, by_ledgers.rows);
    assert!(!by_ledgers.rows.is_empty());
}

#[tokio::test]
async fn a_contract_says_what_it_runs_how_long_it_lives_and_what_the_limits_are() {
    let traffic = Traffic::sent().await;
    let client = traffic.client();
    let reader = ContractReader::new(&client);
    let facts = reader.facts(&traffic.outer).await.expect("read").expect("exists");
    assert!(matches!(facts.executable, Executable::Wasm { .. }));
    assert!(facts.instance.ledgers_left > 2_000_000, "{:?}", facts.instance);
    assert!(facts.code.expect("code").bytes > 100);
    assert_eq!(facts.spec.expect("a spec").errors[&5].name, "AlreadyUsed");
    let limits = reader.limits().await.expect("read");
    assert_eq!((limits.instructions, limits.write_entries), (400_000_000, 200));
    let nothing = Address::from_contract_id([9; 32]);
    assert_eq!(reader.facts(&nothing).await.expect("read"), None);
}
