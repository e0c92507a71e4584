//! Reactions, with everything against them: other forms of a target, contracts handed over.

use circuit_breaker::Circuit;
use lumenscope_interfaces::alerting::{NoDataPolicy, RuleSpec, RuleTarget};
use lumenscope_interfaces::external_monitoring::ConnectionError;
use lumenscope_rules::Phase;
use soroban_sdk::{
    Address, BytesN, Env, Error, IntoVal, Map, Symbol, Val, contract, contractimpl, symbol_short,
    vec,
};

use super::watched::{CLOSES_S, LOUD, create, evaluate, minute, record, spec, state, watched};
use super::world::{World, refused};

/// As `circuit-breaker`, but notes what it would pause.
#[contract]
struct Breaker;

#[contractimpl]
impl Breaker {
    pub fn __constructor(e: &Env, circuit: Circuit) {
        e.storage().instance().set(&symbol_short!("circuit"), &circuit);
    }

    pub fn respond(e: Env, alerting: Address, target: RuleTarget, _episode: u32) {
        let circuit: Circuit = e.storage().instance().get(&symbol_short!("circuit")).unwrap();
        circuit.monitoring.require_auth();
        assert!(alerting == circuit.alerting && target.stream.contract == circuit.contract);
        e.storage().instance().set(&symbol_short!("paused"), &true);
    }

    pub fn paused(e: Env) -> bool {
        e.storage().instance().get(&symbol_short!("paused")).unwrap_or(false)
    }

    pub fn unpause(e: Env) {
        e.storage().instance().set(&symbol_short!("paused"), &false);
    }
}

struct Defended {
    world: World,
    target: RuleTarget,
    em: Address,
    breaker: Address,
}

impl Defended {
    fn new(rule: impl FnOnce(&World) -> RuleSpec) -> Self {
        let (world, target) = watched(rule);
        let em = world
            .e
            .register(external_monitoring::ExternalMonitoringContract, (world.admin.clone(), 0u64));
        let circuit = Circuit {
            monitoring: em.clone(),
            alerting: world.alerting.clone(),
            contract: world.pool.clone(),
        };
        let breaker = world.e.register(Breaker, (circuit,));
        Self { world, target, em, breaker }
    }

    fn responder(&self, owner: &Address, alerting: &Address, responder: &Address) -> BytesN<32> {
        let w = &self.world;
        let args = (owner.clone(), alerting.clone(), w.pool.clone(), responder.clone(), 0_u32);
        w.call(owner, &self.em, "create_responder", args, &[]).expect("created")
    }

    fn react(
        &self,
        who: &Address,
        id: &BytesN<32>,
        target: Val,
        episode: u32,
    ) -> Result<bool, Error> {
        let args: soroban_sdk::Vec<Val> =
            vec![&self.world.e, who.to_val(), id.to_val(), target, episode.into()];
        self.world.call(who, &self.em, "react", args, &[])
    }

    fn is_paused(&self) -> bool {
        self.world.e.invoke_contract::<bool>(
            &self.breaker,
            &symbol_short!("paused"),
            vec![&self.world.e],
        )
    }

    fn unpause(&self) {
        self.world.must(&self.world.owner, &self.breaker, "unpause", ());
    }

    fn target(&self) -> Val {
        self.target.into_val(&self.world.e)
    }
}

fn map(e: &Env, of: Val) -> Map<Symbol, Val> {
    soroban_sdk::FromVal::from_val(e, &of)
}

fn not_responded() -> Result<bool, Error> {
    Err(refused(ConnectionError::AlertNotResponded as u32))
}

#[test]
fn a_responder_acts_once_an_episode_whatever_else_the_target_holds() {
    let d = Defended::new(spec);
    let w = &d.world;
    let id = d.responder(&w.owner, &w.alerting, &d.breaker);
    minute(w, &d.target, LOUD);
    assert_eq!(d.react(&w.stranger, &id, d.target(), 1), Ok(true));
    assert!(d.is_paused());
    d.unpause();
    let mut other = map(&w.e, d.target());
    other.set(symbol_short!("zzz"), 7_u32.into());
    assert_eq!(d.react(&w.stranger, &id, other.to_val(), 1), not_responded());
    assert!(!d.is_paused());
}

#[test]
fn a_responder_acts_once_an_episode_whatever_the_target_leaves_out() {
    let d = Defended::new(spec);
    let w = &d.world;
    let id = d.responder(&w.owner, &w.alerting, &d.breaker);
    minute(w, &d.target, LOUD);
    assert_eq!(d.react(&w.stranger, &id, d.target(), 1), Ok(true));
    d.unpause();
    let mut other = map(&w.e, d.target());
    let mut stream = map(&w.e, other.get_unchecked(symbol_short!("stream")));
    stream.remove(symbol_short!("lane"));
    stream.remove(symbol_short!("subject"));
    other.set(symbol_short!("stream"), stream.to_val());
    assert_eq!(d.react(&w.stranger, &id, other.to_val(), 1), not_responded());
    assert!(!d.is_paused());
}

/// The pool goes to the stranger.
fn hand_over(w: &World) {
    w.e.mock_all_auths();
    w.monitor().register(&w.owner, &w.pool, &Some(w.stranger.clone()));
    w.e.mock_auths(&[]);
}

#[test]
fn a_former_owner_has_no_responder_called_for_rules_that_are_the_new_owners() {
    let d = Defended::new(spec);
    let w = &d.world;
    hand_over(w);
    minute(w, &d.target, LOUD);
    // Each new one has receipts of its own.
    let id = d.responder(&w.owner, &w.alerting, &d.breaker);
    assert_eq!(d.react(&w.owner, &id, d.target(), 1), not_responded());
    assert!(!d.is_paused());
}

#[test]
fn a_new_owner_has_responders_called_for_rules_that_came_with_the_contract() {
    let d = Defended::new(spec);
    let w = &d.world;
    hand_over(w);
    minute(w, &d.target, LOUD);
    let id = d.responder(&w.stranger, &w.alerting, &d.breaker);
    assert_eq!(d.react(&w.stranger, &id, d.target(), 1), Ok(true));
    assert!(d.is_paused());
}

#[test]
fn a_former_owners_rule_of_no_contract_stops_nothing_after_the_handover() {
    let d = Defended::new(spec);
    let w = &d.world;
    let everywhere = create(w, &w.owner, &RuleSpec { contract: None, ..spec(w) });
    let begun = RuleTarget { rule: everywhere, ..d.target.clone() };
    record(w, &d.target.stream, LOUD);
    w.advance(CLOSES_S);
    evaluate(w, &w.owner, &[&begun]);
    assert_eq!(state(w, &begun).phase, Phase::Firing);
    hand_over(w);
    let id = d.responder(&w.owner, &w.alerting, &d.breaker);
    assert_eq!(d.react(&w.owner, &id, begun.into_val(&w.e), 1), not_responded());
    assert!(!d.is_paused());
}

#[test]
fn a_paused_rule_is_nothing_to_respond_to() {
    let d = Defended::new(|w| RuleSpec { no_data: NoDataPolicy::KeepLast, ..spec(w) });
    let w = &d.world;
    let id = d.responder(&w.owner, &w.alerting, &d.breaker);
    minute(w, &d.target, LOUD);
    w.must(
        &w.owner,
        &w.alerting,
        "set_rule_paused",
        (w.owner.clone(), d.target.rule.clone(), true),
    );
    assert_eq!(d.react(&w.stranger, &id, d.target(), 1), not_responded());
}
