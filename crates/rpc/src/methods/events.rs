//! Events.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Which events to give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventQuery {
    /// Where to look.
    pub range: EventRange,
    /// Any of these, at most five; none gives all events.
    pub filters: Vec<EventFilter>,
    /// At most 10,000 events.
    pub limit: u32,
}

/// Where to look for events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventRange {
    /// From this ledger up to, without, that one.
    Ledgers {
        /// The first ledger.
        start: u32,
        /// The ledger after the last; the node's own bound when absent.
        end: Option<u32>,
    },
    /// After the cursor of the page before.
    After(String),
}

/// Which events match.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EventFilter {
    /// Only of this kind.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<EventKind>,
    /// Of any of these contracts, at most five.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contract_ids: Vec<String>,
    /// Matching any of these topic patterns: base64 `ScVal`s, `*`, or a trailing `**`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<Vec<String>>,
}

/// Who emits an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EventKind {
    /// The host.
    System,
    /// A contract.
    Contract,
    /// Nodes with diagnostics give these too.
    Diagnostic,
}

impl EventQuery {
    pub(crate) fn params(&self) -> Value {
        let mut params = match &self.range {
            EventRange::Ledgers { start, end: None } => json!({ "startLedger": start }),
            EventRange::Ledgers { start, end: Some(end) } => {
                json!({ "startLedger": start, "endLedger": end })
            }
            EventRange::After(_) => json!({}),
        };
        let mut pagination = json!({ "limit": self.limit });
        if let EventRange::After(cursor) = &self.range {
            pagination["cursor"] = json!(cursor);
        }
        params["filters"] = json!(self.filters);
        params["pagination"] = pagination;
        params
    }
}

/// One event.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// Who emitted it.
    #[serde(rename = "type")]
    pub kind: EventKind,
    /// The ledger.
    pub ledger: u32,
    /// The contract; empty for none.
    #[serde(default)]
    pub contract_id: String,
    /// Its id: unique, and ordered as the events are.
    pub id: String,
    /// `ScVal`s in base64.
    pub topic: Vec<String>,
    /// `ScVal` in base64.
    pub value: String,
    /// The transaction's hash in hexadecimal.
    #[serde(default)]
    pub tx_hash: Option<String>,
}

/// `getEvents`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventPage {
    /// In order. A page may be empty although later ones are not: go on by the cursor.
    pub events: Vec<Event>,
    /// The newest ledger the node serves.
    pub latest_ledger: u32,
    /// Where the next page begins.
    pub cursor: String,
}
