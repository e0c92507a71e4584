//! What `watch` shows, as plain data: the JSON form is this, the table is drawn from it.

use lumenscope_meta::{Address, CallOutcome, NetworkLimits};
use lumenscope_observer::{
    ContractFacts, EntryLife, FunctionSummary, Row, Source, Summary, Totals,
};
use serde::Serialize;

use crate::observe::ErrorNames;
use crate::units::{days, percent};

/// Below this many days, an entry's end is near enough for an alarm: restoring is expensive, and
/// its caller pays.
const ALARM_DAYS: f64 = 60.0;

/// What was seen so far.
pub struct Seen<'a, I> {
    pub passphrase: &'a str,
    pub from: u32,
    pub through: u32,
    pub source: Source,
    pub facts: &'a ContractFacts,
    pub limits: Option<&'a NetworkLimits>,
    pub summary: &'a Summary,
    pub latest_calls: I,
}

/// One screen.
#[derive(Clone, Debug, Serialize)]
pub struct View {
    pub network: String,
    pub contract: Address,
    pub from: u32,
    pub through: u32,
    pub source: Source,
    pub time_to_live: Vec<Life>,
    pub functions: Vec<Function>,
    pub latest_calls: Vec<LatestCall>,
    pub totals: Totals,
}

/// How long an entry lives.
#[derive(Clone, Debug, Serialize)]
pub struct Life {
    pub entry: &'static str,
    #[serde(flatten)]
    pub life: EntryLife,
    pub days_left: f64,
    pub alarm: bool,
}

/// A function's sums, with names and shares.
#[derive(Clone, Debug, Serialize)]
pub struct Function {
    #[serde(flatten)]
    pub summary: FunctionSummary,
    pub error_names: Vec<(String, u64)>,
    pub highest_share: Option<Share>,
}

/// The limit that a call came closest to.
#[derive(Clone, Debug, Serialize)]
pub struct Share {
    pub limit: &'static str,
    pub percent: f64,
}

/// One of the latest calls.
#[derive(Clone, Debug, Serialize)]
pub struct LatestCall {
    pub ledger: u32,
    pub function: String,
    pub depth: u32,
    pub error: Option<String>,
    pub charged_stroops: Option<i64>,
}

impl View {
    pub fn new<'a>(seen: Seen<'a, impl Iterator<Item = &'a Row>>) -> Self {
        let facts = seen.facts;
        let specs: Vec<_> =
            facts.spec.iter().map(|spec| (facts.contract.clone(), spec.clone())).collect();
        let names = ErrorNames::new(&specs);
        View {
            network: seen.passphrase.to_owned(),
            contract: facts.contract.clone(),
            from: seen.from,
            through: seen.through,
            source: seen.source,
            time_to_live: lives(facts),
            functions: seen
                .summary
                .functions()
                .map(|function| Function::new(function, &names, seen.limits))
                .collect(),
            latest_calls: seen.latest_calls.map(|row| LatestCall::new(row, &names)).collect(),
            totals: seen.summary.totals(),
        }
    }
}

fn lives(facts: &ContractFacts) -> Vec<Life> {
    let life = |entry, life: EntryLife| {
        let days_left = days(life.ledgers_left);
        Life { entry, life, days_left, alarm: days_left < ALARM_DAYS }
    };
    let instance = life("instance", facts.instance);
    std::iter::once(instance).chain(facts.code.map(|code| life("code", code))).collect()
}

impl Function {
    fn new(
        summary: &FunctionSummary,
        names: &ErrorNames<'_>,
        limits: Option<&NetworkLimits>,
    ) -> Self {
        let contract = summary.contract.as_ref();
        let mut error_names: Vec<_> = summary
            .errors
            .iter()
            .map(|count| (names.name(contract, &count.error), count.count))
            .collect();
        error_names.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let highest_share = limits.and_then(|limits| highest_share(&summary.root, limits));
        Function { summary: summary.clone(), error_names, highest_share }
    }
}

fn highest_share(totals: &Totals, limits: &NetworkLimits) -> Option<Share> {
    let shares = [
        ("instructions", totals.instructions_max, limits.instructions),
        ("memory", totals.memory_bytes_max, limits.memory_bytes),
        ("written bytes", totals.write_bytes_max, limits.write_bytes),
    ];
    shares
        .into_iter()
        .filter_map(|(limit, most, max)| percent(most, max).map(|percent| Share { limit, percent }))
        .max_by(|a, b| a.percent.total_cmp(&b.percent))
}

impl LatestCall {
    fn new(row: &Row, names: &ErrorNames<'_>) -> Self {
        let fees = row.root_cost().and_then(|cost| cost.fees.exact());
        LatestCall {
            ledger: row.key.ledger,
            function: row.function.clone(),
            depth: row.depth,
            error: match &row.outcome {
                CallOutcome::Returned if row.reverted => Some("undone by its caller".to_owned()),
                CallOutcome::Returned => None,
                CallOutcome::Failed(error) => Some(names.name(row.contract.as_ref(), error)),
            },
            charged_stroops: fees.map(|fees| fees.charged_stroops),
        }
    }
}
