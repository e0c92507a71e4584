//! Refusing, and naming things.

use lumenscope_interfaces::external_monitoring::{ConnectionError, ConnectionKind, NAME_BYTES_MAX};
use lumenscope_interfaces::governance::{Role, require_role_or_admin};
use soroban_sdk::xdr::ToXdr;
use soroban_sdk::{Address, BytesN, Env, IntoVal, String, Val, Vec, panic_with_error, vec};

/// Ends the call with an error of this contract.
pub fn refuse(e: &Env, error: ConnectionError) -> ! {
    panic_with_error!(e, error)
}

pub fn require(e: &Env, holds: bool, error: ConnectionError) {
    if !holds {
        refuse(e, error);
    }
}

pub fn require_name(e: &Env, name: &String) {
    let named = (1..=NAME_BYTES_MAX).contains(&name.len());
    require(e, named, ConnectionError::NameInvalid);
}

/// `dispatcher` authorises, and is a keeper.
pub fn require_dispatcher(e: &Env, dispatcher: &Address) {
    require_role_or_admin(e, dispatcher, Role::Keeper);
}

/// An id that no other owner can take: a hash of what it is for, its owner and the owner's count.
pub fn identify(e: &Env, kind: ConnectionKind, owner: &Address, number: u32) -> BytesN<32> {
    let parts: Vec<Val> = vec![e, kind.into_val(e), owner.to_val(), number.into_val(e)];
    e.crypto().sha256(&parts.to_xdr(e)).to_bytes()
}
