//! What is told about every change of state.

use lumenscope_interfaces::external_monitoring::{ConnectionKind, DeliveryOutcome};
use soroban_sdk::{Address, BytesN, Symbol, contractevent};

/// Something happened to an integration or an API key.
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
    /// What happened: one of `lumenscope_interfaces::external_monitoring::change`.
    pub change: Symbol,
}

/// What became of a delivery was recorded.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DeliveryRecorded {
    /// Who recorded it.
    #[topic]
    pub dispatcher: Address,
    /// The integration.
    #[topic]
    pub integration: BytesN<32>,
    /// The delivery's key.
    pub delivery: BytesN<32>,
    /// What became of it.
    pub outcome: DeliveryOutcome,
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
}
