//! The alerts that are up, read from a deployed suite.

use std::collections::{BTreeMap, HashMap};

use anyhow::Context as _;
use lumenscope_deploy::Deployment;
use lumenscope_invoke::{Invoker, Record, ScVal, args};
use lumenscope_meta::{Address, Hash};
use lumenscope_notify::{Fingerprint, Labels};
use lumenscope_rules::codec::{self, STATE_BYTES};
use lumenscope_rules::{Operator, State, Statistic};
use sha2::{Digest as _, Sha256};
use stellar_xdr_30::{Limits, WriteXdr as _};

use crate::suite;

/// Alerts in a page: alerting's limit.
const PAGE_ALERTS: u32 = 24;
/// Alerts that one contract may have, as alerting bounds them.
const ALERTS_MAX: u32 = 64;
/// Characters of an id that stand for it where it has no name.
const ID_CHARS: usize = 8;
/// Bytes of an alert's fingerprint.
const FINGERPRINT_BYTES: usize = 16;

/// What a rule asks, as far as its alert's figure is read by people.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Rule {
    /// Who owns it.
    pub owner: Address,
    /// What it is called.
    pub name: String,
    /// What is measured.
    pub metric: String,
    /// Which figure of it.
    pub statistic: Statistic,
    /// Number of alerting's `RuleCondition`.
    pub condition: u32,
    /// How the figure is compared.
    pub operator: Operator,
    /// With what, or with a band's lower end.
    pub threshold: i128,
    /// A band's upper end.
    pub threshold_high: i128,
    /// What tells its alerts from others.
    pub labels: BTreeMap<String, String>,
    /// What people should know.
    pub annotations: BTreeMap<String, String>,
}

/// One alert that is up.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Up {
    /// What identifies it.
    pub fingerprint: Fingerprint,
    /// Its rule's id.
    pub rule_id: Hash,
    /// Its rule; `None` if that was deleted.
    pub rule: Option<Rule>,
    /// The contract.
    pub contract: Address,
    /// The function.
    pub function: String,
    /// What the contract distinguishes within it.
    pub subject: Option<String>,
    /// Which lane of the stream.
    pub lane: Option<u32>,
    /// Where it stands.
    pub state: State,
    /// Channels that the policy names for the level reached; the first level's before one is.
    pub channels: Vec<String>,
}

/// Reads a suite; what is asked for more than once is asked once.
pub struct Suite<'a> {
    invoker: &'a Invoker,
    alerting: Address,
    integrations: Address,
    rules: HashMap<Hash, Option<Rule>>,
    policies: HashMap<Hash, Vec<Vec<Hash>>>,
    names: HashMap<Hash, String>,
}

impl<'a> Suite<'a> {
    /// The suite of a deployment.
    ///
    /// # Errors
    /// When the deployment lacks a contract.
    pub fn new(invoker: &'a Invoker, deployment: &Deployment) -> anyhow::Result<Self> {
        Ok(Self {
            invoker,
            alerting: suite::find(deployment, "alerting")?,
            integrations: suite::find(deployment, "external-monitoring")?,
            rules: HashMap::new(),
            policies: HashMap::new(),
            names: HashMap::new(),
        })
    }

    /// A contract's alerts that are up.
    ///
    /// # Errors
    /// When the node does not answer, or the ledger holds what this version does not understand.
    pub async fn up(&mut self, contract: &Address) -> anyhow::Result<Vec<Up>> {
        let mut up = Vec::new();
        for skipped in (0..ALERTS_MAX).step_by(PAGE_ALERTS as usize) {
            let args = args![contract, skipped, PAGE_ALERTS]?;
            let page: Vec<Record> = self.view(&self.alerting, "active_alerts", args).await?;
            let is_last = page.len() < PAGE_ALERTS as usize;
            for alert in page {
                up.push(self.alert(&alert).await.context("reading an alert")?);
            }
            if is_last {
                break;
            }
        }
        Ok(up)
    }

    async fn view<T: lumenscope_invoke::FromVal>(
        &self,
        contract: &Address,
        function: &str,
        args: Vec<ScVal>,
    ) -> anyhow::Result<T> {
        suite::view(self.invoker, contract, function, args).await
    }

    async fn alert(&mut self, alert: &Record) -> anyhow::Result<Up> {
        let target: Record = alert.get("target")?;
        let stream: Record = target.get("stream")?;
        let state = codec::decode(&alert.get::<[u8; STATE_BYTES]>("state")?)?;
        let rule_id: Hash = target.get("rule")?;
        let channels = self.channels(&alert.get("policy")?, state.level).await?;
        Ok(Up {
            fingerprint: fingerprint(&alert.get("target")?)?,
            rule: self.rule(&rule_id).await?,
            rule_id,
            contract: stream.get("contract")?,
            function: stream.get("function")?,
            subject: stream.get("subject")?,
            lane: stream.get("lane")?,
            state,
            channels,
        })
    }

    async fn rule(&mut self, id: &Hash) -> anyhow::Result<Option<Rule>> {
        if let Some(known) = self.rules.get(id) {
            return Ok(known.clone());
        }
        let view: Option<Record> = self.view(&self.alerting, "rule", args![id]?).await?;
        let rule = view.as_ref().map(rule).transpose().context("reading a rule")?;
        self.rules.insert(*id, rule.clone());
        Ok(rule)
    }

    /// The names of the channels that a policy's level tells; zeros stand for no policy.
    async fn channels(&mut self, policy: &Hash, level: u8) -> anyhow::Result<Vec<String>> {
        if policy.0 == [0; 32] {
            return Ok(Vec::new());
        }
        if !self.policies.contains_key(policy) {
            let view: Option<Record> = self.view(&self.alerting, "policy", args![policy]?).await?;
            let levels = view.map_or(Ok(Vec::new()), |view| view.get::<Vec<Record>>("levels"))?;
            let channels = levels.iter().map(|level| level.get("channels"));
            self.policies.insert(*policy, channels.collect::<Result<_, _>>()?);
        }
        let at = usize::from(level.saturating_sub(1));
        let ids = self.policies.get(policy).and_then(|levels| levels.get(at)).cloned();
        let mut names = Vec::new();
        for id in ids.unwrap_or_default() {
            names.push(self.name(&id).await?);
        }
        Ok(names)
    }

    /// What people call a channel, or the beginning of its id.
    async fn name(&mut self, id: &Hash) -> anyhow::Result<String> {
        if let Some(known) = self.names.get(id) {
            return Ok(known.clone());
        }
        let view: Option<Record> = self.view(&self.integrations, "integration", args![id]?).await?;
        let name = view.map_or_else(|| Ok(short(id)), |view| view.get("name"))?;
        self.names.insert(*id, name.clone());
        Ok(name)
    }
}

/// The beginning of an id.
pub fn short(id: &Hash) -> String {
    id.to_string().chars().take(ID_CHARS).collect()
}

fn rule(view: &Record) -> anyhow::Result<Rule> {
    let spec: Record = view.get("spec")?;
    let code = |field| -> anyhow::Result<u8> { Ok(u8::try_from(spec.get::<u32>(field)?)?) };
    let texts = |field| -> anyhow::Result<BTreeMap<String, String>> {
        let texts: Record = spec.get(field)?;
        texts.names().map(|name| Ok((name.to_owned(), texts.get(name)?))).collect()
    };
    Ok(Rule {
        owner: view.get("owner")?,
        name: spec.get("name")?,
        metric: spec.get("metric")?,
        statistic: Statistic::from_code(code("statistic")?).context("an unknown statistic")?,
        condition: spec.get("condition")?,
        operator: Operator::from_code(code("operator")?).context("an unknown operator")?,
        threshold: spec.get("threshold")?,
        threshold_high: spec.get("threshold_high")?,
        labels: texts("labels")?,
        annotations: texts("annotations")?,
    })
}

/// All labels of an alert: its rule's own, its rule's name and metric, and its stream's contract,
/// function and subject.
pub fn labels(
    own: &BTreeMap<String, String>,
    (rule, metric): (&str, &str),
    (contract, function, subject): (&str, &str, Option<&str>),
) -> Labels {
    let standard = [
        ("rule", rule),
        ("contract", contract),
        ("function", function),
        ("subject", subject.unwrap_or_default()),
        ("metric", metric),
    ];
    let mut labels = own.clone();
    labels.extend(standard.map(|(name, value)| (name.to_owned(), value.to_owned())));
    labels
}

/// Alerting's identity of an alert: the first bytes of the SHA-256 of its target's XDR.
pub fn fingerprint(target: &ScVal) -> anyhow::Result<Fingerprint> {
    let hash = Sha256::digest(target.to_xdr(Limits::none())?);
    let bytes = hash.first_chunk::<FINGERPRINT_BYTES>().context("a hash of 32 bytes")?;
    Ok(Fingerprint(*bytes))
}
