//! The binary against a development ledger: what is printed, where, and how it ends.

#[path = "../../invoke/tests/support/mod.rs"]
mod support;

use std::process::{Output, Stdio};

use lumenscope_invoke::{Address, Operation, Outcome, args};
use serde_json::Value;
use support::Bench;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

const FIRST: u32 = 60_000_000;

async fn lumenscope(url: &str, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lumenscope"))
        .args(arguments)
        .env("LUMENSCOPE_RPC_URL", url)
        .env_remove("LUMENSCOPE_LOG")
        .output()
        .await
        .expect("started")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

fn json(output: &Output) -> Value {
    assert!(output.status.success(), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// A contract with two successful calls and one that failed with error 5.
async fn traffic() -> (Bench, Address, Vec<Outcome>) {
    let bench = Bench::start().await;
    let (alice, bob) = (bench.account(1).await, bench.account(2).await);
    let probe = bench.probe(&alice, 1).await;
    let operation = Operation::Invoke {
        contract: probe.clone(),
        function: "once".to_owned(),
        args: args![7_u32].expect("args"),
    };
    let mut outcomes = Vec::new();
    let get = bench.invoker.invoke(&alice, &probe, "get", args![0_u32].expect("args")).await;
    outcomes.push(get.expect("applied"));
    let first = bench.invoker.prepare(&alice.address(), &operation, &[]).await.expect("ready");
    let second = bench.invoker.prepare(&bob.address(), &operation, &[]).await.expect("ready");
    for (account, prepared) in [(&alice, first), (&bob, second)] {
        let pending = bench.invoker.submit(account, &prepared).await.expect("taken");
        outcomes.push(bench.invoker.outcome(&pending).await.expect("applied"));
    }
    (bench, probe, outcomes)
}

#[tokio::test]
async fn observe_accounts_for_every_call_of_the_range() {
    let (bench, probe, outcomes) = traffic().await;
    let arguments = ["observe", "--contract", probe.as_str(), "--json"];
    let document = json(&lumenscope(&bench.url(), &arguments).await);
    assert_eq!(document["from"], FIRST);
    assert_eq!(document["epoch"]["passphrase"], "Standalone Network ; February 2017");
    let charged: i64 = outcomes.iter().map(|outcome| outcome.fee_charged_stroops).sum();
    let functions = document["functions"].as_array().expect("functions");
    let of_calls = functions.iter().filter(|function| function["function"] != "@create_contract");
    let sum: i64 =
        of_calls.map(|function| function["root"]["charged_stroops"].as_i64().expect("a sum")).sum();
    assert_eq!(sum, charged);
    let once = functions.iter().find(|function| function["function"] == "once").expect("called");
    assert_eq!(once["root"]["failed"], 1);
    assert_eq!(once["errors"][0]["name"], "AlreadyUsed (#5)");
    let calls = document["calls"].as_array().expect("calls");
    let hashes: Vec<_> = outcomes.iter().map(|outcome| outcome.hash.to_string()).collect();
    let of_outcomes: Vec<_> = calls
        .iter()
        .filter(|call| hashes.iter().any(|hash| call["transaction"] == hash.as_str()))
        .collect();
    assert_eq!(of_outcomes.len(), 3);
    assert_eq!(of_outcomes[2]["error_name"], "AlreadyUsed (#5)");
}

#[tokio::test]
async fn observe_says_what_it_does_not_know_and_ends_with_3() {
    let (bench, probe, _) = traffic().await;
    let from = (FIRST - 10).to_string();
    let arguments = ["observe", "--contract", probe.as_str(), "--from", &from];
    let output = lumenscope(&bench.url(), &arguments).await;
    assert_eq!(output.status.code(), Some(3));
    let errors = text(&output.stderr);
    assert!(errors.contains("ledgers 59999990 to 59999999"), "{errors}");
    assert!(text(&output.stdout).contains("once"), "what is known is printed");
}

#[tokio::test]
async fn watch_shows_calls_errors_and_lifetimes_once() {
    let (bench, probe, _) = traffic().await;
    let output = lumenscope(&bench.url(), &["watch", probe.as_str(), "--once"]).await;
    assert!(output.status.success(), "{}", text(&output.stderr));
    let screen = text(&output.stdout);
    for expected in ["AlreadyUsed (#5)", "once", "instance lives until", "code lives until"] {
        assert!(screen.contains(expected), "{expected} is not in\n{screen}");
    }
    assert!(!screen.contains('\u{1b}'), "no escape sequences where there is no terminal");
    let view =
        json(&lumenscope(&bench.url(), &["watch", probe.as_str(), "--once", "--json"]).await);
    assert_eq!(view["contract"], probe.as_str());
    assert_eq!(view["time_to_live"][0]["entry"], "instance");
    assert_eq!(view["time_to_live"][0]["alarm"], false);
    assert_eq!(view["latest_calls"][0]["error"], "AlreadyUsed (#5)");
}

#[tokio::test]
async fn what_cannot_be_done_is_said_on_standard_error_with_status_1() {
    let bench = Bench::start().await;
    let nobody = Address::from_contract_id([9; 32]);
    let output = lumenscope(&bench.url(), &["watch", nobody.as_str(), "--once"]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("there is no contract"), "{}", text(&output.stderr));
    assert!(output.stdout.is_empty());
    let output = lumenscope("http://127.0.0.1:1", &["observe"]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("asking http://127.0.0.1:1"));
    let output = lumenscope(&bench.url(), &["observe", "--to", "8"]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("expected a range of ledgers, got 60000000 to 8"));
}

#[tokio::test]
async fn where_no_node_answers_its_url_is_named_and_how_to_start_one() {
    let folder = folder("nobody");
    for contract in lumenscope_deploy::CONTRACTS {
        std::fs::write(folder.join(format!("{contract}.wasm")), "any").expect("written");
    }
    let (key, folder) = (folder.join("secret"), folder.to_str().expect("UTF-8"));
    let nobody = Address::from_contract_id([9; 32]);
    for arguments in [
        &["observe"][..],
        &["watch", nobody.as_str(), "--once"],
        &["deploy", "--wasm", folder, "--key-file", key.to_str().expect("UTF-8")],
    ] {
        let output = lumenscope("http://127.0.0.1:1", arguments).await;
        let errors = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{errors}");
        assert!(errors.contains("asking http://127.0.0.1:1: no node answers there"), "{errors}");
        assert!(errors.contains("is `lumenscope localnet` running?"), "{errors}");
        assert!(!errors.contains('\u{1b}'), "{errors}");
    }
    assert!(!key.exists(), "no key is made for a node that is not there");
}

#[tokio::test]
async fn a_deployment_without_wasm_makes_no_key_and_another_file_is_not_overwritten() {
    let folder = folder("deploy");
    let (key, out) = (folder.join("secret"), folder.join("deployment.json"));
    let path = |path: &std::path::Path| path.to_str().expect("UTF-8").to_owned();
    let deploy = async |wasm: &str| {
        let (key, out) = (path(&key), path(&out));
        let arguments = ["deploy", "--wasm", wasm, "--key-file", &key, "--out", &out];
        let output = lumenscope("http://127.0.0.1:1", &arguments).await;
        assert_eq!(output.status.code(), Some(1));
        text(&output.stderr)
    };
    let errors = deploy("/nonexistent").await;
    assert!(errors.contains("/nonexistent/performance-monitor.wasm"), "{errors}");
    assert!(errors.contains("cargo xtask contracts"), "{errors}");
    assert!(!key.exists());
    for contract in lumenscope_deploy::CONTRACTS {
        std::fs::write(folder.join(format!("{contract}.wasm")), "any").expect("written");
    }
    std::fs::write(&out, "somebody's notes").expect("written");
    let errors = deploy(&path(&folder)).await;
    assert!(errors.contains("holds no deployment and would be overwritten"), "{errors}");
}

#[tokio::test]
async fn a_port_that_is_taken_is_said_once_with_what_to_do() {
    let bench = Bench::start().await;
    let url = bench.url();
    let port = url.rsplit(':').next().expect("a port");
    for (arguments, option) in [
        (["localnet", "--port", port, "--admin-port", "0"], "--port 0"),
        (["localnet", "--port", "0", "--admin-port", port], "--admin-port 0"),
    ] {
        let output = lumenscope(&url, &arguments).await;
        assert_eq!(output.status.code(), Some(1));
        let errors = text(&output.stderr);
        assert!(errors.contains(&format!("port {port} is taken")), "{errors}");
        assert!(errors.contains(&format!("use {option}")), "{errors}");
        assert_eq!(errors.matches("in use").count(), 1, "{errors}");
    }
}

#[tokio::test]
async fn the_demonstration_says_before_it_begins_what_it_cannot_find_or_write() {
    for (arguments, expected) in [
        (["demo", "--out", "/nonexistent/demo.json"], "cannot write /nonexistent/demo.json"),
        (["demo", "--deploy-script", "/nonexistent.sh"], "or name its script with --deploy-script"),
    ] {
        let output = lumenscope("http://127.0.0.1:1", &arguments).await;
        assert_eq!(output.status.code(), Some(1));
        let errors = text(&output.stderr);
        assert!(errors.contains(expected), "{errors}");
        assert!(output.stdout.is_empty(), "{}", text(&output.stdout));
    }
}

/// An empty folder for a test.
fn folder(name: &str) -> std::path::PathBuf {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("cli-{name}"));
    // What an earlier run left; there is nothing to remove the first time.
    std::fs::remove_dir_all(&folder).ok();
    std::fs::create_dir_all(&folder).expect("made");
    folder
}

#[tokio::test]
async fn wrong_usage_ends_with_2_and_says_what_was_expected() {
    let right = Address::from_contract_id([9; 32]).to_string();
    let last = if right.ends_with('A') { "B" } else { "A" };
    let mistyped = format!("{}{last}", &right[..right.len() - 1]);
    let output = lumenscope("http://127.0.0.1:1", &["watch", "not-a-contract"]).await;
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("expected a contract address"));
    for (arguments, expected) in [
        (&["observe", "--from", "9", "--to", "8"][..], "expected --from to be at most --to"),
        (&["observe", "--rpc", "not-a-url"], "expected an http or https URL"),
        (&["watch", &mistyped, "--once"], "the checksum of"),
    ] {
        let output = lumenscope("http://127.0.0.1:1", arguments).await;
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let errors = text(&output.stderr);
        assert!(errors.contains(expected), "{errors}");
        assert!(!errors.contains("asking"), "nobody was asked: {errors}");
    }
    let output = lumenscope("http://127.0.0.1:1", &["watch", "--help"]).await;
    assert!(output.status.success());
    assert!(text(&output.stdout).contains("--once"));
}

#[tokio::test]
async fn watch_says_what_is_new_as_ledgers_close() {
    let bench = Bench::start().await;
    let alice = bench.account(1).await;
    let probe = bench.probe(&alice, 1).await;
    let mut child = Command::new(env!("CARGO_BIN_EXE_lumenscope"))
        .args(["watch", probe.as_str(), "--json", "--rpc", &bench.url()])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("started");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let mut next = async || -> Value {
        let line = lines.next_line().await.expect("read").expect("a line");
        serde_json::from_str(&line).expect("JSON")
    };
    let before = next().await;
    let get = bench.invoker.invoke(&alice, &probe, "get", args![0_u32].expect("args")).await;
    let called = get.expect("applied");
    let after = next().await;
    assert_eq!(after["through"], called.ledger);
    assert_eq!(after["latest_calls"][0]["function"], "get");
    let calls = |view: &Value| view["totals"]["calls"].as_u64().expect("a count");
    assert_eq!(calls(&after), calls(&before) + 1);
    child.kill().await.expect("ended");
}
