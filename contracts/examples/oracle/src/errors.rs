//! What the oracle refuses.

use soroban_sdk::contracterror;

/// What the oracle refuses.
#[contracterror]
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[repr(u32)]
pub enum OracleError {
    /// The contract was not constructed.
    NotConstructed = 1,
    /// No price was ever told of this asset.
    AssetUnknown = 2,
    /// A price of zero or less.
    PriceInvalid = 3,
    /// No prices or quotes at all.
    NothingTold = 4,
    /// More prices in one call than the limit.
    TooManyPrices = 5,
    /// Prices are not taken at the moment.
    OraclePaused = 6,
    /// It is paused already, or runs already.
    PauseKnown = 7,
    /// The address is the admin already.
    AdminKnown = 8,
    /// There is no monitor to switch.
    MonitorUnset = 9,
}
