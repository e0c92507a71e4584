//! Numbers as a picture in a terminal. Pure.

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
}
