//! How a rule can be tried on history, which keeps hours of figures and days of sketches. Pure.

use lumenscope_rules::{Condition, Operator, Statistic};
use thiserror::Error;

use super::compile::{self, SpecFault};
use super::spec::Spec;
use super::trial::Quantile;
use crate::times::duration;

/// Seconds in an hour, and in a day.
const HOUR_S: u32 = 3_600;
const DAY_S: u32 = 86_400;
/// Most days of a window.
const WINDOW_DAYS_MAX: u32 = 30;

/// What is tried.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Plan {
    /// The rule, with the window that it is tried with.
    pub spec: Spec,
    /// How.
    pub way: Way,
    /// In what the outcome differs from what the rule itself does.
    pub notes: Vec<String>,
}

/// What is read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Way {
    /// A figure of whole hours, as on the ledger.
    Hours,
    /// In which hours there were samples.
    Absence,
    /// A quantile of whole days.
    Quantile { quantile: Quantile, window_days: u32 },
}

/// Why a rule cannot be tried so.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum Unfit {
    /// It is no rule.
    #[error(transparent)]
    Fault(#[from] SpecFault),
    /// A condition that hours say nothing of.
    #[error(
        "expected a rule with a threshold, or of an absence: {0} is about minutes, and history \
         keeps hours"
    )]
    Condition(&'static str),
    /// A window that history does not have.
    #[error(
        "this rule looks back over {}, and history keeps hours: give a window in whole hours, such \
         as --window-s 3600, to ask the same of hours",
        duration(u64::from(*.0))
    )]
    Minutes(u32),
    /// A window that is not of hours.
    #[error("--window-s: expected whole hours, 3600 to 2592000, came {0}")]
    NotHours(u32),
    /// A window for an absence, which needs none.
    #[error("--window-s: an absence is tried with its own window, by the minute")]
    AbsenceWindow,
    /// A quantile of something else than a threshold.
    #[error("--statistic: expected a rule with a threshold, which the quantile is compared with")]
    QuantileOf,
    /// A window that is not of days.
    #[error(
        "--statistic: history keeps sketches by day: give a window in whole days, such as \
         --window-s 86400; came {}",
        duration(u64::from(*.0))
    )]
    NotDays(u32),
}

/// Decides how a rule is tried, with another window or a quantile where asked for.
///
/// # Errors
/// [`Unfit`].
pub fn plan(
    spec: &Spec,
    window_s: Option<u32>,
    statistic: Option<Quantile>,
) -> Result<Plan, Unfit> {
    // As it is on the ledger, it is valid.
    compile::compile(spec, 0)?;
    let condition = compile::condition(spec)?;
    match condition {
        Condition::Threshold(_) => {}
        _ if statistic.is_some() => return Err(Unfit::QuantileOf),
        Condition::Absence { .. } if window_s.is_some() => return Err(Unfit::AbsenceWindow),
        Condition::Absence { .. } => return Ok(absence(spec)),
        Condition::Rate { .. } => return Err(Unfit::Condition("a change from window to window")),
        Condition::Anomaly { .. } => return Err(Unfit::Condition("what is unusual")),
        Condition::Pattern { .. } => return Err(Unfit::Condition("a pattern")),
    }
    let asked_s = window_s.unwrap_or(spec.window_s);
    let is_whole = |unit_s| asked_s > 0 && asked_s.is_multiple_of(unit_s);
    if let Some(quantile) = statistic {
        let window_days = asked_s / DAY_S;
        if !is_whole(DAY_S) || window_days > WINDOW_DAYS_MAX {
            return Err(Unfit::NotDays(asked_s));
        }
        let way = Way::Quantile { quantile, window_days };
        return Ok(Plan { spec: with_window(spec, asked_s), way, notes: quantile_notes(quantile) });
    }
    if !is_whole(HOUR_S) {
        return Err(window_s.map_or(Unfit::Minutes(asked_s), Unfit::NotHours));
    }
    let tried = with_window(spec, asked_s);
    if compile::compile(&tried, 0).is_err() {
        return Err(Unfit::NotHours(asked_s));
    }
    Ok(Plan { notes: window_notes(spec, asked_s)?, spec: tried, way: Way::Hours })
}

fn with_window(spec: &Spec, window_s: u32) -> Spec {
    Spec { window_s, ..spec.clone() }
}

fn absence(spec: &Spec) -> Plan {
    let note = "hours tell that there was a sample, not when: a silence counts from the end of the \
                last hour with one, so the rule itself sees it up to an hour sooner, and also \
                silences between two samples of an hour";
    Plan { spec: spec.clone(), way: Way::Absence, notes: vec![note.to_owned()] }
}

fn quantile_notes(quantile: Quantile) -> Vec<String> {
    vec![format!(
        "{} within 5 %, of what was flushed; a sample counts on the day of the last hour that was \
         flushed with it. The ledger's rules have no quantiles",
        quantile.name()
    )]
}

/// In what another window's outcome differs.
fn window_notes(spec: &Spec, asked_s: u32) -> Result<Vec<String>, SpecFault> {
    if asked_s == spec.window_s {
        return Ok(Vec::new());
    }
    let (own, asked) = (duration(spec.window_s.into()), duration(asked_s.into()));
    let mut notes = vec![format!("asked over {asked}; the rule itself looks back over {own}")];
    if asked_s > spec.window_s && spec.window_s < HOUR_S {
        notes.push(longer(&compile::compare(spec)?).to_owned());
    }
    Ok(notes)
}

/// What becomes of the answer when a longer window is asked.
fn longer(compare: &lumenscope_rules::Compare) -> &'static str {
    use Operator::{Gt, Gte, Lt, Lte};
    match (compare.statistic, compare.operator) {
        (Statistic::Maximum, Gt | Gte) | (Statistic::Minimum, Lt | Lte) => {
            "one sample decides: in which hours it fires is the same, when in the hour and for how \
             long is not"
        }
        (
            Statistic::Average | Statistic::ErrorRatio | Statistic::PerSecond,
            Gt | Gte | Lt | Lte,
        ) => "a longer mean is calmer: the rule itself also fires on what is short",
        (Statistic::Sum | Statistic::Count, Gt | Gte) => {
            "more time adds up to more: the rule itself fires less often"
        }
        (Statistic::Last, _) => {
            "only the last sample of an hour is known: the rule itself also fires on those before"
        }
        _ => "the rule itself may fire more often or less",
    }
}

#[cfg(test)]
mod tests {
    use super::super::spec::tests::spec;
    use super::*;

    #[test]
    fn a_rule_over_hours_is_tried_as_it_is() {
        let plan = plan(&spec(), None, None).expect("a plan");
        assert_eq!((plan.spec, plan.way, plan.notes), (spec(), Way::Hours, Vec::new()));
    }

    #[test]
    fn a_rule_over_minutes_is_tried_on_hours_only_if_asked_and_says_what_that_means() {
        let minutes = Spec { window_s: 300, statistic: 3, ..spec() };
        assert_eq!(plan(&minutes, None, None), Err(Unfit::Minutes(300)));
        let plan = plan(&minutes, Some(7_200), None).expect("a plan");
        assert_eq!(plan.spec.window_s, 7_200);
        assert!(plan.notes[0].contains("over 2 h") && plan.notes[0].contains("over 5 min"));
        assert!(plan.notes[1].starts_with("one sample decides"), "{:?}", plan.notes);
    }

    #[test]
    fn windows_that_history_does_not_have_are_refused() {
        for window_s in [0, 300, 5_400, 31 * 86_400] {
            assert_eq!(plan(&spec(), Some(window_s), None), Err(Unfit::NotHours(window_s)));
        }
        let p95 = Some(Quantile::P95);
        assert_eq!(plan(&spec(), None, p95), Err(Unfit::NotDays(3_600)));
        let two = plan(&spec(), Some(2 * 86_400), p95).expect("a plan");
        assert_eq!(two.way, Way::Quantile { quantile: Quantile::P95, window_days: 2 });
    }

    #[test]
    fn conditions_of_minutes_are_refused_by_name() {
        let of = |condition, parameters: &[u32]| {
            let parameters = parameters.to_vec();
            plan(&Spec { condition, parameters, window_s: 60, ..spec() }, Some(3_600), None)
        };
        for (condition, parameters) in [(2, &[0][..]), (3, &[6, 30, 10]), (4, &[3, 5])] {
            assert!(matches!(of(condition, parameters), Err(Unfit::Condition(_))), "{condition}");
        }
        assert_eq!(of(5, &[]), Err(Unfit::AbsenceWindow));
    }
}
