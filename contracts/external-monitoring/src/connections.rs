//! What integrations, API keys, responders and exports have in common: how they come, go and are listed.

use lumenscope_interfaces::external_monitoring::{CONNECTIONS_PAGE_MAX, ConnectionKind, change};
use lumenscope_interfaces::governance::require_not_paused;
use soroban_sdk::{Address, Env, Symbol, Val, Vec};

use crate::events::tell;
use crate::raw::typed;
use crate::storage::{self, CONNECTION};

/// The owner authorises to have one more of a kind, whose id this is.
pub fn begin(e: &Env, kind: ConnectionKind, owner: Val) -> Val {
    let account: Address = typed(e, owner);
    account.require_auth();
    require_not_paused(e);
    storage::next_id(e, kind, owner).to_val()
}

/// Stores what an owner changed, and tells of it.
#[inline(never)]
pub fn save(
    e: &Env,
    owner: Val,
    kind: ConnectionKind,
    id: Val,
    keys: &[&str],
    fields: &[Val],
    change: Symbol,
) {
    storage::save(e, CONNECTION, kind, id, keys, fields);
    tell(e, owner, kind, id, owner, change);
}

/// The owner, who authorises.
#[inline(never)]
pub fn require_owner_of(e: &Env, kind: ConnectionKind, id: Val) -> Val {
    let [owner, ..] = storage::load(e, CONNECTION, kind, id, &["owner"]);
    require_auth(e, owner);
    owner
}

/// Whom a stored field names authorises.
pub fn require_auth(e: &Env, account: Val) {
    let account: Address = typed(e, account);
    account.require_auth();
}

pub fn remove(e: &Env, kind: ConnectionKind, id: Val) {
    let owner = require_owner_of(e, kind, id);
    storage::remove(e, kind, id);
    tell(e, owner, kind, id, owner, change::REMOVED);
}

/// One page of what an owner has, not decoded: it lies in storage as it is returned.
#[inline(never)]
pub fn page(e: &Env, kind: ConnectionKind, owner: Val, start: Val, limit: Val) -> Val {
    let (start, limit): (u32, u32) = (typed(e, start), typed(e, limit));
    let count = storage::count(e, kind, owner);
    let end = count.min(start.saturating_add(limit.clamp(1, CONNECTIONS_PAGE_MAX)));
    let mut items = Vec::<Val>::new(e);
    for number in start..end {
        let id = storage::identify(e, kind, owner, number).to_val();
        if let Some(item) = storage::stored(e, CONNECTION, kind, id) {
            items.push_back(item);
        }
    }
    items.to_val()
}
