//! What a contract reads of its own figures.

use lumenscope_interfaces::alerting::{
    NoDataPolicy, RuleCondition, RuleOperator, RuleSpec, RuleStatistic, RuleView, Severity,
};
use lumenscope_interfaces::common::StreamKey;
use lumenscope_interfaces::performance_monitor::{
    MetricKind, MetricSpec, NO_SKETCH, RecordingMode, ReporterRole, StreamSpec,
};
use soroban_sdk::testutils::{Address as _, Ledger as _};
use soroban_sdk::{
    Address, BytesN, Env, Map, String, Symbol, contract, contractimpl, symbol_short, vec,
};

use super::world::World;
use crate::{Disagreement, Quantile, Reading, ratio_bp};

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
