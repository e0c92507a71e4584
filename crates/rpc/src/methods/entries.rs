//! Ledger entries.

use serde::Deserialize;

/// One entry as of the latest ledger.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LedgerEntry {
    /// `LedgerKey` in base64.
    pub key: String,
    /// `LedgerEntryData` in base64.
    pub xdr: String,
    /// The ledger that last changed it.
    #[serde(rename = "lastModifiedLedgerSeq")]
    pub last_modified_ledger: u32,
    /// The last ledger of its time to live; classic entries have none.
    #[serde(default, rename = "liveUntilLedgerSeq")]
    pub live_until_ledger: Option<u32>,
}

/// `getLedgerEntries`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LedgerEntries {
    /// Those that exist, in any order.
    #[serde(default)]
    pub entries: Vec<LedgerEntry>,
    /// The ledger of which they are.
    pub latest_ledger: u32,
}

impl LedgerEntries {
    /// The entry under that key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&LedgerEntry> {
        self.entries.iter().find(|entry| entry.key == key)
    }
}
