//! The methods of Stellar RPC.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::methods::{RawSimulation, RawTransaction};
use crate::{
    Clock, EventPage, EventQuery, FeeStats, Health, Http, HttpOptions, LatestLedger, LedgerEntries,
    LedgerPage, LedgerSource, NetworkInfo, Page, Request, RetryPolicy, RpcError, Sent, Simulation,
    SystemClock, TransactionPage, TransactionStatus, Transport, VersionInfo, jsonrpc,
};

/// Keys of one `getLedgerEntries`; nodes refuse more. Longer lists are split.
pub const ENTRY_KEYS_PER_REQUEST_MAX: usize = 200;

/// Bytes of an ordinary answer. `getLedgerEntries` may hold 200 entries of 128 KB in base64.
const ANSWER_BYTES_MAX: usize = 48 << 20;
/// Bytes of a page of ledgers. A ledger has some MB in base64; pages adapt to stay below.
const LEDGERS_ANSWER_BYTES_MAX: usize = 256 << 20;

/// A Stellar RPC client.
#[derive(Debug)]
pub struct Client<T = Http, C = SystemClock> {
    transport: T,
    clock: C,
    retry: RetryPolicy,
    next_id: AtomicU64,
}

impl Client {
    /// A client of one endpoint with the default limits.
    ///
    /// # Errors
    /// [`RpcError::Url`].
    pub fn new(url: &str) -> Result<Self, RpcError> {
        let http = Http::new(url, HttpOptions::default())?;
        Ok(Client::with(http, SystemClock, RetryPolicy::default()))
    }

    /// The endpoint.
    #[must_use]
    pub fn url(&self) -> &str {
        self.transport.url()
    }
}

impl<T: Transport, C: Clock> Client<T, C> {
    /// A client over any transport and clock.
    #[must_use]
    pub fn with(transport: T, clock: C, retry: RetryPolicy) -> Self {
        Client { transport, clock, retry, next_id: AtomicU64::new(1) }
    }

    /// The clock this client waits by.
    #[must_use]
    pub fn clock(&self) -> &C {
        &self.clock
    }

    /// `getHealth`.
    ///
    /// # Errors
    /// [`RpcError`].
    pub async fn health(&self) -> Result<Health, RpcError> {
        self.call("getHealth", None, ANSWER_BYTES_MAX).await
    }

    /// `getNetwork`.
    ///
    /// # Errors
    /// [`RpcError`].
    pub async fn network(&self) -> Result<NetworkInfo, RpcError> {
        self.call("getNetwork", None, ANSWER_BYTES_MAX).await
    }

    /// `getVersionInfo`.
    ///
    /// # Errors
    /// [`RpcError`].
    pub async fn version_info(&self) -> Result<VersionInfo, RpcError> {
        self.call("getVersionInfo", None, ANSWER_BYTES_MAX).await
    }

    /// `getLatestLedger`.
    ///
    /// # Errors
    /// [`RpcError`].
    pub async fn latest_ledger(&self) -> Result<LatestLedger, RpcError> {
        self.call("getLatestLedger", None, LEDGERS_ANSWER_BYTES_MAX).await
    }

    /// `getFeeStats`.
    ///
    /// # Errors
    /// [`RpcError`].
    pub async fn fee_stats(&self) -> Result<FeeStats, RpcError> {
        self.call("getFeeStats", None, ANSWER_BYTES_MAX).await
    }

    /// `getLedgers`: a page, oldest first; `limit` at most 200.
    ///
    /// # Errors
    /// [`RpcError`]; [`RpcError::Refused`] beyond the node's retention or its latest ledger.
    pub async fn ledgers(&self, page: &Page, limit: u32) -> Result<LedgerPage, RpcError> {
        self.call("getLedgers", Some(page.params(limit)), LEDGERS_ANSWER_BYTES_MAX).await
    }

    /// `getTransactions`: a page, oldest first; `limit` at most 200.
    ///
    /// # Errors
    /// [`RpcError`]; [`RpcError::Refused`] beyond the node's retention or its latest ledger.
    pub async fn transactions(&self, page: &Page, limit: u32) -> Result<TransactionPage, RpcError> {
        self.call("getTransactions", Some(page.params(limit)), LEDGERS_ANSWER_BYTES_MAX).await
    }

    /// `getTransaction`, by its hash in hexadecimal.
    ///
    /// # Errors
    /// [`RpcError`].
    pub async fn transaction(&self, hash: &str) -> Result<TransactionStatus, RpcError> {
        let method = "getTransaction";
        let raw: RawTransaction =
            self.call(method, Some(json!({ "hash": hash })), ANSWER_BYTES_MAX).await?;
        raw.status(method)
    }

    /// `getEvents`.
    ///
    /// # Errors
    /// [`RpcError`].
    pub async fn events(&self, query: &EventQuery) -> Result<EventPage, RpcError> {
        self.call("getEvents", Some(query.params()), ANSWER_BYTES_MAX).await
    }

    /// `getLedgerEntries`, in as many requests as the keys need; absent entries are left out.
    ///
    /// # Errors
    /// [`RpcError`].
    pub async fn entries(&self, keys: &[String]) -> Result<LedgerEntries, RpcError> {
        let mut all: Option<LedgerEntries> = None;
        for keys in keys.chunks(ENTRY_KEYS_PER_REQUEST_MAX) {
            let params = json!({ "keys": keys });
            let page: LedgerEntries =
                self.call("getLedgerEntries", Some(params), ANSWER_BYTES_MAX).await?;
            match &mut all {
                None => all = Some(page),
                Some(all) => {
                    all.entries.extend(page.entries);
                    all.latest_ledger = all.latest_ledger.min(page.latest_ledger);
                }
            }
        }
        Ok(all.unwrap_or_default())
    }

    /// `simulateTransaction` of an envelope in base64.
    ///
    /// # Errors
    /// [`RpcError`]. That the contract fails is an answer: [`Simulation::Failed`].
    pub async fn simulate(&self, envelope: &str) -> Result<Simulation, RpcError> {
        let method = "simulateTransaction";
        let params = json!({ "transaction": envelope });
        let raw: RawSimulation = self.call(method, Some(params), ANSWER_BYTES_MAX).await?;
        raw.simulation(method)
    }

    /// `sendTransaction` of a signed envelope in base64.
    ///
    /// # Errors
    /// [`RpcError`]. That the node does not take the transaction is an answer: [`Sent`].
    pub async fn send(&self, envelope: &str) -> Result<Sent, RpcError> {
        let params = json!({ "transaction": envelope });
        self.call("sendTransaction", Some(params), ANSWER_BYTES_MAX).await
    }

    async fn call<R: DeserializeOwned>(
        &self,
        method: &'static str,
        params: Option<Value>,
        answer_bytes_max: usize,
    ) -> Result<R, RpcError> {
        let mut delays = self.retry.delays();
        loop {
            let error = match self.attempt(method, params.as_ref(), answer_bytes_max).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            match delays.next() {
                Some(delay) if error.is_transient() => {
                    let delay_ms = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
                    tracing::debug!(method, %error, delay_ms, "the request is tried again");
                    self.clock.sleep(delay).await;
                }
                _ => return Err(error),
            }
        }
    }

    async fn attempt<R: DeserializeOwned>(
        &self,
        method: &'static str,
        params: Option<&Value>,
        answer_bytes_max: usize,
    ) -> Result<R, RpcError> {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let body = jsonrpc::encode(method, id, params)?;
        let answer = self.transport.send(Request { method, body, answer_bytes_max }).await?;
        jsonrpc::decode(method, id, &answer)
    }
}

impl<T: Transport, C: Clock> LedgerSource for Client<T, C> {
    async fn network(&self) -> Result<NetworkInfo, RpcError> {
        Client::network(self).await
    }

    async fn health(&self) -> Result<Health, RpcError> {
        Client::health(self).await
    }

    async fn ledgers(&self, page: &Page, limit: u32) -> Result<LedgerPage, RpcError> {
        Client::ledgers(self, page, limit).await
    }

    async fn transactions(&self, page: &Page, limit: u32) -> Result<TransactionPage, RpcError> {
        Client::transactions(self, page, limit).await
    }

    async fn entries(&self, keys: &[String]) -> Result<LedgerEntries, RpcError> {
        Client::entries(self, keys).await
    }
}
