//! Numbers as a person reads them: one way for everything that is printed. Pure, in integers.

/// Stroops of one XLM.
const STROOPS_PER_XLM: u128 = 10_000_000;

/// A number with a comma between thousands.
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

/// Stroops as XLM, to the stroop.
pub fn xlm(stroops: i128) -> String {
    let sign = if stroops < 0 { "-" } else { "" };
    let (whole, rest) =
        (stroops.unsigned_abs() / STROOPS_PER_XLM, stroops.unsigned_abs() % STROOPS_PER_XLM);
    format!("{sign}{}.{rest:07} XLM", grouped(i128::try_from(whole).unwrap_or(i128::MAX)))
}

/// Stroops in both units.
pub fn stroops(stroops: i128) -> String {
    format!("{} stroops ({})", grouped(stroops), xlm(stroops))
}

/// How many of something, in the singular for one.
pub fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(count.into()), if count == 1 { one } else { many })
}

/// The nearest whole number to a quotient, halves up; 0 of none.
pub fn mean(sum: i128, count: i128) -> i128 {
    if count <= 0 { 0 } else { (2 * sum + count).div_euclid(2 * count) }
}

/// Basis points as per cent.
pub fn percent(basis_points: i128) -> String {
    let sign = if basis_points < 0 { "-" } else { "" };
    let size = basis_points.unsigned_abs();
    format!("{sign}{}.{:02} %", size / 100, size % 100)
}

/// A number of at most five characters, to the nearest: 999, 12.3k, 4.57M.
pub fn short(value: i128) -> String {
    const LETTERS: [&str; 5] = ["", "k", "M", "G", "T"];
    let sign = if value < 0 { "-" } else { "" };
    let size = i128::try_from(value.unsigned_abs()).unwrap_or(i128::MAX);
    let (mut scale, mut letter) = (1_i128, 0);
    // Rounding to three digits can reach the next letter: 999,950 is 1.00M.
    while letter + 1 < LETTERS.len() && mean(size, scale) >= 1_000 {
        (scale, letter) = (scale * 1_000, letter + 1);
    }
    if letter == 0 {
        return value.to_string();
    }
    for (digits, step) in [(2, 100), (1, 10)] {
        let rounded = mean(size.saturating_mul(step) / (scale / 1_000), 1_000);
        if rounded < 1_000 {
            let (whole, rest) = (rounded / step, rounded % step);
            return format!("{sign}{whole}.{rest:0digits$}{}", LETTERS[letter]);
        }
    }
    format!("{sign}{}{}", mean(size, scale), LETTERS[letter])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (-1_234_567, "-1,234,567")]
        {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn stroops_are_said_as_xlm_to_the_stroop() {
        assert_eq!(xlm(21_100), "0.0021100 XLM");
        assert_eq!(xlm(-15_026_391_511_234), "-1,502,639.1511234 XLM");
        assert_eq!(stroops(1_500), "1,500 stroops (0.0001500 XLM)");
    }

    #[test]
    fn one_is_said_in_the_singular() {
        assert_eq!(counted(1, "call", "calls"), "1 call");
        assert_eq!(counted(1_000, "call", "calls"), "1,000 calls");
        assert_eq!(counted(0, "call", "calls"), "0 calls");
    }

    #[test]
    fn means_shares_and_short_numbers_are_the_nearest() {
        assert_eq!((mean(7, 2), mean(-7, 2), mean(10, 3), mean(11, 3)), (4, -3, 3, 4));
        assert_eq!(mean(5, 0), 0);
        assert_eq!(percent(mean(36 * 10_000, 328)), "10.98 %");
        for (value, text) in [
            (999, "999"),
            (1_000, "1.00k"),
            (12_345, "12.3k"),
            (1_999_999, "2.00M"),
            (5_197_854, "5.20M"),
            (99_960, "100k"),
            (999_499, "999k"),
            (999_500, "1.00M"),
            (-250_000_000, "-250M"),
            (5_000_000_000, "5.00G"),
        ] {
            assert_eq!(short(value), text, "{value}");
        }
    }
}
