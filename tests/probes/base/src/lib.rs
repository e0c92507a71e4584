//! A contract with nothing but the suite's administration: what every contract pays before it
//! does anything of its own.
#![no_std]
use lumenscope_interfaces::governance::{self, Administration, Governance, Role, Schema};
use soroban_sdk::{Address, BytesN, Env, contract, contractimpl};

/// The contract.
#[contract]
pub struct Base;

#[contractimpl]
impl Base {
    /// `admin` administers; upgrades wait `upgrade_delay_s` seconds.
    pub fn __constructor(e: &Env, admin: Address, upgrade_delay_s: u64) {
        governance::construct::<Self>(e, &admin, upgrade_delay_s);
    }

    /// The checks that an administrative call makes.
    pub fn guarded(e: &Env, caller: Address) {
        governance::require_role_or_admin(e, &caller, Role::Operator);
        governance::require_not_paused(e);
    }
}

impl Schema for Base {
    const VERSION: u32 = 1;
}

#[contractimpl(contracttrait)]
impl Governance for Base {}
