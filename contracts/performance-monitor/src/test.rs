//! The contract natively, authorised exactly: what it does, and that a refusal changes nothing.

mod flush;
mod recording;
mod registry;
mod reports;
mod streams;
mod world;
