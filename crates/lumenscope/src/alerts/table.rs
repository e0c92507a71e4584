//! The view, drawn.

use std::fmt::Write as _;

use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{Cell, Color, ContentArrangement, Table};
use jiff::Timestamp;
use lumenscope_notify::{Decision, Recipient, Suppression};
use lumenscope_observer::for_terminal;
use lumenscope_rules::{Operator, Statistic};

use super::read::Rule;
use super::view::{Outcome, Row, View, is_urgent};
use crate::units::{counted, grouped};

/// Numbers of alerting's `RuleCondition`.
const RATE: u32 = 2;
const ANOMALY: u32 = 3;
const ABSENCE: u32 = 5;
/// Basis points in one per cent.
const BASIS_POINTS_PER_PERCENT: i128 = 100;

const MINUTE_S: u64 = 60;
const HOUR_S: u64 = 3_600;
const DAY_S: u64 = 86_400;
const WEEK_S: u64 = 7 * DAY_S;

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
        ANOMALY => format!("{what}\n{}, unusual", amount(rule, value)),
        RATE => format!("{what}\nchanged by {} {}", grouped(value), asked(rule, grouped)),
        _ => {
            let asked = asked(rule, |threshold| amount(rule, threshold));
            format!("{what}\n{} {asked}", amount(rule, value))
        }
    }
}

/// What the figure is compared with.
fn asked(rule: &Rule, shown: impl Fn(i128) -> String) -> String {
    let threshold = shown(rule.threshold);
    let sign = match rule.operator {
        Operator::Gt => ">",
        Operator::Gte => "≥",
        Operator::Lt => "<",
        Operator::Lte => "≤",
        Operator::Eq => "=",
        Operator::Ne => "≠",
        Operator::OutsideBand => {
            return format!("outside {threshold} to {}", shown(rule.threshold_high));
        }
    };
    format!("{sign} {threshold}")
}

fn amount(rule: &Rule, value: i128) -> String {
    match rule.statistic {
        Statistic::ErrorRatio => {
            let rest = value.unsigned_abs() % BASIS_POINTS_PER_PERCENT.unsigned_abs();
            format!("{}.{rest:02} %", value / BASIS_POINTS_PER_PERCENT)
        }
        _ => grouped(value),
    }
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

/// A time, UTC; its date where it is not today's.
fn when(at_s: u64, now_s: u64) -> String {
    let text = date(at_s);
    let is_today = at_s / DAY_S == now_s / DAY_S;
    match text.split_once(' ') {
        Some((_, time)) if is_today => time.to_owned(),
        _ => text,
    }
}

fn date(at_s: u64) -> String {
    let at = i64::try_from(at_s).ok().and_then(|at_s| Timestamp::from_second(at_s).ok());
    at.map_or_else(|| at_s.to_string(), |at| at.strftime("%Y-%m-%d %H:%M").to_string())
}

fn lasting(seconds: u64) -> String {
    match seconds {
        0..HOUR_S => format!("{} min", seconds / MINUTE_S),
        HOUR_S..DAY_S => format!("{} h {} min", seconds / HOUR_S, seconds % HOUR_S / MINUTE_S),
        DAY_S..WEEK_S => format!("{} d {} h", seconds / DAY_S, seconds % DAY_S / HOUR_S),
        _ => format!("{} d", seconds / DAY_S),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2027-01-15T12:00Z.
    const NOW_S: u64 = 1_800_014_400;

    #[test]
    fn times_of_today_have_no_date() {
        assert_eq!(when(NOW_S + 3_600, NOW_S), "13:00");
        assert_eq!(when(NOW_S + 43_200, NOW_S), "2027-01-16 00:00");
        assert_eq!(date(u64::MAX), u64::MAX.to_string());
    }

    #[test]
    fn what_lasts_is_said_in_the_units_that_matter() {
        assert_eq!(lasting(59), "0 min");
        assert_eq!(lasting(3_599), "59 min");
        assert_eq!(lasting(3_600), "1 h 0 min");
        assert_eq!(lasting(90_000), "1 d 1 h");
        assert_eq!(lasting(700_000), "8 d");
    }

    fn rule(condition: u32, statistic: Statistic, operator: Operator) -> Rule {
        let owner = lumenscope_meta::Address::from_account_key([7; 32]);
        Rule {
            owner,
            name: "rule".to_owned(),
            metric: "failed".to_owned(),
            statistic,
            condition,
            operator,
            threshold: 4_000,
            threshold_high: 5_000,
            labels: Default::default(),
            annotations: Default::default(),
        }
    }

    #[test]
    fn a_figure_is_said_with_what_is_asked_of_it() {
        let ratio = rule(1, Statistic::ErrorRatio, Operator::Gt);
        assert_eq!(asked(&ratio, |of| amount(&ratio, of)), "> 40.00 %");
        assert_eq!(amount(&ratio, 4_307), "43.07 %");
        let band = rule(1, Statistic::Sum, Operator::OutsideBand);
        assert_eq!(asked(&band, |of| amount(&band, of)), "outside 4,000 to 5,000");
    }
}
