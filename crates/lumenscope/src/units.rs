//! Numbers for people. What the demonstration prints as well is said in the same way.

pub use lumenscope_demo::units::{counted, grouped, mean, stroops, xlm};

const SECONDS_PER_DAY: f64 = 86_400.0;
/// A ledger's usual interval; only for saying "about so many days".
const SECONDS_PER_LEDGER: f64 = 5.0;

/// How many days these ledgers take, about.
pub fn days(ledgers: u32) -> f64 {
    f64::from(ledgers) * SECONDS_PER_LEDGER / SECONDS_PER_DAY
}

/// A part of a whole in per cent; nothing where there is no whole.
#[allow(clippy::cast_precision_loss)]
pub fn percent(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 * 100.0 / whole as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ledgers_and_parts_are_said_in_usual_units() {
        assert!((days(17_280) - 1.0).abs() < 1e-9);
        assert_eq!(percent(1, 4), Some(25.0));
        assert_eq!(percent(1, 0), None);
    }
}
