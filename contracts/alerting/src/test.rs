//! The contract natively, over the real performance-monitor, authorised exactly.

mod evaluation;
mod guard;
mod handling;
mod registry;
mod rest;
mod same_machine;
mod summary;
mod world;
