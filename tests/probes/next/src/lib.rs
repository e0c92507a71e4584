//! Code that comes after any of the suite's contracts: its administration, and a schema above theirs
//! with a migration that notes what it found.
#![no_std]
use lumenscope_interfaces::governance::{Administration, Governance, Role, Schema};
use soroban_sdk::{Address, BytesN, Env, Symbol, contract, contractimpl, symbol_short};

const MIGRATED: Symbol = symbol_short!("migrated");

/// The contract.
#[contract]
pub struct Next;

#[contractimpl]
impl Next {
    /// The schema that the migration found.
    pub fn migrated_from(e: &Env) -> Option<u32> {
        e.storage().instance().get(&MIGRATED)
    }
}

impl Schema for Next {
    const VERSION: u32 = 2;

    fn migrate_from(e: &Env, from: u32) {
        e.storage().instance().set(&MIGRATED, &from);
    }
}

#[contractimpl(contracttrait)]
impl Governance for Next {}
