//! The view, drawn.

use std::fmt::Write as _;

use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{Cell, Color, ContentArrangement, Table};
use lumenscope_notify::{Decision, Recipient, Suppression};
use lumenscope_observer::for_terminal;
use lumenscope_rules::Statistic;

use super::composed::{CompositeRow, MemberRow};
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
    }
    if !view.composites.is_empty() {
        let count = view.composites.len() as u64;
        let _ = writeln!(text, "{}", counted(count, "composite", "composites"));
        let _ = writeln!(text, "{}", composites(view));
    }
    if view.decided && !(view.alerts.is_empty() && view.composites.is_empty()) {
        if view.as_if {
            let _ = writeln!(text, "told then: as if it were {} UTC", date(view.at_s));
        }
        text.push_str("as for a first message: what was sent before is not on the ledger\n");
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

fn composites(view: &View) -> Table {
    let mut table = Table::new();
    table.load_preset(UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    let told_at = if view.as_if { "told then" } else { "told now" };
    table.set_header(["severity", "composite\nasks", "phase\nsince", "members", told_at]);
    for row in &view.composites {
        let members: Vec<_> = row.members.iter().map(|of| member(view, of)).collect();
        let told = row.message.as_ref().map_or(Cell::new("-"), |outcome| told(view, outcome));
        table.add_row([
            severity(row.severity),
            Cell::new(format!("{}\n{}", for_terminal(&row.name), row.asks)),
            Cell::new(composite_phase(row, view.at_s)),
            Cell::new(members.join("\n")),
            told,
        ]);
    }
    table
}

fn composite_phase(row: &CompositeRow, now_s: u64) -> String {
    if let Some(why) = &row.unknown {
        return format!("{}:\n{why}", row.status);
    }
    let Some(since_s) = row.since_s else { return row.status.to_owned() };
    let or_before = if row.or_before { "\nor before" } else { "" };
    format!("{}{or_before}", phase(row.status, since_s, now_s))
}

/// A member and what is known of it; its contract where there are several.
fn member(view: &View, row: &MemberRow) -> String {
    let mut text = for_terminal(&row.rule);
    if let Some(function) = &row.function {
        let _ = write!(text, ", {}", stream(function, row.subject.as_deref(), row.lane));
    }
    if let Some(contract) = row.contract.as_deref()
        && (view.contracts.len() > 1 || view.contracts.iter().any(|of| of.as_str() != contract))
    {
        let _ = write!(text, ", {}", beginning(contract));
    }
    let _ = write!(text, ": {}", row.status);
    if let Some(why) = row.unknown {
        let _ = write!(text, ", {why}");
    }
    if let Some(at_s) = row.evaluated_s {
        let _ = write!(text, " since {}", when(at_s, view.at_s));
    }
    text
}

fn severity(severity: &str) -> Cell {
    let cell = Cell::new(severity);
    if is_urgent(severity) { cell.fg(Color::Red) } else { cell }
}

fn cells(view: &View, row: &Row) -> Vec<Cell> {
    let mut cells = vec![
        severity(row.severity),
        Cell::new(format!("{}\n{}", for_terminal(&row.rule), of_contract(view, row))),
        Cell::new(phase(row.status, row.since_s, view.at_s)),
        Cell::new(handling(row, view.at_s)),
        Cell::new(figure(row)),
    ];
    if let Some(outcome) = &row.message {
        cells.push(told(view, outcome));
    }
    cells
}

/// The stream; its contract where there are several.
fn of_contract(view: &View, row: &Row) -> String {
    let mut text = stream(&row.function, row.subject.as_deref(), row.lane);
    if view.contracts.len() > 1 {
        let _ = write!(text, "\n{}", beginning(row.contract.as_str()));
    }
    text
}

fn stream(function: &str, subject: Option<&str>, lane: Option<u32>) -> String {
    let mut text = for_terminal(function);
    if let Some(subject) = subject {
        let _ = write!(text, " / {}", for_terminal(subject));
    }
    if let Some(lane) = lane {
        let _ = write!(text, ", lane {lane}");
    }
    text
}

fn beginning(address: &str) -> String {
    format!("{}…", address.get(..8).unwrap_or(address))
}

fn phase(status: &str, since_s: u64, now_s: u64) -> String {
    let lasted = now_s.checked_sub(since_s).map(lasting).unwrap_or_default();
    format!("{status} {lasted}\n{}", when(since_s, now_s))
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

#[cfg(test)]
mod tests {
    use lumenscope_meta::Address;
    use lumenscope_notify::Fingerprint;

    use super::*;

    const SHOWN: &str = "\
0 alerts are up, at 2027-01-15 12:00 UTC, on here
  CAEQSCIJBEEQSCIJBEEQSCIJBEEQSCIJBEEQSCIJBEEQSCIJBEEQTD2L
2 composites
────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
 severity   composite    phase                           members                                           told now
            asks         since
════════════════════════════════════════════════════════════════════════════════════════════════════════════════════
 low        trouble      firing 6 min                    slow, swap: firing                                -
            at least 2   11:54                           large, swap: unknown, not evaluated since 08:00
                         or before                       paused: unknown, no data
────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
 low        waits        unknown:                        slow, swap: quiet                                 -
            at least 2   held since before its history
────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
as for a first message: what was sent before is not on the ledger";

    #[test]
    fn a_composite_is_shown_with_each_member_and_what_is_known_of_it() {
        let contract = Address::from_contract_id([9; 32]);
        let member = |rule: &str, status, unknown, evaluated_s| MemberRow {
            rule: rule.to_owned(),
            contract: Some(contract.to_string()),
            function: Some("swap".to_owned()),
            subject: None,
            lane: None,
            status,
            unknown,
            evaluated_s,
        };
        let nested = MemberRow {
            contract: None,
            function: None,
            ..member("paused", "unknown", Some("no data"), None)
        };
        let row = |name: &str, status, unknown, members| CompositeRow {
            fingerprint: Fingerprint([1; 16]),
            severity: "low",
            name: name.to_owned(),
            owner: "GA".to_owned(),
            asks: "at least 2".to_owned(),
            status,
            unknown,
            since_s: (status == "firing").then_some(1_800_014_040),
            or_before: true,
            members,
            message: None,
        };
        let firing = vec![
            member("slow", "firing", None, None),
            member("large", "unknown", Some("not evaluated"), Some(1_800_000_000)),
            nested,
        ];
        let why = Some("held since before its history".to_owned());
        let view = View {
            version: 1,
            network: "here".to_owned(),
            at_s: 1_800_014_400,
            as_if: false,
            contracts: vec![contract.clone()],
            decided: true,
            alerts: Vec::new(),
            composites: vec![
                row("trouble", "firing", None, firing),
                row("waits", "unknown", why, vec![member("slow", "quiet", None, None)]),
            ],
            expiring: Vec::new(),
        };
        let text = render(&view);
        let lines: Vec<_> = text.lines().map(str::trim_end).collect();
        assert_eq!(lines.join("\n"), SHOWN);
    }
}
