//! `alerting`: rules over streams, their episodes, escalation, and the guard that other contracts
//! ask.
//!
//! A **rule** is owned by the owner of the contracts it covers, or by the suite's admin. It has an
//! **alert** of its own for each stream it covers: a condition, a numbered episode, handling,
//! escalation. A **slot** is a minute of wall-clock time, numbered by minutes since
//! 1970-01-01T00:00Z. Closed slots are evaluated once each and in order, by anyone; the outcome
//! depends neither on who calls nor when.

use soroban_sdk::{Address, BytesN, Env, String, Symbol, Vec, contractclient, contractspecfn};

mod errors;
mod evaluation;
mod guard;
mod rules;

pub use errors::*;
pub use evaluation::*;
pub use guard::*;
pub use rules::*;

/// Bytes in the name of a rule or a policy.
pub const NAME_BYTES_MAX: u32 = 64;
/// Bytes of the note that closes an episode: it travels in an event, at 2.5 stroops a byte.
pub const NOTE_BYTES_MAX: u32 = 256;
/// Labels of a rule, and annotations: a rule is read with every evaluation.
pub const LABELS_MAX: u32 = 16;
/// Bytes of one label's or annotation's text.
pub const LABEL_BYTES_MAX: u32 = 128;
/// Targets in one `evaluate`: ten batches cover 500 rules, each within the instructions of one
/// transaction.
pub const TARGETS_MAX: u32 = 50;
/// Rules that name one contract, or that one owner has over all of theirs: bounds the index entry.
pub const RULES_PER_CONTRACT_MAX: u32 = 64;
/// Alerts that one contract may have: one row each in its summary.
pub const ALERTS_PER_CONTRACT_MAX: u32 = 64;
/// Levels of an escalation policy: the snapshot in an alert has a fixed width.
pub const POLICY_LEVELS_MAX: u32 = 4;
/// Channels that one level notifies.
pub const LEVEL_CHANNELS_MAX: u32 = 8;
/// Alerts in one page of `active_alerts`: each is about 0.5 KB.
pub const ACTIVE_PAGE_MAX: u32 = 24;
/// Accounts that may handle one owner's alerts.
pub const OPERATORS_MAX: u32 = 16;
/// How long a summary may be old before the guard takes it for stale, unless the owner decides
/// otherwise: an hour. Keepers write a heartbeat at half of it.
pub const STALE_AFTER_DEFAULT_S: u32 = 3_600;
/// How long a trip may last before the guard opens by itself, unless the owner decides otherwise:
/// a day.
pub const TRIP_MAX_DEFAULT_S: u32 = 86_400;

/// What each function of [`Alerting`] takes and returns, as a contract's spec says it:
/// `spec_xdr_` and the function's name.
#[derive(Clone, Copy, Debug)]
pub struct AlertingSpec;

/// The alerting contract. Its constructor takes the admin, performance-monitor's address and the
/// wait before upgrades in seconds.
#[contractspecfn(name = "AlertingSpec", export = false)]
#[contractclient(name = "AlertingClient")]
pub trait Alerting {
    /// Creates a threshold rule on the average of `metric` over `window_s`, over all streams of
    /// `contract` (or of all contracts of `admin`) that watch it; too little data changes nothing.
    /// `admin` is the contract's owner, or the suite's admin, and authorises it.
    #[allow(clippy::too_many_arguments)]
    fn create_alert_rule(
        e: Env,
        admin: Address,
        name: String,
        contract: Option<Address>,
        metric: Symbol,
        operator: RuleOperator,
        threshold: i128,
        window_s: u32,
        min_points: u32,
        severity: Severity,
        cooldown_s: u32,
    ) -> BytesN<32>;
    /// Creates a rule. `owner` is the contract's owner, or the suite's admin, and authorises it.
    fn create_rule(e: Env, owner: Address, spec: RuleSpec) -> BytesN<32>;
    /// Replaces what a rule says, not what it covers. A running episode goes on by the new rule
    /// from the next slot: with a longer `for_s` it may go back to pending; a higher severity is
    /// notified at once; the escalation already running stays as it is.
    fn update_rule(e: Env, caller: Address, rule: BytesN<32>, spec: RuleSpec);
    /// Pauses or resumes a rule. Slots of the pause are never evaluated. The next `evaluate`
    /// resolves an alert that is up, and takes it off the summary: until then the guard counts what it
    /// was.
    fn set_rule_paused(e: Env, caller: Address, rule: BytesN<32>, paused: bool);
    /// Deletes a rule. The next `evaluate` of each of its targets resolves an alert that is up, and
    /// takes it off the summary: until then the guard counts what it was, and grows stale with it.
    /// Whoever deletes evaluates them once more.
    fn delete_rule(e: Env, caller: Address, rule: BytesN<32>);
    /// Lets `operator` acknowledge, snooze and resolve the alerts of all rules of `owner`, or no
    /// longer. Authorised by `owner`.
    fn set_operator(e: Env, owner: Address, operator: Address, allowed: bool);
    /// Who may handle the alerts of an owner's rules, besides the owner and the admin.
    fn operators(e: Env, owner: Address) -> Vec<Address>;

    /// A rule.
    fn rule(e: Env, rule: BytesN<32>) -> Option<RuleView>;
    /// The ids of the rules that name a contract; of an owner, those that name none. In order of
    /// creation.
    fn rules_on(e: Env, address: Address) -> Vec<BytesN<32>>;

    /// Creates an escalation policy, which never changes.
    fn create_policy(e: Env, owner: Address, name: String, levels: Vec<PolicyLevel>) -> BytesN<32>;
    /// An escalation policy.
    fn policy(e: Env, policy: BytesN<32>) -> Option<PolicyView>;

    /// Evaluates the closed slots of each target that are due, through `through_slot`, in order.
    /// Anyone may call and pays; see [`Outcome::NotAKeeper`] for an alert's first time. One target's
    /// failure does not stop the others. Writes nothing when nothing changed, unless the contract's
    /// summary needs a heartbeat. Returns the number of an [`Evaluation`] for each target, in the order asked.
    fn evaluate(e: Env, caller: Address, targets: Vec<RuleTarget>, through_slot: u32) -> Vec<u64>;
    /// The last slot that may be evaluated now: closed, and past the time in which reports of it
    /// may still come.
    fn closed_slot(e: Env) -> u32;

    /// Says that somebody is on it until `until_s`: no message, no escalation.
    fn acknowledge(e: Env, caller: Address, target: RuleTarget, episode: u32, until_s: u64);
    /// Holds messages and escalation back until `until_s`.
    fn snooze(e: Env, caller: Address, target: RuleTarget, episode: u32, until_s: u64);
    /// Ends the episode. Should the condition still be true, a new one begins.
    fn resolve(e: Env, caller: Address, target: RuleTarget, episode: u32, note: String);

    /// Whether an alert of at least `min_severity` is up on the contract.
    fn is_firing(e: Env, contract: Address, min_severity: Severity) -> bool;
    /// Whether the contract should go on. Reads one entry; never fails.
    fn guard(e: Env, contract: Address) -> GuardVerdict;
    /// Sets what trips the guard of a contract: the fields of its [`AlertSummary`] of these names,
    /// `stale_after_s` from 300 to 79,200, `trip_max_s` from 60 to 2,592,000. Authorised by its
    /// owner or the admin.
    fn configure_guard(
        e: Env,
        caller: Address,
        contract: Address,
        min_severity: Severity,
        stale_after_s: u32,
        fail_closed: bool,
        trip_max_s: u32,
    );
    /// Forces the guard of a contract until `until_s`, at most 30 days. Authorised by its owner or
    /// the admin.
    fn override_guard(
        e: Env,
        caller: Address,
        contract: Address,
        forced: GuardOverride,
        until_s: u64,
    );
    /// What is known of a contract as a whole, if anything.
    fn summary(e: Env, contract: Address) -> Option<AlertSummary>;

    /// The alerts that are up on a contract, in the order of their fingerprints, without the first
    /// `skipped`, at most [`ACTIVE_PAGE_MAX`].
    fn active_alerts(e: Env, contract: Address, skipped: u32, limit: u32) -> Vec<AlertView>;
    /// One alert, if it ever did something.
    fn alert(e: Env, target: RuleTarget) -> Option<AlertView>;
    /// Where samples are read.
    fn monitor(e: Env) -> Address;
    /// Sets where samples are read. Authorised by the admin.
    fn set_monitor(e: Env, monitor: Address);
}
