//! Every access to the ledger: keys, entries, their life.
//!
//! Persistent entries are created with the network's minimum life of 120 days. Nothing here extends
//! it: the network's own operation does, for anyone and without running this code.
//!
//! A key is a vector: what it is, whose, and which one.

use lumenscope_interfaces::dashboard::{DashboardError, WIDGETS_MAX};
use soroban_sdk::{Address, Env, IntoVal, Map, Symbol, Val, Vec, symbol_short};

use crate::board::Board;
use crate::raw::{list, number, typed};
use crate::refusal::refuse;

/// The contracts that widgets read, by name.
const LINKS: Symbol = symbol_short!("links");
/// A dashboard.
const DASHBOARD: Symbol = symbol_short!("dashboard");
/// The revisions of a widget, or of a dashboard's details.
const REVISIONS: Symbol = symbol_short!("revisions");
/// A user's preferences.
const PREFERENCES: Symbol = symbol_short!("user");
/// How many there are in a list of dashboards.
const COUNT: Symbol = symbol_short!("count");
/// A dashboard in a list: an owner's, of which those that the owner created are not stored, or (of
/// nobody) the public ones.
const LISTED: Symbol = symbol_short!("listed");

/// Where the revisions of what concerns the whole dashboard lie: behind those of widgets.
pub const DETAILS_SLOT: u32 = WIDGETS_MAX;
/// Where nothing ever lies.
pub const NO_SLOT: u32 = u32::MAX;

/// The contracts that widgets read. They are configuration, and live in the instance.
pub fn links(e: &Env) -> Map<Symbol, Address> {
    e.storage().instance().get(&LINKS).unwrap_or_else(|| Map::new(e))
}

pub fn set_links(e: &Env, links: &Map<Symbol, Address>) {
    e.storage().instance().set(&LINKS, links);
}

/// How many dashboards there are in an owner's list, or in that of the public ones.
pub fn count(e: &Env, owner: &Val) -> u32 {
    get(e, COUNT, owner, 0).map_or(0, number)
}

pub fn set_count(e: &Env, owner: &Val, count: u32) {
    set(e, COUNT, owner, 0, &count.into());
}

pub fn listed(e: &Env, owner: &Val, place: u32) -> Option<Val> {
    get(e, LISTED, owner, place)
}

pub fn set_listed(e: &Env, owner: &Val, place: u32, id: &Val) {
    set(e, LISTED, owner, place, id);
}

pub fn remove_listed(e: &Env, owner: &Val, place: u32) {
    remove(e, LISTED, owner, place);
}

pub fn board(e: &Env, id: &Val) -> Board {
    match get(e, DASHBOARD, id, 0) {
        Some(fields) => Board { e: e.clone(), fields: typed(e, &fields) },
        None => refuse(e, DashboardError::DashboardUnknown),
    }
}

pub fn set_board(e: &Env, id: &Val, board: &Board) {
    set(e, DASHBOARD, id, 0, board.fields.as_val());
}

pub fn remove_board(e: &Env, id: &Val) {
    remove(e, DASHBOARD, id, 0);
}

/// The newest first; empty where there are none.
#[inline(never)]
pub fn revisions(e: &Env, id: &Val, slot: u32) -> Vec<Vec<Val>> {
    get(e, REVISIONS, id, slot).map_or_else(|| Vec::new(e), |stored| typed(e, &stored))
}

pub fn set_revisions(e: &Env, id: &Val, slot: u32, revisions: &Vec<Vec<Val>>) {
    set(e, REVISIONS, id, slot, revisions.as_val());
}

pub fn remove_revisions(e: &Env, id: &Val, slot: u32) {
    remove(e, REVISIONS, id, slot);
}

/// As they are shown; void for none.
pub fn preferences(e: &Env, user: &Address) -> Val {
    get(e, PREFERENCES, user.as_val(), 0).unwrap_or(Val::VOID.into())
}

pub fn set_preferences(e: &Env, user: &Address, preferences: &Val) {
    set(e, PREFERENCES, user.as_val(), 0, preferences);
}

fn key(e: &Env, what: Symbol, whose: &Val, which: u32) -> Vec<Val> {
    list(e, &[what.to_val(), *whose, which.into_val(e)])
}

#[inline(never)]
fn get(e: &Env, what: Symbol, whose: &Val, which: u32) -> Option<Val> {
    e.storage().persistent().get(&key(e, what, whose, which))
}

#[inline(never)]
fn set(e: &Env, what: Symbol, whose: &Val, which: u32, value: &Val) {
    e.storage().persistent().set(&key(e, what, whose, which), value);
}

#[inline(never)]
fn remove(e: &Env, what: Symbol, whose: &Val, which: u32) {
    e.storage().persistent().remove(&key(e, what, whose, which));
}
