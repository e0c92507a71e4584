//! A suite in the midst of its life: something of every kind that its contracts store.

use anyhow::{Context as _, Result};
use ed25519_dalek::{Signer as _, SigningKey};
use lumenscope_interfaces::alerting::{PolicyLevel, RuleSpec, RuleStatistic, RuleTarget, Severity};
use lumenscope_interfaces::analytics_storage::{Granularity, RangeQuery};
use lumenscope_interfaces::dashboard::{
    DashboardAccess, DashboardDetails, DashboardLayout, DashboardVariables, DashboardViewer,
    TimeRange, UserPreferences, Widget, WidgetKind,
};
use lumenscope_interfaces::external_monitoring::{
    ApiKeyKind, ApiScope, ConnectionKind, DeliveryOutcome, IntegrationAuth, IntegrationDirection,
    IntegrationFormat, IntegrationKind, REQUEST_DOMAIN,
};
use lumenscope_interfaces::governance::Role;
use lumenscope_localnet::xdr::ScVal;
use lumenscope_tests::stage::Call;
use lumenscope_tests::suite::Suite;
use soroban_sdk::xdr::ToXdr as _;
use soroban_sdk::{Address, Bytes, BytesN, IntoVal, Map, Vec, vec};

const FUNCTION: &str = "pay_premium";
const METRIC: &str = "premium";
const HOUR_S: u64 = 3_600;
const DAY_S: u64 = 24 * HOUR_S;
/// A keeper comes some minutes into the next hour.
const LATE_S: u64 = 600;
const QUIET: i128 = 10;
const LOUD: i128 = 1_000_000;
const BODY_HASH: [u8; 32] = [8; 32];

/// What was stored, as those who use it know it.
pub struct Life {
    pub suite: Suite,
    rule: RuleTarget,
    policy: BytesN<32>,
    dashboard: BytesN<32>,
    integration: BytesN<32>,
    api_key: BytesN<32>,
    export: BytesN<32>,
    /// Executions that were recorded.
    executions: u64,
    /// The midnight before everything happened.
    from_s: u64,
}

impl Life {
    /// Everything happens.
    pub fn lead(suite: Suite) -> Result<Self> {
        let nothing = BytesN::from_array(suite.env(), &[0; 32]);
        let from_s = suite.stage.ledger().close_time_s() / DAY_S * DAY_S;
        let target = RuleTarget { rule: nothing.clone(), stream: suite.stream(FUNCTION) };
        let mut life = Self {
            suite,
            rule: target,
            policy: nothing.clone(),
            dashboard: nothing.clone(),
            integration: nothing.clone(),
            api_key: nothing.clone(),
            export: nothing,
            executions: 0,
            from_s,
        };
        life.watch()?;
        life.rule_over()?;
        life.record_hours(26)?;
        life.fire()?;
        life.show()?;
        life.connect()?;
        Ok(life)
    }

    /// A stream that keeps minutes of its first metric, and one that keeps nothing but totals.
    fn watch(&mut self) -> Result<()> {
        let suite = &mut self.suite;
        let mut metrics = suite.pool_metrics();
        let mut first = metrics.get_unchecked(0);
        first.watched = true;
        metrics.set(0, first);
        suite.open(FUNCTION, suite.spec(metrics))?;
        suite.open("quote", suite.spec(suite.execution_metrics()))
    }

    /// Records in so many hours, and moves each to history.
    pub fn record_hours(&mut self, hours: u64) -> Result<()> {
        for hour in 0..hours {
            self.executions += 1;
            let suite = &mut self.suite;
            let value = QUIET + i128::from(hour);
            let record = suite.record_metric(FUNCTION, METRIC, value);
            let execution = suite.record_execution("quote", self.executions);
            suite.stage.act(&[record, execution])?;
            let now_s = suite.stage.ledger().close_time_s();
            suite.stage.close_at((now_s / HOUR_S + 1) * HOUR_S + LATE_S)?;
            let streams = vec![suite.env(), suite.stream(FUNCTION), suite.stream("quote")];
            let through = u32::try_from(now_s / HOUR_S)?;
            let flush = suite.monitor("flush", (suite.caller.clone(), streams.clone(), through));
            suite.stage.act(&[flush])?;
            let compact = suite.analytics("compact", (suite.caller.clone(), streams));
            suite.stage.act(&[compact])?;
        }
        Ok(())
    }

    fn rule_over(&mut self) -> Result<()> {
        let suite = &mut self.suite;
        let channels = vec![suite.env(), BytesN::from_array(suite.env(), &[3; 32])];
        let level = PolicyLevel { delay_s: 300, channels, repeat_s: 0, repeats: 0 };
        let levels = vec![suite.env(), level];
        let create = (suite.caller.clone(), suite.text("on call"), levels);
        let create = suite.alerts("create_policy", create);
        self.policy = suite.stage.perform(&create)?;
        let spec = RuleSpec {
            name: suite.text("premiums are too high"),
            statistic: RuleStatistic::Average,
            window_s: 300,
            severity: Severity::High,
            cooldown_s: 600,
            policy: Some(self.policy.clone()),
            ..suite.rule(&suite.caller, FUNCTION, METRIC, 500_000)
        };
        self.rule = suite.create_rule(spec, suite.stream(FUNCTION))?;
        let rules = vec![suite.env(), self.rule.rule.clone()];
        let inline = (suite.stream(FUNCTION), suite.alerting.clone(), rules);
        suite.stage.act(&[suite.monitor("set_inline_rules", inline)])
    }

    /// Minutes that are too high, evaluated.
    pub fn fire(&mut self) -> Result<()> {
        for _ in 0..8 {
            let suite = &mut self.suite;
            suite.stage.act(&[suite.record_metric(FUNCTION, METRIC, LOUD)])?;
            let now_s = suite.stage.ledger().close_time_s();
            suite.stage.close_at(now_s + 60)?;
        }
        let evaluate = self.suite.evaluate(std::slice::from_ref(&self.rule))?;
        self.suite.stage.act(&[evaluate])
    }

    fn show(&mut self) -> Result<()> {
        let suite = &mut self.suite;
        let caller = suite.caller.clone();
        let details = DashboardDetails {
            name: suite.text("Pool"),
            description: suite.text("Premiums and claims"),
            layout: DashboardLayout::Grid,
            columns: 12,
            rows: 20,
            variables: over(Some(&caller)),
            range_s: 86_400,
        };
        let alerts = Widget { kind: WidgetKind::AlertList, metric: None, ..widget(suite, 6) };
        let widgets = vec![suite.env(), widget(suite, 0), alerts];
        let create = suite.dashboards("instantiate", (caller.clone(), details, widgets));
        self.dashboard = suite.stage.perform(&create)?;
        let preferences = UserPreferences {
            dark: Some(true),
            time_zone: suite.text("Europe/Prague"),
            default_range_s: 86_400,
            refresh_s: 30,
            favourites: vec![suite.env(), self.dashboard.clone()],
        };
        for call in [
            self.edit(0),
            self.suite.dashboards(
                "share",
                (self.dashboard.clone(), None::<Address>, DashboardAccess::View),
            ),
            self.suite.dashboards("set_preferences", (caller, preferences)),
        ] {
            self.suite.stage.act(&[call])?;
        }
        Ok(())
    }

    /// Moves the first widget, on that version.
    pub fn edit(&self, version: u32) -> Call {
        let (suite, slot) = (&self.suite, 0_u32);
        let moved = Some(Widget { y: 8, ..widget(suite, version) });
        let edit = (suite.caller.clone(), self.dashboard.clone(), version, slot, moved);
        suite.dashboards("put_widget", edit)
    }

    fn connect(&mut self) -> Result<()> {
        let suite = &mut self.suite;
        let caller = suite.caller.clone();
        let mut config = Map::new(suite.env());
        config.set(suite.stage.symbol("endpoint"), suite.text("https://hooks.example.com/in"));
        let create = suite.connections(
            "create_integration",
            (
                caller.clone(),
                suite.text("on call"),
                IntegrationKind::Webhook,
                IntegrationDirection::Outbound,
                config,
                IntegrationAuth::None,
                Bytes::new(suite.env()),
                IntegrationFormat::Json,
                0_u32,
            ),
        );
        self.integration = suite.stage.perform(&create)?;
        let create = suite.connections(
            "create_api_key",
            (
                caller.clone(),
                suite.text("the exporter"),
                ApiKeyKind::Ed25519,
                BytesN::from_array(suite.env(), signing_key().verifying_key().as_bytes()),
                ApiScope::WriteMetrics.bit(),
                60_u32,
                suite.stage.ledger().close_time_s() + 300 * DAY_S,
            ),
        );
        self.api_key = suite.stage.perform(&create)?;
        let responder =
            (caller.clone(), suite.alerting.clone(), caller.clone(), suite.dashboard.clone(), 3u32);
        let calls = [
            suite.connections("set_service_key", (BytesN::from_array(suite.env(), &[9; 32]),)),
            suite.connections("create_responder", responder),
            suite.connections("set_role", (caller, Role::Keeper, true)),
        ];
        for call in calls {
            suite.stage.act(&[call])?;
        }
        for call in [self.request(1), self.delivery(1)] {
            self.suite.stage.act(&[call])?;
        }
        self.export()
    }

    /// A file of one chunk, whose hash is the root's only leaf.
    fn export(&mut self) -> Result<()> {
        let suite = &mut self.suite;
        let caller = suite.caller.clone();
        let contracts = vec![suite.env(), caller.clone()];
        let (metric, format) = (Some(suite.stage.symbol(METRIC)), IntegrationFormat::Csv);
        let range = (self.from_s, self.from_s + HOUR_S);
        let request = (caller.clone(), contracts, metric, range.0, range.1, format);
        let request = suite.connections("request_export", request);
        self.export = suite.stage.perform(&request)?;
        let root = BytesN::from_array(suite.env(), &[5; 32]);
        let commit = (caller, self.export.clone(), root, 1_u32, 1_000_u64, 10_u64);
        suite.stage.act(&[suite.connections("commit_export", commit)])
    }

    /// A request that the API key signed.
    pub fn request(&self, nonce: u64) -> Call {
        let (suite, generation) = (&self.suite, 0_u32);
        let (env, key) = (suite.env(), self.api_key.clone());
        let body_hash = BytesN::from_array(env, &BODY_HASH);
        let network = BytesN::from_array(env, &suite.stage.ledger().network_id());
        let (caller, method) = (suite.caller.clone(), suite.stage.symbol("write"));
        let expires_s = suite.stage.ledger().close_time_s() + 300;
        let payload = vec![
            env,
            suite.stage.symbol(REQUEST_DOMAIN).to_val(),
            network.to_val(),
            suite.external_monitoring.to_val(),
            key.to_val(),
            generation.into_val(env),
            caller.to_val(),
            method.to_val(),
            body_hash.to_val(),
            nonce.into_val(env),
            expires_s.into_val(env),
        ];
        let bytes: std::vec::Vec<u8> = payload.to_xdr(env).iter().collect();
        let signature = BytesN::from_array(env, &signing_key().sign(&bytes).to_bytes());
        let scope = ApiScope::WriteMetrics;
        suite.connections(
            "verify_request",
            (caller, key, generation, method, body_hash, nonce, expires_s, scope, signature),
        )
    }

    /// A receipt of a delivery.
    pub fn delivery(&self, number: u8) -> Call {
        let suite = &self.suite;
        let outcome = DeliveryOutcome {
            raised_s: suite.stage.ledger().close_time_s() - 10,
            delivered: true,
            status: 200,
            attempts: 1,
        };
        let key = BytesN::from_array(suite.env(), &[number; 32]);
        let arguments =
            (suite.caller.clone(), self.integration.clone(), key, outcome, u64::from(number));
        suite.connections("record_delivery", arguments)
    }

    /// Reads of everything that was stored, that do not depend on the time.
    pub fn reads(&self) -> std::vec::Vec<Call> {
        let suite = &self.suite;
        let (caller, symbol) = (suite.caller.clone(), |name| suite.stage.symbol(name));
        let stream = suite.stream(FUNCTION);
        let viewer = DashboardViewer::Account(caller.clone());
        let range = TimeRange { from_s: self.from_s, to_s: self.from_s + 3 * DAY_S };
        // Which hours are open, and where a range ends for now, depends on the time.
        let query = |granularity, days| RangeQuery {
            stream: stream.clone(),
            metric: symbol(METRIC),
            granularity,
            from_s: range.from_s,
            to_s: range.from_s + days * DAY_S,
            include_open: true,
        };
        let (board, page) = (self.dashboard.clone(), (0_u32, 5_u32));
        let mut reads = std::vec![
            suite.monitor("monitored_contract", (caller.clone(),)),
            suite.monitor("streams", (caller.clone(), page.0, page.1)),
            suite.monitor("inline_rules", (stream.clone(),)),
            suite.monitor("metric", (stream.clone(), symbol(METRIC))),
            suite.analytics("aggregate", (query(Granularity::Hour, 3),)),
            suite.analytics("range", (query(Granularity::Hour, 1),)),
            suite.analytics("range", (query(Granularity::Day, 1),)),
            suite.analytics("storage_statistics", (stream.clone(),)),
            suite.alerts("rule", (self.rule.rule.clone(),)),
            suite.alerts("rules_on", (caller.clone(),)),
            suite.alerts("policy", (self.policy.clone(),)),
            suite.alerts("alert", (self.rule.clone(),)),
            suite.alerts("active_alerts", (caller.clone(), page.0, page.1)),
            suite.alerts("is_firing", (caller.clone(), Severity::Low)),
            suite.dashboards("dashboard", (board.clone(), viewer.clone())),
            suite.dashboards("widgets", (board.clone(), viewer.clone(), page.0, page.1)),
            suite.dashboards("history", (board.clone(), viewer.clone(), Some(0_u32))),
            suite.dashboards("public_dashboards", page),
            suite.dashboards("preferences", (caller.clone(),)),
            suite.dashboards("render", (board, viewer, range, over(None), 0_u32, 40_u32)),
            suite.connections("integration", (self.integration.clone(),)),
            suite.connections("health", (self.integration.clone(),)),
            suite.connections("api_key", (self.api_key.clone(),)),
            suite.connections("api_key_usage", (self.api_key.clone(),)),
            suite.connections("export", (self.export.clone(),)),
            suite.connections("audit", (caller.clone(), 0_u64, u64::MAX)),
            suite.connections("responders_of", (caller.clone(), page.0, page.1)),
            suite.connections("count_of", (ConnectionKind::ApiKey, caller)),
            suite.connections("service_key", ()),
        ];
        let others: [(&Address, &'static str); 5] = [
            (&suite.performance_monitor, "administration"),
            (&suite.analytics_storage, "administration"),
            (&suite.alerting, "administration"),
            (&suite.dashboard, "administration"),
            (&suite.external_monitoring, "administration"),
        ];
        reads.extend(others.map(|(contract, function)| suite.stage.call(contract, function, ())));
        reads
    }

    /// What the reads answer.
    pub fn answers(&self) -> Result<std::vec::Vec<ScVal>> {
        let answer = |call: &Call| {
            let function = self.suite.stage.answering(call)?;
            let answered = self.suite.stage.record(&function);
            Ok(answered.with_context(|| format!("asking {}", call.function))?.return_value)
        };
        self.reads().iter().map(answer).collect()
    }

    /// The five contracts.
    pub fn contracts(&self) -> [(&'static str, Address); 5] {
        let suite = &self.suite;
        [
            ("performance-monitor", suite.performance_monitor.clone()),
            ("analytics-storage", suite.analytics_storage.clone()),
            ("alerting", suite.alerting.clone()),
            ("dashboard", suite.dashboard.clone()),
            ("external-monitoring", suite.external_monitoring.clone()),
        ]
    }
}

fn signing_key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn over(contract: Option<&Address>) -> DashboardVariables {
    DashboardVariables { contract: contract.cloned(), function: None, subject: None }
}

fn widget(suite: &Suite, x: u32) -> Widget {
    Widget {
        kind: WidgetKind::Line,
        x,
        y: 0,
        width: 6,
        height: 4,
        title: suite.text("Premiums"),
        contract: None,
        function: Some(suite.stage.symbol(FUNCTION)),
        subject: None,
        metric: Some(suite.stage.symbol(METRIC)),
        statistic: RuleStatistic::Sum,
        max_points: 60,
        granularity: Granularity::Hour,
        compare_s: 0,
        top: 0,
        thresholds: Vec::from_array(suite.env(), [1_000]),
    }
}
