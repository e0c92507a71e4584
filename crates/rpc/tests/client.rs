//! The client against scripted answers: no network, no time.

use std::collections::VecDeque;
use std::future::{Future, ready};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use lumenscope_rpc::{
    Client, Clock, EventFilter, EventQuery, EventRange, Page, Request, RetryPolicy, RpcError,
    SendStatus, Simulation, TransactionStatus, Transport,
};
use serde_json::{Value, json};

/// Answers in order; `{id}` becomes the request's id.
#[derive(Default)]
struct Script {
    answers: Mutex<VecDeque<Result<Value, RpcError>>>,
    requests: Mutex<Vec<Value>>,
}

impl Transport for Script {
    fn send(&self, request: Request) -> impl Future<Output = Result<Vec<u8>, RpcError>> + Send {
        let body: Value = serde_json::from_slice(&request.body).expect("JSON");
        let answer = self.answers.lock().expect("lock").pop_front().expect("an answer is left");
        let answer = answer.map(|mut answer| {
            if answer.get("id").is_none() {
                answer["id"] = body["id"].clone();
            }
            answer.to_string().into_bytes()
        });
        self.requests.lock().expect("lock").push(body);
        ready(answer)
    }
}

/// Time passes only by waiting.
#[derive(Default)]
struct TestClock(AtomicU64);

impl Clock for TestClock {
    fn now_ms(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send {
        self.0.fetch_add(duration.as_millis().try_into().expect("short"), Ordering::Relaxed);
        ready(())
    }
}

fn client(answers: Vec<Result<Value, RpcError>>) -> (Client<Arc<Script>, TestClock>, Arc<Script>) {
    let script = Arc::new(Script { answers: Mutex::new(answers.into()), ..Script::default() });
    (Client::with(script.clone(), TestClock::default(), RetryPolicy::default()), script)
}

fn result(result: Value) -> Result<Value, RpcError> {
    Ok(json!({ "jsonrpc": "2.0", "result": result }))
}

fn failure(code: i64, message: &str) -> Result<Value, RpcError> {
    Ok(json!({ "jsonrpc": "2.0", "error": { "code": code, "message": message } }))
}

fn unreachable(method: &'static str) -> Result<Value, RpcError> {
    Err(RpcError::Unreachable { method, reason: "connection refused".to_owned() })
}

#[tokio::test]
async fn a_request_is_json_rpc_with_named_parameters() {
    let (client, script) = client(vec![result(
        json!({ "ledgers": [], "latestLedger": 9, "oldestLedger": 1, "cursor": "8" }),
    )]);
    let page = client.ledgers(&Page::From(60_000_000), 5).await.expect("a page");
    assert_eq!((page.latest_ledger, page.cursor.as_str()), (9, "8"));
    let requests = script.requests.lock().expect("lock");
    assert_eq!(
        requests[0],
        json!({
            "jsonrpc": "2.0", "id": 1, "method": "getLedgers",
            "params": { "startLedger": 60_000_000, "pagination": { "limit": 5 } }
        })
    );
}

#[tokio::test]
async fn a_node_that_comes_back_is_asked_again_after_growing_pauses() {
    let health = json!({
        "status": "healthy", "latestLedger": 2, "oldestLedger": 1, "ledgerRetentionWindow": 10
    });
    let (client, script) = client(vec![
        unreachable("getHealth"),
        Err(RpcError::Status { method: "getHealth", status: 503 }),
        failure(-32_603, "busy"),
        result(health),
    ]);
    assert_eq!(client.health().await.expect("an answer").latest_ledger, 2);
    assert_eq!(script.requests.lock().expect("lock").len(), 4);
    assert!(client.clock().now_ms() >= 100 + 200 + 400, "{}", client.clock().now_ms());
}

#[tokio::test]
async fn retries_end() {
    let (client, script) = client((0..10).map(|_| unreachable("getHealth")).collect());
    let error = client.health().await.expect_err("no answer");
    assert!(matches!(error, RpcError::Unreachable { .. }), "{error}");
    assert_eq!(script.requests.lock().expect("lock").len(), 1 + RetryPolicy::default().retries);
}

#[tokio::test]
async fn a_refusal_is_not_repeated_and_keeps_the_nodes_words() {
    let (client, script) =
        client(vec![failure(-32_602, "start is after newest ledger"), failure(-32_601, "?")]);
    let error = client.ledgers(&Page::From(1), 1).await.expect_err("refused");
    assert_eq!(
        error.to_string(),
        "the node refuses getLedgers: start is after newest ledger (code -32602)"
    );
    let error = client.ledgers(&Page::From(1), 1).await.expect_err("unknown");
    assert!(matches!(error, RpcError::MethodNotFound { method: "getLedgers" }));
    assert_eq!(script.requests.lock().expect("lock").len(), 2);
}

#[tokio::test]
async fn an_answer_to_another_request_is_refused() {
    let (client, _) = client(vec![Ok(json!({ "jsonrpc": "2.0", "id": 77, "result": {} }))]);
    let error = client.network().await.expect_err("refused");
    assert!(error.to_string().contains("expected id 1, got Some(77)"), "{error}");
}

#[tokio::test]
async fn an_answer_without_what_the_method_promises_is_refused() {
    let (client, _) = client(vec![result(json!({ "passphrase": "x" })), Ok(json!({}))]);
    let error = client.network().await.expect_err("refused");
    assert!(error.to_string().contains("protocolVersion"), "{error}");
    let error = client.network().await.expect_err("refused");
    assert!(error.to_string().contains("neither result nor error"), "{error}");
}

#[tokio::test]
async fn a_simulation_is_ready_needs_a_restoration_or_failed() {
    let ready = json!({
        "latestLedger": 7, "transactionData": "AAAA", "minResourceFee": "1234",
        "results": [{ "auth": [], "xdr": "AAAB" }]
    });
    let mut restore = ready.clone();
    restore["restorePreamble"] = json!({ "transactionData": "BBBB", "minResourceFee": "99" });
    let failed = json!({ "latestLedger": 7, "error": "HostError: Error(Contract, #5)" });
    let (client, _) = client(vec![result(ready), result(restore), result(failed)]);
    let Simulation::Ready(simulated) = client.simulate("AAAA").await.expect("an answer") else {
        panic!("ready")
    };
    assert_eq!(simulated.min_resource_fee_stroops, 1_234);
    let Simulation::NeedsRestore { preamble, .. } = client.simulate("A").await.expect("an answer")
    else {
        panic!("needs restore")
    };
    assert_eq!(preamble.min_resource_fee_stroops, 99);
    let Simulation::Failed { error, .. } = client.simulate("A").await.expect("an answer") else {
        panic!("failed")
    };
    assert!(error.contains("#5"));
}

#[tokio::test]
async fn a_transaction_is_found_or_not_and_numbers_may_be_text() {
    let applied = json!({
        "status": "FAILED", "latestLedger": 9, "txHash": "ab", "ledger": 8,
        "applicationOrder": 3, "createdAt": "1800000000", "envelopeXdr": "A", "resultXdr": "B",
        "resultMetaXdr": "C"
    });
    let (client, _) = client(vec![
        result(json!({ "status": "NOT_FOUND", "latestLedger": 9, "txHash": "ab" })),
        result(applied),
        result(json!({ "status": "LOST", "latestLedger": 9 })),
    ]);
    let status = client.transaction("ab").await.expect("an answer");
    assert_eq!(status, TransactionStatus::NotFound { latest_ledger: 9 });
    let TransactionStatus::Applied(record) = client.transaction("ab").await.expect("an answer")
    else {
        panic!("applied")
    };
    assert_eq!((record.ledger, record.created_at), (8, 1_800_000_000));
    assert!(client.transaction("ab").await.is_err());
}

#[tokio::test]
async fn every_status_of_sending_is_known() {
    let sent = |status: &str| {
        result(json!({ "hash": "ab", "status": status, "latestLedger": 1,
            "latestLedgerCloseTime": "1800000000" }))
    };
    let (client, _) =
        client(vec![sent("PENDING"), sent("DUPLICATE"), sent("TRY_AGAIN_LATER"), sent("ERROR")]);
    for expected in
        [SendStatus::Pending, SendStatus::Duplicate, SendStatus::TryAgainLater, SendStatus::Error]
    {
        assert_eq!(client.send("A").await.expect("an answer").status, expected);
    }
}

#[tokio::test]
async fn long_lists_of_keys_are_split_into_requests_that_a_node_takes() {
    let page = |latest: u32| result(json!({ "entries": [], "latestLedger": latest }));
    let (client, script) = client(vec![page(9), page(8), page(10)]);
    let keys: Vec<_> = (0..450).map(|key| key.to_string()).collect();
    let entries = client.entries(&keys).await.expect("entries");
    assert_eq!(entries.latest_ledger, 8, "only what the oldest answer saw is sure");
    let requests = script.requests.lock().expect("lock");
    let sizes: Vec<_> = requests
        .iter()
        .map(|request| request["params"]["keys"].as_array().expect("keys").len())
        .collect();
    assert_eq!(sizes, [200, 200, 50]);
}

#[tokio::test]
async fn events_are_asked_for_by_range_or_by_cursor() {
    let page = || result(json!({ "events": [], "latestLedger": 9, "cursor": "x" }));
    let (client, script) = client(vec![page(), page()]);
    let filters =
        vec![EventFilter { contract_ids: vec!["C".to_owned()], ..EventFilter::default() }];
    let range = EventRange::Ledgers { start: 5, end: Some(7) };
    let query = EventQuery { range, filters, limit: 10 };
    client.events(&query).await.expect("a page");
    let query = EventQuery { range: EventRange::After("x".to_owned()), ..query };
    client.events(&query).await.expect("a page");
    let requests = script.requests.lock().expect("lock");
    assert_eq!(
        requests[0]["params"],
        json!({ "startLedger": 5, "endLedger": 7, "filters": [{ "contractIds": ["C"] }],
            "pagination": { "limit": 10 } })
    );
    assert_eq!(
        requests[1]["params"],
        json!({ "filters": [{ "contractIds": ["C"] }],
            "pagination": { "cursor": "x", "limit": 10 } })
    );
}
