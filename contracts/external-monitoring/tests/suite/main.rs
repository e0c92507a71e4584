//! The external-monitoring contract, run natively, every call authorised exactly.

mod api_keys;
mod audit;
mod deliveries;
mod exports;
mod integrations;
mod key_lives;
mod kinds;
mod nonces;
mod requests;
mod responders;
mod sealed;
mod stage;
mod usage;
