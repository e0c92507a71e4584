//! Who may do what with a dashboard.

use lumenscope_interfaces::dashboard::{DashboardAccess, DashboardError};
use soroban_sdk::{Address, BytesN, Env, Map, Symbol, Val, Vec, symbol_short};

use crate::board::{Board, field};
use crate::events::dashboard_changed;
use crate::raw::{self, list, number, tag, typed};
use crate::refusal::{refuse, require};
use crate::storage;

/// An edit was made on another version than the current one.
const STALE: Symbol = symbol_short!("stale");

/// The dashboard, which `viewer`, a `DashboardViewer`, may see.
#[inline(never)]
pub fn viewed(e: &Env, id: &Val, viewer: &Val) -> Board {
    let board = storage::board(e, id);
    if board.is_public() {
        return board;
    }
    // The name of the case, and what it holds, which tells them apart.
    let case: Vec<Val> = typed(e, viewer);
    let proof = case.get(1).unwrap_or(Val::VOID.into());
    match raw::tag(proof) {
        tag::ADDRESS => {
            let account: Address = typed(e, &proof);
            account.require_auth();
            require_access(e, &board, &proof);
        }
        tag::BYTES => {
            let secret: BytesN<32> = typed(e, &proof);
            let link = e.crypto().sha256(secret.as_ref()).to_bytes();
            let links: Map<BytesN<32>, u64> = board.get(field::LINKS);
            let expires_s = links.get(link).unwrap_or(0);
            require(e, e.ledger().timestamp() < expires_s, DashboardError::LinkExpired);
        }
        _ => refuse(e, DashboardError::NotAViewer),
    }
    board
}

/// Refuses an account that may not see the dashboard.
pub fn require_access(e: &Env, board: &Board, account: &Val) {
    let account = &typed(e, account);
    let heir: Option<Address> = board.get(field::HEIR);
    let sees = board.is_public()
        || access(board, account) != DashboardAccess::None as u32
        || heir.as_ref() == Some(account);
    require(e, sees, DashboardError::NotAViewer);
}

/// The dashboard, at the version after an edit that `editor` authorises and makes on `version`.
#[inline(never)]
pub fn edited(e: &Env, id: &Val, editor: &Val, version: &Val) -> Board {
    let editor: Address = typed(e, editor);
    editor.require_auth();
    let mut board = storage::board(e, id);
    let may = access(&board, &editor) == DashboardAccess::Edit as u32;
    require(e, may, DashboardError::NotAnEditor);
    let current = board.version();
    let next = next(current, typed(e, version)).unwrap_or_else(|error| {
        // An error is a number. What is published by a call that fails is never on the ledger, but
        // whoever simulates it sees it beside the error.
        dashboard_changed(e, id, editor, STALE, list(e, &[*version]), current);
        refuse(e, error)
    });
    board.set(field::VERSION, next);
    board
}

/// The dashboard, whose owner authorises.
#[inline(never)]
pub fn owned(e: &Env, id: &Val) -> Board {
    let board = storage::board(e, id);
    board.owner().require_auth();
    board
}

/// What an account may do, by the number of `DashboardAccess`.
#[inline(never)]
fn access(board: &Board, account: &Address) -> u32 {
    if board.owner() == *account {
        return DashboardAccess::Edit as u32;
    }
    let members: Map<Address, Val> = board.get(field::MEMBERS);
    members.get(account.clone()).map_or(DashboardAccess::None as u32, number)
}

/// The version after an edit of `current` that was made on `named`.
fn next(current: u32, named: u32) -> Result<u32, DashboardError> {
    if named != current {
        return Err(DashboardError::VersionStale);
    }
    current.checked_add(1).ok_or(DashboardError::VersionStale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_edit_of_the_current_version_goes_on() {
        assert_eq!(next(0, 0), Ok(1));
        assert_eq!(next(7, 7), Ok(8));
        assert_eq!(next(7, 6), Err(DashboardError::VersionStale));
        assert_eq!(next(7, 8), Err(DashboardError::VersionStale));
        assert_eq!(next(u32::MAX, u32::MAX), Err(DashboardError::VersionStale));
    }
}
