//! Who is told.
//!
//! A message meets, in this order: silences, inhibition, mute windows, rate limits. The first that
//! withholds it is kept with it. A resolve meets none of them: it goes to exactly those who were
//! told that the episode fires, or to nobody if nobody was.

use std::collections::BTreeSet;

use lumenscope_rules::{Handling, Phase};
use serde::{Deserialize, Serialize};

use crate::alert::{Alert, Fingerprint};
use crate::config::{Config, OwnerConfig};
use crate::memory::{Memory, Recipient};
use crate::message::{Message, Reason};
use crate::rate::Sent;
use crate::route;
use crate::silence::Ends;

/// What was sent under the limits that an alert's messages count in.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Rates {
    /// About its rule.
    pub rule: Sent,
    /// About all rules of its owner.
    pub owner: Sent,
}

/// Everything that a decision depends on.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// What there is to say.
    pub message: &'a Message,
    /// About which alert.
    pub alert: &'a Alert,
    /// What owners decided.
    pub config: &'a Config,
    /// Other alerts, as stored: those that fire may inhibit. Whether the alert itself is among them
    /// makes no difference.
    pub alerts: &'a [Alert],
    /// What is remembered of the alert's messages.
    pub memory: &'a Memory,
    /// What was sent about its rule, and of its owner's.
    pub rates: &'a Rates,
    /// When, unix seconds.
    pub now_s: u64,
}

/// Which limit is used up.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitOf {
    /// The one on messages about one rule.
    Rule,
    /// The one on messages about all rules of an owner.
    Owner,
}

/// Why nobody is told.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Suppression {
    /// A silence covers the alert.
    Silence {
        /// Its id.
        id: String,
        /// When it ends at the latest, unix seconds.
        until_s: u64,
        /// Whether it ends before, with the alert's episode.
        until_resolved: bool,
    },
    /// Another alert explains it.
    Inhibition {
        /// The name of the inhibition.
        name: String,
        /// The alert that fires.
        source: Fingerprint,
    },
    /// It is a time at which its owner is not told.
    Mute {
        /// The name of the window.
        window: String,
        /// When the window is over, unix seconds; `None` beyond a year.
        until_s: Option<u64>,
    },
    /// A limit on messages is used up.
    Rate {
        /// Which.
        limit: LimitOf,
        /// When one more may go, unix seconds.
        until_s: u64,
    },
    /// A resolve of what nobody was told.
    NeverTold,
    /// Nothing is owed: it does not fire openly any more, or somebody was told.
    NothingOwed,
    /// Neither the policy nor a route names anybody.
    NobodyToTell,
}

impl Suppression {
    /// When it is over at the latest, unix seconds; `None` where no time is known.
    pub fn until_s(&self) -> Option<u64> {
        match self {
            Suppression::Silence { until_s, .. } | Suppression::Rate { until_s, .. } => {
                Some(*until_s)
            }
            Suppression::Mute { until_s, .. } => *until_s,
            Suppression::Inhibition { .. }
            | Suppression::NeverTold
            | Suppression::NothingOwed
            | Suppression::NobodyToTell => None,
        }
    }
}

/// What becomes of a message; the record that is kept with it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// It goes out.
    Tell {
        /// To whom; at least one, in order, each once.
        recipients: Vec<Recipient>,
        /// Why it is said.
        reason: Reason,
        /// Messages withheld since the last one: about this alert, and by a limit about its rule or
        /// its owner's other ones.
        withheld_before: u32,
    },
    /// It does not.
    Withhold(Suppression),
}

/// A decision, and what is to be kept for the next one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Decided {
    /// What becomes of the message.
    pub decision: Decision,
    /// What is remembered of the alert's messages from now on.
    pub memory: Memory,
    /// What was sent from now on.
    pub rates: Rates,
}

/// Decides who is told. Messages of one alert are decided in the order of their transitions, each
/// once; the parts of the answer are stored together.
pub fn decide(question: &Question<'_>) -> Decided {
    let message = question.message;
    let memory = question.memory.of_episode(message.episode);
    match verdict(question, &memory) {
        Ok(recipients) => told(question, memory, recipients),
        Err(suppression) => withheld(question, memory, suppression),
    }
}

/// Who hears the message, or why nobody does.
fn verdict(question: &Question<'_>, memory: &Memory) -> Result<BTreeSet<Recipient>, Suppression> {
    let Question { message, alert, config, rates, now_s, .. } = *question;
    match message.reason {
        Reason::Resolved if memory.told.is_empty() => return Err(Suppression::NeverTold),
        Reason::Resolved => return Ok(memory.told.clone()),
        Reason::StillFiring if !is_owed(message, alert, memory) => {
            return Err(Suppression::NothingOwed);
        }
        _ => {}
    }
    let of_owner = config.of(&alert.owner);
    suppressed(question, of_owner)?;
    let recipients = recipients(message, alert, of_owner, now_s);
    if recipients.is_empty() {
        return Err(Suppression::NobodyToTell);
    }
    if message.reason != Reason::SeverityRaised {
        limited(of_owner, rates, now_s)?;
    }
    Ok(recipients)
}

/// Whether the alert still waits for somebody to be told.
fn is_owed(message: &Message, alert: &Alert, memory: &Memory) -> bool {
    let state = &alert.state;
    memory.owed
        && state.episode == message.episode
        && state.phase == Phase::Firing
        && state.handling == Handling::Open
}

fn suppressed(question: &Question<'_>, of_owner: Option<&OwnerConfig>) -> Result<(), Suppression> {
    let Question { alert, config, alerts, now_s, .. } = *question;
    let silences = of_owner.map_or(&[][..], OwnerConfig::silences);
    let mut silences = config.global_silences().iter().chain(silences);
    if let Some(silence) = silences.find(|silence| silence.covers(alert, now_s)) {
        return Err(Suppression::Silence {
            id: silence.id.clone(),
            until_s: silence.latest_end_s(),
            until_resolved: silence.ends == Ends::UntilResolved,
        });
    }
    let Some(of_owner) = of_owner else { return Ok(()) };
    if let Some((inhibition, source)) = of_owner.inhibitions().inhibited_by(alert, alerts) {
        let (name, source) = (inhibition.name.clone(), source.fingerprint);
        return Err(Suppression::Inhibition { name, source });
    }
    let mut windows = of_owner.mute_windows().iter();
    match windows.find(|window| window.is_about(alert) && window.holds(now_s)) {
        Some(window) => {
            let until_s = window.ends_s(now_s);
            Err(Suppression::Mute { window: window.name.clone(), until_s })
        }
        None => Ok(()),
    }
}

fn limited(of_owner: Option<&OwnerConfig>, rates: &Rates, now_s: u64) -> Result<(), Suppression> {
    let Some(of_owner) = of_owner else { return Ok(()) };
    let limits = [
        (LimitOf::Rule, of_owner.rule_limit(), &rates.rule),
        (LimitOf::Owner, of_owner.owner_limit(), &rates.owner),
    ];
    for (limit, set, sent) in limits {
        if let Some(until_s) = set.and_then(|set| sent.blocked_until_s(set, now_s)) {
            return Err(Suppression::Rate { limit, until_s });
        }
    }
    Ok(())
}

fn recipients(
    message: &Message,
    alert: &Alert,
    of_owner: Option<&OwnerConfig>,
    now_s: u64,
) -> BTreeSet<Recipient> {
    let channel = |name: &String| Recipient::Channel(name.clone());
    let mut recipients: BTreeSet<_> = message.channels.iter().map(channel).collect();
    let Some(of_owner) = of_owner else { return recipients };
    for route in route::taken(of_owner.routes(), alert) {
        recipients.extend(route.channels.iter().map(channel));
        let rotations = route.rotations.iter().filter_map(|name| of_owner.rotation(name));
        recipients.extend(rotations.map(|rotation| Recipient::OnCall {
            rotation: rotation.name().to_owned(),
            who: rotation.on_call(now_s).who,
        }));
    }
    recipients
}

fn told(question: &Question<'_>, mut memory: Memory, to: BTreeSet<Recipient>) -> Decided {
    let Question { message, now_s, .. } = *question;
    let mut rates = question.rates.clone();
    let before = [
        std::mem::take(&mut memory.withheld),
        rates.rule.take_withheld(),
        rates.owner.take_withheld(),
    ];
    let withheld_before =
        before.into_iter().fold(message.suppressed, |sum, part| sum.saturating_add(part));
    let recipients = to.iter().cloned().collect();
    memory.owed = false;
    if message.reason == Reason::Resolved {
        memory.told.clear();
    } else {
        memory.told.extend(to);
        rates.rule.record(now_s);
        rates.owner.record(now_s);
    }
    let decision = Decision::Tell { recipients, reason: message.reason, withheld_before };
    Decided { decision, memory, rates }
}

fn withheld(question: &Question<'_>, mut memory: Memory, suppression: Suppression) -> Decided {
    let message = question.message;
    let mut rates = question.rates.clone();
    match (&suppression, message.reason) {
        // Nothing that anybody misses, or counted when it was withheld first.
        (Suppression::NeverTold, _) => memory.owed = false,
        (Suppression::NothingOwed, _) | (_, Reason::StillFiring) => {}
        (by, _) => {
            // Who was told already does not wait for the same once more.
            memory.owed |= memory.told.is_empty() || message.reason != Reason::Repeat;
            match by {
                Suppression::Rate { limit: LimitOf::Rule, .. } => rates.rule.withhold(),
                Suppression::Rate { limit: LimitOf::Owner, .. } => rates.owner.withhold(),
                _ => memory.withheld = memory.withheld.saturating_add(1),
            }
        }
    }
    // What the state machine withheld before is said by the next message that goes out.
    memory.withheld = memory.withheld.saturating_add(message.suppressed);
    Decided { decision: Decision::Withhold(suppression), memory, rates }
}
