//! A rule in words.

use lumenscope_observer::for_terminal;
use lumenscope_rules::slot::SLOT_S;
use lumenscope_rules::{Compare, Condition, NoData, Operator, Per, Statistic};

use super::compile::{self, SpecFault};
use super::spec::Spec;
use crate::times::duration;
use crate::units::{counted, grouped};
use crate::words::{amount, comparison, percent};

/// Thousandths in one.
const THOUSANDTHS: i128 = 1_000;
/// Characters of an address on each side of what is left out.
const ADDRESS_CHARS: usize = 6;

/// What a rule asks: `average(premium) over 5 min > 1,000`.
pub fn asks(spec: &Spec) -> String {
    match compile::condition(spec) {
        Ok(condition) => asked(spec, &condition),
        Err(fault) => unknown(&fault),
    }
}

fn asked(spec: &Spec, condition: &Condition) -> String {
    let metric = for_terminal(&spec.metric);
    let window = duration(spec.window_s.into());
    let of =
        |compare: &Compare| format!("{}({metric}) over {window}", statistic(compare.statistic));
    match condition {
        Condition::Threshold(compare) => format!("{} {}", of(compare), compared(compare)),
        Condition::Rate { compare, per } => {
            let shown = |value| match per {
                Per::Base => percent(value),
                Per::Second => format!("{} a second", thousandths(value)),
            };
            let Compare { operator, threshold, threshold_high, .. } = *compare;
            let change = comparison(operator, threshold, threshold_high, shown);
            format!("{} changes by {change}", of(compare))
        }
        Condition::Anomaly { compare, .. } => {
            let side = match compare.operator {
                Operator::Gt => "above",
                Operator::Lt => "below",
                _ => "off",
            };
            let (whole, rest) = (compare.threshold / 100, (compare.threshold % 100).abs());
            format!("{} {whole}.{rest:02} deviations {side} the usual", of(compare))
        }
        Condition::Pattern { compare, at_least, of_slots } => {
            format!("{} {} in {at_least} of {of_slots} min", of(compare), compared(compare))
        }
        Condition::Absence { slots } => {
            format!("no {metric} for {}", duration(u64::from(*slots) * u64::from(SLOT_S)))
        }
    }
}

/// What the figure is compared with.
pub fn compared(compare: &Compare) -> String {
    let Compare { operator, threshold, threshold_high, .. } = *compare;
    comparison(operator, threshold, threshold_high, |value| figure(compare.statistic, value))
}

/// A figure of a statistic, in the unit that people read.
pub fn figure(statistic: Statistic, value: i128) -> String {
    match statistic {
        Statistic::PerSecond => thousandths(value),
        statistic => amount(statistic, value),
    }
}

fn thousandths(value: i128) -> String {
    let (whole, rest) = (value / THOUSANDTHS, (value % THOUSANDTHS).unsigned_abs());
    let sign = if value < 0 && whole == 0 { "-" } else { "" };
    let fraction = format!("{rest:03}");
    match fraction.trim_end_matches('0') {
        "" => format!("{sign}{}", grouped(whole)),
        fraction => format!("{sign}{}.{fraction}", grouped(whole)),
    }
}

/// What a statistic is called.
pub fn statistic(statistic: Statistic) -> &'static str {
    match statistic {
        Statistic::Average => "average",
        Statistic::Sum => "sum",
        Statistic::Minimum => "minimum",
        Statistic::Maximum => "maximum",
        Statistic::Count => "count",
        Statistic::Last => "last",
        Statistic::ErrorRatio => "share",
        Statistic::PerSecond => "per second",
    }
}

/// What a rule covers, with the contract where there may be several.
pub fn scope(spec: &Spec, with_contract: bool) -> String {
    let mut parts = Vec::new();
    if with_contract {
        parts.push(spec.contract.as_deref().map_or("all contracts".to_owned(), short));
    }
    parts.push(spec.function.as_deref().map_or("all streams".to_owned(), for_terminal));
    parts.extend(spec.subject.as_deref().map(for_terminal));
    parts.join(" / ")
}

/// The ends of an address.
pub fn short(address: &str) -> String {
    let end = address.len().saturating_sub(ADDRESS_CHARS);
    match (address.get(..ADDRESS_CHARS), address.get(end..)) {
        (Some(first), Some(last)) if end > ADDRESS_CHARS => format!("{first}…{last}"),
        _ => for_terminal(address),
    }
}

/// What too little data counts as.
pub fn no_data(spec: &Spec) -> String {
    let counts_as = match compile::no_data(spec) {
        Ok(NoData::Alert) => "as if it were true",
        Ok(NoData::Normal) => "as if it were false",
        Ok(NoData::NoData) => "shown as no data, and nothing resolves",
        Ok(NoData::KeepLast) => "as before, and nothing resolves",
        Err(fault) => return unknown(&fault),
    };
    if matches!(compile::condition(spec), Ok(Condition::Absence { .. })) {
        return "no samples are what it asks for".to_owned();
    }
    match spec.min_points {
        0 | 1 => format!("without samples in the window: {counts_as}"),
        least => format!("with fewer than {} in the window: {counts_as}", samples(least)),
    }
}

fn samples(count: u32) -> String {
    counted(count.into(), "sample", "samples")
}

/// When it fires and for how long it stays up.
pub fn clocks(spec: &Spec) -> String {
    let fires = match spec.for_s {
        0 => "at once".to_owned(),
        for_s => format!("once that held for {}", duration(for_s.into())),
    };
    match spec.keep_firing_for_s {
        0 => fires,
        keep_s => format!("{fires}, and stays up for {} after", duration(keep_s.into())),
    }
}

/// What this version does not know.
fn unknown(fault: &SpecFault) -> String {
    format!("not known to this version: {fault}")
}

#[cfg(test)]
mod tests {
    use super::super::spec::tests::spec;
    use super::*;

    #[test]
    fn every_condition_is_said_in_words() {
        let of = |condition, parameters: &[u32]| {
            asks(&Spec { condition, parameters: parameters.to_vec(), window_s: 300, ..spec() })
        };
        assert_eq!(of(1, &[]), "average(amount) over 5 min > 1,000");
        assert_eq!(of(2, &[0]), "average(amount) over 5 min changes by > 10.00 %");
        assert_eq!(of(2, &[1]), "average(amount) over 5 min changes by > 1 a second");
        assert_eq!(
            of(3, &[6, 30, 10]),
            "average(amount) over 5 min 10.00 deviations above the usual"
        );
        assert_eq!(of(4, &[3, 5]), "average(amount) over 5 min > 1,000 in 3 of 5 min");
        assert_eq!(of(5, &[]), "no amount for 5 min");
        assert!(of(9, &[]).starts_with("not known to this version: condition"));
    }

    #[test]
    fn figures_have_the_unit_that_people_read() {
        assert_eq!(figure(Statistic::ErrorRatio, 1_050), "10.50 %");
        assert_eq!(figure(Statistic::PerSecond, 1_024_000), "1,024");
        assert_eq!(figure(Statistic::PerSecond, -500), "-0.5");
        assert_eq!(figure(Statistic::Sum, 1_024_000), "1,024,000");
    }

    #[test]
    fn a_scope_names_what_it_covers() {
        assert_eq!(scope(&spec(), false), "swap");
        let all = Spec { contract: None, function: None, ..spec() };
        assert_eq!(scope(&all, true), "all contracts / all streams");
        assert_eq!(short("GABCDEFGHIJKLMNOP"), "GABCDE…KLMNOP");
    }
}
