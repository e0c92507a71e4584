//! The real `stellar` command line against the development ledger: every contract deployed, the
//! four signatures that users copy called, everything read back.
#![cfg(feature = "real-cli")]

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Command, Output};

use lumenscope_localnet::server::{
    ClosePolicy, DEFAULT_FRIENDBOT_STROOPS, Running, ServerOptions, serve,
};
use lumenscope_localnet::{Localnet, Options, STANDALONE_PASSPHRASE};
use serde_json::{Value, json};

/// A ledger, and a `stellar` with a configuration of its own.
struct Cli {
    configuration: tempfile::TempDir,
    runtime: tokio::runtime::Runtime,
    running: Option<Running>,
}

impl Cli {
    fn start() -> Self {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let localnet = Localnet::new(&Options::mainnet().expect("settings")).expect("a ledger");
        let options = ServerOptions {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            admin_port: 0,
            allow_remote: false,
            close: ClosePolicy::OnSend,
            friendbot_stroops: DEFAULT_FRIENDBOT_STROOPS,
        };
        let running = runtime.block_on(serve(localnet, &options)).expect("a server");
        let rpc_url = format!("http://{}", running.rpc_address);
        let configuration = tempfile::tempdir().expect("a folder");
        let cli = Self { configuration, runtime, running: Some(running) };
        let add = ["network", "add", "dev", "--rpc-url", &rpc_url];
        cli.run(&[&add[..], &["--network-passphrase", STANDALONE_PASSPHRASE]].concat());
        cli.run(&["keys", "generate", "alice", "--fund", "--network", "dev"]);
        cli
    }

    fn output(&self, args: &[&str]) -> Output {
        Command::new("stellar")
            .args(args)
            .env("XDG_CONFIG_HOME", self.configuration.path())
            .env("XDG_DATA_HOME", self.configuration.path())
            .env("HOME", self.configuration.path())
            .env("STELLAR_NO_UPDATE_CHECK", "true")
            .current_dir(self.configuration.path())
            .output()
            .expect("`stellar` 28 on PATH")
    }

    /// What a successful command prints.
    fn run(&self, args: &[&str]) -> String {
        let output = self.output(args);
        let (out, err) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "stellar {args:?} failed:\n{out}\n{err}");
        out.trim().to_owned()
    }

    fn deploy(&self, package: &str, constructor: &[&str]) -> String {
        let wasm = lumenscope_contract_wasm::path(package);
        let wasm = wasm.to_str().expect("a path");
        let deploy =
            ["contract", "deploy", "--wasm", wasm, "--source", "alice", "--network", "dev"];
        self.run(&[&deploy[..], &["--"], constructor].concat())
    }

    fn invoke(&self, contract: &str, call: &[&str]) -> Value {
        let to = ["contract", "invoke", "--id", contract, "--source", "alice", "--network", "dev"];
        let answer = self.run(&[&to[..], &["--"], call].concat());
        if answer.is_empty() { Value::Null } else { parsed(&answer) }
    }

    fn address(&self, name: &str) -> String {
        self.run(&["keys", "public-key", name])
    }
}

impl Drop for Cli {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            self.runtime.block_on(running.stop());
        }
    }
}

fn parsed(answer: &str) -> Value {
    serde_json::from_str(answer).unwrap_or_else(|error| panic!("{error} in {answer}"))
}

fn metric(name: &str) -> Value {
    json!({
        "name": name, "unit": "stroops", "kind": 2, "watched": true,
        "sketch": [0, 0, 0],
    })
}

#[test]
fn the_suite_is_deployed_called_and_read_back_with_the_real_command_line() {
    let cli = Cli::start();
    let alice = cli.address("alice");
    let admin = ["--admin", &alice, "--upgrade_delay_s", "86400"];
    let monitor = cli.deploy("performance-monitor", &admin);
    let analytics = cli.deploy("analytics-storage", &admin);
    let dashboard = cli.deploy("dashboard", &admin);
    let external = cli.deploy("external-monitoring", &admin);
    let with_monitor = [&admin[..], &["--monitor", &monitor]].concat();
    let alerting = cli.deploy("alerting", &with_monitor);
    cli.invoke(&monitor, &["set_analytics", "--analytics", &analytics]);
    cli.invoke(&analytics, &["set_monitor", "--monitor", &monitor]);

    // Any contract can be monitored by an account that its owner names.
    let pool = &dashboard;
    let owner = json!(alice).to_string();
    cli.invoke(&monitor, &["register", "--caller", &alice, "--contract", pool, "--owner", &owner]);
    cli.invoke(
        &monitor,
        &["set_reporter", "--contract", pool, "--reporter", &alice, "--role", "3"],
    );
    let stream =
        json!({ "contract": pool, "function": "pay", "subject": null, "lane": null }).to_string();
    let spec = json!({ "metrics": [metric("premium")], "mode": 0, "witnesses": false }).to_string();
    cli.invoke(&monitor, &["open_stream", "--stream", &stream, "--spec", &spec]);

    // The four signatures.
    let record = [
        "record_metric",
        "--contract_address",
        pool,
        "--metric",
        "premium",
        "--value",
        "125",
        "--unit",
        "stroops",
        "--function",
        "pay",
        "--metadata",
        // The command line takes optional text as JSON.
        "\"first\"",
    ];
    assert_eq!(cli.invoke(&monitor, &record), 1);
    assert_eq!(cli.invoke(&monitor, &record), 2);
    let rule = cli.invoke(
        &alerting,
        &[
            "create_alert_rule",
            "--admin",
            &alice,
            "--name",
            "dear premiums",
            "--contract",
            &json!(pool).to_string(),
            "--metric",
            "premium",
            "--operator",
            "0",
            "--threshold",
            "1000",
            "--window_s",
            "300",
            "--min_points",
            "1",
            "--severity",
            "3",
            "--cooldown_s",
            "600",
        ],
    );
    let board = cli.invoke(
        &dashboard,
        &[
            "create_dashboard",
            "--owner",
            &alice,
            "--name",
            "pool",
            "--description",
            "the pool",
            "--layout",
            "0",
            "--columns",
            "12",
            "--rows",
            "24",
        ],
    );
    std::fs::write(cli.configuration.path().join("nothing"), []).expect("an empty file");
    let integration = cli.invoke(
        &external,
        &[
            "create_integration",
            "--owner",
            &alice,
            "--name",
            "prometheus",
            "--kind",
            "0",
            "--direction",
            "0",
            "--config",
            r#"{"endpoint":"https://metrics.example.org"}"#,
            "--auth_type",
            "0",
            // None are needed, and the command line takes no empty value but from a file.
            "--sealed_credentials-file-path",
            "nothing",
            "--format",
            "1",
            "--sync_interval_s",
            "60",
        ],
    );

    // Read back.
    let everything = json!({
        "stream": parsed(&stream), "metric": "premium", "granularity": 0,
        "from_s": 0, "to_s": 4_102_444_800_u64, "include_open": true,
    });
    let all = cli.invoke(&analytics, &["aggregate", "--query", &everything.to_string()]);
    assert_eq!((&all["count"], &all["sum"]), (&json!(2), &json!("250")));
    let text = |value: &Value| value.as_str().expect("an id").to_owned();
    let read = cli.invoke(&alerting, &["rule", "--rule", &text(&rule)]);
    assert_eq!(read["spec"]["name"], "dear premiums");
    let viewer = json!({ "Account": alice }).to_string();
    let read =
        cli.invoke(&dashboard, &["dashboard", "--dashboard", &text(&board), "--viewer", &viewer]);
    assert_eq!(read["details"]["name"], "pool");
    let read = cli.invoke(&external, &["integration", "--integration", &text(&integration)]);
    assert_eq!(read["name"], "prometheus");

    // What everybody can see without a contract's help.
    let events = cli.run(&[
        "events",
        "--network",
        "dev",
        "--start-ledger",
        "60000001",
        "--id",
        &monitor,
        "--output",
        "json",
        "--count",
        "100",
    ]);
    let recorded = events.lines().filter(|line| line.contains("premium")).count();
    assert!(recorded >= 2, "expected the two samples among the events:\n{events}");
    let source = ["--source", "alice", "--network", "dev"];
    let instance = ["contract", "read", "--id", &monitor, "--output", "json"];
    assert!(!cli.run(&[&instance[..], &source[2..]].concat()).is_empty());
    let interface =
        cli.run(&["contract", "info", "interface", "--id", &monitor, "--network", "dev"]);
    assert!(interface.contains("fn record_metric"), "{interface}");
}

#[test]
fn uploading_twice_is_the_same_code_and_bad_input_is_refused_by_name() {
    let cli = Cli::start();
    let wasm = lumenscope_contract_wasm::path("performance-monitor");
    let wasm = wasm.to_str().expect("a path");
    let upload = ["contract", "upload", "--wasm", wasm, "--source", "alice", "--network", "dev"];
    let hash = cli.run(&upload);
    assert_eq!(hash.len(), 64);
    assert_eq!(cli.run(&upload), hash);
    assert!(Path::new(wasm).exists());

    let alice = cli.address("alice");
    let monitor =
        cli.deploy("performance-monitor", &["--admin", &alice, "--upgrade_delay_s", "86400"]);
    let unknown = cli.output(&[
        "contract",
        "invoke",
        "--id",
        &monitor,
        "--source",
        "alice",
        "--network",
        "dev",
        "--",
        "record_metric",
        "--contract_address",
        &monitor,
        "--metric",
        "premium",
        "--value",
        "1",
        "--unit",
        "stroops",
        "--function",
        "pay",
    ]);
    let said = String::from_utf8_lossy(&unknown.stderr).into_owned();
    assert!(!unknown.status.success());
    assert!(said.contains("ContractUnknown") || said.contains("#3000"), "{said}");
}

#[test]
fn administration_is_read_with_the_names_of_its_fields() {
    let cli = Cli::start();
    let alice = cli.address("alice");
    let base = cli.deploy("probe-base", &["--admin", &alice, "--upgrade_delay_s", "86400"]);
    let new = json!({ "delay_s": 86400, "paused": false, "ready_s": null, "roles": {}, "schema": 1,
            "upgrade": null });
    assert_eq!(cli.invoke(&base, &["administration"]), new);

    let hash = "07".repeat(32);
    cli.invoke(&base, &["pause"]);
    cli.invoke(&base, &["set_role", "--account", &alice, "--role", "1", "--held", "true"]);
    cli.invoke(&base, &["propose_upgrade", "--wasm_hash", &hash]);
    let state = cli.invoke(&base, &["administration"]);
    assert_eq!(state["paused"], true);
    assert_eq!(state["roles"], json!({ alice.as_str(): 2 }));
    assert_eq!(state["upgrade"], hash.as_str());
    assert!(state["ready_s"].is_u64(), "{state}");
}
