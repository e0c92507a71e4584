//! A contract that is monitored, and what it is linked to.

extern crate std;

use lumenscope_interfaces::alerting::GuardVerdict;
use lumenscope_interfaces::common::StreamKey;
use lumenscope_interfaces::performance_monitor::{
    MetricKind, MetricSpec, NO_SKETCH, PerformanceMonitorClient, RecordingMode, StreamSpec,
};
use performance_monitor::PerformanceMonitorContract;
use soroban_sdk::testutils::{Address as _, EnvTestConfig, Ledger as _, MockAuth, MockAuthInvoke};
use soroban_sdk::xdr::ScErrorType;
use soroban_sdk::{
    Address, Env, IntoVal, String, Symbol, Val, Vec, contract, contractimpl, symbol_short, vec,
};

use crate::{Monitor, Outcome, Reading, Verdict, ratio_bp, switch};

/// A contract that is monitored: it counts its calls, which monitoring must not prevent.
#[contract]
pub struct Host;

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
pub struct Broken;

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

pub struct World {
    pub e: Env,
    pub host: Address,
    pub monitor: Address,
    pub owner: Address,
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
    pub fn new() -> Self {
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

    pub fn link(&self, monitor: &Address) {
        self.host().install(monitor, &None);
    }

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

    pub fn stream(&self, subject: Option<Symbol>) -> StreamKey {
        StreamKey {
            contract: self.host.clone(),
            function: symbol_short!("pay"),
            subject,
            lane: None,
        }
    }

    pub fn host(&self) -> HostClient<'_> {
        HostClient::new(&self.e, &self.host)
    }

    pub fn monitor(&self) -> PerformanceMonitorClient<'_> {
        PerformanceMonitorClient::new(&self.e, &self.monitor)
    }

    /// What became of recording; the host did its work all the same.
    pub fn pay(&self, function: &str, unit: &str) -> i64 {
        let [function, unit] = [function, unit].map(|text| String::from_str(&self.e, text));
        let before = self.host().worked();
        let code = self.host().pay(&function, &unit);
        assert_eq!(self.host().worked(), before + 1);
        code
    }

    pub fn recorded(&self, metric: &str, subject: Option<&str>) -> i128 {
        let subject = subject.map(|subject| Symbol::new(&self.e, subject));
        let (stream, metric) = (self.stream(subject), Symbol::new(&self.e, metric));
        Reading::of(&self.e, &self.monitor, &stream, &metric).unwrap().totals().sum
    }
}
