//! A stream on the command line: `contract:function` or `contract:function:subject`.

use std::fmt;

use lumenscope_invoke::{ScVal, ToVal, ValueError, record, symbol};
use lumenscope_meta::Address;

use super::spec::Spec;
use crate::suite::monitored;

/// One stream. History holds what all of its lanes recorded.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Stream {
    /// The monitored contract, or the account that stands for one.
    pub contract: Address,
    /// The function.
    pub function: String,
    /// What the contract distinguishes within it.
    pub subject: Option<String>,
}

impl Stream {
    /// The one stream that a rule names, if it names one.
    pub fn of_rule(spec: &Spec) -> Option<Self> {
        let contract = monitored(spec.contract.as_deref()?).ok()?;
        let (function, subject) = (spec.function.clone()?, spec.subject.clone());
        Some(Stream { contract, function, subject })
    }

    /// Whether a rule covers it.
    pub fn is_covered(&self, spec: &Spec) -> bool {
        let covers = |asked: &Option<String>, is: Option<&str>| {
            asked.as_deref().is_none_or(|asked| Some(asked) == is)
        };
        covers(&spec.contract, Some(self.contract.as_str()))
            && covers(&spec.function, Some(&self.function))
            && covers(&spec.subject, self.subject.as_deref())
    }
}

impl fmt::Display for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.contract, self.function)?;
        self.subject.as_ref().map_or(Ok(()), |subject| write!(f, ":{subject}"))
    }
}

impl ToVal for Stream {
    fn to_val(&self) -> Result<ScVal, ValueError> {
        record(&[
            ("contract", self.contract.to_val()?),
            ("function", symbol(&self.function)?),
            ("subject", self.subject.as_deref().map(symbol).transpose()?.to_val()?),
            ("lane", ScVal::Void),
        ])
    }
}

/// Reads a stream from the command line.
///
/// # Errors
/// When it is none.
pub fn stream(text: &str) -> Result<Stream, String> {
    let parts: Vec<_> = text.split(':').collect();
    let (contract, function, subject) = match parts.as_slice() {
        [contract, function] => (contract, function, None),
        [contract, function, subject] => (contract, function, Some(subject)),
        _ => return Err("expected contract:function or contract:function:subject".to_owned()),
    };
    for name in [Some(function), subject].into_iter().flatten() {
        if name.is_empty() || symbol(name).is_err() {
            return Err(format!("expected at most 32 of a-z A-Z 0-9 _, came {name:?}"));
        }
    }
    Ok(Stream {
        contract: monitored(contract)?,
        function: (*function).to_owned(),
        subject: subject.map(|subject| (*subject).to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::super::spec::tests::spec;
    use super::*;

    #[test]
    fn a_stream_is_read_and_written_in_the_same_way() {
        let contract = Address::from_contract_id([9; 32]);
        for text in [format!("{contract}:swap"), format!("{contract}:swap:execution")] {
            assert_eq!(stream(&text).map(|stream| stream.to_string()), Ok(text));
        }
        for text in ["swap", &format!("{contract}"), &format!("{contract}::"), "C:swap"] {
            assert!(stream(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_rule_covers_what_it_names_and_all_of_what_it_does_not() {
        let stream = Stream::of_rule(&spec()).expect("one stream");
        let subject = Stream { subject: Some("a".to_owned()), ..stream.clone() };
        let other = Stream { function: "pay".to_owned(), ..stream.clone() };
        assert!(stream.is_covered(&spec()) && subject.is_covered(&spec()));
        assert!(!other.is_covered(&spec()));
        let all = Spec { contract: None, function: None, ..spec() };
        assert!(other.is_covered(&all) && Stream::of_rule(&all).is_none());
    }
}
