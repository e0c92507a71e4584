//! `lumenscope alerts` against a development ledger with the suite on wasm: alerts that fire, what a
//! person did about them, and who would be told.

use std::path::{Path, PathBuf};
use std::process::Output;

use lumenscope_invoke::{Address, ToVal, args, bytes, record, vector};
use lumenscope_keeper::{Keeper, RuleTarget, Stream, Suite};
use lumenscope_localnet::Localnet;
use lumenscope_testbed::{AboveRule, Testbed};
use serde_json::Value;
use tokio::process::Command;

/// Numbers of the contracts' enums.
const HIGH: u32 = 3;
const CRITICAL: u32 = 4;

/// A suite with one monitored contract, whose sizes two rules watch.
struct Bench {
    bed: Testbed,
    suite: Suite,
    contract: Address,
    folder: PathBuf,
}

impl Bench {
    async fn start(name: &str) -> Self {
        let bed = Testbed::start().await;
        let folder = bed.folder(Path::new(env!("CARGO_TARGET_TMPDIR")), name);
        let suite = Suite {
            performance_monitor: bed.contract("performance-monitor"),
            analytics_storage: bed.contract("analytics-storage"),
            alerting: bed.contract("alerting"),
            external_monitoring: bed.contract("external-monitoring"),
        };
        let contract = Address::from_contract_id([9; 32]);
        bed.monitor(&contract).await;
        Bench { bed, suite, contract, folder }
    }

    async fn open(&self, function: &str) -> Stream {
        let (contract, function) = (self.contract.clone(), function.to_owned());
        let stream = Stream { contract, function, subject: None };
        self.bed.open_stream(&stream, ("size", "bytes"), (0, 0, 0)).await;
        stream
    }

    /// A policy whose one level tells the team's channel.
    async fn policy(&self) -> [u8; 32] {
        let me = self.bed.account.address();
        let endpoint = "https://chat.example.org/pool".to_val().expect("a text");
        let config = record(&[("endpoint", endpoint)]).expect("a record");
        let nothing = bytes(&[]).expect("bytes");
        let args = args![me, "team channel", 8_u32, 0_u32, config, 0_u32, nothing, 0_u32, 0_u32];
        let monitoring = &self.suite.external_monitoring;
        let made = self.bed.send(monitoring, "create_integration", args.expect("args")).await;
        let level = record(&[
            ("delay_s", 0_u32.to_val().expect("a value")),
            ("repeat_s", 0_u32.to_val().expect("a value")),
            ("repeats", 0_u32.to_val().expect("a value")),
            ("channels", vector(vec![made]).expect("a list")),
        ]);
        let levels = vector(vec![level.expect("a record")]).expect("a list");
        let args = args![me, "team", levels].expect("args");
        self.bed.create(&self.suite.alerting, "create_policy", args).await
    }

    /// A rule that is up while the last size of a minute is above a threshold.
    async fn rule(
        &self,
        stream: &Stream,
        name: &str,
        threshold: i128,
        severity: u32,
        policy: Option<[u8; 32]>,
    ) -> RuleTarget {
        let rule = AboveRule {
            name,
            contract: &stream.contract,
            function: &stream.function,
            metric: "size",
            threshold,
            severity,
            policy,
            labels: &[("team", "pool")],
        };
        RuleTarget { rule: self.bed.create_rule(rule).await, stream: stream.clone() }
    }

    async fn report(&self, stream: &Stream, value: i128) {
        self.bed.report(stream, "size", value, self.bed.now_s().await).await;
    }

    /// Lets time pass until this minute may be evaluated, and evaluates it.
    async fn evaluate(&self, targets: &[RuleTarget]) {
        self.bed.advance_to((self.bed.now_s().await / 60 + 1) * 60 + 30).await;
        let view = self.bed.invoker.view(&self.suite.alerting, "closed_slot", vec![]).await;
        let slot: u32 = view.expect("read").value().expect("a number");
        let mut keeper = Keeper::new(&self.bed.invoker, &self.bed.account, &self.suite);
        keeper.evaluate(targets, slot).await.expect("evaluated");
    }

    async fn acknowledge(&self, target: &RuleTarget, until_s: u64) {
        let args = args![self.bed.account.address(), target, 1_u32, until_s].expect("args");
        self.bed.send(&self.suite.alerting, "acknowledge", args).await;
    }

    async fn alerts(&self, arguments: &[&str]) -> Output {
        self.command("alerts", arguments).await
    }

    async fn command(&self, command: &str, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_lumenscope"))
            .args([command, "--contract", self.contract.as_str()])
            .args(arguments)
            .envs(self.bed.environment(&self.folder))
            .output()
            .await
            .expect("started")
    }

    /// The alerts with a configuration of this account's, as JSON and as a table.
    async fn with_config(&self, parts: &str, more: &[&str]) -> (Value, String) {
        let file = self.folder.join("notifications.toml");
        let text = format!("[[owner]]\naddress = \"{}\"\n{parts}", self.bed.account.address());
        std::fs::write(&file, text).expect("written");
        let arguments = ["--config", file.to_str().expect("UTF-8")];
        let table = shown(&self.alerts(&[&arguments[..], more].concat()).await);
        let document = shown(&self.alerts(&[&arguments[..], more, &["--json"]].concat()).await);
        (serde_json::from_str(&document).expect("JSON"), table)
    }
}

#[tokio::test]
async fn what_an_alert_did_is_told_and_summed_up() {
    let bench = Bench::start("episodes").await;
    let stream = bench.open("settle").await;
    let large = bench.rule(&stream, "large", 10, HIGH, None).await;
    let nothing = shown(&bench.command("episodes", &[]).await);
    assert_eq!(nothing, "0 transitions, UTC\n");
    // More than a node looks through at a time.
    let idle =
        |ledger: &mut Localnet| (0..10_000).try_for_each(|_| ledger.close_ledger().map(drop));
    bench.bed.running.ledger.with(idle).await.expect("a ledger").expect("closed");
    bench.report(&stream, 12_345).await;
    bench.evaluate(std::slice::from_ref(&large)).await;
    bench.acknowledge(&large, bench.bed.now_s().await + 3_600).await;
    let args = args![bench.bed.account.address(), large, 1_u32, "it was a fleet"].expect("args");
    bench.bed.send(&bench.suite.alerting, "resolve", args).await;

    let table = shown(&bench.command("episodes", &[]).await);
    for expected in ["4 transitions", "inactive → pending", "12,345", "it was a fleet", "large"] {
        assert!(table.contains(expected), "{expected} is not in\n{table}");
    }
    let document = shown(&bench.command("episodes", &["--json"]).await);
    let document: Value = serde_json::from_str(&document).expect("JSON");
    let kinds: Vec<_> = document["transitions"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|told| told["kind"].as_str().expect("a text"))
        .collect();
    assert_eq!(kinds, ["pending", "firing", "acknowledged", "resolved"]);
    let alert = &document["alerts"][0];
    assert_eq!((&alert["fired"], &alert["is_up"]), (&1.into(), &false.into()), "{alert}");
    assert_eq!((&alert["rule"], &alert["acknowledged"]), (&"large".into(), &1.into()));
    // A minute that has not come is after everything.
    let later = (bench.bed.now_s().await + 86_400).to_string();
    let none = shown(&bench.command("episodes", &["--since", &later]).await);
    assert_eq!(none, "0 transitions, UTC\n");
}

fn shown(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

const ROUTES: &str = "[[owner.rotation]]\nname = \"pool\"\nmembers = [\"anna\"]\n\
    shift = { weeks = 1 }\nhandover = \"09:00\"\nzone = \"Europe/Berlin\"\nstart = 2027-01-04\n\
    [[owner.route]]\nmatchers = ['severity=\"critical\"']\nrotations = [\"pool\"]\n";
const INHIBITION: &str = "[[owner.inhibition]]\nname = \"the larger explains the smaller\"\n\
    sources = ['severity=\"critical\"']\ntargets = ['severity!=\"critical\"']\n\
    equal = [\"contract\", \"function\"]\n";

#[tokio::test]
async fn what_is_up_is_listed_with_who_would_be_told_and_what_withholds_it() {
    let bench = Bench::start("alerts").await;
    let stream = bench.open("settle").await;
    let policy = bench.policy().await;
    let large = bench.rule(&stream, "large", 10, HIGH, Some(policy)).await;
    let huge = bench.rule(&stream, "huge", 1_000, CRITICAL, None).await;
    let none = shown(&bench.alerts(&[]).await);
    assert!(none.starts_with("0 alerts are up, at "), "{none}");
    bench.report(&stream, 12_345).await;
    bench.evaluate(&[large.clone(), huge.clone()]).await;

    let table = shown(&bench.alerts(&[]).await);
    for expected in
        ["2 alerts are up, at", "critical", "huge", "settle", "firing", "12,345 > 1,000"]
    {
        assert!(table.contains(expected), "{expected} is not in\n{table}");
    }
    assert!(!table.contains("told now"), "{table}");

    let (document, table) = bench.with_config(ROUTES, &[]).await;
    let [first, second] = document["alerts"].as_array().expect("alerts").as_slice() else {
        panic!("{document}")
    };
    assert_eq!((&first["rule"], &second["rule"]), (&"huge".into(), &"large".into()));
    assert_eq!(first["value"], 12_345);
    let told = |row: &Value| row["message"]["tell"]["recipients"].clone();
    assert_eq!(
        told(first),
        serde_json::json!([{ "on_call": { "rotation": "pool", "who": "anna" } }])
    );
    assert_eq!(told(second), serde_json::json!([{ "channel": "team channel" }]));
    assert!(table.contains("anna, on call for pool") && table.contains("team channel"), "{table}");

    let (document, table) = bench.with_config(&format!("{ROUTES}{INHIBITION}"), &[]).await;
    let withheld = &document["alerts"][1]["message"]["withhold"];
    assert_eq!(withheld["by"], "inhibition");
    assert_eq!(withheld["source"], document["alerts"][0]["fingerprint"]);
    assert!(table.contains("explained by huge"), "{table}");

    let silence = "[[owner.silence]]\nid = \"migration\"\nauthor = \"anna\"\n\
        matchers = ['team=\"pool\"']\nstarts = 2030-01-01T00:00:00Z\nends = 2030-01-02T00:00:00Z\n";
    let then = ["--at", "1893499200"];
    let (document, table) = bench.with_config(silence, &then).await;
    assert!(
        table.contains("as if it were 2030-01-01 12:00")
            && table.contains("until 2030-01-02 00:00"),
        "{table}"
    );
    for row in document["alerts"].as_array().expect("alerts") {
        assert_eq!(row["message"]["withhold"]["until_s"], 1_893_542_400, "{row}");
    }
    let (document, table) = bench.with_config(silence, &[]).await;
    assert_eq!(document["alerts"][0]["message"]["withhold"]["by"], "nobody_to_tell");
    assert!(table.contains("no channel in a policy, and no route"), "{table}");

    let until_s = bench.bed.now_s().await + 3_600;
    bench.acknowledge(&huge, until_s).await;
    let (document, table) = bench.with_config(ROUTES, &[]).await;
    assert_eq!(document["alerts"][0]["handling"], "acknowledged");
    assert_eq!(document["alerts"][0]["message"]["handled"]["until_s"], until_s);
    assert!(table.contains("nobody: in hand"), "{table}");
}

/// A composite of this contract's rules, or of other composites.
fn composite(bench: &Bench, name: &str, more: &str, members: &[&str]) -> String {
    let member = |member: &&str| match member.strip_prefix('@') {
        Some(name) => format!("{{ composite = \"{name}\" }}"),
        None => format!("{{ contract = \"{}\", {member} }}", bench.contract),
    };
    let members: Vec<_> = members.iter().map(member).collect();
    format!(
        "[[owner.composite]]\nname = \"{name}\"\nseverity = \"critical\"\n{more}\n\
         members = [{}]\n",
        members.join(", ")
    )
}

/// The composites, each with its status.
fn stands(document: &Value) -> Vec<(&str, &str)> {
    let rows = document["composites"].as_array().expect("composites").iter();
    rows.map(|row| {
        (row["name"].as_str().expect("a name"), row["status"].as_str().expect("a status"))
    })
    .collect()
}

const LARGE: &str = "rule = \"large\"";
const HUGE: &str = "rule = \"huge\"";

#[tokio::test]
async fn composites_fire_with_their_members_and_are_told_of_like_alerts() {
    let bench = Bench::start("composites").await;
    let stream = bench.open("settle").await;
    let large = bench.rule(&stream, "large", 10, HIGH, None).await;
    let huge = bench.rule(&stream, "huge", 1_000, CRITICAL, None).await;
    let both = [large, huge];
    let stranger = Address::from_account_key([7; 32]);
    let parts = [
        composite(&bench, "both", "asks = \"all\"", &[LARGE, HUGE]),
        composite(&bench, "grew", "asks = { then_within_s = 600 }", &[LARGE, HUGE]),
        composite(&bench, "outer", "asks = { at_least = 1 }", &["@both"]),
        composite(&bench, "pool", "asks = { at_least = 2 }", &["matchers = ['team=\"pool\"']"]),
        "[[owner.route]]\nmatchers = ['rule=\"both\"']\nchannels = [\"room\"]\n\
         [[owner.inhibition]]\nname = \"both explain each\"\nsources = ['rule=\"both\"']\n\
         targets = ['rule=~\"large|huge\"']\n\
         [[owner.silence]]\nid = \"known\"\nauthor = \"anna\"\nmatchers = ['rule=\"both\"']\n\
         starts = 2030-01-01T00:00:00Z\nends = 2030-01-02T00:00:00Z\n"
            .to_owned(),
        format!("[[owner]]\naddress = \"{stranger}\"\n"),
        composite(&bench, "not theirs", "asks = \"any\"", &[LARGE]),
    ];
    let parts = parts.concat();
    let (document, table) = bench.with_config(&parts, &[]).await;
    let all = |status| ["both", "grew", "outer", "pool"].map(|name| (name, status));
    assert_eq!(stands(&document)[..4], all("no data"), "{table}");
    assert!(table.contains("large, settle: unknown, never evaluated"), "{table}");

    bench.report(&stream, 500).await;
    bench.evaluate(&both).await;
    let (document, table) = bench.with_config(&parts, &[]).await;
    assert_eq!(stands(&document)[..4], all("inactive"), "{table}");
    assert!(table.contains("large, settle: firing") && table.contains("huge, settle: quiet"));
    assert!(document["composites"][0].get("message").is_none(), "{document}");

    bench.report(&stream, 5_000).await;
    bench.evaluate(&both).await;
    let (document, table) = bench.with_config(&parts, &[]).await;
    assert_eq!(stands(&document)[..4], all("firing"), "{table}");
    let rows = &document["composites"];
    assert_eq!(
        rows[0]["message"]["tell"]["recipients"],
        serde_json::json!([{ "channel": "room" }])
    );
    assert_eq!(rows[1]["message"]["withhold"]["by"], "nobody_to_tell");
    assert_eq!(rows[2]["members"][0]["rule"], "both");
    assert_eq!(rows[3]["members"].as_array().expect("members").len(), 2);
    let huge_since_s = &document["alerts"][0]["since_s"];
    assert_eq!((&rows[0]["since_s"], &rows[0]["or_before"]), (huge_since_s, &false.into()));
    for alert in document["alerts"].as_array().expect("alerts") {
        let withheld = &alert["message"]["withhold"];
        assert_eq!(withheld["source"], rows[0]["fingerprint"], "{alert}");
    }
    assert!(table.contains("explained by both"), "{table}");
    // Somebody else's rule reads none of this owner's alerts.
    assert_eq!(stands(&document)[4], ("not theirs", "unknown"));
    assert!(table.contains("came 0"), "{table}");

    let (then, table) = bench.with_config(&parts, &["--at", "1893499200"]).await;
    assert_eq!(then["composites"][0]["message"]["withhold"]["id"], "known", "{table}");
    // One that reads nothing of the contracts asked about is not shown.
    let elsewhere = parts.replace(bench.contract.as_str(), &stranger.to_string());
    let (document, _) = bench.with_config(&elsewhere, &[]).await;
    assert_eq!(document["composites"], serde_json::json!([]));

    // Nobody has evaluated for longer than the guard allows.
    let evaluated_s = bench.bed.now_s().await;
    bench.bed.advance_to(evaluated_s + 7_200).await;
    let (document, table) = bench.with_config(&parts, &[]).await;
    assert_eq!(stands(&document)[0], ("both", "no data"), "{table}");
    assert!(table.contains("large, settle: unknown, not evaluated since"), "{table}");
}

#[tokio::test]
async fn files_that_are_not_what_they_should_be_are_named_before_the_node_is_asked() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("alerts-files");
    std::fs::create_dir_all(&folder).expect("made");
    let nobody = Address::from_contract_id([9; 32]);
    let deployment = folder.join("deployment.json");
    let config = folder.join("notifications.toml");
    let path = |file: &std::path::Path| file.to_str().expect("UTF-8").to_owned();
    let refused = async |code: i32| {
        let output = Command::new(env!("CARGO_BIN_EXE_lumenscope"))
            .args(["alerts", "--rpc", "http://127.0.0.1:1", "--contract", nobody.as_str()])
            .args(["--deployment", &path(&deployment), "--config", &path(&config)])
            .output()
            .await
            .expect("started");
        let errors = String::from_utf8(output.stderr).expect("UTF-8");
        assert_eq!(output.status.code(), Some(code), "{errors}");
        errors
    };
    std::fs::remove_file(&deployment).ok();
    assert!(refused(1).await.contains("name the file with --deployment"));
    std::fs::write(&deployment, "{}").expect("written");
    assert!(refused(1).await.contains("holds no deployment"));
    let empty = lumenscope_deploy::Deployment {
        network_passphrase: "here".to_owned(),
        admin: "G".to_owned(),
        contracts: Default::default(),
        transactions: 0,
        fee_stroops: 0,
    };
    let text = serde_json::to_string(&empty).expect("JSON");
    std::fs::write(&deployment, text).expect("written");
    std::fs::remove_file(&config).ok();
    assert!(refused(1).await.contains("cannot read"));
    std::fs::write(&config, "[[owner]]\naddress = \"GA\"\n").expect("written");
    let errors = refused(2).await;
    assert!(errors.contains("owner[0].address: expected the address"), "{errors}");
    let mute = format!(
        "[[owner]]\naddress = \"{}\"\n[[owner.mute]]\nname = \"n\"\nzone = \"Berlin\"\n",
        Address::from_account_key([7; 32])
    );
    std::fs::write(&config, mute).expect("written");
    let errors = refused(2).await;
    assert!(errors.contains("owner[0].mute[0].zone: expected an IANA time zone"), "{errors}");
    std::fs::write(&config, "").expect("written");
    assert!(refused(1).await.contains("asking http://127.0.0.1:1: no node answers there"));
}
