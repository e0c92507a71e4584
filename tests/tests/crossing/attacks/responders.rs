//! A stranger who would have somebody else's responder act, or take from whoever calls theirs.

use circuit_breaker::{Circuit, CircuitBreaker};
use lumenscope_interfaces::alerting::{AlertView, RuleSpec, RuleTarget, RuleView};
use lumenscope_interfaces::external_monitoring::ConnectionError;
use lumenscope_interfaces::governance::Role;
use lumenscope_interfaces::performance_monitor::MonitoredContract;
use lumenscope_rules::Status;
use soroban_sdk::token::TokenClient;
use soroban_sdk::{
    Address, BytesN, Env, Error, IntoVal, Symbol, Val, contract, contractimpl, symbol_short,
};

use super::super::watched::{FUNCTION, LOUD, create, minute, spec};
use super::super::world::{UNAUTHORISED, is_wasm, refused};
use super::Neighbours;

/// Says of alerts, rules and contracts whatever it was told to.
#[contract]
struct Liar;

#[contractimpl]
impl Liar {
    pub fn tell(e: Env, function: Symbol, answer: Val) {
        e.storage().instance().set(&function, &answer);
    }

    pub fn alert(e: Env, _target: Val) -> Val {
        e.storage().instance().get(&symbol_short!("alert")).expect("told")
    }

    pub fn rule(e: Env, _rule: Val) -> Val {
        e.storage().instance().get(&symbol_short!("rule")).expect("told")
    }

    pub fn monitor(e: Env) -> Address {
        e.current_contract_address()
    }

    pub fn monitored_contract(e: Env, _contract: Address) -> Val {
        e.storage().instance().get(&symbol_short!("owner")).expect("told")
    }
}

/// Takes what it knows somebody to have.
#[contract]
struct Thief;

#[contractimpl]
impl Thief {
    pub fn __constructor(e: Env, token: Address, from: Address) {
        e.storage().instance().set(&symbol_short!("from"), &(token, from));
    }

    pub fn respond(e: Env, _alerting: Address, _target: Val, _episode: u32) {
        let stored = e.storage().instance().get(&symbol_short!("from"));
        let (token, from): (Address, Address) = stored.expect("constructed");
        TokenClient::new(&e, &token).transfer(&from, e.current_contract_address(), &1);
    }
}

impl Neighbours {
    /// The stranger's alert on their contract, which fires.
    fn their_alert(&self) -> RuleTarget {
        let w = &self.world;
        let stream = self.their_stream(FUNCTION);
        self.open_theirs(&stream);
        let spec = RuleSpec { contract: Some(self.theirs.clone()), ..spec(w) };
        let target = RuleTarget { rule: create(w, &w.stranger, &spec), stream };
        assert_eq!(minute(w, &target, LOUD).condition, Status::Firing);
        target
    }

    fn their_responder(
        &self,
        alerting: &Address,
        contract: &Address,
        acts: &Address,
    ) -> BytesN<32> {
        let w = &self.world;
        let args = (w.stranger.clone(), alerting.clone(), contract.clone(), acts.clone(), 0_u32);
        self.get(&w.stranger, &self.external, "create_responder", args)
    }

    fn react(
        &self,
        who: &Address,
        responder: &BytesN<32>,
        target: &RuleTarget,
    ) -> Result<bool, Error> {
        let args = (who.clone(), responder.clone(), target.clone(), 1_u32);
        self.world.call(who, &self.external, "react", args, &[])
    }
}

fn failed() -> Result<bool, Error> {
    Err(refused(ConnectionError::ResponderFailed as u32))
}

#[test]
fn a_strangers_responder_does_not_set_off_another_owners_breaker() {
    let n = Neighbours::new();
    let w = &n.world;
    let circuit = Circuit {
        monitoring: n.external.clone(),
        alerting: w.alerting.clone(),
        contract: w.pool.clone(),
    };
    let breaker = if is_wasm() {
        let wasm = lumenscope_contract_wasm::read("circuit-breaker").expect("built");
        w.e.register(&*wasm, (circuit,))
    } else {
        w.e.register(CircuitBreaker, (circuit,))
    };
    w.must(&w.owner, &w.pool, "set_responder", (Some(breaker.clone()),));

    // Their alert, on their contract: it is on another one.
    let target = n.their_alert();
    let real = n.their_responder(&w.alerting, &n.theirs, &breaker);
    assert_eq!(n.react(&w.stranger, &real, &target), failed());

    // An alert on the pool that they made up, and an owner of it.
    let liar = w.e.register(Liar, ());
    let alert: AlertView = w.alerting().alert(&target).expect("fires");
    let rule: RuleView = w.alerting().rule(&target.rule).expect("a rule");
    let owner: MonitoredContract = w.monitor().monitored_contract(&n.theirs).expect("known");
    let on_pool = RuleTarget { stream: w.stream(FUNCTION), ..target.clone() };
    let alert = AlertView { target: on_pool.clone(), ..alert };
    for (what, answer) in [
        ("alert", alert.into_val(&w.e)),
        ("rule", rule.into_val(&w.e)),
        ("owner", owner.into_val(&w.e)),
    ] {
        let answer: Val = answer;
        w.must(&w.stranger, &liar, "tell", (w.symbol(what), answer));
    }
    let made_up = n.their_responder(&liar, &w.pool, &breaker);
    assert_eq!(n.react(&w.stranger, &made_up, &on_pool), failed());
    // Nor do they call it themselves.
    let args = (w.alerting.clone(), on_pool, 1_u32);
    assert_eq!(n.refusal(&w.stranger, &breaker, "respond", args), Some(UNAUTHORISED));
    assert!(w.buy(1).is_ok(), "the pool is not paused");
}

#[test]
fn who_calls_a_responder_loses_nothing_that_they_did_not_sign_for() {
    let n = Neighbours::new();
    let w = &n.world;
    let thief = w.e.register(Thief, (w.token.clone(), w.holder.clone()));
    let target = n.their_alert();
    let responder = n.their_responder(&w.alerting, &n.theirs, &thief);
    let token = TokenClient::new(&w.e, &w.token);
    let before = token.balance(&w.holder);
    assert_eq!(n.react(&w.holder, &responder, &target), failed());
    // A keeper, before whom failures count.
    let keeper = (w.holder.clone(), Role::Keeper, true);
    w.must(&w.admin, &n.external, "set_role", keeper);
    assert_eq!(n.react(&w.holder, &responder, &target), Ok(false));
    assert_eq!((token.balance(&w.holder), token.balance(&thief)), (before, 0));
}
