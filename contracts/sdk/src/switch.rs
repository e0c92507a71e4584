//! The off switch, in the monitored contract's own instance storage.
//!
//! It is read before any cross-contract call, so that a monitor in whatever condition can be
//! taken out of the contract's path by the contract's own admin. None of these functions
//! authorises anybody: call them from an entry point that does.

use soroban_sdk::{Address, Env, Symbol, contracttype, symbol_short};

/// Where the switch lies in the host contract's instance storage.
const KEY: Symbol = symbol_short!("lumenscop");

/// Whom the sdk calls, and whether it calls at all.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MonitorLink {
    /// The suite's performance-monitor.
    pub performance_monitor: Address,
    /// The suite's alerting, for [`crate::Monitor::guard`].
    pub alerting: Option<Address>,
    /// Off: no contract of the suite is called.
    pub enabled: bool,
}

/// Links the contract to a suite, switched on. Replaces an earlier link.
pub fn install(e: &Env, performance_monitor: &Address, alerting: Option<Address>) {
    let link =
        MonitorLink { performance_monitor: performance_monitor.clone(), alerting, enabled: true };
    e.storage().instance().set(&KEY, &link);
}

/// Switches monitoring on or off. Returns whether there is a link to switch.
pub fn set_enabled(e: &Env, enabled: bool) -> bool {
    let Some(link) = linked(e) else { return false };
    e.storage().instance().set(&KEY, &MonitorLink { enabled, ..link });
    true
}

/// Removes the link.
pub fn uninstall(e: &Env) {
    e.storage().instance().remove(&KEY);
}

/// The link, whether on or off.
pub fn linked(e: &Env) -> Option<MonitorLink> {
    e.storage().instance().get(&KEY)
}
