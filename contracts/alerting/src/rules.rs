//! From a rule as its owner writes it to what the state machine needs.

use lumenscope_interfaces::alerting::{
    AlertingError, LEVEL_CHANNELS_MAX, NAME_BYTES_MAX, POLICY_LEVELS_MAX, PolicyLevel,
    RuleCondition, RuleSpec,
};
use lumenscope_interfaces::common::StreamKey;
use lumenscope_rules::escalation::LEVELS_MAX;
use lumenscope_rules::slot::SLOT_S;
use lumenscope_rules::{Condition, Ladder, Level, Rule, RuleFault};
use soroban_sdk::{Env, String, Vec};

use crate::access::{refuse, require};
use crate::storage;

// A ladder has a place for each level of a policy.
const _: () = assert!(POLICY_LEVELS_MAX as usize == LEVELS_MAX);

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
        ladder: policy.and_then(|policy| ladder(&policy.levels)).unwrap_or(Ladder::EMPTY),
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

/// Whether the rule names this very stream, and not one among others.
pub fn is_named(spec: &RuleSpec, stream: &StreamKey) -> bool {
    spec.contract.is_some()
        && spec.function.as_ref() == Some(&stream.function)
        && spec.subject == stream.subject
}

/// The times of a policy; `None` when they, or its channels, are out of bounds.
pub fn ladder(levels: &Vec<PolicyLevel>) -> Option<Ladder> {
    let slots = |duration_s: u32| {
        let whole = duration_s.is_multiple_of(SLOT_S);
        u16::try_from(duration_s / SLOT_S).ok().filter(|_| whole)
    };
    let mut ladder = Ladder::EMPTY;
    for level in levels {
        let place = ladder.levels.get_mut(usize::from(ladder.len))?;
        *place = Level {
            delay_slots: slots(level.delay_s)?,
            repeat_slots: slots(level.repeat_s)?,
            repeats: u16::try_from(level.repeats).ok()?,
        };
        ladder.len += 1;
        if !(1..=LEVEL_CHANNELS_MAX).contains(&level.channels.len()) {
            return None;
        }
    }
    Some(ladder).filter(|ladder| ladder.len > 0 && ladder.is_valid())
}
