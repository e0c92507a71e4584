//! What tests of the programs around the suite begin with: a development ledger, served as a node
//! serves it, with the suite on wasm. One account deploys, owns and reports. Whatever goes wrong here
//! ends the test.
#![forbid(unsafe_code)]
#![allow(clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};

use lumenscope_deploy::{Deployment, deploy};
use lumenscope_invoke::{
    Account, Address, Invoker, Keypair, ScVal, ToVal, args, record, symbol, vector,
};
use lumenscope_localnet::server::{ClosePolicy, Running, ServerOptions, serve};
use lumenscope_localnet::{Localnet, Options};

/// Numbers of the contracts' enums: `ReporterRole::Primary` and `RecordingMode::Rollup`.
const PRIMARY: u32 = 0;
const ROLLUP: u32 = 1;

/// The ledger, and the account that everything on it belongs to.
pub struct Testbed {
    /// The node.
    pub running: Running,
    /// Calls through the node.
    pub invoker: Invoker,
    /// Who deployed the suite.
    pub account: Account,
    deployment: Deployment,
}

/// A rule that is up while the last value of a minute is above a threshold.
#[derive(Clone, Debug)]
pub struct AboveRule<'a> {
    /// Its name.
    pub name: &'a str,
    /// Whose metric.
    pub contract: &'a Address,
    /// Of which function.
    pub function: &'a str,
    /// Which metric.
    pub metric: &'a str,
    /// Above what.
    pub threshold: i128,
    /// The severity's number.
    pub severity: u32,
    /// Whom it tells.
    pub policy: Option<[u8; 32]>,
    /// Its labels.
    pub labels: &'a [(&'a str, &'a str)],
}

impl Testbed {
    /// Starts the ledger and deploys the suite.
    pub async fn start() -> Self {
        let ledger = Localnet::new(&Options::mainnet().expect("settings")).expect("a ledger");
        let options = ServerOptions {
            listen: "127.0.0.1:0".parse().expect("an address"),
            admin_port: 0,
            allow_remote: false,
            close: ClosePolicy::OnSend,
            friendbot_stroops: 1_000_000_000_000,
        };
        let running = serve(ledger, &options).await.expect("served");
        let url = format!("http://{}", running.rpc_address);
        let invoker = Invoker::connect(&url).await.expect("connected");
        let account = Account::new(Keypair::from_seed([1; 32]));
        invoker.fund(&account.address()).await.expect("funded");
        let options = lumenscope_deploy::Options { label: "test".to_owned(), upgrade_delay_s: 0 };
        let wasm =
            |name: &str| lumenscope_contract_wasm::read(name).map_err(|error| format!("{error:#}"));
        let deployed = deploy(&invoker, &account, &options, wasm, |_| ()).await;
        Self { running, invoker, account, deployment: deployed.expect("deployed") }
    }

    /// One of the suite's contracts.
    pub fn contract(&self, name: &str) -> Address {
        Address::contract(self.deployment.address(name).expect("deployed")).expect("a contract")
    }

    /// A folder of this name below `parent` with what `lumenscope` finds the suite by.
    pub fn folder(&self, parent: &Path, name: &str) -> PathBuf {
        let folder = parent.join(name);
        // What an earlier run left there is not this one's.
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("made");
        let file = serde_json::to_string(&self.deployment).expect("JSON");
        std::fs::write(folder.join("deployment.json"), file).expect("written");
        folder
    }

    /// Where and what the suite is, for `lumenscope` run over a [`Testbed::folder`].
    pub fn environment(&self, folder: &Path) -> [(&'static str, String); 2] {
        let deployment = folder.join("deployment.json").to_string_lossy().into_owned();
        let url = format!("http://{}", self.running.rpc_address);
        [("LUMENSCOPE_RPC_URL", url), ("LUMENSCOPE_DEPLOYMENT", deployment)]
    }

    /// Makes a call, and returns what it returned.
    pub async fn send(&self, contract: &Address, function: &str, args: Vec<ScVal>) -> ScVal {
        let outcome = self.invoker.invoke(&self.account, contract, function, args).await;
        let outcome = outcome.expect("made").require_success();
        outcome.unwrap_or_else(|error| panic!("{function}: {error}")).return_value.expect("a value")
    }

    /// Makes a call that returns an id.
    pub async fn create(&self, contract: &Address, function: &str, args: Vec<ScVal>) -> [u8; 32] {
        let made = self.send(contract, function, args).await;
        let ScVal::Bytes(id) = made else { panic!("{function}: {made:?}") };
        <[u8; 32]>::try_from(id.as_slice()).expect("an id")
    }

    /// Has a contract monitored: the account owns it and reports for it.
    pub async fn monitor(&self, contract: &Address) {
        let (me, monitor) = (self.account.address(), self.contract("performance-monitor"));
        self.send(&monitor, "register", args![me, contract, me].expect("args")).await;
        self.send(&monitor, "set_reporter", args![contract, me, PRIMARY].expect("args")).await;
    }

    /// Opens a stream of one watched metric, with a sketch of (first, last, bins), or none.
    pub async fn open_stream(
        &self,
        stream: &impl ToVal,
        (metric, unit): (&str, &str),
        (first, last, bins): (i64, i64, u32),
    ) {
        let metric = record(&[
            ("name", symbol(metric).expect("a name")),
            ("unit", symbol(unit).expect("a name")),
            ("kind", 0_u32.to_val().expect("a value")),
            ("watched", true.to_val().expect("a value")),
            ("sketch", vector(args![first, last, bins].expect("args")).expect("a list")),
        ]);
        let spec = record(&[
            ("metrics", vector(vec![metric.expect("a record")]).expect("a list")),
            ("mode", ROLLUP.to_val().expect("a value")),
            ("witnesses", false.to_val().expect("a value")),
        ]);
        let args = args![stream, spec.expect("a record")].expect("args");
        self.send(&self.contract("performance-monitor"), "open_stream", args).await;
    }

    /// Reports a value of now; `sequence` is greater than that of the stream's last report.
    pub async fn report(&self, stream: &impl ToVal, metric: &str, value: i128, sequence: u64) {
        let (me, metric) = (self.account.address(), symbol(metric).expect("a name"));
        let now_s = self.now_s().await;
        let args = args![me, stream, metric, value, now_s, sequence];
        self.send(&self.contract("performance-monitor"), "report", args.expect("args")).await;
    }

    /// Creates a rule. Returns its id.
    pub async fn create_rule(&self, rule: AboveRule<'_>) -> [u8; 32] {
        let number = |number: u32| number.to_val().expect("a value");
        let labels: Vec<_> = rule
            .labels
            .iter()
            .map(|(name, label)| (*name, label.to_val().expect("a text")))
            .collect();
        let spec = record(&[
            ("name", rule.name.to_val().expect("a text")),
            ("contract", Some(rule.contract).to_val().expect("a value")),
            ("function", symbol(rule.function).expect("a name")),
            ("subject", ScVal::Void),
            ("metric", symbol(rule.metric).expect("a name")),
            ("statistic", number(5)),
            ("condition", number(1)),
            ("parameters", vector(vec![]).expect("a list")),
            ("operator", number(0)),
            ("threshold", rule.threshold.to_val().expect("a value")),
            ("threshold_high", 0_i128.to_val().expect("a value")),
            ("window_s", number(60)),
            ("min_points", number(1)),
            ("for_s", number(0)),
            ("keep_firing_for_s", number(0)),
            ("severity", number(rule.severity)),
            ("cooldown_s", number(0)),
            ("no_data", number(3)),
            ("policy", rule.policy.to_val().expect("a value")),
            ("labels", record(&labels).expect("a map")),
            ("annotations", ScVal::Map(Some(Default::default()))),
        ]);
        let args = args![self.account.address(), spec.expect("a record")].expect("args");
        self.create(&self.contract("alerting"), "create_rule", args).await
    }

    /// The time that the last ledger closed at, seconds UTC.
    pub async fn now_s(&self) -> u64 {
        self.running.ledger.with(|ledger| ledger.close_time_s()).await.expect("a ledger")
    }

    /// Closes a ledger at a time.
    pub async fn advance_to(&self, closes_s: u64) {
        let closed = self.running.ledger.with(move |ledger| {
            ledger.set_next_close_time(closes_s);
            ledger.close_ledger().map(drop)
        });
        closed.await.expect("a ledger").expect("closed");
    }
}
