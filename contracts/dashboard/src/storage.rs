//! Every access to the ledger: keys, entries, their life.
//!
//! Persistent entries are created with the network's minimum life of 120 days. Nothing here extends
//! it: the network's own operation does, for anyone and without running this code.

use lumenscope_interfaces::dashboard::{Dashboard, DashboardError, UserPreferences};
use soroban_sdk::{Address, BytesN, Env, IntoVal, Map, Symbol, TryFromVal, Val, symbol_short};

use crate::refusal::refuse;

/// The contracts that widgets read, by name.
const LINKS: Symbol = symbol_short!("links");
/// How many dashboards an owner ever created.
const COUNT: Symbol = symbol_short!("count");
/// A dashboard.
const DASHBOARD: Symbol = symbol_short!("dashboard");
/// A widget.
const WIDGET: Symbol = symbol_short!("widget");
/// A user's preferences.
const PREFERENCES: Symbol = symbol_short!("user");

/// The key of a persistent entry: what it is, whose, and which one.
type Key = (Symbol, Val, u32);

/// The contracts that widgets read. They are configuration, and live in the instance.
pub fn links(e: &Env) -> Map<Symbol, Address> {
    e.storage().instance().get(&LINKS).unwrap_or_else(|| Map::new(e))
}

pub fn set_links(e: &Env, links: &Map<Symbol, Address>) {
    e.storage().instance().set(&LINKS, links);
}

pub fn count(e: &Env, owner: &Address) -> u32 {
    get(e, &(COUNT, owner.to_val(), 0)).unwrap_or(0)
}

pub fn set_count(e: &Env, owner: &Address, count: u32) {
    set(e, &(COUNT, owner.to_val(), 0), count);
}

pub fn dashboard(e: &Env, id: &BytesN<32>) -> Dashboard {
    let dashboard = get(e, &(DASHBOARD, id.to_val(), 0));
    dashboard.unwrap_or_else(|| refuse(e, DashboardError::DashboardUnknown))
}

pub fn set_dashboard(e: &Env, id: &BytesN<32>, dashboard: &Dashboard) {
    set(e, &(DASHBOARD, id.to_val(), 0), dashboard);
}

/// A widget, as `Widget` or, to be passed on, as it is stored.
pub fn widget<T: TryFromVal<Env, Val>>(e: &Env, id: &BytesN<32>, slot: u32) -> T {
    let widget = get(e, &(WIDGET, id.to_val(), slot));
    widget.unwrap_or_else(|| refuse(e, DashboardError::WidgetUnknown))
}

/// Stores a widget, given as either.
pub fn set_widget<T: IntoVal<Env, Val>>(e: &Env, id: &BytesN<32>, slot: u32, widget: T) {
    set(e, &(WIDGET, id.to_val(), slot), widget);
}

pub fn remove_widget(e: &Env, id: &BytesN<32>, slot: u32) {
    e.storage().persistent().remove(&(WIDGET, id.to_val(), slot));
}

pub fn preferences(e: &Env, user: &Address) -> Option<UserPreferences> {
    get(e, &(PREFERENCES, user.to_val(), 0))
}

pub fn set_preferences(e: &Env, user: &Address, preferences: &UserPreferences) {
    set(e, &(PREFERENCES, user.to_val(), 0), preferences);
}

fn get<T: TryFromVal<Env, Val>>(e: &Env, key: &Key) -> Option<T> {
    e.storage().persistent().get(key)
}

fn set<T: IntoVal<Env, Val>>(e: &Env, key: &Key, value: T) {
    e.storage().persistent().set(key, &value);
}
