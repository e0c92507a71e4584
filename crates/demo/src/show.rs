//! What a person sees.

use comfy_table::TableComponent::{
    HorizontalLines, LeftBorderIntersections, MiddleIntersections, RightBorderIntersections,
};
use comfy_table::{CellAlignment, Table, presets};

use crate::board::{Data, Figure, Panel};
use crate::chart::{grouped, short, sparkline};
use crate::figures::{Figures, FunctionFigures};

/// Time of day, UTC.
pub fn clock(at_s: u64) -> String {
    let (hour, minute, second) = (at_s / 3_600 % 24, at_s / 60 % 60, at_s % 60);
    format!("{hour:02}:{minute:02}:{second:02}")
}

/// Name of a state, by alerting's number.
pub fn condition(number: u32) -> &'static str {
    match number {
        0 => "Resolved",
        1 => "Pending",
        2 => "Firing",
        3 => "Recovering",
        4 => "NoData",
        _ => "Error",
    }
}

/// A title over a section.
pub fn heading(text: &str) {
    println!("\n{text}\n{}", "─".repeat(text.chars().count()));
}

fn table(header: &[&str], numbers_from: usize) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_HORIZONTAL_ONLY).set_header(header);
    // Lines around the header and the whole are enough.
    for line in
        [HorizontalLines, LeftBorderIntersections, RightBorderIntersections, MiddleIntersections]
    {
        table.remove_style(line);
    }
    for column in table.column_iter_mut().skip(numbers_from) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// The calls by function.
pub fn functions(figures: &Figures) {
    heading("What the pool's calls really cost");
    let mut table = table(
        &["function", "calls", "failed", "errors", "fee, stroops", "per call", "instructions"],
        1,
    );
    let total = ("total".to_owned(), figures.total.clone());
    let rows = figures.functions.iter().map(|(name, of)| (name.clone(), of.clone()));
    for (name, of) in rows.chain([total]) {
        table.add_row(vec![
            name,
            of.calls.to_string(),
            of.failed.to_string(),
            errors(&of),
            grouped(of.fee_stroops.into()),
            grouped((of.fee_stroops / of.calls.max(1)).into()),
            grouped((of.instructions / of.calls.max(1)).into()),
        ]);
    }
    println!("{table}\nInstructions are the mean of one call, as the host metered it.");
}

fn errors(of: &FunctionFigures) -> String {
    let name = |code: &u32| crate::errors::name(*code).unwrap_or("unknown");
    let each = of.errors.iter().map(|(code, count)| format!("{} {count}", name(code)));
    each.collect::<Vec<_>>().join(", ")
}

/// The dashboard.
pub fn board(panels: &[Panel], instructions: u32) {
    heading("The dashboard, rendered by the ledger");
    for panel in panels {
        println!("{:<24} {}", panel.title, line(panel));
        if let Data::Streams(streams) = &panel.data {
            let largest = streams.iter().map(|(_, value)| *value).max().unwrap_or(1).max(1);
            for (function, value) in streams {
                let width = usize::try_from(value * 24 / largest).unwrap_or(0);
                println!("  {function:<22} {:<24} {}", "█".repeat(width), figure(panel, *value));
            }
        }
    }
    println!("Rendering took {} instructions, in simulation.", grouped(instructions.into()));
}

fn figure(panel: &Panel, value: i128) -> String {
    match panel.figure {
        Figure::ErrorRatio => format!("{}.{:02} %", value / 100, value % 100),
        _ => short(value),
    }
}

fn line(panel: &Panel) -> String {
    match &panel.data {
        Data::Series(points) => {
            let last = points.iter().rev().flatten().next().copied().unwrap_or(0);
            format!("{}  last {}", sparkline(points), figure(panel, last))
        }
        Data::Figure(value) => figure(panel, *value),
        Data::Streams(streams) => format!("{} functions", streams.len()),
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
    table.add_row(vec![
        "paid by the pool's callers, for what the sdk records".to_owned(),
        grouped(cost.sdk_stroops_per_transaction.into()),
    ]);
    table.add_row(vec![
        format!("paid by the keeper, in {} transactions", cost.keeper_transactions),
        grouped(cost.keeper_stroops_per_transaction.into()),
    ]);
    let both = cost.sdk_stroops_per_transaction + cost.keeper_stroops_per_transaction;
    table.add_row(vec!["together".to_owned(), grouped(both.into())]);
    table.add_row(vec![
        "rent that the keeper paid ahead, once for entries that are new".to_owned(),
        grouped(cost.keeper_rent_stroops_per_transaction.into()),
    ]);
    println!("{table}");
}
