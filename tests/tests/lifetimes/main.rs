//! What outlives a contract's code, and what outlives its own entries: upgrades and archival.

mod archival;
mod golden;
mod state;
mod upgrade;
