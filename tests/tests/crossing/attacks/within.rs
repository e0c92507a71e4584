//! A caller whose account is a contract of their own: the code that decides whether it signs runs
//! while the contract that asked for the signature is being called, and no contract is entered twice.

use std::cell::Cell;

use lumenscope_interfaces::alerting::{GuardVerdict, Outcome, RuleSpec, RuleTarget};
use soroban_sdk::auth::{
    Context, ContractContext, CustomAccountInterface, InvokerContractAuthEntry,
    SubContractInvocation,
};
use soroban_sdk::crypto::Hash;
use soroban_sdk::xdr::{
    InvokeContractArgs, ScSymbol, ScVal, SorobanAddressCredentials, SorobanAuthorizationEntry,
    SorobanAuthorizedFunction, SorobanAuthorizedInvocation, SorobanCredentials, VecM,
};
use soroban_sdk::{
    Address, Env, Error, IntoVal, Symbol, TryFromVal as _, Val, Vec, contract, contractimpl,
    symbol_short, vec,
};

use super::super::watched::{CLOSES_S, FUNCTION, create, evaluate, open, record, spec};
use super::super::world::{COVER, PREMIUM, World};

/// What is called from within, and what it answered.
const CALL: Symbol = symbol_short!("call");
const ANSWER: Symbol = symbol_short!("answer");
const SIGNED: Symbol = symbol_short!("signed");

/// An account that signs everything, and calls something first.
#[contract]
pub struct Within;

#[contractimpl]
impl Within {
    pub fn set(e: Env, contract: Address, function: Symbol, args: Vec<Val>) {
        e.storage().instance().set(&CALL, &(contract, function, args));
    }

    /// A transfer that the call may make in the account's name.
    pub fn sign(e: Env, token: Address, args: Vec<Val>) {
        e.storage().instance().set(&SIGNED, &(token, args));
    }

    /// What the call answered; void where it was refused.
    pub fn answer(e: Env) -> Val {
        e.storage().instance().get(&ANSWER).unwrap_or(Val::VOID.into())
    }
}

#[contractimpl]
impl CustomAccountInterface for Within {
    type Signature = Val;
    type Error = Error;

    fn __check_auth(
        e: Env,
        _signed: Hash<32>,
        _signature: Val,
        _contexts: Vec<Context>,
    ) -> Result<(), Error> {
        let call: Option<(Address, Symbol, Vec<Val>)> = e.storage().instance().get(&CALL);
        if let Some((contract, function, args)) = call {
            if let Some(signed) = e.storage().instance().get::<_, (Address, Vec<Val>)>(&SIGNED) {
                let (contract, args) = signed;
                let context =
                    ContractContext { contract, fn_name: symbol_short!("transfer"), args };
                let transfer = SubContractInvocation { context, sub_invocations: vec![&e] };
                e.authorize_as_current_contract(vec![
                    &e,
                    InvokerContractAuthEntry::Contract(transfer),
                ]);
            }
            let answer = e.try_invoke_contract::<Val, Error>(&contract, &function, args);
            let answer = answer.ok().and_then(Result::ok).unwrap_or(Val::VOID.into());
            e.storage().instance().set(&ANSWER, &answer);
        }
        Ok(())
    }
}

struct Attack<'a> {
    world: &'a World,
    account: Address,
    nonce: Cell<i64>,
}

impl<'a> Attack<'a> {
    fn new(world: &'a World) -> Self {
        Self { world, account: world.e.register(Within, ()), nonce: Cell::new(0) }
    }

    /// Calls a contract in the account's name, which calls another one when it is to sign. Returns
    /// what that answered.
    fn make(&self, outer: (&Address, &str, Vec<Val>), inner: (&Address, &str, Vec<Val>)) -> Val {
        let e = &self.world.e;
        let account = WithinClient::new(e, &self.account);
        account.set(inner.0, &Symbol::new(e, inner.1), &inner.2);
        let (contract, function, args) = outer;
        let xdr_args: std::vec::Vec<ScVal> =
            args.iter().map(|arg| ScVal::try_from_val(e, &arg).expect("an argument")).collect();
        let call = InvokeContractArgs {
            contract_address: contract.into(),
            function_name: ScSymbol(function.try_into().expect("a name")),
            args: xdr_args.try_into().expect("few"),
        };
        e.set_auths(&[SorobanAuthorizationEntry {
            credentials: SorobanCredentials::Address(SorobanAddressCredentials {
                address: (&self.account).into(),
                nonce: self.nonce.replace(self.nonce.get() + 1),
                signature_expiration_ledger: e.ledger().sequence() + 100,
                signature: ScVal::Void,
            }),
            root_invocation: SorobanAuthorizedInvocation {
                function: SorobanAuthorizedFunction::ContractFn(call),
                sub_invocations: VecM::default(),
            },
        }]);
        let done = e.try_invoke_contract::<Val, Error>(contract, &Symbol::new(e, function), args);
        e.set_auths(&[]);
        assert!(matches!(done, Ok(Ok(_))), "{function}: {done:?}");
        account.answer()
    }
}

#[test]
fn who_calls_from_within_alerting_is_stopped_by_the_guard_all_the_same() {
    let world = World::new();
    let attack = Attack::new(&world);
    let e = &world.e;
    open(&world, &world.owner, &world.stream(FUNCTION));
    let rule = create(&world, &world.owner, &spec(&world));
    let target = RuleTarget { rule, stream: world.stream(FUNCTION) };
    let account = &attack.account;
    world.must(
        &world.holder,
        &world.token,
        "transfer",
        (world.holder.clone(), account.clone(), 10 * PREMIUM),
    );
    let transfer = (account.clone(), world.pool.clone(), PREMIUM).into_val(e);
    WithinClient::new(e, account).sign(&world.token, &transfer);
    let buy = |number: u32| -> (&Address, &str, Vec<Val>) {
        (&world.pool, "buy_policy", (account.clone(), number, COVER).into_val(e))
    };
    // From within a contract that the pool does not ask whether to stop it sells, but what is entered
    // already records nothing.
    let recorded = || world.monitor().hot(&world.stream("buy_policy"));
    let before = recorded();
    let flush = (account.clone(), vec![e, target.stream.clone()], 0u32).into_val(e);
    let sold = attack.make((&world.monitor, "flush", flush), buy(1));
    assert_eq!(i128::try_from_val(e, &sold), Ok(PREMIUM));
    assert_eq!(recorded(), before);
    assert_eq!(world.buy(1), Ok(PREMIUM));
    assert_ne!(recorded(), before);
    let evaluate = (account.clone(), vec![e, target], world.alerting().closed_slot()).into_val(e);
    let refused = attack.make((&world.alerting, "evaluate", evaluate), buy(2));
    assert!(refused.is_void(), "the pool sold although nothing answered its guard");
}

#[test]
fn who_calls_from_within_performance_monitor_makes_no_alert_of_anothers_fail() {
    let world = World::new();
    let attack = Attack::new(&world);
    let e = &world.e;
    open(&world, &world.owner, &world.stream(FUNCTION));
    let rule = create(&world, &world.owner, &RuleSpec { for_s: 0, ..spec(&world) });
    let target = RuleTarget { rule, stream: world.stream(FUNCTION) };
    record(&world, &target.stream, 1_000_000);
    world.advance(CLOSES_S);
    assert_eq!(evaluate(&world, &world.owner, &[&target])[0].outcome, Outcome::Evaluated);
    world.advance(CLOSES_S);
    let before = world.stored(&[&world.alerting]);
    let guard = world.alerting().guard(&world.pool);
    let nothing: Vec<Val> =
        (attack.account.clone(), vec![e, target.stream.clone()], 0u32).into_val(e);
    let evil: Vec<Val> =
        (attack.account.clone(), vec![e, target.clone()], world.alerting().closed_slot())
            .into_val(e);
    let answer =
        attack.make((&world.monitor, "flush", nothing), (&world.alerting, "evaluate", evil));
    let answers = Vec::<u64>::try_from_val(e, &answer).expect("evaluations");
    let outcome = lumenscope_interfaces::alerting::Evaluation::unpacked(answers.get_unchecked(0));
    assert_eq!(outcome.map(|of| of.outcome), Some(Outcome::SourceFailed));
    assert!(world.stored(&[&world.alerting]) == before, "a stranger wrote into another's alert");
    assert_eq!(world.alerting().guard(&world.pool), guard);
    assert_ne!(guard, GuardVerdict::Unwatched);
}
