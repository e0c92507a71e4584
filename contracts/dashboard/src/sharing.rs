//! Who may see a dashboard besides its owner, where it is listed, and how it changes hands.

use lumenscope_interfaces::common::PAGE_ITEMS_MAX;
use lumenscope_interfaces::dashboard::{
    DashboardAccess, DashboardError, LINK_LIFE_MAX_S, LINKS_MAX, MEMBERS_MAX,
};
use soroban_sdk::{Address, BytesN, Env, Map, Symbol, Val, Vec, symbol_short};

use crate::access::owned;
use crate::board::{Board, field};
use crate::edits::{self, finish};
use crate::raw::{number_at, typed};
use crate::refusal::{refuse, require};
use crate::storage;

/// Whose the list of public dashboards is.
pub const NOBODY: Val = Val::VOID.to_val();

/// Sets what an account may do, or (void) everybody.
pub fn share(e: &Env, id: &Val, account: &Val, access: &Val) {
    let mut board = owned(e, id);
    let level: u32 = typed(e, access);
    require(e, level <= DashboardAccess::Edit as u32, DashboardError::ShapeInvalid);
    if account.is_void() {
        require(e, level != DashboardAccess::Edit as u32, DashboardError::AccessInvalid);
        publish(e, id, &mut board, level);
    } else {
        let account: Address = typed(e, account);
        require(e, account != board.owner(), DashboardError::AccessInvalid);
        let mut members: Map<Address, Val> = board.get(field::MEMBERS);
        members.remove(account.clone());
        if level != DashboardAccess::None as u32 {
            members.set(account, *access);
        }
        require(e, members.len() <= MEMBERS_MAX, DashboardError::TooManyMembers);
        board.set(field::MEMBERS, members);
    }
    tell(e, id, symbol_short!("shared"), &[*account, *access], &board);
}

/// Puts a dashboard into the directory (1), or takes it out (0).
pub fn publish(e: &Env, id: &Val, board: &mut Board, public: u32) {
    let listed = number_at(&board.fields, field::LISTED);
    if listed.min(1) == public {
        return;
    }
    let mut number = 0;
    if listed == 0 {
        number = storage::count(e, &NOBODY) + 1;
        storage::set_count(e, &NOBODY, number);
        storage::set_listed(e, &NOBODY, number - 1, id);
    } else {
        storage::remove_listed(e, &NOBODY, listed - 1);
    }
    board.set(field::LISTED, number);
}

/// Sets until when the secret of a share link lets see a dashboard.
pub fn link(e: &Env, id: &Val, link: &Val, expires_s: &Val) {
    let mut board = owned(e, id);
    let mut links: Map<BytesN<32>, Val> = board.get(field::LINKS);
    let (hash, until_s): (BytesN<32>, u64) = (typed(e, link), typed(e, expires_s));
    if until_s == 0 {
        require(e, links.remove(hash).is_some(), DashboardError::LinkExpired);
    } else {
        let left_s = until_s.saturating_sub(e.ledger().timestamp());
        let lives = left_s > 0 && left_s <= LINK_LIFE_MAX_S;
        require(e, lives, DashboardError::ExpiryInvalid);
        links.set(hash, *expires_s);
        require(e, links.len() <= LINKS_MAX, DashboardError::TooManyMembers);
    }
    board.set(field::LINKS, links);
    tell(e, id, symbol_short!("linked"), &[*link, *expires_s], &board);
}

/// Offers a dashboard, or (void) does not any more.
pub fn offer(e: &Env, id: &Val, heir: &Val) {
    let mut board = owned(e, id);
    let account: Option<Address> = typed(e, heir);
    let known = account != Some(board.owner());
    require(e, known, DashboardError::AccessInvalid);
    board.set(field::HEIR, heir);
    tell(e, id, symbol_short!("offered"), &[*heir], &board);
}

/// Stores what its owner did to a dashboard, and tells of it.
fn tell(e: &Env, id: &Val, change: Symbol, what: &[Val], board: &Board) {
    finish(e, id, board.owner().as_val(), change, what, board);
}

/// Makes the dashboard the heir's, who authorises.
pub fn accept(e: &Env, id: &Val) {
    let mut board = storage::board(e, id);
    let heir: Option<Address> = board.get(field::HEIR);
    let Some(heir) = heir else { refuse(e, DashboardError::NothingOffered) };
    heir.require_auth();
    let mut members: Map<Address, Val> = board.get(field::MEMBERS);
    members.remove(heir.clone());
    board.set(field::MEMBERS, members);
    board.set(field::HEIR, NOBODY);
    board.set(field::OWNER, heir.to_val());
    let place = storage::count(e, heir.as_val());
    storage::set_count(e, heir.as_val(), place + 1);
    storage::set_listed(e, heir.as_val(), place, id);
    tell(e, id, symbol_short!("accepted"), &[], &board);
}

/// A page of an owner's list, or (of nobody) of the directory, in which those that are private again
/// are void.
#[inline(never)]
pub fn page(e: &Env, whose: &Val, start: u32, limit: u32) -> Vec<Val> {
    let end = start.saturating_add(limit.min(PAGE_ITEMS_MAX)).min(storage::count(e, whose));
    let mut ids = Vec::new(e);
    for place in start..end {
        ids.push_back(match storage::listed(e, whose, place) {
            Some(id) => id,
            None if whose.is_void() => NOBODY,
            None => edits::id(e, &typed(e, whose), place).to_val(),
        });
    }
    ids
}
