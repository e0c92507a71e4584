//! `alerting`: rules over streams, their episodes, escalation, and the guard that other contracts
//! ask.
//!
//! A **rule** is owned by the owner of the contracts it covers, or by the suite's admin. It has an
//! **alert** of its own for each stream it covers: a condition, a numbered episode, handling,
//! escalation. A **slot** is a minute of wall-clock time, numbered by minutes since
//! 1970-01-01T00:00Z. Closed slots are evaluated once each and in order, by anyone; the outcome
//! depends neither on who calls nor when.

use lumenscope_rules as rules;
use soroban_sdk::{
    Address, BytesN, Env, Map, String, Symbol, Vec, contractclient, contracterror, contractspecfn,
    contracttype,
};

use crate::common::StreamKey;

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

/// How urgent an alert is.
#[contracttype]
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[repr(u32)]
pub enum Severity {
    /// Worth knowing.
    Info = 0,
    /// Look at it some time.
    Low = 1,
    /// Look at it today.
    Medium = 2,
    /// Look at it now.
    High = 3,
    /// Wake somebody up.
    Critical = 4,
}

/// Which figure of a window a rule compares.
#[contracttype]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum RuleStatistic {
    /// The mean, compared exactly: sum against threshold times count.
    Average = 0,
    /// The sum.
    Sum = 1,
    /// The smallest value.
    Minimum = 2,
    /// The largest value.
    Maximum = 3,
    /// The number of samples.
    Count = 4,
    /// The most recent value.
    Last = 5,
    /// For metrics of 0 and 1: the sum over the count, in basis points (0 to 10,000).
    ErrorRatio = 6,
    /// The sum over the window's seconds, in thousandths.
    PerSecond = 7,
}

/// What a rule asks of its window. Each has parameters of its own ([`RuleSpec::parameters`]).
#[contracttype]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum RuleCondition {
    /// The statistic compared with a threshold or a band. No parameters.
    Threshold = 1,
    /// The change of the statistic from the window before, compared with a threshold or a band.
    /// Parameters: 0 for basis points of what it was, 1 for thousandths a second.
    Rate = 2,
    /// How far the statistic is from what it usually is: `threshold` is a score, in hundredths of
    /// standard deviations, 1 to 10,000; the operator is `Gt` above, `Lt` below, `Ne` either.
    /// Parameters: the smoothing, 2 to 10 (the newest figure weighs 1 in 2 to the power of it); how
    /// many figures to learn from before any is judged, 1 to 10,080; and for how many minutes after
    /// an anomaly none begins.
    Anomaly = 3,
    /// The statistic compared with a threshold or a band, in some of the last minutes. Parameters: in
    /// how many it must be met, and of how many, 60 at most. One that cannot be judged is not met.
    Pattern = 4,
    /// No sample for the whole window.
    Absence = 5,
}

/// How a statistic is compared.
#[contracttype]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum RuleOperator {
    /// Above the threshold.
    Gt = 0,
    /// At or above the threshold.
    Gte = 1,
    /// Below the threshold.
    Lt = 2,
    /// At or below the threshold.
    Lte = 3,
    /// Equal to the threshold.
    Eq = 4,
    /// Not equal to the threshold.
    Ne = 5,
    /// Below `threshold` or above `threshold_high`.
    OutsideBand = 6,
}

/// What a window with fewer samples than the rule's minimum counts as.
#[contracttype]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum NoDataPolicy {
    /// As if the condition were true.
    Alert = 0,
    /// As if the condition were false; a firing alert resolves.
    Normal = 1,
    /// A state of its own, shown; a firing alert stays firing underneath.
    NoData = 2,
    /// As the last window with data: pending goes on, firing stays, nothing resolves.
    KeepLast = 3,
}

/// A rule, as its owner writes it.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RuleSpec {
    /// 1 to [`NAME_BYTES_MAX`] bytes.
    pub name: String,
    /// The contract it covers; `None`: every contract that performance-monitor knows as the rule
    /// owner's, or every contract at all for the suite's admin.
    pub contract: Option<Address>,
    /// The function it covers; `None`: every stream of the contract that watches the metric.
    pub function: Option<Symbol>,
    /// The subject it covers; `None`: all.
    pub subject: Option<Symbol>,
    /// The metric; the stream must watch it.
    pub metric: Symbol,
    /// The figure compared. Ignored for absence.
    pub statistic: RuleStatistic,
    /// What is asked.
    pub condition: RuleCondition,
    /// What the condition needs besides: as many numbers as [`RuleCondition`] says.
    pub parameters: Vec<u32>,
    /// How the figure is compared. Ignored for absence.
    pub operator: RuleOperator,
    /// In the statistic's unit, from -2^94 to below 2^94. The band's lower end.
    pub threshold: i128,
    /// The band's upper end; ignored for other operators.
    pub threshold_high: i128,
    /// Whole minutes: 60 to 600 (the ring of minutes holds 12, and evaluation needs room); to 300 for
    /// a rate, which reads two windows; to 2,592,000 for absence.
    ///
    /// Of a threshold also whole hours, 3,600 to 2,592,000, that history adds up: those that are over
    /// at the end of a slot, the latest last, and of more than a day from the beginning of the first one.
    /// A slot is evaluated once its last hour is in history, with what history has then: hours that
    /// were merged because nobody flushed them, or are no longer kept, count as they are. Of lanes, of which history holds all,
    /// what comes later than the stream's own is missed.
    pub window_s: u32,
    /// Fewer samples than this in the window are no data. At least 1.
    pub min_points: u32,
    /// How long the condition must hold before the alert fires. 0: at once.
    pub for_s: u32,
    /// How long the alert stays up after the condition has become false.
    pub keep_firing_for_s: u32,
    /// How urgent.
    pub severity: Severity,
    /// After a message, how long new episodes of the same alert send none.
    pub cooldown_s: u32,
    /// What too little data counts as.
    pub no_data: NoDataPolicy,
    /// The escalation policy, of the same owner.
    pub policy: Option<BytesN<32>>,
    /// What tells the rule's alerts from others: what silences match and inhibition compares. At most
    /// [`LABELS_MAX`], each of 1 to [`LABEL_BYTES_MAX`] bytes.
    pub labels: Map<Symbol, String>,
    /// What people should know of it, with the same bounds: `runbook`, `threat_id`, `baseline`,
    /// `owner`, `status`, `last_review`, as the Stellar Foundation's monitoring plan names them, or
    /// whatever else.
    pub annotations: Map<Symbol, String>,
}

/// A rule, as stored.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RuleView {
    /// Who made it, and owns it as long as it names no contract. A rule that names one follows its
    /// contract: whoever owns that now has the power over the rule, whoever stands here.
    pub owner: Address,
    /// What it says.
    pub spec: RuleSpec,
    /// The first slot it evaluates: that of its creation or of its last resumption.
    pub active_from_slot: u32,
    /// Whether it is paused.
    pub paused: bool,
}

/// One level of an escalation policy.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PolicyLevel {
    /// Wait before this level, since the episode's first message or the level below. Whole minutes,
    /// at most 45 days.
    pub delay_s: u32,
    /// Time between this level's repeated messages. Whole minutes, at least 60 with repeats.
    pub repeat_s: u32,
    /// How often this level's message is repeated before the next level's wait begins; at most 10.
    pub repeats: u32,
    /// Ids of integrations of external-monitoring; 1 to [`LEVEL_CHANNELS_MAX`]. Nothing here checks
    /// whose they are: whoever delivers sends to those of the policy's owner alone.
    pub channels: Vec<BytesN<32>>,
}

/// An escalation policy, as stored. It never changes: an episode runs on the one it started with.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PolicyView {
    /// Who owns it.
    pub owner: Address,
    /// 1 to [`NAME_BYTES_MAX`] bytes.
    pub name: String,
    /// 1 to [`POLICY_LEVELS_MAX`], in order.
    pub levels: Vec<PolicyLevel>,
}

/// A rule and one stream that it covers: what `evaluate` works on.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RuleTarget {
    /// The rule's id.
    pub rule: BytesN<32>,
    /// The stream.
    pub stream: StreamKey,
}

/// What became of one target of `evaluate`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum Outcome {
    /// Its slots were evaluated, or none was due.
    Evaluated = 0,
    /// More transitions are due than one transaction can publish: call again, with fewer targets.
    Partial = 1,
    /// No such rule, or it lost its contract to another owner; if its alert was up, that was resolved
    /// now.
    RuleUnknown = 2,
    /// The rule is paused; if its alert was up, it was resolved now.
    RulePaused = 3,
    /// The rule does not cover this stream.
    NotCovered = 4,
    /// The stream is not open, or does not watch the metric.
    StreamUnknown = 5,
    /// The contract has [`ALERTS_PER_CONTRACT_MAX`] alerts: the old ones are kept, this one is
    /// refused.
    TooManyAlerts = 6,
    /// The source of data failed; the alert resolves nothing, and shows the error where a keeper,
    /// the rule's owner or the admin evaluates it: others can call so that it fails for them alone.
    SourceFailed = 7,
    /// Only the rule's owner, a keeper or the admin begins an alert: whose alerts nobody else
    /// evaluates must not be begun by just anybody.
    NotAKeeper = 8,
}

/// What `evaluate` answers for one target. It travels as one number, because whoever sends
/// evaluations reads it by program: the outcome's code in bits 0 to 7, the condition's in 8 to 15,
/// transitions in 16 to 22, the heartbeat in 23, the episode from 24 on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Evaluation {
    /// What became of it.
    pub outcome: Outcome,
    /// The alert's condition now.
    pub condition: rules::Status,
    /// The number of its latest episode; 0 before the first.
    pub episode: u32,
    /// How many transitions were published. 0 in all targets: nothing needs to be sent, unless
    /// `heartbeat` asks for it.
    pub transitions: u32,
    /// Whether progress was written although nothing changed.
    pub heartbeat: bool,
}

impl Evaluation {
    /// The number of this answer.
    pub const fn packed(self) -> u64 {
        self.outcome as u64
            | (self.condition as u64) << 8
            | (self.transitions as u64) << 16
            | (self.heartbeat as u64) << 23
            | (self.episode as u64) << 24
    }

    /// The answer of this number; `None` when a code in it means nothing.
    pub fn unpacked(number: u64) -> Option<Evaluation> {
        use Outcome::*;
        const OUTCOMES: [Outcome; 9] = [
            Evaluated,
            Partial,
            RuleUnknown,
            RulePaused,
            NotCovered,
            StreamUnknown,
            TooManyAlerts,
            SourceFailed,
            NotAKeeper,
        ];
        Some(Evaluation {
            outcome: *OUTCOMES.get(usize::from(number as u8))?,
            condition: rules::Status::from_code((number >> 8) as u8)?,
            episode: (number >> 24) as u32,
            transitions: (number >> 16) as u32 & 0x7f,
            heartbeat: number & (1 << 23) != 0,
        })
    }
}

/// An alert, as stored by its first transition: one rule on one stream, in a fixed width.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AlertView {
    /// The rule and the stream.
    pub target: RuleTarget,
    /// The policy that the episode runs on; zeros for none.
    pub policy: BytesN<32>,
    /// Condition, episode, handling, escalation, figure and counts, as of the last slot stored: in
    /// the packed encoding of `lumenscope-rules` (`codec::decode`). The last slot evaluated is in
    /// the contract's [`AlertSummary::rows`].
    pub state: BytesN<160>,
}

// The attribute above takes a number, not a name.
const _: () = assert!(rules::codec::STATE_BYTES == 160);

/// What the owner forces the guard to say.
#[contracttype]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum GuardOverride {
    /// Nothing.
    None = 0,
    /// Allow.
    Open = 1,
    /// Refuse.
    Closed = 2,
}

/// What the guard says, and why.
#[contracttype]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum GuardVerdict {
    /// Allows: nothing fires.
    Clear = 0,
    /// Allows: no rule covers the contract.
    Unwatched = 1,
    /// Allows: not evaluated recently enough, and the owner chose fail-open.
    StaleAllowed = 2,
    /// Allows: something fires, for longer than a trip may last.
    TripExpired = 3,
    /// Allows: the owner says so.
    OverriddenOpen = 4,
    /// Refuses: something fires.
    Tripped = 5,
    /// Refuses: not evaluated recently enough, and the owner chose fail-closed.
    StaleRefused = 6,
    /// Refuses: the owner says so.
    OverriddenClosed = 7,
}

impl GuardVerdict {
    /// Whether a guarded contract should go on.
    pub fn allows(self) -> bool {
        (self as u32) < GuardVerdict::Tripped as u32
    }
}

/// What is known of a contract as a whole, as stored.
#[contracttype]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AlertSummary {
    /// Whether a stale summary refuses. By default it allows: a dead keeper must not lock a
    /// protocol.
    pub fail_closed: bool,
    /// What the owner forces.
    pub forced: GuardOverride,
    /// Until when, seconds UTC.
    pub forced_until_s: u64,
    /// The least severity of a firing alert that trips the guard.
    pub min_severity: Severity,
    /// Alerts that were evaluated at least once, by fingerprint: the first 16 bytes of the SHA-256
    /// of the XDR of their [`RuleTarget`]. See [`row`].
    pub rows: Map<BytesN<16>, u64>,
    /// A summary whose oldest alert was evaluated longer ago is stale, seconds. Keepers write
    /// progress at half of it.
    pub stale_after_s: u32,
    /// After this long a trip no longer refuses, seconds: from when an alert began to fire while no
    /// other fired of which something recent was known, until none fires. Another that begins later
    /// starts no new trip; resolve what goes on, or override. One that is stale and evaluated again
    /// starts none: an episode starts one at most.
    pub trip_max_s: u32,
    /// Since when, seconds UTC; 0: nothing fires.
    pub tripped_since_s: u64,
}

/// A row of a summary: the last slot evaluated, and the severity of the alert while it is up.
pub fn row(through_slot: u32, firing: Option<Severity>) -> u64 {
    (u64::from(through_slot) << 8) | firing.map_or(0, |severity| severity as u64 + 1)
}

/// The last slot evaluated.
pub fn row_through(row: u64) -> u32 {
    (row >> 8) as u32
}

/// Whether the alert is up, with at least the severity of this code.
pub fn row_fires(row: u64, min_severity: u32) -> bool {
    row & 0xff > u64::from(min_severity)
}

/// Converts enums whose variants and codes are the same here and in the state machine.
macro_rules! same_as {
    ($ours:ident, $theirs:ident: $($variant:ident),+) => {
        impl From<rules::$theirs> for $ours {
            fn from(theirs: rules::$theirs) -> Self {
                match theirs {
                    $( rules::$theirs::$variant => $ours::$variant, )+
                }
            }
        }
        impl From<$ours> for rules::$theirs {
            fn from(ours: $ours) -> Self {
                match ours {
                    $( $ours::$variant => rules::$theirs::$variant, )+
                }
            }
        }
    };
}
same_as!(Severity, Severity: Info, Low, Medium, High, Critical);
same_as!(RuleStatistic, Statistic: Average, Sum, Minimum, Maximum, Count, Last, ErrorRatio,
    PerSecond);
same_as!(RuleOperator, Operator: Gt, Gte, Lt, Lte, Eq, Ne, OutsideBand);
same_as!(NoDataPolicy, NoData: Alert, Normal, NoData, KeepLast);

/// Errors of alerting.
#[contracterror]
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[repr(u32)]
pub enum AlertingError {
    /// No such rule.
    RuleUnknown = 3300,
    /// No such policy, or not of the same owner.
    PolicyUnknown = 3301,
    /// The caller is not the owner of the rule or the contract, nor the admin, nor (to handle an
    /// alert) an operator of the owner.
    NotTheRuleOwner = 3302,
    /// performance-monitor does not know the contract.
    ContractUnmonitored = 3303,
    /// The stream is not open, or does not watch the metric.
    MetricUnwatched = 3304,
    /// A name that is empty or longer than [`NAME_BYTES_MAX`].
    NameInvalid = 3305,
    /// Not whole minutes, or outside the limits of [`RuleSpec::window_s`].
    WindowInvalid = 3306,
    /// Minimum points of 0.
    MinPointsInvalid = 3307,
    /// A threshold below -2^94, or 2^94 or above: no figure gets there.
    ThresholdInvalid = 3308,
    /// A band whose upper end is below its lower end.
    BandInvalid = 3309,
    /// A duration beyond 30 days.
    DurationInvalid = 3310,
    /// A subject without a function.
    SubjectWithoutFunction = 3311,
    /// An update that would change which streams the rule covers: create another rule.
    ScopeChanged = 3312,
    /// The rule is already paused, or already running.
    PauseUnchanged = 3313,
    /// The contract, or the owner, has [`RULES_PER_CONTRACT_MAX`] rules.
    TooManyRules = 3314,
    /// No level, too many, or a level whose waits, repeats or channels are out of bounds.
    PolicyInvalid = 3315,
    /// No target, or more than [`TARGETS_MAX`].
    TargetsInvalid = 3316,
    /// A slot that is not closed and past the watermark.
    SlotOpen = 3317,
    /// The rule has no alert on this stream.
    AlertUnknown = 3318,
    /// The episode named is not the current one, or not firing.
    EpisodeNotCurrent = 3319,
    /// The episode is already acknowledged or snoozed.
    AlreadyHandled = 3320,
    /// An expiry in the past, or more than 30 days ahead.
    ExpiryInvalid = 3321,
    /// A note longer than [`NOTE_BYTES_MAX`].
    NoteTooLong = 3322,
    /// The alert could not be brought up to date first: its source fails, or more is due than one
    /// call publishes; evaluate it, then try again.
    SourceUnreadable = 3323,
    /// A guard configuration out of bounds.
    GuardInvalid = 3324,
    /// An argument, or something stored, that is not of the shape that its type says.
    ShapeInvalid = 3325,
    /// The owner has [`OPERATORS_MAX`] operators, or what was asked for is so already.
    OperatorsInvalid = 3326,
    /// Parameters, or an operator or a score of an anomaly, that the condition does not take:
    /// `docs/guides/alert-rules.md` says which it does.
    ParametersInvalid = 3327,
    /// More labels or annotations than [`LABELS_MAX`], or a text that is empty or too long.
    LabelsInvalid = 3328,
}

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
