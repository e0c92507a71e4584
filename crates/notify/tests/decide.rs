//! Who is told: each thing that withholds a message, in its order, and what holds whatever is
//! configured.

use std::collections::{BTreeMap, BTreeSet};

use lumenscope_notify::alert::Labels;
use lumenscope_notify::{
    Alert, Config, Decided, Decision, Fingerprint, LimitOf, Memory, Message, Owner, Question,
    Rates, Reason, Recipient, Suppression, decide,
};
use lumenscope_rules::{Handling, Phase, Severity, State};
use proptest::prelude::*;

/// 2027-01-15T12:00Z, a Friday, in the rules' minutes and in seconds.
const MINUTE: u32 = 30_000_240;
const NOW_S: u64 = MINUTE as u64 * 60;

fn owner(address: &str) -> Owner {
    Owner::new(address).unwrap()
}

/// A firing alert of ANNA's in its fifth episode, which began ten minutes ago.
fn alert(number: u8, rule: &str) -> Alert {
    let labels = [("rule", rule), ("contract", "C1"), ("team", "pool")];
    let labels: Labels = labels.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let mut state = State::EMPTY;
    state.phase = Phase::Firing;
    state.severity = Severity::High;
    state.episode = 5;
    state.fired = true;
    state.since = MINUTE - 10;
    Alert::new(Fingerprint([number; 16]), owner("ANNA"), labels, state)
}

fn of(address: &str, mut alert: Alert) -> Alert {
    alert.owner = owner(address);
    alert
}

fn message(reason: Reason) -> Message {
    Message { reason, episode: 5, suppressed: 0, channels: vec!["pager".to_owned()] }
}

fn channel(name: &str) -> Recipient {
    Recipient::Channel(name.to_owned())
}

/// ANNA's configuration.
fn anna(parts: &str) -> Config {
    config(&format!("[[owner]]\naddress = \"ANNA\"\n{parts}"))
}

fn config(text: &str) -> Config {
    Config::parse(text).unwrap_or_else(|fault| panic!("{fault}\n{text}"))
}

const SILENCE: &str = "[[owner.silence]]\nid = \"quiet\"\nauthor = \"anna\"\n\
    matchers = ['team=pool']\nstarts = 2027-01-15T11:55:00Z\nends = 2027-01-15T13:00:00Z\n";
const INHIBITION: &str = "[[owner.inhibition]]\nname = \"explained\"\nsources = ['rule=down']\n\
    targets = ['rule!=down']\nequal = [\"contract\"]\n";
const MUTE: &str = "[[owner.mute]]\nname = \"lunch\"\nzone = \"UTC\"\ntimes = [\"11:30-12:30\"]\n";
const RATE: &str = "[owner.rate]\nrule = { messages = 1, within_s = 600 }\n\
    owner = { messages = 2, within_s = 600 }\n";

/// One alert's notifications, as a service keeps them.
#[derive(Clone)]
struct Desk {
    config: Config,
    alerts: Vec<Alert>,
    memory: Memory,
    rates: Rates,
}

impl Desk {
    fn new(config: Config) -> Self {
        Desk { config, alerts: Vec::new(), memory: Memory::default(), rates: Rates::default() }
    }

    fn say(&mut self, alert: &Alert, message: &Message, now_s: u64) -> Decision {
        let Decided { decision, memory, rates } = decide(&Question {
            message,
            alert,
            config: &self.config,
            alerts: &self.alerts,
            memory: &self.memory,
            rates: &self.rates,
            now_s,
        });
        (self.memory, self.rates) = (memory, rates);
        decision
    }

    fn tell(&mut self, reason: Reason, at_s: u64) -> (Vec<Recipient>, u32) {
        match self.say(&alert(1, "slow"), &message(reason), at_s) {
            Decision::Tell { recipients, withheld_before, reason: said } => {
                assert_eq!(said, reason);
                (recipients, withheld_before)
            }
            Decision::Withhold(by) => panic!("{by:?}"),
        }
    }

    fn withheld(&mut self, reason: Reason, at_s: u64) -> Suppression {
        match self.say(&alert(1, "slow"), &message(reason), at_s) {
            Decision::Withhold(by) => by,
            told => panic!("{told:?}"),
        }
    }
}

#[test]
fn without_any_configuration_the_policy_s_channels_are_told() {
    let mut desk = Desk::new(Config::default());
    assert_eq!(desk.tell(Reason::Firing, NOW_S), (vec![channel("pager")], 0));
    let nobody = Message { channels: Vec::new(), ..message(Reason::Firing) };
    let decision = desk.say(&alert(1, "slow"), &nobody, NOW_S);
    assert_eq!(decision, Decision::Withhold(Suppression::NobodyToTell));
}

#[test]
fn routes_add_channels_and_whoever_is_on_call() {
    let parts = "[[owner.rotation]]\nname = \"pool\"\nmembers = [\"anna\", \"bert\"]\n\
        shift = { days = 1 }\nhandover = \"09:00\"\nzone = \"UTC\"\nstart = 2027-01-14\n\
        [[owner.route]]\nmatchers = ['team=pool']\nrotations = [\"pool\"]\nchannels = [\"chat\"]\n";
    let mut desk = Desk::new(anna(parts));
    let on_call = |who: &str| Recipient::OnCall { rotation: "pool".into(), who: who.into() };
    let (first, _) = desk.tell(Reason::Firing, NOW_S);
    assert_eq!(first, [channel("chat"), channel("pager"), on_call("bert")]);
    let (next_day, _) = desk.tell(Reason::Escalation, NOW_S + 86_400);
    assert_eq!(next_day, [channel("chat"), channel("pager"), on_call("anna")]);
    let (resolved, _) = desk.tell(Reason::Resolved, NOW_S + 3 * 86_400);
    let all = [channel("chat"), channel("pager"), on_call("anna"), on_call("bert")];
    assert_eq!(resolved, all, "everybody who was told, and nobody else");
}

#[test]
fn a_silence_withholds_and_says_until_when() {
    let mut desk = Desk::new(anna(SILENCE));
    let by = desk.withheld(Reason::Firing, NOW_S);
    let (id, until_s) = ("quiet".to_owned(), NOW_S + 3_600);
    assert_eq!(by, Suppression::Silence { id, until_s, until_resolved: false });
    assert_eq!(by.until_s(), Some(until_s));
    assert_eq!(desk.tell(Reason::Firing, until_s), (vec![channel("pager")], 1));
}

#[test]
fn a_global_silence_withholds_from_everybody() {
    let global = SILENCE.replace("owner.silence", "global_silence");
    let mut desk = Desk::new(config(&global));
    assert!(matches!(desk.withheld(Reason::Firing, NOW_S), Suppression::Silence { .. }));
}

#[test]
fn a_firing_source_withholds_until_it_is_over() {
    let mut desk = Desk::new(anna(INHIBITION));
    desk.alerts = vec![alert(1, "slow"), alert(2, "down")];
    let source = Fingerprint([2; 16]);
    let expected = Suppression::Inhibition { name: "explained".to_owned(), source };
    assert_eq!(desk.withheld(Reason::Firing, NOW_S), expected);
    desk.alerts[1].state.phase = Phase::Inactive;
    assert_eq!(desk.tell(Reason::StillFiring, NOW_S + 60), (vec![channel("pager")], 1));
}

#[test]
fn a_source_that_is_silenced_still_inhibits() {
    let silence = SILENCE.replace("team=pool", "rule=down");
    let mut desk = Desk::new(anna(&format!("{silence}{INHIBITION}")));
    desk.alerts = vec![alert(2, "down")];
    assert!(matches!(desk.withheld(Reason::Firing, NOW_S), Suppression::Inhibition { .. }));
}

#[test]
fn a_mute_window_withholds_until_it_is_over() {
    let mut desk = Desk::new(anna(MUTE));
    let (window, until_s) = ("lunch".to_owned(), Some(NOW_S + 1_800));
    assert_eq!(desk.withheld(Reason::Firing, NOW_S), Suppression::Mute { window, until_s });
    assert_eq!(desk.tell(Reason::StillFiring, NOW_S + 1_800).1, 1);
    let others = MUTE.replace("zone", "matchers = ['team!=pool']\nzone");
    assert_eq!(Desk::new(anna(&others)).tell(Reason::Firing, NOW_S).1, 0, "it is about others");
}

#[test]
fn limits_withhold_what_is_beyond_them_and_the_next_message_says_how_many() {
    let mut desk = Desk::new(anna(RATE));
    desk.tell(Reason::Firing, NOW_S);
    for at_s in [NOW_S + 60, NOW_S + 120] {
        let (limit, until_s) = (LimitOf::Rule, NOW_S + 600);
        assert_eq!(desk.withheld(Reason::Repeat, at_s), Suppression::Rate { limit, until_s });
    }
    assert_eq!(desk.tell(Reason::Repeat, NOW_S + 600).1, 2);
    // Another rule of the same owner: the owner's limit is used up.
    let mut other = Desk::new(anna(RATE));
    other.rates.owner = desk.rates.owner.clone();
    other.rates.owner.record(NOW_S + 600);
    let (limit, until_s) = (LimitOf::Owner, NOW_S + 1_200);
    let by = other.withheld(Reason::Firing, NOW_S + 660);
    assert_eq!(by, Suppression::Rate { limit, until_s });
    assert_eq!(other.tell(Reason::Firing, NOW_S + 1_200).1, 1);
}

/// The next message under a limit says what it withheld, whichever alert it is about.
#[test]
fn what_a_limit_withheld_is_counted_for_all_that_it_is_about() {
    let firing =
        |rates: Rates, at_s| Desk { rates, ..Desk::new(anna(RATE)) }.tell(Reason::Firing, at_s).1;
    let mut desk = Desk::new(anna(RATE));
    desk.tell(Reason::Firing, NOW_S);
    desk.withheld(Reason::Repeat, NOW_S + 60);
    assert_eq!(firing(desk.rates.clone(), NOW_S + 600), 1);
    // Of another rule nothing was withheld.
    let of_owner = |desk: &Desk| Rates { owner: desk.rates.owner.clone(), ..Rates::default() };
    assert_eq!(firing(of_owner(&desk), NOW_S + 600), 0);
    let mut other = Desk { rates: of_owner(&desk), ..Desk::new(anna(RATE)) };
    other.tell(Reason::Firing, NOW_S + 120);
    let mut third = Desk { rates: of_owner(&other), ..Desk::new(anna(RATE)) };
    third.withheld(Reason::Firing, NOW_S + 180);
    assert_eq!(firing(of_owner(&third), NOW_S + 600), 1);
}

#[test]
fn a_rise_in_severity_and_a_resolve_pass_every_limit() {
    let mut desk = Desk::new(anna(RATE));
    desk.tell(Reason::Firing, NOW_S);
    desk.tell(Reason::SeverityRaised, NOW_S + 1);
    desk.tell(Reason::Resolved, NOW_S + 2);
    let by = desk.withheld(Reason::Firing, NOW_S + 600);
    assert!(matches!(by, Suppression::Rate { .. }), "the rise counted: {by:?}");
}

#[test]
fn the_first_that_applies_is_named() {
    let mut desk = Desk::new(anna(&format!("{SILENCE}{INHIBITION}{MUTE}{RATE}")));
    desk.alerts = vec![alert(2, "down")];
    desk.rates.rule.record(NOW_S);
    assert!(matches!(desk.withheld(Reason::Firing, NOW_S), Suppression::Silence { .. }));
    desk.config = anna(&format!("{INHIBITION}{MUTE}{RATE}"));
    assert!(matches!(desk.withheld(Reason::Firing, NOW_S), Suppression::Inhibition { .. }));
    desk.alerts.clear();
    assert!(matches!(desk.withheld(Reason::Firing, NOW_S), Suppression::Mute { .. }));
    desk.config = anna(RATE);
    assert!(matches!(desk.withheld(Reason::Firing, NOW_S), Suppression::Rate { .. }));
}

#[test]
fn a_resolve_passes_everything_if_the_firing_was_told_and_is_not_told_otherwise() {
    let everything = anna(&format!("{SILENCE}{INHIBITION}{MUTE}{RATE}"));
    let mut desk = Desk::new(Config::default());
    desk.alerts = vec![alert(2, "down")];
    desk.tell(Reason::Firing, NOW_S);
    desk.config = everything.clone();
    assert_eq!(desk.tell(Reason::Resolved, NOW_S + 1).0, [channel("pager")]);
    assert_eq!(desk.withheld(Reason::Resolved, NOW_S + 1), Suppression::NeverTold);
    let mut desk = Desk::new(everything);
    desk.withheld(Reason::Firing, NOW_S);
    assert_eq!(desk.withheld(Reason::Resolved, NOW_S), Suppression::NeverTold);
}

#[test]
fn what_was_withheld_is_told_when_it_may_be_and_only_if_it_is_still_so() {
    let mut desk = Desk::new(anna(MUTE));
    assert_eq!(desk.withheld(Reason::StillFiring, NOW_S), Suppression::NothingOwed);
    desk.withheld(Reason::Firing, NOW_S);
    assert!(desk.memory.is_owed(5) && !desk.memory.is_owed(4));
    for at_s in [NOW_S + 60, NOW_S + 120] {
        let by = desk.withheld(Reason::StillFiring, at_s);
        assert!(matches!(by, Suppression::Mute { .. }), "trying is not counted");
    }
    let after_s = NOW_S + 1_800;
    let mut handled = alert(1, "slow");
    handled.state.handling = Handling::Acknowledged;
    let mut over = alert(1, "slow");
    over.state.phase = Phase::Inactive;
    let mut next = alert(1, "slow");
    next.state.episode = 6;
    for other in [handled, over, next] {
        let decision = desk.clone().say(&other, &message(Reason::StillFiring), after_s);
        assert_eq!(decision, Decision::Withhold(Suppression::NothingOwed));
    }
    assert_eq!((desk.memory.withheld(), desk.memory.told(5).count()), (1, 0));
    assert_eq!(desk.tell(Reason::StillFiring, after_s).1, 1);
    assert_eq!(desk.memory.withheld(), 0);
    assert!(desk.memory.told(5).eq([&channel("pager")]) && desk.memory.told(4).count() == 0);
    assert_eq!(desk.withheld(Reason::StillFiring, after_s), Suppression::NothingOwed);
    assert_eq!(desk.tell(Reason::Resolved, after_s).0, [channel("pager")]);
}

#[test]
fn a_level_that_was_withheld_is_owed_and_a_repetition_is_not() {
    let mut desk = Desk::new(Config::default());
    desk.tell(Reason::Firing, NOW_S);
    desk.config = anna(MUTE);
    desk.withheld(Reason::Repeat, NOW_S + 60);
    assert!(!desk.memory.is_owed(5));
    desk.withheld(Reason::Escalation, NOW_S + 120);
    assert!(desk.memory.is_owed(5) && desk.memory.withheld() == 2);
    assert_eq!(desk.tell(Reason::StillFiring, NOW_S + 1_800).1, 2);
}

#[test]
fn what_the_state_machine_withheld_is_said_with_the_rest() {
    let mut desk = Desk::new(anna(MUTE));
    let late = Message { suppressed: 3, ..message(Reason::Firing) };
    desk.say(&alert(1, "slow"), &late, NOW_S);
    assert_eq!(desk.tell(Reason::Firing, NOW_S + 1_800).1, 4);
}

#[test]
fn nobody_of_an_earlier_episode_counts_as_told() {
    let mut desk = Desk::new(Config::default());
    desk.tell(Reason::Firing, NOW_S);
    let next = Message { episode: 6, ..message(Reason::Resolved) };
    let decision = desk.say(&alert(1, "slow"), &next, NOW_S + 60);
    assert_eq!(decision, Decision::Withhold(Suppression::NeverTold));
}

#[test]
fn another_owner_s_silence_has_no_effect() {
    let theirs = SILENCE.replace("anna", "bert");
    let mut desk = Desk::new(config(&format!("[[owner]]\naddress = \"BERT\"\n{theirs}")));
    desk.tell(Reason::Firing, NOW_S);
}

#[test]
fn another_owner_s_inhibition_and_alerts_with_equal_labels_have_no_effect() {
    let mut desk = Desk::new(config(&format!("[[owner]]\naddress = \"BERT\"\n{INHIBITION}")));
    desk.alerts = vec![alert(2, "down"), of("BERT", alert(3, "down"))];
    desk.tell(Reason::Firing, NOW_S);
    let mut desk = Desk::new(anna(INHIBITION));
    desk.alerts = vec![of("BERT", alert(3, "down"))];
    desk.tell(Reason::Firing, NOW_S);
}

#[test]
fn another_owner_s_mute_window_and_rate_limit_have_no_effect() {
    let mut desk = Desk::new(config(&format!("[[owner]]\naddress = \"BERT\"\n{MUTE}{RATE}")));
    for at_s in NOW_S..NOW_S + 5 {
        desk.tell(Reason::Repeat, at_s);
    }
}

#[test]
fn the_record_of_a_decision_says_what_withheld_it() {
    let mut desk = Desk::new(anna(MUTE));
    let decision = desk.say(&alert(1, "slow"), &message(Reason::Firing), NOW_S);
    let record = serde_json::to_string(&decision).unwrap();
    let expected = r#"{"withhold":{"by":"mute","window":"lunch","until_s":1800016200}}"#;
    assert_eq!(record, expected);
    let stored = serde_json::to_string(&(&desk.memory, &desk.rates)).unwrap();
    let (memory, rates): (Memory, Rates) = serde_json::from_str(&stored).unwrap();
    assert_eq!((memory, rates), (desk.memory, desk.rates));
}

/// Parts that ANNA's configuration may have.
fn parts() -> impl Strategy<Value = String> {
    let part = |text: &'static str| prop_oneof![2 => Just(""), 1 => Just(text)];
    let until_resolved = SILENCE
        .replace("quiet", "open")
        .replace("ends = 2027-01-15T13:00:00Z", "until_resolved = true");
    let until_resolved: &'static str = until_resolved.leak();
    const ROUTES: &str = "[[owner.rotation]]\nname = \"pool\"\nmembers = [\"anna\", \"bert\"]\n\
        shift = { hours = 1 }\nhandover = \"09:00\"\nzone = \"UTC\"\nstart = 2027-01-14\n\
        [[owner.route]]\nrotations = [\"pool\"]\n";
    (part(SILENCE), part(until_resolved), part(INHIBITION), part(MUTE), part(ROUTES), part(RATE))
        .prop_map(|(a, b, c, d, e, f)| [a, b, c, d, e, f].concat())
}

/// One thing that happens.
#[derive(Clone, Debug)]
enum Act {
    Say { reason: Reason, channels: Vec<String>, suppressed: u32 },
    End,
    Configure(String),
    Source(bool),
    Handle(Handling),
}

fn act() -> impl Strategy<Value = Act> {
    use Reason::*;
    let reason = prop::sample::select(vec![
        Firing,
        Escalation,
        Repeat,
        SeverityRaised,
        HandlingExpired,
        StillFiring,
    ]);
    let channels = prop::sample::subsequence(vec!["pager", "chat", "mail"], 0..=3)
        .prop_map(|names| names.into_iter().map(str::to_owned).collect());
    prop_oneof![
        6 => (reason, channels, 0u32..3).prop_map(|(reason, channels, suppressed)| {
            Act::Say { reason, channels, suppressed: if reason == StillFiring { 0 } else { suppressed } }
        }),
        2 => Just(Act::End),
        2 => parts().prop_map(Act::Configure),
        1 => any::<bool>().prop_map(Act::Source),
        1 => prop::sample::select(vec![Handling::Open, Handling::Acknowledged]).prop_map(Act::Handle),
    ]
}

fn config_of_tests() -> ProptestConfig {
    ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config_of_tests())]

    #[test]
    fn who_was_told_that_it_fires_is_told_that_it_ended_whatever_is_configured(
        acts in prop::collection::vec((1u64..1_500, act()), 1..60),
    ) {
        let mut desk = Desk::new(Config::default());
        let mut alert = alert(1, "slow");
        let (mut now_s, mut told, mut withheld) = (NOW_S - 3_600, BTreeSet::new(), 0);
        for (pause_s, act) in acts {
            now_s += pause_s;
            match act {
                Act::Configure(parts) => desk.config = anna(&parts),
                Act::Source(true) => desk.alerts = vec![self::alert(2, "down")],
                Act::Source(false) => desk.alerts.clear(),
                Act::Handle(handling) => alert.state.handling = handling,
                Act::Say { reason, channels, suppressed } => {
                    let episode = alert.state.episode;
                    let message = Message { reason, episode, suppressed, channels };
                    withheld += suppressed;
                    match desk.say(&alert, &message, now_s) {
                        Decision::Tell { recipients, withheld_before, .. } => {
                            prop_assert!(!recipients.is_empty());
                            prop_assert_eq!(withheld_before, std::mem::take(&mut withheld));
                            told.extend(recipients);
                        }
                        Decision::Withhold(_) => withheld += u32::from(reason != Reason::StillFiring),
                    }
                }
                Act::End => {
                    let ended = alert.state.episode;
                    let message = Message { episode: ended, ..message(Reason::Resolved) };
                    alert.state.phase = Phase::Inactive;
                    match desk.say(&alert, &message, now_s) {
                        Decision::Tell { recipients, withheld_before, .. } => {
                            prop_assert!(!told.is_empty());
                            prop_assert_eq!(recipients, Vec::from_iter(std::mem::take(&mut told)));
                            prop_assert_eq!(withheld_before, std::mem::take(&mut withheld));
                        }
                        Decision::Withhold(by) => {
                            prop_assert_eq!(by, Suppression::NeverTold);
                            prop_assert!(told.is_empty());
                        }
                    }
                    alert.state.phase = Phase::Firing;
                    alert.state.episode += 1;
                    alert.state.since = (now_s / 60) as u32;
                    alert.state.handling = Handling::Open;
                }
            }
        }
    }

    #[test]
    fn nothing_depends_on_another_owner(
        mine in parts(), theirs in parts(), acts in prop::collection::vec((1u64..1_500, act()), 1..30),
    ) {
        let alone = anna(&mine);
        let together = config(&format!(
            "[[owner]]\naddress = \"BERT\"\n{theirs}\n[[owner]]\naddress = \"ANNA\"\n{mine}"
        ));
        let (mut one, mut other) = (Desk::new(alone), Desk::new(together));
        let strangers = [of("BERT", alert(7, "down")), of("BERT", alert(8, "slow"))];
        other.alerts.extend(strangers.clone());
        let mut now_s = NOW_S - 3_600;
        for (pause_s, act) in acts {
            now_s += pause_s;
            match act {
                Act::Source(is_up) => {
                    let sources = if is_up { vec![alert(2, "down")] } else { Vec::new() };
                    one.alerts = sources.clone();
                    other.alerts = [&strangers[..], &sources].concat();
                }
                Act::Say { reason, channels, suppressed } => {
                    let message = Message { reason, episode: 5, suppressed, channels };
                    let alert = alert(1, "slow");
                    prop_assert_eq!(
                        one.say(&alert, &message, now_s),
                        other.say(&alert, &message, now_s)
                    );
                }
                Act::End => {
                    let (alert, message) = (alert(1, "slow"), message(Reason::Resolved));
                    prop_assert_eq!(
                        one.say(&alert, &message, now_s),
                        other.say(&alert, &message, now_s)
                    );
                }
                Act::Configure(_) | Act::Handle(_) => {}
            }
        }
        let memories: BTreeMap<_, _> =
            [("alone", (one.memory, one.rates)), ("together", (other.memory, other.rates))].into();
        prop_assert_eq!(&memories["alone"], &memories["together"]);
    }
}
