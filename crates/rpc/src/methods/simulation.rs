//! Simulation of a transaction.

use serde::Deserialize;

use crate::{RpcError, text};

/// `simulateTransaction`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Simulation {
    /// It would succeed now.
    Ready(Simulated),
    /// It would succeed once these archived entries are restored.
    NeedsRestore {
        /// What to restore, and what it would then need.
        preamble: RestorePreamble,
        /// The transaction itself, after the restoration.
        simulated: Simulated,
    },
    /// It would fail now.
    Failed {
        /// The node's words.
        error: String,
        /// `DiagnosticEvent`s in base64.
        events: Vec<String>,
        /// The ledger it was tried on.
        latest_ledger: u32,
    },
}

/// What a transaction needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Simulated {
    /// `SorobanTransactionData` in base64.
    pub transaction_data: String,
    /// Resource fee to offer, in stroops.
    pub min_resource_fee_stroops: i64,
    /// Of the one operation, when it invokes a host function.
    pub result: Option<SimulatedCall>,
    /// `DiagnosticEvent`s in base64.
    pub events: Vec<String>,
    /// The ledger it was tried on.
    pub latest_ledger: u32,
}

/// What an invocation gives.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct SimulatedCall {
    /// `SorobanAuthorizationEntry`s in base64, to be signed.
    #[serde(default)]
    pub auth: Vec<String>,
    /// `ScVal` in base64.
    pub xdr: String,
}

/// What to restore first.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RestorePreamble {
    /// `SorobanTransactionData` in base64.
    pub transaction_data: String,
    /// Resource fee to offer, in stroops.
    #[serde(rename = "minResourceFee", deserialize_with = "text::number")]
    pub min_resource_fee_stroops: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RawSimulation {
    latest_ledger: u32,
    error: Option<String>,
    transaction_data: Option<String>,
    #[serde(default, deserialize_with = "text::optional_number")]
    min_resource_fee: Option<i64>,
    #[serde(default)]
    results: Option<Vec<SimulatedCall>>,
    #[serde(default)]
    events: Option<Vec<String>>,
    restore_preamble: Option<RestorePreamble>,
}

impl RawSimulation {
    pub(crate) fn simulation(self, method: &'static str) -> Result<Simulation, RpcError> {
        let events = self.events.unwrap_or_default();
        let latest_ledger = self.latest_ledger;
        if let Some(error) = self.error {
            return Ok(Simulation::Failed { error, events, latest_ledger });
        }
        let (Some(transaction_data), Some(fee)) = (self.transaction_data, self.min_resource_fee)
        else {
            return Err(RpcError::InvalidResponse {
                method,
                reason: "neither an error nor transactionData and minResourceFee".to_owned(),
            });
        };
        let simulated = Simulated {
            transaction_data,
            min_resource_fee_stroops: fee,
            result: self.results.unwrap_or_default().into_iter().next(),
            events,
            latest_ledger,
        };
        Ok(match self.restore_preamble {
            Some(preamble) => Simulation::NeedsRestore { preamble, simulated },
            None => Simulation::Ready(simulated),
        })
    }
}
