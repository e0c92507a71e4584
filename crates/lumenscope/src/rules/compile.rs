//! From what a rule says to what the state machine steps, as alerting does it.

use lumenscope_rules::slot::SLOT_S;
use lumenscope_rules::{
    Baseline, Compare, Condition, Ladder, NoData, Operator, Per, Rule, RuleFault, Severity,
    Statistic,
};
use thiserror::Error;

use super::spec::Spec;

/// Why alerting would refuse it.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum SpecFault {
    /// A number that stands for nothing.
    #[error("{field}: expected a number from {least} to {most}, came {came}")]
    Code { field: &'static str, least: u32, most: u32, came: u32 },
    /// Another number of parameters than the condition takes.
    #[error("parameters: expected {expected} of them with condition {condition}, came {came}")]
    Parameters { condition: u32, expected: usize, came: usize },
    /// Not whole minutes.
    #[error("window_s: expected whole minutes, came {0} s")]
    Minutes(u32),
    /// A subject of all functions.
    #[error("subject: expected a function with it, came none")]
    SubjectWithoutFunction,
    /// A bound of the state machine.
    #[error("{}", bound(*.0))]
    Bound(RuleFault),
}

/// Parameters that a condition of each number takes.
const PARAMETERS_OF: [usize; 6] = [0, 0, 1, 3, 2, 0];

fn bound(fault: RuleFault) -> &'static str {
    match fault {
        RuleFault::Window => {
            "window_s: expected 60 to 600; of a rate to 300; of a threshold also whole hours to \
             2,592,000; of an absence up to 2,592,000"
        }
        RuleFault::MinPoints => "min_points: expected at least 1",
        RuleFault::Threshold => "threshold: expected one from -2^94 to below 2^94",
        RuleFault::Band => "threshold_high: expected at least threshold, the band's lower end",
        RuleFault::Duration => {
            "for_s, keep_firing_for_s, cooldown_s: expected at most 2,592,000, 30 days"
        }
        RuleFault::Anomaly => {
            "expected of an anomaly operator 0, 2 or 5, a threshold of 1 to 10,000, and parameters \
             of 2 to 10, 1 to 10,080 and at most 43,200"
        }
        RuleFault::Pattern => "parameters: expected of a pattern at least 1, of at most 60",
    }
}

fn coded<T: Copy>(field: &'static str, all: &[T], came: u32) -> Result<T, SpecFault> {
    let most = u32::try_from(all.len()).unwrap_or(u32::MAX).saturating_sub(1);
    let found = usize::try_from(came).ok().and_then(|place| all.get(place));
    found.copied().ok_or(SpecFault::Code { field, least: 0, most, came })
}

/// The figure that a rule compares, and with what.
///
/// # Errors
/// [`SpecFault::Code`].
pub fn compare(spec: &Spec) -> Result<Compare, SpecFault> {
    Ok(Compare {
        statistic: coded("statistic", Statistic::ALL, spec.statistic)?,
        operator: coded("operator", Operator::ALL, spec.operator)?,
        threshold: spec.threshold,
        threshold_high: spec.threshold_high,
        window_slots: spec.window_s / SLOT_S,
    })
}

/// What a rule asks.
///
/// # Errors
/// [`SpecFault::Code`], [`SpecFault::Parameters`].
pub fn condition(spec: &Spec) -> Result<Condition, SpecFault> {
    let number = spec.condition;
    let expected = usize::try_from(number).ok().and_then(|place| PARAMETERS_OF.get(place));
    let Some(expected) = expected.copied().filter(|_| number > 0) else {
        return Err(SpecFault::Code { field: "condition", least: 1, most: 5, came: number });
    };
    let compare = compare(spec)?;
    Ok(match (number, spec.parameters.as_slice()) {
        (1, []) => Condition::Threshold(compare),
        (2, [per]) => Condition::Rate { compare, per: coded("parameters", Per::ALL, *per)? },
        (3, [smoothing, warm_up, quiet_slots]) => Condition::Anomaly {
            compare,
            baseline: Baseline {
                smoothing: *smoothing,
                warm_up: *warm_up,
                quiet_slots: *quiet_slots,
            },
        },
        (4, [at_least, of_slots]) => {
            Condition::Pattern { compare, at_least: *at_least, of_slots: *of_slots }
        }
        (5, []) => Condition::Absence { slots: compare.window_slots },
        (condition, parameters) => {
            return Err(SpecFault::Parameters { condition, expected, came: parameters.len() });
        }
    })
}

/// The severity.
///
/// # Errors
/// [`SpecFault::Code`].
pub fn severity(spec: &Spec) -> Result<Severity, SpecFault> {
    coded("severity", Severity::ALL, spec.severity)
}

/// What too little data counts as.
///
/// # Errors
/// [`SpecFault::Code`].
pub fn no_data(spec: &Spec) -> Result<NoData, SpecFault> {
    coded("no_data", NoData::ALL, spec.no_data)
}

/// The rule that is stepped from a slot on. It escalates to nobody: that takes people.
///
/// # Errors
/// The first [`SpecFault`] found.
pub fn compile(spec: &Spec, active_from: u32) -> Result<Rule, SpecFault> {
    if !spec.window_s.is_multiple_of(SLOT_S) {
        return Err(SpecFault::Minutes(spec.window_s));
    }
    if spec.subject.is_some() && spec.function.is_none() {
        return Err(SpecFault::SubjectWithoutFunction);
    }
    let rule = Rule {
        condition: condition(spec)?,
        min_points: spec.min_points,
        for_s: spec.for_s,
        keep_firing_for_s: spec.keep_firing_for_s,
        severity: severity(spec)?,
        cooldown_s: spec.cooldown_s,
        no_data: no_data(spec)?,
        ladder: Ladder::EMPTY,
        active_from,
    };
    rule.check().map_err(SpecFault::Bound)?;
    Ok(rule)
}

#[cfg(test)]
mod tests {
    use lumenscope_meta::Address;
    use lumenscope_templates::rules::RULES;

    use super::super::spec::tests::spec;
    use super::*;

    #[test]
    fn every_template_is_a_rule() {
        for template in RULES {
            let contract = Address::from_contract_id([9; 32]);
            let spec = Spec::of_template(&template, &contract, None);
            let rule = compile(&spec, 0).unwrap_or_else(|fault| panic!("{}: {fault}", spec.name));
            assert_eq!(rule.condition.code(), template.condition);
        }
    }

    #[test]
    fn what_alerting_would_refuse_is_refused_by_the_field() {
        let refused = |spec: Spec| compile(&spec, 0).expect_err("refused").to_string();
        for (spec, expected) in [
            (Spec { statistic: 8, ..spec() }, "statistic: expected a number from 0 to 7, came 8"),
            (Spec { condition: 0, ..spec() }, "condition: expected a number from 1 to 5, came 0"),
            (Spec { condition: 6, ..spec() }, "condition: expected a number from 1 to 5, came 6"),
            (Spec { window_s: 90, ..spec() }, "window_s: expected whole minutes, came 90 s"),
            (
                Spec { condition: 4, parameters: vec![3], ..spec() },
                "parameters: expected 2 of them with condition 4, came 1",
            ),
            (Spec { min_points: 0, ..spec() }, "min_points: expected at least 1"),
        ] {
            assert_eq!(refused(spec), expected);
        }
        assert!(refused(Spec { window_s: 660, ..spec() }).starts_with("window_s: expected 60"));
    }
}
