//! What is published: every change of what is stored, and by whom.

use soroban_sdk::{Address, Symbol, contractevent};

/// Closed buckets of a stream came in.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct HistoryIngested {
    /// The monitored contract.
    #[topic]
    pub contract: Address,
    /// The function.
    #[topic]
    pub function: Symbol,
    /// What the contract distinguishes within the function.
    pub subject: Option<Symbol>,
    /// First hour of the first span, since 1970-01-01T00:00Z.
    pub start_hour: u32,
    /// Last hour of the last span.
    pub end_hour: u32,
    /// Buckets stored.
    pub buckets: u32,
}

/// Days, weeks or months of a stream were made.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct HistoryCompacted {
    /// The monitored contract.
    #[topic]
    pub contract: Address,
    /// The function.
    #[topic]
    pub function: Symbol,
    /// What the contract distinguishes within the function.
    pub subject: Option<Symbol>,
    /// Who paid for it.
    pub caller: Address,
    /// Days before this one, since 1970-01-01, are in their own sheets.
    pub days_made: u32,
    /// Buckets made.
    pub buckets: u32,
}

/// A stream keeps its hours for another number of days.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct HistoryRetentionChanged {
    /// The monitored contract.
    #[topic]
    pub contract: Address,
    /// The function.
    #[topic]
    pub function: Symbol,
    /// What the contract distinguishes within the function.
    pub subject: Option<Symbol>,
    /// The stream's owner.
    pub owner: Address,
    /// Days before.
    pub from_days: u32,
    /// Days now.
    pub to_days: u32,
    /// First day, since 1970-01-01, that it holds for.
    pub since_day: u32,
}

/// The lives of histories were extended.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct HistoryKeptAlive {
    /// Who paid for it.
    #[topic]
    pub caller: Address,
    /// How many streams'.
    pub streams: u32,
}

/// Another contract may store.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct HistoryMonitorChanged {
    /// The admin who did it.
    #[topic]
    pub admin: Address,
    /// The contract.
    pub monitor: Address,
}
