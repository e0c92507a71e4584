//! Refusing, and who may do what.

use lumenscope_interfaces::external_monitoring::{ConnectionError, NAME_BYTES_MAX, OVERLAP_MAX_S};
use lumenscope_interfaces::governance::{Role, require_role_or_admin};
use soroban_sdk::{Address, Env, String, Val, panic_with_error};

use crate::raw::typed;

/// Ends the call with an error of this contract.
#[inline(never)]
pub fn refuse(e: &Env, error: ConnectionError) -> ! {
    panic_with_error!(e, error)
}

/// Ends the call where there is no such integration, API key, responder or export.
pub fn unknown(e: &Env) -> ! {
    refuse(e, ConnectionError::Unknown)
}

#[inline(never)]
pub fn require(e: &Env, holds: bool, error: ConnectionError) {
    if !holds {
        refuse(e, error);
    }
}

pub fn require_name(e: &Env, name: Val) {
    let name: String = typed(e, name);
    let named = (1..=NAME_BYTES_MAX).contains(&name.len());
    require(e, named, ConnectionError::NameInvalid);
}

/// `dispatcher` authorises, and is a keeper.
pub fn require_dispatcher(e: &Env, dispatcher: &Address) {
    require_role_or_admin(e, dispatcher, Role::Keeper);
}

/// When an overlap of `overlap_s` that begins now ends, seconds UTC.
pub fn end_of_overlap(e: &Env, overlap_s: u64) -> u64 {
    require(e, overlap_s <= OVERLAP_MAX_S, ConnectionError::OverlapInvalid);
    e.ledger().timestamp() + overlap_s
}
