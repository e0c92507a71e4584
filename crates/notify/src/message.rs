//! What there is to say about an alert.

use lumenscope_rules::{Kind, Transition};
use serde::{Deserialize, Serialize};

/// Why something is said.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The alert fires; also when its cooldown is over and it still does.
    Firing,
    /// Nobody reacted: the next level is told.
    Escalation,
    /// Nobody reacted: the level is told again.
    Repeat,
    /// Its severity rose.
    SeverityRaised,
    /// An acknowledgement or a snooze is over, and it still fires.
    HandlingExpired,
    /// It still fires, and what withheld the first message is over ([`crate::memory::Memory::is_owed`]).
    StillFiring,
    /// The episode ended.
    Resolved,
}

impl Reason {
    /// What a transition gives to say; `None` for those that are not told (`notify` is false for
    /// them). `level_before` is the level that was reached before it: what is said to the same level
    /// once more is a repetition.
    pub fn of(transition: &Transition, level_before: u8) -> Option<Reason> {
        if !transition.notify {
            return None;
        }
        match transition.kind {
            Kind::Firing | Kind::Refiring | Kind::CooldownOver => Some(Reason::Firing),
            Kind::Escalated if transition.level == level_before => Some(Reason::Repeat),
            Kind::Escalated => Some(Reason::Escalation),
            Kind::SeverityRaised => Some(Reason::SeverityRaised),
            Kind::HandlingExpired => Some(Reason::HandlingExpired),
            Kind::Resolved | Kind::Cleared => Some(Reason::Resolved),
            Kind::Pending
            | Kind::Recovering
            | Kind::DataLost
            | Kind::DataReturned
            | Kind::Failed
            | Kind::Demoted
            | Kind::Acknowledged
            | Kind::Snoozed => None,
        }
    }
}

/// One message, before it is decided who hears it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Message {
    /// Why it is said.
    pub reason: Reason,
    /// The episode that it is about.
    pub episode: u32,
    /// Messages that the state machine withheld since the last one (`Transition::suppressed`).
    pub suppressed: u32,
    /// Channels that the escalation policy names for the level reached; the first level's before
    /// one is.
    pub channels: Vec<String>,
}

#[cfg(test)]
mod tests {
    use lumenscope_rules::{
        Compare, Condition, Ladder, Level, NoData, Operator, Reading, Rule, Severity, Slot, State,
        Statistic, step,
    };

    use super::*;

    #[test]
    fn the_transitions_of_an_episode_say_fires_escalates_repeats_and_ends() {
        let mut ladder = Ladder { len: 2, ..Ladder::EMPTY };
        ladder.levels[0] = Level { delay_slots: 1, repeat_slots: 1, repeats: 1 };
        ladder.levels[1] = Level { delay_slots: 1, repeat_slots: 0, repeats: 0 };
        let compare = Compare {
            statistic: Statistic::Last,
            operator: Operator::Gt,
            threshold: 0,
            threshold_high: 0,
            window_slots: 1,
        };
        let rule = Rule {
            condition: Condition::Threshold(compare),
            min_points: 1,
            for_s: 60,
            keep_firing_for_s: 0,
            severity: Severity::Low,
            cooldown_s: 0,
            no_data: NoData::KeepLast,
            ladder,
            active_from: 100,
        };
        let mut state = State::new(&rule);
        let mut said = Vec::new();
        for (index, value) in (100..).zip([1, 1, 1, 1, 1, 0]) {
            let figure = lumenscope_rules::Figure { numerator: value, denominator: 1 };
            let reading = Reading::Value { figure, points: 1 };
            let before = state.level;
            let (after, transitions) =
                step(&rule, &state, &Slot { index, reading, last_data: index }).unwrap();
            state = after;
            let reasons = transitions.as_slice().iter().filter_map(|of| Reason::of(of, before));
            said.extend(reasons);
        }
        use Reason::*;
        assert_eq!(said, [Firing, Escalation, Repeat, Escalation, Resolved]);
    }
}
