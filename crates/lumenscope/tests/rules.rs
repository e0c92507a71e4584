//! `lumenscope rules` against a development ledger with the suite on wasm: rules that are listed,
//! cloned, and tried on hours that were flushed and on one that was not.

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use lumenscope_invoke::{Address, ScVal, ToVal, args, record, symbol, vector};
use lumenscope_keeper::Stream;
use lumenscope_testbed::Testbed;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

const HOUR_S: u64 = 3_600;
const DAY_S: u64 = 86_400;
/// Seconds after an hour's end from which it may be flushed, and some more.
const FLUSHED_AFTER_S: u64 = 400;

/// A suite with one monitored contract and one stream, with a sketch of its sizes from 10 to 6,000.
struct Bench {
    bed: Testbed,
    alerting: Address,
    stream: Stream,
    folder: PathBuf,
}

impl Bench {
    async fn start(name: &str) -> Self {
        let bed = Testbed::start().await;
        let folder = bed.folder(Path::new(env!("CARGO_TARGET_TMPDIR")), name);
        let contract = Address::from_contract_id([9; 32]);
        bed.monitor(&contract).await;
        let stream = Stream { contract, function: "swap".to_owned(), subject: None };
        bed.open_stream(&stream, ("size", "bytes"), (10, 6_000, 72)).await;
        let alerting = bed.contract("alerting");
        Bench { bed, alerting, stream, folder }
    }

    async fn report(&self, value: i128) {
        self.bed.report(&self.stream, "size", value, self.bed.now_s().await).await;
    }

    /// Moves what is over to history.
    async fn flush(&self) {
        let hour = u32::try_from(self.bed.now_s().await / HOUR_S - 1).expect("fits");
        let me = self.bed.account.address();
        let streams = vector(vec![self.stream.to_val().expect("a stream")]).expect("a list");
        self.bed
            .send(
                &self.bed.contract("performance-monitor"),
                "flush",
                args![me, streams, hour].expect("args"),
            )
            .await;
    }

    /// Reports a value in each hour that has one, and moves all but the last hour to history.
    /// Returns the first second of the first hour.
    async fn hours(&self, values: &[Option<i128>]) -> u64 {
        let from_s = (self.bed.now_s().await / DAY_S + 1) * DAY_S;
        for (hour, value) in (0..).zip(values) {
            self.bed.advance_to(from_s + hour * HOUR_S + FLUSHED_AFTER_S).await;
            self.flush().await;
            if let Some(value) = value {
                self.report(*value).await;
            }
        }
        self.bed.advance_to(from_s + values.len() as u64 * HOUR_S + FLUSHED_AFTER_S).await;
        from_s
    }

    async fn create(&self, spec: &Value) -> String {
        let args = args![self.bed.account.address(), spec_val(spec)].expect("args");
        let id = self.bed.create(&self.alerting, "create_rule", args).await;
        id.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    async fn rules(&self, arguments: &[&str], input: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lumenscope"))
            .arg("rules")
            .args(arguments)
            .envs(self.bed.environment(&self.folder))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("started");
        let mut stdin = command.stdin.take().expect("an input");
        stdin.write_all(input.as_bytes()).await.expect("written");
        drop(stdin);
        command.wait_with_output().await.expect("ended")
    }

    async fn said(&self, arguments: &[&str]) -> String {
        let output = self.rules(arguments, "").await;
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    async fn document(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.said(arguments).await).expect("JSON")
    }

    async fn refused(&self, arguments: &[&str], input: &str) -> String {
        let output = self.rules(arguments, input).await;
        let errors = String::from_utf8(output.stderr).expect("UTF-8");
        assert_eq!(output.status.code(), Some(2), "{errors}");
        errors
    }

    /// A rule that is up while the average size is above 1,000.
    fn spec(&self, window_s: u32) -> Value {
        json!({
            "name": "large", "contract": self.stream.contract, "function": "swap",
            "subject": null, "metric": "size", "statistic": 0, "condition": 1, "parameters": [],
            "operator": 0, "threshold": "1000", "threshold_high": "0", "window_s": window_s,
            "min_points": 1, "for_s": 0, "keep_firing_for_s": 0, "severity": 3, "cooldown_s": 0,
            "no_data": 1, "policy": null, "labels": { "team": "pool" }, "annotations": {},
        })
    }
}

/// The contract's struct of a rule's JSON, as `stellar contract invoke --spec` makes it.
fn spec_val(spec: &Value) -> ScVal {
    let fields = spec.as_object().expect("a rule").iter().map(|(name, value)| {
        let val = match (name.as_str(), value) {
            (_, Value::Null) => Ok(ScVal::Void),
            ("name", Value::String(text)) => text.to_val(),
            ("contract", Value::String(text)) => Address::contract(text).expect("one").to_val(),
            ("threshold" | "threshold_high", Value::String(text)) => {
                text.parse::<i128>().expect("a number").to_val()
            }
            (_, Value::String(text)) => symbol(text),
            (_, Value::Number(number)) => {
                u32::try_from(number.as_u64().expect("whole")).expect("fits").to_val()
            }
            (_, Value::Array(numbers)) => {
                let numbers = numbers.iter().map(|of| of.as_u64().expect("whole") as u32);
                numbers
                    .collect::<Vec<_>>()
                    .iter()
                    .map(ToVal::to_val)
                    .collect::<Result<_, _>>()
                    .and_then(vector)
            }
            (_, Value::Object(texts)) => {
                let texts: Vec<_> = texts
                    .iter()
                    .map(|(name, text)| {
                        (name.as_str(), text.as_str().expect("a text").to_val().expect("a value"))
                    })
                    .collect();
                record(&texts)
            }
            other => panic!("{other:?}"),
        };
        (name.as_str(), val.expect("a value"))
    });
    record(&fields.collect::<Vec<_>>()).expect("a record")
}

#[tokio::test]
async fn rules_are_listed_told_and_made_anew_from_what_they_say() {
    let bench = Bench::start("rules").await;
    let contract = bench.stream.contract.to_string();
    let large = bench.create(&bench.spec(300)).await;

    let shown = bench.document(&["show", &large, "--as-spec"]).await;
    assert_eq!(shown, bench.spec(300));
    let clone = bench.document(&["show", &large, "--as-spec", "--name", "as large"]).await;
    let id = bench.create(&clone).await;
    let again = bench.document(&["show", &id, "--as-spec"]).await;
    assert_eq!((&again, &again["name"]), (&clone, &json!("as large")));

    let template = ["template", "less-than-60-days-to-live", "--contract", &contract];
    let template = bench.document(&template).await;
    assert_eq!(template["threshold"], "1036800");
    let mut everywhere = bench.spec(3_600);
    (everywhere["contract"], everywhere["function"]) = (Value::Null, Value::Null);
    everywhere["severity"] = 1.into();
    let everywhere = bench.create(&everywhere).await;

    let table = bench.said(&["list", "--contract", &contract]).await;
    for expected in ["2 rules on C", "high", "large", "as large", "average(size)", &large, &id] {
        assert!(table.contains(expected), "{expected} is not in\n{table}");
    }
    assert!(table.lines().all(|line| line.chars().count() <= 100), "{table}");
    let owner = bench.bed.account.address().to_string();
    let list = bench.document(&["list", "--owner", &owner, "--json"]).await;
    assert_eq!(list["rules"][0]["id"], everywhere);
    assert_eq!(list["rules"][0]["asks"], "average(size) over 1 h > 1,000");
    let urgent = bench.said(&["list", "--owner", &owner, "--severity", "high"]).await;
    assert!(urgent.starts_with("0 rules over all contracts of G"), "{urgent}");
    let told = bench.said(&["show", &large]).await;
    assert!(told.contains("asks      average(size) over 5 min > 1,000"), "{told}");

    let unknown = "0".repeat(64);
    assert!(bench.refused(&["show", &unknown], "").await.contains("none has the id 0000"));
    assert!(bench.refused(&["show", "123"], "").await.contains("expected the 64 hexadecimal"));
    let template = bench.refused(&["template", "x", "--contract", &contract], "").await;
    assert!(template.contains("expected a template, one of admin-changed"), "{template}");
}

#[tokio::test]
async fn a_rule_is_tried_on_the_hours_that_were() {
    let bench = Bench::start("rules-try").await;
    let values = [Some(100), Some(5_000), Some(3_000), None, Some(400), Some(2_000)];
    let from_s = bench.hours(&values).await;
    let (from, hourly) = (from_s.to_string(), bench.create(&bench.spec(3_600)).await);
    let tried = ["try", &hourly, "--from", &from];

    let outcome = bench.document(&[&tried[..], &["--json"]].concat()).await;
    let at = |hour: u64| from_s + (hour + 1) * HOUR_S;
    let fired: Vec<_> = outcome["transitions"]
        .as_array()
        .expect("transitions")
        .iter()
        .filter(|of| of["to"] == "firing" || of["to"] == "inactive")
        .map(|of| (of["at_s"].as_u64().expect("a time"), of["value"].as_i64()))
        .collect();
    // The last hour was never flushed.
    assert_eq!(fired, [(at(1), Some(5_000)), (at(3), None), (at(5), Some(2_000))]);
    let summary = &outcome["summary"];
    assert_eq!((&summary["fired"], &summary["hours_without_samples"]), (&json!(2), &json!(1)));
    assert_eq!((&summary["longest_up_s"], &summary["status"]), (&json!(7_200), &json!("firing")));
    assert_eq!(summary["figures"], json!([100, 5_000]));

    let table = bench.said(&tried).await;
    for expected in [
        "large: average(size) over 1 h > 1,000\n",
        "firing",
        "5,000",
        "no samples",
        "fired 2 times, up 2 h 7 min (41.36 %), the longest 2 h; 3 messages",
        "1 of 6 hours without samples",
    ] {
        assert!(table.contains(expected), "{expected} is not in\n{table}");
    }

    let minutes = bench.spec(300).to_string();
    let stdin = ["try", "--spec", "-", "--from", &from];
    let refused = bench.refused(&stdin, &minutes).await;
    assert!(refused.contains("looks back over 5 min") && refused.contains("--window-s 3600"));
    let output = bench.rules(&[&stdin[..], &["--window-s", "3600"]].concat(), &minutes).await;
    let table = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(table.contains("note: asked over 1 h") && table.contains("fired 2 times"), "{table}");

    let other = format!("{}:pay", bench.stream.contract);
    let refused = bench.refused(&[&tried[..], &["--stream", &other]].concat(), "").await;
    assert!(refused.contains("expected a stream that the rule covers"), "{refused}");
    let refused = bench.refused(&["try", &hourly, "--from", "now"], "").await;
    assert!(refused.contains("expected at least one hour that is over"), "{refused}");
    let refused = bench.refused(&stdin, "{}").await;
    assert!(refused.contains("- holds no rule: missing field `name`"), "{refused}");

    let mut unknown = bench.spec(3_600);
    unknown["metric"] = "nothing".into();
    let output = bench.rules(&stdin, &unknown.to_string()).await;
    let errors = String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!(output.status.code(), Some(1), "{errors}");
    assert!(errors.contains("does the stream exist, and record that metric?"), "{errors}");

    bench.bed.advance_to(from_s + DAY_S + FLUSHED_AFTER_S).await;
    bench.flush().await;
    let days = ["--statistic", "p90", "--window-s", "86400", "--json"];
    let outcome = bench.document(&[&tried[..], &days].concat()).await;
    assert_eq!(outcome["asks"], "p90(size) over 1 d > 1,000");
    assert_eq!(outcome["summary"]["fired"], 1);
    let quantile = outcome["summary"]["figures"][0].as_i64().expect("a figure");
    assert!((4_750..=5_250).contains(&quantile), "{quantile}");
}
