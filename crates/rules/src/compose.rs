//! Rules over other alerts: all, any or some of them fire, or one after another.
//!
//! A composite rule reads no samples. [`reading`] makes one figure of its members' stored states,
//! how many of them fire, and [`condition`] compares it; so [`crate::step()`] takes a composite
//! through its slots like any other alert, with `for`, cooldown, ladder and all.
//!
//! A member that is covered (no data, an error) or has no state is *unknown*. As long as the
//! known ones decide, they do; otherwise the slot has no data, and the rule's policy for that
//! applies: a composite resolves no more than its members do for want of data.

use core::fmt;

use crate::condition::{Compare, Condition, Operator, Statistic};
use crate::slot::{SLOT_S, slots_for};
use crate::state::{Coverage, Phase, State};
use crate::window::{Figure, Reading, Slot};

/// Members of one composite: what a person can still read in one message.
pub const MEMBERS_MAX: usize = 16;
/// Composites that are checked together: as many rules as one owner may have over all of theirs.
pub const COMPOSITES_MAX: usize = 64;
/// Longest time between the first and the second alert of a sequence, a day: further apart they
/// have little to do with each other.
pub const WITHIN_MAX_S: u32 = 86_400;

/// What a composite asks of its members.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ask {
    /// Every member fires.
    All,
    /// A member fires.
    Any,
    /// At least so many members fire; 1 to as many as there are.
    AtLeast(u32),
    /// The second of two members fires, and its episode began at most so many seconds after the
    /// latest episode of the first, or in the same minute; that one has fired too, whether or not
    /// it still does.
    /// Rounded up to minutes; at most [`WITHIN_MAX_S`]. Once met it holds while the second fires.
    Then {
        /// The longest time between the beginnings, seconds.
        within_s: u32,
    },
}

impl Ask {
    /// How many must fire, of so many members; a sequence counts as one.
    fn needed(self, members: usize) -> u32 {
        match self {
            Ask::All => members as u32,
            Ask::Any | Ask::Then { .. } => 1,
            Ask::AtLeast(needed) => needed,
        }
    }
}

/// Why composites are not valid.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ComposeFault {
    /// No member, or more than [`MEMBERS_MAX`]; for a sequence, not two.
    Members {
        /// How many came.
        came: usize,
    },
    /// None, or more than there are members, are to fire.
    AtLeast {
        /// How many members there are.
        members: usize,
        /// How many were asked for.
        came: u32,
    },
    /// A sequence within more than [`WITHIN_MAX_S`].
    Within {
        /// The seconds that came.
        came_s: u32,
    },
    /// More than [`COMPOSITES_MAX`].
    Composites {
        /// How many came.
        came: usize,
    },
    /// Two composites with one id, or one composite with a member twice.
    Twice {
        /// The place of the second composite, or of the one with that member.
        composite: usize,
    },
    /// A composite is a member of itself, through others or at once.
    Cycle {
        /// The place of one composite of the cycle.
        composite: usize,
    },
}

impl fmt::Display for ComposeFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ComposeFault::Members { came } => {
                write!(f, "expected 1 to {MEMBERS_MAX} members, 2 of a sequence, came {came}")
            }
            ComposeFault::AtLeast { members, came } => {
                write!(f, "expected at least 1 to {members} members to fire, came {came}")
            }
            ComposeFault::Within { came_s } => {
                write!(f, "expected a sequence within {WITHIN_MAX_S} seconds, came {came_s}")
            }
            ComposeFault::Composites { came } => {
                write!(f, "expected at most {COMPOSITES_MAX} composites, came {came}")
            }
            ComposeFault::Twice { composite } => {
                write!(f, "composite {composite}: expected every id and every member once")
            }
            ComposeFault::Cycle { composite } => {
                write!(f, "composite {composite} is a member of itself, at once or through others")
            }
        }
    }
}

impl core::error::Error for ComposeFault {}

/// A member that was not yet taken through the slot: the composite has to wait for it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Behind {
    /// Its place among the members.
    pub member: usize,
    /// The slot that it has to be taken through.
    pub expected: u32,
    /// The slot that it was taken through.
    pub came: u32,
}

impl fmt::Display for Behind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Behind { member, expected, came } = self;
        write!(f, "member {member}: expected its state through slot {expected}, came {came}")
    }
}

impl core::error::Error for Behind {}

/// Checks what is asked of so many members.
///
/// # Errors
///
/// [`ComposeFault::Members`], [`ComposeFault::AtLeast`], [`ComposeFault::Within`].
pub fn check(ask: Ask, members: usize) -> Result<(), ComposeFault> {
    let is_sequence = matches!(ask, Ask::Then { .. });
    if members == 0 || members > MEMBERS_MAX || (is_sequence && members != 2) {
        return Err(ComposeFault::Members { came: members });
    }
    match ask {
        Ask::AtLeast(came) if came == 0 || came as usize > members => {
            Err(ComposeFault::AtLeast { members, came })
        }
        Ask::Then { within_s } if within_s > WITHIN_MAX_S => {
            Err(ComposeFault::Within { came_s: within_s })
        }
        _ => Ok(()),
    }
}

/// The condition of a composite's rule, whose `min_points` is 1: as many members fire as are asked
/// for.
pub fn condition(ask: Ask, members: usize) -> Condition {
    Condition::Threshold(Compare {
        statistic: Statistic::Last,
        operator: Operator::Gte,
        threshold: i128::from(ask.needed(members)),
        threshold_high: 0,
        window_slots: 1,
    })
}

/// What is known of a member.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Known {
    Fires,
    Quiet,
    Unknown,
}

fn known(member: Option<&State>) -> Known {
    match member {
        Some(state) if state.fault || state.coverage != Coverage::Present => Known::Unknown,
        Some(state) if state.is_firing() => Known::Fires,
        Some(_) => Known::Quiet,
        None => Known::Unknown,
    }
}

/// The slot `index` as the composite's rule sees it. `own` is the composite's state; a member
/// without a state (never evaluated, paused, deleted) is `None`. The figure is the number of
/// members known to fire (of a sequence 1 or 0), its points the members that are known.
///
/// A member that is already beyond the slot no longer says what it was in it: the slot is lost.
/// Members are taken through a slot before, and stored with, the composite, so that this happens
/// only where somebody evaluates a member alone.
///
/// # Errors
///
/// [`Behind`] for the first member that was not yet taken through the slot.
pub fn slot(ask: Ask, own: &State, members: &[Option<&State>], index: u32) -> Result<Slot, Behind> {
    for (member, state) in members.iter().enumerate() {
        if let Some(state) = state
            && state.through < index
        {
            return Err(Behind { member, expected: index, came: state.through });
        }
    }
    let reading = if members.iter().flatten().any(|state| state.through > index) {
        Reading::Lost
    } else {
        reading(ask, own, members)
    };
    let last_data = if matches!(reading, Reading::Value { .. }) { index } else { 0 };
    Ok(Slot { index, reading, last_data })
}

/// The figure of members that were all taken through the same slot ([`slot`]).
pub fn reading(ask: Ask, own: &State, members: &[Option<&State>]) -> Reading {
    let count = |what| members.iter().filter(|member| known(**member) == what).count() as u32;
    let (fires, unknown) = (count(Known::Fires), count(Known::Unknown));
    let points = members.len() as u32 - unknown;
    let figure = match (ask, members) {
        (Ask::Then { within_s }, [first, second]) => {
            followed(own, *first, *second, within_s).map(u32::from)
        }
        _ => {
            let needed = ask.needed(members.len());
            let is_decided = fires >= needed || fires + unknown < needed;
            is_decided.then_some(fires)
        }
    };
    match figure {
        Some(fires) if points > 0 => {
            let figure = Figure { numerator: i128::from(fires), denominator: 1 };
            Reading::Value { figure, points }
        }
        _ => Reading::Empty,
    }
}

/// Whether the second fires after the first did; `None` where that is not known.
fn followed(
    own: &State,
    first: Option<&State>,
    second: Option<&State>,
    within_s: u32,
) -> Option<bool> {
    let second = match known(second) {
        Known::Unknown => return None,
        Known::Quiet => return Some(false),
        Known::Fires => second?,
    };
    // A new episode of the first must not end what began with the one before.
    if own.phase != Phase::Inactive && own.since >= second.since {
        return Some(true);
    }
    let first_state = first?;
    let is_followed = first_state.fired
        && first_state.since <= second.since
        && second.since - first_state.since <= slots_for(within_s);
    if !is_followed && known(first) == Known::Unknown {
        return None;
    }
    Some(is_followed)
}

/// A composite, as far as its place among others matters.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Composite<'a, Id> {
    /// Its rule.
    pub rule: Id,
    /// The rules whose alerts are its members.
    pub members: &'a [Id],
}

/// The order in which composites are evaluated: each after those that are its members.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Order {
    len: usize,
    places: [u8; COMPOSITES_MAX],
}

impl Order {
    /// The places of the composites, in that order.
    pub fn as_slice(&self) -> &[u8] {
        self.places.get(..self.len).unwrap_or(&[])
    }
}

/// Checks that no composite is a member of itself, and says in which order they are evaluated.
///
/// # Errors
///
/// [`ComposeFault::Composites`], [`ComposeFault::Members`], [`ComposeFault::Twice`],
/// [`ComposeFault::Cycle`].
pub fn check_acyclic<Id: Copy + Eq>(
    composites: &[Composite<'_, Id>],
) -> Result<Order, ComposeFault> {
    if composites.len() > COMPOSITES_MAX {
        return Err(ComposeFault::Composites { came: composites.len() });
    }
    for (place, composite) in composites.iter().enumerate() {
        let members = composite.members;
        if members.is_empty() || members.len() > MEMBERS_MAX {
            return Err(ComposeFault::Members { came: members.len() });
        }
        let is_known = composites[..place].iter().any(|other| other.rule == composite.rule);
        let is_repeated = (1..members.len()).any(|at| members[..at].contains(&members[at]));
        if is_known || is_repeated {
            return Err(ComposeFault::Twice { composite: place });
        }
    }
    let mut order = Order { len: 0, places: [0; COMPOSITES_MAX] };
    let mut is_done = [false; COMPOSITES_MAX];
    // The first of a composite's members that is a composite and has no place yet.
    let waits_for = |is_done: &[bool; COMPOSITES_MAX], composite: &Composite<'_, Id>| {
        (0..composites.len())
            .find(|other| !is_done[*other] && composite.members.contains(&composites[*other].rule))
    };
    loop {
        let ready = (0..composites.len())
            .find(|place| !is_done[*place] && waits_for(&is_done, &composites[*place]).is_none());
        let Some(place) = ready else { break };
        is_done[place] = true;
        order.places[order.len] = place as u8;
        order.len += 1;
    }
    let Some(mut place) = (0..composites.len()).find(|place| !is_done[*place]) else {
        return Ok(order);
    };
    // Whoever waits for one that waits comes into a cycle after as many steps as there are.
    for _ in 0..composites.len() {
        place = waits_for(&is_done, &composites[place]).unwrap_or(place);
    }
    Err(ComposeFault::Cycle { composite: place })
}

// A sequence is measured in whole slots.
const _: () = assert!(WITHIN_MAX_S.is_multiple_of(SLOT_S));

#[cfg(test)]
mod tests {
    use std::string::ToString as _;

    use super::*;

    const NOW: u32 = 1_000;

    /// An alert as of [`NOW`], in an episode that began so many slots ago.
    fn state(phase: Phase, begun: u32) -> State {
        let fired = phase != Phase::Pending;
        State { phase, fired, through: NOW, since: NOW - begun, episode: 1, ..State::EMPTY }
    }

    fn figure(ask: Ask, members: &[Option<&State>]) -> Option<i128> {
        match slot(ask, &State::EMPTY, members, NOW).unwrap().reading {
            Reading::Value { figure, .. } => Some(figure.rounded()),
            Reading::Empty => None,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn members_that_are_known_decide_as_soon_as_they_can() {
        let (fires, quiet) = (state(Phase::Firing, 3), state(Phase::Inactive, 3));
        let covered = State { coverage: Coverage::NoData, ..fires };
        let failed = State { fault: true, ..fires };
        let (fires, quiet) = (Some(&fires), Some(&quiet));
        assert_eq!(figure(Ask::Any, &[fires, None]), Some(1));
        assert_eq!(figure(Ask::Any, &[quiet, None]), None);
        assert_eq!(figure(Ask::Any, &[quiet, quiet]), Some(0));
        assert_eq!(figure(Ask::All, &[quiet, None]), Some(0));
        assert_eq!(figure(Ask::All, &[fires, None]), None);
        assert_eq!(figure(Ask::All, &[fires, Some(&covered)]), None);
        assert_eq!(figure(Ask::All, &[fires, Some(&failed)]), None);
        assert_eq!(figure(Ask::AtLeast(2), &[fires, fires, None]), Some(2));
        assert_eq!(figure(Ask::AtLeast(2), &[fires, quiet, None]), None);
        assert_eq!(figure(Ask::AtLeast(2), &[fires, quiet, quiet]), Some(1));
        assert_eq!(figure(Ask::AtLeast(3), &[None, None]), None, "never, but of nothing known");
        let points = |members: &[Option<&State>]| match reading(Ask::Any, &State::EMPTY, members) {
            Reading::Value { points, .. } => points,
            other => panic!("{other:?}"),
        };
        assert_eq!(points(&[fires, None, quiet, None, None]), 2, "those that are known");
    }

    #[test]
    fn a_recovering_member_fires_and_a_pending_one_does_not() {
        let (recovering, pending) = (state(Phase::Recovering, 3), state(Phase::Pending, 3));
        assert_eq!(figure(Ask::Any, &[Some(&recovering), Some(&pending)]), Some(1));
    }

    #[test]
    fn a_sequence_asks_for_the_first_within_its_time_before_the_second() {
        let ask = Ask::Then { within_s: 300 };
        let second = state(Phase::Firing, 2);
        for (first, expected) in [
            (state(Phase::Firing, 7), 1),
            (state(Phase::Inactive, 7), 1),
            (state(Phase::Firing, 8), 0),
            (state(Phase::Firing, 2), 1),
            (state(Phase::Firing, 1), 0),
            (state(Phase::Pending, 7), 0),
        ] {
            assert_eq!(figure(ask, &[Some(&first), Some(&second)]), Some(expected), "{first:?}");
        }
        let first = state(Phase::Firing, 7);
        assert_eq!(figure(ask, &[Some(&first), Some(&state(Phase::Pending, 2))]), Some(0));
        assert_eq!(figure(ask, &[Some(&first), None]), None);
        assert_eq!(figure(ask, &[None, Some(&second)]), None);
        let covered = State { coverage: Coverage::NoData, ..state(Phase::Firing, 1) };
        assert_eq!(figure(ask, &[Some(&covered), Some(&second)]), None);
        let covered = State { since: NOW - 7, ..covered };
        assert_eq!(figure(ask, &[Some(&covered), Some(&second)]), Some(1), "the past is known");
    }

    #[test]
    fn a_sequence_once_met_holds_whatever_the_first_does_then() {
        let ask = Ask::Then { within_s: 300 };
        let (again, second) = (state(Phase::Firing, 0), state(Phase::Firing, 2));
        let members = [Some(&again), Some(&second)];
        let of = |own: State| {
            matches!(
                reading(ask, &own, &members),
                Reading::Value { figure, .. } if figure.numerator == 1
            )
        };
        assert!(of(state(Phase::Firing, 2)) && of(state(Phase::Pending, 1)));
        assert!(!of(state(Phase::Inactive, 2)), "it had ended");
        assert!(!of(state(Phase::Recovering, 3)), "of an earlier episode of the second");
    }

    #[test]
    fn a_member_behind_is_waited_for_and_one_ahead_leaves_the_slot_lost() {
        let (now, behind) = (state(Phase::Firing, 1), State { through: NOW - 1, ..State::EMPTY });
        let ahead = State { through: NOW + 1, ..now };
        let at = |other: &State| slot(Ask::Any, &State::EMPTY, &[Some(&now), Some(other)], NOW);
        assert_eq!(at(&behind), Err(Behind { member: 1, expected: NOW, came: NOW - 1 }));
        assert_eq!(at(&ahead).unwrap().reading, Reading::Lost);
    }

    #[test]
    fn every_bound_of_a_composite_has_its_own_fault() {
        assert_eq!(check(Ask::All, MEMBERS_MAX), Ok(()));
        assert_eq!(check(Ask::AtLeast(3), 3), Ok(()));
        assert_eq!(check(Ask::Then { within_s: WITHIN_MAX_S }, 2), Ok(()));
        for came in [0, MEMBERS_MAX + 1] {
            assert_eq!(check(Ask::Any, came), Err(ComposeFault::Members { came }));
        }
        let sequence = Ask::Then { within_s: 60 };
        assert_eq!(check(sequence, 3), Err(ComposeFault::Members { came: 3 }));
        for came in [0, 4] {
            let fault = ComposeFault::AtLeast { members: 3, came };
            assert_eq!(check(Ask::AtLeast(came), 3), Err(fault));
        }
        let came_s = WITHIN_MAX_S + 1;
        let fault = ComposeFault::Within { came_s };
        assert_eq!(check(Ask::Then { within_s: came_s }, 2), Err(fault));
        assert!(fault.to_string().contains("86401"));
    }

    fn of<'a>(rules: &'a [(u32, &'a [u32])]) -> std::vec::Vec<Composite<'a, u32>> {
        rules.iter().map(|(rule, members)| Composite { rule: *rule, members }).collect()
    }

    #[test]
    fn composites_are_evaluated_after_their_members() {
        let order = check_acyclic(&of(&[(10, &[11, 1]), (11, &[12, 2]), (12, &[1, 2])]));
        assert_eq!(order.unwrap().as_slice(), [2, 1, 0]);
        assert_eq!(check_acyclic::<u32>(&[]).unwrap().as_slice(), [0; 0]);
    }

    #[test]
    fn a_cycle_is_refused_and_one_of_its_composites_named() {
        let refused_or_not = |rules: &[(u32, &[u32])]| check_acyclic(&of(rules)).err();
        let refused = |rules: &[(u32, &[u32])]| refused_or_not(rules).unwrap();
        assert_eq!(refused(&[(10, &[10, 1])]), ComposeFault::Cycle { composite: 0 });
        let fault = refused(&[(9, &[10]), (10, &[1, 11]), (11, &[12]), (12, &[11])]);
        assert!(matches!(fault, ComposeFault::Cycle { composite: 2 | 3 }), "{fault:?}");
        assert_eq!(refused(&[(10, &[1]), (10, &[2])]), ComposeFault::Twice { composite: 1 });
        assert_eq!(refused(&[(10, &[1, 2, 1])]), ComposeFault::Twice { composite: 0 });
        assert_eq!(refused(&[(10, &[])]), ComposeFault::Members { came: 0 });
        let many = |count: u32| -> std::vec::Vec<_> {
            (0..count).map(|rule| Composite { rule, members: &[1_000][..] }).collect()
        };
        assert!(check_acyclic(&many(COMPOSITES_MAX as u32)).is_ok());
        let came = COMPOSITES_MAX + 1;
        let fault = ComposeFault::Composites { came };
        assert_eq!(check_acyclic(&many(came as u32)), Err(fault));
        let members: std::vec::Vec<u32> = (100..).take(MEMBERS_MAX + 2).collect();
        let with = |count: usize| refused_or_not(&[(10, &members[..count])]);
        assert_eq!(with(MEMBERS_MAX), None);
        for came in [MEMBERS_MAX + 1, MEMBERS_MAX + 2] {
            assert_eq!(with(came), Some(ComposeFault::Members { came }));
        }
    }
}
