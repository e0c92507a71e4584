//! What calls cost, as `docs/costs.md` has it.

use std::fmt::Write as _;

use super::read;

/// Columns of the table of calls.
const COLUMNS: usize = 14;
/// Of them: instructions, entries written, stroops, rent of the call.
const SHOWN: [usize; 4] = [3, 4, 7, 10];
/// What a page's table of costs begins with.
const HEAD: &str = "| cost | instructions | entries written | stroops | rent, stroops |\n\
                    |---|--:|--:|--:|--:|\n";

/// A call, in one case.
pub struct Cost {
    pub contract: String,
    pub entry_point: String,
    pub case: String,
    figures: [String; 4],
}

/// Every row of the table.
pub fn all() -> Vec<Cost> {
    let page = read("docs/costs.md");
    let rows = page.lines().filter_map(|line| {
        let cells: Vec<&str> = line.trim().trim_matches('|').split('|').map(str::trim).collect();
        let entry_point = cells.get(1)?.strip_prefix('`')?.strip_suffix('`')?;
        (cells.len() == COLUMNS).then(|| Cost {
            contract: cells[0].to_owned(),
            entry_point: entry_point.to_owned(),
            case: cells[2].to_owned(),
            figures: SHOWN.map(|column| cells[column].to_owned()),
        })
    });
    let rows: Vec<Cost> = rows.collect();
    assert!(!rows.is_empty(), "docs/costs.md has no costs of calls");
    rows
}

/// Whether a line of a page is one of costs: a case and four figures.
pub fn is_row(line: &str) -> bool {
    let cells: Vec<&str> = line.trim().trim_matches('|').split('|').map(str::trim).collect();
    let is_figure =
        |cell: &&str| !cell.is_empty() && cell.chars().all(|c| c.is_ascii_digit() || c == ',');
    cells.len() == 1 + SHOWN.len() && cells[1..].iter().all(is_figure)
}

/// The costs of one entry point, if it was measured.
pub fn table<'a>(costs: impl Iterator<Item = &'a Cost>) -> Option<String> {
    let mut table = String::from(HEAD);
    let mut rows = 0;
    for cost in costs {
        rows += 1;
        let case = if cost.case.is_empty() { "the call" } else { &cost.case };
        writeln!(table, "| {case} | {} |", cost.figures.join(" | ")).expect("text");
    }
    (rows > 0).then_some(table)
}
