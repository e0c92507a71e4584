//! Sets of inhibitions against a search through every alert there can be.

use lumenscope_notify::alert::Labels;
use lumenscope_notify::inhibition::{Inhibition, InhibitionFault, Inhibitions};
use lumenscope_notify::matcher::Matchers;
use lumenscope_notify::{Alert, Fingerprint, Owner};
use lumenscope_rules::{Phase, Severity, State};
use proptest::prelude::*;

const NAMES: [&str; 2] = ["rule", "team"];
/// Values that matchers name, and two that none does: of labels there are always others.
const VALUES: [&str; 4] = ["", "a", "b", "other"];
const SEVERITIES: [Severity; 5] =
    [Severity::Info, Severity::Low, Severity::Medium, Severity::High, Severity::Critical];

/// A matcher with `=` or `!=`: for these contradictions are found exactly.
fn exact() -> impl Strategy<Value = String> {
    let severity = prop::sample::select(vec!["info", "low", "medium", "high", "critical"]);
    let value = prop::sample::select(vec!["a", "b"]);
    let name = prop::sample::select(NAMES.to_vec());
    let sign = prop::sample::select(vec!["=", "!="]);
    prop_oneof![
        3 => (name, sign.clone(), value).prop_map(|(name, sign, value)| format!("{name}{sign}{value}")),
        1 => (sign, severity).prop_map(|(sign, value)| format!("severity{sign}{value}")),
    ]
}

/// Any matcher.
fn any_matcher() -> impl Strategy<Value = String> {
    let expression = prop::sample::select(vec!["a|b", "a.*", ".+", "b"]);
    let severities = prop::sample::select(vec!["info|low", "high|critical", ".*i.*"]);
    let name = prop::sample::select(NAMES.to_vec());
    let sign = prop::sample::select(vec!["=~", "!~"]);
    prop_oneof![
        2 => exact(),
        1 => (name, sign.clone(), expression).prop_map(|(name, sign, of)| format!("{name}{sign}{of}")),
        1 => (sign, severities).prop_map(|(sign, of)| format!("severity{sign}{of}")),
    ]
}

fn inhibitions(
    matcher: impl Strategy<Value = String> + Clone,
) -> impl Strategy<Value = Vec<Inhibition>> {
    let set = prop::collection::vec(matcher, 1..3);
    let equal = prop::sample::subsequence(NAMES.to_vec(), 0..=1);
    prop::collection::vec((set.clone(), set, equal), 1..5).prop_map(|all| {
        let read = |texts: Vec<String>| {
            Matchers::new(texts.iter().map(|text| text.parse().unwrap()).collect()).unwrap()
        };
        let made = |(at, (sources, targets, equal)): (usize, (_, _, Vec<&str>))| Inhibition {
            name: format!("i{at}"),
            sources: read(sources),
            targets: read(targets),
            equal: equal.into_iter().map(str::to_owned).collect(),
        };
        all.into_iter().enumerate().map(made).collect()
    })
}

fn owner() -> Owner {
    Owner::new("ANNA").unwrap()
}

/// Every alert there can be, all firing.
fn alerts() -> Vec<Alert> {
    let mut alerts = Vec::new();
    for rule in VALUES {
        for team in VALUES {
            for severity in SEVERITIES {
                let mut state = State::EMPTY;
                state.phase = Phase::Firing;
                state.severity = severity;
                let labels = [("rule", rule), ("team", team)];
                let labels: Labels =
                    labels.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
                let number = Fingerprint([alerts.len() as u8; 16]);
                alerts.push(Alert::new(number, owner(), labels, state));
            }
        }
    }
    alerts
}

/// Whether targets of some of the inhibitions lead back to their sources, by trying every alert.
fn has_cycle(all: &[Inhibition]) -> bool {
    let alerts = alerts();
    let follows = |from: &Inhibition, to: &Inhibition| {
        alerts.iter().any(|alert| from.targets.match_alert(alert) && to.sources.match_alert(alert))
    };
    // Whatever has no follower left is taken away, until nothing is.
    let mut left: Vec<&Inhibition> = all.iter().collect();
    loop {
        let before = left.len();
        let kept = left.clone();
        left.retain(|from| kept.iter().any(|to| follows(from, to)));
        if left.len() == before {
            return !left.is_empty();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 250, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn with_exact_matchers_cycles_are_refused_exactly_where_an_alert_closes_one(
        all in inhibitions(exact().boxed()),
    ) {
        let made = Inhibitions::new(owner(), all.clone());
        let is_refused = matches!(made, Err(InhibitionFault::Cycle { .. }));
        prop_assert_eq!(is_refused, has_cycle(&all), "{:?}", made.map(|_| ()));
    }

    #[test]
    fn with_expressions_no_cycle_is_let_through(all in inhibitions(any_matcher().boxed())) {
        if let Err(InhibitionFault::Cycle { names }) = Inhibitions::new(owner(), all.clone()) {
            prop_assert_eq!(names.first(), names.last());
            prop_assert!(names.len() >= 2 && names.iter().all(|name| name.starts_with('i')));
        } else {
            prop_assert!(!has_cycle(&all));
        }
    }

    #[test]
    fn whatever_fires_each_inhibited_alert_is_explained_by_one_that_is_not(
        all in inhibitions(any_matcher().boxed()),
        firing in prop::sample::subsequence((0..80).collect::<Vec<usize>>(), 1..12),
    ) {
        let Ok(inhibitions) = Inhibitions::new(owner(), all) else { return Ok(()) };
        let every = alerts();
        let firing: Vec<_> = firing.into_iter().map(|at| every[at].clone()).collect();
        for alert in &firing {
            let (mut at, mut steps) = (alert, 0);
            while let Some((_, source)) = inhibitions.inhibited_by(at, &firing) {
                at = source;
                steps += 1;
                prop_assert!(steps <= firing.len(), "nobody would be told");
            }
        }
    }
}
