//! The people and contracts of a table, and a world in which each has a part.

use std::collections::BTreeMap;

use lumenscope_interfaces::alerting::RuleTarget;
use lumenscope_interfaces::common::StreamKey;
use lumenscope_interfaces::governance::Role;
use lumenscope_interfaces::performance_monitor::{
    MetricKind, MetricSpec, RecordingMode, ReporterRole, StreamSpec,
};
use soroban_sdk::testutils::Address as _;
use soroban_sdk::{Address, Env, IntoVal, TryFromVal, Val, Vec as SdkVec, vec};

use super::super::watched;
use super::super::world::{HOUR_S, World, is_wasm};
use super::rehearsal::Rehearsal;
use super::{Arguments, Asked};

pub const CONTRACTS: [&str; 5] =
    ["performance-monitor", "analytics-storage", "alerting", "dashboard", "external-monitoring"];

/// The function whose stream it is all about.
pub const FUNCTION: &str = watched::FUNCTION;
pub const METRIC: &str = watched::METRIC;
pub const UNIT: &str = "stroops";

/// Everybody: as the columns of the tables call them. What makes them who they are is set up by
/// [`Cast::new`], and for those of one contract by its calls.
const ROLES: [&str; 18] = [
    "admin",
    "pending admin",
    "operator",
    "keeper",
    "auditor",
    "owner",
    "another owner",
    "contract",
    "recorder",
    "reporter",
    "witness",
    "monitor",
    "owner's operator",
    "viewer",
    "editor",
    "newcomer",
    "another contract",
    "stranger",
];

/// The suite, a monitored contract, and everybody.
pub struct Cast {
    pub world: World,
    pub external: Address,
    pub rehearsal: Address,
    administered: Address,
    people: BTreeMap<&'static str, Address>,
}

impl Cast {
    /// The roles of administration are given for one contract of the suite. The owner's contract
    /// has a stream with an hour in history and another that is open; so has another owner's.
    pub fn new(governed: &str) -> Self {
        let world = World::new();
        let e = &world.e;
        let constructor = (world.admin.clone(), 0_u64);
        let external = if is_wasm() {
            let wasm = lumenscope_contract_wasm::read("external-monitoring").expect("built");
            e.register(&*wasm, constructor)
        } else {
            e.register(external_monitoring::ExternalMonitoringContract, constructor)
        };
        let rehearsal = e.register(Rehearsal, ());
        let mut people: BTreeMap<_, _> =
            ROLES.iter().map(|role| (*role, Address::generate(e))).collect();
        for (role, who) in
            [("admin", &world.admin), ("owner", &world.owner), ("stranger", &world.stranger)]
        {
            people.insert(role, who.clone());
        }
        let administered = rehearsal.clone();
        let mut cast = Self { world, external, rehearsal, administered, people };
        cast.administered = cast.address(governed).clone();
        cast.administer(governed);
        cast.monitor();
        cast
    }

    fn administer(&self, contract: &str) {
        let until = self.world.e.ledger().sequence() + 17_280;
        self.must("admin", contract, "transfer_admin", (self.who("pending admin"), until));
        let roles =
            [("operator", Role::Operator), ("keeper", Role::Keeper), ("auditor", Role::Auditor)];
        for (name, role) in roles {
            self.must("admin", contract, "set_role", (self.who(name), role, true));
        }
    }

    fn monitor(&self) {
        const MONITOR: &str = "performance-monitor";
        let theirs = self.their_stream().contract;
        for (contract, owner) in [(self.who("contract"), "owner"), (theirs, "another owner")] {
            let registration = (self.who("admin"), contract, Some(self.who(owner)));
            self.must("admin", MONITOR, "register", registration);
        }
        let roles = [
            ("recorder", ReporterRole::Recorder),
            ("reporter", ReporterRole::Primary),
            ("witness", ReporterRole::Witness),
        ];
        for (name, role) in roles {
            let args = (self.who("contract"), self.who(name), role);
            self.must("owner", MONITOR, "set_reporter", args);
        }
        for (stream, owner) in [(self.stream(), "owner"), (self.their_stream(), "another owner")] {
            self.must(owner, MONITOR, "open_stream", (stream, self.shape()));
        }
        self.record(watched::QUIET);
        self.world.advance(HOUR_S + 400);
        self.flush();
        self.record(watched::QUIET);
    }

    /// The contract that has the roles of administration.
    pub fn administered(&self) -> &Address {
        &self.administered
    }

    pub fn role(&self, name: &str) -> &Address {
        self.people.get(name).unwrap_or_else(|| panic!("nobody is called {name}"))
    }

    pub fn who(&self, name: &str) -> Address {
        self.role(name).clone()
    }

    pub fn everybody(&self) -> impl Iterator<Item = &Address> {
        self.people.values()
    }

    pub fn address(&self, contract: &str) -> &Address {
        match contract {
            "performance-monitor" => &self.world.monitor,
            "analytics-storage" => &self.world.history,
            "alerting" => &self.world.alerting,
            "dashboard" => &self.world.dashboard,
            "external-monitoring" => &self.external,
            _ => panic!("{contract} is no contract"),
        }
    }

    /// A call that prepares the world, authorised by this role.
    pub fn must(
        &self,
        role: &str,
        contract: &str,
        function: &str,
        args: impl IntoVal<Env, SdkVec<Val>>,
    ) {
        self.world.must(self.role(role), self.address(contract), function, args);
    }

    /// The same, with its answer.
    pub fn get<T: TryFromVal<Env, Val>>(
        &self,
        role: &str,
        contract: &str,
        function: &str,
        args: impl IntoVal<Env, SdkVec<Val>>,
    ) -> T {
        let answer = self.world.call(self.role(role), self.address(contract), function, args, &[]);
        answer.unwrap_or_else(|error| panic!("{function}: {error:?}"))
    }

    /// What is asked with arguments that name nobody.
    pub fn ask<'a>(&'a self, args: impl IntoVal<Env, SdkVec<Val>>) -> Asked<'a> {
        let args: SdkVec<Val> = args.into_val(&self.world.e);
        Asked { arguments: Box::new(move |_| args.clone()), also: None }
    }

    /// What is asked with arguments that name who calls.
    pub fn name<'a, A: IntoVal<Env, SdkVec<Val>>>(
        &'a self,
        arguments: impl Fn(Address) -> A + 'a,
    ) -> Asked<'a> {
        let arguments: Arguments<'a> =
            Box::new(move |who| arguments(who.clone()).into_val(&self.world.e));
        Asked { arguments, also: None }
    }

    pub fn stream(&self) -> StreamKey {
        StreamKey { contract: self.who("contract"), ..self.world.stream(FUNCTION) }
    }

    /// The stream of another owner's contract.
    pub fn their_stream(&self) -> StreamKey {
        StreamKey { contract: self.who("another contract"), ..self.world.stream(FUNCTION) }
    }

    /// Of one metric, which rules may watch and quantiles are taken of.
    pub fn shape(&self) -> StreamSpec {
        let metric = MetricSpec {
            name: self.world.symbol(METRIC),
            unit: self.world.symbol(UNIT),
            kind: MetricKind::Timer,
            watched: true,
            sketch: (1, 600, 64),
        };
        let metrics = vec![&self.world.e, metric];
        StreamSpec { metrics, mode: RecordingMode::Full, witnesses: true }
    }

    pub fn record(&self, value: i128) {
        let samples = vec![&self.world.e, (self.world.symbol(METRIC), value)];
        self.must("recorder", "performance-monitor", "record_samples", (self.stream(), samples));
    }

    /// The arguments of a flush of everything that may be flushed now, by this caller.
    pub fn flushing(&self, caller: Address) -> (Address, SdkVec<StreamKey>, u32) {
        let through_hour = u32::try_from((self.world.now_s() - 400) / HOUR_S - 1).expect("an hour");
        (caller, self.streams(), through_hour)
    }

    pub fn streams(&self) -> SdkVec<StreamKey> {
        vec![&self.world.e, self.stream()]
    }

    pub fn flush(&self) {
        let args = self.flushing(self.who("stranger"));
        self.must("stranger", "performance-monitor", "flush", args);
    }

    /// The owner's rule, and another owner's on their own contract.
    pub fn ruled(&self) -> RuleTarget {
        let spec = |contract| lumenscope_interfaces::alerting::RuleSpec {
            contract: Some(contract),
            ..watched::spec(&self.world)
        };
        let (stream, theirs) = (self.stream(), self.their_stream());
        watched::create(&self.world, self.role("another owner"), &spec(theirs.contract));
        let rule = watched::create(&self.world, self.role("owner"), &spec(stream.contract.clone()));
        RuleTarget { rule, stream }
    }

    /// The owner's alert, which fires.
    pub fn fired(&self) -> RuleTarget {
        let target = self.ruled();
        self.record(watched::LOUD);
        self.world.advance(watched::CLOSES_S);
        watched::evaluate(&self.world, self.role("owner"), &[&target]);
        target
    }
}
