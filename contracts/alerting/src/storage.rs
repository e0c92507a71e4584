//! Keys and every access to storage.
//!
//! The link to performance-monitor is in the instance; everything else is persistent, created with
//! the network's minimum of 120 days and extended by `keep_alive_alerts`.

use lumenscope_interfaces::alerting::{AlertingError, PolicyView, RuleTarget, RuleView};
use lumenscope_interfaces::common::TTL_TARGET_LEDGERS;
use lumenscope_interfaces::governance::{KEEP_ALIVE_MAX_LEDGERS, KEEP_ALIVE_MIN_LEDGERS};
use lumenscope_rules::State;
use lumenscope_rules::codec::{STATE_BYTES, decode, encode};
use soroban_sdk::{Address, Bytes, BytesN, Env, Vec, contracttype};

use crate::access::refuse;
use crate::summary::{BYTES_MAX, HEADER_BYTES, Header, Summary};

#[contracttype]
enum Key {
    /// The link to performance-monitor.
    Monitor,
    /// Rule id.
    Rule(BytesN<32>),
    /// Policy id.
    Policy(BytesN<32>),
    /// Owner of rules and policies.
    Owner(Address),
    /// Contract: the ids of the rules that name it.
    RulesOn(Address),
    /// Fingerprint of an alert.
    Alert(BytesN<16>),
    /// Contract: its summary.
    Summary(Address),
}

/// What an owner has: ids are counted by owner, so that owners never wait for each other.
#[contracttype]
#[derive(Clone)]
pub struct Owner {
    pub rules: u32,
    pub policies: u32,
    pub operators: Vec<Address>,
}

/// An alert as stored; every field has one size.
#[contracttype]
#[derive(Clone)]
pub struct StoredAlert {
    pub target: RuleTarget,
    /// The policy that the episode runs on; zeros for none.
    pub policy: BytesN<32>,
    pub state: BytesN<363>,
}

// The attribute above takes a number, not a name.
const _: () = assert!(STATE_BYTES == 363);

pub fn monitor(e: &Env) -> Address {
    let monitor = e.storage().instance().get(&Key::Monitor);
    monitor.unwrap_or_else(|| refuse(e, AlertingError::SourceUnreadable))
}

pub fn set_monitor(e: &Env, monitor: &Address) {
    e.storage().instance().set(&Key::Monitor, monitor);
}

pub fn rule(e: &Env, id: &BytesN<32>) -> Option<RuleView> {
    e.storage().persistent().get(&Key::Rule(id.clone()))
}

pub fn require_rule(e: &Env, id: &BytesN<32>) -> RuleView {
    rule(e, id).unwrap_or_else(|| refuse(e, AlertingError::RuleUnknown))
}

pub fn set_rule(e: &Env, rule: &RuleView) {
    e.storage().persistent().set(&Key::Rule(rule.id.clone()), rule);
}

pub fn remove_rule(e: &Env, id: &BytesN<32>) {
    e.storage().persistent().remove(&Key::Rule(id.clone()));
}

pub fn policy(e: &Env, id: &BytesN<32>) -> Option<PolicyView> {
    e.storage().persistent().get(&Key::Policy(id.clone()))
}

pub fn set_policy(e: &Env, policy: &PolicyView) {
    e.storage().persistent().set(&Key::Policy(policy.id.clone()), policy);
}

pub fn owner(e: &Env, owner: &Address) -> Owner {
    let stored = e.storage().persistent().get(&Key::Owner(owner.clone()));
    stored.unwrap_or_else(|| Owner { rules: 0, policies: 0, operators: Vec::new(e) })
}

pub fn set_owner(e: &Env, address: &Address, owner: &Owner) {
    e.storage().persistent().set(&Key::Owner(address.clone()), owner);
}

pub fn rules_on(e: &Env, contract: &Address) -> Vec<BytesN<32>> {
    let stored = e.storage().persistent().get(&Key::RulesOn(contract.clone()));
    stored.unwrap_or_else(|| Vec::new(e))
}

pub fn set_rules_on(e: &Env, contract: &Address, rules: &Vec<BytesN<32>>) {
    e.storage().persistent().set(&Key::RulesOn(contract.clone()), rules);
}

pub fn alert(e: &Env, fingerprint: &BytesN<16>) -> Option<StoredAlert> {
    e.storage().persistent().get(&Key::Alert(fingerprint.clone()))
}

pub fn set_alert(e: &Env, fingerprint: &BytesN<16>, alert: &StoredAlert) {
    e.storage().persistent().set(&Key::Alert(fingerprint.clone()), alert);
}

pub fn remove_alert(e: &Env, fingerprint: &BytesN<16>) {
    e.storage().persistent().remove(&Key::Alert(fingerprint.clone()));
}

pub fn state(e: &Env, alert: &StoredAlert) -> State {
    match decode(&alert.state.to_array()) {
        Ok(state) => state,
        Err(_) => refuse(e, AlertingError::StateVersion),
    }
}

pub fn packed(e: &Env, state: &State) -> BytesN<STATE_BYTES> {
    BytesN::from_array(e, &encode(state))
}

fn summary_bytes(e: &Env, contract: &Address) -> Option<Bytes> {
    e.storage().persistent().get(&Key::Summary(contract.clone()))
}

/// What the guard needs of a summary.
pub fn header(e: &Env, contract: &Address) -> Option<Header> {
    let bytes = summary_bytes(e, contract)?;
    let mut head = [0; HEADER_BYTES];
    bytes.slice(..HEADER_BYTES as u32).copy_into_slice(&mut head);
    Header::read(&head)
}

pub fn summary(e: &Env, contract: &Address) -> Option<Summary> {
    let bytes = summary_bytes(e, contract)?;
    let mut buffer = [0; BYTES_MAX];
    let taken = buffer.get_mut(..bytes.len() as usize)?;
    bytes.copy_into_slice(taken);
    match Summary::read(taken) {
        Some(summary) => Some(summary),
        None => refuse(e, AlertingError::StateVersion),
    }
}

pub fn set_summary(e: &Env, contract: &Address, summary: &Summary) {
    let mut buffer = [0; BYTES_MAX];
    let bytes = Bytes::from_slice(e, summary.write(&mut buffer));
    e.storage().persistent().set(&Key::Summary(contract.clone()), &bytes);
}

fn keep(e: &Env, key: &Key) {
    let persistent = e.storage().persistent();
    if persistent.has(key) {
        let (least, most) = (KEEP_ALIVE_MIN_LEDGERS, KEEP_ALIVE_MAX_LEDGERS);
        persistent.extend_ttl_with_limits(key, TTL_TARGET_LEDGERS, least, most);
    }
}

pub fn keep_alive(e: &Env, target: &RuleTarget, fingerprint: &BytesN<16>) {
    let contract = &target.stream.contract;
    if let Some(rule) = rule(e, &target.rule) {
        keep(e, &Key::Owner(rule.owner));
        if let Some(policy) = rule.spec.policy {
            keep(e, &Key::Policy(policy));
        }
    }
    keep(e, &Key::Rule(target.rule.clone()));
    keep(e, &Key::Alert(fingerprint.clone()));
    keep(e, &Key::Summary(contract.clone()));
    keep(e, &Key::RulesOn(contract.clone()));
}
