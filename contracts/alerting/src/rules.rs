//! From a rule as its owner writes it to what the state machine needs.

use lumenscope_interfaces::alerting::{
    AlertingError, NAME_BYTES_MAX, PolicyLevel, RuleCondition, RuleSpec,
};
use lumenscope_interfaces::common::StreamKey;
use lumenscope_rules::slot::SLOT_S;
use lumenscope_rules::{Condition, Ladder, Level, Rule, RuleFault};
use soroban_sdk::{Env, String, Vec};

use crate::access::{refuse, require};
use crate::storage;

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
        ladder: policy.map_or(Ladder::EMPTY, |policy| ladder(&policy.levels)),
        active_from,
    }
}

/// Checks everything about a rule that does not depend on other entries.
pub fn check(e: &Env, spec: &RuleSpec) {
    check_name(e, &spec.name);
    require(e, spec.window_s.is_multiple_of(SLOT_S), AlertingError::WindowInvalid);
    let has_function = spec.subject.is_none() || spec.function.is_some();
    require(e, has_function, AlertingError::SubjectWithoutFunction);
    if let Err(fault) = compile(e, spec, 0).check() {
        refuse(
            e,
            match fault {
                RuleFault::Window => AlertingError::WindowInvalid,
                RuleFault::MinPoints => AlertingError::MinPointsInvalid,
                RuleFault::Threshold => AlertingError::ThresholdInvalid,
                RuleFault::Band => AlertingError::BandInvalid,
                RuleFault::Duration => AlertingError::DurationInvalid,
            },
        );
    }
}

pub fn check_name(e: &Env, name: &String) {
    let fits = (1..=NAME_BYTES_MAX).contains(&name.len());
    require(e, fits, AlertingError::NameInvalid);
}

/// Whether the rule's own words cover the stream; a rule without a contract also needs its owner
/// to own it.
pub fn names(spec: &RuleSpec, stream: &StreamKey) -> bool {
    spec.contract.as_ref().is_none_or(|contract| *contract == stream.contract)
        && spec.function.as_ref().is_none_or(|function| *function == stream.function)
        && (spec.subject.is_none() || spec.subject == stream.subject)
}

/// The times of a policy. Validity is checked by `policies`; what is too long saturates.
pub fn ladder(levels: &Vec<PolicyLevel>) -> Ladder {
    let slots = |duration_s: u32| u16::try_from(duration_s / SLOT_S).unwrap_or(u16::MAX);
    let mut ladder = Ladder { len: levels.len() as u8, ..Ladder::EMPTY };
    for (place, level) in ladder.levels.iter_mut().zip(levels.iter()) {
        *place = Level {
            delay_slots: slots(level.delay_s),
            repeat_slots: slots(level.repeat_s),
            repeats: u8::try_from(level.repeats).unwrap_or(u8::MAX),
        };
    }
    ladder
}
