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

fn played(config: &Config, candidates: &[Candidate], forgotten: u32, slots: u32) -> Vec<Played> {
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
    let all =
        |for_s, members: &[&str]| shows(&format!("asks = \"all\"\nfor_s = {for_s}"), members, 0);
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
    let then =
        |members: &[&str], forgotten| shows("asks = { then_within_s = 180 }", members, forgotten);
    // An earlier episode of the first may have come before the second.
    assert_eq!(then(&["0101011", "0011111"], 4), Err(Unknown::Forgotten));
    assert_eq!(then(&["0101011", "0011111"], 0), Ok(Status::Firing));
    // The latest episode of the first is before the second.
    assert_eq!(then(&["0100000", "0011111"], 4), Ok(Status::Firing));
    assert_eq!(then(&["0100000", "0000001"], 5), Ok(Status::Inactive));
}

#[test]
fn an_episode_older_than_all_that_is_known_says_nothing_of_a_sequence() {
    let more = "asks = { then_within_s = 0 }\nno_data = \"alert\"";
    let members = ["000000000-----00000", "0000000000---111111"];
    // Too little data made it fire at the tenth minute; what is known begins with the second's episode.
    assert_eq!(shows(more, &members, 0), Ok(Status::Inactive));
    assert_eq!(shows(more, &members, 13), Err(Unknown::Forgotten));
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

#[test]
fn what_comes_after_a_gap_stands_on_nothing_before_it() {
    let outer = composite("outer", "asks = \"any\"\nfor_s = 180", &["a", "@inner"]);
    let inner = composite("inner", "asks = \"all\"\nfor_s = 180", &["b"]);
    let config = config(&format!("{outer}{inner}"));
    // The first member ends before it is known whether the second fires already.
    let a = [0, 1, 1, 0, 0].map(Some);
    let candidates = [candidate("a", &a, 1), candidate("b", &[Some(1); 5], 1)];
    let stands = |slots| played(&config, &candidates, 1, slots).remove(0).stands;
    assert_eq!(stands(4), Err(Unknown::Forgotten));
    assert_eq!(stands(5), Err(Unknown::HeldLonger));
}

/// A member's minutes, in runs: quiet, loud, without a sample.
fn minutes() -> impl Strategy<Value = Vec<Option<i128>>> {
    let value = prop_oneof![4 => Just(Some(0)), 4 => Just(Some(1)), 1 => Just(None)];
    prop::collection::vec((1_usize..8, value), 12..16).prop_map(|runs| {
        let all = runs.into_iter().flat_map(|(length, value)| std::iter::repeat_n(value, length));
        all.chain(std::iter::repeat(Some(0))).take(40).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 10_000, failure_persistence: None, ..ProptestConfig::default()
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
