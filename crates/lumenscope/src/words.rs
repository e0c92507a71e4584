//! What rules say, in words.

pub use lumenscope_demo::units::percent;
use lumenscope_notify::alert::severity_name;
use lumenscope_rules::{Operator, Severity, Statistic, Status};

use crate::units::grouped;

/// What a figure is compared with: `> 1,000`, `outside -5 to 5`.
pub fn comparison(
    operator: Operator,
    threshold: i128,
    threshold_high: i128,
    shown: impl Fn(i128) -> String,
) -> String {
    let low = shown(threshold);
    let sign = match operator {
        Operator::Gt => ">",
        Operator::Gte => "≥",
        Operator::Lt => "<",
        Operator::Lte => "≤",
        Operator::Eq => "=",
        Operator::Ne => "≠",
        Operator::OutsideBand => return format!("outside {low} to {}", shown(threshold_high)),
    };
    format!("{sign} {low}")
}

/// A figure of a statistic, in its unit.
pub fn amount(statistic: Statistic, value: i128) -> String {
    match statistic {
        Statistic::ErrorRatio => percent(value),
        _ => grouped(value),
    }
}

/// Reads a severity from the command line.
///
/// # Errors
/// For any other text.
pub fn severity(text: &str) -> Result<Severity, String> {
    let found = Severity::ALL.iter().find(|severity| severity_name(**severity) == text);
    found.copied().ok_or_else(|| "expected info, low, medium, high or critical".to_owned())
}

/// What an alert shows.
pub fn status(status: Status) -> &'static str {
    match status {
        Status::Inactive => "inactive",
        Status::Pending => "pending",
        Status::Firing => "firing",
        Status::Recovering => "recovering",
        Status::NoData => "no data",
        Status::Error => "error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_said_with_what_is_asked_of_it() {
        let shown = |value| amount(Statistic::ErrorRatio, value);
        assert_eq!(comparison(Operator::Gt, 4_000, 0, shown), "> 40.00 %");
        assert_eq!(amount(Statistic::ErrorRatio, 4_307), "43.07 %");
        assert_eq!(
            comparison(Operator::OutsideBand, 4_000, 5_000, grouped),
            "outside 4,000 to 5,000"
        );
    }
}
