//! From a node's pages to decoded ledgers.

use lumenscope_meta::{
    Hash, Ledger, MetaError, Network, Transaction, TransactionXdr, decode_ledger_base64,
    decode_transaction,
};
use lumenscope_rpc::{LedgerRecord, LedgerSource, Page, RpcError, TransactionPage};

use crate::ObserveError;
use crate::coverage::Source;
use crate::page_size::PageSize;

/// Transactions asked for at once, where a node gives no ledgers. What nodes accept.
const TRANSACTIONS_PER_PAGE: u32 = 200;
/// Pages of transactions that one ledger may have: more than the network allows in a ledger.
const PAGES_PER_LEDGER_MAX: usize = 50;

/// A ledger as far as measuring needs it.
#[derive(Clone, Debug, PartialEq)]
pub struct ObservedLedger {
    /// Its sequence number.
    pub sequence: u32,
    /// When it closed, milliseconds since 1970.
    pub closed_at_ms: u64,
    /// Its hash, where whole ledgers are given.
    pub hash: Option<Hash>,
    /// The hash of the ledger before it, where whole ledgers are given.
    pub previous_hash: Option<Hash>,
    /// Its transactions in the order of application.
    pub transactions: Vec<Transaction>,
}

impl From<Ledger> for ObservedLedger {
    fn from(ledger: Ledger) -> Self {
        ObservedLedger {
            sequence: ledger.header.sequence,
            closed_at_ms: ledger.header.closed_at_ms,
            hash: Some(ledger.header.hash),
            previous_hash: Some(ledger.header.previous_hash),
            transactions: ledger.transactions,
        }
    }
}

/// One thing that a page holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Fetched {
    /// A decoded ledger.
    Ledger(ObservedLedger),
    /// Ledgers of which only is known that they have no transactions.
    Empty {
        /// The first.
        from: u32,
        /// The last.
        to: u32,
    },
    /// A ledger that is there and does not decode.
    Undecodable {
        /// Its sequence number.
        sequence: u32,
        /// Its hash, as the node says.
        hash: Option<Hash>,
        /// Why.
        error: MetaError,
    },
}

/// Asks a node for ledgers, whichever way it offers them.
#[derive(Debug)]
pub struct Fetcher<S> {
    source: S,
    network: Network,
    size: PageSize,
    mode: Source,
}

impl<S: LedgerSource> Fetcher<S> {
    /// Of this network; begins with whole ledgers.
    #[must_use]
    pub fn new(source: S, network: Network) -> Self {
        Fetcher { source, network, size: PageSize::default(), mode: Source::Ledgers }
    }

    /// The source.
    #[must_use]
    pub fn source(&self) -> &S {
        &self.source
    }

    /// How ledgers are obtained at the moment.
    #[must_use]
    pub fn mode(&self) -> Source {
        self.mode
    }

    /// The next ledgers, from `from` on, none after `to`. Both must be in the node's range.
    ///
    /// # Errors
    /// [`ObserveError::Rpc`], [`ObserveError::Gap`].
    pub async fn page(&mut self, from: u32, to: u32) -> Result<Vec<Fetched>, ObserveError> {
        loop {
            if self.mode == Source::Transactions {
                return self.transactions(from, to).await;
            }
            let limit = self.size.limit().min(to.saturating_sub(from).saturating_add(1));
            match self.source.ledgers(&Page::From(from), limit).await {
                Ok(page) => {
                    let bytes = page.ledgers.iter().map(|record| record.metadata_xdr.len()).sum();
                    self.size.came(page.ledgers.len(), bytes);
                    return self.decode(from, to, &page.ledgers);
                }
                Err(RpcError::TooLarge { .. } | RpcError::Timeout { .. })
                    if self.size.was_too_much() => {}
                Err(RpcError::MethodNotFound { method }) => {
                    tracing::warn!(
                        method,
                        "the node gives no ledgers: transactions are asked for, whose ledgers' \
                         hashes cannot be checked"
                    );
                    self.mode = Source::Transactions;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn decode(
        &self,
        from: u32,
        to: u32,
        records: &[LedgerRecord],
    ) -> Result<Vec<Fetched>, ObserveError> {
        let mut fetched = Vec::with_capacity(records.len());
        for (expected, record) in (from..=to).zip(records) {
            if record.sequence != expected {
                return Err(ObserveError::Gap { expected, found: record.sequence });
            }
            let item = match decode_ledger_base64(&record.metadata_xdr, &self.network) {
                Ok(ledger) if ledger.header.sequence != expected => {
                    return Err(ObserveError::Gap { expected, found: ledger.header.sequence });
                }
                Ok(ledger) => Fetched::Ledger(ledger.into()),
                Err(error) => Fetched::Undecodable {
                    sequence: expected,
                    hash: Hash::from_hex(&record.hash),
                    error,
                },
            };
            fetched.push(item);
        }
        Ok(fetched)
    }

    async fn transactions(&self, from: u32, to: u32) -> Result<Vec<Fetched>, ObserveError> {
        let mut stretch = Stretch::new(from, to);
        let mut page = Page::From(from);
        for _ in 0..PAGES_PER_LEDGER_MAX {
            let answer = self.source.transactions(&page, TRANSACTIONS_PER_PAGE).await?;
            if stretch.add(&answer, &self.network)? {
                return Ok(stretch.finish());
            }
            page = Page::After(answer.cursor);
        }
        Err(ObserveError::Rpc(RpcError::InvalidResponse {
            method: "getTransactions",
            reason: format!("ledger {from} does not end after {PAGES_PER_LEDGER_MAX} pages"),
        }))
    }
}

/// Transactions of several ledgers, until some ledger is known to be complete.
struct Stretch {
    from: u32,
    to: u32,
    complete_to: Option<u32>,
    ledgers: Vec<Fetched>,
}

impl Stretch {
    fn new(from: u32, to: u32) -> Self {
        Stretch { from, to, complete_to: None, ledgers: Vec::new() }
    }

    /// Takes a page; `true` when at least one ledger is complete.
    fn add(&mut self, page: &TransactionPage, network: &Network) -> Result<bool, ObserveError> {
        for record in &page.transactions {
            let newest = self.ledgers.last().map_or(self.from, sequence);
            if record.ledger < newest {
                return Err(ObserveError::Gap { expected: newest, found: record.ledger });
            }
            let parts = TransactionXdr {
                envelope: &record.envelope_xdr,
                result: &record.result_xdr,
                meta: &record.result_meta_xdr,
                application_order: record.application_order,
            };
            let decoded = decode_transaction(parts, network);
            self.put(record.ledger, record.created_at.saturating_mul(1_000), decoded);
        }
        let newest = self.ledgers.last().map(sequence);
        self.complete_to = match newest {
            // A short page is not the last one: nodes have limits of their own.
            _ if page.transactions.is_empty() => Some(page.latest_ledger.min(self.to)),
            Some(newest) if newest > self.from => Some((newest - 1).min(self.to)),
            _ => None,
        };
        Ok(self.complete_to.is_some())
    }

    fn put(&mut self, ledger: u32, closed_at_ms: u64, decoded: Result<Transaction, MetaError>) {
        let is_new = self.ledgers.last().is_none_or(|last| sequence(last) != ledger);
        match (decoded, self.ledgers.last_mut()) {
            (Err(error), _) => {
                if !is_new {
                    self.ledgers.pop();
                }
                let sequence = ledger;
                self.ledgers.push(Fetched::Undecodable { sequence, hash: None, error });
            }
            (Ok(transaction), Some(Fetched::Ledger(last))) if !is_new => {
                last.transactions.push(transaction);
            }
            (Ok(transaction), _) if is_new => self.ledgers.push(Fetched::Ledger(ObservedLedger {
                sequence: ledger,
                closed_at_ms,
                hash: None,
                previous_hash: None,
                transactions: vec![transaction],
            })),
            // The ledger failed to decode already.
            (Ok(_), _) => {}
        }
    }

    /// The complete ledgers, with the empty ones between them.
    fn finish(self) -> Vec<Fetched> {
        let complete_to = self.complete_to.unwrap_or(0);
        let mut fetched = Vec::new();
        let mut next = self.from;
        for ledger in self.ledgers {
            let sequence = sequence(&ledger);
            if sequence > complete_to {
                break;
            }
            if sequence > next {
                fetched.push(Fetched::Empty { from: next, to: sequence - 1 });
            }
            next = sequence.saturating_add(1);
            fetched.push(ledger);
        }
        if next <= complete_to {
            fetched.push(Fetched::Empty { from: next, to: complete_to });
        }
        fetched
    }
}

fn sequence(fetched: &Fetched) -> u32 {
    match fetched {
        Fetched::Ledger(ledger) => ledger.sequence,
        Fetched::Empty { to, .. } => *to,
        Fetched::Undecodable { sequence, .. } => *sequence,
    }
}
