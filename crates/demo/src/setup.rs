//! Everything that is there before the first policy is bought.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context, anyhow, bail};
use lumenscope_board::{Dashboard, Variables};
use lumenscope_deploy::Deployment;
use lumenscope_invoke::{
    Account, Address, Operation, Outcome, ScVal, ToVal, ValueError, args, bytes,
    native_asset_address, record, symbol, vector,
};
use lumenscope_keeper::{RuleTarget, Stream, Suite};
use lumenscope_observer::ContractReader;
use lumenscope_templates::INSURANCE;

use crate::cast::Cast;
use crate::pool;
use crate::stage::Stage;
use crate::streams::{self, FUNCTIONS};

/// The alert rules of the demonstration, in `Setup::rules` order.
pub const RULE_NAMES: [&str; 3] =
    ["Calls cost too much", "Too many calls fail", "Close to the network's limit"];

/// The levels of the escalation: seconds since the level before (since firing, the first), and who
/// is told.
pub const LEVELS: [(u32, &str); 2] = [(0, "team channel"), (300, "on call")];

/// `DashboardAccess::View`, as the contract numbers it.
const ACCESS_VIEW: u32 = 1;
/// A quarter of what the network allows a transaction.
const LIMIT_THRESHOLD_INSTRUCTIONS: i128 = 100_000_000;
/// Numbers of alerting's enums.
const GREATER: u32 = 0;
const SEVERITY_HIGH: u32 = 3;
const SEVERITY_CRITICAL: u32 = 4;
const STATISTIC_AVERAGE: u32 = 0;
const STATISTIC_ERROR_RATIO: u32 = 6;
const CONDITION_THRESHOLD: u32 = 1;
const NO_DATA_KEEP_LAST: u32 = 3;

/// Number of the suite's role `Keeper`.
const ROLE_KEEPER: u32 = 1;

/// Numbers of external-monitoring's enums.
const KIND_WEBHOOK: u32 = 8;
const DIRECTION_OUTBOUND: u32 = 0;
const AUTH_NONE: u32 = 0;
const FORMAT_JSON: u32 = 0;

/// Seconds that an alert goes on after its condition ended.
pub const KEEP_FIRING_S: u32 = 120;

/// What sets the two rules with an escalation apart.
pub struct Rule {
    name: &'static str,
    metric: &'static str,
    statistic: u32,
    threshold: i128,
    /// Seconds of calls that are judged together.
    pub window_s: u32,
    /// Fewer calls in a window are not judged: the answer stays what it was.
    pub min_points: u32,
}

/// More than the dearest usual call takes, less than the incident's.
pub const COST: Rule = Rule {
    name: RULE_NAMES[0],
    metric: "instructions",
    statistic: STATISTIC_AVERAGE,
    threshold: 6_000_000,
    window_s: 300,
    min_points: 1,
};

/// Two calls in five fail.
pub const FAILING: Rule = Rule {
    name: RULE_NAMES[1],
    metric: "failed",
    statistic: STATISTIC_ERROR_RATIO,
    threshold: 4_000,
    window_s: 600,
    min_points: 6,
};

impl Rule {
    fn spec(&self, pool: &Address, policy: [u8; 32]) -> Result<ScVal, ValueError> {
        record(&[
            ("name", self.name.to_val()?),
            ("contract", Some(pool).to_val()?),
            ("function", ScVal::Void),
            ("subject", ScVal::Void),
            ("metric", symbol(self.metric)?),
            ("statistic", self.statistic.to_val()?),
            ("condition", CONDITION_THRESHOLD.to_val()?),
            ("parameters", ScVal::Vec(Some(Default::default()))),
            ("operator", GREATER.to_val()?),
            ("threshold", self.threshold.to_val()?),
            ("threshold_high", 0_i128.to_val()?),
            ("window_s", self.window_s.to_val()?),
            ("min_points", self.min_points.to_val()?),
            ("for_s", 120_u32.to_val()?),
            ("keep_firing_for_s", KEEP_FIRING_S.to_val()?),
            ("severity", SEVERITY_HIGH.to_val()?),
            ("cooldown_s", 600_u32.to_val()?),
            ("no_data", NO_DATA_KEEP_LAST.to_val()?),
            ("policy", Some(policy).to_val()?),
            ("labels", ScVal::Map(Some(Default::default()))),
            ("annotations", ScVal::Map(Some(Default::default()))),
        ])
    }
}

/// What the demonstration works with.
pub struct Setup {
    /// The suite's addresses.
    pub suite: Suite,
    /// The dashboard contract.
    pub dashboard: Address,
    /// The insurance pool.
    pub pool: Address,
    /// The streams of what executions cost.
    pub executions: Vec<Stream>,
    /// The streams that the pool writes itself.
    pub own: Vec<Stream>,
    /// The rules' ids.
    pub rules: Vec<[u8; 32]>,
    /// The dashboard's id.
    pub board: [u8; 32],
    /// What deploying cost.
    pub deployment: Deployment,
    /// The pool's own errors, by the names that its code declares.
    pub error_names: BTreeMap<u32, String>,
}

impl Setup {
    /// Every rule on every stream that it covers.
    pub fn targets(&self) -> Vec<RuleTarget> {
        let of_rule = |rule: &[u8; 32]| {
            let rule = *rule;
            self.executions.iter().map(move |stream| RuleTarget { rule, stream: stream.clone() })
        };
        self.rules.iter().flat_map(of_rule).collect()
    }
}

/// Funds the cast, runs the deployment's script, sets up the pool, its streams, rules and
/// dashboard.
///
/// # Errors
/// What went wrong, at which step.
pub async fn set_up(stage: &Stage, cast: &Cast, script: &Path) -> anyhow::Result<Setup> {
    for account in cast.all() {
        stage.invoker.fund(&account.address()).await.context("funding the cast")?;
    }
    let deployment = deploy(stage, cast, script).await?;
    let find = |name: &str| -> anyhow::Result<Address> {
        let address = deployment.address(name).with_context(|| format!("{name} is missing"))?;
        Address::contract(address).with_context(|| format!("{address} is no contract"))
    };
    let suite = Suite {
        performance_monitor: find("performance-monitor")?,
        analytics_storage: find("analytics-storage")?,
        alerting: find("alerting")?,
        external_monitoring: find("external-monitoring")?,
    };
    let dashboard = find("dashboard")?;
    let act = Act { stage, cast };
    let pool = act.create_pool(&suite).await?;
    let (executions, own) = act.open_streams(&suite, &pool).await?;
    let channels = act.channels(&suite.external_monitoring).await?;
    let policy = act.policy(&suite, channels).await?;
    let rules = act.rules(&suite, &pool, policy).await?;
    let board = act.board(&dashboard, &pool).await?;
    let error_names = act.error_names(&pool).await?;
    Ok(Setup { suite, dashboard, pool, executions, own, rules, board, deployment, error_names })
}

/// Runs `scripts/deploy.sh`, the script that deploys to any network.
async fn deploy(stage: &Stage, cast: &Cast, script: &Path) -> anyhow::Result<Deployment> {
    // Gone when this returns or is interrupted.
    let folder = tempfile::Builder::new().prefix("lumenscope-demo-").tempdir()?;
    // Readable by its owner alone.
    let mut key = tempfile::NamedTempFile::new_in(&folder)?;
    key.write_all(cast.admin.keypair().secret().as_bytes())?;
    let out = folder.path().join("deployment.json");
    let status = tokio::process::Command::new(script)
        .args([&stage.rpc_url, "--out-unnamed"])
        .env("LUMENSCOPE", std::env::current_exe()?)
        .env("LUMENSCOPE_SECRET_KEY_FILE", key.path())
        .env("LUMENSCOPE_DEPLOYMENT", &out)
        .stdin(std::process::Stdio::null())
        .kill_on_drop(true)
        .status()
        .await
        .with_context(|| format!("starting {}", script.display()))?;
    if !status.success() {
        bail!("{} ended with {status}", script.display());
    }
    Ok(serde_json::from_str(&std::fs::read_to_string(&out)?)?)
}

struct Act<'a> {
    stage: &'a Stage,
    cast: &'a Cast,
}

impl Act<'_> {
    async fn send(
        &self,
        account: &Account,
        contract: &Address,
        function: &str,
        args: Vec<ScVal>,
    ) -> anyhow::Result<Outcome> {
        let outcome = self.stage.invoker.invoke(account, contract, function, args).await;
        outcome.and_then(Outcome::require_success).with_context(|| format!("calling {function}"))
    }

    async fn create_pool(&self, suite: &Suite) -> anyhow::Result<Address> {
        let (invoker, admin) = (&self.stage.invoker, &self.cast.admin);
        let token = native_asset_address(invoker.network().id())?;
        let created = invoker.run(admin, Operation::CreateNativeAsset).await?;
        created.require_success().context("creating the contract of XLM")?;
        let code = lumenscope_contract_wasm::read("insurance-pool")?;
        let (hash, _) = invoker.upload(admin, code).await.context("uploading the pool")?;
        let args = pool::constructor(self.cast, &token)?;
        let (pool, _) = invoker.create(admin, hash, [7; 32], args).await?;
        let links = args![suite.performance_monitor, Some(suite.alerting.clone())]?;
        self.send(admin, &pool, "link_monitor", links).await?;
        Ok(pool)
    }

    async fn error_names(&self, pool: &Address) -> anyhow::Result<BTreeMap<u32, String>> {
        let client = self.stage.invoker.client();
        let facts = ContractReader::new(&**client).facts(pool).await.context("reading the pool")?;
        let spec = facts.and_then(|facts| facts.spec).context("the pool declares no errors")?;
        Ok(spec.errors.into_iter().map(|(code, case)| (code, case.name)).collect())
    }

    async fn open_streams(
        &self,
        suite: &Suite,
        pool: &Address,
    ) -> anyhow::Result<(Vec<Stream>, Vec<Stream>)> {
        let (admin, monitor) = (&self.cast.admin, &suite.performance_monitor);
        let owner = admin.address();
        self.send(admin, monitor, "register", args![owner, pool, owner]?).await?;
        // 0: the primary reporter.
        let reporter = args![pool, self.cast.keeper.address(), 0_u32]?;
        self.send(admin, monitor, "set_reporter", reporter).await?;
        let (mut executions, mut own) = (Vec::new(), Vec::new());
        // Executions first: a widget that names no function reads a contract's first streams.
        for (function, _) in FUNCTIONS {
            let (stream, spec) = streams::execution(pool, function)?;
            self.send(admin, monitor, "open_stream", args![stream, spec]?).await?;
            executions.push(stream);
        }
        for function in &FUNCTIONS {
            let (stream, spec) = streams::own(pool, function)?;
            self.send(admin, monitor, "open_stream", args![stream, spec]?).await?;
            own.push(stream);
        }
        Ok((executions, own))
    }

    /// Where alerts go: the team's channel, and whoever is on call. Public endpoints without
    /// credentials, so nothing has to be sealed.
    async fn channels(&self, integrations: &Address) -> anyhow::Result<[[u8; 32]; 2]> {
        let mut ids = [[0; 32]; 2];
        let places = [
            (LEVELS[0].1, "https://chat.example.org/pool"),
            (LEVELS[1].1, "https://page.example.org/pool"),
        ];
        for (id, (name, endpoint)) in ids.iter_mut().zip(places) {
            let config = record(&[("endpoint", endpoint.to_val()?)])?;
            let args = args![
                self.cast.admin.address(),
                name,
                KIND_WEBHOOK,
                DIRECTION_OUTBOUND,
                config,
                AUTH_NONE,
                bytes(&[])?,
                FORMAT_JSON,
                0_u32,
            ]?;
            let admin = &self.cast.admin;
            let outcome = self.send(admin, integrations, "create_integration", args).await?;
            *id = outcome.value()?;
        }
        Ok(ids)
    }

    /// First the team's channel, five minutes later whoever is on call.
    async fn policy(&self, suite: &Suite, channels: [[u8; 32]; 2]) -> anyhow::Result<[u8; 32]> {
        let level = |(delay_s, _): (u32, &str), channel: [u8; 32]| {
            record(&[
                ("delay_s", delay_s.to_val()?),
                ("repeat_s", 0_u32.to_val()?),
                ("repeats", 0_u32.to_val()?),
                ("channels", vector(vec![channel.to_val()?])?),
            ])
        };
        let levels = vector(vec![level(LEVELS[0], channels[0])?, level(LEVELS[1], channels[1])?])?;
        let admin = &self.cast.admin;
        let args = args![admin.address(), "on-call", levels]?;
        let outcome = self.send(admin, &suite.alerting, "create_policy", args).await?;
        Ok(outcome.value()?)
    }

    async fn rules(
        &self,
        suite: &Suite,
        pool: &Address,
        policy: [u8; 32],
    ) -> anyhow::Result<Vec<[u8; 32]>> {
        let admin = &self.cast.admin;
        let admin_address = admin.address();
        let alerting = &suite.alerting;
        let rule = |rule: &Rule| rule.spec(pool, policy);
        // Only a keeper, the owner or the admin begins alerts.
        let keeper = args![self.cast.keeper.address(), ROLE_KEEPER, true]?;
        self.send(admin, alerting, "set_role", keeper).await?;
        let cost = args![admin_address, rule(&COST)?]?;
        let cost = self.send(admin, alerting, "create_rule", cost).await?;
        let failing = args![admin_address, rule(&FAILING)?]?;
        let failing = self.send(admin, alerting, "create_rule", failing).await?;
        let limit = args![
            admin_address,
            RULE_NAMES[2],
            Some(pool),
            symbol("instructions")?,
            GREATER,
            LIMIT_THRESHOLD_INSTRUCTIONS,
            60_u32,
            1_u32,
            SEVERITY_CRITICAL,
            600_u32,
        ]?;
        let limit = self.send(admin, alerting, "create_alert_rule", limit).await?;
        Ok(vec![cost.value()?, failing.value()?, limit.value()?])
    }

    async fn board(&self, dashboard: &Address, pool: &Address) -> anyhow::Result<[u8; 32]> {
        let admin = &self.cast.admin;
        let variables = Variables { contract: Some(pool.clone()), ..Variables::default() };
        let document = Dashboard::of_template(&INSURANCE, variables).map_err(|number| {
            anyhow!("the template has a widget of the unknown kind or statistic {number}")
        })?;
        let args = args![admin.address(), document.details_val()?, document.widgets_val()?]?;
        let outcome = self.send(admin, dashboard, "instantiate", args).await?;
        let board: [u8; 32] = outcome.value()?;
        let everybody = ScVal::Void;
        self.send(admin, dashboard, "share", args![board, everybody, ACCESS_VIEW]?).await?;
        Ok(board)
    }
}
