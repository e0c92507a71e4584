//! How a template is tried: ordinary minutes, and then what it is there to tell, or what only looks
//! like it.

use lumenscope_dictionary::EXECUTION_METRICS;
use lumenscope_hot::View;
use lumenscope_invoke::{ScVal, ToVal, ValueError, args, record, symbol, vector};
use lumenscope_keeper::report::Execution;
use lumenscope_keeper::{EXECUTION_SUBJECT, Keeper, LIFE_FUNCTION, Life, RuleTarget, Stream};
use lumenscope_observer::{ContractReader, FunctionNames, MemoryStore, Observer, Step, WatchList};
use lumenscope_rpc::Client;
use lumenscope_templates::rules::RuleTemplate;

use super::world::World;

const MINUTE_S: u64 = 60;
/// A minute is judged once this much of the next one has passed: reports of it have come by then.
const CLOSED_AFTER_S: u64 = 31;
/// Number of alerting's condition `Firing`.
const FIRING: u32 = 2;
/// `MetricKind::Timer`, `RecordingMode::Rollup` and `Severity::Info`, as the contracts number them.
const KIND_TIMER: u32 = 2;
const MODE_ROLLUP: u32 = 1;
const SEVERITY_INFO: u32 = 0;
/// `RuleStatistic::Count`.
const STATISTIC_COUNT: u32 = 4;

/// What a minute brings, by its number from 0.
pub type Minute = fn(&World, u32);

/// How a template is tried.
pub struct Trial {
    /// The template.
    pub template: RuleTemplate,
    /// The stream it watches.
    pub stream: fn(&World) -> Stream,
    /// Names and units of the stream's metrics.
    pub metrics: &'static [(&'static str, &'static str)],
    /// What is there before the first minute.
    pub before: fn(&World),
    /// What is usual.
    pub ordinary: Minute,
    /// How many minutes of it come first.
    pub ordinary_minutes: u32,
    /// What the rule is there to tell.
    pub unusual: Minute,
    /// In which minute of it the rule fires, and not before.
    pub fires_in: u32,
    /// What looks like it, and is not.
    pub harmless: Minute,
    /// How many minutes of it.
    pub harmless_minutes: u32,
}

impl Trial {
    /// Nothing fires while all is as usual, and then in the very minute.
    pub fn fires(&self) {
        let name = self.template.name;
        let mut watch = self.begin();
        for number in 0..=self.fires_in {
            let fires = watch.minute(self.unusual, number);
            assert_eq!(fires, number == self.fires_in, "{name}, unusual minute {number}");
        }
    }

    /// Nothing fires.
    pub fn keeps_quiet(&self) {
        let name = self.template.name;
        let mut watch = self.begin();
        for number in 0..self.harmless_minutes {
            let fires = watch.minute(self.harmless, number);
            assert!(!fires, "{name}, harmless minute {number}");
        }
        // What is only counted did not happen; of all else there is something to judge.
        let is_counted = self.template.statistic == STATISTIC_COUNT;
        assert_eq!(watch.samples() == 0, is_counted, "{name}");
    }

    /// The world after its ordinary minutes.
    fn begin(&self) -> Watch {
        let world = World::new();
        (self.before)(&world);
        let mut watch = Watch::begin(world, self);
        for number in 0..self.ordinary_minutes {
            let fires = watch.minute(self.ordinary, number);
            assert!(!fires, "{}, ordinary minute {number}", self.template.name);
        }
        watch
    }
}

/// The twelve metrics of an execution.
pub const OF_EXECUTIONS: [(&str, &str); EXECUTION_METRICS.len()] = {
    let mut metrics = [("", ""); EXECUTION_METRICS.len()];
    let mut index = 0;
    while index < metrics.len() {
        metrics[index] = (EXECUTION_METRICS[index].name, EXECUTION_METRICS[index].unit);
        index += 1;
    }
    metrics
};

/// Who observes, reports and evaluates, once a minute.
struct Watch {
    world: World,
    target: RuleTarget,
    metric: &'static str,
    observer: Observer<Client, MemoryStore>,
}

impl Watch {
    fn begin(world: World, trial: &Trial) -> Self {
        let stream = (trial.stream)(&world);
        let admin = world.admin.address();
        let spec = stream_spec(trial).expect("a record");
        world.by_admin(&world.suite.performance_monitor, "open_stream", args![stream, spec]);
        let spec = rule_spec(&trial.template, &stream).expect("a record");
        let rule = world.by_admin(&world.suite.alerting, "create_rule", args![admin, spec]);
        let ScVal::Bytes(rule) = rule else { panic!("an id, not {rule:?}") };
        let rule = <[u8; 32]>::try_from(rule.as_slice()).expect("an id");
        // Every minute of the test begins when the one before can be judged.
        world.close_at((world.now_s() / MINUTE_S + 1) * MINUTE_S + CLOSED_AFTER_S);
        let list = WatchList::contracts([world.pool.clone(), world.oracle.clone()]);
        let list = list.expect("two contracts");
        let client = Client::new(&world.rpc_url).expect("a client");
        let latest = world.wait(client.health()).expect("healthy").latest_ledger;
        let (store, names) = (MemoryStore::default(), FunctionNames::default());
        let observer = Observer::open(client, store, list, names, latest + 1, false);
        let observer = world.wait(observer).expect("observing");
        let (target, metric) = (RuleTarget { rule, stream }, trial.template.metric);
        Self { world, target, metric, observer }
    }

    /// A minute passes with what it brings; the keeper reports it and evaluates it. Returns whether
    /// the alert fires.
    fn minute(&mut self, brings: Minute, number: u32) -> bool {
        let next_s = (self.world.now_s() / MINUTE_S + 1) * MINUTE_S;
        brings(&self.world, number);
        let Stream { function, subject, .. } = &self.target.stream;
        // Whatever has another subject is recorded by whose metric it is.
        let is_keepers = subject.as_deref() == Some(EXECUTION_SUBJECT);
        let is_life = function == LIFE_FUNCTION;
        if is_keepers && is_life {
            self.report_life();
        }
        self.world.close_at(next_s);
        if is_keepers && !is_life {
            self.report_executions();
        }
        self.world.close_at(next_s + CLOSED_AFTER_S);
        self.evaluate()
    }

    fn report_executions(&mut self) {
        let Self { world, target, observer, .. } = self;
        let mut executions = Vec::new();
        while let Step::Observed { rows, .. } =
            world.wait(observer.step(u32::MAX)).expect("observed")
        {
            let of_contract =
                rows.iter().filter(|row| row.contract.as_ref() == Some(&target.stream.contract));
            executions.extend(of_contract.filter_map(Execution::of));
        }
        let mut keeper = Keeper::new(&world.invoker, &world.keeper, &world.suite);
        let report = keeper.report(&target.stream.contract, &executions);
        world.wait(report).expect("reported");
    }

    fn report_life(&self) {
        let Self { world, target, .. } = self;
        let contract = &target.stream.contract;
        let facts = world.wait(ContractReader::new(&**world.invoker.client()).facts(contract));
        let facts = facts.expect("read").expect("a contract");
        let life = Life {
            ledger: facts.latest_ledger,
            at_s: world.now_s(),
            ttl_ledgers: facts.ttl_ledgers(),
        };
        let mut keeper = Keeper::new(&world.invoker, &world.keeper, &world.suite);
        assert!(world.wait(keeper.report_life(contract, &life)).expect("reported"));
    }

    fn evaluate(&self) -> bool {
        let Self { world, target, .. } = self;
        let closed = world.view(&world.suite.alerting, "closed_slot", args![]);
        let ScVal::U32(closed) = closed else { panic!("a minute, not {closed:?}") };
        let mut keeper = Keeper::new(&world.invoker, &world.keeper, &world.suite);
        let evaluated = world.wait(keeper.evaluate(std::slice::from_ref(target), closed));
        let [alert] = &evaluated.expect("evaluated")[..] else {
            panic!("one answer for one target")
        };
        assert_eq!(alert.outcome, 0, "evaluated: {alert:?}");
        let asked = args![target.stream.contract, SEVERITY_INFO];
        let firing = world.view(&world.suite.alerting, "is_firing", asked);
        assert_eq!(firing, ScVal::Bool(alert.condition == FIRING), "{alert:?}");
        alert.condition == FIRING
    }

    /// How many samples of the template's metric were ever recorded.
    fn samples(&self) -> u64 {
        let Self { world, target, metric, .. } = self;
        let asked = args![target.stream, symbol(metric)?];
        let held = world.view(&world.suite.performance_monitor, "metric", asked);
        let ScVal::Bytes(held) = held else { panic!("an entry, not {held:?}") };
        View::parse(&held).expect("an entry").totals(0).count
    }
}

fn stream_spec(trial: &Trial) -> Result<ScVal, ValueError> {
    let metric = |(name, unit): &(&str, &str)| {
        record(&[
            ("name", symbol(name)?),
            ("unit", symbol(unit)?),
            ("kind", KIND_TIMER.to_val()?),
            ("watched", (*name == trial.template.metric).to_val()?),
            ("sketch", vector(args![0_i64, 0_i64, 0_u32]?)?),
        ])
    };
    record(&[
        ("metrics", vector(trial.metrics.iter().map(metric).collect::<Result<_, _>>()?)?),
        ("mode", MODE_ROLLUP.to_val()?),
        ("witnesses", false.to_val()?),
    ])
}

/// The template's rule on one stream.
fn rule_spec(template: &RuleTemplate, stream: &Stream) -> Result<ScVal, ValueError> {
    let subject = stream.subject.as_deref().map(symbol).transpose()?;
    let parameters = template.parameters.iter().map(ToVal::to_val).collect::<Result<_, _>>()?;
    record(&[
        ("name", template.name.to_val()?),
        ("contract", Some(&stream.contract).to_val()?),
        ("function", symbol(&stream.function)?),
        ("subject", subject.to_val()?),
        ("metric", symbol(template.metric)?),
        ("statistic", template.statistic.to_val()?),
        ("condition", template.condition.to_val()?),
        ("parameters", vector(parameters)?),
        ("operator", template.operator.to_val()?),
        ("threshold", template.threshold.to_val()?),
        ("threshold_high", template.threshold_high.to_val()?),
        ("window_s", template.window_s.to_val()?),
        ("min_points", template.min_points.to_val()?),
        ("for_s", template.for_s.to_val()?),
        ("keep_firing_for_s", template.keep_firing_for_s.to_val()?),
        ("severity", template.severity.to_val()?),
        ("cooldown_s", template.cooldown_s.to_val()?),
        ("no_data", template.no_data.to_val()?),
        ("policy", ScVal::Void),
        ("labels", ScVal::Map(Some(Default::default()))),
        ("annotations", ScVal::Map(Some(Default::default()))),
    ])
}
