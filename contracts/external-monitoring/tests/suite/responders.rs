use external_monitoring::{ConnectionChanged, DeliveryRecorded};
use lumenscope_interfaces::alerting::{AlertView, RuleTarget};
use lumenscope_interfaces::common::StreamKey;
use lumenscope_interfaces::external_monitoring::*;
use lumenscope_interfaces::governance::GovernanceError;
use lumenscope_rules::codec::encode;
use lumenscope_rules::{Phase, Severity, State};
use soroban_sdk::testutils::Events as _;
use soroban_sdk::xdr::ToXdr;
use soroban_sdk::{
    Address, BytesN, Env, Error, IntoVal, Map, Symbol, Val, Vec, contract, contractimpl,
    symbol_short, vec,
};

use crate::stage::*;

const EPISODE: u32 = 7;

/// An alerting contract that says what it is told to say.
#[contract]
struct Alerting;

#[contractimpl]
impl Alerting {
    pub fn say(e: Env, state: BytesN<160>, owner: Address) {
        e.storage().instance().set(&symbol_short!("says"), &(state, owner));
    }

    pub fn alert(e: Env, target: RuleTarget) -> Option<AlertView> {
        let (state, _) =
            e.storage().instance().get::<_, (BytesN<160>, Address)>(&symbol_short!("says"))?;
        Some(AlertView { target, policy: BytesN::from_array(&e, &[0; 32]), state })
    }

    /// It is its own monitor.
    pub fn monitor(e: Env) -> Address {
        e.current_contract_address()
    }

    pub fn own(e: Env, owner: Address) {
        e.storage().instance().set(&symbol_short!("owns"), &owner);
    }

    pub fn monitored_contract(e: Env, contract: Address) -> Option<Map<Symbol, Val>> {
        let _ = contract;
        let owner: Address = e.storage().instance().get(&symbol_short!("owns"))?;
        Some(Map::from_array(&e, [(symbol_short!("owner"), owner.to_val())]))
    }

    /// The spec of a rule of all contracts.
    pub fn everywhere(e: Env, everywhere: bool) {
        e.storage().instance().set(&symbol_short!("all"), &everywhere);
    }

    pub fn pause_rule(e: Env, paused: bool) {
        e.storage().instance().set(&symbol_short!("paused"), &paused);
    }

    pub fn rule(e: Env, rule: BytesN<32>) -> Map<Symbol, Val> {
        let said = e.storage().instance().get::<_, (BytesN<160>, Address)>(&symbol_short!("says"));
        let (_, owner) = said.expect("something to say");
        let _ = rule;
        let mut view = Map::new(&e);
        view.set(symbol_short!("owner"), owner.to_val());
        let flag = |name| e.storage().instance().get(&name).unwrap_or(false);
        view.set(symbol_short!("paused"), flag(symbol_short!("paused")).into());
        let all = flag(symbol_short!("all"));
        let named = if all { Val::VOID.into() } else { owner.to_val() };
        let spec = Map::<Symbol, Val>::from_array(&e, [(symbol_short!("contract"), named)]);
        view.set(symbol_short!("spec"), spec.to_val());
        view
    }
}

/// A responder that fails as long as it is told to.
#[contract]
struct Probe;

#[contractimpl]
impl Probe {
    pub fn fail(e: Env, fails: bool) {
        e.storage().instance().set(&symbol_short!("fails"), &fails);
    }

    pub fn respond(e: Env, alerting: Address, target: RuleTarget, episode: u32) {
        let fails = e.storage().instance().get(&symbol_short!("fails")).unwrap_or(false);
        assert!(!fails);
        e.storage().instance().set(&symbol_short!("heard"), &(alerting, target, episode));
    }
}

struct World {
    s: Stage,
    owner: Address,
    contract: Address,
    alerting: Address,
    probe: Address,
    id: BytesN<32>,
}

impl World {
    fn new() -> Self {
        let s = Stage::new();
        let [owner, contract] = [s.account(), s.account()];
        let alerting = s.e.register(Alerting, ());
        let probe = s.e.register(Probe, ());
        let args = (&owner, &alerting, &contract, &probe, Severity::High as u32);
        let id = s.call(&owner, "create_responder", args).expect("valid");
        let world = Self { s, owner, contract, alerting, probe, id };
        world.say(firing(), &world.owner);
        world.alerting().own(&world.owner);
        world
    }

    fn say(&self, state: State, owner: &Address) {
        let state = BytesN::from_array(&self.s.e, &encode(&state));
        self.alerting().say(&state, owner);
    }

    fn alerting(&self) -> AlertingClient<'_> {
        AlertingClient::new(&self.s.e, &self.alerting)
    }

    fn target(&self) -> RuleTarget {
        let stream = StreamKey {
            contract: self.contract.clone(),
            function: symbol_short!("swap"),
            subject: None,
            lane: None,
        };
        RuleTarget { rule: self.s.hash(3), stream }
    }

    fn react_as(&self, caller: &Address, target: RuleTarget, episode: u32) -> Result<bool, Error> {
        self.s.call(caller, "react", (caller, &self.id, target, episode))
    }

    fn react(&self) -> Result<bool, Error> {
        self.react_as(&self.s.dispatcher, self.target(), EPISODE)
    }

    fn stored(&self) -> Responder {
        self.s.client.responders_of(&self.owner, &0, &5).first().expect("one")
    }

    fn heard(&self) -> Option<(Address, RuleTarget, u32)> {
        self.s
            .e
            .as_contract(&self.probe, || self.s.e.storage().instance().get(&symbol_short!("heard")))
    }

    fn fail(&self, fails: bool) {
        ProbeClient::new(&self.s.e, &self.probe).fail(&fails);
    }

    fn delivery(&self) -> BytesN<32> {
        let parts: Vec<Val> = vec![&self.s.e, self.target().into_val(&self.s.e), EPISODE.into()];
        self.s.e.crypto().sha256(&parts.to_xdr(&self.s.e)).to_bytes()
    }

    fn outcome(&self, delivered: bool) -> DeliveryOutcome {
        let raised_s = u64::from(firing().since) * 60;
        DeliveryOutcome { raised_s, delivered, status: 0, attempts: 1 }
    }
}

/// An alert that has been firing for an hour.
fn firing() -> State {
    let mut state = State::EMPTY;
    state.phase = Phase::Firing;
    state.severity = Severity::High;
    state.episode = EPISODE;
    state.since = ((NOW_S - HOUR_S) / 60) as u32;
    state
}

/// The same, otherwise in one thing.
fn otherwise(change: impl FnOnce(&mut State)) -> State {
    let mut state = firing();
    change(&mut state);
    state
}

#[test]
fn a_responder_is_called_once_an_episode_and_what_came_of_it_is_told() {
    let w = World::new();
    assert_eq!(w.react(), Ok(true));
    w.s.assert_emitted(&[&DeliveryRecorded {
        dispatcher: w.s.dispatcher.clone(),
        integration: w.id.clone(),
        delivery: w.delivery(),
        outcome: w.outcome(true),
    }]);
    assert_eq!(w.heard(), Some((w.alerting.clone(), w.target(), EPISODE)));
    assert_eq!(w.s.client.delivery(&w.id, &w.delivery()), Some(w.outcome(true)));
    assert_eq!(w.react(), refused(ConnectionError::AlertNotResponded));
    w.say(otherwise(|state| state.episode = EPISODE + 1), &w.owner);
    assert_eq!(w.react_as(&w.s.account(), w.target(), EPISODE + 1), Ok(true), "anyone may");
    assert_eq!(w.heard().expect("heard").2, EPISODE + 1);
}

#[test]
fn what_does_not_fire_for_this_owner_on_this_contract_reaches_nobody() {
    let w = World::new();
    let late = ((NOW_S - RECEIPT_AGE_MAX_S) / 60 - 1) as u32;
    let states = [
        otherwise(|state| state.phase = Phase::Inactive),
        otherwise(|state| state.phase = Phase::Pending),
        otherwise(|state| state.phase = Phase::Recovering),
        otherwise(|state| state.severity = Severity::Medium),
        otherwise(|state| state.episode = EPISODE - 1),
        otherwise(|state| state.since = late),
    ];
    for state in states {
        w.say(state, &w.owner);
        assert_eq!(w.react(), refused(ConnectionError::AlertNotResponded), "{state:?}");
    }
    let nothing = || refused(ConnectionError::AlertNotResponded);
    w.alerting().everywhere(&true);
    w.say(firing(), &w.s.account());
    assert_eq!(w.react(), nothing(), "another owner's rule over all of theirs");
    w.alerting().everywhere(&false);
    w.alerting().own(&w.s.account());
    assert_eq!(w.react(), nothing(), "the contract is another owner's now");
    w.say(firing(), &w.owner);
    assert_eq!(w.react(), nothing(), "also where the rule was made by the former one");
    w.alerting().own(&w.owner);
    w.alerting().pause_rule(&true);
    assert_eq!(w.react(), nothing(), "a rule that is paused");
    w.alerting().pause_rule(&false);
    let mut target = w.target();
    target.stream.contract = w.s.account();
    let result = w.react_as(&w.s.dispatcher, target, EPISODE);
    assert_eq!(result, refused(ConnectionError::AlertNotResponded), "another contract");
    assert_eq!(w.heard(), None);
    w.say(
        otherwise(|state| {
            state.severity = Severity::Critical;
            state.since = late + 1
        }),
        &w.owner,
    );
    assert_eq!(w.react(), Ok(true));
}

#[test]
fn failures_in_a_row_suspend_it_and_one_success_forgets_them() {
    let w = World::new();
    w.fail(true);
    for failures in 1..RESPONDER_FAILURES_MAX {
        assert_eq!(w.react(), Ok(false));
        w.s.assert_emitted(&[&DeliveryRecorded {
            dispatcher: w.s.dispatcher.clone(),
            integration: w.id.clone(),
            delivery: w.delivery(),
            outcome: w.outcome(false),
        }]);
        assert_eq!(w.stored().failed_in_a_row, failures);
        assert_eq!(w.s.client.delivery(&w.id, &w.delivery()), None, "it may be tried again");
    }
    assert_eq!(
        w.react_as(&w.owner, w.target(), EPISODE),
        refused(ConnectionError::ResponderFailed)
    );
    w.fail(false);
    assert_eq!(w.react(), Ok(true));
    assert_eq!(w.stored().failed_in_a_row, 0);

    w.fail(true);
    w.say(otherwise(|state| state.episode = EPISODE + 1), &w.owner);
    let react = || w.react_as(&w.s.dispatcher, w.target(), EPISODE + 1);
    for _ in 0..RESPONDER_FAILURES_MAX {
        assert_eq!(react(), Ok(false));
    }
    let all = w.s.e.events().all().filter_by_contract(&w.s.id);
    let suspended = ConnectionChanged {
        owner: w.owner.clone(),
        id: w.id.clone(),
        kind: ConnectionKind::Responder,
        actor: w.s.dispatcher.clone(),
        change: change::SUSPENDED,
    };
    assert_eq!(all.events().last(), Some(&suspended.encoded(&w.s.e, &w.s.id)));
    w.fail(false);
    assert_eq!(react(), refused(ConnectionError::ResponderSuspended));
}

#[test]
fn responders_are_listed_counted_and_removed_like_the_other_things_of_an_owner() {
    let w = World::new();
    let expected = Responder {
        id: w.id.clone(),
        owner: w.owner.clone(),
        alerting: w.alerting.clone(),
        contract: w.contract.clone(),
        responder: w.probe.clone(),
        min_severity: Severity::High as u32,
        failed_in_a_row: 0,
    };
    assert_eq!(w.stored(), expected);
    assert_eq!(w.s.client.count_of(&ConnectionKind::Responder, &w.owner), 1);
    let args = |severity: u32| (&w.owner, &w.alerting, &w.contract, &w.probe, severity);
    let result = w.s.call::<BytesN<32>>(&w.owner, "create_responder", args(5));
    assert_eq!(result, refused(ConnectionError::DeliveryInvalid));
    let result = w.s.call::<BytesN<32>>(&w.s.account(), "create_responder", args(3));
    assert_eq!(result, Err(AUTHORISATION_MISSING));
    assert_eq!(w.s.call(&w.s.admin, "pause", ()), Ok(()));
    let result = w.s.call::<BytesN<32>>(&w.owner, "create_responder", args(3));
    assert_eq!(result, Err(Error::from_contract_error(GovernanceError::Paused as u32)));
    assert_eq!(w.react(), Ok(true), "what is there goes on");
    let remove = (ConnectionKind::Responder, w.id.clone());
    assert_eq!(w.s.call(&w.owner, "remove", remove), Ok(()));
    assert_eq!(w.react(), refused(ConnectionError::Unknown));
    assert_eq!(w.s.client.responders_of(&w.owner, &0, &5).len(), 0);
}
