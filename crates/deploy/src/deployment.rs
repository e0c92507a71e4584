//! What a deployment left: the file that everything else reads.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One contract.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct DeployedContract {
    /// Its address (`C...`).
    pub address: String,
    /// SHA-256 of the wasm that it was created from, in hexadecimal.
    pub wasm_sha256: String,
}

/// A suite on a network. Written as `deployment.json`; the field names never change.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Deployment {
    /// The network.
    pub network_passphrase: String,
    /// Who paid, and is the admin (`G...`).
    pub admin: String,
    /// The contracts by package name.
    pub contracts: BTreeMap<String, DeployedContract>,
    /// Transactions that this run sent: 0 where everything was there.
    pub transactions: u32,
    /// What they cost, after refunds.
    pub fee_stroops: i64,
}

impl Deployment {
    /// The address of a contract, by package name.
    pub fn address(&self, contract: &str) -> Option<&str> {
        self.contracts.get(contract).map(|deployed| deployed.address.as_str())
    }
}
