//! Rules, and the policies that their alerts run on.

use lumenscope_rules as machine;
use soroban_sdk::{Address, BytesN, Map, String, Symbol, Vec, contracttype};

#[allow(unused_imports, reason = "what the documentation names")]
use super::*;

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

/// Converts enums whose variants and codes are the same here and in the state machine.
macro_rules! same_as {
    ($ours:ident, $theirs:ident: $($variant:ident),+) => {
        impl From<machine::$theirs> for $ours {
            fn from(theirs: machine::$theirs) -> Self {
                match theirs {
                    $( machine::$theirs::$variant => $ours::$variant, )+
                }
            }
        }
        impl From<$ours> for machine::$theirs {
            fn from(ours: $ours) -> Self {
                match ours {
                    $( $ours::$variant => machine::$theirs::$variant, )+
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
