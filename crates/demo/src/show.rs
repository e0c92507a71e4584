//! What a person sees.

use std::collections::BTreeMap;

use comfy_table::TableComponent::{
    HorizontalLines, LeftBorderIntersections, MiddleIntersections, RightBorderIntersections,
};
use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, presets};

use crate::board::{Board, Data, Figure, Panel, Series};
use crate::chart::sparkline;
use crate::figures::{Figures, FunctionFigures};
use crate::units::{counted, grouped, percent, short, stroops};

/// Columns of a terminal that says nothing about itself, and the most that are used of a wide one.
const WIDTH_MAX: u16 = 100;
/// A narrower table would break every word.
const WIDTH_MIN: u16 = 40;
/// Columns of the longest bar.
const BAR_WIDTH: i128 = 24;

/// Time of day, UTC.
pub fn clock(at_s: u64) -> String {
    let (hour, minute, second) = (at_s / 3_600 % 24, at_s / 60 % 60, at_s % 60);
    format!("{hour:02}:{minute:02}:{second:02}")
}

/// A title over a section.
pub fn heading(text: &str) {
    println!("\n{text}\n{}", "─".repeat(text.chars().count()));
}

fn table(header: &[&str], numbers_from: usize) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_HORIZONTAL_ONLY).set_header(header);
    // A terminal that does not know its width says 0.
    let width =
        table.width().filter(|columns| *columns >= WIDTH_MIN).unwrap_or(WIDTH_MAX).min(WIDTH_MAX);
    table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    // Lines around the header and the whole are enough.
    for line in
        [HorizontalLines, LeftBorderIntersections, RightBorderIntersections, MiddleIntersections]
    {
        table.remove_style(line);
    }
    // Names in one piece.
    if let Some(names) = table.column_mut(0) {
        names.set_constraint(ColumnConstraint::ContentWidth);
    }
    for column in table.column_iter_mut().skip(numbers_from) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// The calls by function.
pub fn functions(figures: &Figures) {
    heading("What the pool's calls really cost");
    println!("{}", calls(figures));
    println!("The fee is what was charged after refunds, rent included. Means are to the nearest.");
    println!("Instructions are as the host metered them.\n");
    println!(
        "{} failed, by the pool's own errors:",
        counted(figures.total.failed, "call", "calls")
    );
    for (function, of) in figures.functions.iter().filter(|(_, of)| of.failed > 0) {
        println!("  {function:<12} {}", errors(of, &figures.error_names));
    }
}

fn calls(figures: &Figures) -> Table {
    let mut table = table(
        &[
            "function",
            "calls",
            "failed",
            "fee, stroops",
            "rent in it",
            "fee, mean",
            "instructions, mean",
        ],
        1,
    );
    let total = ("total".to_owned(), figures.total.clone());
    let rows = figures.functions.iter().map(|(name, of)| (name.clone(), of.clone()));
    for (name, of) in rows.chain([total]) {
        table.add_row(vec![
            name,
            grouped(of.calls.into()),
            grouped(of.failed.into()),
            grouped(of.fee_stroops),
            grouped(of.rent_stroops),
            grouped(of.fee_stroops_mean),
            grouped(of.instructions_mean),
        ]);
    }
    table
}

fn errors(of: &FunctionFigures, names: &BTreeMap<u32, String>) -> String {
    let each = of.errors.iter().map(|(code, count)| match names.get(code) {
        Some(name) => format!("{count} × {name}"),
        None => format!("{count} × #{code}"),
    });
    each.collect::<Vec<_>>().join(", ")
}

/// The dashboard.
pub fn board(board: &Board) {
    heading("The dashboard, rendered by the ledger");
    println!("Of the calls from {} to {} UTC.", clock(board.from_s), clock(board.to_s));
    for panel in &board.panels {
        println!("{}", format!("{:<30} {}", label(panel), line(panel)).trim_end());
        if let Data::Streams(streams) = &panel.data {
            let largest = streams.iter().map(|(_, value)| *value).max().unwrap_or(1).max(1);
            for (function, value) in streams {
                let width = usize::try_from(value * BAR_WIDTH / largest).unwrap_or(0);
                println!("  {function:<28} {:<24} {}", "█".repeat(width), figure(panel, *value));
            }
        }
    }
    let instructions = grouped(board.instructions.into());
    println!("Rendering took {instructions} instructions, in simulation.");
}

fn label(panel: &Panel) -> String {
    let Panel { title, figure, .. } = panel;
    match &panel.data {
        Data::Series(series) => format!("{title}, {} {}", figure.name(), per(series)),
        Data::Figure(_) => format!("{title}, {}", figure.name()),
        Data::Streams(_) => format!("{title}, {} by function", figure.name()),
        Data::Alerts(_) | Data::Empty | Data::Failed(_) => title.clone(),
    }
}

fn per(series: &Series) -> String {
    match series.step_hours {
        1 => "per hour".to_owned(),
        hours => format!("per {hours} hours"),
    }
}

fn figure(panel: &Panel, value: i128) -> String {
    match (panel.figure, panel.unit.as_str()) {
        (Figure::ErrorRatio, _) => percent(value),
        (_, "calls") => counted(u64::try_from(value).unwrap_or(0), "call", "calls"),
        (_, "insns") => format!("{} instructions", short(value)),
        (_, unit) => format!("{} {unit}", short(value)),
    }
}

fn line(panel: &Panel) -> String {
    match &panel.data {
        Data::Series(series) => {
            let last = series.points.iter().rev().flatten().next().copied().unwrap_or(0);
            let span = if series.step_hours == 1 { "last hour" } else { "last" };
            let from = clock(series.from_s);
            let drawn = sparkline(&series.points);
            format!("{drawn}  from {from}; {span}: {}", figure(panel, last))
        }
        Data::Figure(value) => figure(panel, *value),
        Data::Streams(_) => String::new(),
        Data::Alerts(alerts) if alerts.is_empty() => "none is up".to_owned(),
        Data::Alerts(alerts) => {
            let each = alerts.iter().map(|(name, function)| format!("{name} ({function})"));
            each.collect::<Vec<_>>().join(", ")
        }
        Data::Empty => "no samples".to_owned(),
        Data::Failed(code) => format!("error {code}"),
    }
}

/// What monitoring cost.
pub fn monitoring(figures: &Figures) {
    heading("What monitoring itself cost");
    let cost = &figures.monitoring;
    let mut table = table(&["", "stroops per monitored transaction"], 1);
    for (who, each) in [
        ("paid by the pool's callers, for what the sdk records", cost.sdk_stroops_per_transaction),
        ("paid by the keeper, without rent", cost.keeper_stroops_per_transaction),
        ("together", cost.stroops_per_transaction),
    ] {
        table.add_row(vec![who.to_owned(), grouped(each)]);
    }
    println!("{table}");
    println!(
        "The sdk added {} stroops to the {} that succeeded.\nOne that failed recorded nothing and \
         counts as 0.",
        grouped(cost.sdk_stroops),
        counted(cost.sdk_calls, "call", "calls"),
    );
    let sent = [
        (cost.keeper_reports, "report", "reports"),
        (cost.keeper_evaluations, "evaluation", "evaluations"),
        (cost.keeper_flushes, "flush", "flushes"),
        (cost.keeper_compactions, "compaction", "compactions"),
    ];
    let sent = sent.into_iter().filter(|(count, ..)| *count > 0);
    let sent: Vec<_> = sent.map(|(count, one, many)| counted(count.into(), one, many)).collect();
    println!(
        "The keeper sent {}: {}.",
        counted(cost.keeper_transactions.into(), "transaction", "transactions"),
        sent.join(", ")
    );
    println!(
        "Besides, it paid {} of rent ahead, once, for entries that\nwere new or grew.",
        stroops(cost.keeper_rent_stroops.into())
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures() -> Figures {
        let of = FunctionFigures {
            calls: 1_000_000,
            failed: 100_000,
            fee_stroops: 119_454_240_000,
            fee_stroops_mean: 119_454_240,
            rent_stroops: 100_000_000_000,
            instructions: 1,
            instructions_mean: 400_000_000,
            errors: BTreeMap::from([(4, 9), (99, 1)]),
        };
        Figures {
            schema: crate::figures::SCHEMA,
            network_passphrase: String::new(),
            pool: String::new(),
            deployment: Default::default(),
            from_ledger: 1,
            to_ledger: 2,
            phases: Vec::new(),
            functions: BTreeMap::from([("buy_policy".to_owned(), of.clone())]),
            total: of,
            error_names: BTreeMap::from([(4, "PremiumWrong".to_owned())]),
            alerts: Vec::new(),
            dashboard: Board { from_s: 0, to_s: 0, instructions: 0, panels: Vec::new() },
            monitoring: Default::default(),
        }
    }

    #[test]
    fn the_table_of_calls_fits_a_terminal_of_100_columns_with_large_figures() {
        let table = calls(&figures()).to_string();
        let longest = table.lines().map(|line| line.chars().count()).max();
        assert!(longest <= Some(WIDTH_MAX.into()), "{longest:?} columns in\n{table}");
        assert!(table.contains(" 119,454,240,000 "), "{table}");
    }

    #[test]
    fn an_error_is_named_and_one_without_a_name_is_shown_by_its_code() {
        let figures = figures();
        assert_eq!(errors(&figures.total, &figures.error_names), "9 × PremiumWrong, 1 × #99");
    }

    #[test]
    fn a_panel_says_which_figure_it_shows_of_what_and_in_which_unit() {
        let panel = |figure, unit: &str, data| Panel {
            title: "Claims".to_owned(),
            figure,
            unit: unit.to_owned(),
            data,
        };
        let count = panel(Figure::Count, "calls", Data::Figure(56));
        assert_eq!((label(&count).as_str(), line(&count).as_str()), ("Claims, count", "56 calls"));
        let points = vec![Some(7_000_000), None, Some(13_950_000)];
        let series = Data::Series(Series { from_s: 39_600, step_hours: 1, points });
        let mean = panel(Figure::Average, "stroops", series);
        assert_eq!(label(&mean), "Claims, mean per hour");
        assert_eq!(line(&mean), "▄·█  from 11:00:00; last hour: 14.0M stroops");
        let share = panel(Figure::ErrorRatio, "basis points", Data::Figure(1_098));
        assert_eq!(line(&share), "10.98 %");
    }
}
