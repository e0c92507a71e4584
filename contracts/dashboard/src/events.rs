//! What happened, for whoever keeps the audit log: one event for each change, naming who did it.

use lumenscope_interfaces::dashboard::DashboardAccess;
use soroban_sdk::{Address, BytesN, Map, Symbol, contractevent};

/// A dashboard or one of its widgets was created, changed or removed.
#[contractevent]
pub struct DashboardChanged {
    /// Which.
    #[topic]
    pub dashboard: BytesN<32>,
    /// By whom.
    #[topic]
    pub editor: Address,
    /// `created`, `updated` or `removed`; with a slot, the widget was.
    pub change: Symbol,
    /// The widget, if it was one.
    pub slot: Option<u32>,
    /// The version afterwards.
    pub version: u32,
}

/// What somebody may do with a dashboard was changed.
#[contractevent]
pub struct DashboardShared {
    /// Which.
    #[topic]
    pub dashboard: BytesN<32>,
    /// By whom.
    #[topic]
    pub owner: Address,
    /// Who may; `None`: everybody.
    pub account: Option<Address>,
    /// What they may do now.
    pub access: DashboardAccess,
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
