//! A pool with two streams, its owner, the suite's admin, and a keeper.

use lumenscope_interfaces::alerting::{
    AlertSummary, AlertingClient, AlertingError, Evaluation, NoDataPolicy, PolicyLevel,
    RuleCondition, RuleOperator, RuleSpec, RuleStatistic, RuleTarget, Severity, row_through,
};
use lumenscope_interfaces::common::StreamKey;
use lumenscope_interfaces::governance::Role;
use lumenscope_interfaces::performance_monitor::{
    MetricKind, MetricSpec, NO_SKETCH, PerformanceMonitorClient, RecordingMode, StreamSpec,
};
use lumenscope_rules::codec::{decode, decode_transition};
use lumenscope_rules::{Kind, State, Transition};
use performance_monitor::PerformanceMonitorContract;
use soroban_sdk::testutils::{
    Address as _, EnvTestConfig, Events as _, Ledger as _, MockAuth, MockAuthInvoke,
};
use soroban_sdk::xdr::{
    ContractDataDurability, ContractEvent, ContractEventBody, LedgerEntry, LedgerKey, ScAddress,
    ScVal,
};
use soroban_sdk::{
    Address, BytesN, Env, Error, IntoVal as _, InvokeError, String, Symbol, TryFromVal, Val, Vec,
    vec,
};

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::AlertingContract;
use crate::target::Target;

/// 2027-01-15T08:00Z, a whole minute.
pub const START_S: u64 = 1_800_000_000;
pub const START_SLOT: u32 = 30_000_000;

pub struct World {
    pub e: Env,
    pub monitor: Address,
    pub alerting: Address,
    pub admin: Address,
    pub owner: Address,
    pub pool: Address,
    pub recorder: Address,
    pub keeper: Address,
    pub stranger: Address,
    /// What alerts did in [`World::evaluate`], by fingerprint.
    trace: RefCell<std::vec::Vec<(BytesN<16>, Transition)>>,
}

/// An alert as its readers decode it.
pub struct Seen {
    pub policy: Option<BytesN<32>>,
    pub state: State,
}

impl core::ops::Deref for Seen {
    type Target = State;

    fn deref(&self) -> &State {
        &self.state
    }
}

/// Calls the `try_` form of an entry point with exactly this authorisation.
macro_rules! signed {
    (
        $world:expr, $who:expr, $client:ident, $name:ident,
        $try_name:ident($($arg:expr),* $(,)?)
    ) => {{
        use soroban_sdk::IntoVal as _;
        let world = &$world;
        let client = world.$client();
        let args = ($($arg.clone(),)*).into_val(&world.e);
        world.authorise(&$who, &client.address, stringify!($name), args);
        client.$try_name($(&$arg),*)
    }};
}
pub(crate) use signed;

/// What trips a guard.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct GuardConfig {
    pub min_severity: Severity,
    pub stale_after_s: u32,
    pub fail_closed: bool,
    pub trip_max_s: u32,
}

impl GuardConfig {
    pub fn of(summary: &AlertSummary) -> Self {
        let AlertSummary { min_severity, stale_after_s, fail_closed, trip_max_s, .. } = *summary;
        GuardConfig { min_severity, stale_after_s, fail_closed, trip_max_s }
    }
}

pub type Answer<T, C> = Result<Result<T, C>, Result<Error, InvokeError>>;

/// What a call returned.
#[track_caller]
pub fn done<T, C: core::fmt::Debug>(answer: Answer<T, C>) -> T {
    match answer {
        Ok(Ok(value)) => value,
        Ok(Err(conversion)) => panic!("{conversion:?}"),
        Err(refusal) => panic!("refused: {refusal:?}"),
    }
}

#[track_caller]
pub fn refused_with<T, C>(answer: Answer<T, C>, error: AlertingError) {
    let Err(Ok(came)) = answer else { panic!("expected {error:?}") };
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
    pub fn new() -> World {
        let e = Env::new_with_config(EnvTestConfig { capture_snapshot_at_drop: false });
        e.ledger().with_mut(|ledger| {
            ledger.sequence_number = 60_000_000;
            ledger.timestamp = START_S;
            ledger.min_persistent_entry_ttl = 2_073_600;
            ledger.min_temp_entry_ttl = 17_280;
            ledger.max_entry_ttl = 3_110_400;
        });
        let [admin, owner, pool, recorder, keeper, stranger] =
            [(); 6].map(|()| Address::generate(&e));
        let monitor = e.register(PerformanceMonitorContract, (admin.clone(), 0u64));
        let alerting = e.register(AlertingContract, (admin.clone(), monitor.clone(), 0u64));
        let trace = RefCell::default();
        let world =
            World { e, monitor, alerting, admin, owner, pool, recorder, keeper, stranger, trace };
        let args: Vec<Val> = (world.keeper.clone(), Role::Keeper, true).into_val(&world.e);
        world.authorise(&world.admin, &world.alerting, "set_role", args.clone());
        let grant = Symbol::new(&world.e, "set_role");
        world.e.invoke_contract::<()>(&world.alerting, &grant, args);
        world.register(&world.pool, &world.owner);
        world.open(&world.stream("pay"));
        world.open(&world.stream("claim"));
        world
    }

    pub fn register(&self, contract: &Address, owner: &Address) {
        let admin = &self.admin;
        let owned = Some(owner.clone());
        done(signed!(self, admin, monitor, register, try_register(admin, contract, owned)));
        let recorder = &self.recorder;
        let role = lumenscope_interfaces::performance_monitor::ReporterRole::Recorder;
        done(signed!(
            self,
            owner,
            monitor,
            set_reporter,
            try_set_reporter(contract, recorder, &role)
        ));
    }

    /// `fee` is watched, `size` is not.
    pub fn open(&self, stream: &StreamKey) {
        let metric = |name, watched| MetricSpec {
            name: self.symbol(name),
            unit: self.symbol("stroops"),
            kind: MetricKind::Timer,
            watched,
            sketch: NO_SKETCH,
        };
        let metrics = vec![&self.e, metric("fee", true), metric("size", false)];
        let spec = StreamSpec { metrics, mode: RecordingMode::Rollup, witnesses: false };
        let owner = self.monitor().monitored_contract(&stream.contract).unwrap().owner.unwrap();
        done(signed!(self, owner, monitor, open_stream, try_open_stream(stream, spec)));
    }

    pub fn monitor(&self) -> PerformanceMonitorClient<'_> {
        PerformanceMonitorClient::new(&self.e, &self.monitor)
    }

    pub fn alerting(&self) -> AlertingClient<'_> {
        AlertingClient::new(&self.e, &self.alerting)
    }

    pub fn authorise(&self, who: &Address, contract: &Address, function: &str, args: Vec<Val>) {
        let invoke = MockAuthInvoke { contract, fn_name: function, args, sub_invokes: &[] };
        self.e.mock_auths(&[MockAuth { address: who, invoke: &invoke }]);
    }

    pub fn symbol(&self, name: &str) -> Symbol {
        Symbol::new(&self.e, name)
    }

    pub fn name(&self, name: &str) -> String {
        String::from_str(&self.e, name)
    }

    pub fn stream(&self, function: &str) -> StreamKey {
        self.stream_of(&self.pool, function)
    }

    pub fn stream_of(&self, contract: &Address, function: &str) -> StreamKey {
        let function = self.symbol(function);
        StreamKey { contract: contract.clone(), function, subject: None, lane: None }
    }

    /// Fires at once while the last fee of a minute of `pay` is above 100.
    pub fn spec(&self) -> RuleSpec {
        RuleSpec {
            name: self.name("fee too high"),
            contract: Some(self.pool.clone()),
            function: Some(self.symbol("pay")),
            subject: None,
            metric: self.symbol("fee"),
            statistic: RuleStatistic::Last,
            condition: RuleCondition::Threshold,
            parameters: Vec::new(&self.e),
            operator: RuleOperator::Gt,
            threshold: 100,
            threshold_high: 0,
            window_s: 60,
            min_points: 1,
            for_s: 0,
            keep_firing_for_s: 0,
            severity: Severity::High,
            cooldown_s: 0,
            no_data: NoDataPolicy::KeepLast,
            policy: None,
            labels: soroban_sdk::Map::new(&self.e),
            annotations: soroban_sdk::Map::new(&self.e),
        }
    }

    pub fn create(&self, spec: &RuleSpec) -> BytesN<32> {
        let owner = &self.owner;
        done(signed!(self, owner, alerting, create_rule, try_create_rule(owner, spec)))
    }

    /// Creates a rule and returns it with the stream `pay`.
    pub fn target(&self, spec: &RuleSpec) -> RuleTarget {
        RuleTarget { rule: self.create(spec), stream: self.stream("pay") }
    }

    /// Levels with one channel each: delay, interval and number of repeats in minutes.
    pub fn levels(&self, levels: &[(u32, u32, u32)]) -> Vec<PolicyLevel> {
        let mut list = Vec::new(&self.e);
        for &(delay, repeat, repeats) in levels {
            list.push_back(PolicyLevel {
                delay_s: delay * 60,
                repeat_s: repeat * 60,
                repeats,
                channels: vec![&self.e, BytesN::from_array(&self.e, &[7; 32])],
            });
        }
        list
    }

    pub fn create_policy(&self, levels: &[(u32, u32, u32)]) -> BytesN<32> {
        let (owner, name, levels) = (&self.owner, self.name("on call"), self.levels(levels));
        done(signed!(self, owner, alerting, create_policy, try_create_policy(owner, name, levels)))
    }

    pub fn configure(
        &self,
        who: &Address,
        contract: &Address,
        config: GuardConfig,
    ) -> Answer<(), soroban_sdk::ConversionError> {
        let GuardConfig { min_severity, stale_after_s, fail_closed, trip_max_s } = config;
        signed!(
            self,
            who,
            alerting,
            configure_guard,
            try_configure_guard(
                who,
                contract,
                min_severity,
                stale_after_s,
                fail_closed,
                trip_max_s
            )
        )
    }

    pub fn now_s(&self) -> u64 {
        self.e.ledger().timestamp()
    }

    /// Moves to so many seconds after the start.
    pub fn at(&self, seconds: u64) {
        self.e.ledger().with_mut(|ledger| {
            assert!(START_S + seconds >= ledger.timestamp, "time runs forward");
            ledger.timestamp = START_S + seconds;
            ledger.sequence_number += 1;
        });
    }

    pub fn record(&self, stream: &StreamKey, fee: i128) {
        let (contract, function) = (&stream.contract, &stream.function);
        let (metric, unit) = (self.symbol("fee"), self.symbol("stroops"));
        let metadata: Option<String> = None;
        let recorder = &self.recorder;
        done(signed!(
            self,
            recorder,
            monitor,
            record_metric,
            try_record_metric(contract, metric, fee, unit, function, metadata)
        ));
    }

    /// Records a fee of `pay` in a minute counted from the start, if any, and waits until that
    /// minute may be evaluated.
    pub fn minute(&self, minute: u64, fee: impl Into<Option<i128>>) {
        if let Some(fee) = fee.into() {
            self.at(minute * 60 + 40);
            self.record(&self.stream("pay"), fee);
        }
        self.at(minute * 60 + 90);
    }

    pub fn try_evaluate(
        &self,
        targets: &[&RuleTarget],
        through_slot: u32,
    ) -> Answer<Vec<u64>, soroban_sdk::ConversionError> {
        let mut all = Vec::new(&self.e);
        targets.iter().for_each(|target| all.push_back((*target).clone()));
        let keeper = &self.keeper;
        signed!(self, keeper, alerting, evaluate, try_evaluate(keeper, all, through_slot))
    }

    /// Evaluates what is closed.
    pub fn evaluate(&self, targets: &[&RuleTarget]) -> std::vec::Vec<Evaluation> {
        self.evaluate_through(targets, self.alerting().closed_slot())
    }

    pub fn evaluate_through(
        &self,
        targets: &[&RuleTarget],
        through_slot: u32,
    ) -> std::vec::Vec<Evaluation> {
        let answers = done(self.try_evaluate(targets, through_slot));
        let evaluations = answers.iter().map(|answer| Evaluation::unpacked(answer).unwrap());
        let evaluations = evaluations.collect();
        for event in self.told("alert_changed") {
            let fingerprint = self.topic(&event, 3);
            self.trace.borrow_mut().push((fingerprint, self.transition(&event)));
        }
        evaluations
    }

    /// A minute, and its evaluation for one target.
    pub fn step(
        &self,
        target: &RuleTarget,
        minute: u64,
        fee: impl Into<Option<i128>>,
    ) -> Evaluation {
        self.minute(minute, fee);
        self.evaluate(&[target]).remove(0)
    }

    pub fn fingerprint(&self, target: &RuleTarget) -> BytesN<16> {
        self.e.as_contract(&self.alerting, || {
            Target::unpack(&self.e, &target.into_val(&self.e)).fingerprint
        })
    }

    pub fn alert(&self, target: &RuleTarget) -> Seen {
        let stored = self.alerting().alert(target).unwrap();
        assert_eq!(stored.target, *target);
        let state = decode(&stored.state.to_array()).unwrap();
        let has_policy = stored.policy.to_array() != [0; 32];
        Seen { policy: has_policy.then_some(stored.policy), state }
    }

    /// The last slot that the contract's summary has for an alert.
    pub fn through_slot(&self, target: &RuleTarget) -> u32 {
        let rows = self.alerting().summary(&target.stream.contract).unwrap().rows;
        row_through(rows.get(self.fingerprint(target)).unwrap())
    }

    /// What an alert did in [`World::evaluate`].
    pub fn traced(&self, target: &RuleTarget) -> std::vec::Vec<Transition> {
        let mine = self.fingerprint(target);
        let trace = self.trace.borrow();
        trace.iter().filter(|(alert, _)| *alert == mine).map(|(_, came)| *came).collect()
    }

    pub fn kinds(&self, target: &RuleTarget) -> std::vec::Vec<Kind> {
        self.traced(target).iter().map(|came| came.kind).collect()
    }

    /// The transition that an event tells of.
    pub fn transition(&self, event: &ContractEvent) -> Transition {
        let packed: BytesN<64> = self.field(event, "transition");
        decode_transition(&packed.to_array()).unwrap()
    }

    /// What alerts did in the last call.
    pub fn transitions(&self) -> std::vec::Vec<Transition> {
        self.told("alert_changed").iter().map(|event| self.transition(event)).collect()
    }

    /// Events of the last call that tell of this change of anything but alerts.
    pub fn changes(&self, change: &str) -> std::vec::Vec<ContractEvent> {
        let mut told = self.told("alerting_changed");
        told.retain(|event| self.topic::<Symbol>(event, 2) == self.symbol(change));
        told
    }

    fn topic<T: TryFromVal<Env, Val>>(&self, event: &ContractEvent, place: usize) -> T {
        let ContractEventBody::V0(body) = &event.body;
        let topic = Val::try_from_val(&self.e, &body.topics[place]).unwrap();
        T::try_from_val(&self.e, &topic).ok().unwrap()
    }

    /// Events of the last call that have this name.
    pub fn told(&self, name: &str) -> std::vec::Vec<ContractEvent> {
        let events = self.e.events().all().filter_by_contract(&self.alerting);
        let named = |event: &&ContractEvent| {
            let ContractEventBody::V0(body) = &event.body;
            matches!(&body.topics[0], ScVal::Symbol(topic) if topic.to_utf8_string_lossy() == name)
        };
        events.events().iter().filter(named).cloned().collect()
    }

    /// A field of an event's data.
    pub fn field<T: TryFromVal<Env, Val>>(&self, event: &ContractEvent, field: &str) -> T {
        let ContractEventBody::V0(body) = &event.body;
        let data = Val::try_from_val(&self.e, &body.data).unwrap();
        let data = Vec::<Val>::try_from_val(&self.e, &data).unwrap();
        let fields = match data.len() {
            2 => &["object", "value"][..],
            _ => &["function", "subject", "transition", "policy", "caller", "note"][..],
        };
        let place = fields.iter().position(|known| *known == field).unwrap();
        let value = data.get(place as u32).unwrap();
        T::try_from_val(&self.e, &value).ok().unwrap()
    }

    /// The contract's persistent entries with the ledgers they live until.
    pub fn stored(&self) -> BTreeMap<LedgerKey, (LedgerEntry, u32)> {
        let address = ScAddress::from(&self.alerting);
        let entries = self.e.to_snapshot().ledger.ledger_entries;
        let mine = entries.into_iter().filter(|(key, _)| {
            matches!(&**key, LedgerKey::ContractData(data)
                if data.contract == address
                    && data.durability == ContractDataDurability::Persistent
                    && data.key != ScVal::LedgerKeyContractInstance)
        });
        mine.map(|(key, (entry, until))| (*key, (*entry, until.unwrap_or(0)))).collect()
    }

    /// Persistent entries of the contract that a call created, changed or removed.
    pub fn changed_by(&self, call: impl FnOnce()) -> usize {
        let before = self.stored();
        call();
        let after = self.stored();
        let data = |entry: Option<&(LedgerEntry, u32)>| entry.map(|(entry, _)| entry.data.clone());
        let keys: BTreeSet<_> = before.keys().chain(after.keys()).collect();
        keys.into_iter().filter(|key| data(before.get(key)) != data(after.get(key))).count()
    }
}
