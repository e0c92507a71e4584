//! What is published: every change of what is stored, and by whom.

use lumenscope_interfaces::common::StreamKey;
use soroban_sdk::{Address, Symbol, contractevent};

use crate::history::History;

/// A stream's history was changed.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct HistoryChanged {
    /// The monitored contract.
    #[topic]
    pub contract: Address,
    /// The function.
    #[topic]
    pub function: Symbol,
    /// `named`: metrics have places. `ingested`: hours came in. `compacted`: days were made. `retained`: the retention is
    /// another one; `held`: as well, and nothing goes from now on; `released`: as well, and it may again. `pruned`: months were folded or dropped. `extended`: its entries
    /// live longer. `warmed`: an answer is kept.
    #[topic]
    pub change: Symbol,
    /// What the contract distinguishes within the function.
    pub subject: Option<Symbol>,
    /// Who did it: performance-monitor, who paid for it, the stream's owner.
    pub by: Address,
    /// 0; first hour that came in, since 1970-01-01T00:00Z; first day made, since 1970-01-01; days of
    /// hours before; the earliest month, since January 1970; 0; first hour of the range.
    pub from: u32,
    /// How many metrics; last hour; first day not made; days of hours now; how many months; the life in ledgers that
    /// is aimed at; first hour after the range.
    pub to: u32,
}

/// Publishes a [`HistoryChanged`].
pub fn changed(history: &History, change: Symbol, by: &Address, from: u32, to: u32) {
    let StreamKey { contract, function, subject, .. } = history.stream.clone();
    let event = HistoryChanged { contract, function, change, subject, by: by.clone(), from, to };
    event.publish(&history.e);
}
