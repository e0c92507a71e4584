//! The suite around an insurance pool, with the people that use both.

use std::collections::BTreeMap;

use insurance_pool::Terms;
use lumenscope_interfaces::alerting::AlertingClient;
use lumenscope_interfaces::analytics_storage::{AnalyticsStorageClient, Granularity, RangeQuery};
use lumenscope_interfaces::common::StreamKey;
use lumenscope_interfaces::dashboard::{DashboardClient, LINK_ALERTS, LINK_HISTORY, LINK_STREAMS};
use lumenscope_interfaces::performance_monitor::{
    FLUSH_DELAY_S, MetricKind, MetricSpec, NO_SKETCH, PerformanceMonitorClient, RecordingMode,
    StreamSpec,
};
use soroban_sdk::testutils::{
    Address as _, EnvTestConfig, Events as _, Ledger as _, MockAuth, MockAuthInvoke,
};
use soroban_sdk::xdr::{LedgerEntry, LedgerKey, ScAddress, ScErrorCode, ScErrorType};
use soroban_sdk::{
    Address, Env, Error, IntoVal, InvokeError, Map, String, Symbol, TryFromVal, Val, Vec, vec,
};

/// 2027-01-15T08:00Z.
pub const START_S: u64 = 1_800_000_000;
pub const HOUR_S: u64 = 3_600;
pub const COVER: i128 = 1_000_000_000;
/// 2 % of the cover.
pub const PREMIUM: i128 = 20_000_000;
/// The pool's functions that the tests call, with the metrics that its code records.
const STREAMS: [(&str, &[&str]); 2] =
    [("buy_policy", &["premium", "cover"]), ("deposit", &["amount"])];

/// Entries of the ledger by key, each with the ledger that it lives until.
pub type Stored = BTreeMap<LedgerKey, (LedgerEntry, Option<u32>)>;

/// How the host ends a call that lacks an authorisation.
pub const UNAUTHORISED: Error =
    Error::from_type_and_code(ScErrorType::Context, ScErrorCode::InvalidAction);

/// The ledger, the contracts, and the people.
pub struct World {
    pub e: Env,
    pub monitor: Address,
    pub history: Address,
    pub alerting: Address,
    pub dashboard: Address,
    pub pool: Address,
    pub token: Address,
    /// Runs the suite.
    pub admin: Address,
    /// Runs the pool, and owns its streams.
    pub owner: Address,
    pub holder: Address,
    pub stranger: Address,
}

/// Puts a contract on the ledger: the one of this build, or its wasm.
macro_rules! deploy {
    ($e:expr, $contract:expr, $package:literal, $args:expr) => {
        if is_wasm() {
            $e.register(&*lumenscope_contract_wasm::read($package).expect("built"), $args)
        } else {
            $e.register($contract, $args)
        }
    };
}

pub fn is_wasm() -> bool {
    match std::env::var("LUMENSCOPE_CONTRACTS").as_deref() {
        Ok("wasm") => true,
        Ok("native") | Err(_) => false,
        Ok(other) => panic!("LUMENSCOPE_CONTRACTS: expected native or wasm, not `{other}`"),
    }
}

fn on_network() -> Env {
    let e = Env::new_with_config(EnvTestConfig { capture_snapshot_at_drop: false });
    e.ledger().with_mut(|ledger| {
        ledger.sequence_number = 60_000_000;
        ledger.timestamp = START_S;
        ledger.min_persistent_entry_ttl = 2_073_600;
        ledger.min_temp_entry_ttl = 17_280;
        ledger.max_entry_ttl = 3_110_400;
    });
    e
}

impl World {
    /// Everything deployed and linked; the pool is registered with its streams, which are watched,
    /// and the holder has money.
    pub fn new() -> Self {
        let e = on_network();
        let [admin, owner, assessor, holder, stranger, issuer] =
            [(); 6].map(|()| Address::generate(&e));
        let plain = || (admin.clone(), 0u64);
        let monitor = deploy!(
            e,
            performance_monitor::PerformanceMonitorContract,
            "performance-monitor",
            plain()
        );
        let history =
            deploy!(e, analytics_storage::AnalyticsStorageContract, "analytics-storage", plain());
        let alerts = (admin.clone(), monitor.clone(), 0u64);
        let alerting = deploy!(e, alerting::AlertingContract, "alerting", alerts);
        let dashboard = deploy!(e, dashboard::DashboardContract, "dashboard", plain());
        let token = e.register_stellar_asset_contract_v2(issuer.clone()).address();
        let terms = Terms {
            admin: owner.clone(),
            assessor,
            token: token.clone(),
            rate_bps: 200,
            period_s: 30 * 24 * HOUR_S,
            cover_max: 10 * COVER,
        };
        let pool = deploy!(e, insurance_pool::InsurancePool, "insurance-pool", (terms,));
        let world = Self {
            e,
            monitor,
            history,
            alerting,
            dashboard,
            pool,
            token,
            admin,
            owner,
            holder,
            stranger,
        };
        world.link(&issuer);
        world
    }

    fn link(&self, issuer: &Address) {
        let admin = &self.admin;
        let mut sources = Map::new(&self.e);
        sources.set(self.symbol(LINK_HISTORY), self.history.clone());
        sources.set(self.symbol(LINK_ALERTS), self.alerting.clone());
        sources.set(self.symbol(LINK_STREAMS), self.monitor.clone());
        let (pool, monitor) = (self.pool.clone(), self.monitor.clone());
        self.must(admin, &self.monitor, "set_analytics", (self.history.clone(),));
        self.must(admin, &self.history, "set_monitor", (monitor.clone(),));
        self.must(admin, &self.dashboard, "set_links", (sources,));
        let registration = (admin.clone(), pool, self.owner.clone());
        self.must(admin, &self.monitor, "register", registration);
        let links = (monitor, Some(self.alerting.clone()));
        self.must(&self.owner, &self.pool, "link_monitor", links);
        for (function, metrics) in STREAMS {
            assert_eq!(self.open(function, metrics), Ok(()));
        }
        self.must(issuer, &self.token, "mint", (self.holder.clone(), 1_000 * COVER));
    }

    /// Calls with the authorisation of `who` for exactly this call and what it calls in turn on
    /// their behalf, and of nobody else.
    pub fn call<T: TryFromVal<Env, Val>>(
        &self,
        who: &Address,
        contract: &Address,
        function: &str,
        args: impl IntoVal<Env, Vec<Val>>,
        inner: &[MockAuthInvoke<'_>],
    ) -> Result<T, Error> {
        let args: Vec<Val> = args.into_val(&self.e);
        let invoke =
            MockAuthInvoke { contract, fn_name: function, args: args.clone(), sub_invokes: inner };
        self.e.mock_auths(&[MockAuth { address: who, invoke: &invoke }]);
        let answer = self.e.try_invoke_contract(contract, &self.symbol(function), args);
        self.e.mock_auths(&[]);
        settled(answer)
    }

    /// A call that has to succeed and answers nothing.
    pub fn must(
        &self,
        who: &Address,
        contract: &Address,
        function: &str,
        args: impl IntoVal<Env, Vec<Val>>,
    ) {
        let answer: Result<Val, Error> = self.call(who, contract, function, args, &[]);
        assert!(answer.is_ok(), "{function}: {answer:?}");
    }

    /// A call of alerting that has to be refused: then nothing is told, and nothing changed.
    pub fn must_refuse(
        &self,
        what: &str,
        who: &Address,
        function: &str,
        args: impl IntoVal<Env, Vec<Val>>,
        expected: Error,
    ) {
        let before = self.stored_by_the_suite();
        let answer: Result<Val, Error> = self.call(who, &self.alerting, function, args, &[]);
        assert_eq!(answer.err(), Some(expected), "{what}");
        assert!(self.e.events().all().events().is_empty(), "{what}: something was told");
        assert!(self.stored_by_the_suite() == before, "{what}: something changed");
    }

    /// Everything that contracts hold.
    pub fn stored(&self, contracts: &[&Address]) -> Stored {
        let contracts = contracts.iter().map(|address| ScAddress::from(*address));
        let contracts: std::vec::Vec<ScAddress> = contracts.collect();
        let entries = self.e.host().get_stored_entries().expect("entries");
        let held = entries.into_iter().filter_map(|(key, held)| {
            let LedgerKey::ContractData(data) = &*key else { return None };
            let (entry, until) = held.filter(|_| contracts.contains(&data.contract))?;
            Some(((*key).clone(), ((*entry).clone(), until)))
        });
        held.collect()
    }

    pub fn stored_by_the_suite(&self) -> Stored {
        self.stored(&[&self.monitor, &self.history, &self.alerting, &self.dashboard])
    }

    /// A call of the pool in which the holder pays it.
    fn pay<T: TryFromVal<Env, Val>>(
        &self,
        function: &str,
        args: impl IntoVal<Env, Vec<Val>>,
        amount: i128,
    ) -> Result<T, Error> {
        let transfer = MockAuthInvoke {
            contract: &self.token,
            fn_name: "transfer",
            args: (self.holder.clone(), self.pool.clone(), amount).into_val(&self.e),
            sub_invokes: &[],
        };
        self.call(&self.holder, &self.pool, function, args, &[transfer])
    }

    /// Buys a policy. Returns the premium.
    pub fn buy(&self, number: u32) -> Result<i128, Error> {
        self.pay("buy_policy", (self.holder.clone(), number, COVER), PREMIUM)
    }

    pub fn deposit(&self, amount: i128) -> Result<(), Error> {
        self.pay("deposit", (self.holder.clone(), amount), amount)
    }

    /// Opens a stream of the pool, or reshapes it. Its metrics are watched.
    pub fn open(&self, function: &str, metrics: &[&str]) -> Result<(), Error> {
        self.open_with(self.stream(function), metrics, NO_SKETCH)
    }

    /// As [`World::open`], each metric with a sketch.
    pub fn open_with(
        &self,
        stream: StreamKey,
        metrics: &[&str],
        sketch: (i64, i64, u32),
    ) -> Result<(), Error> {
        let mut specs = vec![&self.e];
        for metric in metrics {
            specs.push_back(MetricSpec {
                name: self.symbol(metric),
                unit: self.symbol("stroops"),
                kind: MetricKind::Timer,
                watched: true,
                sketch,
            });
        }
        let spec = StreamSpec { metrics: specs, mode: RecordingMode::Full, witnesses: false };
        self.call(&self.owner, &self.monitor, "open_stream", (stream, spec), &[])
    }

    /// Opens a stream of one watched metric that counts in another unit.
    pub fn open_of(&self, stream: StreamKey, metric: &str, unit: &str) {
        let metric = MetricSpec {
            name: self.symbol(metric),
            unit: self.symbol(unit),
            kind: MetricKind::Timer,
            watched: true,
            sketch: NO_SKETCH,
        };
        let spec = StreamSpec {
            metrics: vec![&self.e, metric],
            mode: RecordingMode::Full,
            witnesses: false,
        };
        self.must(&self.owner, &self.monitor, "open_stream", (stream, spec));
    }

    /// Moves what is over to history, as anybody may. Returns the buckets.
    pub fn flush(&self, function: &str) -> Result<u32, Error> {
        let now_s = self.now_s();
        let through_hour = u32::try_from((now_s - FLUSH_DELAY_S) / HOUR_S - 1).expect("an hour");
        let streams = vec![&self.e, self.stream(function)];
        let args = (self.stranger.clone(), streams, through_hour);
        self.call(&self.stranger, &self.monitor, "flush", args, &[])
    }

    pub fn symbol(&self, name: &str) -> Symbol {
        Symbol::new(&self.e, name)
    }

    pub fn text(&self, text: &str) -> String {
        String::from_str(&self.e, text)
    }

    pub fn stream(&self, function: &str) -> StreamKey {
        let (contract, function) = (self.pool.clone(), self.symbol(function));
        StreamKey { contract, function, subject: None, lane: None }
    }

    /// All hours of a metric since the start.
    pub fn query(&self, function: &str, metric: &str, include_open: bool) -> RangeQuery {
        RangeQuery {
            stream: self.stream(function),
            metric: self.symbol(metric),
            granularity: Granularity::Hour,
            from_s: START_S,
            to_s: self.now_s() + 1,
            include_open,
        }
    }

    pub fn now_s(&self) -> u64 {
        self.e.ledger().timestamp()
    }

    pub fn advance(&self, seconds: u64) {
        self.e.ledger().with_mut(|ledger| {
            ledger.timestamp += seconds;
            ledger.sequence_number += u32::try_from(seconds / 5).expect("a short time");
        });
    }

    pub fn monitor(&self) -> PerformanceMonitorClient<'_> {
        PerformanceMonitorClient::new(&self.e, &self.monitor)
    }

    pub fn history(&self) -> AnalyticsStorageClient<'_> {
        AnalyticsStorageClient::new(&self.e, &self.history)
    }

    pub fn alerting(&self) -> AlertingClient<'_> {
        AlertingClient::new(&self.e, &self.alerting)
    }

    pub fn dashboard(&self) -> DashboardClient<'_> {
        DashboardClient::new(&self.e, &self.dashboard)
    }
}

/// What a call answered, or why the host or a contract refused it.
pub fn settled<T: TryFromVal<Env, Val>>(
    answer: Result<Result<T, T::Error>, Result<Error, InvokeError>>,
) -> Result<T, Error> {
    match answer {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(_)) => panic!("the answer is of another type"),
        Err(refused) => Err(refused.unwrap_or_else(|invoke| panic!("{invoke:?}"))),
    }
}

/// The refusal of a contract, by its number.
pub fn refused(code: u32) -> Error {
    Error::from_contract_error(code)
}
