//! The contract as its callers see it, reading the real history and the real alerts.

mod creation;
mod edits;
mod history;
mod paging;
mod preferences;
mod rendering;
mod sharing;
mod templates;
mod world;
