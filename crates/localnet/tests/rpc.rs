//! The twelve RPC methods, friendbot and administration over HTTP.

#[path = "support/http.rs"]
mod http;
mod support;

use http::{Served, base64, from_base64, signer_account, transaction};
use lumenscope_localnet::server::{ClosePolicy, ServeError, ServerOptions, serve};
use lumenscope_localnet::xdr::{
    AccountEntry, Asset, LedgerCloseMeta, LedgerEntryData, LedgerHeader, LedgerKey, Limits,
    ManageDataOp, OperationBody, OperationResult, PaymentOp, ReadXdr, String64, TransactionMeta,
    TransactionResult, TransactionResultResult, WriteXdr,
};
use lumenscope_localnet::{Localnet, Options, account_id, account_key, code_key, sha256};
use serde_json::json;
use std::time::Duration;

const ON_SEND: ClosePolicy = ClosePolicy::OnSend;

fn pay(stroops: i64) -> OperationBody {
    let to = lumenscope_localnet::xdr::MuxedAccount::Ed25519(lumenscope_localnet::xdr::Uint256(
        lumenscope_localnet::root_key(lumenscope_localnet::STANDALONE_PASSPHRASE)
            .verifying_key()
            .to_bytes(),
    ));
    OperationBody::Payment(PaymentOp { destination: to, asset: Asset::Native, amount: stroops })
}

async fn funded() -> Served {
    let served = Served::start(ON_SEND).await;
    let (status, answer) = served.friendbot(&signer_account()).await;
    assert_eq!(status, 200, "{answer}");
    served
}

#[tokio::test]
async fn friendbot_funds_an_account_once() {
    let served = funded().await;
    let key = base64(&account_key(&signer_account()));
    let answer = served.result("getLedgerEntries", json!({ "keys": [key] })).await;
    let LedgerEntryData::Account(AccountEntry { balance, .. }) =
        from_base64(&answer["entries"][0]["xdr"])
    else {
        panic!("{answer}");
    };
    assert_eq!(balance, 10_000 * support::XLM);
    let (status, answer) = served.friendbot(&signer_account()).await;
    assert_eq!(status, 400, "{answer}");
}

#[tokio::test]
async fn the_node_describes_itself() {
    let served = Served::start(ON_SEND).await;
    let network = served.result("getNetwork", json!({})).await;
    assert_eq!(network["passphrase"], "Standalone Network ; February 2017");
    assert_eq!(network["protocolVersion"], 28);
    assert!(network["friendbotUrl"].as_str().unwrap().ends_with("/friendbot"));
    let health = served.result("getHealth", json!({})).await;
    assert_eq!(health["status"], "healthy");
    assert_eq!(health["oldestLedger"], 60_000_000);
    assert_eq!(health["latestLedgerCloseTime"], "1800000000");
    let version = served.result("getVersionInfo", json!({})).await;
    for field in ["version", "commitHash", "buildTimestamp", "captiveCoreVersion"] {
        assert!(version[field].is_string(), "{field}: {version}");
    }
    let latest = served.result("getLatestLedger", json!({})).await;
    assert_eq!(latest["sequence"], 60_000_000);
    assert!(latest["headerXdr"].is_string() && latest["metadataXdr"].is_string());
    let fees = served.result("getFeeStats", json!({})).await;
    assert_eq!(fees["inclusionFee"]["p99"], "0");
}

#[tokio::test]
async fn a_transaction_is_found_at_the_first_look() {
    let served = funded().await;
    let applied = served.apply(pay(5), false).await;
    assert_eq!(applied["status"], "SUCCESS");
    assert_eq!(applied["applicationOrder"], 1);
    assert!(applied["createdAt"].is_string());
    let result: TransactionResult = from_base64(&applied["resultXdr"]);
    assert_eq!(result.fee_charged, 100);
    let TransactionMeta::V4(meta) = from_base64(&applied["resultMetaXdr"]) else { panic!() };
    assert_eq!(meta.operations[0].events.len(), 1, "a transfer event");
    let fees = served.result("getFeeStats", json!({})).await;
    assert_eq!(fees["inclusionFee"]["mode"], "100");
    let missing = json!({ "hash": "00".repeat(32) });
    assert_eq!(served.result("getTransaction", missing).await["status"], "NOT_FOUND");
}

#[tokio::test]
async fn a_bad_transaction_is_refused_with_its_reason() {
    let served = funded().await;
    type Expected = fn(&TransactionResultResult) -> bool;
    let cases: [(_, Expected); 3] = [
        (transaction(pay(5), 3), |code| matches!(code, TransactionResultResult::TxBadSeq)),
        (
            {
                let next = served.signer_sequence().await + 1;
                let mut cheap = transaction(pay(5), next);
                cheap.fee = 99;
                cheap
            },
            |code| matches!(code, TransactionResultResult::TxInsufficientFee),
        ),
        (
            {
                let next = served.signer_sequence().await + 1;
                let data =
                    ManageDataOp { data_name: String64("a".try_into().unwrap()), data_value: None };
                transaction(OperationBody::ManageData(data), next)
            },
            |code| {
                matches!(code, TransactionResultResult::TxFailed(results)
                    if results[0] == OperationResult::OpNotSupported)
            },
        ),
    ];
    for (transaction, expected) in cases {
        let envelope = base64(&served.sign(transaction).await);
        let answer = served.result("sendTransaction", json!({ "transaction": envelope })).await;
        assert_eq!(answer["status"], "ERROR", "{answer}");
        let result: TransactionResult = from_base64(&answer["errorResultXdr"]);
        assert!(expected(&result.result), "{result:?}");
        assert!(answer["diagnosticEventsXdr"][0].is_string());
    }
    let mut unsigned = served.sign(transaction(pay(5), served.signer_sequence().await + 1)).await;
    if let lumenscope_localnet::xdr::TransactionEnvelope::Tx(envelope) = &mut unsigned {
        envelope.signatures = Default::default();
    }
    let envelope = json!({ "transaction": base64(&unsigned) });
    let answer = served.result("sendTransaction", envelope).await;
    let result: TransactionResult = from_base64(&answer["errorResultXdr"]);
    assert_eq!(result.result, TransactionResultResult::TxBadAuth);
}

#[tokio::test]
async fn the_same_envelope_twice_is_a_duplicate() {
    let served = funded().await;
    let next = served.signer_sequence().await + 1;
    let envelope = base64(&served.sign(transaction(pay(5), next)).await);
    let request = json!({ "transaction": envelope });
    assert_eq!(served.result("sendTransaction", request.clone()).await["status"], "PENDING");
    assert_eq!(served.result("sendTransaction", request).await["status"], "DUPLICATE");
}

#[tokio::test]
async fn a_wasm_uploads_by_simulating_and_sending() {
    let served = funded().await;
    let hash = served.upload_probe().await;
    let key = base64(&code_key(hash));
    let answer = served.result("getLedgerEntries", json!({ "keys": [key] })).await;
    assert!(answer["entries"][0]["liveUntilLedgerSeq"].as_u64().unwrap() > 62_000_000);
    let json =
        served.result("getLedgerEntries", json!({ "keys": [key], "xdrFormat": "json" })).await;
    assert!(json["entries"][0]["dataJson"]["contract_code"].is_object(), "{json}");
}

#[tokio::test]
async fn ledgers_form_a_chain_and_hash_to_their_names() {
    let served = funded().await;
    served.apply(pay(5), false).await;
    served.apply(pay(6), false).await;
    let answer = served.result("getLedgers", json!({ "startLedger": 60_000_000 })).await;
    let ledgers = answer["ledgers"].as_array().unwrap();
    assert_eq!(ledgers.len(), 4);
    let mut previous: Option<String> = None;
    for ledger in ledgers {
        let meta = base64_meta(ledger);
        let LedgerCloseMeta::V2(meta) = meta else { panic!() };
        let header: &LedgerHeader = &meta.ledger_header.header;
        let name = ledger["hash"].as_str().unwrap().to_owned();
        assert_eq!(hex::encode(sha256(&header.to_xdr(Limits::none()).unwrap())), name);
        if let Some(previous) = previous.replace(name) {
            assert_eq!(hex::encode(header.previous_ledger_hash.0), previous);
        }
        let set = sha256(&meta.tx_set.to_xdr(Limits::none()).unwrap());
        assert_eq!(set, header.scp_value.tx_set_hash.0);
    }
    let cursor = answer["cursor"].as_str().unwrap();
    assert_eq!(cursor, "60000003");
    let request = json!({ "pagination": { "cursor": cursor, "limit": 2 } });
    let after = served.result("getLedgers", request).await;
    assert_eq!(after["ledgers"].as_array().unwrap().len(), 0);
    assert_eq!(after["cursor"], "60000003");
}

fn base64_meta(ledger: &serde_json::Value) -> LedgerCloseMeta {
    let meta = ledger["metadataXdr"].as_str().unwrap();
    LedgerCloseMeta::from_xdr_base64(meta, Limits::none()).unwrap()
}

#[tokio::test]
async fn transactions_come_in_pages_without_gaps() {
    let served = funded().await;
    for amount in 1..=5 {
        served.apply(pay(amount), false).await;
    }
    let mut request = json!({ "startLedger": 60_000_000, "pagination": { "limit": 2 } });
    let mut seen = Vec::new();
    loop {
        let page = served.result("getTransactions", request).await;
        let transactions = page["transactions"].as_array().unwrap().clone();
        if transactions.is_empty() {
            break;
        }
        assert!(transactions.iter().all(|transaction| transaction["createdAt"].is_u64()));
        seen.extend(transactions.iter().map(|t| t["ledger"].as_u64().unwrap()));
        request = json!({ "pagination": { "limit": 2, "cursor": page["cursor"] } });
    }
    assert_eq!(seen, [60_000_001, 60_000_002, 60_000_003, 60_000_004, 60_000_005, 60_000_006]);
}

#[tokio::test]
async fn events_come_in_pages_and_through_filters() {
    let served = funded().await;
    for amount in 1..=3 {
        served.apply(pay(amount), false).await;
    }
    let all = served.result("getEvents", json!({ "startLedger": 60_000_000 })).await;
    let events = all["events"].as_array().unwrap();
    // Four transactions: a fee event and a transfer each.
    assert_eq!(events.len(), 8);
    let ids: Vec<&str> = events.iter().map(|event| event["id"].as_str().unwrap()).collect();
    assert!(ids.is_sorted());

    let mut request = json!({ "startLedger": 60_000_000, "pagination": { "limit": 3 } });
    let mut paged = Vec::new();
    loop {
        let page = served.result("getEvents", request).await;
        let found = page["events"].as_array().unwrap().clone();
        if found.is_empty() {
            break;
        }
        paged.extend(found.iter().map(|event| event["id"].as_str().unwrap().to_owned()));
        request = json!({ "pagination": { "limit": 3, "cursor": page["cursor"] } });
    }
    assert_eq!(paged, ids);

    let transfer = base64(&support::symbol("transfer"));
    for (topics, expected) in [
        (json!([[transfer, "**"]]), 4),
        (json!([[transfer, "*", "*", "*"]]), 4),
        (json!([["*"]]), 0),
    ] {
        let filter = json!({ "type": "contract", "topics": topics });
        let request = json!({ "startLedger": 60_000_000, "filters": [filter] });
        let found = served.result("getEvents", request).await;
        assert_eq!(found["events"].as_array().unwrap().len(), expected, "{topics}");
    }
}

#[tokio::test]
async fn wrong_requests_are_told_what_is_wrong() {
    let served = Served::start(ON_SEND).await;
    let too_many_keys: Vec<_> = (0..201).map(|_| "AAAA").collect();
    for (method, params, code, message) in [
        ("noSuchMethod", json!({}), -32_601, "noSuchMethod"),
        ("getTransaction", json!({}), -32_602, "hash"),
        ("getTransaction", json!([1]), -32_602, "object"),
        ("getTransaction", json!({ "hash": "12" }), -32_602, "64"),
        ("getLedgerEntries", json!({ "keys": ["?"] }), -32_602, "keys[0]"),
        ("getLedgerEntries", json!({ "keys": too_many_keys }), -32_602, "200"),
        ("getLedgers", json!({ "startLedger": 1 }), -32_600, "60000000"),
        ("getLedgers", json!({ "pagination": { "limit": 201 } }), -32_602, "200"),
        ("getTransactions", json!({ "pagination": { "limit": 0 } }), -32_602, "between 1 and 200"),
        (
            "getEvents",
            json!({ "startLedger": 60_000_000, "filters": [{}, {}, {}, {}, {}, {}] }),
            -32_602,
            "at most 5",
        ),
        (
            "getEvents",
            json!({ "startLedger": 60_000_000, "pagination": { "cursor": "1-1" } }),
            -32_602,
            "cannot both",
        ),
        (
            "getEvents",
            json!({ "startLedger": 60_000_000, "filters": [{ "type": "x" }] }),
            -32_602,
            "contract or system",
        ),
        ("sendTransaction", json!({ "transaction": "AAAA" }), -32_602, "transaction"),
    ] {
        let (came, text) = served.error(method, params.clone()).await;
        assert_eq!(came, code, "{method} {params}: {text}");
        assert!(text.contains(message), "{method} {params}: {text}");
    }
    for (body, code) in [("{", -32_700), ("[]", -32_600), ("{\"id\":1}", -32_600)] {
        assert_eq!(served.post(body.into()).await["error"]["code"], code, "{body}");
    }
    let ttl_key = LedgerKey::Ttl(lumenscope_localnet::xdr::LedgerKeyTtl {
        key_hash: lumenscope_localnet::xdr::Hash([0; 32]),
    });
    let (_, text) = served.error("getLedgerEntries", json!({ "keys": [base64(&ttl_key)] })).await;
    assert!(text.contains("ttl"), "{text}");
}

#[tokio::test]
async fn simulation_needs_no_existing_source_and_tells_failures() {
    use lumenscope_localnet::xdr::{HostFunction, InvokeHostFunctionOp, VecM};
    let served = Served::start(ON_SEND).await;
    let upload = |wasm: Vec<u8>| {
        let mut transaction = transaction(
            OperationBody::InvokeHostFunction(InvokeHostFunctionOp {
                host_function: HostFunction::UploadContractWasm(wasm.try_into().unwrap()),
                auth: VecM::default(),
            }),
            1,
        );
        transaction.source_account = lumenscope_localnet::xdr::MuxedAccount::Ed25519(
            lumenscope_localnet::xdr::Uint256([0; 32]),
        );
        let envelope = lumenscope_localnet::sign_transaction(transaction, [0; 32], &[]).unwrap();
        json!({ "transaction": base64(&envelope) })
    };
    let good = served.result("simulateTransaction", upload(support::probe_wasm())).await;
    assert_eq!(good["stateChanges"][0]["type"], "created");
    assert!(good["minResourceFee"].as_str().unwrap().parse::<i64>().unwrap() > 0);
    let bad = served.result("simulateTransaction", upload(vec![1, 2, 3])).await;
    let said = bad["error"].as_str().unwrap();
    let log =
        said.strip_prefix("HostError: Error(WasmVm, InvalidAction)\n\nEvent log (newest first):\n");
    let first = "   0: [Failed Diagnostic Event (not emitted)] topics:[error, Error(WasmVm, ";
    assert!(log.is_some_and(|log| log.starts_with(first)), "{said}");
    assert!(bad["transactionData"].is_null());
}

#[tokio::test]
async fn an_interval_closes_ledgers_by_itself() {
    let every = ClosePolicy::Every(Duration::from_millis(20));
    let served = Served::start(every).await;
    served.friendbot(&signer_account()).await;
    let sent = served.send(pay(5), false).await;
    assert_eq!(sent["status"], "PENDING");
    let hash = json!({ "hash": sent["hash"] });
    // Each look takes a while, and a ledger closes within 20 ms: a bound against hanging.
    for _ in 0..100_000 {
        if served.result("getTransaction", hash.clone()).await["status"] == "SUCCESS" {
            return;
        }
    }
    panic!("no ledger took the transaction");
}

#[tokio::test]
async fn the_admin_endpoint_moves_time_and_ledgers() {
    let served = Served::start(ON_SEND).await;
    let (status, report) = served.admin("time", json!({ "advance_s": 3_600 })).await;
    assert_eq!((status, &report["close_time_s"]), (200, &json!(1_800_003_605)), "{report}");
    let (_, report) = served.admin("time", json!({ "set_s": 1_900_000_000 })).await;
    assert_eq!(report["close_time_s"], 1_900_000_000);
    let (status, report) = served.admin("time", json!({ "set_s": 5 })).await;
    assert_eq!(status, 400, "{report}");
    let (_, report) = served.admin("ledgers", json!({ "close": 3 })).await;
    assert_eq!(report["sequence"], 60_000_005);
    let (_, report) = served.admin("ledgers", json!({ "skip": 2_073_600 })).await;
    assert_eq!(report["sequence"], 62_073_605);
    assert_eq!(report["oldest_ledger"], 62_073_605);
    // One ledger closed, of those that were skipped.
    assert_eq!(report["close_time_s"], 1_900_000_020);
    assert!(report["note"].as_str().unwrap().contains("no time passed"), "{report}");
    let (status, _) = served.admin("ledgers", json!({ "close": 1_000_000 })).await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn time_is_set_to_the_second_on_a_ledger_that_ran_ahead_of_the_clock() {
    let mut options = Options::mainnet().unwrap();
    options.time_source = lumenscope_localnet::TimeSource::System { offset_s: 0 };
    let served = Served::start_with(Localnet::new(&options).unwrap(), ON_SEND).await;
    let (_, report) = served.admin("ledgers", json!({ "close": 100 })).await;
    let set_s = report["close_time_s"].as_u64().unwrap() + 86_400;
    let (_, report) = served.admin("time", json!({ "set_s": set_s })).await;
    assert_eq!(report["close_time_s"], set_s);
    let (_, report) = served.admin("time", json!({ "set_s": set_s + 1 })).await;
    assert_eq!(report["close_time_s"], set_s + 1, "the very next second");
    let (status, report) = served.admin("time", json!({ "set_s": set_s + 1 })).await;
    assert_eq!(status, 400, "{report}");
}

#[tokio::test]
async fn other_machines_are_kept_out_unless_allowed() {
    let ledger = Localnet::new(&Options::mainnet().unwrap()).unwrap();
    let options = |allow_remote| ServerOptions {
        listen: "0.0.0.0:0".parse().unwrap(),
        admin_port: 0,
        allow_remote,
        close: ON_SEND,
        friendbot_stroops: 1,
    };
    let refused = serve(ledger.clone(), &options(false)).await;
    assert!(matches!(refused, Err(ServeError::RemoteRefused(_))));
    let running = serve(ledger, &options(true)).await.unwrap();
    assert!(running.admin_address.ip().is_loopback());
    running.stop().await;
}

#[tokio::test]
async fn what_a_body_may_hold_is_bounded() {
    let served = Served::start(ON_SEND).await;
    let account = account_id([1; 32]).to_string();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("http://{}/", served.running.rpc_address);
    let answer = client.post(url).body(account.repeat(20_000)).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 413);
}
