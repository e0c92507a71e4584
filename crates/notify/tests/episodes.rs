//! The state machine and the messages together: random minutes, people and configurations, each
//! transition that is to be told decided as it comes.

use std::collections::{BTreeMap, BTreeSet};

use lumenscope_notify::{
    Alert, Config, Decision, Fingerprint, Labels, Memory, Message, Owner, Question, Rates, Reason,
    Recipient, Suppression, decide,
};
use lumenscope_rules::handling::{put_off, resolve};
use lumenscope_rules::slot::end_s;
use lumenscope_rules::{
    Compare, Condition, Figure, Ladder, Level, NoData, Operator, Reading, Rule, Severity, Slot,
    State, Statistic, Transition, Transitions, step,
};
use proptest::prelude::*;

/// 2027-01-15T12:00Z in minutes.
const FIRST: u32 = 30_000_240;

/// What happens in a minute.
#[derive(Clone, Debug)]
struct Minute {
    value: i128,
    act: Act,
}

#[derive(Clone, Debug)]
enum Act {
    Nothing,
    Acknowledge { minutes: u64 },
    Resolve,
    Raise,
    Configure { quiet: bool, mute: bool, limit: bool },
}

fn minute() -> impl Strategy<Value = Minute> {
    let act = prop_oneof![
        12 => Just(Act::Nothing),
        1 => (1u64..15).prop_map(|minutes| Act::Acknowledge { minutes }),
        1 => Just(Act::Resolve),
        1 => Just(Act::Raise),
        3 => (any::<bool>(), any::<bool>(), any::<bool>())
            .prop_map(|(quiet, mute, limit)| Act::Configure { quiet, mute, limit }),
    ];
    (prop::sample::select(vec![0i128, 1, 1]), act).prop_map(|(value, act)| Minute { value, act })
}

fn rule() -> impl Strategy<Value = Rule> {
    let levels = prop::collection::vec((1u16..6, 1u16..4, 0u16..3), 0..=3);
    (0u32..3, 0u32..3, 0u32..10, levels).prop_map(|(for_slots, keep_slots, cool_slots, levels)| {
        let mut ladder = Ladder { len: levels.len() as u16, ..Ladder::EMPTY };
        for (place, (delay_slots, repeat_slots, repeats)) in ladder.levels.iter_mut().zip(levels) {
            *place = Level { delay_slots, repeat_slots, repeats };
        }
        let compare = Compare {
            statistic: Statistic::Last,
            operator: Operator::Gt,
            threshold: 0,
            threshold_high: 0,
            window_slots: 1,
        };
        Rule {
            condition: Condition::Threshold(compare),
            min_points: 1,
            for_s: for_slots * 60,
            keep_firing_for_s: keep_slots * 60,
            severity: Severity::Low,
            cooldown_s: cool_slots * 60,
            no_data: NoData::KeepLast,
            ladder,
            active_from: FIRST,
        }
    })
}

fn config(quiet: bool, mute: bool, limit: bool) -> Config {
    let mut text = "[[owner]]\naddress = \"ANNA\"\n".to_owned();
    if quiet {
        text += "[[owner.silence]]\nid = \"quiet\"\nauthor = \"anna\"\nmatchers = ['rule=slow']\n\
            starts = 2027-01-15T12:20:00Z\nuntil_resolved = true\n";
    }
    if mute {
        text += "[[owner.mute]]\nname = \"noon\"\nzone = \"UTC\"\ntimes = [\"12:10-12:40\"]\n";
    }
    if limit {
        text += "[owner.rate]\nrule = { messages = 2, within_s = 900 }\n";
    }
    Config::parse(&text).unwrap_or_else(|fault| panic!("{fault}"))
}

/// The channel of the level that was reached.
fn channels(state: &State) -> Vec<String> {
    vec![format!("level {}", state.level.max(1))]
}

/// One alert and the messages about it.
struct Desk {
    config: Config,
    memory: Memory,
    rates: Rates,
    /// Whom the current episode's firing was told, by episode.
    told: BTreeMap<u32, BTreeSet<Recipient>>,
    /// Messages that were withheld and not yet accounted for.
    withheld: u32,
}

impl Desk {
    fn say(&mut self, message: &Message, slot: u32, state: &State) -> Decision {
        let labels = Labels::from([("rule".to_owned(), "slow".to_owned())]);
        let owner = Owner::new("ANNA").unwrap();
        let alert = Alert::new(Fingerprint([1; 16]), owner, labels, *state);
        let decided = decide(&Question {
            message,
            alert: &alert,
            config: &self.config,
            alerts: &[],
            memory: &self.memory,
            rates: &self.rates,
            now_s: end_s(slot),
        });
        (self.memory, self.rates) = (decided.memory, decided.rates);
        decided.decision
    }

    /// Decides about a transition, and checks what became of it.
    fn hear(
        &mut self,
        transition: &Transition,
        state: &State,
        level_before: u8,
    ) -> Result<(), TestCaseError> {
        let Some(reason) = Reason::of(transition, level_before) else {
            prop_assert!(!transition.notify, "{:?} is told", transition.kind);
            return Ok(());
        };
        self.withheld += transition.suppressed;
        let Transition { episode, suppressed, slot, .. } = *transition;
        let message = Message { reason, episode, suppressed, channels: channels(state) };
        match self.say(&message, slot, state) {
            Decision::Tell { recipients, withheld_before, .. } => {
                prop_assert_eq!(withheld_before, std::mem::take(&mut self.withheld));
                if reason == Reason::Resolved {
                    let told = self.told.remove(&episode).unwrap_or_default();
                    prop_assert_eq!(recipients, Vec::from_iter(told));
                } else {
                    self.told.entry(episode).or_default().extend(recipients);
                }
            }
            Decision::Withhold(Suppression::NeverTold) => {
                prop_assert_eq!(reason, Reason::Resolved);
                prop_assert!(!self.told.contains_key(&episode));
            }
            Decision::Withhold(by) => {
                prop_assert!(reason != Reason::Resolved, "{by:?}");
                self.withheld += 1;
            }
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 200, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn every_episode_that_was_told_is_told_to_have_ended_by_the_next_one(
        rule in rule(), minutes in prop::collection::vec(minute(), 1..70),
    ) {
        let mut rule = rule;
        let mut state = State::new(&rule);
        let mut desk = Desk {
            config: Config::default(),
            memory: Memory::default(),
            rates: Rates::default(),
            told: BTreeMap::new(),
            withheld: 0,
        };
        for (slot, minute) in (FIRST..).zip(minutes) {
            let figure = Figure { numerator: minute.value, denominator: 1 };
            let reading = Reading::Value { figure, points: 1 };
            let level_before = state.level;
            let slot = Slot { index: slot, reading, last_data: slot };
            let (after, transitions) = step(&rule, &state, &slot).unwrap();
            state = after;
            for transition in transitions.as_slice() {
                desk.hear(transition, &state, level_before)?;
            }
            // At most the episode that is up was told and has not ended.
            prop_assert!(desk.told.keys().all(|episode| *episode == state.episode));
            let (now_s, episode) = (end_s(slot.index), state.episode);
            if desk.memory.is_owed(episode) {
                let (reason, channels) = (Reason::StillFiring, channels(&state));
                let message = Message { reason, episode, suppressed: 0, channels };
                let decision = desk.say(&message, slot.index, &state);
                if let Decision::Tell { recipients, withheld_before, .. } = decision {
                    prop_assert!(state.is_firing());
                    prop_assert_eq!(withheld_before, std::mem::take(&mut desk.withheld));
                    desk.told.entry(episode).or_default().extend(recipients);
                }
            }
            let mut out = Transitions::new();
            match minute.act {
                Act::Nothing => {}
                Act::Raise => rule.severity = Severity::Critical,
                Act::Configure { quiet, mute, limit } => desk.config = config(quiet, mute, limit),
                // Whatever the state machine refuses changes nothing.
                Act::Acknowledge { minutes } => {
                    let until_s = now_s + minutes * 60;
                    put_off(&mut state, episode, false, now_s, until_s, &mut out).ok();
                }
                Act::Resolve => {
                    resolve(&mut state, episode, now_s, &mut out).ok();
                }
            }
            for transition in out.as_slice() {
                desk.hear(transition, &state, state.level)?;
            }
        }
    }
}
