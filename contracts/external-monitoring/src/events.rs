//! What is told about every change of state.

use lumenscope_interfaces::external_monitoring::{ConnectionChange, ConnectionKind};
use soroban_sdk::{Address, BytesN, contractevent};

/// Something happened to an integration, a webhook or an API key.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ConnectionChanged {
    /// Who owns it.
    #[topic]
    pub owner: Address,
    /// Its id.
    #[topic]
    pub id: BytesN<32>,
    /// What it is.
    #[topic]
    pub kind: ConnectionKind,
    /// Who did it: the owner, or the dispatcher whose report suspended it.
    pub actor: Address,
    /// What happened.
    pub change: ConnectionChange,
}

/// A synchronisation was reported.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SyncReported {
    /// Who reported it.
    #[topic]
    pub dispatcher: Address,
    /// The integration.
    #[topic]
    pub integration: BytesN<32>,
    /// Up to where it is synchronised now.
    pub cursor: u64,
    /// Why it failed, as the service numbers it; 0: it did not.
    pub failure_code: u32,
}

/// What became of a delivery was recorded.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DeliveryRecorded {
    /// Who recorded it.
    #[topic]
    pub dispatcher: Address,
    /// The webhook.
    #[topic]
    pub webhook: BytesN<32>,
    /// The delivery's key.
    pub delivery: BytesN<32>,
    /// Whether it arrived.
    pub delivered: bool,
    /// HTTP status of the last attempt; 0: no answer.
    pub status: u32,
    /// Attempts made.
    pub attempts: u32,
}

/// The key that credentials are sealed to was set.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ServiceKeyChanged {
    /// The admin who did it.
    #[topic]
    pub admin: Address,
    /// The new public key.
    pub public_key: BytesN<32>,
    /// What sealed values name it by.
    pub key_id: BytesN<8>,
}
