//! From a rule as its owner writes it to what the state machine needs.

use lumenscope_interfaces::alerting::{
    AlertingError, NAME_BYTES_MAX, PolicySpec, RuleCondition, RuleSpec,
};
use lumenscope_interfaces::common::StreamKey;
use lumenscope_rules::slot::SLOT_S;
use lumenscope_rules::{Condition, Ladder, Level, Rule, RuleFault};
use soroban_sdk::{Env, String};

use crate::storage;

impl From<Invalid> for AlertingError {
    fn from(invalid: Invalid) -> Self {
        match invalid.0 {
            RuleFault::Window => AlertingError::WindowInvalid,
            RuleFault::MinPoints => AlertingError::MinPointsInvalid,
            RuleFault::Threshold => AlertingError::ThresholdInvalid,
            RuleFault::Band => AlertingError::BandInvalid,
            RuleFault::Duration => AlertingError::DurationInvalid,
            RuleFault::Ladder => AlertingError::PolicyInvalid,
        }
    }
}

struct Invalid(RuleFault);

/// The rule that the state machine steps.
pub fn compile(e: &Env, spec: &RuleSpec, active_from: u32) -> Rule {
    let slots = spec.window_s / SLOT_S;
    let condition = match spec.condition {
        RuleCondition::Threshold => Condition::Threshold {
            statistic: spec.statistic.into(),
            operator: spec.operator.into(),
            threshold: spec.threshold,
            threshold_high: spec.threshold_high,
            window_slots: slots,
        },
        RuleCondition::Absence => Condition::Absence { slots },
    };
    let policy = spec.policy.as_ref().and_then(|id| storage::policy(e, id));
    Rule {
        condition,
        min_points: spec.min_points,
        for_s: spec.for_s,
        keep_firing_for_s: spec.keep_firing_for_s,
        severity: spec.severity.into(),
        cooldown_s: spec.cooldown_s,
        no_data: spec.no_data.into(),
        ladder: policy.map_or(Ladder::EMPTY, |policy| ladder(&policy.spec)),
        active_from,
    }
}

/// Checks everything about a rule that does not depend on other entries.
pub fn check(e: &Env, spec: &RuleSpec) -> Result<(), AlertingError> {
    check_name(&spec.name)?;
    if !spec.window_s.is_multiple_of(SLOT_S) {
        return Err(AlertingError::WindowInvalid);
    }
    if spec.subject.is_some() && spec.function.is_none() {
        return Err(AlertingError::SubjectWithoutFunction);
    }
    compile(e, spec, 0).check().map_err(|fault| Invalid(fault).into())
}

pub fn check_name(name: &String) -> Result<(), AlertingError> {
    let fits = (1..=NAME_BYTES_MAX).contains(&name.len());
    if fits { Ok(()) } else { Err(AlertingError::NameInvalid) }
}

/// Whether the rule's own words cover the stream; a rule without a contract also needs its owner
/// to own it.
pub fn names(spec: &RuleSpec, stream: &StreamKey) -> bool {
    spec.contract.as_ref().is_none_or(|contract| *contract == stream.contract)
        && spec.function.as_ref().is_none_or(|function| *function == stream.function)
        && (spec.subject.is_none() || spec.subject == stream.subject)
}

/// The times of a policy. Validity is checked by `policies`; what is too long saturates.
pub fn ladder(policy: &PolicySpec) -> Ladder {
    let slots = |duration_s: u32| u16::try_from(duration_s / SLOT_S).unwrap_or(u16::MAX);
    let mut ladder = Ladder { len: policy.levels.len() as u8, ..Ladder::EMPTY };
    for (place, level) in ladder.levels.iter_mut().zip(policy.levels.iter()) {
        *place = Level {
            delay_slots: slots(level.delay_s),
            repeat_slots: slots(level.repeat_s),
            repeats: u8::try_from(level.repeats).unwrap_or(u8::MAX),
        };
    }
    ladder
}
