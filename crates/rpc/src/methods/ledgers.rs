//! Ledgers, page by page.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::text;

/// Where a page begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Page {
    /// With this ledger.
    From(u32),
    /// After the cursor of the page before.
    After(String),
}

impl Page {
    pub(crate) fn params(&self, limit: u32) -> Value {
        match self {
            Page::From(sequence) => {
                json!({ "startLedger": sequence, "pagination": { "limit": limit } })
            }
            Page::After(cursor) => json!({ "pagination": { "cursor": cursor, "limit": limit } }),
        }
    }
}

/// `getLatestLedger`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LatestLedger {
    /// Its hash in hexadecimal.
    pub id: String,
    /// Its protocol.
    pub protocol_version: u32,
    /// Its sequence number.
    pub sequence: u32,
    /// When it closed, seconds since 1970; older nodes do not say.
    #[serde(default, deserialize_with = "text::optional_number")]
    pub close_time: Option<u64>,
}

/// One ledger of a page.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LedgerRecord {
    /// Its hash in hexadecimal.
    pub hash: String,
    /// Its sequence number.
    pub sequence: u32,
    /// When it closed, seconds since 1970.
    #[serde(deserialize_with = "text::number")]
    pub ledger_close_time: u64,
    /// `LedgerCloseMeta` in base64.
    pub metadata_xdr: String,
}

/// `getLedgers`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LedgerPage {
    /// Oldest first; may be empty at the tip.
    pub ledgers: Vec<LedgerRecord>,
    /// The newest ledger the node serves.
    pub latest_ledger: u32,
    /// The oldest ledger the node serves.
    pub oldest_ledger: u32,
    /// Where the next page begins.
    pub cursor: String,
}
