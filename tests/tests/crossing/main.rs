//! Calls that cross contracts: each arrow of ARCHITECTURE.md, with every hop authorised exactly.
//!
//! The contracts are those of this build, run natively, or the deployed wasm, as the variable
//! `LUMENSCOPE_CONTRACTS` says: `native` (the default) or `wasm`.

mod alerts;
mod attacks;
mod authorisation;
mod distributions;
mod history;
mod hostile_hours;
mod hostile_reactions;
mod hostile_rules;
mod inline;
mod keepers;
mod lanes;
mod model;
mod owners;
mod recording;
mod refusals;
mod rendering;
mod rules;
mod templates;
mod watched;
mod windows;
mod world;
