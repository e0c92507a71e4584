//! Closed ledgers, as far back as they are kept.

use crate::close::ClosedLedger;
use crate::outcome::Outcome;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

/// Ledgers kept by default: what a public RPC node keeps, seven days of 5-second ledgers.
pub const DEFAULT_RETENTION_LEDGERS: u32 = 120_960;

/// The ledgers of the past: numbered without a gap, the oldest dropped beyond the retention.
#[derive(Clone, Debug)]
pub struct History {
    ledgers: VecDeque<Arc<ClosedLedger>>,
    transactions: HashMap<[u8; 32], Arc<Outcome>>,
    retention_ledgers: u32,
}

impl History {
    pub(crate) fn new(retention_ledgers: u32) -> Self {
        Self {
            ledgers: VecDeque::new(),
            transactions: HashMap::new(),
            // Something must answer for the latest ledger.
            retention_ledgers: retention_ledgers.max(1),
        }
    }

    /// Ledgers kept at most.
    pub fn retention_ledgers(&self) -> u32 {
        self.retention_ledgers
    }

    /// The latest ledger.
    pub fn latest(&self) -> Option<&Arc<ClosedLedger>> {
        self.ledgers.back()
    }

    /// The oldest ledger kept.
    pub fn oldest(&self) -> Option<&Arc<ClosedLedger>> {
        self.ledgers.front()
    }

    /// A ledger by its number.
    pub fn ledger(&self, sequence: u32) -> Option<&Arc<ClosedLedger>> {
        let offset = sequence.checked_sub(self.oldest()?.sequence)?;
        self.ledgers.get(offset as usize)
    }

    /// Ledgers from `sequence` on, oldest first.
    pub fn from_ledger(&self, sequence: u32) -> impl Iterator<Item = &Arc<ClosedLedger>> {
        let first = self.oldest().map_or(0, |oldest| oldest.sequence);
        self.ledgers.iter().skip(sequence.saturating_sub(first) as usize)
    }

    /// A transaction by its hash.
    pub fn transaction(&self, hash: &[u8; 32]) -> Option<&Arc<Outcome>> {
        self.transactions.get(hash)
    }

    pub(crate) fn push(&mut self, ledger: Arc<ClosedLedger>) {
        for outcome in &ledger.transactions {
            self.transactions.insert(outcome.hash, outcome.clone());
        }
        self.ledgers.push_back(ledger);
        while self.ledgers.len() > self.retention_ledgers as usize {
            if let Some(dropped) = self.ledgers.pop_front() {
                for outcome in &dropped.transactions {
                    self.transactions.remove(&outcome.hash);
                }
            }
        }
    }

    pub(crate) fn clear(&mut self) {
        self.ledgers.clear();
        self.transactions.clear();
    }
}
