//! What integrations and API keys have in common: how they come, go and are listed.

use lumenscope_interfaces::external_monitoring::{CONNECTIONS_PAGE_MAX, ConnectionKind, change};
use soroban_sdk::{Address, BytesN, Env, FromVal, Symbol, Val, Vec};

use crate::access::unknown;
use crate::events::ConnectionChanged;
use crate::storage;

/// Stores what an owner changed, and tells of it.
pub fn save(
    e: &Env,
    owner: &Address,
    kind: ConnectionKind,
    id: &BytesN<32>,
    connection: Val,
    change: Symbol,
) {
    storage::save(e, kind, id, connection);
    tell(e, owner, kind, id, change);
}

/// Tells what an owner did to something of theirs.
pub fn tell(e: &Env, owner: &Address, kind: ConnectionKind, id: &BytesN<32>, change: Symbol) {
    let (owner, actor) = (owner.clone(), owner.clone());
    ConnectionChanged { owner, id: id.clone(), kind, actor, change }.publish(e);
}

/// The owner, who authorises.
pub fn require_owner_of(e: &Env, kind: ConnectionKind, id: &BytesN<32>) -> Address {
    let Some(owner) = storage::owner(e, kind, id) else { unknown(e) };
    owner.require_auth();
    owner
}

pub fn remove(e: &Env, kind: ConnectionKind, id: BytesN<32>) {
    let owner = require_owner_of(e, kind, &id);
    storage::remove(e, kind, &id);
    tell(e, &owner, kind, &id, change::REMOVED);
}

/// One page of what an owner has, not decoded: it lies in storage as it is returned.
pub fn page<C>(e: &Env, kind: ConnectionKind, owner: Address, start: u32, limit: u32) -> Vec<C>
where
    Vec<C>: FromVal<Env, Val>,
{
    Vec::<C>::from_val(e, &stored_page(e, kind, owner, start, limit).to_val())
}

fn stored_page(e: &Env, kind: ConnectionKind, owner: Address, start: u32, limit: u32) -> Vec<Val> {
    let count = storage::count(e, kind, &owner);
    let end = count.min(start.saturating_add(limit.clamp(1, CONNECTIONS_PAGE_MAX)));
    let mut items = Vec::new(e);
    for number in start..end {
        if let Some(item) = storage::stored(e, kind, &storage::identify(e, kind, &owner, number)) {
            items.push_back(item);
        }
    }
    items
}
