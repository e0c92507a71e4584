//! What is told about every change of state.

use lumenscope_interfaces::external_monitoring::{ConnectionKind, DeliveryOutcome};
use soroban_sdk::{
    Address, BytesN, Env, Event, SpecShakingMarker, Symbol, Val, Vec, contractevent,
};

use crate::audit;
use crate::raw::{list, pack, value};

/// Something happened to an integration, an API key, a responder or an export.
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
    /// Who did it: the owner; the dispatcher, who committed it or whose report suspended it; or
    /// who called the responder that is suspended.
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

/// An event in the parts that it is published in. The types above say of them what the contract's
/// interface says; their own conversions take a loop for each number of parts.
struct Told {
    topics: Vec<Val>,
    data: Val,
}

impl Event for Told {
    fn topics(&self, _: &Env) -> Vec<Val> {
        self.topics.clone()
    }

    fn data(&self, _: &Env) -> Val {
        self.data
    }
}

/// The first topic is the event's name.
#[inline(never)]
fn publish(e: &Env, name: &str, topics: &mut [Val], keys: &[&str], values: &[Val]) {
    topics[0] = Symbol::new(e, name).to_val();
    Told { topics: list(e, topics), data: pack(e, keys, values) }.publish(e);
}

/// Publishes a [`ConnectionChanged`], and has the owner's audit log say so.
#[inline(never)]
pub fn tell(e: &Env, owner: Val, kind: ConnectionKind, id: Val, actor: Val, change: Symbol) {
    audit::record(e, owner, kind, id, actor, &change);
    ConnectionChanged::spec_shaking_marker();
    let topics = &mut [Val::VOID.into(), owner, id, value(kind as u32)];
    publish(e, "connection_changed", topics, &["actor", "change"], &[actor, change.to_val()]);
}

/// Publishes a [`DeliveryRecorded`].
#[inline(never)]
pub fn delivery_recorded(e: &Env, dispatcher: Val, integration: Val, delivery: Val, outcome: Val) {
    DeliveryRecorded::spec_shaking_marker();
    let topics = &mut [Val::VOID.into(), dispatcher, integration];
    publish(e, "delivery_recorded", topics, &["delivery", "outcome"], &[delivery, outcome]);
}

/// Publishes a [`ServiceKeyChanged`].
pub fn service_key_changed(e: &Env, admin: Val, public_key: Val) {
    ServiceKeyChanged::spec_shaking_marker();
    let topics = &mut [Val::VOID.into(), admin];
    publish(e, "service_key_changed", topics, &["public_key"], &[public_key]);
}
