//! How alerting refuses.

use soroban_sdk::contracterror;

#[allow(unused_imports, reason = "what the documentation names")]
use super::*;

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
