//! The administration that every contract of the suite has: one admin, three roles, a pause, and
//! upgrades that wait behind a timelock because users' calls run this code.
//!
//! A contract gets all of it with a few lines: it implements [`Schema`], calls [`construct`] in its
//! constructor and exports [`Governance`] as it stands. The two-step transfer and its events are
//! OpenZeppelin's. Roles and the pause are ours, in one value of the instance storage, which needs
//! no lifetime of its own and shows every holder in one read; OpenZeppelin's did not fit
//! (`docs/decisions/base-of-a-contract.md` has the measurements).
//!
//! A pause stops the creation and change of objects. It never stops recording or reading, which
//! would break callers in flight, nor what is declared here, which is what ends an emergency.
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
    Address, BytesN, Env, Map, Symbol, TryFromVal, Val, contracterror, contractevent,
    contracttrait, contracttype, panic_with_error, symbol_short,
};
use stellar_access::access_control::{
    emit_admin_transfer_completed, emit_admin_transfer_initiated,
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
    /// The contract was not constructed.
    NotConstructed = 3507,
    /// As many accounts hold roles as may: revoke one first.
    TooManyRoleHolders = 3508,
}

/// The state of administration, besides the admin and the roles.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Administration {
    /// Whether the creation and change of objects is stopped.
    pub paused: bool,
    /// The bits of the roles that each account holds ([`Role::bit`]), at most 16 accounts.
    pub roles: Map<Address, u32>,
    /// Version of the shape of what is stored.
    pub schema_version: u32,
    /// Seconds between the proposal of an upgrade and its application, fixed at construction.
    pub upgrade_delay_s: u64,
    /// SHA-256 of the wasm of the proposed upgrade.
    pub upgrade_hash: Option<BytesN<32>>,
    /// Unix time in seconds from which the proposed upgrade may be applied; 0 without one.
    pub upgrade_ready_at_s: u64,
}

/// The contract was paused or unpaused.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PauseChanged {
    /// The admin who did it.
    #[topic]
    pub admin: Address,
    /// Whether the contract is paused now.
    pub paused: bool,
}

/// An account was given or lost a role.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RolesChanged {
    /// The admin who did it.
    #[topic]
    pub admin: Address,
    /// Whose roles changed.
    #[topic]
    pub account: Address,
    /// The bits of the roles that the account holds now.
    pub roles: u32,
}

/// An upgrade was proposed, cancelled or applied.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UpgradeChanged {
    /// The admin who did it.
    #[topic]
    pub admin: Address,
    /// `proposed`, `cancelled` or `applied`.
    #[topic]
    pub step: Symbol,
    /// SHA-256 of the wasm.
    pub wasm_hash: BytesN<32>,
    /// Unix time in seconds from which it may be applied.
    pub ready_at_s: u64,
}

/// Stored state was brought to the code's schema version.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SchemaMigrated {
    /// The admin who did it.
    #[topic]
    pub admin: Address,
    /// Version before.
    pub from: u32,
    /// Version now.
    pub to: u32,
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
        emit_admin_transfer_initiated(e, &admin, &new_admin, live_until_ledger);
    }

    /// Takes the administration offered; the new admin authorises it.
    fn accept_admin(e: &Env) {
        let previous: Address = stored(e, &ADMIN);
        let admin = role_transfer::accept_transfer(e, &ADMIN, &PENDING_ADMIN);
        emit_admin_transfer_completed(e, &previous, &admin);
    }

    /// Gives `account` a role.
    fn grant_role(e: &Env, account: Address, role: Role) {
        set_role(e, account, role, true);
    }

    /// Takes a role from `account`.
    fn revoke_role(e: &Env, account: Address, role: Role) {
        set_role(e, account, role, false);
    }

    /// Whether `account` holds a role.
    fn has_role(e: &Env, account: Address, role: Role) -> bool {
        roles_of(&load(e), &account) & role.bit() != 0
    }

    /// Stops the creation and change of objects; never recording or reading.
    fn pause(e: &Env) {
        set_paused(e, true);
    }

    /// Ends a pause.
    fn unpause(e: &Env) {
        set_paused(e, false);
    }

    /// Whether the contract is paused.
    fn paused(e: &Env) -> bool {
        load(e).paused
    }

    /// Pause, roles, schema version, and the upgrade that waits.
    fn administration(e: &Env) -> Administration {
        load(e)
    }

    /// Proposes an upgrade; its wait begins anew.
    fn propose_upgrade(e: &Env, wasm_hash: BytesN<32>) {
        let admin = require_admin(e);
        let mut state = load(e);
        let ready_at_s = e.ledger().timestamp().saturating_add(state.upgrade_delay_s);
        state.upgrade_ready_at_s = ready_at_s;
        state.upgrade_hash = Some(wasm_hash.clone());
        save(e, &state);
        UpgradeChanged { admin, step: symbol_short!("proposed"), wasm_hash, ready_at_s }.publish(e);
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
        let from = state.schema_version;
        if from >= Self::VERSION {
            panic_with_error!(e, GovernanceError::NothingToChange);
        }
        Self::migrate_from(e, from);
        state.schema_version = Self::VERSION;
        save(e, &state);
        SchemaMigrated { admin, from, to: Self::VERSION }.publish(e);
    }

    /// Extends the life of the contract's instance and code towards 150 days, by at most 31;
    /// anybody may call and pays for it.
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
    save(
        e,
        &Administration {
            paused: false,
            roles: Map::new(e),
            schema_version: C::VERSION,
            upgrade_delay_s,
            upgrade_hash: None,
            upgrade_ready_at_s: 0,
        },
    );
}

/// Has the admin authorise the call and returns it.
///
/// # Errors
///
/// * [`GovernanceError::NotConstructed`]
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
    if roles_of(&load(e), caller) & role.bit() == 0 && stored::<Address>(e, &ADMIN) != *caller {
        panic_with_error!(e, GovernanceError::RoleRequired);
    }
}

/// Refuses the call while the contract is paused.
///
/// # Errors
///
/// * [`GovernanceError::Paused`]
pub fn require_not_paused(e: &Env) {
    if load(e).paused {
        panic_with_error!(e, GovernanceError::Paused);
    }
}

fn stored<T: TryFromVal<Env, Val>>(e: &Env, key: &Symbol) -> T {
    let value = e.storage().instance().get(key);
    value.unwrap_or_else(|| panic_with_error!(e, GovernanceError::NotConstructed))
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

fn roles_of(state: &Administration, account: &Address) -> u32 {
    state.roles.get(account.clone()).unwrap_or(0)
}

fn set_role(e: &Env, account: Address, role: Role, granted: bool) {
    let admin = require_admin(e);
    let mut state = load(e);
    let held = roles_of(&state, &account);
    let roles = if granted { held | role.bit() } else { held & !role.bit() };
    if roles == held {
        panic_with_error!(e, GovernanceError::NothingToChange);
    }
    if roles == 0 {
        state.roles.remove(account.clone());
    } else {
        state.roles.set(account.clone(), roles);
    }
    if state.roles.len() > ROLE_HOLDERS_MAX {
        panic_with_error!(e, GovernanceError::TooManyRoleHolders);
    }
    save(e, &state);
    RolesChanged { admin, account, roles }.publish(e);
}

fn take_upgrade(e: &Env, step: Symbol) -> (BytesN<32>, u64) {
    let admin = require_admin(e);
    let mut state = load(e);
    let ready_at_s = state.upgrade_ready_at_s;
    let Some(wasm_hash) = state.upgrade_hash.take() else {
        panic_with_error!(e, GovernanceError::NoUpgradeProposed);
    };
    state.upgrade_ready_at_s = 0;
    save(e, &state);
    UpgradeChanged { admin, step, wasm_hash: wasm_hash.clone(), ready_at_s }.publish(e);
    (wasm_hash, ready_at_s)
}

fn set_paused(e: &Env, paused: bool) {
    let admin = require_admin(e);
    let mut state = load(e);
    if state.paused == paused {
        panic_with_error!(e, GovernanceError::NothingToChange);
    }
    state.paused = paused;
    save(e, &state);
    PauseChanged { admin, paused }.publish(e);
}
