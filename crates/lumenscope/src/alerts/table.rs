//! The view, drawn.

use std::fmt::Write as _;

use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{Cell, Color, ContentArrangement, Table};
use lumenscope_notify::{Decision, Recipient, Suppression};
use lumenscope_observer::for_terminal;
use lumenscope_rules::Statistic;

use super::read::Rule;
use super::view::{Outcome, Row, View, is_urgent};
use crate::times::{date, lasting, when};
use crate::units::{counted, grouped};
use crate::words::{amount, comparison};

/// Numbers of alerting's `RuleCondition`.
const RATE: u32 = 2;
const ANOMALY: u32 = 3;
const ABSENCE: u32 = 5;

/// Draws the screen.
pub fn render(view: &View) -> String {
    let count = view.alerts.len() as u64;
    let at = if view.as_if { String::new() } else { format!(" at {} UTC,", date(view.at_s)) };
    let mut text = format!(
        "{} up,{at} on {}\n",
        counted(count, "alert is", "alerts are"),
        for_terminal(&view.network)
    );
    for contract in &view.contracts {
        let _ = writeln!(text, "  {contract}");
    }
    if !view.alerts.is_empty() {
        let _ = writeln!(text, "{}", alerts(view));
        for row in &view.alerts {
            for (name, said) in &row.texts {
                let (rule, name) = (for_terminal(&row.rule), for_terminal(name));
                let _ = writeln!(text, "{rule}, {name}: {}", for_terminal(said));
            }
        }
        if view.decided && view.as_if {
            let _ = writeln!(text, "told then: as if it were {} UTC", date(view.at_s));
        }
        if view.decided {
            text.push_str("as for a first message: what was sent before is not on the ledger\n");
        }
    }
    for silence in &view.expiring {
        let (id, author) = (for_terminal(&silence.id), for_terminal(&silence.author));
        let ends = when(silence.ends_s, view.at_s);
        let _ = writeln!(text, "silence {id} ({author}) ends at {ends} UTC");
    }
    text
}

fn alerts(view: &View) -> Table {
    let mut table = Table::new();
    table.load_preset(UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    // Two facts to a column: with who is told it fits a terminal of 80.
    let mut header = vec!["severity", "rule\nstream", "phase\nsince", "handling\nlevel", "figure"];
    if view.decided {
        header.push(if view.as_if { "told then" } else { "told now" });
    }
    table.set_header(header);
    for row in &view.alerts {
        table.add_row(cells(view, row));
    }
    table
}

fn cells(view: &View, row: &Row) -> Vec<Cell> {
    let severity = Cell::new(row.severity);
    let mut cells = vec![
        if is_urgent(row.severity) { severity.fg(Color::Red) } else { severity },
        Cell::new(format!("{}\n{}", for_terminal(&row.rule), stream(view, row))),
        Cell::new(phase(row, view.at_s)),
        Cell::new(handling(row, view.at_s)),
        Cell::new(figure(row)),
    ];
    if let Some(outcome) = &row.message {
        cells.push(told(view, outcome));
    }
    cells
}

/// The stream; its contract where there are several.
fn stream(view: &View, row: &Row) -> String {
    let mut text = for_terminal(&row.function);
    if let Some(subject) = &row.subject {
        let _ = write!(text, " / {}", for_terminal(subject));
    }
    if let Some(lane) = row.lane {
        let _ = write!(text, ", lane {lane}");
    }
    if view.contracts.len() > 1 {
        let address = row.contract.as_str();
        let _ = write!(text, "\n{}…", address.get(..8).unwrap_or(address));
    }
    text
}

fn phase(row: &Row, now_s: u64) -> String {
    let lasted = now_s.checked_sub(row.since_s).map(lasting).unwrap_or_default();
    format!("{} {lasted}\n{}", row.status, when(row.since_s, now_s))
}

fn handling(row: &Row, now_s: u64) -> String {
    let mut text = row.handling.to_owned();
    if let Some(until_s) = row.handling_until_s {
        let _ = write!(text, "\nuntil {}", when(until_s, now_s));
    }
    let _ = match row.level {
        0 => Ok(()),
        level => write!(text, "\nlevel {level}"),
    };
    text
}

/// What was found, and what the rule asks of it.
fn figure(row: &Row) -> String {
    let Some(rule) = &row.asked else { return row.value.map_or("-".to_owned(), grouped) };
    let metric = for_terminal(&rule.metric);
    if rule.condition == ABSENCE {
        return format!("{metric}\nno samples");
    }
    let what = format!("{} {metric}", statistic(rule.statistic));
    let Some(value) = row.value else { return format!("{what}\nno data in the last minute") };
    match rule.condition {
        ANOMALY => format!("{what}\n{}, unusual", amount(rule.statistic, value)),
        RATE => format!("{what}\nchanged by {} {}", grouped(value), asked(rule, grouped)),
        _ => {
            let asked = asked(rule, |threshold| amount(rule.statistic, threshold));
            format!("{what}\n{} {asked}", amount(rule.statistic, value))
        }
    }
}

/// What the figure is compared with.
fn asked(rule: &Rule, shown: impl Fn(i128) -> String) -> String {
    comparison(rule.operator, rule.threshold, rule.threshold_high, shown)
}

fn statistic(statistic: Statistic) -> &'static str {
    match statistic {
        Statistic::Average => "average",
        Statistic::Sum => "sum of",
        Statistic::Minimum => "smallest",
        Statistic::Maximum => "largest",
        Statistic::Count => "number of",
        Statistic::Last => "last",
        Statistic::ErrorRatio => "share of",
        Statistic::PerSecond => "thousandths a second of",
    }
}

fn told(view: &View, outcome: &Outcome) -> Cell {
    match outcome {
        Outcome::Handled { until_s } => {
            Cell::new(format!("nobody: in hand\nuntil {}", when(*until_s, view.at_s)))
        }
        Outcome::RuleDeleted => Cell::new("nobody: its rule was deleted"),
        Outcome::Decided(Decision::Tell { recipients, .. }) => {
            let names: Vec<_> = recipients.iter().map(recipient).collect();
            Cell::new(names.join("\n"))
        }
        Outcome::Decided(Decision::Withhold(by @ Suppression::NobodyToTell)) => {
            Cell::new(format!("nobody: {}", withheld(view, by))).fg(Color::Red)
        }
        Outcome::Decided(Decision::Withhold(by)) => {
            Cell::new(format!("nobody: {}", withheld(view, by)))
        }
    }
}

fn recipient(recipient: &Recipient) -> String {
    match recipient {
        Recipient::Channel(name) => for_terminal(name),
        Recipient::OnCall { rotation, who } => {
            format!("{}, on call for {}", for_terminal(who), for_terminal(rotation))
        }
    }
}

fn withheld(view: &View, by: &Suppression) -> String {
    let until = by.until_s().map(|until_s| format!("\nuntil {}", when(until_s, view.at_s)));
    let until = until.unwrap_or_default();
    match by {
        Suppression::Silence { id, until_resolved, .. } => {
            let or = if *until_resolved { "\nuntil resolved, or" } else { "" };
            format!("silence {}{or}{until}", for_terminal(id))
        }
        Suppression::Inhibition { name, source } => {
            let source = view.rule_of(*source).unwrap_or("another alert");
            format!("explained by {}\n({})", for_terminal(source), for_terminal(name))
        }
        Suppression::Mute { window, .. } => format!("mute window {}{until}", for_terminal(window)),
        Suppression::Rate { .. } => format!("too many messages{until}"),
        Suppression::NobodyToTell => "no channel in a policy, and no route".to_owned(),
        Suppression::NeverTold | Suppression::NothingOwed => "nothing to say".to_owned(),
    }
}
