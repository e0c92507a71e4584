//! What a node says about itself and its network.

use serde::Deserialize;

use crate::text;

/// `getHealth`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Health {
    /// `healthy`, or the node answers with an error.
    pub status: String,
    /// The newest ledger it serves.
    pub latest_ledger: u32,
    /// The oldest ledger it serves.
    pub oldest_ledger: u32,
    /// How many ledgers it keeps.
    pub ledger_retention_window: u32,
}

/// `getNetwork`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NetworkInfo {
    /// The network's passphrase.
    pub passphrase: String,
    /// The protocol in force.
    pub protocol_version: u32,
    /// Who funds accounts, on networks for development.
    #[serde(default)]
    pub friendbot_url: Option<String>,
}

/// `getVersionInfo`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VersionInfo {
    /// The node's version.
    pub version: String,
    /// The commit it was built from.
    #[serde(default)]
    pub commit_hash: String,
    /// When it was built.
    #[serde(default)]
    pub build_timestamp: String,
    /// The version of the core it runs.
    #[serde(default)]
    pub captive_core_version: String,
    /// The protocol it supports.
    #[serde(default)]
    pub protocol_version: u32,
}

/// A distribution of inclusion fees, in stroops an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)]
pub struct Percentiles {
    #[serde(deserialize_with = "text::number")]
    pub min: u64,
    #[serde(deserialize_with = "text::number")]
    pub max: u64,
    #[serde(deserialize_with = "text::number")]
    pub mode: u64,
    #[serde(deserialize_with = "text::number")]
    pub p50: u64,
    #[serde(deserialize_with = "text::number")]
    pub p90: u64,
    #[serde(deserialize_with = "text::number")]
    pub p95: u64,
    #[serde(deserialize_with = "text::number")]
    pub p99: u64,
    #[serde(deserialize_with = "text::number")]
    pub transaction_count: u64,
    pub ledger_count: u32,
}

/// `getFeeStats`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FeeStats {
    /// Of Soroban transactions.
    pub soroban_inclusion_fee: Percentiles,
    /// Of classic transactions.
    pub inclusion_fee: Percentiles,
    /// The newest ledger that was counted.
    pub latest_ledger: u32,
}
