//! What is told about every change of state: one event for what alerts do, one for all else.

use soroban_sdk::{
    Address, BytesN, Env, Event, SpecShakingMarker, String, Symbol, Val, Vec, contractevent,
};

use crate::raw::list;

/// An alert did something, or somebody did something about it. Rule, fingerprint, and the
/// transition's episode and ordinal are its key: the same whoever evaluates, never used twice.
#[contractevent(data_format = "vec")]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AlertChanged {
    /// The contract that the alert is about.
    #[topic]
    pub contract: Address,
    /// The rule.
    #[topic]
    pub rule: BytesN<32>,
    /// The alert: a hash of rule and stream.
    #[topic]
    pub fingerprint: BytesN<16>,
    /// The stream's function.
    pub function: Symbol,
    /// The stream's subject.
    pub subject: Option<Symbol>,
    /// What happened, in the packed encoding of `lumenscope-rules` (`codec::decode_transition`).
    pub transition: BytesN<64>,
    /// The policy that the episode runs on; zeros for none.
    pub policy: BytesN<32>,
    /// Who evaluated, or acted.
    pub caller: Address,
    /// The note of a resolution by a person.
    pub note: Option<String>,
}

/// Anything else changed.
///
/// | change | caller | object | value |
/// |---|---|---|---|
/// | `rule` | owner | the new rule's id | |
/// | `updated`, `paused`, `resumed`, `deleted` | owner or admin | the rule's id | |
/// | `policy` | owner | the new policy's id | |
/// | `operator` | owner | who may handle alerts, or no longer | whether it may now |
/// | `guard` | owner or admin | the contract | least severity, stale after, fail closed, longest trip |
/// | `forced` | owner or admin | the contract | what is forced, and until when |
/// | `monitor` | admin | performance-monitor now | |
#[contractevent(data_format = "vec")]
#[derive(Clone, Debug)]
pub struct AlertingChanged {
    /// Who did it.
    #[topic]
    pub caller: Address,
    /// What was done.
    #[topic]
    pub change: Symbol,
    /// To what.
    pub object: Val,
    /// What it is now, where the object does not say.
    pub value: Val,
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

#[inline(never)]
fn publish(e: &Env, name: &str, topics: &mut [Val], data: &[Val]) {
    topics[0] = Symbol::new(e, name).to_val();
    Told { topics: list(e, topics), data: list(e, data).to_val() }.publish(e);
}

/// Publishes an [`AlertChanged`]: the topics after its name, and the data.
pub fn alert_changed(e: &Env, [contract, rule, fingerprint]: [Val; 3], data: &[Val; 6]) {
    AlertChanged::spec_shaking_marker();
    publish(e, "alert_changed", &mut [Val::VOID.into(), contract, rule, fingerprint], data);
}

/// Publishes an [`AlertingChanged`].
pub fn alerting_changed(e: &Env, caller: Address, change: Symbol, object: Val, value: Val) {
    AlertingChanged::spec_shaking_marker();
    let topics = &mut [Val::VOID.into(), caller.to_val(), change.to_val()];
    publish(e, "alerting_changed", topics, &[object, value]);
}
