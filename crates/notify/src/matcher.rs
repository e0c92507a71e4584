//! Matchers: which alerts something is about, by their labels.

use std::fmt;
use std::str::FromStr;

use lumenscope_rules::Severity;
use regex::{Regex, RegexBuilder};
use thiserror::Error;

use crate::alert::{Alert, SEVERITY, severity_name};

/// Bytes of a label's name.
pub const LABEL_NAME_BYTES_MAX: usize = 64;
/// Bytes of a matcher's value: a label has 128 at most, and an expression names a few of them.
pub const VALUE_BYTES_MAX: usize = 512;
/// Bytes of a compiled expression: a hundred words take a fifth of it. What is larger is a mistake
/// or an attack.
pub const REGEX_BYTES_MAX: usize = 256 * 1_024;
/// How deep groups of an expression may be nested.
pub const REGEX_NEST_MAX: u32 = 32;
/// Matchers in one set: a few more than there are standard labels.
pub const MATCHERS_MAX: usize = 16;

/// How a label is compared.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Operator {
    /// `=`: it is the value.
    Equal,
    /// `!=`: it is not.
    NotEqual,
    /// `=~`: the whole of it matches the expression.
    Matches,
    /// `!~`: it does not.
    MatchesNot,
}

impl Operator {
    fn sign(self) -> &'static str {
        match self {
            Operator::Equal => "=",
            Operator::NotEqual => "!=",
            Operator::Matches => "=~",
            Operator::MatchesNot => "!~",
        }
    }
}

/// Why text is no matcher.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum MatcherFault {
    /// No operator between name and value.
    #[error(
        "expected a matcher such as team=\"pool\" or severity=~\"high|critical\", came {came:?}"
    )]
    Form {
        /// What came.
        came: String,
    },
    /// The name of a label is none.
    #[error(
        "expected a label's name of letters, digits and _, at most {LABEL_NAME_BYTES_MAX} bytes, \
         came {came:?}"
    )]
    Name {
        /// What came.
        came: String,
    },
    /// A quoted value that does not end, goes on after its end, or escapes what needs no escape.
    #[error(
        "expected a value in quotation marks, with \\\" and \\\\ and \\n as escapes, came {came}"
    )]
    Quoting {
        /// What came.
        came: String,
    },
    /// The value is longer than [`VALUE_BYTES_MAX`].
    #[error("expected a value of at most {VALUE_BYTES_MAX} bytes, came {came}")]
    Length {
        /// The bytes that came.
        came: usize,
    },
    /// The expression is none, or larger than [`REGEX_BYTES_MAX`].
    #[error("expected a regular expression, came {came:?}: {why}")]
    Regex {
        /// What came.
        came: String,
        /// What is wrong with it.
        why: String,
    },
    /// More than [`MATCHERS_MAX`].
    #[error("expected at most {MATCHERS_MAX} matchers, came {came}")]
    TooMany {
        /// How many came.
        came: usize,
    },
}

/// One condition on one label. Expressions are anchored at both ends, as Prometheus anchors them;
/// a label that is missing is compared as an empty one.
#[derive(Clone, Debug)]
pub struct Matcher {
    name: String,
    operator: Operator,
    value: String,
    regex: Option<Regex>,
}

impl PartialEq for Matcher {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, self.operator, &self.value) == (&other.name, other.operator, &other.value)
    }
}

impl Eq for Matcher {}

impl Matcher {
    /// A matcher of its parts.
    ///
    /// # Errors
    ///
    /// [`MatcherFault::Name`], [`MatcherFault::Length`], [`MatcherFault::Regex`].
    pub fn new(name: &str, operator: Operator, value: &str) -> Result<Self, MatcherFault> {
        if !is_label_name(name) {
            return Err(MatcherFault::Name { came: name.to_owned() });
        }
        if value.len() > VALUE_BYTES_MAX {
            return Err(MatcherFault::Length { came: value.len() });
        }
        let regex = match operator {
            Operator::Equal | Operator::NotEqual => None,
            Operator::Matches | Operator::MatchesNot => Some(anchored(value)?),
        };
        Ok(Self { name: name.to_owned(), operator, value: value.to_owned(), regex })
    }

    /// Whether a label with this value meets it.
    pub fn accepts(&self, label: &str) -> bool {
        let is_it = self.regex.as_ref().map_or(label == self.value, |regex| regex.is_match(label));
        match self.operator {
            Operator::Equal | Operator::Matches => is_it,
            Operator::NotEqual | Operator::MatchesNot => !is_it,
        }
    }
}

/// Whether this may be a label's name: letters, digits and `_`, at most [`LABEL_NAME_BYTES_MAX`].
pub fn is_label_name(name: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    name.bytes().next().is_some_and(is_letter)
        && name.bytes().all(|byte| is_letter(byte) || byte.is_ascii_digit())
        && name.len() <= LABEL_NAME_BYTES_MAX
}

fn anchored(expression: &str) -> Result<Regex, MatcherFault> {
    let build = |text: &str| {
        RegexBuilder::new(text)
            .size_limit(REGEX_BYTES_MAX)
            .nest_limit(REGEX_NEST_MAX)
            .build()
            .map_err(|error| MatcherFault::Regex {
                came: expression.to_owned(),
                why: error.to_string(),
            })
    };
    // Alone first: `a)|(b` is no expression, though it would be one between the anchors.
    build(expression)?;
    build(&format!("^(?s:{expression})$"))
}

impl FromStr for Matcher {
    type Err = MatcherFault;

    /// Reads `name="value"`, with `=`, `!=`, `=~` or `!~`; without quotation marks the value is what
    /// follows, up to spaces at its ends.
    fn from_str(text: &str) -> Result<Self, MatcherFault> {
        let no_form = || MatcherFault::Form { came: text.to_owned() };
        let at = text.find(['=', '!']).ok_or_else(no_form)?;
        let (name, rest) = text.split_at(at);
        let signs = [Operator::Matches, Operator::MatchesNot, Operator::NotEqual, Operator::Equal];
        let (operator, value) = signs
            .into_iter()
            .find_map(|operator| Some((operator, rest.strip_prefix(operator.sign())?)))
            .ok_or_else(no_form)?;
        Matcher::new(name.trim(), operator, &unquoted(value.trim())?)
    }
}

fn unquoted(value: &str) -> Result<String, MatcherFault> {
    let fault = || MatcherFault::Quoting { came: value.to_owned() };
    let Some(inner) = value.strip_prefix('"') else {
        return if value.contains('"') { Err(fault()) } else { Ok(value.to_owned()) };
    };
    let mut text = String::new();
    let mut characters = inner.chars();
    loop {
        match characters.next() {
            Some('"') if characters.as_str().is_empty() => return Ok(text),
            Some('\\') => match characters.next() {
                Some(escaped @ ('"' | '\\')) => text.push(escaped),
                Some('n') => text.push('\n'),
                // What an expression escapes stays its own: `\.` and `\d` need no second backslash.
                Some(other) => text.extend(['\\', other]),
                None => return Err(fault()),
            },
            Some('"') | None => return Err(fault()),
            Some(other) => text.push(other),
        }
    }
}

impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{:?}", self.name, self.operator.sign(), self.value)
    }
}

/// Matchers that all have to be met. None at all are met by every alert.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Matchers(Vec<Matcher>);

impl Matchers {
    /// A set of matchers.
    ///
    /// # Errors
    ///
    /// [`MatcherFault::TooMany`].
    pub fn new(matchers: Vec<Matcher>) -> Result<Self, MatcherFault> {
        if matchers.len() > MATCHERS_MAX {
            return Err(MatcherFault::TooMany { came: matchers.len() });
        }
        Ok(Self(matchers))
    }

    /// The matchers.
    pub fn as_slice(&self) -> &[Matcher] {
        &self.0
    }

    /// Whether all are met.
    pub fn match_alert(&self, alert: &Alert) -> bool {
        self.0.iter().all(|matcher| matcher.accepts(alert.label(&matcher.name)))
    }

    /// Whether an alert without any label meets them: then they say nothing about whom they mean.
    pub fn match_without_labels(&self) -> bool {
        self.0.iter().all(|matcher| matcher.accepts(""))
    }

    /// Whether it is proven that no alert meets both sets: there is a label for which they
    /// contradict each other. `false` says nothing.
    ///
    /// A label contradicts where one value is demanded and refused, where an expression is both
    /// demanded and refused, and for the severity where none of the five meets all.
    pub fn exclude(&self, other: &Matchers) -> bool {
        let both = || self.0.iter().chain(&other.0);
        both().any(|matcher| {
            let of_label: Vec<_> = both().filter(|other| other.name == matcher.name).collect();
            let is_met_by = |value: &str| of_label.iter().all(|matcher| matcher.accepts(value));
            match matcher.operator {
                Operator::Equal => !is_met_by(&matcher.value),
                _ if matcher.name == SEVERITY => {
                    !Severity::ALL.iter().any(|severity| is_met_by(severity_name(*severity)))
                }
                Operator::Matches => of_label.iter().any(|other| {
                    other.operator == Operator::MatchesNot && other.value == matcher.value
                }),
                Operator::NotEqual | Operator::MatchesNot => false,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use lumenscope_rules::Phase;

    use super::*;
    use crate::testing::{alert, matchers as set};

    fn matched(matcher: &str) -> bool {
        let labels = [("team", "pool"), ("function", "swap_exact")];
        set(&[matcher]).match_alert(&alert(1, &labels, Phase::Firing))
    }

    #[test]
    fn each_operator_compares_the_whole_label() {
        for met in [
            "team=pool",
            r#"team="pool""#,
            "team!=vault",
            "team=~pool|vault",
            r"function=~swap_\w+",
            r#"function =~ "swap.*""#,
            "team!~po",
            "function!~exact",
            "severity=info",
        ] {
            assert!(matched(met), "{met}");
        }
        for missed in ["team=poo", "team!=pool", "team=~po", "function=~exact", "team!~po{2}l"] {
            assert!(!matched(missed), "{missed}");
        }
    }

    #[test]
    fn a_missing_label_is_an_empty_one() {
        for met in [r#"subject="""#, "subject=", "subject!=execution", "subject=~.*", "subject!~.+"]
        {
            assert!(matched(met), "{met}");
        }
        for missed in ["subject=~.+", r#"subject!="""#, "subject!~.*"] {
            assert!(!matched(missed), "{missed}");
        }
    }

    #[test]
    fn an_expression_cannot_leave_its_anchors() {
        assert!(matched("team=~pool|x") && !matched("team=~poo|x"));
        assert!(matches!("team=~a)|(pool".parse::<Matcher>(), Err(MatcherFault::Regex { .. })));
        let lines = Matcher::new("team", Operator::Matches, "a.b").unwrap();
        assert!(lines.accepts("a\nb") && !lines.accepts("a.b\nc"));
    }

    #[test]
    fn what_is_no_matcher_is_refused_with_what_came() {
        let fault = |text: &str| text.parse::<Matcher>().unwrap_err();
        for text in ["", "team", "team!pool"] {
            assert_eq!(fault(text), MatcherFault::Form { came: text.to_owned() });
        }
        for (text, came) in [("=pool", ""), ("1team=a", "1team"), ("te am=a", "te am")] {
            assert_eq!(fault(text), MatcherFault::Name { came: came.to_owned() });
        }
        for text in [r#"team="pool"#, r#"team="po"ol""#, r#"team=po"ol"#, r#"team="pool\"#] {
            assert!(matches!(fault(text), MatcherFault::Quoting { .. }), "{text}");
        }
        assert!(matches!(fault("team=~("), MatcherFault::Regex { .. }));
        let long = "x".repeat(VALUE_BYTES_MAX + 1);
        let came = VALUE_BYTES_MAX + 1;
        assert_eq!(Matcher::new("a", Operator::Equal, &long), Err(MatcherFault::Length { came }));
        let many = vec!["team=pool".parse().unwrap(); MATCHERS_MAX + 1];
        let came = MATCHERS_MAX + 1;
        assert_eq!(Matchers::new(many), Err(MatcherFault::TooMany { came }));
    }

    #[test]
    fn an_expression_that_would_take_too_much_memory_is_refused() {
        for text in
            [r"team=~(\w{100}){100}", &format!("team=~{}", "(".repeat(40) + &")".repeat(40))]
        {
            let fault = text.parse::<Matcher>().unwrap_err();
            assert!(matches!(fault, MatcherFault::Regex { .. }), "{text}");
        }
    }

    #[test]
    fn a_matcher_is_shown_as_it_is_read() {
        for text in [r#"team="po\"ol""#, r#"team!~"a|\\d""#, r#"a!="""#] {
            let matcher: Matcher = text.parse().unwrap();
            assert_eq!(matcher.to_string().parse(), Ok(matcher));
        }
    }

    #[test]
    fn sets_exclude_each_other_only_where_a_label_contradicts() {
        let exclude = |one: &[&str], other: &[&str]| {
            assert_eq!(set(one).exclude(&set(other)), set(other).exclude(&set(one)));
            set(one).exclude(&set(other))
        };
        for (one, other) in [
            ("team=a", "team=b"),
            ("team=a", "team!=a"),
            ("team=a", "team=~b|c"),
            ("team=a", "team!~a|b"),
            ("team=~a.*", "team!~a.*"),
            ("team=a", "team="),
            ("severity=~high|critical", "severity=~low|info"),
            ("severity=~high|critical", "severity!~critical|high"),
            ("severity=high", "severity=urgent"),
        ] {
            assert!(exclude(&[one, "x=y"], &[other]), "{one} and {other}");
        }
        for (one, other) in [
            ("team=a", "team=a"),
            ("team=a", "zone=b"),
            ("team!=a", "team!=b"),
            ("team=a", "team=~a|b"),
            ("team=~a", "team=~b"),
            ("severity!=low", "severity=~low|high"),
        ] {
            assert!(!exclude(&[one], &[other, "x=y"]), "{one} and {other}");
        }
        assert!(exclude(&["team=a", "team=b"], &[]), "nothing meets the first alone");
        assert!(exclude(&["severity!=info", "severity!=low"], &["severity=~info|low"]));
    }
}
