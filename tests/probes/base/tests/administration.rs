//! The administration that all contracts share, tried on the contract that has nothing else.

use lumenscope_interfaces::common::DAY_LEDGERS;
use lumenscope_interfaces::governance::{
    self, Administration, Governance, GovernanceError, Governed, PUBLIC_NETWORK_ID,
    ROLE_HOLDERS_MAX, Role, Schema, UPGRADE_DELAY_DEFAULT_S, UPGRADE_DELAY_MAX_S,
    UPGRADE_DELAY_MIN_S, UPGRADE_WINDOW_S, shape,
};
use probe_base::{Base, BaseClient};
use soroban_sdk::testutils::{
    Address as _, Deployer as _, EnvTestConfig, Events as _, Ledger as _, LedgerInfo, MockAuth,
    MockAuthInvoke,
};
use soroban_sdk::{
    Address, BytesN, Env, Error, Event, Executable, FromVal, IntoVal, Map, Symbol, Val, Vec,
    contract, contractimpl, symbol_short,
};
use stellar_access::role_transfer::RoleTransferError;

const NOW_S: u64 = 1_800_000_000;
const NOW_LEDGER: u32 = 60_000_000;
const DAY_S: u64 = 86_400;

/// A ledger as the public network is: its lifetimes, a sequence and a time of today.
fn ledger() -> Env {
    let e = Env::new_with_config(EnvTestConfig { capture_snapshot_at_drop: false });
    e.ledger().set(LedgerInfo {
        timestamp: NOW_S,
        protocol_version: 28,
        sequence_number: NOW_LEDGER,
        network_id: [7; 32],
        base_reserve: 5_000_000,
        min_temp_entry_ttl: DAY_LEDGERS,
        min_persistent_entry_ttl: 120 * DAY_LEDGERS,
        max_entry_ttl: 180 * DAY_LEDGERS,
    });
    e
}

struct Stage {
    e: Env,
    id: Address,
    admin: Address,
    client: BaseClient<'static>,
}

fn stage() -> Stage {
    stage_on(ledger())
}

fn stage_on(e: Env) -> Stage {
    let admin = Address::generate(&e);
    let id = e.register(Base, (&admin, UPGRADE_DELAY_DEFAULT_S));
    let client = BaseClient::new(&e, &id);
    Stage { e, id, admin, client }
}

impl Stage {
    /// Calls `function` with the authorisation of `signer` for exactly that call, and of nobody
    /// else.
    fn call(&self, signer: &Address, function: &str, args: Vec<Val>) -> Result<(), Error> {
        let invoke = MockAuthInvoke {
            contract: &self.id,
            fn_name: function,
            args: args.clone(),
            sub_invokes: &[],
        };
        self.e.mock_auths(&[MockAuth { address: signer, invoke: &invoke }]);
        let name = Symbol::new(&self.e, function);
        let result = self.e.try_invoke_contract::<Val, Error>(&self.id, &name, args);
        self.e.mock_auths(&[]);
        match result {
            Ok(_) => Ok(()),
            Err(refused) => Err(refused.unwrap_or_else(|invoke| panic!("{invoke:?}"))),
        }
    }

    fn as_admin(&self, function: &str, args: Vec<Val>) -> Result<(), Error> {
        self.call(&self.admin, function, args)
    }

    fn account(&self) -> Address {
        Address::generate(&self.e)
    }

    fn args<T: IntoVal<Env, Vec<Val>>>(&self, args: T) -> Vec<Val> {
        args.into_val(&self.e)
    }

    fn none(&self) -> Vec<Val> {
        Vec::new(&self.e)
    }

    fn wait(&self, seconds: u64) {
        let ledgers = u32::try_from(seconds / 5).expect("a short wait");
        self.e.ledger().with_mut(|ledger| {
            ledger.timestamp += seconds;
            ledger.sequence_number += ledgers;
        });
    }

    /// The last call emitted exactly this: who did what to what, and what is stored now.
    fn assert_governed(&self, admin: &Address, act: &str, object: impl IntoVal<Env, Val>) {
        let all = self.e.events().all().filter_by_contract(&self.id);
        // From storage: after an upgrade there is no code that could be asked.
        let stored = || self.e.storage().instance().get(&symbol_short!("govern"));
        let event = Governed {
            act: Symbol::new(&self.e, act),
            admin: admin.clone(),
            object: object.into_val(&self.e),
            state: self.e.as_contract(&self.id, stored).expect("a constructed contract"),
        };
        assert_eq!(all, [event.to_xdr(&self.e, &self.id)]);
    }

    fn assert_admin_did(&self, act: &str, object: impl IntoVal<Env, Val>) {
        self.assert_governed(&self.admin, act, object);
    }

    fn paused(&self) -> bool {
        self.client.administration().paused()
    }

    /// The bits of the roles that an account holds.
    fn roles(&self, account: &Address) -> Option<u32> {
        self.client.administration().roles().get(account.clone())
    }

    /// Uploads the smallest module that the host takes; `version` makes its hash its own.
    fn upload(&self, version: u8) -> BytesN<32> {
        let mut wasm = std::vec::Vec::from(*b"\0asm\x01\0\0\0");
        let name = b"contractenvmetav0";
        let protocol = [0, 0, 0, 0, 0, 0, 0, 28, 0, 0, 0, 0];
        wasm.extend([0, (1 + name.len() + protocol.len()) as u8, name.len() as u8]);
        wasm.extend(name);
        wasm.extend(protocol);
        wasm.extend([0, 3, 1, b'v', version]);
        self.e.deployer().upload_contract_wasm(wasm.as_slice())
    }
}

fn refused(error: GovernanceError) -> Result<(), Error> {
    Err(Error::from_contract_error(error as u32))
}

#[test]
fn a_new_contract_has_its_admin_no_roles_no_pause_and_the_wait_it_was_given() {
    let Stage { e, admin, client, .. } = &stage();
    assert_eq!(client.admin(), *admin);
    let expected = shape::Administration {
        delay_s: UPGRADE_DELAY_DEFAULT_S,
        paused: false,
        ready_s: None,
        roles: Map::new(e),
        schema: Base::VERSION,
        upgrade: None,
    };
    assert_eq!(read(e, &client.administration()), expected);
}

/// The reply as one reads it who knows the spec.
fn read(e: &Env, reply: &Administration) -> shape::Administration {
    let value: Val = reply.into_val(e);
    shape::Administration::from_val(e, &value)
}

#[test]
fn what_a_reader_of_the_spec_sees_is_what_the_code_reads() {
    let s = stage();
    let (hash, account) = (s.upload(1), s.account());
    assert_eq!(s.as_admin("pause", s.none()), Ok(()));
    assert_eq!(s.as_admin("set_role", s.args((&account, Role::Auditor, true))), Ok(()));
    assert_eq!(s.as_admin("propose_upgrade", s.args((hash.clone(),))), Ok(()));
    let reply = s.client.administration();
    let seen = read(&s.e, &reply);
    assert_eq!(seen.paused, reply.paused());
    assert_eq!(seen.roles, reply.roles());
    assert_eq!(seen.schema, reply.schema());
    assert_eq!(seen.delay_s, reply.delay_s());
    assert_eq!(seen.upgrade.zip(seen.ready_s), reply.upgrade());
    assert_eq!(reply.upgrade(), Some((hash, NOW_S + UPGRADE_DELAY_DEFAULT_S)));
    assert_eq!(reply.roles(), Map::from_array(&s.e, [(account, Role::Auditor.bit())]));
}

#[test]
fn the_wait_before_upgrades_is_bounded_and_at_least_a_day_on_the_public_network() {
    let constructs = |network_id: [u8; 32], delay_s: u64| {
        let e = ledger();
        e.ledger().set_network_id(network_id);
        let admin = Address::generate(&e);
        let id = Address::generate(&e);
        e.register_at(&id, Base, (&admin, UPGRADE_DELAY_DEFAULT_S));
        e.try_as_contract::<(), Error>(&id, || {
            governance::construct::<Base>(&e, &admin, delay_s);
        })
    };
    let out_of_bounds =
        Err(Ok(Error::from_contract_error(GovernanceError::UpgradeDelayOutOfBounds as u32)));
    for (network, delay_s, expected) in [
        ([7; 32], 0, Ok(())),
        ([7; 32], UPGRADE_DELAY_MAX_S, Ok(())),
        ([7; 32], UPGRADE_DELAY_MAX_S + 1, out_of_bounds),
        ([7; 32], u64::MAX, out_of_bounds),
        (PUBLIC_NETWORK_ID, 0, out_of_bounds),
        (PUBLIC_NETWORK_ID, UPGRADE_DELAY_MIN_S - 1, out_of_bounds),
        (PUBLIC_NETWORK_ID, UPGRADE_DELAY_MIN_S, Ok(())),
        (PUBLIC_NETWORK_ID, UPGRADE_DELAY_MAX_S, Ok(())),
        (PUBLIC_NETWORK_ID, UPGRADE_DELAY_MAX_S + 1, out_of_bounds),
    ] {
        assert_eq!(constructs(network, delay_s), expected, "{network:?} {delay_s}");
    }
}

#[test]
fn a_stranger_may_do_nothing_and_neither_may_who_holds_every_role() {
    let s = stage();
    let stranger = s.account();
    let insider = s.account();
    for role in [Role::Operator, Role::Keeper, Role::Auditor] {
        assert_eq!(s.as_admin("set_role", s.args((&insider, role, true))), Ok(()));
    }
    let hash = s.upload(1);
    assert_eq!(s.as_admin("propose_upgrade", s.args((hash.clone(),))), Ok(()));
    let before = s.client.administration();
    for signer in [&stranger, &insider] {
        for (function, args) in [
            ("transfer_admin", s.args((signer, NOW_LEDGER + 10))),
            ("set_role", s.args((&stranger, Role::Operator, true))),
            ("set_role", s.args((&insider, Role::Operator, false))),
            ("pause", s.none()),
            ("unpause", s.none()),
            ("propose_upgrade", s.args((hash.clone(),))),
            ("cancel_upgrade", s.none()),
            ("apply_upgrade", s.none()),
            ("migrate", s.none()),
        ] {
            let result = s.call(signer, function, args);
            assert_eq!(result, Err(AUTHORISATION_MISSING), "{function}");
        }
    }
    assert_eq!(s.client.administration(), before);
    assert_eq!(s.client.admin(), s.admin);
}

/// How the host ends a call that lacks an authorisation.
const AUTHORISATION_MISSING: Error = Error::from_type_and_code(
    soroban_sdk::xdr::ScErrorType::Context,
    soroban_sdk::xdr::ScErrorCode::InvalidAction,
);

#[test]
fn a_role_is_given_once_and_taken_once_and_each_change_names_the_admin() {
    let s = stage();
    let account = s.account();
    let keeper = s.args((&account, Role::Keeper, true));
    let no_keeper = s.args((&account, Role::Keeper, false));
    assert_eq!(s.as_admin("set_role", keeper.clone()), Ok(()));
    s.assert_admin_did("granted", &account);
    assert_eq!(s.roles(&account), Some(Role::Keeper.bit()));
    assert_eq!(s.as_admin("set_role", keeper), refused(GovernanceError::NothingToChange));

    assert_eq!(s.as_admin("set_role", s.args((&account, Role::Auditor, true))), Ok(()));
    s.assert_admin_did("granted", &account);
    assert_eq!(s.roles(&account), Some(Role::Keeper.bit() | Role::Auditor.bit()));
    assert_eq!(s.roles(&s.account()), None);

    assert_eq!(s.as_admin("set_role", no_keeper.clone()), Ok(()));
    s.assert_admin_did("revoked", &account);
    assert_eq!(s.roles(&account), Some(Role::Auditor.bit()));
    assert_eq!(s.as_admin("set_role", no_keeper), refused(GovernanceError::NothingToChange));
    assert_eq!(s.as_admin("set_role", s.args((&account, Role::Auditor, false))), Ok(()));
    assert!(s.client.administration().roles().is_empty());
}

#[test]
fn one_account_more_than_may_hold_roles_is_refused_until_another_loses_its_own() {
    let s = stage();
    let holders: std::vec::Vec<Address> = (0..ROLE_HOLDERS_MAX).map(|_| s.account()).collect();
    for holder in &holders {
        assert_eq!(s.as_admin("set_role", s.args((holder, Role::Operator, true))), Ok(()));
    }
    let late = s.args((&s.account(), Role::Operator, true));
    let full = refused(GovernanceError::TooManyRoleHolders);
    assert_eq!(s.as_admin("set_role", late.clone()), full);
    assert_eq!(s.client.administration().roles().len(), ROLE_HOLDERS_MAX);
    assert_eq!(s.as_admin("set_role", s.args((&holders[0], Role::Keeper, true))), Ok(()));
    assert_eq!(s.as_admin("set_role", s.args((&holders[1], Role::Operator, false))), Ok(()));
    assert_eq!(s.as_admin("set_role", late), Ok(()));
}

#[test]
fn a_call_for_operators_takes_the_admin_and_operators_with_their_own_authorisation() {
    let s = stage();
    let [operator, keeper, stranger] = [s.account(), s.account(), s.account()];
    assert_eq!(s.as_admin("set_role", s.args((&operator, Role::Operator, true))), Ok(()));
    assert_eq!(s.as_admin("set_role", s.args((&keeper, Role::Keeper, true))), Ok(()));
    for caller in [&s.admin, &operator] {
        assert_eq!(s.call(caller, "guarded", s.args((caller,))), Ok(()));
        let forged = s.call(&stranger, "guarded", s.args((caller,)));
        assert_eq!(forged, Err(AUTHORISATION_MISSING));
    }
    for caller in [&keeper, &stranger] {
        let result = s.call(caller, "guarded", s.args((caller,)));
        assert_eq!(result, refused(GovernanceError::RoleRequired));
    }
}

#[test]
fn a_pause_stops_what_asks_for_it_and_can_be_ended_while_administration_goes_on() {
    let s = stage();
    let guarded = || s.call(&s.admin, "guarded", s.args((&s.admin,)));
    assert_eq!(s.as_admin("unpause", s.none()), refused(GovernanceError::NothingToChange));
    assert_eq!(s.as_admin("pause", s.none()), Ok(()));
    s.assert_admin_did("paused", &s.id);
    assert!(s.paused());
    assert_eq!(guarded(), refused(GovernanceError::Paused));
    assert_eq!(s.as_admin("pause", s.none()), refused(GovernanceError::NothingToChange));

    assert_eq!(s.as_admin("set_role", s.args((&s.account(), Role::Keeper, true))), Ok(()));
    assert_eq!(s.as_admin("propose_upgrade", s.args((s.upload(1),))), Ok(()));

    assert_eq!(s.as_admin("unpause", s.none()), Ok(()));
    s.assert_admin_did("unpaused", &s.id);
    assert!(!s.paused());
    assert_eq!(guarded(), Ok(()));
}

#[test]
fn administration_changes_hands_only_when_the_new_admin_takes_it() {
    let s = stage();
    let [next, stranger] = [s.account(), s.account()];
    let until = NOW_LEDGER + DAY_LEDGERS;
    assert_eq!(s.as_admin("transfer_admin", s.args((&next, until))), Ok(()));
    s.assert_admin_did("offered", (&next, until));
    assert_eq!(s.client.admin(), s.admin);
    assert_eq!(s.call(&next, "pause", s.none()), Err(AUTHORISATION_MISSING));
    assert_eq!(s.call(&stranger, "accept_admin", s.none()), Err(AUTHORISATION_MISSING));
    assert_eq!(s.as_admin("accept_admin", s.none()), Err(AUTHORISATION_MISSING));

    assert_eq!(s.call(&next, "accept_admin", s.none()), Ok(()));
    s.assert_governed(&next, "accepted", &s.admin);
    assert_eq!(s.client.admin(), next);
    assert_eq!(s.as_admin("pause", s.none()), Err(AUTHORISATION_MISSING));
    assert_eq!(s.call(&next, "pause", s.none()), Ok(()));
    assert!(s.call(&next, "accept_admin", s.none()).is_err());
}

#[test]
fn an_offer_of_administration_ends_with_its_ledger_or_when_it_is_withdrawn() {
    let s = stage();
    let next = s.account();
    let none_pending = Err(Error::from_contract_error(RoleTransferError::NoPendingTransfer as u32));
    assert_eq!(s.call(&next, "accept_admin", s.none()), none_pending);

    assert_eq!(s.as_admin("transfer_admin", s.args((&next, NOW_LEDGER + 10))), Ok(()));
    assert_eq!(s.as_admin("transfer_admin", s.args((&next, 0u32))), Ok(()));
    assert_eq!(s.call(&next, "accept_admin", s.none()), none_pending);

    assert_eq!(s.as_admin("transfer_admin", s.args((&next, NOW_LEDGER + 10))), Ok(()));
    s.wait(5 * 11);
    let expired = Err(Error::from_contract_error(RoleTransferError::TransferExpired as u32));
    assert_eq!(s.call(&next, "accept_admin", s.none()), expired);
    assert_eq!(s.client.admin(), s.admin);
}

#[test]
fn an_upgrade_waits_as_long_as_it_was_constructed_to() {
    let s = stage();
    let hash = s.upload(1);
    let ready_s = NOW_S + UPGRADE_DELAY_DEFAULT_S;
    let none_proposed = refused(GovernanceError::NoUpgradeProposed);
    assert_eq!(s.as_admin("apply_upgrade", s.none()), none_proposed);
    assert_eq!(s.as_admin("cancel_upgrade", s.none()), none_proposed);
    assert_eq!(s.as_admin("propose_upgrade", s.args((hash.clone(),))), Ok(()));
    s.assert_admin_did("proposed", &hash);

    s.wait(UPGRADE_DELAY_DEFAULT_S - 1);
    assert_eq!(s.as_admin("apply_upgrade", s.none()), refused(GovernanceError::UpgradeTooEarly));
    assert_eq!(s.client.administration().upgrade(), Some((hash.clone(), ready_s)));
    s.wait(1);
    assert_eq!(s.as_admin("apply_upgrade", s.none()), Ok(()));
    s.assert_admin_did("applied", &hash);
    assert_eq!(s.id.executable(), Some(Executable::Wasm(hash)));
}

#[test]
fn a_second_proposal_waits_anew_and_a_cancelled_one_is_gone() {
    let s = stage();
    let [first, second] = [s.upload(1), s.upload(2)];
    assert_eq!(s.as_admin("propose_upgrade", s.args((first,))), Ok(()));
    s.wait(UPGRADE_DELAY_DEFAULT_S - 1);
    assert_eq!(s.as_admin("propose_upgrade", s.args((second.clone(),))), Ok(()));
    s.wait(1);
    assert_eq!(s.as_admin("apply_upgrade", s.none()), refused(GovernanceError::UpgradeTooEarly));
    let ready_s = NOW_S + 2 * UPGRADE_DELAY_DEFAULT_S - 1;
    assert_eq!(s.client.administration().upgrade(), Some((second.clone(), ready_s)));
    assert_eq!(s.as_admin("cancel_upgrade", s.none()), Ok(()));
    s.assert_admin_did("cancelled", &second);
    assert_eq!(s.client.administration().upgrade(), None);
    s.wait(UPGRADE_DELAY_DEFAULT_S);
    assert_eq!(s.as_admin("apply_upgrade", s.none()), refused(GovernanceError::NoUpgradeProposed));
}

#[test]
fn a_proposal_that_nobody_applied_in_two_weeks_is_void() {
    let s = stage();
    let hash = s.upload(1);
    assert_eq!(s.as_admin("propose_upgrade", s.args((hash.clone(),))), Ok(()));
    s.wait(UPGRADE_DELAY_DEFAULT_S + UPGRADE_WINDOW_S + 1);
    assert_eq!(s.as_admin("apply_upgrade", s.none()), refused(GovernanceError::UpgradeExpired));
    assert_eq!(s.as_admin("propose_upgrade", s.args((hash,))), Ok(()));
    s.wait(UPGRADE_DELAY_DEFAULT_S + UPGRADE_WINDOW_S);
    assert_eq!(s.as_admin("apply_upgrade", s.none()), Ok(()));
}

/// The code after an upgrade: it finds state that [`Base`] wrote.
#[contract]
struct NextBase;

#[contractimpl]
impl NextBase {
    pub fn __constructor(e: &Env, admin: Address) {
        governance::construct::<Base>(e, &admin, 0);
    }

    pub fn migrated_from(e: &Env) -> Option<u32> {
        e.storage().instance().get(&symbol_short!("from"))
    }
}

impl Schema for NextBase {
    const VERSION: u32 = 3;

    fn migrate_from(e: &Env, from: u32) {
        e.storage().instance().set(&symbol_short!("from"), &from);
    }
}

#[contractimpl(contracttrait)]
impl Governance for NextBase {}

#[test]
fn a_migration_runs_once_from_the_version_that_is_stored() {
    let e = ledger();
    let admin = Address::generate(&e);
    let id = e.register(NextBase, (&admin,));
    let s = Stage { client: BaseClient::new(&e, &id), e, id, admin };
    let next = NextBaseClient::new(&s.e, &s.id);
    assert_eq!(next.migrated_from(), None);
    assert_eq!(s.as_admin("migrate", s.none()), Ok(()));
    s.assert_admin_did("migrated", 1u32);
    assert_eq!(next.migrated_from(), Some(1));
    assert_eq!(s.client.administration().schema(), 3);
    assert_eq!(s.as_admin("migrate", s.none()), refused(GovernanceError::NothingToChange));
}

#[test]
fn anybody_extends_the_life_of_the_instance_by_a_month_a_call_up_to_150_days() {
    let s = stage();
    let days = || s.e.deployer().get_contract_instance_ttl(&s.id) / DAY_LEDGERS;
    let keep_alive = |signer: &Address| s.call(signer, "keep_alive", s.none());
    let anybody = s.account();
    s.wait(100 * DAY_S);
    assert_eq!(days(), 19);
    for expected in [50, 81, 112, 143, 150, 150] {
        assert_eq!(keep_alive(&anybody), Ok(()));
        assert_eq!(days(), expected);
    }
    s.wait(DAY_S - 10);
    assert_eq!(keep_alive(&anybody), Ok(()));
    assert_eq!(days(), 149, "an extension of less than a day is not worth its entry write");
    assert_eq!(s.e.events().all().events().len(), 0);
}
