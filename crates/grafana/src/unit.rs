//! Units as Grafana names them, and the ledger's figures in them.

use lumenscope_board::Statistic;
use lumenscope_dictionary::by_name;
use lumenscope_dictionary::prometheus::exported;

/// Basis points in one.
const BASIS_POINTS: f64 = 10_000.0;
/// Thousandths in one.
const THOUSANDTHS: f64 = 1_000.0;
const MILLIONTHS: f64 = 1_000_000.0;

/// The unit of a figure of a metric.
pub fn unit(metric: &str, statistic: Statistic) -> String {
    // A metric of a contract's own has a unit, which its stream knows and its name does not.
    let of_samples = match by_name(metric).map_or("", |known| known.unit) {
        "us" => "s",
        "bytes" => "bytes",
        "stroops" => "suffix: stroops",
        "ledgers" => "suffix: ledgers",
        _ => "short",
    };
    match (statistic, of_samples) {
        (Statistic::Count, _) => "short",
        (Statistic::ErrorRatio, _) => "percentunit",
        (Statistic::PerSecond, "s") => "suffix: s/s",
        (Statistic::PerSecond, "bytes") => "Bps",
        (Statistic::PerSecond, "suffix: stroops") => "suffix: stroops/s",
        (Statistic::PerSecond, "suffix: ledgers") => "suffix: ledgers/s",
        (Statistic::PerSecond, _) => "suffix:/s",
        (_, unit) => unit,
    }
    .to_owned()
}

/// A figure as the ledger has it, in the unit of the query.
#[allow(clippy::cast_precision_loss)] // Where a colour begins; JSON has no more digits.
pub fn value(metric: &str, statistic: Statistic, figure: i128) -> f64 {
    let base = f64::from(exported(metric).millionths) / MILLIONTHS;
    figure as f64
        * match statistic {
            Statistic::Count => 1.0,
            Statistic::ErrorRatio => 1.0 / BASIS_POINTS,
            Statistic::PerSecond => base / THOUSANDTHS,
            _ => base,
        }
}
