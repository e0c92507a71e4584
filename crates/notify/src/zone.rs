//! Local time: what a clock on the wall of an IANA zone shows.
//!
//! The zones are those bundled with the program: the same decision on every machine. Clocks that
//! are turned make some local times happen twice and others never; what that means is decided here,
//! once.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone, TimeZoneDatabase};
use thiserror::Error;

/// The last second that is told apart, in the year 9999: a later one is shown as this.
pub const LATEST_S: u64 = 253_402_200_000;

/// A name that no zone has.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("expected an IANA time zone such as Europe/Berlin, came {came:?}")]
pub struct UnknownZone {
    /// What came.
    pub came: String,
}

/// A time zone.
#[derive(Clone, Eq, PartialEq)]
pub struct Zone {
    name: String,
    zone: TimeZone,
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Zone({})", self.name)
    }
}

impl Zone {
    /// The zone of that name.
    ///
    /// # Errors
    ///
    /// [`UnknownZone`].
    pub fn named(name: &str) -> Result<Self, UnknownZone> {
        let zone = TimeZoneDatabase::bundled()
            .get(name)
            .map_err(|_| UnknownZone { came: name.chars().take(64).collect() })?;
        let name = zone.iana_name().unwrap_or(name).to_owned();
        Ok(Self { name, zone })
    }

    /// Its name, as the database writes it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The local time at a second.
    pub(crate) fn local(&self, at_s: u64) -> DateTime {
        self.zone.to_datetime(timestamp(at_s))
    }

    /// The first second at which the local time is this one or later: in the hour that happens twice
    /// the first time, and for a time that never happens when the clocks are turned. So the order of
    /// local times is that of their seconds. 0 for what was before 1970.
    pub(crate) fn first_at_s(&self, local: DateTime) -> u64 {
        let at = match self.zone.to_ambiguous_timestamp(local).offset() {
            AmbiguousOffset::Unambiguous { offset } => in_offset(local, offset),
            AmbiguousOffset::Fold { before, .. } => in_offset(local, before),
            // Read with the later offset the time lies before the clocks are turned.
            AmbiguousOffset::Gap { after, .. } => {
                let before = in_offset(local, after);
                let turned = before.and_then(|before| self.zone.following(before).next());
                turned.map(|transition| transition.timestamp()).or(before)
            }
        };
        at.map_or(0, |at| u64::try_from(at.as_second()).unwrap_or(0))
    }

    /// Every second at which the local time becomes this one: none, one or two.
    pub(crate) fn all_at_s(&self, local: DateTime) -> impl Iterator<Item = u64> {
        let (first, second) = match self.zone.to_ambiguous_timestamp(local).offset() {
            AmbiguousOffset::Unambiguous { offset } => (Some(offset), None),
            AmbiguousOffset::Fold { before, after } => (Some(before), Some(after)),
            AmbiguousOffset::Gap { .. } => (None, None),
        };
        let at = [first, second].into_iter().flatten().filter_map(move |o| in_offset(local, o));
        at.filter_map(|at| u64::try_from(at.as_second()).ok())
    }

    /// When clocks are turned next after a second.
    pub(crate) fn next_turn_s(&self, after_s: u64) -> Option<u64> {
        let next = self.zone.following(timestamp(after_s)).next()?;
        u64::try_from(next.timestamp().as_second()).ok()
    }
}

fn in_offset(local: DateTime, offset: Offset) -> Option<Timestamp> {
    offset.to_timestamp(local).ok()
}

fn timestamp(at_s: u64) -> Timestamp {
    let second = i64::try_from(at_s.min(LATEST_S)).unwrap_or(0);
    Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// 2027-03-28T01:00Z: clocks in Berlin are turned from 02:00 to 03:00.
    const SPRING_S: u64 = 1_806_195_600;
    /// 2027-10-31T01:00Z: clocks in Berlin are turned from 03:00 to 02:00.
    const AUTUMN_S: u64 = 1_824_944_400;

    fn at(text: &str) -> DateTime {
        text.parse().unwrap()
    }

    #[test]
    fn a_time_that_never_happens_is_when_the_clocks_are_turned() {
        let berlin = Zone::named("europe/berlin").unwrap();
        assert_eq!(berlin.name(), "Europe/Berlin");
        assert_eq!(berlin.local(SPRING_S), at("2027-03-28T03:00"));
        for never in ["2027-03-28T02:00", "2027-03-28T02:30", "2027-03-28T03:00"] {
            assert_eq!(berlin.first_at_s(at(never)), SPRING_S, "{never}");
        }
        assert_eq!(berlin.all_at_s(at("2027-03-28T02:30")).count(), 0);
        assert_eq!(berlin.next_turn_s(SPRING_S - 1), Some(SPRING_S));
        assert_eq!(berlin.next_turn_s(SPRING_S), Some(AUTUMN_S));
    }

    #[test]
    fn of_a_time_that_happens_twice_the_first_counts() {
        let berlin = Zone::named("Europe/Berlin").unwrap();
        let twice = at("2027-10-31T02:30");
        assert_eq!(berlin.first_at_s(twice), AUTUMN_S - 1_800);
        assert!(berlin.all_at_s(twice).eq([AUTUMN_S - 1_800, AUTUMN_S + 1_800]));
        assert_eq!(berlin.first_at_s(at("2027-10-31T03:00")), AUTUMN_S + 3_600);
    }

    #[test]
    fn an_unknown_zone_and_the_ends_of_time_are_no_surprise() {
        let fault = Zone::named("Europe/Bärlin").unwrap_err();
        assert!(fault.to_string().contains("Bärlin"));
        let utc = Zone::named("UTC").unwrap();
        assert_eq!(utc.local(u64::MAX), utc.local(LATEST_S));
        assert_eq!((utc.local(0), utc.next_turn_s(0)), (at("1970-01-01T00:00"), None));
        assert_eq!(utc.first_at_s(at("1969-12-31T23:59")), 0);
    }

    proptest! {
        #[test]
        fn the_first_second_is_the_first_at_which_the_clock_shows_at_least_that(
            zone in prop::sample::select(vec![
                "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata",
                "Pacific/Apia", "Africa/Casablanca",
            ]),
            at_s in prop_oneof![
                1_300_000_000u64..1_330_000_000, 1_800_000_000u64..1_830_000_000,
            ],
            ahead_s in 0i64..7_200,
        ) {
            let zone = Zone::named(zone).unwrap();
            let ahead = jiff::SignedDuration::from_secs(ahead_s);
            let local = zone.local(at_s).checked_add(ahead).unwrap();
            let first_s = zone.first_at_s(local);
            prop_assert!(zone.local(first_s) >= local);
            prop_assert!(zone.local(first_s - 1) < local);
        }
    }
}
