//! `lumenscope deploy` and `keep-alive`, and what commands say of a suite that is not there.

use std::path::{Path, PathBuf};
use std::process::Output;

use lumenscope_invoke::Address;
use lumenscope_testbed::Testbed;
use serde_json::Value;
use tokio::process::Command;

const DAY_LEDGERS: u32 = 17_280;

struct Bench {
    bed: Testbed,
    folder: PathBuf,
}

impl Bench {
    async fn start(name: &str) -> Self {
        let bed = Testbed::start().await;
        let folder = bed.folder(Path::new(env!("CARGO_TARGET_TMPDIR")), name);
        std::fs::write(folder.join("admin"), bed.account.keypair().secret()).expect("written");
        Bench { bed, folder }
    }

    async fn run(&self, arguments: &[&str]) -> Output {
        self.run_with(arguments, &[]).await
    }

    async fn run_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_lumenscope"))
            .args(arguments)
            .current_dir(&self.folder)
            .envs(self.bed.environment(&self.folder))
            .envs(environment.iter().copied())
            .output()
            .await
            .expect("started")
    }

    async fn deploy(&self, more: &[&str]) -> Output {
        let wasm = lumenscope_contract_wasm::directory();
        let wasm = wasm.to_str().expect("UTF-8");
        let usual = ["deploy", "--key-file", "admin", "--wasm", wasm];
        self.run(&[&usual[..], more].concat()).await
    }

    async fn skip(&self, ledgers: u32) {
        let skip = move |ledger: &mut lumenscope_localnet::Localnet| {
            ledger.skip_ledgers(ledgers).map(drop)
        };
        let skipped = self.bed.running.ledger.with(skip);
        skipped.await.expect("a ledger").expect("skipped");
    }
}

/// Exit status and standard error.
fn refused(output: &Output) -> (Option<i32>, String) {
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[tokio::test]
async fn what_a_deployment_would_lose_or_waste_is_refused_before_anything_is_paid() {
    let bench = Bench::start("deploy").await;
    let file = std::fs::read(bench.folder.join("deployment.json")).expect("a file");
    let before = bench.bed.running.ledger.with(|ledger| ledger.sequence()).await;
    for (more, status, expected) in [
        (&["--label", "two"][..], 2, "deployment.json holds another suite, of the admin G"),
        (&["--label", "test", "--upgrade-delay-s", "2592001"], 2, "expected upgrades to wait 0 to"),
        (&["--label", "test", "--out", "nowhere/d.json"], 1, "cannot write nowhere/d.json"),
    ] {
        let (code, errors) = refused(&bench.deploy(more).await);
        assert_eq!(code, Some(status), "{errors}");
        assert!(errors.contains(expected), "{errors}");
    }
    let after = bench.bed.running.ledger.with(|ledger| ledger.sequence()).await;
    assert_eq!(before.expect("a ledger"), after.expect("a ledger"), "nothing was sent");
    assert_eq!(std::fs::read(bench.folder.join("deployment.json")).expect("a file"), file);
    // The same suite is found.
    let again = bench.deploy(&["--label", "test", "--upgrade-delay-s", "5"]).await;
    let (code, said) = refused(&again);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("0 transactions") && said.contains("stays as it is"), "{said}");
    // With newer code, too: what it runs is told, and nothing is paid for.
    let newer = bench.folder.join("wasm");
    std::fs::create_dir_all(&newer).expect("made");
    for name in lumenscope_deploy::CONTRACTS {
        let mut code = lumenscope_contract_wasm::read(name).expect("built");
        if name == "dashboard" {
            code.extend_from_slice(b"\x00\x05\x04test");
        }
        std::fs::write(newer.join(format!("{name}.wasm")), code).expect("written");
    }
    let before: Value = serde_json::from_slice(&file).expect("JSON");
    let wasm = ["deploy", "--key-file", "admin", "--label", "test", "--wasm", "wasm"];
    let (code, said) = refused(&bench.run(&wasm).await);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("0 transactions"), "{said}");
    assert!(said.contains("dashboard            runs other code than the file"), "{said}");
    let after = std::fs::read(bench.folder.join("deployment.json")).expect("a file");
    let after: Value = serde_json::from_slice(&after).expect("JSON");
    assert_eq!(after["contracts"], before["contracts"]);
}

#[tokio::test]
async fn lives_are_extended_by_a_month_and_what_is_archived_comes_back() {
    let bench = Bench::start("keep_alive").await;
    let keep = ["keep-alive", "--key-file", "admin"];
    let said = async || {
        let output = bench.run(&keep).await;
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let days = |table: &str| -> Vec<[String; 2]> {
        let rows = table.lines().filter(|line| {
            let name = line.split_whitespace().next().unwrap_or_default();
            lumenscope_deploy::CONTRACTS.contains(&name)
        });
        let row = |line: &str| {
            let mut words = line.split_whitespace().skip(1).map(str::to_owned);
            [words.next().expect("before"), words.next().expect("after")]
        };
        rows.map(row).collect()
    };
    let all = |before: &str, after: &str| vec![[before.to_owned(), after.to_owned()]; 5];
    // As deployed: 120 days of the network, a month more.
    let first = said().await;
    assert_eq!(days(&first), all("120", "150"), "{first}");
    assert!(first.contains("5 calls, "), "{first}");
    bench.skip(100 * DAY_LEDGERS).await;
    let later = said().await;
    assert_eq!(days(&later), all("50", "81"), "{later}");
    bench.skip(90 * DAY_LEDGERS).await;
    let archived = said().await;
    assert!(days(&archived).iter().all(|[before, _]| before == "archived"), "{archived}");
    let (code, errors) = refused(&bench.run(&["keep-alive", "--key-file", "nothing"]).await);
    assert_eq!(code, Some(1));
    assert!(errors.contains("cannot read nothing"), "{errors}");
}

#[tokio::test]
async fn what_nobody_watches_is_not_told_as_silence() {
    let bench = Bench::start("unwatched").await;
    let contract = Address::from_contract_id([9; 32]);
    let of = contract.as_str();
    for (arguments, answer) in [
        (&["alerts", "--contract", of][..], "0 alerts are up"),
        (&["episodes", "--contract", of], "0 transitions"),
        (&["rules", "list", "--contract", of], "0 rules"),
    ] {
        let output = bench.run(arguments).await;
        let (code, errors) = refused(&output);
        assert_eq!(code, Some(3), "{errors}");
        assert!(errors.contains(&format!("{of} is not registered with this suite")), "{errors}");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(said.starts_with(answer), "{said}");
    }
    bench.bed.monitor(&contract).await;
    for command in ["alerts", "episodes"] {
        let output = bench.run(&[command, "--contract", of]).await;
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    // A ledger without the suite: this one, to whoever looks for another.
    let file = bench.folder.join("deployment.json");
    let text = std::fs::read_to_string(&file).expect("a file");
    let monitor = bench.bed.contract("performance-monitor");
    std::fs::write(&file, text.replace(monitor.as_str(), of)).expect("written");
    for arguments in [&["alerts", "--contract", of][..], &["dashboards", "list", "--public"]] {
        let (code, errors) = refused(&bench.run(arguments).await);
        assert_eq!(code, Some(1), "{errors}");
        assert!(errors.contains("the suite of") && errors.contains("not on this network"));
        assert!(!errors.contains("HostError"), "{errors}");
    }
}

#[tokio::test]
async fn a_key_in_the_nodes_url_is_not_shown() {
    let bench = Bench::start("url").await;
    let of = Address::from_contract_id([9; 32]);
    for url in [
        "http://user:hunter2@127.0.0.1:9/secretpath?apikey=5f1d",
        "https://user:hunter2@127.0.0.1:99999/secretpath?apikey=5f1d",
        "hunter2/secretpath?apikey=5f1d",
    ] {
        let environment = [("LUMENSCOPE_RPC_URL", url)];
        for arguments in [
            &["alerts", "--contract", of.as_str()][..],
            &["alerts", "--help"],
            &["watch", of.as_str(), "--once"],
        ] {
            let output = bench.run_with(arguments, &environment).await;
            let said = [output.stdout.clone(), output.stderr.clone()].concat();
            let said = String::from_utf8_lossy(&said);
            for secret in ["hunter2", "secretpath", "5f1d"] {
                assert!(!said.contains(secret), "{said}");
            }
        }
    }
}
