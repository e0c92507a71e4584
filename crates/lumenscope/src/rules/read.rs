//! Rules and history, read from a deployed suite.

use anyhow::Context as _;
use lumenscope_bucket::calendar::HOUR_S;
use lumenscope_bucket::packed::{Decoder, PackedBucket};
use lumenscope_deploy::Deployment;
use lumenscope_invoke::{Invoker, Record, ScVal, ToVal as _, args, record, symbol};
use lumenscope_meta::{Address, Hash};

use super::history::Distribution;
use super::spec::Spec;
use super::stream::Stream;
use crate::exit::Usage;
use crate::suite::{self, find};

/// Hours that one call asks for: a week of the longest buckets is still within a reply.
const PAGE_HOURS: u32 = 7 * 24;
/// Numbers of analytics-storage's `Granularity`.
const HOUR: u32 = 0;
const DAY: u32 = 1;

/// A rule on the ledger.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Stored {
    pub id: Hash,
    pub owner: Address,
    pub paused: bool,
    /// The first minute that it evaluates, since 1970.
    pub active_from_slot: u32,
    pub spec: Spec,
}

/// A deployed suite.
pub struct Suite<'a> {
    invoker: &'a Invoker,
    alerting: Address,
    history: Address,
}

impl<'a> Suite<'a> {
    /// The suite of a deployment.
    ///
    /// # Errors
    /// When the deployment lacks a contract.
    pub fn new(invoker: &'a Invoker, deployment: &Deployment) -> anyhow::Result<Self> {
        let alerting = find(deployment, "alerting")?;
        Ok(Self { invoker, alerting, history: find(deployment, "analytics-storage")? })
    }

    /// The rules that name a contract, or that an owner has over all of theirs, as they were made.
    ///
    /// # Errors
    /// When the node does not answer, or the ledger holds what this version does not understand.
    pub async fn rules_on(&self, address: &Address) -> anyhow::Result<Vec<Stored>> {
        let asked = args![address]?;
        let ids: Vec<Hash> = suite::view(self.invoker, &self.alerting, "rules_on", asked).await?;
        let mut rules = Vec::new();
        for id in ids {
            // One that was deleted in between is no longer there.
            rules.extend(self.find(&id).await?);
        }
        Ok(rules)
    }

    /// One rule.
    ///
    /// # Errors
    /// As [`Suite::rules_on`], and when there is no such rule.
    pub async fn rule(&self, id: &Hash) -> anyhow::Result<Stored> {
        let alerting = &self.alerting;
        let found = self.find(id).await?;
        found.ok_or_else(|| {
            Usage(format!("expected a rule of {alerting}; none has the id {id}")).into()
        })
    }

    async fn find(&self, id: &Hash) -> anyhow::Result<Option<Stored>> {
        let asked = args![id]?;
        let view: Option<Record> = suite::view(self.invoker, &self.alerting, "rule", asked).await?;
        view.map(|view| stored(*id, &view))
            .transpose()
            .with_context(|| format!("reading rule {id}"))
    }

    /// What history has of the hours from one to before another, and what is not flushed of them.
    ///
    /// # Errors
    /// When the node does not answer, or the stream does not record the metric.
    pub async fn hours(
        &self,
        stream: &Stream,
        metric: &str,
        (from_hour, to_hour): (u32, u32),
    ) -> anyhow::Result<Vec<PackedBucket>> {
        let mut found = Vec::new();
        let mut from = from_hour;
        while from < to_hour {
            let to = from.saturating_add(PAGE_HOURS).min(to_hour);
            let query = query(stream, metric, HOUR, (from, to), true)?;
            let page: Vec<u8> = self.ask(stream, metric, "range_packed", vec![query]).await?;
            found.extend(unpacked(&page)?);
            from = to;
        }
        Ok(found)
    }

    /// How the samples of the days from one hour to before another are distributed.
    ///
    /// # Errors
    /// When the node does not answer, or history keeps no sketch of the metric.
    pub async fn distribution(
        &self,
        stream: &Stream,
        metric: &str,
        hours: (u32, u32),
        per_mille: u32,
    ) -> anyhow::Result<Distribution> {
        let query = query(stream, metric, DAY, hours, false)?;
        let asked = vec![query, vec![per_mille].to_val()?];
        let answer: Record = self.ask(stream, metric, "quantiles", asked).await?;
        let quantiles: Vec<ScVal> = answer.get("quantiles")?;
        let quantile = match quantiles.first() {
            Some(ScVal::I64(value)) => Some(*value),
            _ => None,
        };
        Ok(Distribution {
            min: answer.get("min")?,
            max: answer.get("max")?,
            below: answer.get("below")?,
            inside: answer.get("inside")?,
            above: answer.get("above")?,
            per_mille,
            quantile,
        })
    }

    async fn ask<T: lumenscope_invoke::FromVal>(
        &self,
        stream: &Stream,
        metric: &str,
        function: &str,
        asked: Vec<ScVal>,
    ) -> anyhow::Result<T> {
        let answer = suite::view(self.invoker, &self.history, function, asked).await;
        answer.with_context(|| {
            let what = if function == "quantiles" { "keep a sketch of" } else { "record" };
            format!("reading {metric} of {stream}: does the stream exist, and {what} that metric?")
        })
    }
}

fn query(
    stream: &Stream,
    metric: &str,
    granularity: u32,
    (from_hour, to_hour): (u32, u32),
    include_open: bool,
) -> anyhow::Result<ScVal> {
    Ok(record(&[
        ("stream", stream.to_val()?),
        ("metric", symbol(metric)?),
        ("granularity", granularity.to_val()?),
        ("from_s", (u64::from(from_hour) * HOUR_S).to_val()?),
        ("to_s", (u64::from(to_hour) * HOUR_S).to_val()?),
        ("include_open", include_open.to_val()?),
    ])?)
}

fn unpacked(page: &[u8]) -> anyhow::Result<Vec<PackedBucket>> {
    let unreadable = |error| anyhow::anyhow!("history's answer cannot be read: {error:?}");
    let mut decoder = Decoder::new(page).map_err(unreadable)?;
    let (mut found, mut bucket) = (Vec::new(), PackedBucket::default());
    while decoder.read(&mut bucket).map_err(unreadable)? {
        found.push(bucket);
    }
    Ok(found)
}

fn stored(id: Hash, view: &Record) -> anyhow::Result<Stored> {
    Ok(Stored {
        id,
        owner: view.get("owner")?,
        paused: view.get("paused")?,
        active_from_slot: view.get("active_from_slot")?,
        spec: Spec::read(&view.get("spec")?)?,
    })
}
