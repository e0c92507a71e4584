//! The suite around one dashboard contract, and a pool that is monitored.

extern crate std;

use alerting::AlertingContract;
use analytics_storage::AnalyticsStorageContract;
use lumenscope_dictionary::by_name;
use lumenscope_interfaces::alerting::{
    AlertingClient, RuleOperator, RuleStatistic, RuleTarget, Severity,
};
use lumenscope_interfaces::analytics_storage::{AnalyticsStorageClient, Granularity};
use lumenscope_interfaces::common::StreamKey;
use lumenscope_interfaces::dashboard::{
    Dashboard, DashboardClient, DashboardDetails, DashboardError, DashboardLayout,
    DashboardVariables, DashboardViewer, LINK_ALERTS, LINK_HISTORY, LINK_STREAMS, Widget,
    WidgetKind,
};
use lumenscope_interfaces::performance_monitor::{
    FLUSH_DELAY_S, MetricKind, MetricSpec, NO_SKETCH, PerformanceMonitorClient, RecordingMode,
    StreamSpec,
};
use performance_monitor::PerformanceMonitorContract;
use soroban_sdk::testutils::{Address as _, EnvTestConfig, Ledger as _, MockAuth, MockAuthInvoke};
use soroban_sdk::{
    Address, BytesN, Env, Error, IntoVal, InvokeError, Map, String, Symbol, Val, Vec, vec,
};

use crate::DashboardContract;

/// 2027-01-15T08:00Z.
pub const START_S: u64 = 1_800_000_000;
pub const HOUR_S: u64 = 3_600;
pub const DAY_S: u64 = 24 * HOUR_S;

pub struct World {
    pub e: Env,
    pub monitor: Address,
    pub history: Address,
    pub alerting: Address,
    pub contract: Address,
    pub admin: Address,
    pub owner: Address,
    pub stranger: Address,
    pub pool: Address,
}

/// What the `try_` form of an entry point returns.
pub type Answer<T, C> = Result<Result<T, C>, Result<Error, InvokeError>>;

#[track_caller]
pub fn refused_with<T, C>(answer: Answer<T, C>, error: DashboardError) {
    let Err(Ok(came)) = answer else { panic!("expected {error:?}, and it was accepted") };
    assert_eq!(came, Error::from_contract_error(error as u32), "expected {error:?}");
}

#[track_caller]
pub fn unauthorised<T, C>(answer: Answer<T, C>) {
    use soroban_sdk::xdr::{ScErrorCode, ScErrorType};
    let Err(Ok(came)) = answer else { panic!("expected a refusal") };
    let expected = Error::from_type_and_code(ScErrorType::Context, ScErrorCode::InvalidAction);
    assert_eq!(came, expected);
}

impl World {
    /// The dashboard contract, linked to nothing. Every authorisation is given.
    pub fn bare() -> Self {
        let e = Env::new_with_config(EnvTestConfig { capture_snapshot_at_drop: false });
        e.ledger().with_mut(|ledger| {
            ledger.sequence_number = 60_000_000;
            ledger.timestamp = START_S;
            ledger.min_persistent_entry_ttl = 2_073_600;
            ledger.min_temp_entry_ttl = 17_280;
            ledger.max_entry_ttl = 3_110_400;
        });
        e.mock_all_auths();
        // The diagnostics of a call with many calls within outgrow what tests have for them. The
        // network's limits are checked all the same, after each call.
        e.cost_estimate().budget().reset_unlimited();
        let [admin, owner, stranger, pool] = [(); 4].map(|()| Address::generate(&e));
        let monitor = e.register(PerformanceMonitorContract, (admin.clone(), 0u64));
        let history = e.register(AnalyticsStorageContract, (admin.clone(), 0u64));
        let alerting = e.register(AlertingContract, (admin.clone(), monitor.clone(), 0u64));
        let contract = e.register(DashboardContract, (admin.clone(), 0u64));
        Self { e, monitor, history, alerting, contract, admin, owner, stranger, pool }
    }

    /// All five linked, and the pool registered.
    pub fn new() -> Self {
        let world = Self::bare();
        world.monitor().set_analytics(&world.history);
        AnalyticsStorageClient::new(&world.e, &world.history).set_monitor(&world.monitor);
        world.client().set_links(&world.links());
        world.monitor().register(&world.admin, &world.pool, &Some(world.owner.clone()));
        world
    }

    pub fn client(&self) -> DashboardClient<'_> {
        DashboardClient::new(&self.e, &self.contract)
    }

    pub fn monitor(&self) -> PerformanceMonitorClient<'_> {
        PerformanceMonitorClient::new(&self.e, &self.monitor)
    }

    pub fn alerting(&self) -> AlertingClient<'_> {
        AlertingClient::new(&self.e, &self.alerting)
    }

    pub fn links(&self) -> Map<Symbol, Address> {
        let mut links = Map::new(&self.e);
        links.set(self.symbol(LINK_HISTORY), self.history.clone());
        links.set(self.symbol(LINK_ALERTS), self.alerting.clone());
        links.set(self.symbol(LINK_STREAMS), self.monitor.clone());
        links
    }

    /// From now on only this call of the dashboard contract is authorised, by `who`.
    pub fn only(&self, who: &Address, function: &str, args: impl IntoVal<Env, Vec<Val>>) {
        self.e.mock_auths(&[MockAuth {
            address: who,
            invoke: &MockAuthInvoke {
                contract: &self.contract,
                fn_name: function,
                args: args.into_val(&self.e),
                sub_invokes: &[],
            },
        }]);
    }

    /// From now on nothing is authorised.
    pub fn nobody(&self) {
        self.e.mock_auths(&[]);
    }

    /// From now on everything is.
    pub fn everybody(&self) {
        self.e.mock_all_auths();
    }

    pub fn symbol(&self, name: &str) -> Symbol {
        Symbol::new(&self.e, name)
    }

    pub fn text(&self, text: &str) -> String {
        String::from_str(&self.e, text)
    }

    pub fn at(&self, time_s: u64) {
        self.e.ledger().with_mut(|ledger| ledger.timestamp = time_s);
    }

    /// An empty dashboard of twelve columns and twenty rows.
    pub fn create(&self, layout: DashboardLayout) -> BytesN<32> {
        let (name, description) = (self.text("Pool"), self.text("What it costs"));
        self.client().create_dashboard(&self.owner, &name, &description, &layout, &12, &20)
    }

    /// Details of a grid of twelve columns and twenty rows.
    pub fn details(&self, name: &str) -> DashboardDetails {
        DashboardDetails {
            name: self.text(name),
            description: self.text(""),
            layout: DashboardLayout::Grid,
            columns: 12,
            rows: 20,
            variables: self.over(None),
            range_s: 0,
        }
    }

    /// Variables that say this contract, and nothing else.
    pub fn over(&self, contract: Option<&Address>) -> DashboardVariables {
        DashboardVariables { contract: contract.cloned(), function: None, subject: None }
    }

    /// The owner, looking.
    pub fn viewer(&self) -> DashboardViewer {
        DashboardViewer::Account(self.owner.clone())
    }

    pub fn stored(&self, id: &BytesN<32>) -> Dashboard {
        self.client().dashboard(id, &self.viewer())
    }

    /// A line over the failures of the pool's function `pay`.
    pub fn line(&self, [x, y, width, height]: [u32; 4]) -> Widget {
        Widget {
            kind: WidgetKind::Line,
            x,
            y,
            width,
            height,
            title: self.text("Failures"),
            contract: Some(self.pool.clone()),
            function: Some(self.symbol("pay")),
            subject: None,
            metric: Some(self.symbol("failed")),
            statistic: RuleStatistic::Sum,
            max_points: 60,
            granularity: Granularity::Hour,
            compare_s: 0,
            top: 0,
            thresholds: Vec::new(&self.e),
        }
    }

    /// The alerts of the pool.
    pub fn alert_list(&self, place: [u32; 4]) -> Widget {
        Widget { kind: WidgetKind::AlertList, function: None, metric: None, ..self.line(place) }
    }

    pub fn text_widget(&self, place: [u32; 4]) -> Widget {
        Widget { kind: WidgetKind::Text, function: None, metric: None, ..self.line(place) }
    }

    /// Puts a widget, on the current version.
    pub fn put(&self, id: &BytesN<32>, slot: u32, widget: &Widget) {
        let version = self.stored(id).version;
        self.client().put_widget(&self.owner, id, &version, &slot, &Some(widget.clone()));
    }

    pub fn stream(&self, function: &str) -> StreamKey {
        let function = self.symbol(function);
        StreamKey { contract: self.pool.clone(), function, subject: None, lane: None }
    }

    fn streams(&self, functions: &[&str]) -> Vec<StreamKey> {
        let mut streams = Vec::new(&self.e);
        functions.iter().for_each(|function| streams.push_back(self.stream(function)));
        streams
    }

    /// Opens a stream of the pool. Its metrics are watched, in the dictionary's units.
    pub fn open(&self, function: &str, metrics: &[&str]) {
        self.open_stream(&self.stream(function), metrics);
    }

    /// The same for any stream of the pool.
    pub fn open_stream(&self, stream: &StreamKey, metrics: &[&str]) {
        let mut specs = Vec::new(&self.e);
        for metric in metrics {
            specs.push_back(MetricSpec {
                name: self.symbol(metric),
                unit: self.symbol(by_name(metric).map_or("count", |known| known.unit)),
                kind: MetricKind::Timer,
                watched: true,
                sketch: NO_SKETCH,
            });
        }
        let spec = StreamSpec { metrics: specs, mode: RecordingMode::Rollup, witnesses: false };
        self.monitor().open_stream(stream, &spec);
    }

    pub fn record(&self, function: &str, metric: &str, value: i128) {
        let samples = vec![&self.e, (self.symbol(metric), value)];
        self.monitor().record_samples(&self.stream(function), &samples);
    }

    /// Moves the hours of these functions that are over to history, as soon as that may be.
    pub fn flush(&self, functions: &[&str]) {
        self.at(self.e.ledger().timestamp() + FLUSH_DELAY_S);
        let streams = self.streams(functions);
        let closed = (self.e.ledger().timestamp() / HOUR_S) as u32 - 1;
        self.monitor().flush(&self.stranger, &streams, &closed);
    }

    /// Makes the days of these functions that are over, as keepers do.
    pub fn compact(&self, functions: &[&str]) {
        let streams = self.streams(functions);
        let history = AnalyticsStorageClient::new(&self.e, &self.history);
        while history.compact(&self.stranger, &streams) > 0 {}
    }

    /// Has an alert fire on `pay`: a rule on the metric's average over a minute, evaluated.
    pub fn fire(&self, metric: &str) -> BytesN<32> {
        let rule = self.alerting().create_alert_rule(
            &self.owner,
            &self.text("too many failures"),
            &Some(self.pool.clone()),
            &self.symbol(metric),
            &RuleOperator::Gt,
            &0,
            &60,
            &1,
            &Severity::High,
            &0,
        );
        self.at(self.e.ledger().timestamp() + 60);
        self.record("pay", metric, 1);
        self.at(self.e.ledger().timestamp() + 300);
        let target = RuleTarget { rule: rule.clone(), stream: self.stream("pay") };
        let closed = self.alerting().closed_slot();
        self.alerting().evaluate(&self.owner, &vec![&self.e, target], &closed);
        rule
    }
}
