//! What is told about every change of state: one event for what alerts do, one for all else.

use lumenscope_interfaces::alerting::Severity;
use soroban_sdk::{Address, BytesN, String, Symbol, Val, contractevent};

/// An alert did something, or somebody did something about it. Rule, fingerprint, and the
/// transition's episode and ordinal are its key: the same whoever evaluates, never used twice.
#[contractevent]
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
    /// The episode.
    pub episode: u32,
    /// The code of what it was: `lumenscope-rules`' `Kind`.
    pub kind: u32,
    /// The episode's severity.
    pub severity: Severity,
    /// All of it, in the packed encoding of `lumenscope-rules` (`codec::decode_transition`).
    pub transition: BytesN<52>,
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
/// | `guard` | owner or admin | the contract | its configuration |
/// | `forced` | owner or admin | the contract | what is forced, and until when |
/// | `monitor` | admin | performance-monitor now | |
/// | `refreshed` | who evaluated | how many summaries were written though no alert changed | |
/// | `kept` | who paid | how many targets' entries live longer | |
#[contractevent]
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
