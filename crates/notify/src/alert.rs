//! An alert, as far as messages about it are concerned.

use std::collections::BTreeMap;
use std::fmt;

use lumenscope_rules::{Severity, State};
use serde::{Serialize, Serializer};
use thiserror::Error;

/// Labels by name. A label that is missing and one that is empty are the same.
pub type Labels = BTreeMap<String, String>;

/// The label that [`Alert::new`] fills with the episode's severity.
pub const SEVERITY: &str = "severity";

/// Bytes of an owner's address: one of Stellar has 56.
pub const OWNER_BYTES_MAX: usize = 64;

/// Who owns a rule and therefore decides about messages of its alerts: an address.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Owner(String);

/// Text that is no address.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("expected an address of 1 to {OWNER_BYTES_MAX} letters and digits, came {came:?}")]
pub struct OwnerFault {
    /// What came, cut off after [`OWNER_BYTES_MAX`] characters.
    pub came: String,
}

impl Owner {
    /// An owner by address. Whether its checksum is right is for whoever knows the network.
    ///
    /// # Errors
    ///
    /// [`OwnerFault`].
    pub fn new(address: &str) -> Result<Self, OwnerFault> {
        let is_plain = address.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if address.is_empty() || address.len() > OWNER_BYTES_MAX || !is_plain {
            return Err(OwnerFault { came: address.chars().take(OWNER_BYTES_MAX).collect() });
        }
        Ok(Self(address.to_owned()))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The identity of an alert: alerting's hash of its rule and stream. Shown in hexadecimal.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Fingerprint(pub [u8; 16]);

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The name of a severity, as it stands in the label [`SEVERITY`].
pub fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "info",
        Severity::Low => "low",
        Severity::Medium => "medium",
        Severity::High => "high",
        Severity::Critical => "critical",
    }
}

/// One rule on one stream, with its state as stored.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Alert {
    /// Which one.
    pub fingerprint: Fingerprint,
    /// Who owns its rule.
    pub owner: Owner,
    /// Where it stands.
    pub state: State,
    labels: Labels,
}

impl Alert {
    /// An alert. Beside the rule's own labels the caller gives `rule` (its name), `contract`,
    /// `function`, `subject` and `metric`; `severity` is set here, from the state.
    pub fn new(fingerprint: Fingerprint, owner: Owner, mut labels: Labels, state: State) -> Self {
        labels.insert(SEVERITY.to_owned(), severity_name(state.severity).to_owned());
        Self { fingerprint, owner, state, labels }
    }

    /// All labels.
    pub fn labels(&self) -> &Labels {
        &self.labels
    }

    /// One label; empty where it is missing.
    pub fn label(&self, name: &str) -> &str {
        self.labels.get(name).map_or("", String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_severity_label_is_the_episode_s_whatever_the_caller_says() {
        let labels = Labels::from([(SEVERITY.to_owned(), "low".to_owned())]);
        let mut state = State::EMPTY;
        state.severity = Severity::Critical;
        let alert = Alert::new(Fingerprint([0xab; 16]), Owner::new("A").unwrap(), labels, state);
        assert_eq!((alert.label(SEVERITY), alert.label("team")), ("critical", ""));
        assert_eq!(alert.fingerprint.to_string(), "ab".repeat(16));
    }

    #[test]
    fn an_owner_is_an_address() {
        assert_eq!(Owner::new("GABC").unwrap().as_str(), "GABC");
        for wrong in ["", "G ABC", "G\n", &"G".repeat(OWNER_BYTES_MAX + 1)] {
            assert!(Owner::new(wrong).is_err(), "{wrong}");
        }
    }
}
