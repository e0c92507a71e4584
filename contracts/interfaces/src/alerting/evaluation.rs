//! What is evaluated, what comes of it, and the alert that is kept.

use lumenscope_rules::{Status, codec};
use soroban_sdk::{BytesN, contracttype};

#[allow(unused_imports, reason = "what the documentation names")]
use super::*;
use crate::common::StreamKey;

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
    pub condition: Status,
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
            condition: Status::from_code((number >> 8) as u8)?,
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
const _: () = assert!(codec::STATE_BYTES == 160);
