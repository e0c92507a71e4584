//! What alerts did, in words.

use std::collections::HashMap;

use lumenscope_invoke::{Invoker, Record, args};
use lumenscope_meta::{Address, Hash};
use lumenscope_notify::Fingerprint;
use lumenscope_notify::alert::severity_name;
use lumenscope_rules::slot::end_s;
use lumenscope_rules::transition::{Kind, Reason};
use serde::Serialize;

use crate::transitions::{Published, published};
use crate::words;

/// Characters of an id that stand for it where it has no name.
const ID_CHARS: usize = 8;

/// What an episode's length is counted from, and to.
pub const FIRED: &str = "firing";
pub const ACKNOWLEDGED: &str = "acknowledged";
pub const RESOLVED: &str = "resolved";

/// One transition, as it was told.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Told {
    pub ledger: u32,
    /// When the slot ended that caused it, unix seconds.
    pub at_s: u64,
    pub contract: Address,
    pub rule_id: Hash,
    /// Its name, or the beginning of its id if it was deleted.
    pub rule: String,
    pub fingerprint: Fingerprint,
    pub function: String,
    pub subject: Option<String>,
    pub kind: &'static str,
    pub reason: &'static str,
    pub from: &'static str,
    pub to: &'static str,
    pub severity: &'static str,
    pub episode: u32,
    /// In the statistic's unit; nothing where no figure caused it.
    pub value: Option<i128>,
    /// Who evaluated, or acted.
    pub caller: Address,
    /// What a person said who resolved it.
    pub note: Option<String>,
}

/// What was told of these contracts' alerts since a time, oldest first, and the oldest ledger that
/// the node has.
pub async fn told(
    invoker: &Invoker,
    alerting: &Address,
    contracts: &[Address],
    since_s: u64,
) -> anyhow::Result<(u32, Vec<Told>)> {
    let start = invoker.client().health().await?.oldest_ledger;
    let mut names = HashMap::new();
    let mut all = Vec::new();
    for contract in contracts {
        for published in published(invoker, alerting, contract, start).await? {
            let mut told = one(published, contract);
            if told.at_s >= since_s {
                told.rule = name(invoker, alerting, &told.rule_id, &mut names).await?;
                all.push(told);
            }
        }
    }
    all.sort_by_key(|told: &Told| (told.ledger, told.at_s));
    Ok((start, all))
}

async fn name(
    invoker: &Invoker,
    alerting: &Address,
    id: &Hash,
    names: &mut HashMap<Hash, String>,
) -> anyhow::Result<String> {
    if let Some(known) = names.get(id) {
        return Ok(known.clone());
    }
    let rule: Option<Record> = crate::suite::view(invoker, alerting, "rule", args![id]?).await?;
    let spec = rule.map(|rule| rule.get::<Record>("spec")).transpose()?;
    let name = match spec {
        Some(spec) => spec.get("name")?,
        None => id.to_string().chars().take(ID_CHARS).collect(),
    };
    names.insert(*id, name);
    Ok(names[id].clone())
}

fn one(published: Published, contract: &Address) -> Told {
    let transition = published.transition;
    Told {
        ledger: published.ledger,
        at_s: end_s(transition.slot),
        contract: contract.clone(),
        rule_id: published.rule_id,
        rule: String::new(),
        fingerprint: published.fingerprint,
        function: published.function,
        subject: published.subject,
        kind: kind(transition.kind),
        reason: reason(transition.reason),
        from: words::status(transition.from),
        to: words::status(transition.to),
        severity: severity_name(transition.severity),
        episode: transition.episode,
        value: (transition.points > 0).then_some(transition.value),
        caller: published.caller,
        note: published.note,
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Pending => "pending",
        Kind::Firing => FIRED,
        Kind::Cleared => "cleared",
        Kind::Recovering => "recovering",
        Kind::Refiring => "firing again",
        Kind::Resolved => RESOLVED,
        Kind::DataLost => "no data",
        Kind::DataReturned => "data again",
        Kind::Failed => "failed",
        Kind::Demoted => "pending again",
        Kind::SeverityRaised => "more severe",
        Kind::CooldownOver => "cooldown over",
        Kind::Escalated => "escalated",
        Kind::HandlingExpired => "handling expired",
        Kind::Acknowledged => ACKNOWLEDGED,
        Kind::Snoozed => "snoozed",
    }
}

fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::Condition => "condition",
        Reason::NoSamples => "no samples",
        Reason::TooFewPoints => "too few samples",
        Reason::ConfigChanged => "rule changed",
        Reason::Operator => "a person",
        Reason::RulePaused => "rule paused",
        Reason::RuleDeleted => "rule deleted",
        Reason::Overflow => "figure too large",
        Reason::SourceFailed => "source failed",
        Reason::Elapsed => "time",
        Reason::NoBase => "nothing before",
    }
}
