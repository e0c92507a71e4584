//! Alerts that composites read, whether or not they are up, read from a deployed suite.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::{Context as _, bail};
use lumenscope_deploy::Deployment;
use lumenscope_invoke::{FromVal, Invoker, Record, ScVal, ToVal as _, args, record};
use lumenscope_meta::Address;
use lumenscope_notify::config::OwnerConfig;
use lumenscope_notify::{Alert, Fingerprint, Labels, Member, Owner};
use lumenscope_rpc::Page;
use lumenscope_rules::codec::{self, STATE_BYTES};
use lumenscope_rules::slot::{closed_through, end_s, slot_of};
use lumenscope_rules::{Severity, State, Transition};

use super::past::{Past, Reach};
use super::play::{Candidate, Unevaluated};
use super::read::{fingerprint, labels};
use crate::rules::read::{Stored, Suite as Rules};
use crate::suite::{self, find, monitored};
use crate::transitions::{Published, published};

/// Streams in a page: performance-monitor's limit.
const PAGE_STREAMS: u32 = 50;
/// Streams of one contract that are looked at: more than a contract may have alerts.
const STREAMS_MAX: u32 = 1_000;
/// Slots that composites are taken through at most, a week: nodes keep no more on most networks.
const SLOTS_MAX: u32 = 7 * 1_440;
/// Ledgers that are left out of what a node has: it forgets them while it is asked.
const FORGOTTEN_LEDGERS: u32 = 12;
/// Seconds after which a contract's alerts are stale, of one that has no summary yet.
const STALE_AFTER_S: u32 = 3_600;

/// The slots that composites are taken through.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    /// The ledger from which on events are read.
    ledger: u32,
    /// The first slot of which every transition is known.
    known_from: u32,
    /// The first slot.
    pub start: u32,
    /// The last slot: the last one that is closed.
    pub through: u32,
}

/// One stream.
struct Stream {
    val: ScVal,
    function: String,
    subject: Option<String>,
    lane: Option<u32>,
}

/// What is known of a contract.
struct Watched {
    owner: Option<Address>,
    streams: Vec<Stream>,
    rules: Vec<Stored>,
    /// The last slot evaluated of each alert.
    through: BTreeMap<Fingerprint, u32>,
    stale_after_s: u32,
}

/// A rule on a stream, before its past is read.
struct Target {
    val: ScVal,
    fingerprint: Fingerprint,
    labels: Labels,
    lane: Option<u32>,
    severity: Severity,
    is_paused: bool,
    active_from: u32,
}

/// Reads what composites need; what is asked for more than once is asked once.
pub struct Members<'a> {
    invoker: &'a Invoker,
    alerting: Address,
    monitor: Address,
    rules: Rules<'a>,
    span: Span,
    now_s: u64,
    watched: HashMap<Address, Watched>,
    published: HashMap<Address, Vec<Published>>,
}

impl<'a> Members<'a> {
    /// Of a suite, at the close of its latest ledger.
    ///
    /// # Errors
    /// When the deployment lacks a contract, or the node does not answer.
    pub async fn new(
        invoker: &'a Invoker,
        deployment: &Deployment,
        now_s: u64,
    ) -> anyhow::Result<Self> {
        Ok(Self {
            invoker,
            alerting: find(deployment, "alerting")?,
            monitor: find(deployment, "performance-monitor")?,
            rules: Rules::new(invoker, deployment)?,
            span: span(invoker, now_s).await?,
            now_s,
            watched: HashMap::new(),
            published: HashMap::new(),
        })
    }

    /// The slots that are known.
    pub fn span(&self) -> Span {
        self.span
    }

    /// The alerts of an owner's rules, on the contracts that these members name.
    ///
    /// # Errors
    /// When the node does not answer, or the ledger holds what this version does not understand.
    pub async fn candidates(
        &mut self,
        of: &OwnerConfig,
        members: &[&Member],
    ) -> anyhow::Result<Vec<Candidate>> {
        let mut candidates = Vec::new();
        for contract in contracts(members.iter().copied()) {
            let contract = monitored(contract).map_err(anyhow::Error::msg)?;
            if !self.watched.contains_key(&contract) {
                let watched = self.watched(&contract).await.context("reading a contract")?;
                self.watched.insert(contract.clone(), watched);
            }
            let targets = self.targets(&contract, of.owner()).await?;
            let mut states = Vec::new();
            for target in targets {
                let alert = target.alert(of.owner());
                if members.iter().any(|member| member.means(&alert)) {
                    states.push((self.state(&target.val).await?, target, alert));
                }
            }
            // After the states, so that nothing lies between them and the events.
            if !states.is_empty() && !self.published.contains_key(&contract) {
                let asked = (&self.alerting, self.span.ledger);
                let all = published(self.invoker, asked.0, &contract, asked.1).await?;
                self.published.insert(contract.clone(), all);
            }
            for (state, target, alert) in states {
                candidates.push(self.candidate(&contract, state, &target, alert));
            }
        }
        Ok(candidates)
    }

    fn candidate(
        &self,
        contract: &Address,
        state: Option<State>,
        target: &Target,
        alert: Alert,
    ) -> Candidate {
        let published = self.published.get(contract).into_iter().flatten();
        let transitions: Vec<Transition> = published
            .filter(|of| of.fingerprint == target.fingerprint)
            .map(|of| of.transition)
            .collect();
        let watched = self.watched.get(contract);
        let row = watched.and_then(|of| of.through.get(&target.fingerprint)).copied();
        let stale_after_s = watched.map_or(STALE_AFTER_S, |of| of.stale_after_s);
        let through = row.unwrap_or_default();
        let is_stale = self.now_s.saturating_sub(end_s(through)) > u64::from(stale_after_s);
        let unevaluated = match row {
            _ if target.is_paused => Some(Unevaluated::Paused),
            None => Some(Unevaluated::Never),
            Some(through) if is_stale || through.saturating_add(1) < target.active_from => {
                Some(Unevaluated::Since(end_s(through)))
            }
            Some(_) => None,
        };
        let reach = Reach {
            start: self.span.known_from,
            active_from: target.active_from,
            // One that is evaluated often enough stands as it did: alerting writes what changes.
            through: if unevaluated.is_none() { u32::MAX } else { through },
        };
        let past = Past::new(&transitions, state.as_ref(), reach);
        Candidate { alert, lane: target.lane, past, unevaluated }
    }

    /// The rules of an owner on the streams of a contract.
    async fn targets(&self, contract: &Address, owner: &Owner) -> anyhow::Result<Vec<Target>> {
        let Some(watched) = self.watched.get(contract) else { return Ok(Vec::new()) };
        let address = monitored(owner.as_str()).map_err(anyhow::Error::msg)?;
        let over_all = self.rules.rules_on(&address).await?;
        let is_theirs = watched.owner.as_ref() == Some(&address);
        let mut targets = Vec::new();
        let rules = watched.rules.iter().chain(&over_all);
        for rule in rules.filter(|rule| rule.owner == address) {
            for stream in &watched.streams {
                if !covers(rule, stream) {
                    continue;
                }
                let target = Target::new(rule, contract, stream)?;
                let is_listed = watched.through.contains_key(&target.fingerprint);
                let may_be = rule.spec.contract.is_some() || is_theirs;
                if is_listed || (may_be && self.is_watched(stream, &rule.spec.metric).await?) {
                    targets.push(target);
                }
            }
        }
        Ok(targets)
    }

    async fn watched(&self, contract: &Address) -> anyhow::Result<Watched> {
        let monitored: Option<Record> =
            self.view(&self.monitor, "monitored_contract", args![contract]?).await?;
        let owner = monitored.map(|of| of.get::<Option<Address>>("owner")).transpose()?.flatten();
        let mut streams = Vec::new();
        for start in (0..STREAMS_MAX).step_by(PAGE_STREAMS as usize) {
            let asked = args![contract, start, PAGE_STREAMS]?;
            let page: Vec<ScVal> = self.view(&self.monitor, "streams", asked).await?;
            let is_last = page.len() < PAGE_STREAMS as usize;
            for val in page {
                let stream = Record::from_val(&val)?;
                let (function, subject) = (stream.get("function")?, stream.get("subject")?);
                streams.push(Stream { function, subject, lane: stream.get("lane")?, val });
            }
            if is_last {
                break;
            }
        }
        let summary: Option<Record> =
            self.view(&self.alerting, "summary", args![contract]?).await?;
        let (mut through, mut stale_after_s) = (BTreeMap::new(), STALE_AFTER_S);
        if let Some(summary) = summary {
            stale_after_s = summary.get("stale_after_s")?;
            through = rows(&summary.get("rows")?)?;
        }
        let rules = self.rules.rules_on(contract).await?;
        Ok(Watched { owner, streams, rules, through, stale_after_s })
    }

    /// Whether the stream keeps the minutes of a metric: only then has a rule an alert on it.
    async fn is_watched(&self, stream: &Stream, metric: &str) -> anyhow::Result<bool> {
        let asked = vec![stream.val.clone()];
        let definition: Option<Record> =
            self.view(&self.monitor, "stream_definition", asked).await?;
        let Some(definition) = definition else { return Ok(false) };
        let metrics: Vec<String> = definition.get("metrics")?;
        let watched: u32 = definition.get("watched")?;
        let place = metrics.iter().position(|of| of == metric);
        Ok(place.is_some_and(|place| watched.checked_shr(place as u32).unwrap_or(0) & 1 == 1))
    }

    async fn state(&self, target: &ScVal) -> anyhow::Result<Option<State>> {
        let alert: Option<Record> =
            self.view(&self.alerting, "alert", vec![target.clone()]).await?;
        let state = alert.map(|alert| alert.get::<[u8; STATE_BYTES]>("state")).transpose()?;
        Ok(state.map(|bytes| codec::decode(&bytes)).transpose()?)
    }

    async fn view<T: FromVal>(
        &self,
        contract: &Address,
        function: &str,
        args: Vec<ScVal>,
    ) -> anyhow::Result<T> {
        suite::view(self.invoker, contract, function, args).await
    }
}

impl Target {
    fn new(rule: &Stored, contract: &Address, stream: &Stream) -> anyhow::Result<Self> {
        let spec = &rule.spec;
        let val = record(&[("rule", rule.id.to_val()?), ("stream", stream.val.clone())])?;
        let named = (spec.name.as_str(), spec.metric.as_str());
        let subject = stream.subject.as_deref();
        let labels = labels(&spec.labels, named, (contract.as_str(), &stream.function, subject));
        let severity = u8::try_from(spec.severity).ok().and_then(Severity::from_code);
        Ok(Target {
            fingerprint: fingerprint(&val)?,
            val,
            labels,
            lane: stream.lane,
            severity: severity.context("an unknown severity")?,
            is_paused: rule.paused,
            active_from: rule.active_from_slot,
        })
    }

    /// The alert as members are chosen: with the severity of its rule, so that what is a member does
    /// not change with its episodes.
    fn alert(&self, owner: &Owner) -> Alert {
        let mut state = State::EMPTY;
        state.severity = self.severity;
        Alert::new(self.fingerprint, owner.clone(), self.labels.clone(), state)
    }
}

fn covers(rule: &Stored, stream: &Stream) -> bool {
    let spec = &rule.spec;
    spec.function.as_ref().is_none_or(|function| *function == stream.function)
        && spec.subject.as_ref().is_none_or(|subject| Some(subject) == stream.subject.as_ref())
}

/// The contracts that members name.
fn contracts<'m>(members: impl Iterator<Item = &'m Member>) -> BTreeSet<&'m str> {
    members
        .filter_map(|member| match member {
            Member::Alerts { contract, .. } => Some(contract.as_str()),
            Member::Composite(_) => None,
        })
        .collect()
}

async fn span(invoker: &Invoker, now_s: u64) -> anyhow::Result<Span> {
    let health = invoker.client().health().await?;
    let ledger = health.oldest_ledger.saturating_add(FORGOTTEN_LEDGERS).min(health.latest_ledger);
    let page = invoker.client().ledgers(&Page::From(ledger), 1).await?;
    let oldest = page.ledgers.first().context("the node has no ledger")?;
    // A slot is evaluated after its end: of one that ends later, everything was published later.
    let known_from = slot_of(oldest.ledger_close_time);
    let through = closed_through(now_s);
    let start = known_from.max(through.saturating_sub(SLOTS_MAX - 1)).min(through);
    Ok(Span { ledger, known_from, start, through })
}

/// The last slot evaluated of each alert of a summary: its rows hold that in bits 8 and up.
fn rows(rows: &ScVal) -> anyhow::Result<BTreeMap<Fingerprint, u32>> {
    let ScVal::Map(Some(rows)) = rows else { bail!("expected rows, came {}", rows.name()) };
    let row = |(key, row): (&ScVal, &ScVal)| -> anyhow::Result<_> {
        let fingerprint = Fingerprint(FromVal::from_val(key)?);
        let through = u64::from_val(row)? >> 8;
        Ok((fingerprint, u32::try_from(through)?))
    };
    rows.iter().map(|entry| row((&entry.key, &entry.val))).collect()
}
