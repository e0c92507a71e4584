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
            let reach = began.saturating_sub(within_s.div_ceil(SLOT_S));
            let may_be_near = |first: &Moment| !first.is_begin_known && first.state.since >= reach;
            if first.moment().is_some_and(may_be_near) {
                *first = Seen::Forgotten;
            }
        }
        let states: Vec<Option<&State>> =
            seen.iter().map(|of| of.moment().map(|moment| &moment.state)).collect();
        match reading(asks, &self.state, &states) {
            Reading::Empty if seen.iter().any(|of| matches!(of, Seen::Forgotten)) => Reading::Lost,
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
mod tests {
    use lumenscope_notify::{Config, Fingerprint, Labels, Owner};
    use lumenscope_rules::Status;
    use lumenscope_rules::compose::slot;
    use proptest::prelude::*;

    use super::super::past::Reach;
    use super::super::past::tests::{START, lived, rule};
    use super::*;

    /// A member on one contract, which did this; what it did before so many slots is forgotten.
    fn candidate(name: &str, values: &[Option<i128>], forgotten: u32) -> Candidate {
        let (states, published) = lived(&rule(0, 0), values);
        let known: Vec<_> =
            published.iter().copied().filter(|of| of.slot >= START + forgotten).collect();
        let stored = if published.is_empty() { None } else { states.last() };
        let reach = Reach { start: START + forgotten, active_from: START, through: u32::MAX };
        let labels = [("contract", "CA"), ("rule", name)];
        let labels: Labels = labels.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let owner = Owner::new("GA").expect("an address");
        Candidate {
            alert: Alert::new(Fingerprint([0; 16]), owner, labels, State::EMPTY),
            lane: None,
            past: Past::new(&known, stored, reach),
            unevaluated: None,
        }
    }

    fn config(composites: &str) -> Config {
        let text = format!("[[owner]]\naddress = \"GA\"\n{composites}");
        Config::parse(&text).unwrap_or_else(|fault| panic!("{fault}\n{text}"))
    }

    fn composite(name: &str, more: &str, members: &[&str]) -> String {
        let member = |name: &&str| match name.strip_prefix('@') {
            Some(composite) => format!("{{ composite = \"{composite}\" }}"),
            None => format!("{{ contract = \"CA\", rule = \"{name}\" }}"),
        };
        let members: Vec<_> = members.iter().map(member).collect();
        format!(
            "[[owner.composite]]\nname = \"{name}\"\nseverity = \"high\"\n{more}\n\
             members = [{}]\n",
            members.join(", ")
        )
    }

    fn played(
        config: &Config,
        candidates: &[Candidate],
        forgotten: u32,
        slots: u32,
    ) -> Vec<Played> {
        let composites = config.owners()[0].composites();
        let slots = START + forgotten..=START + slots - 1;
        play(composites, candidates, slots).expect("in order")
    }

    /// What one composite shows of members that did this, a digit for each minute.
    fn shows(more: &str, members: &[&str], forgotten: u32) -> Result<Status, Unknown> {
        let names = ["a", "b", "c"];
        let values = |text: &&str| -> Vec<_> {
            text.chars().map(|digit| digit.to_digit(10).map(i128::from)).collect()
        };
        let candidates: Vec<_> = names
            .iter()
            .zip(members)
            .map(|(name, text)| candidate(name, &values(text), forgotten))
            .collect();
        let config = config(&composite("x", more, &names[..members.len()]));
        let slots = members[0].len() as u32;
        let mut played = played(&config, &candidates, forgotten, slots);
        played.remove(0).stands.map(|state| state.status())
    }

    #[test]
    fn a_composite_fires_once_its_condition_has_held_for_long_enough() {
        let all = |for_s, members: &[&str]| {
            shows(&format!("asks = \"all\"\nfor_s = {for_s}"), members, 0)
        };
        assert_eq!(all(0, &["0011", "0001"]), Ok(Status::Firing));
        assert_eq!(all(0, &["0011", "0000"]), Ok(Status::Inactive));
        assert_eq!(all(120, &["0011", "0111"]), Ok(Status::Pending));
        assert_eq!(all(120, &["00111", "01111"]), Ok(Status::Firing));
        let two = "asks = { at_least = 2 }";
        assert_eq!(shows(two, &["01", "00", "01"], 0), Ok(Status::Firing));
        assert_eq!(shows("asks = \"any\"", &["00", "01"], 0), Ok(Status::Firing));
    }

    #[test]
    fn what_has_held_since_before_all_that_is_known_is_not_said_to_be_pending() {
        let asks = "asks = \"all\"\nfor_s = 180";
        assert_eq!(shows(asks, &["0011111"], 5), Err(Unknown::HeldLonger));
        assert_eq!(shows(asks, &["00111"], 2), Err(Unknown::HeldLonger), "it began just then");
        assert_eq!(shows(asks, &["00111111"], 4), Ok(Status::Firing));
        assert_eq!(shows(asks, &["0011111"], 1), Ok(Status::Firing));
    }

    #[test]
    fn a_sequence_fires_in_its_order_and_within_its_time() {
        let then = |members: &[&str]| shows("asks = { then_within_s = 180 }", members, 0);
        assert_eq!(then(&["01000", "00001"]), Ok(Status::Firing));
        assert_eq!(then(&["010000", "000001"]), Ok(Status::Inactive), "too late");
        assert_eq!(then(&["00010", "00111"]), Ok(Status::Inactive), "the other way around");
        assert_eq!(then(&["01001", "00111"]), Ok(Status::Firing), "whatever the first does then");
    }

    #[test]
    fn a_sequence_that_began_before_all_that_is_known_is_not_guessed() {
        let then = |members: &[&str], forgotten| {
            shows("asks = { then_within_s = 180 }", members, forgotten)
        };
        // An earlier episode of the first may have come before the second.
        assert_eq!(then(&["0101011", "0011111"], 4), Err(Unknown::Forgotten));
        assert_eq!(then(&["0101011", "0011111"], 0), Ok(Status::Firing));
        // The latest episode of the first is before the second.
        assert_eq!(then(&["0100000", "0011111"], 4), Ok(Status::Firing));
        assert_eq!(then(&["0100000", "0000001"], 5), Ok(Status::Inactive));
    }

    #[test]
    fn too_little_data_counts_as_the_composite_says() {
        let all = |no_data: &str, members: &[&str]| {
            shows(&format!("asks = \"all\"\nno_data = \"{no_data}\""), members, 0)
        };
        assert_eq!(all("no_data", &["01-", "011"]), Ok(Status::NoData));
        assert_eq!(all("keep_last", &["01-", "011"]), Ok(Status::Firing));
        assert_eq!(all("normal", &["01-", "011"]), Ok(Status::Inactive));
        assert_eq!(all("alert", &["00-", "001"]), Ok(Status::Firing));
        assert_eq!(all("keep_last", &["---", "111"]), Err(Unknown::NoFigure));
        assert_eq!(
            all("keep_last", &["---", "000"]),
            Ok(Status::Inactive),
            "one that is quiet decides"
        );
    }

    #[test]
    fn a_side_of_a_sequence_that_means_no_alert_or_several_is_said() {
        let config = config(&composite("x", "asks = { then_within_s = 60 }", &["a", "b"]));
        let stands = |names: &[&str]| {
            let all: Vec<_> = names.iter().map(|name| candidate(name, &[Some(1)], 0)).collect();
            played(&config, &all, 0, 1).remove(0).stands
        };
        assert!(stands(&["a", "b"]).is_ok());
        for (names, came) in [(&["a"][..], 0), (&["a", "b", "b"][..], 2)] {
            let Err(Unknown::Members(fault)) = stands(names) else { panic!("{names:?}") };
            assert!(fault.ends_with(&format!("came {came}")), "{fault}");
        }
    }

    #[test]
    fn more_alerts_than_a_composite_may_have_are_said_and_none_is_left_out() {
        let config = config(&composite("x", "asks = \"any\"", &["a"]));
        let of = |count| {
            let all = vec![candidate("a", &[Some(0), Some(1)], 0); count];
            played(&config, &all, 0, 2).remove(0)
        };
        let most = of(compose::MEMBERS_MAX);
        assert_eq!((most.members.len(), most.stands.map(|of| of.value)), (16, Ok(16)));
        let Err(Unknown::Members(fault)) = of(compose::MEMBERS_MAX + 1).stands else {
            panic!("too many")
        };
        assert!(fault.contains("came 17"), "{fault}");
    }

    #[test]
    fn a_composite_reads_others_and_what_they_do_not_know_it_does_not_either() {
        let inner = composite("inner", "asks = \"all\"\nfor_s = 180", &["a"]);
        let outer = composite("outer", "asks = \"all\"", &["@inner", "b"]);
        let config = config(&format!("{outer}{inner}"));
        let stands = |a: &[i128], forgotten| {
            let values: Vec<_> = a.iter().copied().map(Some).collect();
            let quiet_then = [&[Some(0); 5][..], &[Some(1); 2]].concat();
            let all = [candidate("a", &values, forgotten), candidate("b", &quiet_then, forgotten)];
            played(&config, &all, forgotten, 7).remove(0).stands.map(|state| state.status())
        };
        assert_eq!(stands(&[0, 1, 1, 1, 1, 1, 1], 0), Ok(Status::Firing));
        assert_eq!(stands(&[0, 0, 0, 0, 0, 1, 1], 0), Ok(Status::Inactive));
        assert_eq!(stands(&[0, 1, 1, 1, 1, 1, 1], 5), Err(Unknown::Forgotten));
    }

    /// A member's minutes, in runs: quiet, loud, without a sample.
    fn minutes() -> impl Strategy<Value = Vec<Option<i128>>> {
        let value = prop_oneof![4 => Just(Some(0)), 4 => Just(Some(1)), 1 => Just(None)];
        prop::collection::vec((1_usize..8, value), 12..16).prop_map(|runs| {
            let all =
                runs.into_iter().flat_map(|(length, value)| std::iter::repeat_n(value, length));
            all.chain(std::iter::repeat(Some(0))).take(40).collect()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: 1_500, failure_persistence: None, ..ProptestConfig::default()
        })]

        #[test]
        fn whatever_was_forgotten_what_is_said_is_what_was_true(
            (first, second) in (minutes(), minutes()),
            (forgotten, slots) in (0_u32..40, 1_u32..41),
            asks in prop_oneof![
                Just("\"all\"".to_owned()), Just("\"any\"".to_owned()),
                (0_u32..8).prop_map(|slots| format!("{{ then_within_s = {} }}", slots * 60)),
            ],
            for_s in prop_oneof![Just(0), Just(120), Just(300)],
            no_data in prop::sample::select(vec!["alert", "normal", "no_data", "keep_last"]),
            is_nested in any::<bool>(),
        ) {
            let (forgotten, slots) = (forgotten.min(slots - 1), slots as usize);
            let more = format!("asks = {asks}\nno_data = \"{no_data}\"\nfor_s = {for_s}");
            let inner = "asks = \"any\"\nfor_s = 60";
            let text = if is_nested {
                let b = composite("b2", inner, &["b"]);
                composite("x", &more, &["a", "@b2"]) + &b
            } else {
                composite("x", &more, &["a", "b"])
            };
            let config = config(&text);
            let composites = config.owners()[0].composites().as_slice();

            // The truth: every state of every minute.
            let (a, _) = lived(&rule(0, 0), &first[..slots]);
            let (b, _) = lived(&rule(0, 0), &second[..slots]);
            let of = &composites[0];
            let machine = of.rule(2, START);
            let mut truth = State::new(&machine);
            let inner_rule = composites.get(1).map(|inner| inner.rule(1, START));
            let mut inner = inner_rule.map(|rule| State::new(&rule));
            for (index, (a, b)) in (START..).zip(a.iter().zip(&b)) {
                if let (Some(rule), Some(state)) = (inner_rule, &mut inner) {
                    let read = slot(Ask::Any, state, &[Some(b)], index).expect("one slot");
                    (*state, _) = step(&rule, state, &read).expect("in order");
                }
                let members = [Some(a), Some(inner.as_ref().unwrap_or(b))];
                let read = slot(of.asks, &truth, &members, index).expect("one slot");
                (truth, _) = step(&machine, &truth, &read).expect("in order");
            }

            let candidates = [
                candidate("a", &first[..slots], forgotten),
                candidate("b", &second[..slots], forgotten),
            ];
            let said = played(&config, &candidates, forgotten, slots as u32).remove(0);
            if let Ok(state) = said.stands {
                prop_assert_eq!(state.status(), truth.status());
                if said.is_begin_known && state.phase != Phase::Inactive {
                    prop_assert_eq!(state.since, truth.since);
                }
            }
        }
    }
}
