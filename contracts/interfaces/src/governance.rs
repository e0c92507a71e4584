//! The administration that every contract of the suite has: one admin, three roles, a pause, and
//! upgrades that wait behind a timelock because users' calls run this code.
//!
//! A contract gets all of it with a few lines: it implements [`Schema`], calls [`construct`] in its
//! constructor and exports [`Governance`] as it stands. The two-step transfer is OpenZeppelin's.
//! Roles and the pause are ours, in one value of the instance storage, which needs no lifetime of
//! its own and shows every holder in one read; OpenZeppelin's did not fit
//! (`docs/decisions/base-of-a-contract.md` has the measurements). Every act publishes [`Governed`].
//!
//! A pause stops the creation of objects, and their change where that gives anybody something new:
//! alerting and dashboard let what there is be edited. It never stops recording or reading, which
//! would break callers in flight, nor taking away, nor what is declared here, which is what ends an
//! emergency.
//!
//! ```ignore
//! use lumenscope_interfaces::governance::{self, Administration, Governance, Role, Schema};
//! use soroban_sdk::{Address, BytesN, Env, contract, contractimpl};
//!
//! #[contractimpl]
//! impl MyContract {
//!     pub fn __constructor(e: &Env, admin: Address, upgrade_delay_s: u64) {
//!         governance::construct::<Self>(e, &admin, upgrade_delay_s);
//!     }
//! }
//!
//! impl Schema for MyContract {
//!     const VERSION: u32 = 1;
//! }
//!
//! #[contractimpl(contracttrait)]
//! impl Governance for MyContract {}
//! ```
use soroban_sdk::{
    Address, BytesN, Env, IntoVal, Map, SpecShakingMarker, Symbol, TryFromVal, Val, contracterror,
    contractevent, contracttrait, contracttype, panic_with_error, symbol_short,
    unwrap::UnwrapOptimized,
};
use stellar_access::role_transfer;
use stellar_contract_utils::upgradeable;

use crate::common::{DAY_LEDGERS, TTL_TARGET_LEDGERS};

const DAY_S: u64 = 86_400;
/// Least wait on the public network: a day lets those who depend on the contract notice a proposal
/// and leave.
pub const UPGRADE_DELAY_MIN_S: u64 = DAY_S;
/// Longest wait: beyond a month a repair of a fault comes too late to be one.
pub const UPGRADE_DELAY_MAX_S: u64 = 30 * DAY_S;
/// What a deployment uses unless it has a reason: three days span a weekend.
pub const UPGRADE_DELAY_DEFAULT_S: u64 = 3 * DAY_S;
/// A proposal that nobody applied within two weeks of its time is void, so that an old one cannot
/// surprise those who stopped looking at it.
pub const UPGRADE_WINDOW_S: u64 = 14 * DAY_S;
/// Network id (SHA-256 of the passphrase) of Stellar's public network.
pub const PUBLIC_NETWORK_ID: [u8; 32] = [
    0x7a, 0xc3, 0x39, 0x97, 0x54, 0x4e, 0x31, 0x75, 0xd2, 0x66, 0xbd, 0x02, 0x24, 0x39, 0xb2, 0x2c,
    0xdb, 0x16, 0x50, 0x8c, 0x01, 0x16, 0x3f, 0x26, 0xe5, 0xcb, 0x2a, 0x3e, 0x10, 0x45, 0xa9, 0x79,
];

/// Shorter extensions are skipped: each pays for the write of an entry.
pub const KEEP_ALIVE_MIN_LEDGERS: u32 = DAY_LEDGERS;
/// Most that one call pays for, whoever makes it, however long nobody came.
pub const KEEP_ALIVE_MAX_LEDGERS: u32 = 31 * DAY_LEDGERS;

/// Most accounts that hold roles: all of them live in the instance, which every call loads.
pub const ROLE_HOLDERS_MAX: u32 = 16;

// Keys of the instance storage, except for the pending admin, which is temporary.
const ADMIN: Symbol = symbol_short!("admin");
const PENDING_ADMIN: Symbol = symbol_short!("pendadmin");
const ADMINISTRATION: Symbol = symbol_short!("govern");

/// What an account may do besides what it owns.
#[contracttype]
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum Role {
    /// Acts on what its owner owns; acts on everybody's things stay with the admin.
    Operator = 0,
    /// Housekeeping that is not open to everybody.
    Keeper = 1,
    /// Reads what is for auditors; never writes.
    Auditor = 2,
}

impl Role {
    /// The role's bit in [`Administration::roles`].
    pub const fn bit(self) -> u32 {
        1 << self as u32
    }
}

/// What administration refuses. Codes 3500 to 3519.
#[contracterror]
#[derive(Copy, Clone, Debug, Eq, PartialEq, PartialOrd, Ord)]
#[repr(u32)]
pub enum GovernanceError {
    /// The caller is neither the admin nor holds the role that this call asks for.
    RoleRequired = 3500,
    /// The contract is paused.
    Paused = 3501,
    /// The wait before an upgrade is out of bounds: a day to 30 days on the public network, at
    /// most 30 days elsewhere.
    UpgradeDelayOutOfBounds = 3502,
    /// No upgrade is proposed.
    NoUpgradeProposed = 3503,
    /// The proposed upgrade's wait is not over.
    UpgradeTooEarly = 3504,
    /// The proposed upgrade was not applied within two weeks of its time: propose it again.
    UpgradeExpired = 3505,
    /// What was asked for is so already: the role is held (or not held), the contract is paused
    /// (or not), the stored state is at the code's schema version.
    NothingToChange = 3506,
    /// As many accounts hold roles as may: revoke one first.
    TooManyRoleHolders = 3507,
}

/// What the spec says of [`Administration`], and readers off the ledger decode.
pub mod shape {
    use soroban_sdk::{Address, BytesN, Map, contracttype};

    /// The state of administration, besides the admin.
    #[contracttype]
    #[derive(Clone, Debug, Eq, PartialEq)]
    pub struct Administration {
        /// Seconds between the proposal of an upgrade and its application, fixed at construction.
        pub delay_s: u64,
        /// Whether nothing new may be made.
        pub paused: bool,
        /// Unix time in seconds from which the proposed upgrade may be applied.
        pub ready_s: Option<u64>,
        /// The bits of the roles that each account holds ([`super::Role::bit`]), at most 16
        /// accounts.
        pub roles: Map<Address, u32>,
        /// Version of the shape of what is stored.
        pub schema: u32,
        /// SHA-256 of the wasm of the proposed upgrade.
        pub upgrade: Option<BytesN<32>>,
    }
}

const DELAY: Symbol = symbol_short!("delay_s");
const PAUSED: Symbol = symbol_short!("paused");
const READY: Symbol = symbol_short!("ready_s");
const ROLES: Symbol = symbol_short!("roles");
const SCHEMA: Symbol = symbol_short!("schema");
const UPGRADE: Symbol = symbol_short!("upgrade");

/// The state of administration, besides the admin: stored, returned and published as the host's
/// map that it is, of which the code reads the one field that it needs. It has all its fields at
/// all times: `stellar` reads them by their place.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Administration(Map<Symbol, Val>);

impl Administration {
    /// Whether nothing new may be made.
    pub fn paused(&self) -> bool {
        self.0.get_unchecked(PAUSED).is_true()
    }

    /// The bits of the roles that each account holds ([`Role::bit`]), at most 16 accounts.
    pub fn roles(&self) -> Map<Address, u32> {
        self.field(ROLES)
    }

    /// Version of the shape of what is stored.
    pub fn schema(&self) -> u32 {
        self.field(SCHEMA)
    }

    /// Seconds between the proposal of an upgrade and its application, fixed at construction.
    pub fn delay_s(&self) -> u64 {
        self.field(DELAY)
    }

    /// SHA-256 of the wasm of the proposed upgrade, and the Unix time in seconds from which it
    /// may be applied.
    pub fn upgrade(&self) -> Option<(BytesN<32>, u64)> {
        let proposed = !self.0.get_unchecked(UPGRADE).is_void();
        proposed.then(|| (self.field(UPGRADE), self.field(READY)))
    }

    fn field<T: TryFromVal<Env, Val>>(&self, name: Symbol) -> T {
        T::try_from_val(self.0.env(), &self.0.get_unchecked(name)).unwrap_optimized()
    }
}

impl TryFromVal<Env, Val> for Administration {
    type Error = soroban_sdk::ConversionError;

    fn try_from_val(e: &Env, value: &Val) -> Result<Self, Self::Error> {
        Map::try_from_val(e, value).map(Self)
    }
}

impl TryFromVal<Env, Administration> for Val {
    type Error = soroban_sdk::ConversionError;

    fn try_from_val(_e: &Env, value: &Administration) -> Result<Self, Self::Error> {
        Ok(value.0.to_val())
    }
}

impl TryFromVal<Env, &Administration> for Val {
    type Error = soroban_sdk::ConversionError;

    fn try_from_val(e: &Env, value: &&Administration) -> Result<Self, Self::Error> {
        Self::try_from_val(e, *value)
    }
}

impl SpecShakingMarker for Administration {
    #[inline(always)]
    fn spec_shaking_marker() {
        shape::Administration::spec_shaking_marker();
    }
}

/// An act of administration.
#[contractevent(topics = ["governed"], data_format = "single-value")]
#[derive(Clone, Debug)]
pub struct Governed {
    /// What was done: `paused`, `unpaused`, `granted` or `revoked` (a role), `proposed`,
    /// `cancelled` or `applied` (an upgrade), `migrated`, `offered` or `accepted` (administration);
    /// or a setting of the contract's own: of analytics-storage `monitor` (who stores) or `minimum`
    /// (months that everything is kept).
    #[topic]
    pub act: Symbol,
    /// The admin who did it.
    #[topic]
    pub admin: Address,
    /// To what: this contract, an account, the hash of a wasm, the schema version before, the
    /// previous admin, or the new admin and the last ledger for accepting (0 withdraws the offer);
    /// what a setting is now.
    #[topic]
    pub object: Val,
    /// What holds now.
    pub state: Administration,
}

/// The shape of a contract's stored state.
pub trait Schema {
    /// Version of the shape that this code reads and writes; the first is 1.
    const VERSION: u32;

    /// Brings instance state written at version `from` to [`Schema::VERSION`]. State that is
    /// not bounded is converted where it is next written instead.
    fn migrate_from(_e: &Env, _from: u32) {}
}

/// Entry points of administration; the admin authorises each of them unless it says otherwise.
#[contracttrait]
pub trait Governance: Schema {
    /// The admin.
    fn admin(e: &Env) -> Address {
        stored(e, &ADMIN)
    }

    /// Offers administration to `new_admin` until the ledger `live_until_ledger`; 0 withdraws it.
    fn transfer_admin(e: &Env, new_admin: Address, live_until_ledger: u32) {
        let admin = require_admin(e);
        role_transfer::transfer_role(e, &new_admin, &PENDING_ADMIN, live_until_ledger);
        let offer = (new_admin, live_until_ledger);
        publish(e, symbol_short!("offered"), admin, offer.into_val(e), load(e));
    }

    /// Takes the administration offered; the new admin authorises it.
    fn accept_admin(e: &Env) {
        let previous = Self::admin(e);
        let admin = role_transfer::accept_transfer(e, &ADMIN, &PENDING_ADMIN);
        publish(e, symbol_short!("accepted"), admin, previous.to_val(), load(e));
    }

    /// Gives `account` a role, or takes it: whether it is `held` from now on.
    fn set_role(e: &Env, account: Address, role: Role, held: bool) {
        set_role(e, account, role, held);
    }

    /// Stops what makes something new; never recording or reading.
    fn pause(e: &Env) {
        set_paused(e, symbol_short!("paused"), true);
    }

    /// Ends a pause.
    fn unpause(e: &Env) {
        set_paused(e, symbol_short!("unpaused"), false);
    }

    /// Pause, roles, schema version, and the upgrade that waits.
    fn administration(e: &Env) -> Administration {
        load(e)
    }

    /// Proposes an upgrade; its wait begins anew.
    fn propose_upgrade(e: &Env, wasm_hash: BytesN<32>) {
        let admin = require_admin(e);
        let mut state = load(e);
        let ready_s = e.ledger().timestamp().saturating_add(state.delay_s());
        state.0.set(READY, ready_s.into_val(e));
        state.0.set(UPGRADE, wasm_hash.to_val());
        commit(e, symbol_short!("proposed"), admin, wasm_hash.to_val(), state);
    }

    /// Withdraws the proposed upgrade.
    fn cancel_upgrade(e: &Env) {
        take_upgrade(e, symbol_short!("cancelled"));
    }

    /// Applies the proposed upgrade once its wait is over.
    fn apply_upgrade(e: &Env) {
        let (wasm_hash, ready_at_s) = take_upgrade(e, symbol_short!("applied"));
        let now_s = e.ledger().timestamp();
        if now_s < ready_at_s {
            panic_with_error!(e, GovernanceError::UpgradeTooEarly);
        }
        if now_s - ready_at_s > UPGRADE_WINDOW_S {
            panic_with_error!(e, GovernanceError::UpgradeExpired);
        }
        upgradeable::upgrade(e, &wasm_hash);
    }

    /// Brings the stored state to the code's version after an upgrade.
    fn migrate(e: &Env) {
        let admin = require_admin(e);
        let mut state = load(e);
        let from = state.schema();
        if from >= Self::VERSION {
            panic_with_error!(e, GovernanceError::NothingToChange);
        }
        Self::migrate_from(e, from);
        state.0.set(SCHEMA, Self::VERSION.into());
        commit(e, symbol_short!("migrated"), admin, from.into(), state);
    }

    /// Extends the life of the contract's instance and code towards 150 days, by at most 31;
    /// anybody may call and pays for it. It writes no entry, so that `stellar contract invoke`
    /// takes it for a read and does not send it, unless with `--send yes`.
    fn keep_alive(e: &Env) {
        e.deployer().extend_ttl_with_limits(
            e.current_contract_address(),
            TTL_TARGET_LEDGERS,
            KEEP_ALIVE_MIN_LEDGERS,
            KEEP_ALIVE_MAX_LEDGERS,
        );
    }
}

/// Sets up administration; for constructors only.
///
/// `upgrade_delay_s` is the wait between the proposal of an upgrade and its application. It is
/// fixed: a shorter one takes an upgrade, which waits. On the public network it is at least
/// [`UPGRADE_DELAY_MIN_S`]; a development network may have none.
///
/// # Errors
///
/// * [`GovernanceError::UpgradeDelayOutOfBounds`]
pub fn construct<C: Schema>(e: &Env, admin: &Address, upgrade_delay_s: u64) {
    if upgrade_delay_s > UPGRADE_DELAY_MAX_S
        || (upgrade_delay_s < UPGRADE_DELAY_MIN_S
            && e.ledger().network_id() == BytesN::from_array(e, &PUBLIC_NETWORK_ID))
    {
        panic_with_error!(e, GovernanceError::UpgradeDelayOutOfBounds);
    }
    e.storage().instance().set(&ADMIN, admin);
    let mut state = Map::new(e);
    state.set(DELAY, upgrade_delay_s.into_val(e));
    state.set(PAUSED, false.into());
    state.set(READY, Val::VOID.to_val());
    state.set(ROLES, Map::<Address, u32>::new(e).to_val());
    state.set(SCHEMA, C::VERSION.into());
    state.set(UPGRADE, Val::VOID.to_val());
    save(e, &Administration(state));
}

/// Has the admin authorise the call and returns it.
pub fn require_admin(e: &Env) -> Address {
    let admin: Address = stored(e, &ADMIN);
    admin.require_auth();
    admin
}

/// Has `caller` authorise the call, and refuses it unless it is the admin or holds `role`.
///
/// # Errors
///
/// * [`GovernanceError::RoleRequired`]
pub fn require_role_or_admin(e: &Env, caller: &Address, role: Role) {
    caller.require_auth();
    if !has_role(e, caller, role) && stored::<Address>(e, &ADMIN) != *caller {
        panic_with_error!(e, GovernanceError::RoleRequired);
    }
}

/// Whether `account` holds a role.
pub fn has_role(e: &Env, account: &Address, role: Role) -> bool {
    roles_of(&load(e).roles(), account) & role.bit() != 0
}

/// Refuses the call while the contract is paused.
///
/// # Errors
///
/// * [`GovernanceError::Paused`]
pub fn require_not_paused(e: &Env) {
    if load(e).paused() {
        panic_with_error!(e, GovernanceError::Paused);
    }
}

/// What the constructor stored, which the host runs with the deployment.
fn stored<T: TryFromVal<Env, Val>>(e: &Env, key: &Symbol) -> T {
    e.storage().instance().get(key).unwrap_optimized()
}

fn load(e: &Env) -> Administration {
    stored(e, &ADMINISTRATION)
}

/// The features hold for the whole module, because the linker takes the union of those of its
/// functions: memory is copied and filled by one instruction, which the network's host accepts, in
/// place of 3 KB of loops. Given as a compiler flag instead, they would keep the core library's
/// functions, built without them, from being inlined.
#[cfg_attr(target_family = "wasm", target_feature(enable = "bulk-memory,sign-ext"))]
fn save(e: &Env, state: &Administration) {
    e.storage().instance().set(&ADMINISTRATION, state);
}

/// Publishes that the admin changed a setting of the contract's own.
pub fn tell(e: &Env, act: Symbol, admin: Address, object: Val) {
    publish(e, act, admin, object, load(e));
}

#[inline(never)]
fn publish(e: &Env, act: Symbol, admin: Address, object: Val, state: Administration) {
    Governed { act, admin, object, state }.publish(e);
}

fn commit(e: &Env, act: Symbol, admin: Address, object: Val, state: Administration) {
    save(e, &state);
    publish(e, act, admin, object, state);
}

fn roles_of(roles: &Map<Address, u32>, account: &Address) -> u32 {
    roles.get(account.clone()).unwrap_or(0)
}

/// Gives `account` a role, or takes it, as [`Governance::set_role`]: for a contract that remembers it
/// in a log of its own. Returns the admin, who authorised it.
///
/// # Errors
///
/// * [`GovernanceError::NothingToChange`]
/// * [`GovernanceError::TooManyRoleHolders`]
pub fn set_role(e: &Env, account: Address, role: Role, granted: bool) -> Address {
    let admin = require_admin(e);
    let mut state = load(e);
    let mut roles = state.roles();
    let held = roles_of(&roles, &account);
    let holds = if granted { held | role.bit() } else { held & !role.bit() };
    if holds == held {
        panic_with_error!(e, GovernanceError::NothingToChange);
    }
    if holds == 0 {
        roles.remove_unchecked(account.clone());
    } else {
        roles.set(account.clone(), holds);
    }
    if roles.len() > ROLE_HOLDERS_MAX {
        panic_with_error!(e, GovernanceError::TooManyRoleHolders);
    }
    state.0.set(ROLES, roles.to_val());
    let act = if granted { symbol_short!("granted") } else { symbol_short!("revoked") };
    commit(e, act, admin.clone(), account.to_val(), state);
    admin
}

fn take_upgrade(e: &Env, act: Symbol) -> (BytesN<32>, u64) {
    let admin = require_admin(e);
    let mut state = load(e);
    let Some((wasm_hash, ready_at_s)) = state.upgrade() else {
        panic_with_error!(e, GovernanceError::NoUpgradeProposed);
    };
    state.0.set(UPGRADE, Val::VOID.to_val());
    state.0.set(READY, Val::VOID.to_val());
    commit(e, act, admin, wasm_hash.to_val(), state);
    (wasm_hash, ready_at_s)
}

fn set_paused(e: &Env, act: Symbol, paused: bool) {
    let admin = require_admin(e);
    let mut state = load(e);
    if state.paused() == paused {
        panic_with_error!(e, GovernanceError::NothingToChange);
    }
    state.0.set(PAUSED, paused.into());
    commit(e, act, admin, e.current_contract_address().to_val(), state);
}
