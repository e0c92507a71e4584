//! What the unit tests of this crate start from.

use lumenscope_rules::{Phase, State};

use crate::alert::{Alert, Fingerprint, Labels, Owner};
use crate::matcher::Matchers;

pub fn owner(address: &str) -> Owner {
    Owner::new(address).unwrap()
}

pub fn matchers(texts: &[&str]) -> Matchers {
    Matchers::new(texts.iter().map(|text| text.parse().unwrap()).collect()).unwrap()
}

/// An alert of ANNA's, numbered, with labels.
pub fn alert(number: u8, labels: &[(&str, &str)], phase: Phase) -> Alert {
    let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let labels: Labels = labels.iter().map(pair).collect();
    let mut state = State::EMPTY;
    state.phase = phase;
    Alert::new(Fingerprint([number; 16]), owner("ANNA"), labels, state)
}

/// The same alert, but of another owner.
pub fn of(address: &str, mut alert: Alert) -> Alert {
    alert.owner = owner(address);
    alert
}

/// Unix seconds of a time with its offset.
pub fn s(text: &str) -> u64 {
    text.parse::<jiff::Timestamp>().unwrap().as_second().try_into().unwrap()
}
