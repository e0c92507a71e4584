//! The contracts of the suite deployed and linked, as `scripts/deploy.sh` does it on a network.
//!
//! The calling contract of the [`Stage`] is their admin, the owner of every stream, the monitored
//! contract, its recorder and its reporter.

use anyhow::Result;
use lumenscope_dictionary::EXECUTION_METRICS;
use lumenscope_interfaces::alerting::{
    NoDataPolicy, RuleCondition, RuleOperator, RuleSpec, RuleStatistic, RuleTarget, Severity,
};
use lumenscope_interfaces::common::StreamKey;
use lumenscope_interfaces::dashboard::{LINK_ALERTS, LINK_HISTORY, LINK_STREAMS};
use lumenscope_interfaces::performance_monitor::{
    MetricKind, MetricSpec, NO_SKETCH, RecordingMode, ReporterRole, StreamSpec,
};
use soroban_sdk::{
    Address, BytesN, Env, IntoVal, Map, String as SdkString, Val, Vec as SdkVec, vec,
};

use crate::stage::{Call, Stage};

/// Upgrades wait for nobody here: the network is not the public one.
const UPGRADE_DELAY_S: u64 = 0;

/// Names of the metrics of a pool's stream; the unit of each is `stroops`.
const POOL_METRICS: [&str; 4] = ["premium", "claim", "reserve", "exposure"];

/// The unit of a pool's metrics.
pub const POOL_UNIT: &str = "stroops";

/// The suite on a stage. A clone is another future of the same past.
#[derive(Clone)]
pub struct Suite {
    /// The ledger.
    pub stage: Stage,
    /// The calling contract.
    pub caller: Address,
    /// The contract that takes samples.
    pub performance_monitor: Address,
    /// The contract that keeps history.
    pub analytics_storage: Address,
    /// The contract that evaluates rules.
    pub alerting: Address,
    /// The contract that keeps dashboards.
    pub dashboard: Address,
    /// The contract that keeps integrations and API keys.
    pub external_monitoring: Address,
}

impl Suite {
    /// Deploys and links the contracts, and registers the calling contract with a reporter:
    /// itself.
    ///
    /// # Errors
    /// When one of them is not built, or refuses.
    pub fn new(mut stage: Stage) -> Result<Self> {
        let caller = stage.caller()?;
        let administration = (caller.clone(), UPGRADE_DELAY_S);
        let performance_monitor = stage.deploy("performance-monitor", administration.clone())?;
        let analytics_storage = stage.deploy("analytics-storage", administration.clone())?;
        let alerting = (caller.clone(), performance_monitor.clone(), UPGRADE_DELAY_S);
        let alerting = stage.deploy("alerting", alerting)?;
        let dashboard = stage.deploy("dashboard", administration.clone())?;
        let external_monitoring = stage.deploy("external-monitoring", administration)?;
        let mut suite = Self {
            stage,
            caller,
            performance_monitor,
            analytics_storage,
            alerting,
            dashboard,
            external_monitoring,
        };
        let caller = suite.caller.clone();
        let mut sources = Map::new(suite.env());
        let symbol = |name| suite.stage.symbol(name);
        sources.set(symbol(LINK_HISTORY), suite.analytics_storage.clone());
        sources.set(symbol(LINK_ALERTS), suite.alerting.clone());
        sources.set(symbol(LINK_STREAMS), suite.performance_monitor.clone());
        let links = [
            suite.monitor("set_analytics", (suite.analytics_storage.clone(),)),
            suite.analytics("set_monitor", (suite.performance_monitor.clone(),)),
            suite.stage.call(&suite.dashboard, "set_links", (sources,)),
            suite.monitor("register", (caller.clone(), caller.clone(), caller.clone())),
            suite.monitor("set_reporter", (caller.clone(), caller, ReporterRole::Primary)),
        ];
        for link in links {
            suite.stage.act(&[link])?;
        }
        Ok(suite)
    }

    /// The environment that encodes arguments.
    #[must_use]
    pub fn env(&self) -> &Env {
        self.stage.env()
    }

    /// A call of performance-monitor.
    pub fn monitor(
        &self,
        function: &'static str,
        arguments: impl IntoVal<Env, SdkVec<Val>>,
    ) -> Call {
        self.stage.call(&self.performance_monitor, function, arguments)
    }

    /// A call of analytics-storage.
    pub fn analytics(
        &self,
        function: &'static str,
        arguments: impl IntoVal<Env, SdkVec<Val>>,
    ) -> Call {
        self.stage.call(&self.analytics_storage, function, arguments)
    }

    /// A call of alerting.
    pub fn alerts(
        &self,
        function: &'static str,
        arguments: impl IntoVal<Env, SdkVec<Val>>,
    ) -> Call {
        self.stage.call(&self.alerting, function, arguments)
    }

    /// A call of dashboard.
    pub fn dashboards(
        &self,
        function: &'static str,
        arguments: impl IntoVal<Env, SdkVec<Val>>,
    ) -> Call {
        self.stage.call(&self.dashboard, function, arguments)
    }

    /// A call of external-monitoring.
    pub fn connections(
        &self,
        function: &'static str,
        arguments: impl IntoVal<Env, SdkVec<Val>>,
    ) -> Call {
        self.stage.call(&self.external_monitoring, function, arguments)
    }

    /// A text.
    #[must_use]
    pub fn text(&self, text: &str) -> SdkString {
        SdkString::from_str(self.env(), text)
    }

    /// The stream of one function of the calling contract.
    #[must_use]
    pub fn stream(&self, function: &str) -> StreamKey {
        let function = self.stage.symbol(function);
        StreamKey { contract: self.caller.clone(), function, subject: None, lane: None }
    }

    /// Opens a stream.
    ///
    /// # Errors
    /// When performance-monitor refuses it.
    pub fn open(&mut self, function: &str, spec: StreamSpec) -> Result<()> {
        let call = self.monitor("open_stream", (self.stream(function), spec));
        self.stage.act(&[call])
    }

    /// A stream of these metrics that leaves its hot entry and an event.
    #[must_use]
    pub fn spec(&self, metrics: SdkVec<MetricSpec>) -> StreamSpec {
        StreamSpec { metrics, mode: RecordingMode::Full, witnesses: false }
    }

    /// The four metrics of a pool.
    #[must_use]
    pub fn pool_metrics(&self) -> SdkVec<MetricSpec> {
        let mut metrics = vec![self.env()];
        for name in POOL_METRICS {
            metrics.push_back(self.metric(name, POOL_UNIT));
        }
        metrics
    }

    /// The twelve metrics of an execution.
    #[must_use]
    pub fn execution_metrics(&self) -> SdkVec<MetricSpec> {
        let mut metrics = vec![self.env()];
        for metric in EXECUTION_METRICS {
            metrics.push_back(self.metric(metric.name, metric.unit));
        }
        metrics
    }

    /// A metric of single events, neither watched nor sketched.
    #[must_use]
    pub fn metric(&self, name: &str, unit: &str) -> MetricSpec {
        MetricSpec {
            name: self.stage.symbol(name),
            unit: self.stage.symbol(unit),
            kind: MetricKind::Timer,
            watched: false,
            sketch: NO_SKETCH,
        }
    }

    /// A rule that fires while the last value of a metric, in a minute of one function of a
    /// contract, is above a threshold.
    #[must_use]
    pub fn rule(
        &self,
        contract: &Address,
        function: &str,
        metric: &str,
        threshold: i128,
    ) -> RuleSpec {
        RuleSpec {
            name: self.text("too high"),
            contract: Some(contract.clone()),
            function: Some(self.stage.symbol(function)),
            subject: None,
            metric: self.stage.symbol(metric),
            statistic: RuleStatistic::Last,
            condition: RuleCondition::Threshold,
            parameters: vec![self.env()],
            operator: RuleOperator::Gt,
            threshold,
            threshold_high: 0,
            window_s: 60,
            min_points: 1,
            for_s: 0,
            keep_firing_for_s: 0,
            severity: Severity::Critical,
            cooldown_s: 0,
            no_data: NoDataPolicy::KeepLast,
            policy: None,
            labels: Map::new(self.env()),
            annotations: Map::new(self.env()),
        }
    }

    /// Creates a rule on one stream.
    ///
    /// # Errors
    /// When alerting refuses it.
    pub fn create_rule(&mut self, spec: RuleSpec, stream: StreamKey) -> Result<RuleTarget> {
        let create = self.alerts("create_rule", (self.caller.clone(), spec));
        let rule: BytesN<32> = self.stage.perform(&create)?;
        Ok(RuleTarget { rule, stream })
    }

    /// An evaluation through the last slot that is closed.
    ///
    /// # Errors
    /// When alerting does not say which that is.
    pub fn evaluate(&mut self, targets: &[RuleTarget]) -> Result<Call> {
        let slot: u32 = self.stage.perform(&self.alerts("closed_slot", ()))?;
        let mut asked = vec![self.env()];
        targets.iter().for_each(|target| asked.push_back(target.clone()));
        Ok(self.alerts("evaluate", (self.caller.clone(), asked, slot)))
    }

    /// `record_metric` of a value of a pool's stream.
    #[must_use]
    pub fn record_metric(&self, function: &str, metric: &str, value: i128) -> Call {
        let none: Option<SdkString> = None;
        let symbol = |name| self.stage.symbol(name);
        self.monitor(
            "record_metric",
            (self.caller.clone(), symbol(metric), value, symbol(POOL_UNIT), symbol(function), none),
        )
    }

    /// `record_execution` of a plausible execution that ended just now.
    #[must_use]
    pub fn record_execution(&self, function: &str, sequence: u64) -> Call {
        let at_s = self.stage.ledger().close_time_s();
        let values = [3_456_789, 1_234, 100, 23_456, 789, 45_678, 7, 3, 2_345, 1_234, 456, 0_i64];
        let values = SdkVec::from_array(self.env(), values);
        let arguments = (self.caller.clone(), self.stream(function), at_s, values, sequence);
        self.monitor("record_execution", arguments)
    }
}
