//! The oracle's records.

use soroban_sdk::contracttype;

/// What an asset is worth.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Price {
    /// Ten-millionths of the unit that prices are in.
    pub price: i128,
    /// When it was told, unix seconds.
    pub at_s: u64,
}
