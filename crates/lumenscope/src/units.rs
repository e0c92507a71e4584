//! Numbers for people.

/// Stroops of one XLM.
const STROOPS_PER_XLM: f64 = 10_000_000.0;
const SECONDS_PER_DAY: f64 = 86_400.0;
/// A ledger's usual interval; only for saying "about so many days".
const SECONDS_PER_LEDGER: f64 = 5.0;

/// An integer in groups of three digits.
pub fn grouped(number: i128) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        text.push('-');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Stroops as XLM.
#[allow(clippy::cast_precision_loss)]
pub fn xlm(stroops: i128) -> String {
    format!("{:.7} XLM", stroops as f64 / STROOPS_PER_XLM)
}

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
    fn integers_are_grouped_by_three_digits() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (-1_234_567, "-1,234,567")]
        {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn stroops_ledgers_and_parts_are_said_in_usual_units() {
        assert_eq!(xlm(21_100), "0.0021100 XLM");
        assert!((days(17_280) - 1.0).abs() < 1e-9);
        assert_eq!(percent(1, 4), Some(25.0));
        assert_eq!(percent(1, 0), None);
    }
}
