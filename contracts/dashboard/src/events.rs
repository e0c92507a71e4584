//! What happened, for whoever keeps the audit log: one event for each change, naming who did it.

use soroban_sdk::{Address, BytesN, Env, Map, Symbol, Val, Vec, contractevent};

use crate::raw::typed;

/// A dashboard, one of its widgets, or who may see it was changed.
///
/// | change | what |
/// |---|---|
/// | `created`, `updated`, `removed` | the slot of the widget; nothing: the dashboard itself |
/// | `restored` | the version that it is like |
/// | `shared` | the account (void: everybody), and what it may do now |
/// | `linked` | the SHA-256 of the link's secret, and when it ends, seconds UTC (0: it is over) |
/// | `offered` | the account that may take it over; void: nobody any more |
/// | `accepted` | nothing: the editor is the new owner |
/// | `stale` | the version that an edit was made on: it is refused, so no ledger ever has this event |
#[contractevent]
pub struct DashboardChanged {
    /// Which.
    #[topic]
    pub dashboard: BytesN<32>,
    /// By whom.
    #[topic]
    pub editor: Address,
    /// What was done.
    pub change: Symbol,
    /// What with.
    pub what: Vec<Val>,
    /// The version afterwards; of `stale`, the current one.
    pub version: u32,
}

/// Tells of a change.
#[inline(never)]
pub fn dashboard_changed(
    e: &Env,
    dashboard: &Val,
    editor: Address,
    change: Symbol,
    what: Vec<Val>,
    version: u32,
) {
    let dashboard = typed(e, dashboard);
    DashboardChanged { dashboard, editor, change, what, version }.publish(e);
}

/// A user's preferences were changed.
#[contractevent]
pub struct PreferencesChanged {
    /// Whose, and by whom.
    #[topic]
    pub user: Address,
}

/// The contracts that widgets read were changed.
#[contractevent]
pub struct DashboardLinksChanged {
    /// By whom.
    #[topic]
    pub admin: Address,
    /// What they are now, by name.
    pub links: Map<Symbol, Address>,
}
