//! The external-monitoring contract, run natively, every call authorised exactly.

mod api_keys;
mod deliveries;
mod integrations;
mod nonces;
mod requests;
mod responders;
mod sealed;
mod stage;
mod usage;
