//! `rules list`: the rules that name a contract, or that an owner has over all of theirs.

use std::cmp::Reverse;
use std::fmt::Write as _;

use clap::Args;
use comfy_table::TableComponent::{
    HorizontalLines, LeftBorderIntersections, MiddleIntersections, RightBorderIntersections,
};
use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{Cell, Color, ContentArrangement, Table};
use lumenscope_meta::{Address, Hash};
use lumenscope_notify::alert::severity_name;
use lumenscope_observer::for_terminal;
use lumenscope_rules::Severity;
use lumenscope_rules::slot::SLOT_S;
use serde::Serialize;

use super::compile;
use super::read::{Stored, Suite};
use super::spec::Spec;
use super::words;
use crate::output;
use crate::suite::{SuiteArgs, monitored};
use crate::units::counted;

/// Columns where nothing says how wide a terminal is.
const COLUMNS: u16 = 100;
/// A narrower table would break every word.
const COLUMNS_MIN: u16 = 40;
/// Characters of an id in the table.
const ID_CHARS: usize = 8;
/// Version of the document: raised when a field changes its meaning.
const DOCUMENT_VERSION: u32 = 1;

/// Lists the rules that name a contract, or those that an owner has over all of theirs.
#[derive(Args, Clone, Debug)]
pub struct ListArgs {
    /// Contract that the rules name, or the account that stands for one.
    #[arg(long, value_name = "CONTRACT", value_parser = monitored,
          required_unless_present = "owner", conflicts_with = "owner")]
    contract: Option<Address>,
    /// Owner whose rules name no contract: they cover all of theirs.
    #[arg(long, value_name = "OWNER", value_parser = monitored)]
    owner: Option<Address>,
    /// Leaves out what is less urgent: info, low, medium, high or critical.
    #[arg(long, value_name = "SEVERITY", default_value = "info", value_parser = crate::words::severity,
          hide_default_value = true)]
    severity: Severity,
    #[command(flatten)]
    suite: SuiteArgs,
    /// JSON with everything that each rule says, instead of a table.
    #[arg(long)]
    json: bool,
}

/// A rule in the JSON form.
#[derive(Clone, Debug, Serialize)]
pub struct Row<'a> {
    pub id: Hash,
    pub owner: &'a Address,
    pub paused: bool,
    /// When the first minute that it evaluates began, unix seconds.
    pub active_from_s: u64,
    /// What it asks, in words.
    pub asks: String,
    pub spec: &'a Spec,
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    rules: Vec<Row<'a>>,
}

/// Lists the rules.
///
/// # Errors
/// When a file is not what it should be, the node does not answer, or nobody watches the contract.
pub async fn run(args: ListArgs) -> anyhow::Result<()> {
    let Some(address) = args.contract.as_ref().or(args.owner.as_ref()) else { return Ok(()) };
    let deployment = args.suite.deployment()?;
    let invoker = args.suite.connect(&deployment).await?;
    let suite = Suite::new(&invoker, &deployment)?;
    let rules = suite.rules_on(address).await.map_err(|error| args.suite.node.asked(error))?;
    let rules = urgent(rules, args.severity);
    if args.json {
        let rules = rules.iter().map(row).collect();
        let document = Document { version: DOCUMENT_VERSION, rules };
        output::json(&document)?;
    } else {
        output::print(&render(address, args.owner.is_some(), &rules))?;
    }
    args.suite.require_watched(&invoker, &deployment, args.contract.as_slice()).await
}

/// The most urgent first, then as they were made. A severity that this version does not know is as
/// urgent as any.
fn urgent(mut rules: Vec<Stored>, least: Severity) -> Vec<Stored> {
    rules.retain(|rule| rule.spec.severity >= u32::from(least.code()));
    rules.sort_by_key(|rule| Reverse(rule.spec.severity));
    rules
}

/// A rule in the JSON form.
pub fn row(rule: &Stored) -> Row<'_> {
    Row {
        id: rule.id,
        owner: &rule.owner,
        paused: rule.paused,
        active_from_s: u64::from(rule.active_from_slot) * u64::from(SLOT_S),
        asks: words::asks(&rule.spec),
        spec: &rule.spec,
    }
}

fn render(address: &Address, of_owner: bool, rules: &[Stored]) -> String {
    let count = counted(rules.len() as u64, "rule", "rules");
    let of = if of_owner { "over all contracts of" } else { "on" };
    let mut text = format!("{count} {of} {address}\n");
    if rules.is_empty() {
        return text;
    }
    let mut table = table(&["id", "severity", "name", "asks", "scope", "state"]);
    for rule in rules {
        let state = if rule.paused { Cell::new("paused").fg(Color::Yellow) } else { "on".into() };
        table.add_row(vec![
            short(&rule.id).into(),
            severity(&rule.spec),
            for_terminal(&rule.spec.name).into(),
            words::asks(&rule.spec).into(),
            words::scope(&rule.spec, false).into(),
            state,
        ]);
    }
    let _ = writeln!(text, "{table}");
    for rule in rules {
        let _ = writeln!(text, "{}  {}", short(&rule.id), rule.id);
    }
    text
}

fn short(id: &Hash) -> String {
    id.to_string().chars().take(ID_CHARS).collect()
}

/// An empty table that fits 100 columns where nothing says how wide the terminal is.
pub fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_preset(UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    // Most rows are one line: lines between them would be half of what is read.
    for between in
        [HorizontalLines, MiddleIntersections, LeftBorderIntersections, RightBorderIntersections]
    {
        table.remove_style(between);
    }
    // A terminal that does not know its width says 0.
    if table.width().is_none_or(|columns| columns < COLUMNS_MIN) {
        table.set_width(COLUMNS);
    }
    table.set_header(header);
    table
}

/// The severity of a rule, in red where somebody should look at it now.
pub fn severity(spec: &Spec) -> Cell {
    match compile::severity(spec) {
        Ok(severity) if severity >= Severity::High => {
            Cell::new(severity_name(severity)).fg(Color::Red)
        }
        Ok(severity) => Cell::new(severity_name(severity)),
        Err(_) => Cell::new(spec.severity),
    }
}

#[cfg(test)]
mod tests {
    use super::super::spec::tests::spec;
    use super::*;

    fn stored(number: u8, severity: u32) -> Stored {
        Stored {
            id: Hash([number; 32]),
            owner: Address::from_account_key([7; 32]),
            paused: number == 2,
            active_from_slot: 30_000_000,
            spec: Spec { severity, name: format!("rule {number}"), ..spec() },
        }
    }

    #[test]
    fn the_most_urgent_come_first_and_less_urgent_ones_can_be_left_out() {
        let all = vec![stored(1, 1), stored(2, 4), stored(3, 3), stored(4, 4)];
        let ids = |least| -> Vec<u8> {
            urgent(all.clone(), least).iter().map(|rule| rule.id.0[0]).collect()
        };
        assert_eq!(ids(Severity::Info), [2, 4, 3, 1]);
        assert_eq!(ids(Severity::High), [2, 4, 3]);
    }

    #[test]
    fn a_table_fits_a_hundred_columns_and_gives_whole_ids() {
        let mut wordy = stored(1, 4);
        wordy.spec.name = "a name as long as a name on the ledger may be, which is 64 bytes".into();
        wordy.spec.metric = "fee_non_refundable_of_everything".to_owned();
        wordy.spec.subject = Some("a_subject_of_the_longest_allowed".to_owned());
        let rules = [wordy, stored(2, 1)];
        let text = render(&Address::from_contract_id([9; 32]), false, &rules);
        for line in text.lines() {
            assert!(line.chars().count() <= usize::from(COLUMNS), "{line}");
        }
        for expected in ["2 rules on C", "paused", &"02".repeat(32), "average(amount)"] {
            assert!(text.contains(expected), "{expected} is not in\n{text}");
        }
    }
}
