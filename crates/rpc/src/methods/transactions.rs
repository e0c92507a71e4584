//! Transactions: sent, applied, page by page.

use serde::Deserialize;

use crate::{RpcError, text};

/// A transaction that was applied.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TransactionRecord {
    /// `SUCCESS` or `FAILED`.
    pub status: String,
    /// Its hash in hexadecimal.
    pub tx_hash: String,
    /// The ledger.
    pub ledger: u32,
    /// Its place in the ledger, from 1.
    pub application_order: u32,
    /// When the ledger closed, seconds since 1970.
    #[serde(deserialize_with = "text::number")]
    pub created_at: u64,
    /// `TransactionEnvelope` in base64.
    pub envelope_xdr: String,
    /// `TransactionResult` in base64.
    pub result_xdr: String,
    /// `TransactionMeta` in base64.
    pub result_meta_xdr: String,
}

/// `getTransactions`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TransactionPage {
    /// Oldest first.
    pub transactions: Vec<TransactionRecord>,
    /// The newest ledger the node serves.
    pub latest_ledger: u32,
    /// The oldest ledger the node serves.
    pub oldest_ledger: u32,
    /// Where the next page begins.
    pub cursor: String,
}

/// `getTransaction`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TransactionStatus {
    /// Not in a ledger that the node serves.
    NotFound {
        /// The newest ledger the node has seen.
        latest_ledger: u32,
    },
    /// Applied, successfully or not.
    Applied(Box<TransactionRecord>),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RawTransaction {
    status: String,
    latest_ledger: u32,
    tx_hash: Option<String>,
    ledger: Option<u32>,
    application_order: Option<u32>,
    #[serde(default, deserialize_with = "text::optional_number")]
    created_at: Option<u64>,
    envelope_xdr: Option<String>,
    result_xdr: Option<String>,
    result_meta_xdr: Option<String>,
}

impl RawTransaction {
    pub(crate) fn status(self, method: &'static str) -> Result<TransactionStatus, RpcError> {
        match self.status.as_str() {
            "NOT_FOUND" => Ok(TransactionStatus::NotFound { latest_ledger: self.latest_ledger }),
            "SUCCESS" | "FAILED" => match self.record() {
                Some(record) => Ok(TransactionStatus::Applied(Box::new(record))),
                None => Err(RpcError::InvalidResponse {
                    method,
                    reason: "an applied transaction without its ledger, result or meta".to_owned(),
                }),
            },
            other => Err(RpcError::InvalidResponse {
                method,
                reason: format!("expected SUCCESS, FAILED or NOT_FOUND, got {other:?}"),
            }),
        }
    }

    fn record(self) -> Option<TransactionRecord> {
        Some(TransactionRecord {
            status: self.status,
            // Nodes before protocol 23 do not repeat the hash.
            tx_hash: self.tx_hash.unwrap_or_default(),
            ledger: self.ledger?,
            application_order: self.application_order?,
            created_at: self.created_at?,
            envelope_xdr: self.envelope_xdr?,
            result_xdr: self.result_xdr?,
            result_meta_xdr: self.result_meta_xdr?,
        })
    }
}

/// What became of a transaction that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SendStatus {
    /// Taken; the next ledgers decide.
    Pending,
    /// Taken before.
    Duplicate,
    /// The node cannot take it now: another transaction of the source waits, or it is busy.
    TryAgainLater,
    /// Refused.
    Error,
}

/// `sendTransaction`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sent {
    /// The transaction's hash in hexadecimal.
    pub hash: String,
    /// What became of it.
    pub status: SendStatus,
    /// The newest ledger at that moment.
    pub latest_ledger: u32,
    /// `TransactionResult` in base64, when it was refused.
    #[serde(default)]
    pub error_result_xdr: Option<String>,
    /// `DiagnosticEvent`s in base64, when it was refused.
    #[serde(default)]
    pub diagnostic_events_xdr: Option<Vec<String>>,
}
