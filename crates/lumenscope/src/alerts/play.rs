//! An owner's composites, taken through the slots that history allows by the state machine that
//! takes alerts through theirs. Pure.

use std::ops::RangeInclusive;

use lumenscope_notify::{Alert, Composite, Composites, Member};
use lumenscope_rules::compose::{self, Ask, reading};
use lumenscope_rules::slot::SLOT_S;
use lumenscope_rules::{NoData, OutOfOrder, Phase, Reading, Rule, Slot, State, step};

use super::past::{Moment, Past};

/// One alert that a composite may read, whether or not it is up.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Its labels; the severity is its rule's.
    pub alert: Alert,
    /// Which lane of its stream.
    pub lane: Option<u32>,
    /// Its past.
    pub past: Past,
    /// Why it is not known any more.
    pub unevaluated: Option<Unevaluated>,
}

/// Why nothing is known of an alert in the last slot.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Unevaluated {
    /// Its rule is paused.
    Paused,
    /// Nobody has evaluated it yet.
    Never,
    /// Nobody has since then, unix seconds: longer than its contract's owner allows.
    Since(u64),
}

/// A member of a composite.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Source {
    /// The place of an alert among the candidates.
    Alert(usize),
    /// The place of a composite among its owner's.
    Composite(usize),
}

/// Why it is not known whether a composite fires.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Unknown {
    /// Its members are too many, or too few for what it asks.
    Members(String),
    /// What it asks is about more of the past than is known.
    Forgotten,
    /// It has held since before anything that is known: how long, nobody can say.
    HeldLonger,
    /// It goes on as before when too little is known, and what was before is not known.
    NoFigure,
}

/// A composite after the last slot.
#[derive(Clone, Debug)]
pub struct Played {
    /// Its members, in the order of the file.
    pub members: Vec<Source>,
    /// Where it stands, or why that is not known.
    pub stands: Result<State, Unknown>,
    /// Whether its episode may have begun before the slots that are known.
    pub is_begin_known: bool,
}

/// A composite on its way through the slots.
struct Run<'a> {
    composite: &'a Composite,
    members: Vec<Source>,
    fault: Option<String>,
    rule: Rule,
    state: State,
    /// The first slot of which its past is known: the first one, or the one after the last slot that
    /// it needed more of the past for.
    from: u32,
    /// The first slot since in which it was known whether the condition holds.
    known_from: Option<u32>,
}

/// What a composite sees of a member.
#[derive(Clone, Copy)]
enum Seen {
    Moment(Moment),
    /// There is no state.
    Nothing,
    /// There is one, which more of the past would tell.
    Forgotten,
}

impl Seen {
    fn moment(&self) -> Option<&Moment> {
        match self {
            Seen::Moment(moment) => Some(moment),
            Seen::Nothing | Seen::Forgotten => None,
        }
    }
}

/// Takes an owner's composites through slots; `candidates` are alerts of the same owner.
///
/// # Errors
/// Never: the slots follow each other.
pub fn play(
    composites: &Composites,
    candidates: &[Candidate],
    slots: RangeInclusive<u32>,
) -> Result<Vec<Played>, OutOfOrder> {
    let start = *slots.start();
    let mut runs: Vec<Run<'_>> = composites
        .as_slice()
        .iter()
        .map(|composite| Run::new(composite, composites, candidates, start))
        .collect();
    for index in slots {
        for place in composites.order() {
            let Some(run) = runs.get(*place).filter(|run| run.fault.is_none()) else { continue };
            let members = run.members.iter().map(|member| match member {
                Source::Alert(at) => {
                    let moment = candidates.get(*at).and_then(|of| of.past.at(index));
                    moment.map_or(Seen::Nothing, Seen::Moment)
                }
                Source::Composite(at) => runs.get(*at).map_or(Seen::Nothing, Run::seen),
            });
            let reading = run.reading(members.collect());
            if let Some(run) = runs.get_mut(*place) {
                run.step(reading, index)?;
            }
        }
    }
    Ok(runs.into_iter().map(Run::played).collect())
}

impl<'a> Run<'a> {
    fn new(
        composite: &'a Composite,
        all: &Composites,
        candidates: &[Candidate],
        start: u32,
    ) -> Self {
        let mut members: Vec<Source> = Vec::new();
        let mut fault = None;
        for member in &composite.members {
            let meant: Vec<Source> = match member {
                Member::Composite(name) => {
                    all.find(name).into_iter().map(|(at, _)| Source::Composite(at)).collect()
                }
                Member::Alerts { .. } => {
                    let is_meant = |(_, of): &(usize, &Candidate)| member.means(&of.alert);
                    let meant = candidates.iter().enumerate().filter(is_meant);
                    meant.map(|(at, _)| Source::Alert(at)).collect()
                }
            };
            if matches!(composite.asks, Ask::Then { .. }) && meant.len() != 1 {
                let came = meant.len();
                fault =
                    Some(format!("expected one alert for each side of a sequence, came {came}"));
            }
            for source in meant {
                if !members.contains(&source) {
                    members.push(source);
                }
            }
        }
        let checked = compose::check(composite.asks, members.len());
        let fault = fault.or(checked.err().map(|fault| fault.to_string()));
        let rule = composite.rule(members.len(), start);
        Run {
            composite,
            members,
            fault,
            rule,
            state: State::new(&rule),
            from: start,
            known_from: None,
        }
    }

    /// The figure of its members as they were seen in one slot; `Lost` where more of the past would
    /// give one.
    fn reading(&self, mut seen: Vec<Seen>) -> Reading {
        let asks = self.composite.asks;
        let mut own = self.state;
        let mut is_doubtful = false;
        if let (Ask::Then { within_s }, [first, Seen::Moment(second)]) = (asks, &mut seen[..]) {
            let began = second.state.since;
            let is_open = second.state.is_firing() && self.state.phase == Phase::Inactive;
            if is_open && (!second.is_begin_known || began < self.from) {
                // Whether it was met when the second began, before all that is known: the latest
                // episode of the first tells, unless it is a later one, or too little data then
                // counted as met.
                let is_told = |first: &Moment| first.is_begin_known && first.state.since <= began;
                let is_data = self.composite.no_data != NoData::Alert && second.is_begin_known;
                if !(is_data && first.moment().is_some_and(is_told)) {
                    return Reading::Lost;
                }
            }
            // Its own episode may have begun before all that is known, and so before the second's: of
            // that one it says nothing then.
            let is_old = own.phase != Phase::Inactive && !self.is_begin_known();
            if is_old && second.state.is_firing() && own.since >= began {
                is_doubtful = true;
                own = State::new(&self.rule);
            }
            let reach = began.saturating_sub(within_s.div_ceil(SLOT_S));
            let may_be_near = |first: &Moment| !first.is_begin_known && first.state.since >= reach;
            if first.moment().is_some_and(may_be_near) {
                *first = Seen::Forgotten;
            }
        }
        let states: Vec<Option<&State>> =
            seen.iter().map(|of| of.moment().map(|moment| &moment.state)).collect();
        let is_met = |reading: &Reading| matches!(reading, Reading::Value { figure, .. } if figure.numerator > 0);
        match reading(asks, &own, &states) {
            Reading::Empty if seen.iter().any(|of| matches!(of, Seen::Forgotten)) => Reading::Lost,
            reading if is_doubtful && !is_met(&reading) => Reading::Lost,
            reading => reading,
        }
    }

    fn step(&mut self, reading: Reading, index: u32) -> Result<(), OutOfOrder> {
        if reading == Reading::Lost {
            // What comes after stands on nothing that was before.
            self.from = index.saturating_add(1);
            self.known_from = None;
            self.rule.active_from = self.from;
            self.state = State::new(&self.rule);
            return Ok(());
        }
        let is_figure = matches!(reading, Reading::Value { .. });
        let last_data = if is_figure { index } else { 0 };
        (self.state, _) = step(&self.rule, &self.state, &Slot { index, reading, last_data })?;
        if is_figure || matches!(self.composite.no_data, NoData::Alert | NoData::Normal) {
            self.known_from.get_or_insert(index);
        }
        Ok(())
    }

    /// Why its state is not known, if it is not.
    fn unknown(&self) -> Option<Unknown> {
        if let Some(fault) = &self.fault {
            return Some(Unknown::Members(fault.clone()));
        }
        if self.state.through < self.from {
            return Some(Unknown::Forgotten);
        }
        if self.state.phase == Phase::Pending && Some(self.state.since) == self.known_from {
            return Some(Unknown::HeldLonger);
        }
        let is_kept = self.composite.no_data == NoData::KeepLast && self.known_from.is_none();
        is_kept.then_some(Unknown::NoFigure)
    }

    /// Whether its latest episode is known from its beginning.
    fn is_begin_known(&self) -> bool {
        self.state.episode > 0 && self.known_from.is_some_and(|from| from < self.state.since)
    }

    /// What a composite that reads it sees.
    fn seen(&self) -> Seen {
        match self.unknown() {
            Some(Unknown::Members(_)) => return Seen::Nothing,
            Some(_) => return Seen::Forgotten,
            None => {}
        }
        let is_begin_known = self.is_begin_known();
        let mut state = self.state;
        if !is_begin_known {
            state.since = self.known_from.unwrap_or(state.through);
        }
        Seen::Moment(Moment { state, is_begin_known })
    }

    fn played(self) -> Played {
        let is_begin_known = self.is_begin_known();
        let stands = self.unknown().map_or(Ok(self.state), Err);
        Played { members: self.members, stands, is_begin_known }
    }
}

#[cfg(test)]
mod tests;
