//! One screen of `watch`, drawn.

use std::fmt::Write as _;

use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{Cell, CellAlignment, Color, ContentArrangement, Table};
use lumenscope_observer::for_terminal;

use super::view::{Function, LatestCall, View};
use crate::units::{counted, grouped, mean, xlm};

/// Errors of a function that are named.
const ERRORS_SHOWN_MAX: usize = 4;

/// Draws the screen.
pub fn render(view: &View) -> String {
    let mut text = format!(
        "{}  on {}\nledgers {} to {}",
        view.contract,
        for_terminal(&view.network),
        view.from,
        view.through
    );
    for life in &view.time_to_live {
        let mark = if life.alarm { "  ! restore or extend" } else { "" };
        let (entry, until) = (life.entry, life.life.live_until_ledger);
        let _ = match life.life.ledgers_left {
            0 => write!(text, "\n{entry} is archived since ledger {until}{mark}"),
            _ => write!(
                text,
                "\n{entry} lives until ledger {until}, about {:.0} days{mark}",
                life.days_left
            ),
        };
    }
    text.push('\n');
    if view.functions.is_empty() {
        text.push_str("no calls yet\n");
        return text;
    }
    let _ = writeln!(text, "{}", functions(view));
    let _ = writeln!(text, "{}", latest(&view.latest_calls));
    let totals = &view.totals;
    let _ = writeln!(
        text,
        "{} by transactions, {} failed, {}",
        counted(totals.calls, "call", "calls"),
        grouped(totals.failed.into()),
        xlm(totals.charged_stroops)
    );
    if totals.declared > 0 {
        text.push_str("resources are declared, not measured: the node gives no diagnostics\n");
    }
    text
}

fn table(header: &[&str], numbers: &[usize]) -> Table {
    let mut table = Table::new();
    table.load_preset(UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(header);
    for column in numbers {
        if let Some(column) = table.column_mut(*column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

fn functions(view: &View) -> Table {
    let header =
        ["function", "calls", "sub-calls", "failed", "fee, stroops, mean", "of limits", "errors"];
    let mut table = table(&header, &[1, 2, 3, 4, 5]);
    for function in &view.functions {
        table.add_row(row(function));
    }
    table
}

fn row(function: &Function) -> Vec<Cell> {
    let summary = &function.summary;
    let root = &summary.root;
    let failed = root.failed + summary.sub_calls_failed;
    let paid = i128::from(root.calls - root.fee_mismatches);
    let fee = if paid == 0 { "-".to_owned() } else { grouped(mean(root.charged_stroops, paid)) };
    let share = function
        .highest_share
        .as_ref()
        .filter(|_| root.calls > 0)
        .map_or_else(|| "-".to_owned(), |share| format!("{:.1} % {}", share.percent, share.limit));
    let failed_cell = Cell::new(grouped(failed.into()));
    vec![
        Cell::new(for_terminal(&summary.function)),
        Cell::new(grouped(root.calls.into())),
        Cell::new(grouped(summary.sub_calls.into())),
        if failed > 0 { failed_cell.fg(Color::Red) } else { failed_cell },
        Cell::new(fee),
        Cell::new(share),
        Cell::new(errors(function)),
    ]
}

fn errors(function: &Function) -> String {
    let named = function.error_names.iter().take(ERRORS_SHOWN_MAX);
    let mut shown: Vec<_> =
        named.map(|(name, count)| format!("{count} × {}", for_terminal(name))).collect();
    let others = function.error_names.iter().skip(ERRORS_SHOWN_MAX).map(|(_, count)| count);
    let others = others.sum::<u64>() + function.summary.other_errors;
    if others > 0 {
        shown.push(format!("{others} × others"));
    }
    shown.join(", ")
}

fn latest(calls: &[LatestCall]) -> Table {
    let mut table = table(&["ledger", "latest calls", "result", "fee, stroops"], &[3]);
    for call in calls {
        let name = for_terminal(&call.function);
        let fee = call.charged_stroops.map_or_else(
            || if call.depth > 0 { "part of its caller's".to_owned() } else { "-".to_owned() },
            |stroops| grouped(stroops.into()),
        );
        let result = match &call.error {
            None => Cell::new("ok"),
            Some(error) => Cell::new(for_terminal(error)).fg(Color::Red),
        };
        table.add_row(vec![Cell::new(call.ledger), Cell::new(name), result, Cell::new(fee)]);
    }
    table
}
