//! Every storage access of the pool.

use soroban_sdk::{Address, Env, contracttype};

use crate::types::{Claim, ClaimKey, Policy, PolicyKey, Terms};

/// Ledgers in a day.
const DAY_LEDGERS: u32 = 17_280;
/// Policies and claims are kept alive by whoever uses them, for this long.
const LIFE_LEDGERS: u32 = 150 * DAY_LEDGERS;
/// Only below this: an extension pays for the write of a 48 B entry.
const LIFE_THRESHOLD_LEDGERS: u32 = 100 * DAY_LEDGERS;

#[contracttype]
enum Key {
    Terms,
    Paused,
    Responder,
    Policy(PolicyKey),
    Claim(ClaimKey),
    Shares(Address),
}

pub fn set_terms(e: &Env, terms: &Terms) {
    e.storage().instance().set(&Key::Terms, terms);
}

/// `None` before the constructor ran.
pub fn terms(e: &Env) -> Option<Terms> {
    e.storage().instance().get(&Key::Terms)
}

pub fn set_paused(e: &Env, paused: bool) {
    e.storage().instance().set(&Key::Paused, &paused);
}

pub fn is_paused(e: &Env) -> bool {
    e.storage().instance().get(&Key::Paused).unwrap_or(false)
}

pub fn set_responder(e: &Env, responder: &Option<Address>) {
    e.storage().instance().set(&Key::Responder, responder);
}

pub fn responder(e: &Env) -> Option<Address> {
    e.storage().instance().get::<_, Option<Address>>(&Key::Responder).flatten()
}

pub fn policy(e: &Env, key: &PolicyKey) -> Option<Policy> {
    e.storage().persistent().get(&Key::Policy(key.clone()))
}

pub fn set_policy(e: &Env, key: &PolicyKey, policy: &Policy) {
    let key = Key::Policy(key.clone());
    e.storage().persistent().set(&key, policy);
    e.storage().persistent().extend_ttl(&key, LIFE_THRESHOLD_LEDGERS, LIFE_LEDGERS);
}

pub fn claim(e: &Env, key: &ClaimKey) -> Option<Claim> {
    e.storage().persistent().get(&Key::Claim(key.clone()))
}

pub fn set_claim(e: &Env, key: &ClaimKey, claim: &Claim) {
    e.storage().persistent().set(&Key::Claim(key.clone()), claim);
}

pub fn shares(e: &Env, investor: &Address) -> i128 {
    e.storage().persistent().get(&Key::Shares(investor.clone())).unwrap_or(0)
}

pub fn set_shares(e: &Env, investor: &Address, shares: i128) {
    let key = Key::Shares(investor.clone());
    e.storage().persistent().set(&key, &shares);
    e.storage().persistent().extend_ttl(&key, LIFE_THRESHOLD_LEDGERS, LIFE_LEDGERS);
}
