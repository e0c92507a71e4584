//! A rule that a stream steps itself while it records: what [`crate::advance`] makes of the condition,
//! of a threshold alone, in the fewest bytes.
//!
//! Handling, escalation, cooldown and severity follow people and messages, of which a stream knows
//! nothing: they stay with the alert. What is left comes to the same status, episode and clocks as the
//! whole machine does of the same minutes; the tests compare the two.
//!
//! An entry steps its rules before each sample, so no minute leaves the ring before it was judged,
//! however long nothing comes.

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

use crate::condition::{Compare, Condition, Operator, Statistic, meets};
use crate::rule::{NoData, Rule};
use crate::slot::{SLOT_S, slots_for};
use crate::state::{Coverage, Phase, Status};
use crate::window::{MinuteSlot, Reading, figure};

/// Slots that can be due when an entry is written or read, beyond those of a window. When it was last
/// written it came to the second minute before its newest one, at least: these two and a window later
/// all is empty, and then at most three things happen, one after the other.
const STEPS_BEYOND_WINDOW: u32 = 5;

/// Bytes of a rule and its state, as they are stored.
pub const BYTES: usize = size_of::<Inline>();
/// Of these, those that say what the rule is: they come first.
pub const RULE_BYTES: usize = core::mem::offset_of!(Inline, phase);

/// A rule and where it stands, as both lie in an entry: integers little endian, no gaps.
#[derive(Clone, Copy, Debug, Eq, PartialEq, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
pub struct Inline {
    /// The threshold, or the band's lower end.
    pub threshold: [u8; 16],
    /// The band's upper end.
    pub threshold_high: [u8; 16],
    /// The first bytes of the rule's id.
    pub rule: [u8; 8],
    /// How long the condition must hold before it fires, seconds.
    pub for_s: u32,
    /// How long it stays up afterwards, seconds.
    pub keep_firing_for_s: u32,
    /// Fewer samples in the window are no data.
    pub min_points: u32,
    /// Code of a [`NoData`].
    pub no_data: u32,
    /// Code of an [`Operator`].
    pub operator: u32,
    /// Code of a [`Statistic`].
    pub statistic: u32,
    /// Seconds in the window: whole slots.
    pub window_s: u32,
    /// The place of the metric in the entry.
    pub metric: u32,
    /// Code of a [`Phase`].
    pub phase: u32,
    /// Code of a [`Coverage`].
    pub coverage: u32,
    /// The last slot stepped.
    pub through: u32,
    /// The number of the latest episode; 0 before the first.
    pub episode: u32,
    /// The slot in which the episode began.
    pub since: u32,
    /// The slot from which the condition counts as held, or as gone.
    pub clock: u32,
}

impl Inline {
    /// Nothing: a threshold of 0 on the average of the first metric, that was never stepped.
    pub const EMPTY: Inline = Inline {
        threshold: [0; 16],
        threshold_high: [0; 16],
        rule: [0; 8],
        for_s: 0,
        keep_firing_for_s: 0,
        min_points: 0,
        no_data: 0,
        operator: 0,
        statistic: 0,
        window_s: 0,
        metric: 0,
        phase: 0,
        coverage: 0,
        through: 0,
        episode: 0,
        since: 0,
        clock: 0,
    };

    /// The rule, of one that compares the figure of a window with a threshold; none otherwise. Its
    /// first slot is the rule's.
    pub fn of(rule: &Rule) -> Option<Inline> {
        let Condition::Threshold(compare) = rule.condition else { return None };
        Some(Inline {
            threshold: compare.threshold.to_le_bytes(),
            threshold_high: compare.threshold_high.to_le_bytes(),
            for_s: rule.for_s,
            keep_firing_for_s: rule.keep_firing_for_s,
            min_points: rule.min_points,
            statistic: compare.statistic.code().into(),
            operator: compare.operator.code().into(),
            no_data: rule.no_data.code().into(),
            window_s: compare.window_slots * SLOT_S,
            through: rule.active_from.saturating_sub(1),
            ..Inline::EMPTY
        })
    }

    /// Takes it through every slot up to `through`, which must be closed, as far as an entry needs that
    /// was stepped when its newest minute came. `newest` is the newest minute
    /// of the metric's ring, and `total` adds up those of a window, the first to the last, which the
    /// ring holds; the total's `minute` means nothing.
    pub fn advance(&mut self, newest: u32, through: u32, total: impl Fn(u32, u32) -> MinuteSlot) {
        let window_slots = self.window_s / SLOT_S;
        let compare = Compare {
            statistic: Statistic::from_code(self.statistic as u8).unwrap_or(Statistic::Last),
            operator: Operator::from_code(self.operator as u8).unwrap_or(Operator::Gt),
            threshold: i128::from_le_bytes(self.threshold),
            threshold_high: i128::from_le_bytes(self.threshold_high),
            window_slots,
        };
        // The same work whatever is due: what a call simulates, it does.
        for _ in 0..window_slots.wrapping_add(STEPS_BEYOND_WINDOW) {
            let mut next = *self;
            next.take_slot(newest, through, &compare, &total);
            if self.through < through {
                *self = next;
            }
        }
    }

    /// Takes it through the next slot, and through those after it that change nothing.
    fn take_slot(
        &mut self,
        newest: u32,
        through: u32,
        compare: &Compare,
        total: &impl Fn(u32, u32) -> MinuteSlot,
    ) {
        let now = self.through.wrapping_add(1);
        let first = now.saturating_sub(compare.window_slots.wrapping_sub(1));
        let window = MinuteSlot { minute: compare.window_slots, ..total(first, now) };
        self.through = now;
        let unknown = self.step(&figure(&window, compare.statistic), compare);
        if first > newest {
            // Windows are empty from here on: only clocks move until the next one ends, and none
            // ends of which nothing is known.
            let next = if unknown { u32::MAX } else { self.next_change() };
            self.through = now.max(through.min(next.wrapping_sub(1)));
        }
        if unknown {
            self.restart_clocks();
        }
    }

    /// What it shows.
    pub fn status(&self) -> Status {
        match (self.coverage, self.phase) {
            (1, _) => Status::NoData,
            (2, _) => Status::Error,
            (_, 1) => Status::Pending,
            (_, 2) => Status::Firing,
            (_, 3) => Status::Recovering,
            _ => Status::Inactive,
        }
    }

    /// Whether it counts as firing, whatever covers it: lost data resolves nothing.
    pub fn is_firing(&self) -> bool {
        self.phase >= FIRING
    }

    /// The first slot in which an empty window can have another effect than the one before.
    fn next_change(&self) -> u32 {
        match self.phase {
            PENDING => self.clock.saturating_add(slots_for(self.for_s)),
            RECOVERING => self.clock.saturating_add(slots_for(self.keep_firing_for_s)),
            _ => u32::MAX,
        }
    }

    /// The slot `self.through`. Returns whether it proves nothing, so that clocks start again.
    fn step(&mut self, reading: &Reading, compare: &Compare) -> bool {
        let verdict = match reading {
            Reading::Overflow => return self.cover(Coverage::Error),
            Reading::Value { figure, points } if *points >= self.min_points => {
                Some(meets(figure, compare))
            }
            _ => match self.no_data {
                NO_DATA_ALERT => Some(true),
                NO_DATA_NORMAL => Some(false),
                NO_DATA_SHOWN => return self.cover(Coverage::NoData),
                _ => None,
            },
        };
        self.coverage = 0;
        match verdict {
            Some(false) => self.release(),
            // The last verdict stands: what is pending goes on.
            None if self.phase != PENDING => return true,
            _ => self.hold(),
        }
        false
    }

    fn cover(&mut self, coverage: Coverage) -> bool {
        self.coverage = coverage.code().into();
        true
    }

    fn hold(&mut self) {
        let now = self.through;
        match self.phase {
            INACTIVE => {
                self.episode = self.episode.saturating_add(1);
                self.phase = PENDING;
                self.since = now;
                self.clock = now;
            }
            RECOVERING => self.phase = FIRING,
            _ => {}
        }
        if self.phase == PENDING && self.has_held(self.for_s) {
            self.phase = FIRING;
        }
    }

    fn release(&mut self) {
        if self.phase == FIRING && self.keep_firing_for_s > 0 {
            self.phase = RECOVERING;
            self.clock = self.through;
        } else if self.phase != RECOVERING || self.has_held(self.keep_firing_for_s) {
            self.phase = INACTIVE;
        }
    }

    fn has_held(&self, for_s: u32) -> bool {
        u64::from(self.through.saturating_sub(self.clock)) * u64::from(SLOT_S) >= for_s.into()
    }

    fn restart_clocks(&mut self) {
        if self.phase == PENDING || self.phase == RECOVERING {
            self.clock = self.through.saturating_add(1);
        }
    }
}

const INACTIVE: u32 = Phase::Inactive as u32;
const PENDING: u32 = Phase::Pending as u32;
const FIRING: u32 = Phase::Firing as u32;
const RECOVERING: u32 = Phase::Recovering as u32;
const NO_DATA_ALERT: u32 = NoData::Alert as u32;
const NO_DATA_NORMAL: u32 = NoData::Normal as u32;
const NO_DATA_SHOWN: u32 = NoData::NoData as u32;
