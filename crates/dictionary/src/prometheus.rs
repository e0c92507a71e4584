//! What of a metric is in Prometheus, by which names: the one rule of whoever exports and of
//! whoever asks.
//!
//! | metric | series |
//! |---|---|
//! | timer of the dictionary | a summary without quantiles: `NAME_sum`, `NAME_count` |
//! | counter | `NAME`, the sum of all samples |
//! | gauge | `NAME`, the most recent sample |
//! | ratio | `NAME`, the sum; the samples are the executions, `soroban_execution_instructions_count` |
//! | any other, which a contract records of itself | `soroban_own_NAME_sum`, `_count` and `_last` |
//!
//! The labels of each are `contract`, `function` and `subject`, which a stream without subject lacks.
//! What a contract records of itself keeps its unit, which only its stream knows, and its letters: a
//! symbol is a name of Prometheus as it is. No such name is one of the dictionary's, nor another
//! metric's: all have the prefix, and a suffix of their own.
//!
//! Nothing has a minimum or a maximum: they are not additive, so a scrape could not tell those of a
//! range.

use core::fmt;

use crate::{Kind, by_name};

/// The label of the monitored contract.
pub const LABEL_CONTRACT: &str = "contract";
/// The label of the function.
pub const LABEL_FUNCTION: &str = "function";
/// The label of the subject.
pub const LABEL_SUBJECT: &str = "subject";

/// Before the name of a metric that is not in the dictionary.
const OWN: &str = "soroban_own_";
/// Every execution has one sample of it.
const EXECUTIONS: Series<'static> =
    Series { prefix: "", name: "soroban_execution_instructions", suffix: "_count" };
/// A unit of ours is the base unit.
const ONE_MILLIONTHS: u32 = 1_000_000;

/// The name of a time series; it is shown as Prometheus has it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Series<'a> {
    prefix: &'static str,
    name: &'a str,
    suffix: &'static str,
}

impl fmt::Display for Series<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Series { prefix, name, suffix } = self;
        write!(f, "{prefix}{name}{suffix}")
    }
}

/// The series of a metric.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Exported<'a> {
    /// A counter: the sum of all samples.
    pub sum: Option<Series<'a>>,
    /// A counter: how many samples there were.
    pub count: Option<Series<'a>>,
    /// A gauge: the most recent sample.
    pub last: Option<Series<'a>>,
    /// One unit of ours is this many millionths of the series'; a count has none.
    pub millionths: u32,
}

/// The series of the metric of that name.
pub fn exported(metric: &str) -> Exported<'_> {
    let series = |prefix, name, suffix| Some(Series { prefix, name, suffix });
    let Some(known) = by_name(metric) else {
        return Exported {
            sum: series(OWN, metric, "_sum"),
            count: series(OWN, metric, "_count"),
            last: series(OWN, metric, "_last"),
            millionths: ONE_MILLIONTHS,
        };
    };
    let name = known.prometheus.name;
    let none =
        Exported { sum: None, count: None, last: None, millionths: known.prometheus.millionths };
    match known.kind {
        Kind::Timer => {
            let (sum, count) = (series("", name, "_sum"), series("", name, "_count"));
            Exported { sum, count, ..none }
        }
        Kind::Counter => Exported { sum: series("", name, ""), ..none },
        Kind::Gauge => Exported { last: series("", name, ""), ..none },
        Kind::Ratio => Exported { sum: series("", name, ""), count: Some(EXECUTIONS), ..none },
    }
}
