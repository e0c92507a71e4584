//! The metric dictionary: what each standard metric is called, counts in, and means.
//!
//! A metric has one name, one unit and one definition, on the ledger, in the service, in the API
//! and on the page. Codes, names and units never change; a metric whose meaning changes is a new
//! metric.
//!
//! Fees are split as Stellar's Hubble splits them in `hourly_soroban_fee_agg_contract`, so that
//! both agree on a contract's hour: inclusion + non-refundable + refundable + rent = charged.
//! One column differs: Hubble's refundable fee contains the rent, which here stands alone. A fee
//! belongs to the contract that the transaction's root call invokes, also when the call failed.
#![no_std]
#![forbid(unsafe_code)]

mod execution;
pub mod prometheus;
mod standard;

pub use execution::{
    EXECUTION_METRICS, EXECUTION_METRICS_PACKED, ExecutionMetric, execution_index,
};
pub use standard::STANDARD_METRICS;

/// Characters of the longest name: what a Soroban symbol holds.
pub const NAME_CHARS_MAX: usize = 32;

/// How a metric's values are meant; decides how readers aggregate it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// Amounts that add up: the sum counts.
    Counter,
    /// A level: the last value counts.
    Gauge,
    /// Durations or costs of single events: mean, extremes and quantiles count.
    Timer,
    /// 0 or 1 for each event: the sum over the count is the ratio.
    Ratio,
}

/// Which way a change is good news.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Direction {
    /// Less is better: costs, failures.
    LowerIsBetter,
    /// More is better: remaining life.
    HigherIsBetter,
    /// Neither: volumes.
    Neutral,
}

/// A metric's name in Prometheus and the factor that brings values to its base unit.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PrometheusName {
    /// Name by Prometheus' conventions: base unit last, `_total` for counters. A timer is a
    /// summary: `_sum` and `_count` are appended to it.
    pub name: &'static str,
    /// One unit of ours is this many millionths of Prometheus' base unit.
    pub millionths: u32,
}

/// One entry of the dictionary.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Metric {
    /// Number of the metric; never changes.
    pub code: u16,
    /// Name: lower case, digits and underscores, at most [`NAME_CHARS_MAX`]; never changes.
    pub name: &'static str,
    /// Unit of the values; never changes.
    pub unit: &'static str,
    /// How values are meant.
    pub kind: Kind,
    /// Which way a change is good news.
    pub direction: Direction,
    /// What is counted, in one or two sentences.
    pub definition: &'static str,
    /// The name in Prometheus.
    pub prometheus: PrometheusName,
}

/// The standard metric of that name.
pub fn by_name(name: &str) -> Option<&'static Metric> {
    STANDARD_METRICS.iter().find(|metric| metric.name == name)
}

/// The standard metric of that code.
pub fn by_code(code: u16) -> Option<&'static Metric> {
    STANDARD_METRICS.iter().find(|metric| metric.code == code)
}
