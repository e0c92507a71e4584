//! Rotations: who is on call.
//!
//! Members take turns. A turn begins at the same local time of day, on both sides of a turned clock;
//! where that time never happens, when the clock is turned. Until the second turn begins the first
//! member is on call, before the rotation's start too: there is always somebody. An override puts
//! somebody else in for a time.

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime};
use serde::Serialize;
use thiserror::Error;

use crate::calendar::TimeOfDay;
use crate::name::{NameFault, check_name};
use crate::zone::{LATEST_S, Zone};

/// Rotations of one owner.
pub const ROTATIONS_MAX: usize = 16;
/// Members of a rotation.
pub const MEMBERS_MAX: usize = 32;
/// Overrides of a rotation: two years of weekly exchanges.
pub const OVERRIDES_MAX: usize = 104;
/// Longest shift in days and weeks: four weeks.
pub const SHIFT_DAYS_MAX: u32 = 28;
/// Seconds in an hour.
const HOUR_S: i64 = 3_600;

/// How long a turn takes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Shift {
    /// Hours: a divisor of 24 below it, so that turns begin at the same times every day.
    Hours(u32),
    /// Days, at most [`SHIFT_DAYS_MAX`].
    Days(u32),
    /// Weeks, at most 4.
    Weeks(u32),
}

impl Shift {
    fn is_valid(self) -> bool {
        match self {
            Shift::Hours(hours) => hours > 0 && hours < 24 && 24 % hours == 0,
            Shift::Days(days) => (1..=SHIFT_DAYS_MAX).contains(&days),
            Shift::Weeks(weeks) => (1..=SHIFT_DAYS_MAX / 7).contains(&weeks),
        }
    }

    fn hours(self) -> i64 {
        match self {
            Shift::Hours(hours) => i64::from(hours),
            Shift::Days(days) => i64::from(days) * 24,
            Shift::Weeks(weeks) => i64::from(weeks) * 168,
        }
        .max(1)
    }
}

/// Somebody else for a time, from `from_s` on and no longer at `to_s`; unix seconds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Override {
    /// From when.
    pub from_s: u64,
    /// Until when.
    pub to_s: u64,
    /// Who: a member or anybody else.
    pub who: String,
}

/// What a rotation is made of.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RotationSpec {
    /// Its name, by which routes name it.
    pub name: String,
    /// Who takes turns, in order.
    pub members: Vec<String>,
    /// How long a turn takes.
    pub shift: Shift,
    /// When a turn begins.
    pub handover: TimeOfDay,
    /// Where that is local.
    pub zone: Zone,
    /// The day on which the first member's first turn begins.
    pub start: Date,
    /// Who steps in, in any order.
    pub overrides: Vec<Override>,
}

/// A rotation that was checked.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Rotation {
    spec: RotationSpec,
}

/// Why a rotation is not valid.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum RotationFault {
    /// Its name is none.
    #[error("name: {0}")]
    Name(NameFault),
    /// No member, or more than [`MEMBERS_MAX`].
    #[error("members: expected 1 to {MEMBERS_MAX}, came {came}")]
    Members {
        /// How many came.
        came: usize,
    },
    /// A member's name is none.
    #[error("members[{at}]: {fault}")]
    Member {
        /// The member's place.
        at: usize,
        /// What is wrong.
        fault: NameFault,
    },
    /// A shift of no time, too much, or of hours that do not divide a day.
    #[error(
        "shift: expected hours that divide a day (1, 2, 3, 4, 6, 8, 12), 1 to {SHIFT_DAYS_MAX} \
         days or 1 to 4 weeks, came {came:?}"
    )]
    Shift {
        /// The shift that came.
        came: Shift,
    },
    /// More overrides than [`OVERRIDES_MAX`].
    #[error("override: expected at most {OVERRIDES_MAX}, came {came}")]
    Overrides {
        /// How many came.
        came: usize,
    },
    /// An override's name is none.
    #[error("override[{at}].who: {fault}")]
    OverrideName {
        /// The override's place.
        at: usize,
        /// What is wrong.
        fault: NameFault,
    },
    /// An override ends when it starts, or before.
    #[error("override[{at}]: expected an end after its start at {from_s}, came {to_s}")]
    OverrideEnds {
        /// The override's place.
        at: usize,
        /// Its start, unix seconds.
        from_s: u64,
        /// Its end, unix seconds.
        to_s: u64,
    },
    /// Two overrides hold at once.
    #[error("override[{at}]: expected one at a time, came one that overlaps override[{with}]")]
    OverridesOverlap {
        /// The place of one.
        at: usize,
        /// The place of the other.
        with: usize,
    },
}

/// Who is on call, in the turn or override that holds.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct OnCall {
    /// Who.
    pub who: String,
    /// Until when, unix seconds: then the turn or override is over. `None`: it never is, as far as
    /// time is counted.
    pub until_s: Option<u64>,
    /// Whether it is an override.
    pub is_override: bool,
}

/// One person takes over from another.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Handover {
    /// When, unix seconds.
    pub at_s: u64,
    /// From whom.
    pub from: String,
    /// To whom.
    pub to: String,
}

impl Rotation {
    /// A rotation.
    ///
    /// # Errors
    ///
    /// The first [`RotationFault`] found.
    pub fn new(spec: RotationSpec) -> Result<Self, RotationFault> {
        check_name(&spec.name).map_err(RotationFault::Name)?;
        let came = spec.members.len();
        if came == 0 || came > MEMBERS_MAX {
            return Err(RotationFault::Members { came });
        }
        for (at, member) in spec.members.iter().enumerate() {
            check_name(member).map_err(|fault| RotationFault::Member { at, fault })?;
        }
        if !spec.shift.is_valid() {
            return Err(RotationFault::Shift { came: spec.shift });
        }
        check_overrides(&spec.overrides)?;
        Ok(Self { spec })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.spec.name
    }

    /// Who is on call at a second, unix time, and until when.
    pub fn on_call(&self, now_s: u64) -> OnCall {
        let now_s = now_s.min(LATEST_S);
        let overrides = &self.spec.overrides;
        if let Some(held) = overrides.iter().find(|of| (of.from_s..of.to_s).contains(&now_s)) {
            let (who, until_s) = (held.who.clone(), Some(held.to_s));
            return OnCall { who, until_s, is_override: true };
        }
        let turn = self.turn_at(now_s);
        let ends = if self.is_one_person() { None } else { self.begins_s(turn + 1) };
        let starts = overrides.iter().map(|of| of.from_s).filter(|from_s| *from_s > now_s);
        let members = self.spec.members.len() as i64;
        let at = usize::try_from(turn.rem_euclid(members)).unwrap_or(0);
        OnCall {
            who: self.spec.members[at].clone(),
            until_s: starts.chain(ends).min(),
            is_override: false,
        }
    }

    /// When somebody else is on call next, after `now_s`; `None` where that never happens, as for a
    /// single member.
    pub fn next_handover(&self, now_s: u64) -> Option<Handover> {
        let from = self.on_call(now_s);
        // Among as many turns as there are members, one is another person's; or an override begins.
        let spans_max = (self.spec.members.len() + 1) * (self.spec.overrides.len() + 1);
        let mut until_s = from.until_s;
        for _ in 0..spans_max {
            let next = self.on_call(until_s?);
            if next.who != from.who {
                return Some(Handover { at_s: until_s?, from: from.who, to: next.who });
            }
            until_s = next.until_s;
        }
        None
    }

    /// Whether all turns are one person's, and so never end.
    fn is_one_person(&self) -> bool {
        self.spec.members.windows(2).all(|pair| pair[0] == pair[1])
    }

    /// When a turn begins, counted from the rotation's start; `None` beyond the calendar.
    fn begins_s(&self, turn: i64) -> Option<u64> {
        let first = self.first();
        let hours = turn.checked_mul(self.spec.shift.hours())?;
        let local = first.checked_add(SignedDuration::from_hours(hours)).ok()?;
        Some(self.spec.zone.first_at_s(local)).filter(|at_s| *at_s <= LATEST_S)
    }

    /// The local time at which the first turn begins.
    fn first(&self) -> DateTime {
        self.spec.start.to_datetime(self.spec.handover.time())
    }

    /// The last turn that has begun at a second; the first one before any has.
    fn turn_at(&self, now_s: u64) -> i64 {
        let local = self.spec.zone.local(now_s);
        let since_s = local.duration_since(self.first()).as_secs();
        let mut turn = since_s.div_euclid(self.spec.shift.hours() * HOUR_S).max(0);
        // It has begun: the clock shows its time or a later one. While clocks are turned back it shows
        // times of turns before the one that holds.
        while self.begins_s(turn + 1).is_some_and(|at_s| at_s <= now_s) {
            turn += 1;
        }
        turn
    }
}

fn check_overrides(overrides: &[Override]) -> Result<(), RotationFault> {
    if overrides.len() > OVERRIDES_MAX {
        return Err(RotationFault::Overrides { came: overrides.len() });
    }
    for (at, Override { from_s, to_s, who }) in overrides.iter().enumerate() {
        check_name(who).map_err(|fault| RotationFault::OverrideName { at, fault })?;
        if to_s <= from_s {
            return Err(RotationFault::OverrideEnds { at, from_s: *from_s, to_s: *to_s });
        }
        let before = &overrides[..at];
        let overlaps = |other: &Override| other.from_s < *to_s && *from_s < other.to_s;
        if let Some(with) = before.iter().position(overlaps) {
            return Err(RotationFault::OverridesOverlap { at, with });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::s;

    fn spec(zone: &str, shift: Shift, handover: &str) -> RotationSpec {
        RotationSpec {
            name: "pool".to_owned(),
            members: ["anna", "bert", "cora"].map(str::to_owned).to_vec(),
            shift,
            handover: handover.parse().unwrap(),
            zone: Zone::named(zone).unwrap(),
            start: "2027-03-22".parse().unwrap(),
            overrides: Vec::new(),
        }
    }

    fn instead(from: &str, to: &str, who: &str) -> Override {
        Override { from_s: s(from), to_s: s(to), who: who.to_owned() }
    }

    fn at(rotation: &Rotation, time: &str) -> (String, u64) {
        let on_call = rotation.on_call(s(time));
        (on_call.who, on_call.until_s.unwrap())
    }

    #[test]
    fn the_handover_stays_at_the_local_time_when_clocks_are_turned() {
        let weekly = Rotation::new(spec("Europe/Berlin", Shift::Weeks(1), "09:00")).unwrap();
        let turned = s("2027-03-29T07:00:00Z");
        assert_eq!(at(&weekly, "2027-03-22T08:00:00Z"), ("anna".to_owned(), turned));
        assert_eq!(at(&weekly, "2027-03-29T06:59:59Z"), ("anna".to_owned(), turned));
        let next = s("2027-04-05T07:00:00Z");
        assert_eq!(at(&weekly, "2027-03-29T07:00:00Z"), ("bert".to_owned(), next));
        let again = s("2027-11-01T08:00:00Z");
        assert_eq!(at(&weekly, "2027-10-31T23:00:00Z"), ("bert".to_owned(), again));
    }

    #[test]
    fn a_handover_that_never_comes_is_when_the_clocks_are_turned() {
        let daily = RotationSpec {
            start: "2027-03-12".parse().unwrap(),
            ..spec("America/New_York", Shift::Days(1), "02:30")
        };
        let daily = Rotation::new(daily).unwrap();
        let turned = s("2027-03-14T07:00:00Z");
        assert_eq!(at(&daily, "2027-03-14T06:59:59Z"), ("bert".to_owned(), turned));
        let next = s("2027-03-15T06:30:00Z");
        assert_eq!(at(&daily, "2027-03-14T07:00:00Z"), ("cora".to_owned(), next));
    }

    #[test]
    fn of_a_handover_that_comes_twice_the_first_counts() {
        let start = "2027-11-06".parse().unwrap();
        let daily = RotationSpec { start, ..spec("America/New_York", Shift::Days(1), "01:30") };
        let daily = Rotation::new(daily).unwrap();
        let first = s("2027-11-07T05:30:00Z");
        assert_eq!(at(&daily, "2027-11-07T05:29:59Z"), ("anna".to_owned(), first));
        let next = s("2027-11-08T06:30:00Z");
        assert_eq!(at(&daily, "2027-11-07T06:29:59Z"), ("bert".to_owned(), next));
    }

    #[test]
    fn hours_begin_at_the_same_times_every_day() {
        let thirds = Rotation::new(spec("Europe/Berlin", Shift::Hours(8), "06:00")).unwrap();
        let (first, second) = (s("2027-03-28T04:00:00Z"), s("2027-03-28T12:00:00Z"));
        assert_eq!(at(&thirds, "2027-03-28T03:59:59Z").1, first);
        assert_eq!(at(&thirds, "2027-03-28T04:00:00Z"), ("anna".to_owned(), second));
    }

    #[test]
    fn before_the_start_the_first_member_is_on_call() {
        let weekly = Rotation::new(spec("UTC", Shift::Weeks(1), "09:00")).unwrap();
        assert_eq!(at(&weekly, "1970-01-01T00:00:00Z").0, "anna");
        let on_call = weekly.on_call(u64::MAX);
        assert_eq!((on_call.until_s, weekly.next_handover(u64::MAX)), (None, None));
    }

    #[test]
    fn an_override_holds_for_its_time_and_the_turn_goes_on_after_it() {
        let overrides = vec![
            instead("2027-03-24T12:00:00Z", "2027-03-25T12:00:00Z", "dora"),
            instead("2027-03-24T00:00:00Z", "2027-03-24T12:00:00Z", "bert"),
        ];
        let weekly = RotationSpec { overrides, ..spec("UTC", Shift::Weeks(1), "09:00") };
        let weekly = Rotation::new(weekly).unwrap();
        for (time, who, until) in [
            ("2027-03-23T23:59:59Z", "anna", "2027-03-24T00:00:00Z"),
            ("2027-03-24T00:00:00Z", "bert", "2027-03-24T12:00:00Z"),
            ("2027-03-24T12:00:00Z", "dora", "2027-03-25T12:00:00Z"),
            ("2027-03-25T12:00:00Z", "anna", "2027-03-29T09:00:00Z"),
        ] {
            assert_eq!(at(&weekly, time), (who.to_owned(), s(until)), "{time}");
        }
        let handover = weekly.next_handover(s("2027-03-24T13:00:00Z")).unwrap();
        assert_eq!((handover.from.as_str(), handover.to.as_str()), ("dora", "anna"));
        assert_eq!(handover.at_s, s("2027-03-25T12:00:00Z"));
    }

    #[test]
    fn who_is_alone_hands_over_to_nobody() {
        let members = vec!["anna".to_owned()];
        let alone = RotationSpec { members, ..spec("UTC", Shift::Days(1), "09:00") };
        let with = |overrides| Rotation::new(RotationSpec { overrides, ..alone.clone() }).unwrap();
        let now_s = s("2027-03-24T00:00:00Z");
        assert_eq!(with(Vec::new()).next_handover(now_s), None);
        let overrides = vec![instead("2027-04-24T12:00:00Z", "2027-04-25T12:00:00Z", "dora")];
        let handover = with(overrides).next_handover(now_s);
        assert_eq!(handover.map(|handover| handover.to), Some("dora".to_owned()));
    }

    #[test]
    fn a_handover_is_found_behind_turns_and_overrides_of_the_same_person() {
        let handover = |spec: RotationSpec| {
            let next = Rotation::new(spec).unwrap().next_handover(s("2027-03-22T12:00:00Z"));
            next.map(|next| (next.from, next.to, next.at_s))
        };
        let expected = |to: &str, at| Some(("anna".to_owned(), to.to_owned(), s(at)));
        let daily = spec("UTC", Shift::Days(1), "09:00");
        assert_eq!(handover(daily.clone()), expected("bert", "2027-03-23T09:00:00Z"));
        // Alone, and for herself every other day.
        let days = |at: &str, days: u64, who: &str| {
            let (from_s, who) = (s(at), who.to_owned());
            (0..days).map(move |day| Override {
                from_s: from_s + 2 * day * 86_400,
                to_s: from_s + (2 * day + 1) * 86_400,
                who: who.clone(),
            })
        };
        let alone = RotationSpec {
            members: vec!["anna".to_owned()],
            overrides: days("2027-03-23T15:00:00Z", 10, "anna")
                .chain(days("2027-04-12T09:00:00Z", 1, "dora"))
                .collect(),
            ..daily.clone()
        };
        assert_eq!(handover(alone), expected("dora", "2027-04-12T09:00:00Z"));
        // Instead of the other one, turn after turn.
        let instead = RotationSpec {
            members: ["anna", "bert"].map(str::to_owned).to_vec(),
            overrides: days("2027-03-23T09:00:00Z", 10, "anna").collect(),
            ..daily
        };
        assert_eq!(handover(instead), expected("bert", "2027-04-12T09:00:00Z"));
    }

    #[test]
    fn every_bound_of_a_rotation_has_its_own_fault() {
        let fine = || spec("UTC", Shift::Days(1), "09:00");
        let fault = |wrong: RotationSpec| Rotation::new(wrong).unwrap_err();
        for came in [0, MEMBERS_MAX + 1] {
            let members = vec!["anna".to_owned(); came];
            let wrong = RotationSpec { members, ..fine() };
            assert_eq!(fault(wrong), RotationFault::Members { came });
        }
        let members = vec!["anna".to_owned(), String::new()];
        let wrong = RotationSpec { members, ..fine() };
        assert!(matches!(fault(wrong), RotationFault::Member { at: 1, .. }));
        let wrong = RotationSpec { name: String::new(), ..fine() };
        assert!(matches!(fault(wrong), RotationFault::Name(_)));
        for came in [
            Shift::Hours(0),
            Shift::Hours(5),
            Shift::Hours(24),
            Shift::Days(0),
            Shift::Days(29),
            Shift::Weeks(0),
            Shift::Weeks(5),
        ] {
            let wrong = RotationSpec { shift: came, ..fine() };
            assert_eq!(fault(wrong), RotationFault::Shift { came });
        }
        let with = |overrides| fault(RotationSpec { overrides, ..fine() });
        let of = |from_s, to_s| Override { from_s, to_s, who: "dora".to_owned() };
        let came = OVERRIDES_MAX + 1;
        let mut many: Vec<_> = (1..).map(|at_s| of(at_s, at_s + 1)).take(came).collect();
        assert_eq!(with(many.clone()), RotationFault::Overrides { came });
        many.pop();
        assert!(Rotation::new(RotationSpec { overrides: many, ..fine() }).is_ok());
        let expected = RotationFault::OverrideEnds { at: 1, from_s: 5, to_s: 5 };
        assert_eq!(with(vec![of(1, 2), of(5, 5)]), expected);
        let expected = RotationFault::OverridesOverlap { at: 2, with: 0 };
        assert_eq!(with(vec![of(10, 20), of(20, 30), of(5, 11)]), expected);
        let nobody = Override { who: String::new(), ..of(1, 2) };
        assert!(matches!(with(vec![nobody]), RotationFault::OverrideName { at: 0, .. }));
        assert_eq!(Rotation::new(fine()).unwrap().name(), "pool");
    }
}
