//! Keys and every access to storage.
//!
//! The service's key is in the instance; receipts are temporary; everything else is persistent,
//! made with the network's minimum of 120 days and extended by `keep_alive_connections`.

use lumenscope_interfaces::common::TTL_TARGET_LEDGERS;
use lumenscope_interfaces::external_monitoring::{
    ApiKey, ConnectionError, ConnectionKind, DeliveryReceipt, Integration, IntegrationHealth,
    RECEIPT_LIFE_LEDGERS, ServiceKey, Webhook, WebhookHealth,
};
use lumenscope_interfaces::governance::{KEEP_ALIVE_MAX_LEDGERS, KEEP_ALIVE_MIN_LEDGERS};
use soroban_sdk::{Address, BytesN, Env, IntoVal, TryFromVal, Val, contracttype};

use crate::access::{identify, refuse};
use crate::usage::{USAGE_BYTES, Usage};

#[contracttype]
enum Key {
    /// The key that credentials are sealed to.
    ServiceKey,
    /// Owner: how many of a kind were created.
    Count(ConnectionKind, Address),
    /// What the owner wrote.
    Connection(ConnectionKind, BytesN<32>),
    /// How it is doing, or what it was used for.
    Health(ConnectionKind, BytesN<32>),
    /// Webhook, delivery.
    Receipt(BytesN<32>, BytesN<32>),
}

// The type below takes a number, not a name.
const _: () = assert!(USAGE_BYTES == 53);
type StoredUsage = BytesN<53>;

/// Something that an owner has, with the state beside it.
pub trait Connection: TryFromVal<Env, Val> + IntoVal<Env, Val> {
    const KIND: ConnectionKind;
    type Health: TryFromVal<Env, Val> + IntoVal<Env, Val>;
    fn id(&self) -> &BytesN<32>;
    fn owner(&self) -> &Address;
}

impl Connection for Integration {
    const KIND: ConnectionKind = ConnectionKind::Integration;
    type Health = IntegrationHealth;

    fn id(&self) -> &BytesN<32> {
        &self.id
    }

    fn owner(&self) -> &Address {
        &self.owner
    }
}

impl Connection for Webhook {
    const KIND: ConnectionKind = ConnectionKind::Webhook;
    type Health = WebhookHealth;

    fn id(&self) -> &BytesN<32> {
        &self.id
    }

    fn owner(&self) -> &Address {
        &self.owner
    }
}

impl Connection for ApiKey {
    const KIND: ConnectionKind = ConnectionKind::ApiKey;
    type Health = StoredUsage;

    fn id(&self) -> &BytesN<32> {
        &self.id
    }

    fn owner(&self) -> &Address {
        &self.owner
    }
}

/// Counts one more of a kind and gives its id and number.
pub fn next_id(e: &Env, kind: ConnectionKind, owner: &Address) -> (BytesN<32>, u32) {
    let number = count(e, kind, owner) + 1;
    e.storage().persistent().set(&Key::Count(kind, owner.clone()), &number);
    (identify(e, kind, owner, number), number)
}

pub fn count(e: &Env, kind: ConnectionKind, owner: &Address) -> u32 {
    e.storage().persistent().get(&Key::Count(kind, owner.clone())).unwrap_or(0)
}

pub fn get<C: Connection>(e: &Env, id: &BytesN<32>) -> Option<C> {
    e.storage().persistent().get(&Key::Connection(C::KIND, id.clone()))
}

pub fn load<C: Connection>(e: &Env, id: &BytesN<32>) -> C {
    get(e, id).unwrap_or_else(|| refuse(e, ConnectionError::Unknown))
}

pub fn save<C: Connection>(e: &Env, connection: &C) {
    e.storage().persistent().set(&Key::Connection(C::KIND, connection.id().clone()), connection);
}

pub fn get_health<C: Connection>(e: &Env, id: &BytesN<32>) -> Option<C::Health> {
    e.storage().persistent().get(&Key::Health(C::KIND, id.clone()))
}

pub fn load_health<C: Connection>(e: &Env, id: &BytesN<32>) -> C::Health {
    get_health::<C>(e, id).unwrap_or_else(|| refuse(e, ConnectionError::Unknown))
}

pub fn save_health<C: Connection>(e: &Env, id: &BytesN<32>, health: &C::Health) {
    e.storage().persistent().set(&Key::Health(C::KIND, id.clone()), health);
}

pub fn remove<C: Connection>(e: &Env, id: &BytesN<32>) {
    e.storage().persistent().remove(&Key::Connection(C::KIND, id.clone()));
    e.storage().persistent().remove(&Key::Health(C::KIND, id.clone()));
}

pub fn get_usage(e: &Env, id: &BytesN<32>) -> Option<Usage> {
    let stored = get_health::<ApiKey>(e, id)?;
    match Usage::decode(&stored.to_array()) {
        Ok(usage) => Some(usage),
        Err(error) => refuse(e, error),
    }
}

pub fn save_usage(e: &Env, id: &BytesN<32>, usage: &Usage) {
    save_health::<ApiKey>(e, id, &BytesN::from_array(e, &usage.encode()));
}

pub fn receipt(e: &Env, webhook: &BytesN<32>, delivery: &BytesN<32>) -> Option<DeliveryReceipt> {
    e.storage().temporary().get(&Key::Receipt(webhook.clone(), delivery.clone()))
}

/// Stores a receipt for [`RECEIPT_LIFE_LEDGERS`].
pub fn save_receipt(e: &Env, receipt: &DeliveryReceipt) {
    let key = Key::Receipt(receipt.webhook.clone(), receipt.delivery.clone());
    e.storage().temporary().set(&key, receipt);
    e.storage().temporary().extend_ttl(&key, RECEIPT_LIFE_LEDGERS, RECEIPT_LIFE_LEDGERS);
}

pub fn service_key(e: &Env) -> Option<ServiceKey> {
    e.storage().instance().get(&Key::ServiceKey)
}

pub fn save_service_key(e: &Env, key: &ServiceKey) {
    e.storage().instance().set(&Key::ServiceKey, key);
}

pub fn keep_alive(e: &Env, kind: ConnectionKind, id: &BytesN<32>) {
    for key in [Key::Connection(kind, id.clone()), Key::Health(kind, id.clone())] {
        if !e.storage().persistent().has(&key) {
            refuse(e, ConnectionError::Unknown);
        }
        e.storage().persistent().extend_ttl_with_limits(
            &key,
            TTL_TARGET_LEDGERS,
            KEEP_ALIVE_MIN_LEDGERS,
            KEEP_ALIVE_MAX_LEDGERS,
        );
    }
}
