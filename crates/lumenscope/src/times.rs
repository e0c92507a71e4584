//! Times and durations as people write and read them. UTC.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

const MINUTE_S: u64 = 60;
const HOUR_S: u64 = 3_600;
const DAY_S: u64 = 86_400;
const WEEK_S: u64 = 7 * DAY_S;

/// A time on the command line.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum When {
    /// That time, unix seconds.
    At(u64),
    /// So many seconds before the latest ledger.
    Ago(u64),
}

impl When {
    /// The time, where it is `now_s`.
    pub fn at_s(self, now_s: u64) -> u64 {
        match self {
            When::At(at_s) => at_s,
            When::Ago(ago_s) => now_s.saturating_sub(ago_s),
        }
    }
}

/// Reads a time: `2027-01-15`, `2027-01-15T12:00Z`, unix seconds, `now`, or `36h` or `7d` before it.
///
/// # Errors
/// For any other text.
pub fn time(text: &str) -> Result<When, String> {
    if text == "now" {
        return Ok(When::Ago(0));
    }
    for (unit, unit_s) in [("h", HOUR_S), ("d", DAY_S)] {
        let count = text.strip_suffix(unit).and_then(|count| count.parse::<u64>().ok());
        if let Some(ago_s) = count.and_then(|count| count.checked_mul(unit_s)) {
            return Ok(When::Ago(ago_s));
        }
    }
    if let Ok(at_s) = text.parse() {
        return Ok(When::At(at_s));
    }
    let midnight = |date: Date| date.to_zoned(TimeZone::UTC).map(|at: Zoned| at.timestamp());
    let at = text.parse::<Timestamp>().or_else(|_| text.parse().and_then(midnight));
    let at_s = at.ok().and_then(|at| u64::try_from(at.as_second()).ok());
    at_s.map(When::At).ok_or_else(|| {
        "expected a time such as 2027-01-15, 2027-01-15T12:00Z, unix seconds, now, or 36h or 7d \
         before it"
            .to_owned()
    })
}

/// A time, UTC; its date where it is not today's.
pub fn when(at_s: u64, now_s: u64) -> String {
    let text = date(at_s);
    let is_today = at_s / DAY_S == now_s / DAY_S;
    match text.split_once(' ') {
        Some((_, time)) if is_today => time.to_owned(),
        _ => text,
    }
}

/// A date and time, UTC, to the minute.
pub fn date(at_s: u64) -> String {
    let at = i64::try_from(at_s).ok().and_then(|at_s| Timestamp::from_second(at_s).ok());
    at.map_or_else(|| at_s.to_string(), |at| at.strftime("%Y-%m-%d %H:%M").to_string())
}

/// How long something has lasted, in the units that matter.
pub fn lasting(seconds: u64) -> String {
    match seconds {
        0..HOUR_S => format!("{} min", seconds / MINUTE_S),
        HOUR_S..DAY_S => format!("{} h {} min", seconds / HOUR_S, seconds % HOUR_S / MINUTE_S),
        DAY_S..WEEK_S => format!("{} d {} h", seconds / DAY_S, seconds % DAY_S / HOUR_S),
        _ => format!("{} d", seconds / DAY_S),
    }
}

/// A duration, exactly: `5 min`, `1 h 30 min`, `90 s`.
pub fn duration(seconds: u64) -> String {
    let mut rest = seconds;
    let mut parts = Vec::new();
    for (unit_s, unit) in [(DAY_S, "d"), (HOUR_S, "h"), (MINUTE_S, "min"), (1, "s")] {
        if rest >= unit_s {
            parts.push(format!("{} {unit}", rest / unit_s));
            rest %= unit_s;
        }
    }
    if parts.is_empty() { "0 s".to_owned() } else { parts.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2027-01-15T12:00Z.
    const NOW_S: u64 = 1_800_014_400;

    #[test]
    fn times_of_today_have_no_date() {
        assert_eq!(when(NOW_S + 3_600, NOW_S), "13:00");
        assert_eq!(when(NOW_S + 43_200, NOW_S), "2027-01-16 00:00");
        assert_eq!(date(u64::MAX), u64::MAX.to_string());
    }

    #[test]
    fn what_lasts_is_said_in_the_units_that_matter() {
        assert_eq!(lasting(59), "0 min");
        assert_eq!(lasting(3_599), "59 min");
        assert_eq!(lasting(3_600), "1 h 0 min");
        assert_eq!(lasting(90_000), "1 d 1 h");
        assert_eq!(lasting(700_000), "8 d");
    }

    #[test]
    fn a_duration_is_said_exactly() {
        for (seconds, text) in
            [(0, "0 s"), (60, "1 min"), (90, "1 min 30 s"), (5_400, "1 h 30 min"), (86_400, "1 d")]
        {
            assert_eq!(duration(seconds), text);
        }
    }

    #[test]
    fn a_time_is_read_in_each_of_its_forms() {
        for (text, at_s) in [
            ("1800014400", NOW_S),
            ("2027-01-15T12:00Z", NOW_S),
            ("2027-01-15T13:00+01:00", NOW_S),
            ("2027-01-15", NOW_S - 43_200),
            ("now", NOW_S),
            ("36h", NOW_S - 36 * 3_600),
            ("7d", NOW_S - 7 * 86_400),
        ] {
            assert_eq!(time(text).map(|when| when.at_s(NOW_S)), Ok(at_s), "{text}");
        }
        for text in ["", "h", "-1", "yesterday", "2027-13-01", "1960-01-01"] {
            assert!(time(text).is_err(), "{text}");
        }
    }
}
