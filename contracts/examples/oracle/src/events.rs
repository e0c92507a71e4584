//! What the oracle tells the world.

use soroban_sdk::{Address, BytesN, Symbol, contractevent};

/// An asset has a new price.
#[contractevent]
pub struct PriceUpdated {
    /// The asset.
    #[topic]
    pub asset: Symbol,
    /// Who told it.
    pub updater: Address,
    /// Ten-millionths of the unit that prices are in.
    pub price: i128,
}

/// Somebody who may not tell prices tried to.
#[contractevent]
pub struct CallerUnknown {
    /// Who.
    #[topic]
    pub caller: Address,
}

/// An address may tell prices from now on, or no longer.
#[contractevent]
pub struct UpdaterChanged {
    /// Who.
    #[topic]
    pub updater: Address,
    /// Whether it may.
    pub allowed: bool,
}

/// The oracle has another admin.
#[contractevent]
pub struct AdminChanged {
    /// Who it was.
    #[topic]
    pub before: Address,
    /// Who it is.
    pub admin: Address,
}

/// The oracle stopped or resumed taking prices.
#[contractevent]
pub struct OraclePauseChanged {
    /// The admin.
    #[topic]
    pub admin: Address,
    /// Whether it is paused.
    pub paused: bool,
}

/// The oracle runs other code from the next call on.
#[contractevent]
pub struct CodeUpgraded {
    /// The admin.
    #[topic]
    pub admin: Address,
    /// SHA-256 of the code.
    pub wasm_hash: BytesN<32>,
}

/// Monitoring was linked or switched.
#[contractevent]
pub struct MonitoringChanged {
    /// The admin.
    #[topic]
    pub admin: Address,
    /// Whether the monitor is called from now on.
    pub enabled: bool,
}
