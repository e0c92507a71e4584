//! Numbers as a person reads them in a terminal. Pure.

/// Heights of a sparkline, lowest first.
const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// One character per value, scaled from 0 (or the smallest, when negative) to the largest. A gap
/// is a point in time without a value.
pub fn sparkline(values: &[Option<i128>]) -> String {
    let known = || values.iter().flatten().copied();
    let floor = known().min().unwrap_or(0).min(0);
    let span = (known().max().unwrap_or(0) - floor).max(1);
    let height = |value: i128| {
        let steps = (value - floor) * 7 / span;
        BLOCKS[usize::try_from(steps.clamp(0, 7)).unwrap_or(0)]
    };
    values.iter().map(|value| value.map_or('·', height)).collect()
}

/// A number with a space between thousands.
pub fn grouped(value: i128) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    if value < 0 { format!("-{text}") } else { text }
}

/// A number of at most five characters: 999, 12.3k, 4.56M.
pub fn short(value: i128) -> String {
    const SCALES: [(i128, &str); 4] =
        [(1_000_000_000_000, "T"), (1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k")];
    let size = value.abs();
    let Some((scale, letter)) = SCALES.iter().find(|(scale, _)| size >= *scale) else {
        return value.to_string();
    };
    // Three significant digits, cut off: no figure is shown larger than it is.
    let thousandths = size * 1_000 / scale;
    let (whole, rest) = (thousandths / 1_000, thousandths % 1_000);
    let sign = if value < 0 { "-" } else { "" };
    match whole {
        100.. => format!("{sign}{whole}{letter}"),
        10.. => format!("{sign}{whole}.{}{letter}", rest / 100),
        _ => format!("{sign}{whole}.{:02}{letter}", rest / 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sparkline_reaches_from_zero_to_its_largest_value() {
        assert_eq!(sparkline(&[Some(0), Some(7), None, Some(14)]), "▁▄·█");
        assert_eq!(sparkline(&[Some(5), Some(5)]), "██");
        assert_eq!(sparkline(&[Some(-4), Some(3)]), "▁█");
        assert_eq!(sparkline(&[]), "");
        assert_eq!(sparkline(&[Some(0)]), "▁");
    }

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(-1_234_567), "-1 234 567");
    }

    #[test]
    fn short_numbers_have_three_digits() {
        assert_eq!(short(999), "999");
        assert_eq!(short(12_345), "12.3k");
        assert_eq!(short(1_999_999), "1.99M");
        assert_eq!(short(-250_000_000), "-250M");
        assert_eq!(short(5_000_000_000), "5.00G");
    }
}
