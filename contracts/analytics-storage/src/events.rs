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
    /// What happened; `from` and `to` say more:
    ///
    /// | change | | from | to |
    /// |---|---|---|---|
    /// | `named` | metrics took their places | 0 | how many metrics |
    /// | `ingested` | hours came in | the first, since 1970-01-01T00:00Z | the last |
    /// | `compacted` | days were made | the first, since 1970-01-01 | the first not made |
    /// | `retained` | the retention was set | days of hours before | days of hours now |
    /// | `held` | as `retained`; nothing goes from now on | | |
    /// | `released` | as `retained`; what is beyond it may go again | | |
    /// | `pruned` | months were folded or dropped | the earliest, since January 1970 | how many |
    /// | `extended` | its entries live longer | 0 | the life in ledgers that is aimed at |
    /// | `warmed` | an answer is kept | first hour of the range | first hour after it |
    #[topic]
    pub change: Symbol,
    /// What the contract distinguishes within the function.
    pub subject: Option<Symbol>,
    /// Who did it: performance-monitor, who paid for it, the stream's owner.
    pub by: Address,
    /// As the table says.
    pub from: u32,
    /// As the table says.
    pub to: u32,
}

/// Publishes a [`HistoryChanged`].
pub fn changed(history: &History, change: Symbol, by: &Address, from: u32, to: u32) {
    let StreamKey { contract, function, subject, .. } = history.stream.clone();
    let event = HistoryChanged { contract, function, change, subject, by: by.clone(), from, to };
    event.publish(&history.e);
}
