//! What is told about every change of state.

use lumenscope_interfaces::alerting::{
    AlertCondition, AlertHandling, GuardConfig, GuardOverride, Severity, TransitionKind,
    TransitionReason,
};
use soroban_sdk::{Address, BytesN, String, Symbol, contractevent};

/// Where samples are read was changed.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AlertingMonitorChanged {
    /// The admin who did it.
    #[topic]
    pub admin: Address,
    /// performance-monitor now.
    pub monitor: Address,
}

/// A rule was created.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RuleCreated {
    /// Who created and owns it.
    #[topic]
    pub owner: Address,
    /// The rule.
    #[topic]
    pub rule: BytesN<32>,
    /// The contract it covers; `None`: the owner's.
    pub contract: Option<Address>,
}

/// A rule was changed, paused, resumed or deleted.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RuleChanged {
    /// Who did it: the owner or the admin.
    #[topic]
    pub caller: Address,
    /// The rule.
    #[topic]
    pub rule: BytesN<32>,
    /// `updated`, `paused`, `resumed` or `deleted`.
    pub change: Symbol,
}

/// An escalation policy was created.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PolicyCreated {
    /// Who created and owns it.
    #[topic]
    pub owner: Address,
    /// The policy.
    #[topic]
    pub policy: BytesN<32>,
}

/// An owner let somebody handle alerts, or no longer.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AlertOperatorChanged {
    /// The owner.
    #[topic]
    pub owner: Address,
    /// Who may, or no longer may.
    #[topic]
    pub operator: Address,
    /// Whether it may now.
    pub allowed: bool,
}

/// An alert did something. Rule, fingerprint, episode and ordinal are its key: the same whoever
/// evaluates, never used twice.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AlertTransitioned {
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
    /// The transition's number within the alert; from 2^31 for those of a failing source.
    pub ordinal: u32,
    /// The slot that caused it.
    pub slot: u32,
    /// What it was.
    pub kind: TransitionKind,
    /// Why.
    pub reason: TransitionReason,
    /// The condition before.
    pub from: AlertCondition,
    /// The condition after.
    pub to: AlertCondition,
    /// The episode's severity.
    pub severity: Severity,
    /// The figure compared, rounded toward zero; 0 without one.
    pub value: i128,
    /// Samples behind it; 0 without a figure.
    pub points: u32,
    /// Whether somebody should be told.
    pub notify: bool,
    /// Messages withheld since the last one.
    pub suppressed: u32,
    /// Levels of the policy reached.
    pub level: u32,
    /// The policy that the episode runs on.
    pub policy: Option<BytesN<32>>,
    /// Who evaluated, or acted.
    pub caller: Address,
}

/// Somebody acknowledged, snoozed or resolved an episode. Its transition is published beside it.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct EpisodeHandled {
    /// Who did it.
    #[topic]
    pub caller: Address,
    /// The rule.
    #[topic]
    pub rule: BytesN<32>,
    /// The alert.
    #[topic]
    pub fingerprint: BytesN<16>,
    /// The episode.
    pub episode: u32,
    /// What was done.
    pub handling: AlertHandling,
    /// Until when, seconds UTC; 0 for a resolution.
    pub until_s: u64,
    /// The note of a resolution.
    pub note: Option<String>,
}

/// Progress was written although no alert changed: once for a whole batch, so that the events of
/// many contracts fit one transaction.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SummariesRefreshed {
    /// Who evaluated.
    #[topic]
    pub caller: Address,
    /// How many contracts' summaries.
    pub summaries: u32,
}

/// What trips a contract's guard was set.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct GuardConfigured {
    /// The contract.
    #[topic]
    pub contract: Address,
    /// Who did it: its owner or the admin.
    pub caller: Address,
    /// What was set.
    pub config: GuardConfig,
}

/// A contract's guard was forced, or freed.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct GuardOverridden {
    /// The contract.
    #[topic]
    pub contract: Address,
    /// Who did it: its owner or the admin.
    pub caller: Address,
    /// What it says now, whatever fires.
    pub forced: GuardOverride,
    /// Until when, seconds UTC.
    pub until_s: u64,
}

/// The life of alerts' entries was extended.
#[contractevent]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AlertsKeptAlive {
    /// Who paid for it.
    #[topic]
    pub caller: Address,
    /// How many targets.
    pub targets: u32,
}
