//! The observer against nodes that page, forget, reset, and offer less than they should.

mod common;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use common::{FIRST, Node, PASSPHRASE, call, chain};
use lumenscope_meta::Fidelity;
use lumenscope_meta::testing::{Chain, Invocation, SubCall, contract};
use lumenscope_observer::{
    Cost, FunctionNames, MemoryStore, ObserveError, Observer, Row, Source, SpanState, Step, Store,
    StoreError, Subject, Summary, WatchList,
};

fn watch(id: u8) -> WatchList {
    WatchList::contracts([contract([id; 32])]).expect("one contract")
}

fn subject(id: u8) -> Subject {
    Subject::Contract(contract([id; 32]))
}

fn indexed(fidelity: Option<Fidelity>) -> SpanState {
    SpanState::Indexed { fidelity }
}

async fn open(
    node: &Arc<Node>,
    store: &Arc<MemoryStore>,
    watch: WatchList,
    first: u32,
) -> Result<Observer<Arc<Node>, Arc<MemoryStore>>, ObserveError> {
    let names = FunctionNames::default();
    Observer::open(node.clone(), store.clone(), watch, names, first, false).await
}

/// Observes all that the node has.
async fn observe(node: Node, watch: WatchList) -> (Arc<MemoryStore>, Vec<Row>) {
    let (node, store) = (Arc::new(node), Arc::new(MemoryStore::default()));
    let mut observer = open(&node, &store, watch, FIRST).await.expect("opens");
    while observer.step(u32::MAX).await.expect("a step") != (Step::AtTip { latest: node.latest() })
    {
    }
    let rows = store.rows(0, u32::MAX, None).await.expect("rows");
    (store, rows)
}

fn busy_chain() -> Vec<lumenscope_meta::testing::ClosedLedger> {
    let sub_calls = vec![SubCall { contract: [2; 32], function: "price".to_owned(), error: None }];
    let with_sub_call = Invocation { sub_calls, ..call(1, "quote") };
    let failing = Invocation { error: Some(9), ..call(1, "deposit") };
    chain(&[
        vec![call(1, "deposit"), call(2, "price")],
        vec![],
        vec![with_sub_call, failing],
        vec![call(3, "other")],
        vec![call(1, "deposit")],
    ])
}

#[tokio::test]
async fn every_call_of_a_watched_contract_is_a_row_and_only_root_calls_have_a_cost() {
    let (store, rows) = observe(Node::new(busy_chain()), watch(2)).await;
    let shown: Vec<_> = rows
        .iter()
        .map(|row| {
            let cost = matches!(row.cost, Cost::Root(_));
            (row.key.ledger - FIRST, row.key.path.to_string(), row.depth, cost)
        })
        .collect();
    assert_eq!(shown, [(0, "0".to_owned(), 0, true), (2, "0.0".to_owned(), 1, false)]);
    let coverage = store.coverage(&subject(2)).await.expect("coverage");
    assert_eq!(coverage.at(FIRST), indexed(Some(Fidelity::Measured)));
    assert_eq!(coverage.at(FIRST + 4), indexed(Some(Fidelity::Measured)));
    assert_eq!(coverage.at(FIRST + 5), SpanState::NotWatched);
    assert_eq!(
        store.coverage(&subject(1)).await.expect("coverage").at(FIRST),
        SpanState::NotWatched,
        "another contract was not watched, whatever its ledgers held"
    );
}

#[tokio::test]
async fn errors_are_counted_by_function() {
    let (_, rows) = observe(Node::new(busy_chain()), watch(1)).await;
    let summary = Summary::of(&rows);
    let deposit =
        summary.functions().find(|function| function.function == "deposit").expect("called");
    assert_eq!((deposit.root.calls, deposit.root.failed), (3, 1));
    assert_eq!(deposit.errors[0].error.contract_code(), Some(9));
    assert_eq!(deposit.root.charged_stroops, 21_100 + 20_100 + 21_100);
}

#[tokio::test]
async fn observing_again_changes_nothing() {
    let (node, store) = (Arc::new(Node::new(busy_chain())), Arc::new(MemoryStore::default()));
    let mut before = None;
    for _ in 0..3 {
        let mut observer = open(&node, &store, watch(1), FIRST).await.expect("opens");
        while !matches!(observer.step(u32::MAX).await.expect("a step"), Step::AtTip { .. }) {}
        let rows = store.rows(0, u32::MAX, None).await.expect("rows");
        assert_eq!(*before.get_or_insert(rows.clone()), rows);
    }
}

#[tokio::test]
async fn a_node_without_ledgers_gives_the_same_rows_by_transactions() {
    let (_, by_ledgers) = observe(Node::new(busy_chain()), WatchList::network()).await;
    for transactions_per_page in [1, 2, 200] {
        let node = Node { gives_ledgers: false, transactions_per_page, ..Node::new(busy_chain()) };
        let (store, rows) = observe(node, WatchList::network()).await;
        assert_eq!(rows, by_ledgers);
        let coverage = store.coverage(&Subject::Network).await.expect("coverage");
        assert_eq!(coverage.at(FIRST + 1), indexed(Some(Fidelity::Measured)), "the empty one too");
        assert!(coverage.spans().iter().all(|span| span.source == Source::Transactions));
    }
}

#[tokio::test]
async fn a_ledger_of_more_transactions_than_a_page_is_not_cut() {
    let ledgers = chain(&[vec![call(1, "deposit"); 450], vec![call(1, "deposit"); 3]]);
    let node = Node { gives_ledgers: false, ..Node::new(ledgers) };
    let (_, rows) = observe(node, watch(1)).await;
    assert_eq!(rows.len(), 453);
}

#[tokio::test]
async fn pages_shrink_until_the_node_gives_them() {
    let ledgers = chain(&vec![vec![call(1, "deposit")]; 30]);
    let node = Arc::new(Node { ledgers_per_page_max: 2, ..Node::new(ledgers) });
    let store = Arc::new(MemoryStore::default());
    let mut observer = open(&node, &store, watch(1), FIRST).await.expect("opens");
    while !matches!(observer.step(u32::MAX).await.expect("a step"), Step::AtTip { .. }) {}
    assert_eq!(store.rows(0, u32::MAX, None).await.expect("rows").len(), 30);
    assert_eq!(node.asked.lock().expect("lock")[..3], [5, 2, 4]);
}

#[tokio::test]
async fn ledgers_that_the_node_forgot_are_covered_as_such() {
    let node = Node::new(busy_chain());
    node.oldest.store(FIRST + 3, Ordering::Relaxed);
    let (store, rows) = observe(node, watch(1)).await;
    assert_eq!(rows.len(), 1);
    let coverage = store.coverage(&subject(1)).await.expect("coverage");
    assert_eq!(coverage.at(FIRST), SpanState::BeyondRetention);
    assert_eq!(coverage.at(FIRST + 2), SpanState::BeyondRetention);
    let epoch = store.epoch().await.expect("an epoch").expect("begun");
    assert_eq!(epoch.first.sequence, FIRST + 3, "the chain is named by a ledger that is there");
    assert!(epoch.first.hash.is_some());
    assert_eq!(coverage.at(FIRST + 4), indexed(Some(Fidelity::Measured)));
}

#[tokio::test]
async fn ledgers_that_the_node_drops_while_it_is_read_are_covered_as_such() {
    let ledgers = chain(&vec![vec![call(1, "deposit")]; 12]);
    let (node, store) = (Arc::new(Node::new(ledgers)), Arc::new(MemoryStore::default()));
    let mut observer = open(&node, &store, watch(1), FIRST).await.expect("opens");
    observer.step(u32::MAX).await.expect("the first five");
    node.oldest.store(FIRST + 8, Ordering::Relaxed);
    while !matches!(observer.step(u32::MAX).await.expect("a step"), Step::AtTip { .. }) {}
    let coverage = store.coverage(&subject(1)).await.expect("coverage");
    assert_eq!(
        coverage.missing(FIRST, FIRST + 11),
        [(FIRST + 5, FIRST + 7, SpanState::BeyondRetention)]
    );
    assert_eq!(store.rows(0, u32::MAX, None).await.expect("rows").len(), 9);
}

#[tokio::test]
async fn a_range_that_the_node_forgot_as_a_whole_is_covered_too() {
    let node = Node::new(busy_chain());
    node.oldest.store(FIRST + 3, Ordering::Relaxed);
    let (node, store) = (Arc::new(node), Arc::new(MemoryStore::default()));
    let mut observer = open(&node, &store, watch(1), FIRST).await.expect("opens");
    observer.step(FIRST + 1).await.expect("a step");
    assert_eq!(observer.next(), FIRST + 2);
    let coverage = store.coverage(&subject(1)).await.expect("coverage");
    assert_eq!(coverage.at(FIRST), SpanState::BeyondRetention);
    assert_eq!(coverage.at(FIRST + 1), SpanState::BeyondRetention);
    assert_eq!(coverage.at(FIRST + 2), SpanState::NotWatched);
}

#[tokio::test]
async fn a_ledger_that_does_not_decode_is_failed_and_the_next_ones_are_not() {
    let mut ledgers = busy_chain();
    ledgers[2].meta.truncate(100);
    let (store, rows) = observe(Node::new(ledgers), watch(1)).await;
    assert_eq!(rows.len(), 2);
    let coverage = store.coverage(&subject(1)).await.expect("coverage");
    let SpanState::Failed { reason } = coverage.at(FIRST + 2) else { panic!("failed") };
    assert!(reason.contains("LedgerCloseMeta"), "{reason}");
    assert_eq!(coverage.at(FIRST + 3), indexed(Some(Fidelity::Measured)));
    assert_eq!(coverage.missing(FIRST, FIRST + 4).len(), 1);
}

#[tokio::test]
async fn a_fee_that_contradicts_itself_fails_its_contracts_ledger_only() {
    let wrong = Invocation { overcharged_stroops: 7, ..call(1, "deposit") };
    let ledgers = chain(&[vec![wrong, call(2, "price")]]);
    for (id, failed) in [(1, true), (2, false)] {
        let (store, rows) = observe(Node::new(ledgers.clone()), watch(id)).await;
        assert_eq!(rows.len(), 1);
        let state = store.coverage(&subject(id)).await.expect("coverage").at(FIRST);
        assert_eq!(matches!(state, SpanState::Failed { .. }), failed, "{state:?}");
        assert_eq!(Summary::of(&rows).totals().fee_mismatches, u64::from(failed));
    }
}

#[tokio::test]
async fn declared_resources_are_never_shown_as_measured() {
    let declared = Invocation { diagnostics: false, ..call(1, "deposit") };
    let ledgers = chain(&[vec![call(1, "deposit")], vec![declared]]);
    let (store, rows) = observe(Node::new(ledgers), watch(1)).await;
    let coverage = store.coverage(&subject(1)).await.expect("coverage");
    assert_eq!(coverage.at(FIRST), indexed(Some(Fidelity::Measured)));
    assert_eq!(coverage.at(FIRST + 1), indexed(Some(Fidelity::Declared)));
    assert_eq!(Summary::of(&rows).totals().declared, 1);
}

#[tokio::test]
async fn a_chain_that_was_reset_is_refused_with_one_sentence() {
    let store = Arc::new(MemoryStore::default());
    let node = Arc::new(Node::new(busy_chain()));
    let mut observer = open(&node, &store, watch(1), FIRST).await.expect("opens");
    while !matches!(observer.step(u32::MAX).await.expect("a step"), Step::AtTip { .. }) {}

    let mut other = Chain::new(PASSPHRASE, FIRST, 1);
    let reset: Vec<_> = (0..9).map(|_| other.close(&[])).collect();
    let longer = Arc::new(Node::new(reset.clone()));
    let error = open(&longer, &store, watch(1), FIRST + 5).await.expect_err("refused");
    assert!(matches!(error, ObserveError::AnotherChain { found: Some(_), .. }), "{error}");
    assert!(error.to_string().ends_with("start over with --new-epoch"), "{error}");

    let shorter = Arc::new(Node::new(reset[..2].to_vec()));
    let error = open(&shorter, &store, watch(1), FIRST + 5).await.expect_err("refused");
    assert!(matches!(error, ObserveError::AnotherChain { found: None, .. }), "{error}");

    let names = FunctionNames::default();
    let mut anew = Observer::open(longer.clone(), store.clone(), watch(1), names, FIRST, true)
        .await
        .expect("a new epoch");
    anew.step(u32::MAX).await.expect("a step");
    let epoch = store.epoch().await.expect("an epoch").expect("begun");
    assert_eq!(epoch.first.hash, Some(reset[0].hash));
    assert!(store.rows(0, u32::MAX, None).await.expect("rows").is_empty(), "nothing is mixed");
}

#[tokio::test]
async fn a_chain_that_breaks_while_it_is_followed_is_noticed() {
    let node = Arc::new(Node::new(busy_chain()));
    let store = Arc::new(MemoryStore::default());
    let mut observer = open(&node, &store, watch(1), FIRST).await.expect("opens");
    while !matches!(observer.step(u32::MAX).await.expect("a step"), Step::AtTip { .. }) {}
    let stranger = Chain::new(PASSPHRASE, FIRST + 5, 9).close(&[call(1, "deposit")]);
    node.ledgers.lock().expect("lock").push(stranger);
    let error = observer.step(u32::MAX).await.expect_err("noticed");
    assert!(matches!(error, ObserveError::AnotherChain { .. }), "{error}");
    assert_eq!(store.rows(0, u32::MAX, None).await.expect("rows").len(), 4);
}

#[tokio::test]
async fn a_full_store_takes_no_half_of_a_ledger() {
    let ledgers = chain(&[vec![call(1, "deposit"); 3], vec![call(1, "deposit"); 3]]);
    let node = Arc::new(Node::new(ledgers));
    let store = Arc::new(MemoryStore::with_room_for(5));
    let mut observer = open(&node, &store, watch(1), FIRST).await.expect("opens");
    let error = observer.step(u32::MAX).await.expect_err("full");
    assert!(matches!(error, ObserveError::Store(StoreError::Full { held: 3, max: 5 })), "{error}");
    assert_eq!(store.rows(0, u32::MAX, None).await.expect("rows").len(), 3);
    let coverage = store.coverage(&subject(1)).await.expect("coverage");
    assert_eq!(coverage.at(FIRST + 1), SpanState::NotWatched);
}

#[tokio::test]
async fn a_flood_of_function_names_makes_no_flood_of_series() {
    let flood: Vec<_> = (0..500).map(|index| call(1, &format!("f{index}"))).collect();
    let (_, rows) = observe(Node::new(chain(&[flood])), watch(1)).await;
    assert_eq!(rows.len(), 500, "each call is kept");
    let summary = Summary::of(&rows);
    assert_eq!(summary.functions().count(), lumenscope_observer::NAMES_PER_CONTRACT_MAX + 1);
    let totals = summary.totals();
    assert_eq!((totals.calls, totals.charged_stroops), (500, 500 * 21_100));
}
