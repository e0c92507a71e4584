//! A registered contract with its owner, and a history contract that keeps what it is given.

use lumenscope_hot::{Slot, Statistics, View};
use lumenscope_interfaces::common::StreamKey;
use lumenscope_interfaces::performance_monitor::{
    MetricKind, MetricSpec, MonitorError, NO_SKETCH, PerformanceMonitorClient, RecordingMode,
    ReporterRole, StreamSpec,
};
use soroban_sdk::testutils::{
    Address as _, EnvTestConfig, Events as _, Ledger as _, MockAuth, MockAuthInvoke,
};
use soroban_sdk::{
    Address, Bytes, Env, Error, IntoVal, InvokeError, Map, String, Symbol, TryFromVal as _, Val,
    Vec, contract, contractimpl, symbol_short, vec,
};

use crate::PerformanceMonitorContract;

/// 2027-01-15T08:00Z.
pub const START_S: u64 = 1_800_000_000;
pub const START_HOUR: u32 = 500_000;
pub const HOUR_S: u64 = 3_600;

/// First and last hour of a bucket, and its statistics.
pub type Unflushed = (u32, u32, Statistics);

/// A monitored contract: what it calls, it authorises.
#[contract]
pub struct Host;

#[contractimpl]
impl Host {
    pub fn record(
        e: Env,
        monitor: Address,
        metric: Symbol,
        value: i128,
        unit: Symbol,
        function: Symbol,
        metadata: Option<String>,
    ) -> u64 {
        let me = e.current_contract_address();
        let client = PerformanceMonitorClient::new(&e, &monitor);
        client.record_metric(&me, &metric, &value, &unit, &function, &metadata)
    }

    pub fn record_many(
        e: Env,
        monitor: Address,
        stream: StreamKey,
        samples: Vec<(Symbol, i128)>,
    ) -> u64 {
        PerformanceMonitorClient::new(&e, &monitor).record_samples(&stream, &samples)
    }

    /// Passes samples on as they come, as a contract can that was not written with our types.
    pub fn record_any(e: Env, monitor: Address, stream: StreamKey, samples: Vec<Val>) -> u64 {
        let samples = Vec::try_from_val(&e, &samples.to_val()).unwrap();
        PerformanceMonitorClient::new(&e, &monitor).record_samples(&stream, &samples)
    }
}

/// Keeps the last export; refuses when it is told to.
#[contract]
pub struct History;

#[contractimpl]
impl History {
    pub fn ingest(e: Env, stream: StreamKey, metrics: Vec<Symbol>, closed: Bytes) -> u32 {
        let refuse: bool = e.storage().instance().get(&symbol_short!("refuse")).unwrap_or(false);
        assert!(!refuse);
        if closed.is_empty() {
            e.storage().instance().set(&symbol_short!("asked"), &(stream, metrics));
            return 0;
        }
        let calls: u32 = e.storage().instance().get(&symbol_short!("calls")).unwrap_or(0);
        e.storage().instance().set(&symbol_short!("calls"), &(calls + 1));
        e.storage().instance().set(&symbol_short!("last"), &(stream, metrics, closed));
        0
    }
}

pub struct World {
    pub e: Env,
    pub monitor: Address,
    pub host: Address,
    pub history: Address,
    pub admin: Address,
    pub owner: Address,
    pub reporter: Address,
    pub stranger: Address,
}

/// Everything ever recorded of a metric.
#[derive(Debug, Eq, PartialEq)]
pub struct Totals {
    pub count: u64,
    pub sum: i128,
    pub last: i64,
}

impl World {
    pub fn totals(&self, stream: &StreamKey, metric: &Symbol) -> Totals {
        let Statistics { count, sum, last, .. } = self.read(stream, metric, |view| view.totals(0));
        Totals { count, sum, last }
    }

    /// What a reader makes of a metric.
    pub fn read<T>(&self, stream: &StreamKey, metric: &Symbol, of: impl FnOnce(&View) -> T) -> T {
        let entry: std::vec::Vec<u8> = Bytes::iter(&self.client().metric(stream, metric)).collect();
        let view = View::parse(&entry).unwrap();
        assert_eq!(view.metrics(), 1);
        of(&view)
    }

    /// Nothing is registered yet.
    pub fn bare() -> Self {
        let e = Env::new_with_config(EnvTestConfig { capture_snapshot_at_drop: false });
        e.ledger().with_mut(|ledger| {
            ledger.sequence_number = 60_000_000;
            ledger.timestamp = START_S;
            ledger.min_persistent_entry_ttl = 2_073_600;
            ledger.min_temp_entry_ttl = 17_280;
            ledger.max_entry_ttl = 3_110_400;
        });
        let [admin, owner, reporter, stranger] = [(); 4].map(|()| Address::generate(&e));
        let monitor = e.register(PerformanceMonitorContract, (admin.clone(), 0u64));
        let host = e.register(Host, ());
        let history = e.register(History, ());
        Self { e, monitor, host, history, admin, owner, reporter, stranger }
    }

    /// Registered, with a primary reporter, a linked history, and the stream `pay` of two metrics.
    pub fn new() -> Self {
        let world = Self::unlinked();
        world.by(&world.admin, "set_analytics", (world.history.clone(),));
        world.client().set_analytics(&world.history);
        world
    }

    /// The same without a history.
    pub fn unlinked() -> Self {
        let world = Self::bare();
        let (host, owner) = (world.host.clone(), world.owner.clone());
        world.by(&world.admin, "register", (world.admin.clone(), host.clone(), owner.clone()));
        world.client().register(&world.admin, &host, &Some(owner));
        world.set_reporter(&world.reporter, ReporterRole::Primary);
        world.open("pay", &world.plain());
        world
    }

    pub fn client(&self) -> PerformanceMonitorClient<'_> {
        PerformanceMonitorClient::new(&self.e, &self.monitor)
    }

    /// Authorises exactly this call of the monitor.
    pub fn by(&self, who: &Address, function: &str, args: impl IntoVal<Env, Vec<Val>>) {
        self.e.mock_auths(&[MockAuth {
            address: who,
            invoke: &MockAuthInvoke {
                contract: &self.monitor,
                fn_name: function,
                args: args.into_val(&self.e),
                sub_invokes: &[],
            },
        }]);
    }

    pub fn nobody(&self) {
        self.e.mock_auths(&[]);
    }

    pub fn symbol(&self, name: &str) -> Symbol {
        Symbol::new(&self.e, name)
    }

    pub fn stream(&self, function: &str) -> StreamKey {
        let (contract, function) = (self.host.clone(), self.symbol(function));
        StreamKey { contract, function, subject: None, lane: None }
    }

    pub fn metric(&self, name: &str, unit: &str) -> MetricSpec {
        MetricSpec {
            name: self.symbol(name),
            unit: self.symbol(unit),
            kind: MetricKind::Timer,
            watched: false,
            sketch: NO_SKETCH,
        }
    }

    /// `premium` in stroops and `waited` in seconds.
    pub fn plain(&self) -> StreamSpec {
        let metrics = vec![&self.e, self.metric("premium", "stroops"), self.metric("waited", "s")];
        StreamSpec { metrics, mode: RecordingMode::Full, witnesses: false }
    }

    pub fn open(&self, function: &str, spec: &StreamSpec) -> StreamKey {
        let stream = self.stream(function);
        self.by(&self.owner, "open_stream", (stream.clone(), spec.clone()));
        self.client().open_stream(&stream, spec);
        stream
    }

    pub fn set_reporter(&self, reporter: &Address, role: ReporterRole) {
        let args = (self.host.clone(), reporter.clone(), role);
        self.by(&self.owner, "set_reporter", args);
        self.client().set_reporter(&self.host, reporter, &role);
    }

    pub fn set_mode(&self, function: &str, mode: RecordingMode) {
        let spec = StreamSpec { mode, ..self.spec_of(&self.stream(function)) };
        self.open(function, &spec);
    }

    /// The buckets that are not flushed: first and last hour, and statistics.
    pub fn unflushed(&self, stream: &StreamKey, metric: &str) -> std::vec::Vec<Unflushed> {
        self.read(stream, &self.symbol(metric), |view| {
            let bucket = |slot: Slot| {
                (slot.span.start_hour, slot.span.end_hour, view.statistics(0, slot.index))
            };
            view.slots().map(bucket).collect()
        })
    }

    /// How often a stream was recorded into.
    pub fn sequence(&self, stream: &StreamKey) -> u64 {
        let blob: std::vec::Vec<u8> = Bytes::iter(&self.client().hot(stream)).collect();
        View::parse(&blob).unwrap().sequence()
    }

    /// The place of a metric in a stream's hot entry, and its bytes as a reader off the ledger
    /// gets them.
    pub fn hot(&self, stream: &StreamKey, metric: &str) -> (std::vec::Vec<u8>, usize) {
        let metrics = self.client().stream_definition(stream).unwrap().metrics;
        let place = metrics.first_index_of(self.symbol(metric)).unwrap() as usize;
        (Bytes::iter(&self.client().hot(stream)).collect(), place)
    }

    /// What the owner asked for, from what is stored.
    pub fn spec_of(&self, stream: &StreamKey) -> StreamSpec {
        let definition = self.client().stream_definition(stream).unwrap();
        let blob: std::vec::Vec<u8> = Bytes::iter(&self.client().hot(stream)).collect();
        let view = View::parse(&blob).unwrap();
        let mut metrics = vec![&self.e];
        let names = definition.metrics.iter().zip(definition.units.iter());
        for (place, (name, unit)) in names.enumerate() {
            let kind = match definition.kinds >> (2 * place) & 3 {
                0 => MetricKind::Counter,
                1 => MetricKind::Gauge,
                2 => MetricKind::Timer,
                _ => MetricKind::Ratio,
            };
            let watched = definition.watches(&name);
            assert_eq!(watched, view.is_watched(place));
            let sketch = view.sketch(place);
            let sketch = sketch
                .map_or(NO_SKETCH, |layout| (layout.min(), layout.max(), layout.bins().into()));
            metrics.push_back(MetricSpec { name, unit, kind, watched, sketch });
        }
        StreamSpec { metrics, mode: definition.mode, witnesses: view.has_witnesses() }
    }

    pub fn advance(&self, seconds: u64) {
        self.e.ledger().with_mut(|ledger| {
            ledger.timestamp += seconds;
            ledger.sequence_number += 1;
        });
    }

    pub fn now_s(&self) -> u64 {
        self.e.ledger().timestamp()
    }

    pub fn host(&self) -> HostClient<'_> {
        self.nobody();
        HostClient::new(&self.e, &self.host)
    }

    /// The host records a premium for `pay`.
    pub fn pay(&self, value: i128) -> u64 {
        self.record("premium", value, "stroops", "pay")
    }

    pub fn record(&self, metric: &str, value: i128, unit: &str, function: &str) -> u64 {
        let [metric, unit, function] = [metric, unit, function].map(|name| self.symbol(name));
        self.host().record(&self.monitor, &metric, &value, &unit, &function, &None)
    }

    /// Why the host's recording is refused; the monitor's storage is as before.
    pub fn record_refused(
        &self,
        metric: &str,
        unit: &str,
        function: &str,
        metadata: Option<String>,
    ) -> Error {
        let [metric, unit, function] = [metric, unit, function].map(|name| self.symbol(name));
        self.refused(|| {
            let host = self.host();
            host.try_record(&self.monitor, &metric, &1, &unit, &function, &metadata)
        })
    }

    /// Why a call is refused; the monitor's storage is as before, and nothing was told.
    pub fn refused<T, C>(
        &self,
        call: impl FnOnce() -> Result<Result<T, C>, Result<Error, InvokeError>>,
    ) -> Error {
        let before = self.stored();
        let Err(Ok(error)) = call() else { panic!("expected a refusal") };
        assert!(self.e.events().all().filter_by_contract(&self.monitor).events().is_empty());
        assert_eq!(self.stored(), before, "a refused call changed something");
        error
    }

    pub fn stored(&self) -> (Map<Val, Val>, Map<Val, Val>) {
        use soroban_sdk::testutils::storage::{Instance as _, Persistent as _};
        self.e.as_contract(&self.monitor, || {
            (self.e.storage().persistent().all(), self.e.storage().instance().all())
        })
    }
}

pub fn error(error: MonitorError) -> Error {
    Error::from_contract_error(error as u32)
}

/// What the host says to a call that was not authorised.
pub fn unauthorised() -> Error {
    use soroban_sdk::xdr::{ScErrorCode, ScErrorType};
    Error::from_type_and_code(ScErrorType::Context, ScErrorCode::InvalidAction)
}
