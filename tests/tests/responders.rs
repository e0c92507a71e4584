//! Contracts that act on alerts: an alert that fires stays so whatever its responder does.

use anyhow::{Context as _, Result, ensure};
use lumenscope_interfaces::alerting::{AlertView, RuleTarget};
use lumenscope_interfaces::common::StreamKey;
use lumenscope_interfaces::external_monitoring::{
    ConnectionError, ConnectionKind, RESPONDER_FAILURES_MAX, Responder,
};
use lumenscope_interfaces::governance::Role;
use lumenscope_interfaces::performance_monitor::{
    MetricSpec, RecordingMode, ReporterRole, StreamSpec,
};
use lumenscope_rules::codec::decode;
use lumenscope_rules::{Phase, State};
use lumenscope_tests::stage::{Call, Stage, on_stage};
use lumenscope_tests::suite::{POOL_UNIT, Suite};
use probe_responder::Manner;
use soroban_sdk::{
    Address, BytesN, FromVal as _, IntoVal as _, Map, Symbol, Val, Vec as SdkVec, vec,
};

const FUNCTION: &str = "swap";
const METRIC: &str = "amount";
const QUIET: i128 = 10;
const LOUD: i128 = 1_000;
/// From a minute's end until it may be evaluated, and some more.
const CLOSES_S: u64 = 100;
const DAY_LEDGERS: u32 = 17_280;

/// A contract with one rule, and what responds to it.
#[derive(Clone)]
struct World {
    suite: Suite,
    contract: Address,
    target: RuleTarget,
}

impl World {
    /// The calling contract, watched.
    fn new(stage: Stage) -> Result<Self> {
        let suite = Suite::new(stage)?;
        let contract = suite.caller.clone();
        Self::on(suite, contract)
    }

    /// The contract is watched; the caller owns it and records for it.
    fn on(mut suite: Suite, contract: Address) -> Result<Self> {
        let caller = suite.caller.clone();
        let stream = StreamKey { contract: contract.clone(), ..suite.stream(FUNCTION) };
        let metric = MetricSpec { watched: true, ..suite.metric(METRIC, POOL_UNIT) };
        let metrics = vec![suite.env(), metric];
        let spec = StreamSpec { metrics, mode: RecordingMode::Rollup, witnesses: false };
        let mut calls = Vec::new();
        if contract != caller {
            let register = (caller.clone(), contract.clone(), caller.clone());
            calls.push(suite.monitor("register", register));
            let reporter = (contract.clone(), caller.clone(), ReporterRole::Recorder);
            calls.push(suite.monitor("set_reporter", reporter));
        }
        calls.push(suite.monitor("open_stream", (stream.clone(), spec)));
        calls.push(suite.connections("set_role", (caller, Role::Keeper, true)));
        calls.iter().try_for_each(|call| suite.stage.act(std::slice::from_ref(call)))?;
        let rule = suite.rule(&contract, FUNCTION, METRIC, LOUD / 2);
        let target = suite.create_rule(rule, stream)?;
        Ok(Self { suite, contract, target })
    }

    /// A minute with this value passes and is evaluated.
    fn minute(&mut self, value: i128) -> Result<()> {
        let samples = vec![self.suite.env(), (self.suite.stage.symbol(METRIC), value)];
        let record = self.suite.monitor("record_samples", (self.target.stream.clone(), samples));
        self.suite.stage.act(&[record])?;
        let now_s = self.suite.stage.ledger().close_time_s();
        self.suite.stage.close_at(now_s + CLOSES_S)?;
        let evaluate = self.suite.evaluate(std::slice::from_ref(&self.target))?;
        self.suite.stage.act(&[evaluate])
    }

    fn state(&mut self) -> Result<State> {
        let ask = self.suite.alerts("alert", (self.target.clone(),));
        let alert: Option<AlertView> = self.suite.stage.perform(&ask)?;
        let bytes = alert.context("an alert")?.state.to_array();
        decode(&bytes).ok().context("a state")
    }

    fn fire(&mut self) -> Result<u32> {
        self.minute(LOUD)?;
        let state = self.state()?;
        ensure!(state.phase == Phase::Firing, "{state:?}");
        Ok(state.episode)
    }

    fn probe(&mut self, manner: Manner) -> Result<Address> {
        let monitoring = self.suite.external_monitoring.clone();
        self.suite.stage.deploy("probe-responder", (manner, monitoring))
    }

    fn respond(&mut self, responder: &Address, min_severity: u32) -> Result<BytesN<32>> {
        let suite = &mut self.suite;
        let (owner, alerting) = (suite.caller.clone(), suite.alerting.clone());
        let arguments = (owner, alerting, self.contract.clone(), responder.clone(), min_severity);
        let create = suite.connections("create_responder", arguments);
        suite.stage.perform(&create)
    }

    fn react(&self, responder: &BytesN<32>, episode: u32) -> Call {
        let caller = self.suite.caller.clone();
        let arguments = (caller, responder.clone(), self.target.clone(), episode);
        self.suite.connections("react", arguments)
    }

    fn calls_of(&mut self, probe: &Address) -> Result<u32> {
        let call = self.suite.stage.call(probe, "calls", ());
        self.suite.stage.perform(&call)
    }

    fn stored(&mut self) -> Result<Responder> {
        let page = (self.suite.caller.clone(), 0_u32, 5_u32);
        let page = self.suite.connections("responders_of", page);
        let found: SdkVec<Responder> = self.suite.stage.perform(&page)?;
        found.last().context("a responder")
    }

    /// The call is refused with this error.
    fn expect(&mut self, call: &Call, error: ConnectionError) -> Result<()> {
        let result = self.suite.stage.perform::<bool>(call);
        let text = format!("{:?}", result.err().context("a refusal")?);
        ensure!(text.contains(&format!("Contract, #{}", error as u32)), "{error:?}: {text}");
        Ok(())
    }
}

#[test]
fn an_alert_pauses_the_insurance_pool_once_an_episode_and_nothing_of_it_unpauses() -> Result<()> {
    on_stage(|stage| {
        let mut suite = Suite::new(stage)?;
        let admin = suite.caller.clone();
        let terms = insurance_pool::Terms {
            admin: admin.clone(),
            assessor: admin.clone(),
            token: suite.dashboard.clone(),
            rate_bps: 100,
            period_s: 86_400,
            cover_max: 1_000_000,
        };
        let pool = suite.stage.deploy("insurance-pool", (terms,))?;
        let mut world = World::on(suite, pool.clone())?;
        let circuit = circuit_breaker::Circuit {
            monitoring: world.suite.external_monitoring.clone(),
            alerting: world.suite.alerting.clone(),
            contract: pool.clone(),
        };
        let breaker = world.suite.stage.deploy("circuit-breaker", (circuit,))?;
        let link = world.suite.stage.call(&pool, "set_responder", (Some(breaker.clone()),));
        world.suite.stage.act(&[link])?;
        let responder = world.respond(&breaker, 3)?;

        world.minute(QUIET)?;
        world.expect(&world.react(&responder, 1), ConnectionError::AlertNotResponded)?;
        let episode = world.fire()?;
        assert!(!is_paused(&mut world, &pool)?);
        let react = world.react(&responder, episode);
        assert!(world.suite.stage.perform::<bool>(&react)?);
        assert!(is_paused(&mut world, &pool)?);

        // The owner takes it up again while the alert is still up: that stands.
        let unpause = world.suite.stage.call(&pool, "unpause", ());
        world.suite.stage.act(std::slice::from_ref(&unpause))?;
        world.expect(&react, ConnectionError::AlertNotResponded)?;
        assert!(!is_paused(&mut world, &pool)?);

        // The next episode is another matter.
        world.minute(QUIET)?;
        let next = world.fire()?;
        assert_eq!(next, episode + 1);
        let react = world.react(&responder, next);
        assert!(world.suite.stage.perform::<bool>(&react)?);
        assert!(is_paused(&mut world, &pool)?);

        // Nobody but external-monitoring is heard by the breaker, and it has no other entry point.
        let alerting = world.suite.alerting.clone();
        let arguments = (alerting, world.target.clone(), next);
        let direct = world.suite.stage.call(&breaker, "respond", arguments);
        assert!(world.suite.stage.act(&[direct]).is_err());
        let spec =
            soroban_spec::read::from_wasm(&lumenscope_contract_wasm::read("circuit-breaker")?)?;
        let functions: Vec<String> = spec
            .iter()
            .filter_map(|entry| match entry {
                soroban_env_host::xdr::ScSpecEntry::FunctionV0(function) => {
                    Some(function.name.to_utf8_string_lossy())
                }
                _ => None,
            })
            .collect();
        assert_eq!(functions, ["circuit", "respond", "__constructor"]);
        Ok(())
    })
}

/// Whether the pool takes no new policies.
fn is_paused(world: &mut World, pool: &Address) -> Result<bool> {
    let holder = world.suite.caller.clone();
    let buy = world.suite.stage.call(pool, "buy_policy", (holder, 1_u32, 0_i128));
    let refused = format!("{:?}", world.suite.stage.perform::<Val>(&buy).err().context("refused")?);
    let is = |error: insurance_pool::PoolError| {
        refused.contains(&format!("Contract, #{})", error as u32))
    };
    ensure!(
        is(insurance_pool::PoolError::PoolPaused) || is(insurance_pool::PoolError::CoverInvalid),
        "{refused}"
    );
    Ok(is(insurance_pool::PoolError::PoolPaused))
}

#[test]
fn an_alert_named_in_another_form_is_still_the_same_alert() -> Result<()> {
    on_stage(|stage| {
        let mut world = World::new(stage)?;
        let probe = world.probe(Manner::Counts)?;
        let responder = world.respond(&probe, 0)?;
        let episode = world.fire()?;
        let react = world.react(&responder, episode);
        assert!(world.suite.stage.perform::<bool>(&react)?);
        // A field more, and one that is absent instead of none.
        let env = world.suite.env();
        let target: Val = world.target.clone().into_val(env);
        let mut target = Map::<Symbol, Val>::from_val(env, &target);
        let stream = target.get(Symbol::new(env, "stream")).context("a stream")?;
        let mut stream = Map::<Symbol, Val>::from_val(env, &stream);
        stream.remove(Symbol::new(env, "lane"));
        let mut forms = vec![env, target.clone()];
        target.set(Symbol::new(env, "stream"), stream.to_val());
        forms.push_back(target.clone());
        target.set(Symbol::new(env, "more"), Val::VOID.into());
        forms.push_back(target);
        let caller = world.suite.caller.clone();
        for form in forms {
            let arguments = (caller.clone(), responder.clone(), form, episode);
            let react = world.suite.connections("react", arguments);
            let refused = world.suite.stage.perform::<bool>(&react);
            assert!(refused.is_err(), "{refused:?}");
        }
        assert_eq!(world.calls_of(&probe)?, 1);
        Ok(())
    })
}

#[test]
fn a_responder_that_traps_or_calls_back_is_counted_and_suspended() -> Result<()> {
    on_stage(|stage| {
        for manner in [Manner::Traps, Manner::CallsBack] {
            let mut world = World::new(stage.clone())?;
            let probe = world.probe(manner)?;
            let responder = world.respond(&probe, 0)?;
            let episode = world.fire()?;
            let react = world.react(&responder, episode);
            for failures in 1..=RESPONDER_FAILURES_MAX {
                assert!(!world.suite.stage.perform::<bool>(&react)?, "{manner:?}");
                assert_eq!(world.stored()?.failed_in_a_row, failures);
            }
            world.expect(&react, ConnectionError::ResponderSuspended)?;
            assert_eq!(world.state()?.phase, Phase::Firing);
            assert_eq!(world.calls_of(&probe)?, 0);
        }
        Ok(())
    })
}

#[test]
fn who_is_no_keeper_cannot_make_a_failure_count() -> Result<()> {
    on_stage(|stage| {
        let mut world = World::new(stage)?;
        let probe = world.probe(Manner::Traps)?;
        let responder = world.respond(&probe, 0)?;
        let episode = world.fire()?;
        let caller = world.suite.caller.clone();
        let role = world.suite.connections("set_role", (caller, Role::Keeper, false));
        world.suite.stage.act(&[role])?;
        world.expect(&world.react(&responder, episode), ConnectionError::ResponderFailed)?;
        assert_eq!(world.stored()?.failed_in_a_row, 0);
        Ok(())
    })
}

#[test]
fn a_responder_that_loops_fails_its_own_transaction_and_nothing_else() -> Result<()> {
    on_stage(|stage| {
        let mut world = World::new(stage)?;
        let probe = world.probe(Manner::Loops)?;
        let responder = world.respond(&probe, 0)?;
        let episode = world.fire()?;
        let react = world.react(&responder, episode);
        let refused = world.suite.stage.perform::<bool>(&react).err().context("no end")?;
        ensure!(format!("{refused:?}").contains("Budget, ExceededLimit"), "{refused:?}");
        assert_eq!(world.state()?.phase, Phase::Firing);
        assert_eq!(world.stored()?.failed_in_a_row, 0);
        world.minute(QUIET)?;
        assert_eq!(world.state()?.phase, Phase::Inactive);
        Ok(())
    })
}

#[test]
fn a_responder_that_leaves_its_footprint_fails_its_own_transaction_and_nothing_else() -> Result<()>
{
    on_stage(|stage| {
        let mut world = World::new(stage)?;
        let probe = world.probe(Manner::Wanders)?;
        let responder = world.respond(&probe, 0)?;
        let episode = world.fire()?;
        let call = world.suite.stage.through("call", &[world.react(&responder, episode)])?;
        let simulation = world.suite.stage.simulate(&call)?;
        let now_s = world.suite.stage.ledger().close_time_s();
        world.suite.stage.close_at(now_s + 5)?;
        let outcome = world.suite.stage.apply(&call, &simulation, None)?;
        assert!(outcome.failure().is_some(), "it reads what was not simulated");
        assert_eq!(world.state()?.phase, Phase::Firing);
        assert_eq!((world.stored()?.failed_in_a_row, world.calls_of(&probe)?), (0, 0));
        Ok(())
    })
}

#[test]
fn an_archived_responder_fails_until_it_is_simulated_again() -> Result<()> {
    on_stage(|stage| {
        let mut world = World::new(stage)?;
        let probe = world.probe(Manner::Counts)?;
        let responder = world.respond(&probe, 0)?;
        world.minute(QUIET)?;
        // Everything but the responder lives on.
        let others = [
            world.suite.external_monitoring.clone(),
            world.suite.alerting.clone(),
            world.suite.performance_monitor.clone(),
        ];
        let mut keys: Vec<_> =
            others.iter().flat_map(|contract| world.suite.stage.entries_of(contract)).collect();
        let evaluate = world.suite.evaluate(&[world.target.clone()])?;
        world.suite.stage.extend(&[evaluate], 179 * DAY_LEDGERS)?;
        let idle = world.suite.connections("service_key", ());
        world.suite.stage.extend(&[idle], 179 * DAY_LEDGERS)?;
        keys.dedup();
        world.suite.stage.extend_entries(&keys, 179 * DAY_LEDGERS)?;
        world.suite.stage.pass(0, 119 * DAY_LEDGERS)?;
        let episode = world.fire()?;
        let call = world.suite.stage.through("call", &[world.react(&responder, episode)])?;
        let simulation = world.suite.stage.simulate(&call)?;
        world.suite.stage.pass(60, 2 * DAY_LEDGERS)?;
        let outcome = world.suite.stage.apply(&call, &simulation, None)?;
        assert!(outcome.failure().is_some(), "it was archived in between");
        assert_eq!(world.state()?.phase, Phase::Firing);
        assert_eq!(world.stored()?.failed_in_a_row, 0);
        let react = world.react(&responder, episode);
        assert!(world.suite.stage.perform::<bool>(&react)?, "restored by the next simulation");
        assert_eq!(world.calls_of(&probe)?, 1);
        Ok(())
    })
}

#[test]
fn only_the_alerts_it_was_made_for_reach_a_responder() -> Result<()> {
    on_stage(|stage| {
        let mut world = World::new(stage)?;
        let probe = world.probe(Manner::Counts)?;
        let responder = world.respond(&probe, 4)?;
        let episode = world.fire()?;
        let refused = ConnectionError::AlertNotResponded;
        world.expect(&world.react(&responder, episode + 1), refused)?;

        // Another contract of the same owner.
        let mut elsewhere = world.clone();
        elsewhere.contract = elsewhere.suite.dashboard.clone();
        let other = elsewhere.respond(&probe, 0)?;
        elsewhere.expect(&elsewhere.react(&other, episode), refused)?;

        // An alerting contract that nobody evaluates: there is no such alert.
        let mut unknown = world.clone();
        let (monitor, admin) =
            (unknown.suite.performance_monitor.clone(), unknown.suite.caller.clone());
        unknown.suite.alerting = unknown.suite.stage.deploy("alerting", (admin, monitor, 0_u64))?;
        let other = unknown.respond(&probe, 0)?;
        unknown.expect(&unknown.react(&other, episode), refused)?;

        // A stranger's responder for this owner's alerts.
        let mut stranger = world.clone();
        let owner = stranger.probe(Manner::Counts)?;
        let suite = &mut stranger.suite;
        let arguments =
            (owner, suite.alerting.clone(), stranger.contract.clone(), probe.clone(), 0_u32);
        let create = suite.connections("create_responder", arguments);
        assert!(suite.stage.act(&[create]).is_err(), "the owner has to authorise it");

        // After two days nobody is surprised any more.
        let mut late = world.clone();
        let now_s = late.suite.stage.ledger().close_time_s();
        late.suite.stage.close_at(now_s + 2 * 86_400)?;
        late.expect(&late.react(&responder, episode), refused)?;

        let react = world.react(&responder, episode);
        assert!(world.suite.stage.perform::<bool>(&react)?);
        assert_eq!(world.calls_of(&probe)?, 1);
        let remove =
            world.suite.connections("remove", (ConnectionKind::Responder, responder.clone()));
        world.suite.stage.act(&[remove])?;
        world.expect(&react, ConnectionError::Unknown)
    })
}
