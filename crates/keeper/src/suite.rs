//! Where the suite is.

use lumenscope_invoke::{Address, ScVal, ToVal, ValueError, record, symbol};

/// The contracts that a keeper calls.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Suite {
    /// Ingest.
    pub performance_monitor: Address,
    /// History.
    pub analytics_storage: Address,
    /// Rules.
    pub alerting: Address,
    /// Integrations, API keys and responders.
    pub external_monitoring: Address,
}

/// One stream: the unit of everything that is kept.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Stream {
    /// The monitored contract.
    pub contract: Address,
    /// The function.
    pub function: String,
    /// What the contract distinguishes within it, or [`EXECUTION_SUBJECT`].
    pub subject: Option<String>,
}

/// The subject of the streams that hold what executions cost. They are kept apart from what a
/// contract records of itself, so that a contract's callers write a small entry and never the
/// one that a reporter writes.
pub const EXECUTION_SUBJECT: &str = "execution";

/// The function of the stream that holds how long a contract lives: it is the contract's, and none of
/// its functions'.
pub const LIFE_FUNCTION: &str = "life";

impl Stream {
    /// The stream of how long a contract lives.
    pub fn of_life(contract: &Address) -> Self {
        Self::of_executions(contract, LIFE_FUNCTION)
    }

    /// The stream of a function's executions.
    pub fn of_executions(contract: &Address, function: &str) -> Self {
        Self {
            contract: contract.clone(),
            function: function.to_owned(),
            subject: Some(EXECUTION_SUBJECT.to_owned()),
        }
    }
}

impl ToVal for Stream {
    fn to_val(&self) -> Result<ScVal, ValueError> {
        let subject = self.subject.as_deref().map(symbol).transpose()?;
        record(&[
            ("contract", self.contract.to_val()?),
            ("function", symbol(&self.function)?),
            ("subject", subject.to_val()?),
        ])
    }
}

/// A rule on one stream.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RuleTarget {
    /// The rule's id.
    pub rule: [u8; 32],
    /// The stream.
    pub stream: Stream,
}

impl ToVal for RuleTarget {
    fn to_val(&self) -> Result<ScVal, ValueError> {
        record(&[("rule", self.rule.to_val()?), ("stream", self.stream.to_val()?)])
    }
}
