//! A node that serves ledgers made for the test, and can misbehave.
#![allow(dead_code)]

use std::future::{Future, ready};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use lumenscope_meta::testing::{Chain, ClosedLedger, Invocation};
use lumenscope_rpc::{
    Health, LedgerEntries, LedgerPage, LedgerRecord, LedgerSource, NetworkInfo, Page, RpcError,
    TransactionPage, TransactionRecord,
};

pub const PASSPHRASE: &str = "Standalone Network ; February 2017";
pub const FIRST: u32 = 60_000_000;

#[derive(Debug)]
pub struct Node {
    pub ledgers: Mutex<Vec<ClosedLedger>>,
    /// Whether it offers getLedgers.
    pub gives_ledgers: bool,
    /// It keeps no ledger before this one.
    pub oldest: AtomicU32,
    /// Larger pages are refused as too large.
    pub ledgers_per_page_max: u32,
    /// Transactions of a page at most.
    pub transactions_per_page: usize,
    /// Sizes of the pages that were asked for.
    pub asked: Mutex<Vec<u32>>,
}

impl Node {
    pub fn new(ledgers: Vec<ClosedLedger>) -> Self {
        let oldest = ledgers.first().map_or(FIRST, |ledger| ledger.sequence);
        Node {
            ledgers: Mutex::new(ledgers),
            gives_ledgers: true,
            oldest: AtomicU32::new(oldest),
            ledgers_per_page_max: u32::MAX,
            transactions_per_page: 200,
            asked: Mutex::default(),
        }
    }

    pub fn latest(&self) -> u32 {
        self.ledgers.lock().expect("lock").last().map_or(0, |ledger| ledger.sequence)
    }

    fn oldest(&self) -> u32 {
        self.oldest.load(Ordering::Relaxed)
    }

    fn ledger_page(&self, page: &Page, limit: u32) -> Result<LedgerPage, RpcError> {
        let method = "getLedgers";
        self.asked.lock().expect("lock").push(limit);
        if !self.gives_ledgers {
            return Err(RpcError::MethodNotFound { method });
        }
        if limit > self.ledgers_per_page_max {
            return Err(RpcError::TooLarge { method, max_bytes: 1 });
        }
        let Page::From(from) = page else { panic!("asked by sequence only") };
        if *from < self.oldest() || *from > self.latest() {
            let message = "start ledger must be between the oldest and the latest".to_owned();
            return Err(RpcError::Refused { method, code: -32_600, message });
        }
        let ledgers: Vec<_> = self
            .ledgers
            .lock()
            .expect("lock")
            .iter()
            .filter(|ledger| ledger.sequence >= *from)
            .take(limit as usize)
            .map(|ledger| LedgerRecord {
                hash: ledger.hash.to_string(),
                sequence: ledger.sequence,
                ledger_close_time: ledger.closed_at_s,
                metadata_xdr: ledger.meta_base64(),
            })
            .collect();
        let cursor = ledgers.last().map_or(0, |ledger| ledger.sequence).to_string();
        let (latest_ledger, oldest_ledger) = (self.latest(), self.oldest());
        Ok(LedgerPage { ledgers, latest_ledger, oldest_ledger, cursor })
    }

    fn transaction_page(&self, page: &Page, limit: u32) -> TransactionPage {
        let after: (u32, u32) = match page {
            Page::From(sequence) => (*sequence, 0),
            Page::After(cursor) => {
                let (ledger, order) = cursor.split_once('-').expect("our cursor");
                (ledger.parse().expect("a number"), order.parse().expect("a number"))
            }
        };
        let ledgers = self.ledgers.lock().expect("lock");
        let transactions: Vec<_> = ledgers
            .iter()
            .flat_map(|ledger| ledger.transactions.iter().map(move |tx| (ledger, tx)))
            .filter(|(ledger, tx)| (ledger.sequence, tx.application_order) > after)
            .take(self.transactions_per_page.min(limit as usize))
            .map(|(ledger, tx)| TransactionRecord {
                status: "SUCCESS".to_owned(),
                tx_hash: tx.hash.to_string(),
                ledger: ledger.sequence,
                application_order: tx.application_order,
                created_at: ledger.closed_at_s,
                envelope_xdr: tx.envelope.clone(),
                result_xdr: tx.result.clone(),
                result_meta_xdr: tx.meta.clone(),
            })
            .collect();
        let last = transactions.last();
        let cursor = last.map_or_else(
            || format!("{}-0", after.0),
            |tx| format!("{}-{}", tx.ledger, tx.application_order),
        );
        let latest_ledger = ledgers.last().map_or(0, |ledger| ledger.sequence);
        TransactionPage { transactions, latest_ledger, oldest_ledger: self.oldest(), cursor }
    }
}

impl LedgerSource for Node {
    fn network(&self) -> impl Future<Output = Result<NetworkInfo, RpcError>> + Send {
        ready(Ok(NetworkInfo {
            passphrase: PASSPHRASE.to_owned(),
            protocol_version: 28,
            friendbot_url: None,
        }))
    }

    fn health(&self) -> impl Future<Output = Result<Health, RpcError>> + Send {
        ready(Ok(Health {
            status: "healthy".to_owned(),
            latest_ledger: self.latest(),
            oldest_ledger: self.oldest(),
            ledger_retention_window: 120_960,
        }))
    }

    fn ledgers(
        &self,
        page: &Page,
        limit: u32,
    ) -> impl Future<Output = Result<LedgerPage, RpcError>> + Send {
        ready(self.ledger_page(page, limit))
    }

    fn transactions(
        &self,
        page: &Page,
        limit: u32,
    ) -> impl Future<Output = Result<TransactionPage, RpcError>> + Send {
        ready(Ok(self.transaction_page(page, limit)))
    }

    fn entries(
        &self,
        _keys: &[String],
    ) -> impl Future<Output = Result<LedgerEntries, RpcError>> + Send {
        ready(Ok(LedgerEntries::default()))
    }
}

/// Closes one ledger for each list of calls.
pub fn chain(ledgers: &[Vec<Invocation>]) -> Vec<ClosedLedger> {
    let mut chain = Chain::new(PASSPHRASE, FIRST, 0);
    ledgers.iter().map(|invocations| chain.close(invocations)).collect()
}

/// A call of the contract with this id.
pub fn call(contract: u8, function: &str) -> Invocation {
    Invocation { contract: [contract; 32], function: function.to_owned(), ..Invocation::default() }
}
