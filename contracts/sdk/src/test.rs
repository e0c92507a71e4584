//! The failure contract, clause by clause, as far as it shows while a transaction is simulated.
//! What happens between simulation and application, and archived monitors, are the subject of the
//! repository's apply-stability suite.

extern crate std;

use std::panic::AssertUnwindSafe;

use lumenscope_interfaces::alerting::{
    GuardVerdict, NoDataPolicy, RuleCondition, RuleOperator, RuleSpec, RuleStatistic, RuleView,
    Severity,
};
use lumenscope_interfaces::common::StreamKey;
use lumenscope_interfaces::performance_monitor::{
    MetricKind, MetricSpec, MonitorError, NO_SKETCH, PerformanceMonitorClient, RecordingMode,
    ReporterRole, StreamSpec,
};
use performance_monitor::PerformanceMonitorContract;
use soroban_sdk::testutils::{Address as _, EnvTestConfig, Ledger as _, MockAuth, MockAuthInvoke};
use soroban_sdk::xdr::ScErrorType;
use soroban_sdk::{
    Address, BytesN, Env, IntoVal, Map, String, Symbol, Val, Vec, contract, contractimpl,
    symbol_short, vec,
};

use crate::{Disagreement, Monitor, Outcome, Quantile, Reading, Verdict, ratio_bp, switch};

/// A contract that is monitored: it counts its calls, which monitoring must not prevent.
#[contract]
struct Host;

#[contractimpl]
impl Host {
    pub fn install(e: Env, monitor: Address, alerting: Option<Address>) {
        switch::install(&e, &monitor, alerting);
    }

    pub fn uninstall(e: Env) {
        switch::uninstall(&e);
    }

    pub fn set_enabled(e: Env, enabled: bool) -> bool {
        switch::set_enabled(&e, enabled)
    }

    /// What became of recording: see [`code`].
    pub fn pay(e: Env, function: String, unit: String) -> i64 {
        let worked = Self::worked(e.clone());
        e.storage().instance().set(&symbol_short!("worked"), &(worked + 1));
        let (function, unit) = (text(&function), text(&unit));
        code(Monitor::of(&e).function(&function).observe("premium", &unit, 7))
    }

    pub fn pay_and_wait(e: Env) -> i64 {
        code(Monitor::of(&e).function("pay").record(&[("premium", 7), ("waited", 60)]))
    }

    pub fn count_and_gauge(e: Env) -> i64 {
        let monitor = Monitor::of(&e);
        let function = monitor.function("pay");
        code(function.count("calls"));
        code(function.gauge("reserve", "stroops", 1_000))
    }

    pub fn work_of(e: Env, worker: String) -> i64 {
        let monitor = Monitor::of(&e);
        code(monitor.subject("pay", &text(&worker)).observe("premium", "stroops", 7))
    }

    pub fn work_named(e: Env, worker: Symbol) -> i64 {
        code(Monitor::of(&e).subject_of("pay", &worker).observe("premium", "stroops", 7))
    }

    /// Rate of failures in basis points, over everything recorded, as the host reads it of itself.
    pub fn failing_bp(e: Env) -> Option<u32> {
        let reading = Monitor::of(&e).reading("settle", "failed")?;
        ratio_bp(&reading.totals())
    }

    /// 1: go on, 2: stop, 3: no answer, 0: off. And whether that stops.
    pub fn guarded(e: Env) -> (u32, bool) {
        let verdict = Monitor::of(&e).guard();
        let code = match verdict {
            Verdict::Go(_) => 1,
            Verdict::Stop(_) => 2,
            Verdict::Unanswered => 3,
            Verdict::Off => 0,
        };
        (code, verdict.stops())
    }

    /// Whether a rule fires that `settle` steps itself.
    pub fn fires(e: Env) -> Option<bool> {
        Monitor::of(&e).function("settle").fires()
    }

    pub fn worked(e: Env) -> u32 {
        e.storage().instance().get(&symbol_short!("worked")).unwrap_or(0)
    }
}

fn text(string: &String) -> std::string::String {
    std::string::ToString::to_string(string)
}

/// The sequence number; 0 for off; the negative code of a contract's error; the lowest number for
/// any other refusal.
fn code(outcome: Outcome) -> i64 {
    match outcome {
        Outcome::Recorded(sequence) => sequence as i64,
        Outcome::Off => 0,
        Outcome::Refused(error) if error.is_type(ScErrorType::Contract) => {
            -i64::from(error.get_code())
        }
        Outcome::Refused(_) => i64::MIN,
    }
}

/// A monitor that panics.
#[contract]
struct Broken;

#[contractimpl]
impl Broken {
    pub fn record_metric(
        _e: Env,
        _contract_address: Address,
        _metric: Symbol,
        _value: i128,
        _unit: Symbol,
        _function: Symbol,
        _metadata: Option<String>,
    ) -> u64 {
        panic!("a fault of the monitor")
    }

    pub fn guard(_e: Env, _contract: Address) -> GuardVerdict {
        panic!("a fault of alerting")
    }
}

/// A monitor that burns whatever budget there is.
#[contract]
struct Spinning;

#[contractimpl]
impl Spinning {
    pub fn record_metric(
        e: Env,
        _contract_address: Address,
        _metric: Symbol,
        _value: i128,
        _unit: Symbol,
        _function: Symbol,
        _metadata: Option<String>,
    ) -> u64 {
        loop {
            let _ = e.crypto().sha256(&soroban_sdk::Bytes::from_array(&e, &[7; 4_096]));
        }
    }
}

/// Alerting, with the verdict it was told to give.
#[contract]
struct Alerts;

#[contractimpl]
impl Alerts {
    pub fn say(e: Env, verdict: GuardVerdict) {
        e.storage().instance().set(&symbol_short!("verdict"), &verdict);
    }

    pub fn guard(e: Env, _contract: Address) -> GuardVerdict {
        e.storage().instance().get(&symbol_short!("verdict")).unwrap_or(GuardVerdict::Unwatched)
    }
}

struct World {
    e: Env,
    host: Address,
    monitor: Address,
    owner: Address,
}

impl World {
    /// A host and a monitor that do not know each other.
    fn bare() -> Self {
        let e = Env::new_with_config(EnvTestConfig { capture_snapshot_at_drop: false });
        e.ledger().with_mut(|ledger| {
            ledger.sequence_number = 60_000_000;
            ledger.timestamp = 1_800_000_000;
            ledger.min_persistent_entry_ttl = 2_073_600;
            ledger.min_temp_entry_ttl = 17_280;
            ledger.max_entry_ttl = 3_110_400;
        });
        let [admin, owner] = [(); 2].map(|()| Address::generate(&e));
        let host = e.register(Host, ());
        let monitor = e.register(PerformanceMonitorContract, (admin.clone(), 0u64));
        let world = Self { e, host, monitor, owner };
        let register = (admin.clone(), world.host.clone(), world.owner.clone());
        world.by(&admin, "register", register);
        world.monitor().register(&admin, &world.host, &Some(world.owner.clone()));
        world
    }

    /// Linked, with the stream `pay` open.
    fn new() -> Self {
        let world = Self::bare();
        world.link(&world.monitor);
        let mut metrics = vec![&world.e];
        for (name, unit) in
            [("premium", "stroops"), ("waited", "s"), ("calls", "count"), ("reserve", "stroops")]
        {
            metrics.push_back(MetricSpec {
                name: Symbol::new(&world.e, name),
                unit: Symbol::new(&world.e, unit),
                kind: MetricKind::Timer,
                watched: false,
                sketch: NO_SKETCH,
            });
        }
        let spec = StreamSpec { metrics, mode: RecordingMode::Full, witnesses: false };
        for subject in [None, Some(Symbol::new(&world.e, "worker_1"))] {
            let stream = world.stream(subject);
            world.by(&world.owner, "open_stream", (stream.clone(), spec.clone()));
            world.monitor().open_stream(&stream, &spec);
        }
        world.e.mock_auths(&[]);
        world
    }

    fn link(&self, monitor: &Address) {
        self.host().install(monitor, &None);
    }

    fn by(&self, who: &Address, function: &str, args: impl IntoVal<Env, Vec<Val>>) {
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

    fn stream(&self, subject: Option<Symbol>) -> StreamKey {
        StreamKey {
            contract: self.host.clone(),
            function: symbol_short!("pay"),
            subject,
            lane: None,
        }
    }

    fn host(&self) -> HostClient<'_> {
        HostClient::new(&self.e, &self.host)
    }

    fn monitor(&self) -> PerformanceMonitorClient<'_> {
        PerformanceMonitorClient::new(&self.e, &self.monitor)
    }

    /// What became of recording; the host did its work all the same.
    fn pay(&self, function: &str, unit: &str) -> i64 {
        let [function, unit] = [function, unit].map(|text| String::from_str(&self.e, text));
        let before = self.host().worked();
        let code = self.host().pay(&function, &unit);
        assert_eq!(self.host().worked(), before + 1);
        code
    }

    fn recorded(&self, metric: &str, subject: Option<&str>) -> i128 {
        let subject = subject.map(|subject| Symbol::new(&self.e, subject));
        let (stream, metric) = (self.stream(subject), Symbol::new(&self.e, metric));
        Reading::of(&self.e, &self.monitor, &stream, &metric).unwrap().totals().sum
    }
}

fn refused(error: MonitorError) -> i64 {
    -(error as i64)
}

#[test]
fn what_a_contract_records_arrives() {
    let world = World::new();
    assert_eq!(world.pay("pay", "stroops"), 1);
    assert_eq!(world.host().pay_and_wait(), 2);
    assert_eq!(world.host().count_and_gauge(), 4);
    let sums = ["premium", "waited", "calls", "reserve"].map(|name| world.recorded(name, None));
    assert_eq!(sums, [14, 60, 1, 1_000]);
    assert_eq!(world.host().work_of(&String::from_str(&world.e, "worker_1")), 1);
    assert_eq!(world.recorded("premium", Some("worker_1")), 7);
    assert_eq!(world.recorded("premium", None), 14);
}

#[test]
fn a_subject_that_the_caller_names_has_its_stream_or_none() {
    let world = World::new();
    assert_eq!(world.host().work_named(&Symbol::new(&world.e, "worker_1")), 1);
    assert_eq!(world.recorded("premium", Some("worker_1")), 7);
    let unknown = world.host().work_named(&Symbol::new(&world.e, "worker_2"));
    assert_eq!(unknown, refused(MonitorError::StreamUnknown));
    assert_eq!(world.recorded("premium", None), 0);
}

#[test]
fn without_a_link_or_switched_off_nothing_is_called() {
    let world = World::new();
    world.host().uninstall();
    assert_eq!(world.pay("pay", "stroops"), 0);
    assert!(!world.host().set_enabled(&true));
    world.link(&world.monitor);
    assert_eq!(world.pay("pay", "stroops"), 1);
    assert!(world.host().set_enabled(&false));
    assert_eq!(world.pay("pay", "stroops"), 0);
    assert_eq!((world.host().pay_and_wait(), world.host().guarded()), (0, (0, false)));
    assert!(world.host().set_enabled(&true));
    assert_eq!(world.pay("pay", "stroops"), 2);
}

#[test]
fn a_missing_monitor_is_survived() {
    let world = World::new();
    world.link(&Address::generate(&world.e));
    assert_eq!(world.pay("pay", "stroops"), i64::MIN);
    assert_eq!(world.host().pay_and_wait(), i64::MIN);
}

#[test]
fn a_monitor_that_panics_is_survived() {
    let world = World::new();
    world.link(&world.e.register(Broken, ()));
    assert_eq!(world.pay("pay", "stroops"), i64::MIN);
    // It does not even know this function.
    assert_eq!(world.host().pay_and_wait(), i64::MIN);
}

#[test]
fn a_monitor_that_refuses_is_survived_and_says_why() {
    let world = World::new();
    assert_eq!(world.pay("pay", "seconds"), refused(MonitorError::UnitMismatch));
    assert_eq!(world.pay("claim", "stroops"), refused(MonitorError::StreamUnknown));
    let nobody = world.host().work_of(&String::from_str(&world.e, "worker_2"));
    assert_eq!(nobody, refused(MonitorError::StreamUnknown));
    let unregistered = world.e.register(Host, ());
    let stranger = HostClient::new(&world.e, &unregistered);
    stranger.install(&world.monitor, &None);
    assert_eq!(stranger.pay_and_wait(), refused(MonitorError::ContractUnknown));
}

#[test]
fn a_monitor_that_exhausts_the_budget_takes_the_call_along_until_it_is_switched_off() {
    let world = World::new();
    world.link(&world.e.register(Spinning, ()));
    let pay = |world: &World| {
        world.e.cost_estimate().budget().reset_default();
        let [function, unit] = ["pay", "stroops"].map(|text| String::from_str(&world.e, text));
        world.host().try_pay(&function, &unit)
    };
    // No `try` catches an exhausted budget; outside wasm the host says so by unwinding.
    assert!(std::panic::catch_unwind(AssertUnwindSafe(|| pay(&world))).is_err());
    world.e.cost_estimate().budget().reset_default();
    assert_eq!(world.host().worked(), 0);
    assert!(world.host().set_enabled(&false));
    assert_eq!(pay(&world), Ok(Ok(0)));
    assert_eq!(world.host().worked(), 1);
}

#[test]
fn a_name_that_is_no_symbol_fails_the_call() {
    let world = World::new();
    world.link(&world.monitor);
    let [function, unit] = ["pay", "not a unit"].map(|text| String::from_str(&world.e, text));
    assert!(world.host().try_pay(&function, &unit).is_err());
    assert_eq!(world.host().worked(), 0);
}

#[test]
fn the_guard_passes_on_what_alerting_says_and_stops_where_it_does_not_answer() {
    let world = World::new();
    assert_eq!(world.host().guarded(), (0, false));
    let alerts = world.e.register(Alerts, ());
    world.host().install(&world.monitor, &Some(alerts.clone()));
    let say = AlertsClient::new(&world.e, &alerts);
    assert_eq!(world.host().guarded(), (1, false));
    for verdict in [GuardVerdict::Tripped, GuardVerdict::StaleRefused] {
        say.say(&verdict);
        assert_eq!(world.host().guarded(), (2, true));
    }
    for verdict in [GuardVerdict::Clear, GuardVerdict::TripExpired, GuardVerdict::OverriddenOpen] {
        say.say(&verdict);
        assert_eq!(world.host().guarded(), (1, false));
    }
    for alerting in [Address::generate(&world.e), world.e.register(Broken, ())] {
        world.host().install(&world.monitor, &Some(alerting));
        assert_eq!(world.host().guarded(), (3, true));
        world.host().set_enabled(&false);
        assert_eq!(world.host().guarded(), (0, false), "the way out");
        world.host().set_enabled(&true);
    }
}

impl World {
    /// The stream `settle` with a watched metric, one with a sketch, and witnesses; two accounts
    /// report to it.
    fn reported() -> (Self, [Address; 2]) {
        let world = Self::new();
        let metric = |name, unit, watched, sketch| MetricSpec {
            name: Symbol::new(&world.e, name),
            unit: Symbol::new(&world.e, unit),
            kind: MetricKind::Timer,
            watched,
            sketch,
        };
        let failed = metric("failed", "ratio", true, NO_SKETCH);
        let waited = metric("waited", "s", false, (10, 1_000, 64));
        let metrics = vec![&world.e, failed, waited];
        let spec = StreamSpec { metrics, mode: RecordingMode::Rollup, witnesses: true };
        let stream = world.settle();
        world.by(&world.owner, "open_stream", (stream.clone(), spec.clone()));
        world.monitor().open_stream(&stream, &spec);
        let reporters = [(); 2].map(|()| Address::generate(&world.e));
        for (reporter, role) in reporters.iter().zip([ReporterRole::Primary, ReporterRole::Witness])
        {
            let args = (world.host.clone(), reporter.clone(), role);
            world.by(&world.owner, "set_reporter", args);
            world.monitor().set_reporter(&world.host, reporter, &role);
        }
        (world, reporters)
    }

    fn settle(&self) -> StreamKey {
        StreamKey { function: symbol_short!("settle"), ..self.stream(None) }
    }

    fn report(&self, reporter: &Address, metric: &str, value: i128, sequence: u64) {
        let (stream, metric) = (self.settle(), Symbol::new(&self.e, metric));
        let now_s = self.e.ledger().timestamp();
        let args = (reporter.clone(), stream.clone(), metric.clone(), value, now_s, sequence);
        self.by(reporter, "report", args);
        self.monitor().report(reporter, &stream, &metric, &value, &now_s, &sequence);
        self.e.mock_auths(&[]);
    }

    fn reading(&self, metric: &str) -> Reading {
        let metric = Symbol::new(&self.e, metric);
        Reading::of(&self.e, &self.monitor, &self.settle(), &metric).unwrap()
    }

    fn advance(&self, seconds: u64) {
        self.e.ledger().with_mut(|ledger| ledger.timestamp += seconds);
    }
}

#[test]
fn a_contract_reads_totals_rates_hours_and_minutes() {
    let (world, [primary, _]) = World::reported();
    for (sequence, failed) in (1..).zip([0, 1, 0, 0]) {
        world.report(&primary, "failed", failed, sequence);
        world.advance(60);
    }
    let reading = world.reading("failed");
    let totals = reading.totals();
    assert_eq!((totals.count, totals.sum, totals.last), (4, 1, 0));
    assert_eq!(ratio_bp(&totals), Some(2_500));
    assert_eq!(world.host().failing_bp(), Some(2_500));
    assert_eq!((reading.hour().count, reading.hour().sum_of_squares), (4, 1));
    let last = |count| reading.minutes(count).unwrap();
    assert_eq!((last(1).count, last(4).count, last(4).sum, last(12).count), (0, 3, 1, 4));
    assert_eq!(world.reading("waited").minutes(12), None);
    world.advance(3_600);
    let later = world.reading("failed");
    assert_eq!((later.hour().count, later.minutes(12).unwrap().count), (0, 0));
    assert_eq!(later.totals(), totals);
    assert_eq!(ratio_bp(&later.hour()), None);
}

#[test]
fn quantiles_are_within_five_per_cent_or_said_to_be_outside() {
    let (world, [primary, _]) = World::reported();
    assert_eq!(world.reading("waited").quantile(500), Some(Quantile::Empty));
    for sequence in 1..=20 {
        world.report(&primary, "waited", i128::from(50 * sequence), sequence);
    }
    let reading = world.reading("waited");
    let Some(Quantile::Value(median)) = reading.quantile(500) else { panic!("no value") };
    assert!((475..=525).contains(&median), "{median}");
    world.report(&primary, "waited", 5_000, 21);
    assert_eq!(world.reading("waited").quantile(u16::MAX), Some(Quantile::AboveRange));
    assert_eq!(world.reading("failed").quantile(500), None);
}

#[test]
fn a_witness_that_sees_something_else_is_seen_to() {
    let (world, [primary, witness]) = World::reported();
    let number = |reporter: &Address| {
        let known = world.monitor().monitored_contract(&world.host).unwrap();
        known.reporters.get_unchecked(reporter.clone())
    };
    let apart = |reporter| world.reading("waited").disagreement(number(reporter));
    world.report(&primary, "waited", 100, 1);
    assert_eq!(apart(&witness), None, "it never reported");
    assert_eq!(apart(&primary), None, "it is what witnesses are compared with");
    world.report(&witness, "waited", 30, 1);
    world.report(&primary, "waited", 30, 2);
    assert_eq!(apart(&witness), Some(Disagreement { count: 0, sum: 0 }));
    world.report(&witness, "waited", 9, 2);
    world.report(&witness, "waited", 9, 3);
    world.report(&primary, "waited", 10, 3);
    assert_eq!(apart(&witness), Some(Disagreement { count: 1, sum: 8 }));
}

/// An alerting contract of one rule.
#[contract]
struct Rules;

#[contractimpl]
impl Rules {
    pub fn __constructor(e: Env, view: RuleView) {
        e.storage().instance().set(&symbol_short!("view"), &view);
    }

    pub fn rule(e: Env, rule: BytesN<32>) -> Option<RuleView> {
        let _ = rule;
        e.storage().instance().get(&symbol_short!("view"))
    }
}

#[test]
fn a_rule_that_a_stream_steps_itself_answers_without_a_keeper() {
    let (world, [primary, _]) = World::reported();
    assert_eq!(world.host().fires(), Some(false), "there is none");
    let spec = RuleSpec {
        name: String::from_str(&world.e, "failing"),
        contract: Some(world.host.clone()),
        function: None,
        subject: None,
        metric: symbol_short!("failed"),
        statistic: RuleStatistic::ErrorRatio,
        condition: RuleCondition::Threshold,
        parameters: vec![&world.e],
        operator: RuleOperator::Gte,
        threshold: 5_000,
        threshold_high: 0,
        window_s: 60,
        min_points: 1,
        for_s: 0,
        keep_firing_for_s: 0,
        severity: Severity::High,
        cooldown_s: 0,
        no_data: NoDataPolicy::Normal,
        policy: None,
        labels: Map::new(&world.e),
        annotations: Map::new(&world.e),
    };
    let owner = world.owner.clone();
    let view = RuleView { owner, spec, active_from_slot: 0, paused: false };
    let rules = world.e.register(Rules, (view,));
    let ids = vec![&world.e, BytesN::from_array(&world.e, &[1; 32])];
    let args = (world.settle(), rules.clone(), ids.clone());
    world.by(&world.owner, "set_inline_rules", args);
    world.monitor().set_inline_rules(&world.settle(), &rules, &ids);
    world.report(&primary, "failed", 1, 1);
    assert_eq!(world.host().fires(), Some(false), "the minute is open");
    world.advance(90);
    assert_eq!(world.host().fires(), Some(true));
    world.advance(60);
    assert_eq!(world.host().fires(), Some(false), "no data is normal");
    world.host().set_enabled(&false);
    assert_eq!(world.host().fires(), None);
}

#[test]
fn what_cannot_be_read_is_none() {
    let (world, _) = World::reported();
    let read = |monitor: &Address, stream: &StreamKey, metric| {
        Reading::of(&world.e, monitor, stream, &metric).is_some()
    };
    let failed = || symbol_short!("failed");
    assert!(read(&world.monitor, &world.settle(), failed()));
    assert!(!read(&world.monitor, &world.settle(), symbol_short!("price")));
    let unknown = StreamKey { function: symbol_short!("claim"), ..world.settle() };
    assert!(!read(&world.monitor, &unknown, failed()));
    assert!(!read(&world.host, &world.settle(), failed()), "no monitor");
    let empty = soroban_sdk::Bytes::new(&world.e);
    assert!(Reading::parse(&empty, 0).is_none());
    let whole = world.monitor().hot(&world.settle());
    assert!(Reading::parse(&whole, 0).is_none(), "an entry of two metrics");
    world.host().set_enabled(&false);
    assert_eq!(world.host().failing_bp(), None, "monitoring is off");
}
