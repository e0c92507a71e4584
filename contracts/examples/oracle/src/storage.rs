//! Every storage access of the oracle.

use soroban_sdk::{Address, Env, Symbol, contracttype};

use crate::types::Price;

/// Ledgers in a day.
const DAY_LEDGERS: u32 = 17_280;
/// Prices and updaters are kept alive by who tells prices, for this long.
const LIFE_LEDGERS: u32 = 150 * DAY_LEDGERS;
/// Only below this: an extension pays for the write of a 48 B entry.
const LIFE_THRESHOLD_LEDGERS: u32 = 100 * DAY_LEDGERS;

#[contracttype]
enum Key {
    Admin,
    Paused,
    Updater(Address),
    Price(Symbol),
}

pub fn set_admin(e: &Env, admin: &Address) {
    e.storage().instance().set(&Key::Admin, admin);
}

/// `None` before the constructor ran.
pub fn admin(e: &Env) -> Option<Address> {
    e.storage().instance().get(&Key::Admin)
}

pub fn set_paused(e: &Env, paused: bool) {
    e.storage().instance().set(&Key::Paused, &paused);
}

pub fn is_paused(e: &Env) -> bool {
    e.storage().instance().get(&Key::Paused).unwrap_or(false)
}

pub fn set_updater(e: &Env, updater: &Address, allowed: bool) {
    let key = Key::Updater(updater.clone());
    if allowed {
        e.storage().persistent().set(&key, &());
    } else {
        e.storage().persistent().remove(&key);
    }
}

/// Whether the address may tell prices. One that may is kept alive.
pub fn is_updater(e: &Env, updater: &Address) -> bool {
    let key = Key::Updater(updater.clone());
    let is_updater = e.storage().persistent().has(&key);
    if is_updater {
        e.storage().persistent().extend_ttl(&key, LIFE_THRESHOLD_LEDGERS, LIFE_LEDGERS);
    }
    is_updater
}

pub fn set_price(e: &Env, asset: &Symbol, price: &Price) {
    let key = Key::Price(asset.clone());
    e.storage().persistent().set(&key, price);
    e.storage().persistent().extend_ttl(&key, LIFE_THRESHOLD_LEDGERS, LIFE_LEDGERS);
}

pub fn price(e: &Env, asset: &Symbol) -> Option<Price> {
    e.storage().persistent().get(&Key::Price(asset.clone()))
}
